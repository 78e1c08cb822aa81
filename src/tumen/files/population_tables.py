"""Read the official tables of waterbird populations: a row for each population and edition, as CSV or workbook.

The columns are those of the Waterbird Populations Portal (wpp.wetlands.org), under the names of its data
(github.com/Vizzuality/waterbird-population, src/modules/explore/selectors.js: population_id, scientificname, name,
publication, minimum, maximum, startyear, endyear, quality, notes, references, onepercent, yearset) or of its pages
("1% Threshold", "Size estimate quality", "Size - Year"). Tables of others (CSR) are read under the same names. What the
portal's numbers mean: -1 is unknown, maximum = minimum + 1 is 'more than the minimum', a year 0 is unknown. Letters
that stand for ranges in old editions are read as the reader is told; 1 % is then that of the maximum, as the portal
does. Nothing is computed here.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import NotRequired, TypedDict, Unpack

import polars as pl

from tumen.errors import FormatError, MisuseError, Text, nearest
from tumen.files.bare_table import read_bare_table
from tumen.files.columns import in_order
from tumen.files.workbook import read_workbook
from tumen.tables.examine import in_file
from tumen.tables.findings import FINDINGS, finding, gather, of_package, rows
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES

TABLE = TABLES["population_estimates"]

_NAMES = {
    "populationID": "populationid wpepopid popid id",
    "scientificName": "scientificname species speciesscientificname latinname specie.scientificname",
    "populationName": "populationname population name",
    "edition": "publication publicationname edition",
    "size": "size estimate sizeestimate populationsize populationestimate",
    "minimum": "minimum min sizeminimum sizemin minimumsize",
    "maximum": "maximum max sizemaximum sizemax maximumsize",
    "years": "sizeyear years year",
    "startYear": "startyear sizestartyear",
    "endYear": "endyear sizeendyear",
    "quality": "quality sizequality sizeestimatequality sizeestimatesquality",
    "onePercent": "onepercent percent percentthreshold 1percent 1percentthreshold 1percentlevel onepercentlevel",
    "yearSet": "yearset percentyearset onepercentyearset 1percentyearset",
    "unit": "unit",
    "comments": "notes note sizenotes comments",
    "references": "references refs sizereferences",
    "source": "source",
    "countryCodes": "countrycodes",
    "seasons": "seasons",
    "range": "range geometry wkt",
}
COLUMNS: Mapping[str, str] = MappingProxyType(
    {name: column for column, names in _NAMES.items() for name in names.split()}
)
"""What headings mean, without case, spaces and marks; % is percent."""

QUALITY: Mapping[str, str] = MappingProxyType(
    {
        "noestimate": "noEstimate",
        "bestguess": "bestGuess",
        "expertopinion": "expertOpinion",
        "census": "census",
        "censusbased": "census",
    }
)

UNKNOWN = "-1"
_NUMBER = r"\d{1,3}(?:[,  ’']\d{3}){1,5}|\d{1,18}"
_RANGE = re.compile(rf"\s*({_NUMBER}|-1)\s*(?:-|–|—|to)\s*({_NUMBER}|-1)\s*", re.IGNORECASE)
_ONE = re.compile(rf"\s*(>=?|≥|<=?|≤)?\s*({_NUMBER}|-1)\s*")
_LETTER = re.compile(r"\s*([A-Za-z])\s*")
_OF_PAIRS = r"(?i)\b(pairs?|mature (?:individuals?|birds?)|breeding adults?)\b"


@dataclass
class _Said:
    """What is read of a table, and what is to be said of it."""

    letters: Mapping[str, str]
    rows: pl.Series
    found: list[dict[str, object]] = field(default_factory=list)
    unknown: int = 0
    open_ended: int = 0
    no_year: int = 0

    def wrong(self, code: str, row: int, column: str, value: str) -> None:
        """Keep a finding about one cell."""
        self.found.append({"code": code, "row": row, "column": column, "value": value})


class Declared(TypedDict):
    """What a table does not say of itself.

    `edition` and `source` stand for tables that have no such column; `letters` says what ranges letters stand for
    ("10000-25000"); `columns` says which heading is which column of `population_estimates`, beyond the known ones.
    """

    edition: NotRequired[str | None]
    source: NotRequired[str | None]
    letters: NotRequired[Mapping[str, str]]
    columns: NotRequired[Mapping[str, str]]


def read(path: Path | str, *, party: str, country: str | None = None, **declared: Unpack[Declared]) -> Package:
    """Return the population estimates of one table (CSV, or a workbook with one filled sheet).

    Columns that nothing is known of are kept, each with a finding. Raises `FormatError` for a table without species or
    without sizes and thresholds, `MisuseError` where no edition is said or a column is told that does not exist.
    """
    path = Path(path)
    data = _bytes(path)
    cells, found = _cells(path, data)
    # Blank rows are findings of reading; the others keep the rows of the file.
    at = pl.int_range(2, cells.height + 2, dtype=pl.Int64, eager=True)
    filled = cells.select(pl.any_horizontal(pl.all().is_not_null())).to_series() if cells.width else at.is_null()
    told = found.filter(pl.col("code") == "row-blank")["row"]
    blank = at.to_frame("row").filter(~filled & ~at.is_in(told.implode()))
    found = gather([found, rows("row-blank", blank, table=TABLE.name, column="")])
    cells, at = cells.filter(filled), at.filter(filled)
    named, how = _named(cells, declared.get("columns", {}))
    said = _Said({name.upper(): text for name, text in declared.get("letters", {}).items()}, at)
    text = _estimates(named, said, {"edition": declared.get("edition"), "source": declared.get("source")}, how)
    package = assemble(
        path.stem,
        {TABLE.name: in_order(TABLE, text)},
        party=party,
        country=country,
        format="population-tables",
        digests={path.name: hashlib.sha256(data).hexdigest()},
        rows={TABLE.name: at},
    )
    own = of_package(gather([found, *_findings(said, text, named)]), package.party, package.name)
    return replace(package, findings=gather([own, in_file(package.findings, package)]))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FormatError(
            Text("a table of populations, {path}", path=str(path)), error.strerror or "no such file", "Check the path."
        ) from error


def _cells(path: Path, data: bytes) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of the table as text, with what is wrong with the file."""
    if data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        sheet = read_workbook(path).sheet()
        headed = sheet.headed()
        return headed.cells, gather([sheet.findings, headed.findings])
    return read_bare_table(data, TABLE.name)


def _bare(heading: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", heading.casefold().replace("%", "percent"))


def _named(cells: pl.DataFrame, told: Mapping[str, str]) -> tuple[pl.DataFrame, frozenset[str]]:
    """Return the table with its columns under their names here, and which of them were found.

    Only the first heading of a meaning is taken; `told` goes before what is known.
    """
    for column, heading in told.items():
        if column not in _NAMES:
            raise MisuseError("a column of population estimates", f"'{column}'", nearest(column, _NAMES))
        if heading not in cells.columns:
            raise MisuseError("a heading of the table", f"'{heading}'", nearest(heading, cells.columns))
    names = {heading: column for column, heading in told.items()}
    taken = set(names.values())
    for heading in cells.columns:
        meant = COLUMNS.get(_bare(heading))
        if heading not in names and meant is not None and meant not in taken:
            names[heading] = meant
            taken.add(meant)
    # A heading that means nothing here may still be spelled like a column that another heading was taken for.
    names |= {other: f"{other} (as read)" for other in cells.columns if other not in names and other in taken}
    if "scientificName" not in taken or not taken & {"size", "minimum", "maximum", "onePercent"}:
        raise FormatError(
            "a table with species, and with sizes or 1 % thresholds",
            Text("the columns {names}", names=", ".join(cells.columns) or "none"),
            "Say which column is which, for example --say columns.scientificName=Latin.",
        )
    return cells.rename(names), frozenset(taken)


def _estimates(named: pl.DataFrame, said: _Said, told: Mapping[str, str | None], how: frozenset[str]) -> pl.DataFrame:
    """Return the text of `population_estimates`: bounds, years and thresholds as the protocol writes them."""
    if "edition" not in how and told["edition"] is None:
        cure = "Say it, for example --say edition=WPE5; a threshold without its edition says nothing."
        raise MisuseError("the edition of the table", "none", cure)
    made = [_bounds(row, record, said) for row, record in zip(said.rows, named.iter_rows(named=True), strict=True)]
    schema = dict.fromkeys(("minimum", "maximum", "startYear", "endYear", "onePercent"), pl.String)
    frame = named.drop("size", "years", "yearSet", "references", strict=False).with_columns(
        pl.DataFrame(made, schema=schema)
    )
    frame = frame.with_columns(evidence=pl.lit("published"))
    for column, value in told.items():
        if column not in how:
            frame = frame.with_columns(pl.lit(value, pl.String).alias(column))
        elif value is not None:
            frame = frame.with_columns(pl.col(column).fill_null(value))
    frame = frame.with_columns(source=pl.coalesce("source", "edition"))
    if "quality" in how:
        frame = frame.with_columns(pl.col("quality").map_elements(_quality, pl.String))
    if "populationName" not in how:
        frame = frame.with_columns(populationName=pl.lit("all"))
    if "populationID" not in how:
        frame = frame.with_columns(populationID=pl.concat_str("scientificName", "populationName", separator=": "))
    return frame.with_columns(_comments(named, how))


def _comments(named: pl.DataFrame, how: frozenset[str]) -> pl.Expr:
    """Return the notes of a row, with what has no column: the size as written, the year of the 1 %, references."""
    parts = [pl.col("comments")] if "comments" in how else []
    if "size" in how:
        parts.append(pl.lit("size as written: ") + named["size"])
    if "yearSet" in how:
        parts.append(pl.lit("1 % set in ") + named["yearSet"])
    if "references" in how:
        parts.append(pl.lit("references: ") + named["references"])
    if not parts:
        return pl.lit(None, pl.String).alias("comments")
    text = pl.concat_str(parts, separator="; ", ignore_nulls=True)
    return pl.when(text != "").then(text).alias("comments")


def _quality(word: str) -> str:
    """Return the word of the protocol; other words stay as they are, for the cast to find."""
    return QUALITY.get(re.sub(r"[^a-z]", "", word.casefold()), word)


def _bounds(row: int, record: Mapping[str, str | None], said: _Said) -> dict[str, str | None]:
    """Return bounds, years and threshold of one row."""
    low, high, found = record.get("minimum"), record.get("maximum"), len(said.found)
    if low is not None or high is not None:
        one, other = _number(row, "minimum", low, said), _number(row, "maximum", high, said)
    else:
        one, other = _size(row, record.get("size"), said)
    percent = _number(row, "onePercent", record.get("onePercent"), said)
    # Half of an estimate, or an estimate in the place of the threshold that experts set, is another threshold.
    if any(wrong["row"] == row and wrong["code"] == "size-unreadable" for wrong in said.found[found:]):
        for column, number in (("minimum", one), ("maximum", other)):
            if number is not None:
                said.wrong("size-set-aside", row, column, number)
        one = other = None
    if one is not None and other is not None and int(other) == int(one) + 1:
        said.open_ended += 1
        other = None
    first, last = _years(record)
    return {
        "minimum": one,
        "maximum": other,
        "startYear": _year(first, said),
        "endYear": _year(last, said),
        "onePercent": percent,
    }


def _plain(number: str, said: _Said) -> str | None:
    """Return digits without marks between thousands; None for the mark of unknown numbers."""
    if number == UNKNOWN:
        said.unknown += 1
        return None
    return re.sub(r"\D", "", number)


def _number(row: int, column: str, text: str | None, said: _Said) -> str | None:
    if text is None:
        return None
    one = _ONE.fullmatch(text)
    if one is None or one[1] is not None:
        said.wrong("size-unreadable", row, column, text)
        return None
    number = _plain(one[2], said)
    # A threshold of 0 stands for none.
    if column == "onePercent" and number is not None and not int(number):
        said.unknown += 1
        return None
    return number


def _size(row: int, text: str | None, said: _Said) -> tuple[str | None, str | None]:
    """Return the bounds that one cell holds: a range, a number, more or less than a number, or a letter."""
    if text is None:
        return None, None
    letter = _LETTER.fullmatch(text)
    if letter is not None:
        return _lettered(row, letter[1].upper(), text, said)
    both = _RANGE.fullmatch(text)
    if both is not None:
        return _plain(both[1], said), _plain(both[2], said)
    one = _ONE.fullmatch(text)
    if one is None:
        said.wrong("size-unreadable", row, "minimum", text)
        return None, None
    number = _plain(one[2], said)
    sign = one[1] or ""
    return (None if sign[:1] in ("<", "≤") and sign else number), (None if sign[:1] in (">", "≥") and sign else number)


def _lettered(row: int, letter: str, text: str, said: _Said) -> tuple[str | None, str | None]:
    """Return the bounds of a letter: of a range only the maximum, for its 1 % is that of the maximum."""
    meaning = said.letters.get(letter)
    if meaning is None:
        said.wrong("size-letter", row, "minimum", text)
        return None, None
    low, high = _size(row, meaning, replace(said, letters={}))
    if low is None and high is None:
        raise MisuseError("a range for a letter", f"'{meaning}'", "Write for example 10000-25000, or >1000000.")
    return (None, high) if high is not None else (low, None)


def _years(record: Mapping[str, str | None]) -> tuple[str | None, str | None]:
    """Return first and last year: of columns of their own, or of one cell such as "2006 - 2012"."""
    text = record.get("years")
    if text is None or "startYear" in record or "endYear" in record:
        return record.get("startYear"), record.get("endYear")
    both = _RANGE.fullmatch(text)
    return (both[1], both[2]) if both is not None else (text, text)


def _year(text: str | None, said: _Said) -> str | None:
    if text is not None and text.strip() in ("0", UNKNOWN):
        said.no_year += 1
        return None
    return text


def _findings(said: _Said, text: pl.DataFrame, named: pl.DataFrame) -> list[pl.DataFrame]:
    """Return what was found in the cells, and how much was read by the portal's conventions."""
    where = {"table": TABLE.name}
    found = pl.DataFrame(said.found, schema={name: FINDINGS[name] for name in ("code", "row", "column", "value")})
    parts = [
        rows(code, part, column=column, **where)
        for (code, column), part in found.group_by(["code", "column"], maintain_order=True)
        if isinstance(code, str) and isinstance(column, str)
    ]
    counts = {"sizes-unknown": said.unknown, "sizes-open-ended": said.open_ended, "years-unknown": said.no_year}
    if "populationID" not in named.columns:
        counts["population-named"] = text.height
    parts += [finding(code, table=TABLE.name, count=count) for code, count in counts.items() if count]
    spoken = text.with_columns(row=said.rows, value="comments")
    unit = pl.col("unit").is_null() if "unit" in text.columns else pl.lit(True)
    doubtful = spoken.filter(unit & pl.col("comments").str.contains(_OF_PAIRS))
    return [*parts, rows("size-of-pairs-perhaps", doubtful, column="comments", **where)]
