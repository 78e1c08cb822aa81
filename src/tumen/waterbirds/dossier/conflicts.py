"""Where do sources disagree?  Areas, coordinates, dates and words that several sources give differently.

Nothing is decided here: every statement of a disagreement stays, as its source writes it, beside the others.
"""

import re
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import polars as pl

from tumen.measure.geodesy import distances
from tumen.tables.findings import finding, join

CONFLICTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "conflict": pl.Int64,
    "subject": pl.String,
    "attribute": pl.String,
    "kind": pl.String,
    "value": pl.String,
    "unit": pl.String,
    "statedOn": pl.Date,
    "source": pl.String,
    "party": pl.String,
    "apart": pl.Float64,
    "apartUnit": pl.String,
}
"""One row a statement; `conflict` numbers those that disagree. `kind`: area, number, point, date or text.

`apart` is how far the statements of one conflict are from each other at most: km between points, ha between areas, the
unit of plain numbers, days between the nearest ends of dates; null for words.
"""

_HECTARES = {"ha": 1.0, "hectare": 1.0, "hectares": 1.0, "km2": 100.0, "km²": 100.0, "sq km": 100.0, "m2": 1e-4}
_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_NUMBER = re.compile(r"(?<![\w.,])(\d{1,3}(?:[, \u00a0]\d{3})+|\d+)(\.\d+)?(?![.,]?\d)")
_SIDE = re.compile(
    r"(\d+(?:\.\d+)?)\s*(?:°|deg|º|\s)?\s*(?:(\d+(?:\.\d+)?)\s*(?:'|′|’|min|\s)?\s*)?"
    r"(?:(\d+(?:\.\d+)?)\s*(?:\"|″|”|sec)?\s*)?([NSEW])\b",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$")
_DATE = re.compile(r"^\s*(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?\s*$")
_WORDS = re.compile(r"^\s*(?:(\d{1,2})\s+)?([a-z]+)\s+(\d{4})\s*$", re.IGNORECASE)

Span = tuple[date, date]


@dataclass(frozen=True)
class _Said:
    """One statement, read as far as it can be."""

    row: dict[str, Any]
    kind: str
    meaning: Any


def point(text: str) -> tuple[float, float] | None:
    """Return latitude and longitude of coordinates as people write them; None where they cannot be.

    Degrees with minutes and seconds need their letter; decimal degrees are latitude before longitude. 98 minutes are no
    minutes, and nothing is guessed from them.

    >>> point("48 33 N 117 30 E"), point("48°45'N, 117°28'E"), point("48.55, 117.5")
    ((48.55, 117.5), (48.75, 117.46666666666667), (48.55, 117.5))
    >>> point("50°05'N 115°98'E") is None
    True
    """
    plain = _PLAIN.match(text)
    if plain:
        latitude, longitude = float(plain[1]), float(plain[2])
        return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None
    sides: dict[str, float] = {}
    for degrees, minutes, seconds, letter in _SIDE.findall(text):
        if float(minutes or 0) >= 60 or float(seconds or 0) >= 60:
            return None
        value = float(degrees) + float(minutes or 0) / 60 + float(seconds or 0) / 3600
        axis = "latitude" if letter.upper() in "NS" else "longitude"
        if axis in sides or value > (90 if axis == "latitude" else 180):
            return None
        sides[axis] = -value if letter.upper() in "SW" else value
    return (sides["latitude"], sides["longitude"]) if len(sides) == 2 else None


def span(text: str) -> Span | None:
    """Return first and last day of a date, month or year; None where the text is none.

    >>> span("2018-05"), span("April 2018")
    ((datetime.date(2018, 5, 1), datetime.date(2018, 5, 31)), (datetime.date(2018, 4, 1), datetime.date(2018, 4, 30)))
    """
    found, named = _DATE.match(text), _WORDS.match(text)
    if found:
        year, month, day = (int(part) if part else None for part in found.groups())
    elif named and named[2].lower() in _MONTHS:
        year, month = int(named[3]), _MONTHS.index(named[2].lower()) + 1
        day = int(named[1]) if named[1] else None
    else:
        return None
    try:
        first = date(year or 1, month or 1, day or 1)
        if day:
            return first, first
        if month is None:
            return first, date(first.year, 12, 31)
        after = date(first.year + month // 12, month % 12 + 1, 1)
        return first, date.fromordinal(after.toordinal() - 1)
    except ValueError:
        return None


def number(text: str) -> float | None:
    """Return the one number in a text; None where there is none, there are several, or a comma may be a decimal one.

    >>> number("3,500-odd"), number("> 3 700"), number("-2.5"), number("20-30"), number("3,5")
    (3500.0, 3700.0, -2.5, None, None)
    """
    found = _NUMBER.findall(text)
    if len(found) != 1:
        return None
    size = float(re.sub(r"[, \u00a0]", "", found[0][0]) + found[0][1])
    return -size if text.strip().startswith(("-", "\u2212")) else size


def conflicts(statements: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the statements that disagree (`CONFLICTS`), and the findings about them.

    `statements` has the columns of `inputs.SHAPES`. Two areas in different units agree if they are the same number of
    hectares; a month agrees with a day inside it; words agree if they are the same letters.

    >>> rows = {"subject": ["Lake"] * 2, "attribute": ["area"] * 2, "value": ["32", "3,500"], "unit": ["km2", "ha"]}
    >>> frame = pl.DataFrame({**rows, "source": ["A", "B"], "party": ["x", "x"]}).with_columns(statedOn=None)
    >>> conflicts(frame)[0].select("value", "apart", "apartUnit").rows()
    [('32', 300.0, 'ha'), ('3,500', 300.0, 'ha')]
    """
    found: list[dict[str, Any]] = []
    parts = []
    order = ["subject", "attribute", "statedOn", "source", "value"]
    number_of = 0
    for (subject, attribute), group in statements.sort(order, nulls_last=True).group_by(
        "subject", "attribute", maintain_order=True
    ):
        said = [_read(row) for row in group.iter_rows(named=True)]
        parts += [
            finding(
                "dossier-coordinate-unreadable",
                table="statements",
                column="value",
                value=one.row["value"],
                subject=str(subject),
                source=one.row["source"],
            )
            for one in said
            if one.kind == "text" and _is_point(str(attribute))
        ]
        apart = _apart(said)
        if apart is None:
            continue
        number_of += 1
        kind, far, unit = apart
        for one in said:
            kept = {name: one.row.get(name) for name in CONFLICTS if name in one.row}
            found.append({**kept, "conflict": number_of, "kind": kind, "apart": far, "apartUnit": unit})
        parts.append(
            finding(
                f"dossier-conflict-{kind}",
                table="statements",
                column="value",
                value="; ".join(dict.fromkeys(_shown(one.row) for one in said)),
                subject=str(subject),
                attribute=str(attribute),
                apart=round(far, 1) if far is not None else "",
                unit=unit,
            )
        )
    return pl.DataFrame(found, schema=CONFLICTS), join(parts)


def _read(row: dict[str, Any]) -> _Said:
    attribute, value, unit = str(row["attribute"]).lower(), str(row["value"]), str(row.get("unit") or "").lower()
    if _is_point(attribute):
        place = point(value)
        return _Said(row, "point", place) if place else _Said(row, "text", value.strip())
    days = span(value) if not unit else None
    if days:
        return _Said(row, "date", days)
    count = number(value)
    if count is None:
        return _Said(row, "text", value.strip())
    if unit in _HECTARES:
        return _Said(row, "area", count * _HECTARES[unit])
    return _Said(row, "number", (count, unit)) if unit or _is_bare(value) else _Said(row, "text", value.strip())


def _is_point(attribute: str) -> bool:
    return "coordinate" in attribute.lower()


def _is_bare(value: str) -> bool:
    return not re.search(r"[^\W\d_]", value)


def _apart(said: list[_Said]) -> tuple[str, float | None, str] | None:
    """Return the kind of a disagreement, and how far its statements are apart at most; None where all agree."""
    kinds = {one.kind for one in said}
    if len(kinds) > 1 or kinds == {"text"}:
        meanings = {str(one.row["value"]).strip() for one in said}
        return ("text", None, "") if len(meanings) > 1 else None
    kind = kinds.pop()
    if kind == "number" and len({one.meaning[1] for one in said}) > 1:
        return "text", None, ""
    unit = {"area": "ha", "point": "km", "date": "d"}.get(kind) or (said[0].meaning[1] if kind == "number" else "")
    far = max((_distance(kind, one.meaning, other.meaning) for one, other in combinations(said, 2)), default=0.0)
    return (kind, far, unit) if far > _same(kind, said) else None


def _same(kind: str, said: list[_Said]) -> float:
    """Return below which distance two statements say the same: rounding of units, and 1 m on the ground."""
    if kind == "point":
        return 0.001
    return 1e-9 * max(one.meaning for one in said) if kind == "area" else 0.0


def _distance(kind: str, one: Any, other: Any) -> float:
    if kind == "point":
        return float(distances(one[1], one[0], other[1], other[0])) / 1000
    if kind == "date":
        return float(max((other[0] - one[1]).days, (one[0] - other[1]).days, 0))
    if kind == "number":
        return abs(float(one[0]) - float(other[0]))
    return abs(float(one) - float(other))


def _shown(row: dict[str, Any]) -> str:
    return f"{row['value']} {row.get('unit') or ''}".strip()
