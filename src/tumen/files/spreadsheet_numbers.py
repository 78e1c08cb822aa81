"""The numbers of a spreadsheet as text: without the noise of binary fractions, and dates as days of the calendar.

A spreadsheet shows at most 15 digits of a number and counts days from the end of 1899 or from 1904. In the first count
day 60 is 29 February 1900, which never was; the days before it are one off.
"""

import datetime as dt
import math
import re
from decimal import Decimal

_DATES = {*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58}
_TIMES = {*range(18, 22), *range(32, 36), 45, 47, 55, 56}
_ASIDE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_ELAPSED = re.compile(r"\[[hms]+\]", re.IGNORECASE)
_PLAIN = re.compile(r"0|-?[1-9][0-9]*|-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]")
_EXACT = 2**53
_DAY = 86_400_000


def number_text(value: str) -> str:
    """Return a stored number as a person would write it; what is no number stays as it is.

    >>> [number_text(v) for v in ("0.10000000000000001", "5.0", "1.2E-3", "900108001234567", "x")]
    ['0.1', '5', '0.0012', '900108001234567', 'x']
    """
    if len(value) < 16 and _PLAIN.fullmatch(value):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    if not math.isfinite(number):
        return value
    if number.is_integer() and abs(number) < _EXACT:
        return str(int(number))
    short = format(number, ".15g")
    return format(Decimal(short), "f") if "e" in short and 1e-12 < abs(number) < 1e30 else short


def is_too_precise(value: str) -> bool:
    """Say whether a whole number has more than the 15 digits that spreadsheets keep.

    >>> is_too_precise("900108001234567"), is_too_precise("9001080012345670")
    (False, True)
    """
    try:
        number = float(value)
    except ValueError:
        return False
    return math.isfinite(number) and abs(number) >= 1e15 and number.is_integer()


def number_kind(number: int, code: str = "") -> str:
    """Return what a number format shows: "date", "time", "both", "elapsed", "percent", or "" for any other number.

    `number` is that of a built-in format, `code` the pattern of another one.

    >>> [number_kind(200, code) for code in ("DD.MM.YYYY", "h:mm", "dd/mm/yy hh:mm", "[h]:mm", "0.00E+00", "0.0%")]
    ['date', 'time', 'both', 'elapsed', '', 'percent']
    """
    if number < 164 and not code:
        return _built_in(number)
    pattern = _ASIDE.sub("", code.split(";")[0]).lower()
    if _ELAPSED.search(pattern):
        return "elapsed"
    if "%" in pattern:
        return "percent"
    if pattern.strip() in ("general", "@", "") or ("#" in pattern) or re.search(r"0\.?0*e|[0?]/[0?]", pattern):
        return ""
    time = bool(re.search("[hs]", pattern)) and "general" not in pattern
    day = bool(re.search("[yde]", pattern)) or ("m" in pattern and not time)
    return {(True, True): "both", (True, False): "date", (False, True): "time"}.get((day, time), "")


def _built_in(number: int) -> str:
    if number == 22:
        return "both"
    if number == 46:
        return "elapsed"
    if number in (9, 10):
        return "percent"
    return "date" if number in _DATES else "time" if number in _TIMES else ""


def date_text(value: str, kind: str, from_1904: bool) -> str | None:
    """Return a day count as ISO 8601 text (local, as spreadsheets know no zones), or None if it is no such day.

    >>> [date_text(v, "date", False) for v in ("1", "59", "60", "61", "41771")]
    ['1900-01-01', '1900-02-28', None, '1900-03-01', '2014-05-12']
    >>> date_text("41771.5625", "both", False), date_text("0.5625", "time", False), date_text("1.5", "elapsed", False)
    ('2014-05-12T13:30:00', '13:30:00', '36:00:00')
    >>> date_text("0", "date", True)
    '1904-01-01'
    """
    try:
        number = float(value)
    except ValueError:
        return None
    if not math.isfinite(number) or not 0 <= number < 3_000_000:
        return None
    total = round(number * _DAY)
    days, rest = divmod(total, _DAY)
    if kind == "elapsed":
        return _clock(total)
    if kind == "time" and days == 0:
        return _clock(rest)
    day = _day(days, from_1904)
    if day is None:
        return None
    return day.isoformat() if kind == "date" and rest == 0 else f"{day.isoformat()}T{_clock(rest)}"


def _day(days: int, from_1904: bool) -> dt.date | None:
    first = dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 31 if days < 60 else 30)
    if not from_1904 and days in (0, 60):
        return None
    try:
        return first + dt.timedelta(days=days)
    except OverflowError:
        return None


def _clock(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}" + (f".{rest:03d}" if rest else "")
