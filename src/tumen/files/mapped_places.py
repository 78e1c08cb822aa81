"""Read longitudes and latitudes as people write them: 43,1042 or 43°06,25' or 43°06'15" with. ш. and their kin.

The notation is the declared one. A letter of the hemisphere may stand before or behind, in any of the six languages.
"""

import re

import polars as pl

from tumen.files.mapped_cells import each, figures, plain
from tumen.files.mapping_values import Setting

_HEMISPHERES: tuple[tuple[str, str], ...] = (
    ("N", r"north|n\.?|с\.?\s?ш\.?|с|北[纬緯]|북위|хойд\s+өргөрөг|х\.?\s?ө\.?"),
    ("S", r"south|s\.?|ю\.?\s?ш\.?|ю|南[纬緯]|남위|өмнөд\s+өргөрөг|ө\.?\s?ө\.?"),
    ("E", r"east|e\.?|в\.?\s?д\.?|в|东[经經]|東[经經経]|동경|зүүн\s+уртраг|з\.?\s?у\.?"),
    ("W", r"west|w\.?|з\.?\s?д\.?|з|西[经經経]|서경|баруун\s+уртраг|б\.?\s?у\.?"),
)
_MARKS = str.maketrans(
    {"º": "°", "˚": "°", "′": "'", "’": "'", "‘": "'", "´": "'", "`": "'", "″": '"', "”": '"', "“": '"'}
)
_DEGREE, _MINUTE, _SECOND = r"[° d度도]", r"['m分분]", r"(?:\"|''|s|秒|초)"
_NUMBER = r"[0-9]{1,6}(?:[.,][0-9]{1,20})?"
_SHAPES = {
    "dm": re.compile(rf"({_NUMBER})\s*{_DEGREE}\s*({_NUMBER})\s*{_MINUTE}?"),
    "dms": re.compile(rf"({_NUMBER})\s*{_DEGREE}\s*({_NUMBER})\s*{_MINUTE}\s*(?:({_NUMBER})\s*{_SECOND}?)?"),
    "blanks": re.compile(rf"({_NUMBER})[\s:]+({_NUMBER})[\s:]+({_NUMBER})"),
}
_SPELT = re.compile(r"\dm\s*[0-9.,]+\s*s$", re.IGNORECASE)
"""An s behind 43d06m15 is a second, not the south."""
_AXES = {"latitude": "NS", "longitude": "EW"}


def read_degrees(cells: pl.Series, axis: str, setting: Setting) -> pl.DataFrame:
    """Read angles of one axis (`latitude` or `longitude`) as decimal degrees: `text`, `problem`.

    >>> cells = pl.Series(["43°06′15″ с.ш.", "43°61′00″", "131°12′0″E"])
    >>> read_degrees(cells, "latitude", Setting(notation="dms")).rows()
    [('43.10416666666667', None), (None, 'coordinates-no-such-minute'), (None, 'hemisphere-wrong')]
    """
    return each(cells, lambda cell: read_degree(cell, axis, setting))


def read_degree(cell: str, axis: str, setting: Setting) -> tuple[str | None, str | None]:
    """Read one angle; see `read_degrees`."""
    text = plain(cell.translate(_MARKS))
    hemisphere, text = _hemisphere(text)
    if hemisphere and hemisphere not in _AXES.get(axis, hemisphere):
        return None, "hemisphere-wrong"
    signed = text.startswith(("-", "+"))
    if hemisphere and signed:
        return None, "coordinate-unread"
    south = hemisphere in ("S", "W") or text.startswith("-")
    text = text.lstrip("+-").strip() if signed else text
    value, problem = _angle(text, setting)
    if value is None:
        return None, problem
    return ("-" + value if south else value), None


def _hemisphere(text: str) -> tuple[str, str]:
    """Take the letter of the hemisphere off a text, whichever end it stands at."""
    if _SPELT.search(text):
        return "", text
    for letter, words in _HEMISPHERES:
        behind = re.fullmatch(rf"(.*[0-9°'\"分秒度초분도.]\s*)(?:{words})", text, re.IGNORECASE)
        before = re.fullmatch(rf"(?:{words})\s*(:?[+-]?\s*[0-9].*)", text, re.IGNORECASE)
        if behind or before:
            return letter, (behind or before)[1].strip(" :")  # type: ignore[index]
    return "", text


def _angle(text: str, setting: Setting) -> tuple[str | None, str | None]:
    """Read an angle without sign and letter by the declared notation."""
    if setting.notation == "decimal":
        number = figures(re.sub(r"\s*[°度도]$", "", text), setting)
        return (number, None) if number is not None else (None, "coordinate-unread")
    found = _SHAPES[setting.notation].fullmatch(text)
    if found is None and setting.notation == "dms":
        found = _SHAPES["blanks"].fullmatch(text)
    if found is None:
        return None, "coordinate-unread"
    parts = [figures(part, setting) for part in found.groups() if part is not None]
    numbers = [float(part) for part in parts if part is not None]
    if len(numbers) < len(parts) or any(number != int(number) for number in numbers[:-1]):
        return None, "coordinate-unread"
    if any(number >= 60 for number in numbers[1:]):
        return None, "coordinates-no-such-minute"
    return repr(sum(number / 60**power for power, number in enumerate(numbers))), None


def wrong_part(cell: str) -> str:
    """Return the minutes or seconds of an angle that do not exist.

    >>> wrong_part("115°98′10.5″")
    '98'
    """
    parts = re.findall(_NUMBER, plain(cell))
    return next((part for part in parts[1:] if float(part.replace(",", ".")) >= 60), "")
