"""How far text runs and where it may break: Latin and Cyrillic words at blanks, Chinese and Japanese by letters."""

import re

from tumen.report.fonts import is_wide

WIDE = 1.75
"""How much wider than a Latin letter a Chinese, Japanese or Korean one is set, on average."""

_CLOSING = "、。，．：；！？）」』】〉》・ーぁぃぅぇぉっゃゅょァィゥェォッャュョ%"
"""What may not begin a line."""


def run(text: str, wide: float = WIDE) -> float:
    """Return how far a text runs, in Latin letters.

    >>> run("Tumen"), run("图们")
    (5, 3.5)
    """
    return sum(wide if is_wide(letter) else 1 for letter in text)


def pieces(text: str) -> list[str]:
    """Return the parts between which a line may end; a blank stays with the part before it.

    >>> pieces("north reserve"), pieces("虎の数、km")
    (['north ', 'reserve'], ['虎', 'の', '数、', 'km'])
    """
    parts: list[str] = []
    for word in re.findall(r"\S+\s*|\s+", text):
        start = 0
        for place in range(1, len(word)):
            before, after = word[place - 1], word[place]
            breaks = (is_wide(before) and not _is_hangul(before)) or (is_wide(after) and not _is_hangul(after))
            if breaks and after not in _CLOSING and not after.isspace() and before not in "（「『【〈《":
                parts.append(word[start:place])
                start = place
        parts.append(word[start:])
    return parts


def wrapped(text: str, room: float) -> list[str]:
    """Return the lines of a text in `room` Latin letters; a word longer than that stays whole.

    >>> wrapped("the last place before", 10), wrapped("国境を越えた移動", 7)
    (['the last', 'place', 'before'], ['国境を越', 'えた移動'])
    """
    lines = [""]
    for piece in pieces(text):
        if lines[-1] and run((lines[-1] + piece).rstrip()) > room:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines if line.strip()]


def _is_hangul(letter: str) -> bool:
    """Say whether a letter is Korean, where words are parted by blanks as in Latin."""
    return "\uac00" <= letter <= "\ud7a3" or "\u1100" <= letter <= "\u11ff"
