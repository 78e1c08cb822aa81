"""How may a file in a package be called, so that every computer can hold it?

A sealed package travels between Windows, macOS and Linux on sticks and in zips; the names in it are signed. A name that
one of them cannot hold, that leaves the folder, or that two files share where large and small letters are one, would
make a package that verifies on one desk and not on the next.
"""

import re
import unicodedata
from collections.abc import Iterable

from tumen.errors import Text

LONGEST = 240
"""Characters of a path inside a package; Windows holds 260 with the folder that the package lies in."""

LONGEST_PART = 255
"""Bytes of UTF-8 in one part of a path: what a Linux file system holds."""

_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_FORBIDDEN = frozenset('\\<>:"|?*')
_JOINERS = frozenset("\u200c\u200d\u180e")
"""Unseen characters that some scripts (Persian, Mongolian, the Indian ones) cannot be spelled without."""


def refusal(path: str) -> Text | None:
    r"""Say why a file of a package may not be called so; None for a name that every system can hold.

    Letters of every script are welcome. The path is relative, with `/` between its parts.

    >>> refusal("media/호랑이/Леопард 01.jpg") is None
    True
    >>> refusal("../a.csv"), refusal("aux.csv"), refusal("a\\b.csv")
    ('a part that leads elsewhere', 'a name that Windows keeps for itself', 'a character that Windows cannot hold')
    """
    if not path or path.startswith("/") or path.startswith("~"):
        return Text("a path that does not start in the package")
    if len(path) > LONGEST:
        return Text("more than {most} characters", most=LONGEST)
    return next((reason for part in path.split("/") if (reason := _part_refusal(part))), None)


def _part_refusal(part: str) -> Text | None:
    if part in ("", ".", ".."):
        return Text("a part that leads elsewhere")
    if _FORBIDDEN.intersection(part):
        return Text("a character that Windows cannot hold")
    if any(_unseen(letter) for letter in part):
        return Text("a character that cannot be seen")
    if len(part.encode()) > LONGEST_PART:
        return Text("a part of more than {most} bytes", most=LONGEST_PART)
    if part[-1] in ". " or part[0] == " ":
        return Text("a blank or a dot at an end, which Windows takes away")
    if _RESERVED.fullmatch(part):
        return Text("a name that Windows keeps for itself")
    if unicodedata.normalize("NFC", part) != part:
        return Text("letters in pieces (Unicode NFD), which some systems put together")
    return None


def _unseen(letter: str) -> bool:
    # Cc, Cf: controls, marks that turn the direction of writing; Cs: what is no text; Zl, Zp: ends of lines.
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") and letter not in _JOINERS


def shown(path: str) -> str:
    r"""Return a name that may be hostile as it can be printed: unseen characters as escapes, at most 80 characters.

    >>> shown("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    seen = "".join(ascii(letter)[1:-1] if _unseen(letter) else letter for letter in path[:80])
    return seen + ("…" if len(path) > 80 else "")


def clash(paths: Iterable[str]) -> tuple[str, str] | None:
    """Return two paths, or folders of paths, that are one where letters' size does not count; else None.

    >>> clash(["a/IMG_1.jpg", "a/img_1.JPG"]), clash(["A/1.jpg", "a/2.jpg"]), clash(["a/1.jpg", "a/2.jpg"])
    (('a/IMG_1.jpg', 'a/img_1.JPG'), ('A', 'a'), None)
    >>> clash(["a", "a/b"])
    ('a', 'a/b')
    """
    spelled: dict[str, str] = {}
    files: set[str] = set()
    for path in paths:
        parts = path.split("/")
        for length in range(1, len(parts) + 1):
            prefix = "/".join(parts[:length])
            other = spelled.setdefault(_folded(prefix), prefix)
            if other != prefix:
                return other, prefix
            if length < len(parts) and prefix in files:
                return prefix, path
        files.add(path)
    return None


def _folded(path: str) -> str:
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())
