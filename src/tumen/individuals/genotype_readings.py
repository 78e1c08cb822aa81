"""What did each replicate read?  Readings of a laboratory, cleaned only of what stands for "nothing read".

A word for "nothing read" (0, -9, ?) is one only as a whole cell: the allele 091 begins with a 0 and is an allele. Sizes
are numbers: 091 and 91 are one size, and are written 91 from here on. Bases of a SNP stay as they are written.
"""

from dataclasses import dataclass

import polars as pl

from tumen.tables import findings
from tumen.tables.checks_panel import SENTINELS, SIZE
from tumen.tables.genetics import GENOTYPES, LOCI
from tumen.tables.rows import ROW

READINGS: dict[str, pl.DataType | type[pl.DataType]] = {
    "row": pl.Int64,
    "laboratory": pl.String,
    "sampleID": pl.String,
    "locus": pl.String,
    "replicate": pl.Int64,
    "kind": pl.String,
    "allele1": pl.String,
    "allele2": pl.String,
    "sexLinked": pl.Boolean,
}
"""One row per reading: two alleles in order, one with `allele2` null (a half-call), or none (the typing failed)."""

NAMED = ("laboratory", "sampleID", "locus", "replicate")
"""What a reading must say of itself to be counted: without these nobody knows what it is a reading of."""
TOGETHER = ("laboratory", "sampleID", "locus")
OWNERS = ("party", "package")
"""Columns of a table of several packages: findings say by them in which package their row stands."""


@dataclass(frozen=True)
class Readings:
    """The usable readings (`READINGS`), how many were left out, and the findings that say which and why."""

    table: pl.DataFrame
    left: int
    findings: pl.DataFrame


def readings(genotypes: pl.DataFrame, panel: pl.DataFrame | None = None) -> Readings:
    """Return the readings of the typed table `genotypes`; `panel` is the typed table `loci`, where there is one.

    Left out with a finding each: alleles that stand for nothing read, sizes that are no numbers, two rows of one
    replicate that contradict each other, and (counted) rows that do not say what they are a reading of. A cell that is
    left out leaves the other allele of its row as a half-call. Rows are told as a spreadsheet counts them, or by a
    column `row` where the table has one; so are `party` and `package`, which then stay in the table.

    >>> read = {"sampleID": "a", "laboratory": "lab", "replicate": 1, "locus": "F42", "kind": "size"}
    >>> rows = [{**read, "allele1": "120", "allele2": "091"}, {**read, "replicate": 2, "allele1": "0", "allele2": "0"}]
    >>> found = readings(pl.concat([GENOTYPES.empty(), pl.DataFrame(rows)], how="diagonal_relaxed"))
    >>> found.table.select("allele1", "allele2").rows(), found.findings["code"].to_list()
    ([('91', '120'), (None, None)], ['allele-sentinel'])
    """
    frame = GENOTYPES.require(genotypes)
    frame = frame if "row" in frame.columns else frame.with_columns(ROW)
    frame = _with_panel(frame, panel)
    nameless = pl.any_horizontal(pl.col(*NAMED).is_null())
    unnamed = frame.filter(nameless).height
    frame, found = _cleaned(frame.filter(~nameless))
    frame, clashing, left = _once_each(frame)
    if unnamed:
        found.append(findings.finding("readings-unnamed", table="genotypes", count=unnamed))
    return Readings(frame.select(*READINGS, *owners(frame)), left + unnamed, findings.gather([*found, *clashing]))


def owners(frame: pl.DataFrame) -> tuple[str, ...]:
    """Return the columns that say whose a row is, where a frame has them.

    >>> owners(pl.DataFrame({"row": [2], "party": ["north"], "package": ["a"]}))
    ('party', 'package')
    """
    return OWNERS if all(name in frame.columns for name in OWNERS) else ()


def owned(found: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    """Return findings, one for each row of `frame` in its order, with the party and package of the row.

    >>> frame = pl.DataFrame({"row": [2], "party": ["north"], "package": ["a"]})
    >>> found = findings.rows("readings-unnamed", frame, table="genotypes", column="")
    >>> owned(found, frame).select("party", "package", "row").row(0)
    ('north', 'a', 2)
    """
    return found.with_columns(*(frame[name].fill_null("") for name in owners(frame))) if found.height else found


def _with_panel(frame: pl.DataFrame, panel: pl.DataFrame | None) -> pl.DataFrame:
    """Add `sexLinked` (false where nothing is said) and the alleles that the panel lists."""
    told = LOCI.empty() if panel is None else LOCI.require(panel)
    said = (
        told.filter(pl.col("locus").is_not_null())
        .unique("locus", keep="first")
        .select(
            "locus",
            "sexLinked",
            pl.col("alleles").str.split("|").list.eval(pl.element().str.strip_chars()).alias("listed"),
        )
    )
    return frame.join(said, on="locus", how="left", maintain_order="left").with_columns(
        pl.col("sexLinked").fill_null(False)
    )


def _cleaned(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Empty the cells that hold no allele, and put the alleles of each row in order; a half-call has allele1 only."""
    size = (pl.col("kind") == "size").fill_null(False)
    both = pl.concat_str("allele1", "allele2", separator="/", ignore_nulls=True)
    cells = {name: pl.col(name).str.strip_chars() for name in ("allele1", "allele2")}
    nothing = {
        name: cell.is_in(SENTINELS).fill_null(False) & ~pl.col("listed").list.contains(cell).fill_null(False)
        for name, cell in cells.items()
    }
    # The panel may list an allele that is no number: a null allele, say. A list is a person's word.
    odd = {
        name: size
        & cell.is_not_null()
        & ~nothing[name]
        & ~cell.str.contains(SIZE).fill_null(False)
        & ~pl.col("listed").list.contains(cell).fill_null(False)
        for name, cell in cells.items()
    }
    judged = frame.with_columns(
        *(expression.alias(f"nothing_{name}") for name, expression in nothing.items()),
        *(expression.alias(f"odd_{name}") for name, expression in odd.items()),
        both.alias("value"),
    )
    found = [
        _rows("allele-sentinel", judged.filter(pl.any_horizontal("nothing_allele1", "nothing_allele2")), "allele1")
    ]
    found += [_rows("allele-not-size", judged.filter(pl.col(f"odd_{c}")).with_columns(value=c), c) for c in cells]
    number = {name: cell.str.strip_chars_start("0") for name, cell in cells.items()}
    plain = {
        name: pl.when(nothing[name] | odd[name])
        .then(None)
        .when(size & cell.str.contains(SIZE))
        .then(number[name])
        .otherwise(cell)
        for name, cell in cells.items()
    }
    clean = judged.with_columns(**plain)
    ends = ("allele1", "allele2")
    ordered = pl.concat_list(*ends).list.drop_nulls()
    # Shorter names first: so are whole numbers without zeros in front ordered by size.
    ordered = ordered.list.eval(pl.element().sort_by(pl.element().str.len_chars(), pl.element()))
    clean = clean.with_columns(pair=ordered).with_columns(
        *(pl.col("pair").list.get(place, null_on_oob=True).alias(end) for place, end in enumerate(ends))
    )
    alone = pl.col("allele1").is_not_null() & pl.col("allele2").is_null() & ~pl.col("sexLinked")
    half = alone & ~pl.any_horizontal("nothing_allele1", "nothing_allele2", "odd_allele1", "odd_allele2")
    return clean, [*found, _rows("allele-alone", clean.filter(half), "allele1")]


def _rows(code: str, frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """Return the findings as `tumen.tables.checks_panel` words them, so that one cell is not said twice."""
    return owned(findings.rows(code, frame, table="genotypes", column=column, arguments=("locus",)), frame)


def _once_each(frame: pl.DataFrame) -> tuple[pl.DataFrame, list[pl.DataFrame], int]:
    """Keep one row of a replicate; rows of one replicate that differ are all left out, for nobody knows which holds."""
    keys = [*TOGETHER, "replicate"]
    twice = frame.filter(pl.struct(keys).is_duplicated())
    if twice.is_empty():
        return frame, [], 0
    said = twice.group_by(keys, maintain_order=True).agg(
        pl.col("row").max(),
        *(pl.col(name).first() for name in owners(twice)),
        differing=pl.struct("allele1", "allele2").n_unique() > 1,
        value=pl.col("sampleID").first(),
        rows=pl.len(),
    )
    clashing = said.filter("differing")
    kept = frame.join(clashing, on=keys, how="anti").unique(keys, keep="first", maintain_order=True)
    arguments = ("replicate", "locus", "laboratory", "rows")
    found = [
        owned(findings.rows(code, part, table="genotypes", column="replicate", arguments=arguments), part)
        for code, part in (
            ("replicate-contradicts", clashing),
            ("replicate-repeated", said.filter(~pl.col("differing"))),
        )
    ]
    return kept, found, frame.height - kept.height
