"""What does one cell of a form say?  Numbers of birds with their doubts, days, times, shares and coordinates.

Nothing is guessed: what could mean two things is a problem and no value. An empty cell, a dash, "nc", a cross and 0 are
five different things.
"""

import datetime as dt
import re
from dataclasses import dataclass

from tumen.files.count_form_words import NOT_COUNTED, PRESENT, ROUGHLY, folded, words_in
from tumen.files.mapped_cells import plain
from tumen.files.mapped_places import read_degree
from tumen.files.mapping_values import Setting

_ABSENT_WORDS = words_in(NOT_COUNTED)
_PRESENT_WORDS = words_in(PRESENT)
_WHOLE = r"[0-9]{1,3}(?:[ '][0-9]{3})+|[0-9]{1,9}"
_COUNT = re.compile(
    rf"(?P<about>{ROUGHLY}\s*)?(?P<number>{_WHOLE})(?P<behind>\s*(?:\+|\*?\s*est\.?|\(est\.?\)))?", re.I
)
_RANGE = re.compile(
    rf"(?P<about>{ROUGHLY}\s*)?(?P<low>{_WHOLE})\s*(?:-|–|—|~|to|до)\s*(?P<high>{_WHOLE})", re.IGNORECASE
)
_BOUND = re.compile(rf"(?P<sign>>=|=>|≥|>|<=|=<|≤|<)\s*(?P<number>{_WHOLE})")
_DASHES = frozenset("-–—−")
_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})\s*[日일.]?(?:[T ]00:00(?::00)?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_CLOCK = re.compile(r"(?:\d{4}-\d{2}-\d{2}[T ])?(\d{1,2})[:.時시](\d{2})分?(?::(\d{2}))?")


@dataclass(frozen=True)
class Counted:
    """What a cell says of birds: cells of `counts` as text, or why it says nothing that can be used."""

    status: str = "counted"
    count: str | None = None
    minimum: str | None = None
    maximum: str | None = None
    estimated: str | None = None
    problem: str | None = None


def read_count(cell: str) -> Counted:
    """Read one filled cell of a list of counts.

    `problem` is `form-dash` (nobody knows whether a dash means none or nobody looked) or `form-number-unread`.

    >>> read_count("~500"), read_count("500+").minimum, read_count("200-300").maximum, read_count("x").minimum
    (Counted(status='counted', count='500', minimum=None, maximum=None, estimated='true', problem=None), '500', '300', '1')
    >>> read_count("nc").status, read_count("-").problem, read_count("1,200").problem, read_count("0").count
    ('notCounted', 'form-dash', 'form-number-unread', '0')
    """  # noqa: E501
    text = plain(cell)
    word = folded(text)
    if text in _DASHES:
        return Counted(problem="form-dash")
    if word in _ABSENT_WORDS:
        return Counted("notCounted")
    if word in _PRESENT_WORDS:
        return Counted(minimum="1")
    number = _COUNT.fullmatch(text)
    if number:
        return _number(number)
    between = _RANGE.fullmatch(text)
    if between:
        return Counted(
            minimum=_digits(between["low"]),
            maximum=_digits(between["high"]),
            estimated="true" if between["about"] else None,
        )
    bound = _BOUND.fullmatch(text)
    return _bound(bound) if bound else Counted(problem="form-number-unread")


def _number(found: re.Match[str]) -> Counted:
    digits, behind = _digits(found["number"]), (found["behind"] or "").strip()
    estimated = "true" if found["about"] or (behind and behind != "+") else None
    if behind == "+":
        return Counted(minimum=digits, estimated=estimated)
    return Counted(count=digits, estimated=estimated)


def _bound(found: re.Match[str]) -> Counted:
    number = int(_digits(found["number"]))
    if found["sign"] == ">":
        return Counted(minimum=str(number + 1))
    if found["sign"] == "<":
        return Counted(maximum=str(number - 1)) if number else Counted(problem="form-number-unread")
    return (
        Counted(minimum=str(number)) if ">" in found["sign"] or "≥" in found["sign"] else Counted(maximum=str(number))
    )


def _digits(text: str) -> str:
    return str(int(re.sub(r"\D", "", text)))


def read_day(cell: str, date_format: str | None) -> str | None:
    """Read a day as ISO 8601; None for what is no day, or could be two.

    >>> read_day("2024年1月14日", None), read_day("14.01.2024", None), read_day("04.01.2024", None)
    ('2024-01-14', '2024-01-14', None)
    >>> read_day("04.01.2024", "%d.%m.%Y")
    '2024-01-04'
    """
    text = plain(cell)
    year_first, year_last = _YEAR_FIRST.fullmatch(text), _YEAR_LAST.fullmatch(text)
    try:
        if year_first:
            return dt.date(*map(int, year_first.groups())).isoformat()
        if date_format is not None:
            return dt.datetime.strptime(text, date_format).replace(tzinfo=dt.UTC).date().isoformat()
        if year_last:
            first, second, year = map(int, year_last.groups())
            if first > 12 or first == second:
                return dt.date(year, second, first).isoformat()
            if second > 12:
                return dt.date(year, first, second).isoformat()
    except ValueError:
        return None
    return None


def read_clock(cell: str) -> str | None:
    """Read a time of day.

    >>> read_clock("7.30"), read_clock("07:30:00"), read_clock("25:00"), read_clock("morning")
    ('07:30:00', '07:30:00', None, None)
    """
    found = _CLOCK.fullmatch(plain(cell))
    if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        return None
    return f"{int(found[1]):02d}:{found[2]}:{found[3] or '00'}"


def read_share(cell: str) -> str | None:
    """Read a share in per cent, 0 to 100; the sign may be left out.

    >>> read_share("80 %"), read_share("12,5"), read_share("120%")
    ('80', '12.5', None)
    """
    found = re.fullmatch(r"([0-9]{1,3}(?:[.,][0-9]{1,9})?)\s*%?", plain(cell))
    number = found[1].replace(",", ".") if found else None
    return number if number is not None and float(number) <= 100 else None


def read_angle(cell: str, axis: str) -> tuple[str | None, str | None]:
    """Read a longitude or latitude in whatever notation it shows beyond doubt: `text`, code of the problem.

    >>> read_angle("43.5", "latitude"), read_angle("115 deg 98'", "longitude")
    (('43.5', None), (None, 'coordinates-no-such-minute'))
    """
    text = re.sub(r"\s*\b(?:deg|degrees?|град)\b\.?\s*", "°", plain(cell), flags=re.IGNORECASE)
    parts = len(re.findall(r"[0-9]+(?:[.,][0-9]+)?", text))
    decimal = "," if "," in text else "."
    notation = {1: "decimal", 2: "dm", 3: "dms"}.get(parts)
    if notation is None:
        return None, "coordinate-unread"
    if notation == "decimal":
        text = re.sub(r"°\s*(?=[^\d\s]*$)", "", text)
    return read_degree(text, axis, Setting(decimal=decimal, notation=notation))


def read_pair(cell: str) -> tuple[str, str] | None:
    """Cut one cell with both coordinates into latitude and longitude; None unless each says which it is.

    >>> read_pair("43°06' N, 131°12' E")
    ("43°06' N", "131°12' E")
    """
    parts = [part.strip() for part in re.split(r"[;/]|,\s+|(?<=[NSns])\s+(?=\d)", plain(cell)) if part.strip()]
    if len(parts) != 2 or any(not re.search(r"[NSEWСЮВЗ纬緯经經経]", part, re.IGNORECASE) for part in parts):
        return None
    return parts[0], parts[1]
