"""Read and write the counts that TRIM and rtrim take: site, time, [month], count, [weight], covariates.

TRIM's own files have no header and cells between blanks or tabs; a code such as 999 says that nothing was counted, and
is declared in the command file (`tumen.files.trim_commands`). rtrim takes CSV with a header and NA. Everything is read
as text first. A zero stays a zero, a missing count stays missing, and a cell that cannot be read is neither: the column
`state` keeps the three apart.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tumen.errors import FormatError, MisuseError, Text
from tumen.files.text_table import STANDARD, Dialect, decoded, read_text_table, write_csv
from tumen.tables.cameras import integer, number, text
from tumen.tables.cast import cast_cells
from tumen.tables.findings import finding, gather, rows
from tumen.tables.schema import MISSING, Table

TRIM = Table(
    name="counts",
    origin="Tumen",
    group="waterbirds",
    meaning="Counts as TRIM takes them.",
    columns=(
        text(name="site", meaning="The site.", example="1", required=True),
        integer(name="time", meaning="The time point or year.", example="1984", required=True),
        integer(name="month", meaning="The month or other part of a year.", example="1", minimum=1),
        number(name="count", meaning="What was counted.", example="11", minimum=0),
        number(name="weight", meaning="The weight of the count.", example="1", minimum=0),
    ),
)
"""What is cast; it is no table of the protocol."""

STATES = ("counted", "missing", "unread")
"""counted: a number, which may be 0; missing: said to be missing; unread: something that is no count."""

TRIM_COUNTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.Int64,
    "site": pl.String,
    "time": pl.Int64,
    "month": pl.Int64,
    "count": pl.Float64,
    "weight": pl.Float64,
    "state": pl.String,
}
"""A table of counts; its covariates follow as text. `row` is the line of the file."""

_SUSPECT = (999.0, 9999.0, 99999.0)
_ROLES: Mapping[str, tuple[str, ...]] = {
    "site": ("site",),
    "time": ("time", "year"),
    "month": ("month",),
    "count": ("count",),
    "weight": ("weight", "weights"),
}


@dataclass(frozen=True)
class TrimForm:
    """What a TRIM file does not say of itself: the code of a missing count, and which columns it has.

    `times` is how many time points it should have; `covariates` are the names of its last columns.
    """

    missing: str | None = None
    weight: bool = False
    month: bool = False
    covariates: tuple[str, ...] = ()
    times: int | None = None


@dataclass(frozen=True)
class TrimCounts:
    """The counts of a file (`TRIM_COUNTS` and covariates), every row of it, and what is wrong with them."""

    table: pl.DataFrame
    covariates: tuple[str, ...]
    findings: pl.DataFrame


PLAIN = TrimForm()


def read_trim(data: bytes, form: TrimForm = PLAIN, *, encoding: str = "utf-8") -> TrimCounts:
    r"""Return the counts of a TRIM data file.

    A line with too few or too many cells is a finding and no row. Raises `FormatError` for a file without any line.

    >>> counts = read_trim(b"1 1 11\n1 2 0\n1 3 999\n1 4 x\n", TrimForm(missing="999"))
    >>> counts.table.select("time", "count", "state").rows()
    [(1, 11.0, 'counted'), (2, 0.0, 'counted'), (3, None, 'missing'), (4, None, 'unread')]
    >>> counts.findings.select("code", "row", "value").rows()
    [('cell-type', 4, 'x')]
    """
    content, clean, found = decoded(data, TRIM.name, encoding)
    if not clean:
        content = content.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        found = gather([found, finding("text-undecodable", table=TRIM.name, value=encoding)])
    # Programs of the time of DOS end a text with this mark.
    lines = pl.Series("value", content.removesuffix("\x1a").splitlines(), dtype=pl.String)
    own = ["site", "time", *(["month"] if form.month else []), "count", *(["weight"] if form.weight else [])]
    names, labelled = _labels(form.covariates)
    frame = (
        pl.DataFrame([lines])
        .with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row"))
        .with_columns(cells=pl.col("value").str.strip_chars().str.replace_all(r"\s+", " ").str.split(" "))
        .filter(pl.col("value").str.strip_chars() != "")
        .with_columns(found=pl.col("cells").list.len(), needed=pl.lit(len(own) + len(names)))
    )
    if frame.is_empty():
        raise FormatError("a TRIM file with counts", "no line", "Give the file that TRIM reads.")
    fits = pl.col("found") == pl.col("needed")
    unread = rows("trim-line-unread", frame.filter(~fits), table=TRIM.name, column="", arguments=("found", "needed"))
    kept = frame.filter(fits)
    cells = kept.select(pl.col("cells").list.get(place).alias(name) for place, name in enumerate([*own, *names]))
    counts = _cast(cells, kept["row"], form, tuple(names))
    return TrimCounts(counts.table, counts.covariates, gather([found, unread, labelled, counts.findings]))


def read_trim_csv(
    data: bytes, form: TrimForm = PLAIN, *, columns: Mapping[str, str] | None = None, dialect: Dialect = STANDARD
) -> TrimCounts:
    r"""Return the counts of a CSV file with a header, as rtrim takes it; cells without text and NA are missing.

    `columns` says which header is the site, time, month, count or weight; else site, time or year, month, count, weight
    or weights are looked for. All others are covariates. Raises `FormatError` where site, time or count is not there,
    or could be two columns.

    >>> counts = read_trim_csv(b"site,year,count,habitat\na,1984,0,heath\na,1985,NA,heath\n")
    >>> counts.table.select("site", "time", "count", "state", "habitat").rows()
    [('a', 1984, 0.0, 'counted', 'heath'), ('a', 1985, None, 'missing', 'heath')]
    """
    cells, found = read_text_table(data, name=TRIM.name, dialect=dialect)
    places = _places(cells.columns, columns or {})
    others = [name for name in cells.columns if name not in places.values()]
    names, labelled = _labels(others)
    renamed = cells.select(
        *(pl.col(header).alias(role) for role, header in places.items()),
        *(pl.col(other).alias(name) for other, name in zip(others, names, strict=True)),
    )
    row = pl.int_range(2, cells.height + 2, dtype=pl.Int64, eager=True)
    blank = pl.all_horizontal(pl.all().is_null())
    full = renamed.select(~blank).to_series() if renamed.height else pl.Series([], dtype=pl.Boolean)
    counts = _cast(renamed.filter(full), row.filter(full), form, tuple(names))
    return TrimCounts(counts.table, counts.covariates, gather([found, labelled, counts.findings]))


def write_trim(table: pl.DataFrame, *, missing: str = "-1", covariates: Sequence[str] = ()) -> bytes:
    r"""Return counts as a TRIM data file: site, time, [month], count, [weight], covariates, cells between tabs.

    Months and weights are written where any row has one. Raises `MisuseError` where a cell has a blank in it or is
    empty, a count that is written is the missing code, or a row is "unread": TRIM has no way to write these.

    >>> counts = read_trim_csv(b"site,time,count\n1,1,0\n1,2,NA\n")
    >>> write_trim(counts.table)
    b'1\t1\t0\n1\t2\t-1\n'
    """
    if table.filter(pl.col("state") == "unread").height:
        raise MisuseError("counts that were read", "cells that are no count", "Correct what the findings say first.")
    code = _value(missing)
    if code is not None and table.filter(pl.col("count") == code).height:
        needed = Text("a missing code that is no count, not {missing}", missing=missing)
        raise MisuseError(needed, "counts of this value", "Choose another, such as -1.")
    order = [name for name in _ROLES if name not in ("month", "weight") or table[name].is_not_null().any()]
    cells = table.select(
        *(_written(table[name]).fill_null(missing if name == "count" else "").alias(name) for name in order),
        *(table[name].cast(pl.String).fill_null("").alias(name) for name in covariates),
    )
    bad = cells.filter(pl.any_horizontal((pl.all() == "") | pl.all().str.contains(r"\s")))
    if bad.height:
        found = ", ".join(repr(cell) for cell in bad.row(0))
        raise MisuseError("cells without blanks, none of them empty", found, "Number the sites, or write CSV.")
    return cells.write_csv(include_header=False, separator="\t", quote_style="never").encode()


def write_trim_csv(table: pl.DataFrame, *, covariates: Sequence[str] = ()) -> bytes:
    r"""Return counts as CSV with a header; a missing count is NA.

    >>> write_trim_csv(read_trim(b"1 1 5 2\n1 2 -1 2\n", TrimForm("-1", covariates=("cov",))).table, covariates=["cov"])
    b'site,time,count,cov\n1,1,5,2\n1,2,NA,2\n'
    """
    if table.filter(pl.col("state") == "unread").height:
        raise MisuseError("counts that were read", "cells that are no count", "Correct what the findings say first.")
    names = [name for name in _ROLES if name not in ("month", "weight") or table[name].is_not_null().any()]
    cells = [_written(table[name]).fill_null("NA" if name == "count" else "").alias(name) for name in names]
    return write_csv(pl.DataFrame([*cells, *(table[name].cast(pl.String) for name in covariates)]))


def _cast(cells: pl.DataFrame, row: pl.Series, form: TrimForm, covariates: tuple[str, ...]) -> TrimCounts:
    """Cast the cells of counts, and judge the counts together."""
    said = _said_missing(cells["count"], form.missing)
    bare = cells.with_columns(count=pl.when(~said).then(pl.col("count")))
    typed, about = cast_cells(TRIM, bare)
    # The cast counts rows from below a header; here they are lines of the file.
    lines = pl.DataFrame({"row": pl.int_range(2, len(row) + 2, dtype=pl.Int64, eager=True), "line": row})
    about = about.join(lines, on="row", how="left", maintain_order="left").with_columns(row="line").drop("line")
    count = pl.when(pl.col("count") >= 0).then("count")
    state = pl.when(count.is_not_null()).then(pl.lit("counted")).when(said).then(pl.lit("missing"))
    table = typed.with_columns(
        row.alias("row"), count.alias("count"), state.otherwise(pl.lit("unread")).alias("state")
    ).select(*TRIM_COUNTS, *(cells[name] for name in covariates))
    found = [about, *_fractions(table), *_suspects(table, form.missing), *_repeated(table), *_gaps(table, form)]
    return TrimCounts(table, covariates, gather(found))


def _said_missing(cells: pl.Series, missing: str | None) -> pl.Series:
    """Say which cells mean that nothing was counted: empty, NA, or the declared code, also written as 999.0."""
    said = cells.is_null() | cells.is_in(MISSING)
    if missing is None:
        return said
    said = said | (cells.str.strip_chars() == missing.strip()).fill_null(value=False)
    code = _value(missing)
    if code is None:
        return said
    return said | (cells.str.strip_chars().cast(pl.Float64, strict=False) == code).fill_null(value=False)


def _value(code: str) -> float | None:
    try:
        value = float(code)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _fractions(table: pl.DataFrame) -> list[pl.DataFrame]:
    broken = table.filter(pl.col("count") != pl.col("count").floor()).select("row", value="count")
    return [rows("trim-count-fractional", broken, table=TRIM.name, column="count")]


def _suspects(table: pl.DataFrame, missing: str | None) -> list[pl.DataFrame]:
    """Find counts that look like the code of a missing count and were not declared as one."""
    seen = table.filter(pl.col("count").is_in(_SUSPECT)).group_by("count").len().filter(pl.col("len") > 1).sort("count")
    return [
        finding(
            "trim-missing-suspect",
            table=TRIM.name,
            column="count",
            value=f"{value:g}",
            count=count,
            missing="-" if missing is None else missing,
        )
        for value, count in seen.rows()
    ]


def _repeated(table: pl.DataFrame) -> list[pl.DataFrame]:
    """Find rows of a site and time (and month) that another row has already."""
    keys = ["site", "time", "month"]
    known = table.filter(pl.col("site").is_not_null() & pl.col("time").is_not_null())
    again = known.filter(~pl.struct(keys).is_first_distinct()).with_columns(value=pl.col("count"))
    return [rows("trim-count-twice", again, table=TRIM.name, column="site", arguments=("site", "time", "month"))]


def _gaps(table: pl.DataFrame, form: TrimForm) -> list[pl.DataFrame]:
    """Compare the file with the number of time points it should have, and count what is not in it."""
    found: list[pl.DataFrame] = []
    times = table["time"].drop_nulls().n_unique()
    if form.times is not None and times != form.times:
        found.append(
            finding(
                "trim-times-differ", table=TRIM.name, column="time", value=str(form.times), said=form.times, found=times
            )
        )
    needed = table["site"].drop_nulls().n_unique() * times * max(1, table["month"].drop_nulls().n_unique())
    there = table.drop_nulls(["site", "time"]).select(pl.struct("site", "time", "month").n_unique()).item()
    if there < needed:
        found.append(
            finding(
                "trim-counts-absent", table=TRIM.name, value=str(needed - there), count=needed - there, needed=needed
            )
        )
    return found


def _labels(wanted: Iterable[str]) -> tuple[list[str], pl.DataFrame]:
    """Return a distinct name for every covariate, none of them the name of a column of counts."""
    names: list[str] = []
    found = []
    for label in wanted:
        name = label
        while name in TRIM_COUNTS or name in names:
            name += "'"
        if name != label:
            found.append(finding("trim-label-taken", table=TRIM.name, column=name, value=label, name=name))
        names.append(name)
    return names, gather(found)


def _places(headers: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return the header of each role that a file has."""
    places: dict[str, str] = {}
    for role, names in _ROLES.items():
        if role in columns and columns[role] not in headers:
            raise FormatError(
                Text("a column named {name}", name=columns[role]), ", ".join(headers), "Name a column of the file."
            )
        fit = [columns[role]] if role in columns else [h for h in headers if h.strip().lower() in names]
        fit = [header for header in fit if header not in columns.values() or columns.get(role) == header]
        if len(fit) > 1 or (not fit and role in ("site", "time", "count")):
            raise FormatError(
                Text("one column for the {role}: {names}", role=role, names=" / ".join(names)),
                ", ".join(fit or headers),
                "Say which columns of the file hold the site, the time and the count.",
            )
        if fit:
            places[role] = fit[0]
    return places


def _written(cells: pl.Series) -> pl.Series:
    """Return numbers as text, whole ones without a point."""
    if cells.dtype != pl.Float64:
        return cells.cast(pl.String)
    whole = (cells == cells.floor()) & (cells.abs() < 1e15)
    return (
        cells.to_frame("x")
        .select(
            pl.when(whole)
            .then(pl.col("x").cast(pl.Int64, strict=False).cast(pl.String))
            .otherwise(pl.col("x").cast(pl.String))
        )
        .to_series()
    )
