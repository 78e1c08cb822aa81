"""What a declared format of dates and times means: a pattern whose groups are year, month, day and time of day."""

import re
import unicodedata
from dataclasses import dataclass

from tumen.errors import MisuseError, Text
from tumen.tables.months import MONTHS

EXCEL = ("excel1900", "excel1904")
"""Dates as the numbers of days that spreadsheets count, from 1900 (the usual) or from 1904."""

CLOCKS = ("seconds", "excelDay")
"""Times as seconds since midnight, or as the part of the day that spreadsheets hold."""

ISO = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d")
"""The formats of ISO 8601, which leave no doubt about day and month."""

_GROUPS = {
    "%Y": r"(?P<Y>[0-9]{4})",
    "%y": r"(?P<y>[0-9]{2})",
    "%m": r"(?P<m>[0-9]{1,2})",
    "%d": r"(?P<d>[0-9]{1,2})",
    "%H": r"(?P<H>[0-9]{1,2})",
    "%I": r"(?P<I>[0-9]{1,2})",
    "%M": r"(?P<M>[0-9]{1,2})",
    "%S": r"(?P<S>[0-9]{1,2})",
    "%f": r"(?P<f>[0-9]{1,9})",
    "%p": r"(?P<p>(?i:[ap]\.?\s?m\.?|上午|下午|午前|午後|오전|오후))",
    "%z": r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})",
    "%B": "(?P<B>{months})",
    "%b": "(?P<B>{months})",
}
_DATE = (("%Y", "%y"), ("%m", "%B", "%b"), ("%d",))


@dataclass(frozen=True)
class Pattern:
    """A regular expression for whole cells, and the groups it has."""

    regex: str
    groups: tuple[str, ...]


def judge_format(written: str, what: str) -> str:
    """Return a format that names a whole day; raise `MisuseError` for any other.

    >>> judge_format("%d.%m.%Y", "format")
    '%d.%m.%Y'
    """
    if written in EXCEL:
        return written
    parts = re.findall("%.", written)
    whole = all(sum(part in parts for part in choices) == 1 for choices in _DATE)
    clocked = "%H" in parts or ("%I" in parts and "%p" in parts)
    timed = not {"%H", "%I", "%M", "%S", "%p", "%f"} & set(parts) or clocked
    if not whole or not timed or len(set(parts)) < len(parts) or not set(parts) <= _GROUPS.keys():
        needed = Text("a date format with year, month and day for {what}", what=what)
        cure = 'Write for example "%d.%m.%Y", "%Y/%m/%d %H:%M" or "excel1900"; known parts: {parts}.'
        raise MisuseError(needed, f"'{written}'", Text(cure, parts=" ".join(_GROUPS)))
    return written


def judge_time_format(written: str, what: str) -> str:
    """Return a format that names a time of day; raise `MisuseError` for any other."""
    parts = re.findall("%.", written)
    hour = "%H" in parts or ("%I" in parts and "%p" in parts)
    if written not in CLOCKS and (not hour or not set(parts) <= {"%H", "%I", "%M", "%S", "%p", "%f"}):
        cure = 'Write for example "%H:%M", "%I:%M %p", "seconds" (since midnight) or "excelDay".'
        raise MisuseError(Text("a time format for {what}", what=what), f"'{written}'", cure)
    return written


def pattern(written: str, language: str | None) -> Pattern:
    """Return the pattern of a format; blanks match any number of blanks, month names those of the language.

    >>> re.match(pattern("%d %B %Y", "ru").regex, "12 января 2015").group("B")
    'января'
    """
    names = sorted(MONTHS.get(language or "", {}), key=lambda name: (-len(name), name))
    months = "(?i:" + "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in names) + r")\.?"
    pieces = re.split(r"(%.|\s+)", unicodedata.normalize("NFKC", written))
    regex = "".join(
        _GROUPS[piece].replace("{months}", months)
        if piece in _GROUPS
        else r"\s+"
        if piece.isspace()
        else re.escape(piece)
        for piece in pieces
    )
    return Pattern(f"^{regex}$", tuple(re.findall(r"\(\?P<(\w)>", regex)))
