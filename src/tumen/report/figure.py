"""What a figure is: a picture, what to call it, what it shows in words, and the tables it was drawn from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure: `name` for its file, `section` it belongs to, and words; `svg` stands on its own.

    `caption` is printed below it; `alternative` is for who cannot see it; `tables` are those it was drawn from.
    """

    name: str
    section: str
    caption: str
    alternative: str
    svg: str
    tables: tuple[str, ...]


def slug(text: str) -> str:
    """Return a text as part of a file name.

    >>> slug("Panthera tigris"), slug("Häme/7")
    ('panthera-tigris', 'h-me-7')
    """
    return "-".join("".join(c if c.isascii() and c.isalnum() else " " for c in text.lower()).split()) or "unnamed"
