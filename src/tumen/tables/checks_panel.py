"""Whether genotypes fit the panel: the names of loci, how alleles are written, and which alleles there can be.

A locus of the genotypes is one of the panel where the panel names it, as itself or as an alias. A name that only looks
like one of the panel is a finding; nothing is renamed, and its alleles are not judged.
"""

import difflib
import re

import polars as pl

from tumen.tables import findings
from tumen.tables.genetics import GENOTYPES
from tumen.tables.package import Package
from tumen.tables.rows import ROW, numbered

SENTINELS = ("0", "00", "000", "0000", "-1", "-9", "-99", "-999", "-9999", "?", "??", "???", ".", "*", "-", "--")
"""What programs write where nothing was read."""
SMALLEST_FRAGMENT = 40
"""No microsatellite is amplified with two primers in fewer base pairs."""
SIZE = r"^0*[1-9]\d*$"


def plain_name(locus: str) -> str:
    """Return a locus name without the differences people make: case, marks, leading zeros, F for FCA.

    Equal plain names are a reason to ask, never to rename.

    >>> plain_name("Fca008"), plain_name("FCA-8"), plain_name("F115"), plain_name("6HDZ056")
    ('FCA8', 'FCA8', 'FCA115', '6HDZ56')
    """
    letters = re.sub(r"[^0-9A-Z]", "", locus.upper())
    stripped = re.sub(r"(?<!\d)0+(?=\d)", "", letters)
    return re.sub(r"^F(?=\d)", "FCA", stripped)


def panel_names(package: Package) -> pl.DataFrame:
    """Return each `name` the panel gives a locus, as itself or as an alias, with the `panelLocus` and its `row`."""
    panel = package.table("loci").with_columns(ROW).filter(pl.col("locus").is_not_null())
    own = panel.select("row", name="locus", panelLocus="locus")
    aliases = panel.select(
        "row", pl.col("aliases").str.split("|").alias("name"), pl.col("locus").alias("panelLocus")
    ).explode("name")
    names = pl.concat([own, aliases]).with_columns(pl.col("name").str.strip_chars())
    return names.filter(pl.col("name") != "").unique(["name", "panelLocus"], keep="first", maintain_order=True)


def panel_consistent(package: Package) -> list[pl.DataFrame]:
    """Find names that the panel gives to more than one locus."""
    twice = (
        panel_names(package)
        .group_by("name", maintain_order=True)
        .agg(pl.col("row").max(), pl.col("panelLocus").alias("loci"))
        .filter(pl.col("loci").list.len() > 1)
        .with_columns(pl.col("loci").list.sort().list.join(", "))
    )
    return [
        findings.rows("locus-named-twice", twice, table="loci", column="aliases", value="name", arguments=("loci",))
    ]


def loci_in_panel(package: Package) -> list[pl.DataFrame]:
    """Find loci of genotypes and controls that the panel does not name; one finding a name and table."""
    if "loci" not in package.tables:
        return []
    names = panel_names(package)
    known = names["name"].to_list()
    plain = {plain_name(name): locus for name, locus in names.select("name", "panelLocus").iter_rows()}
    found = []
    for table in ("genotypes", "controls"):
        rows = package.table(table).with_columns(ROW)
        strange = (
            rows.filter(pl.col("locus").is_not_null() & ~pl.col("locus").is_in(known))
            .group_by("locus", maintain_order=True)
            .agg(pl.col("row").min(), count=pl.len())
        )
        for locus, row, count in strange.iter_rows():
            alike = plain.get(plain_name(locus))
            if alike is not None:
                code, said = "locus-spelling", {"locus": alike}
            else:
                code, said = "locus-not-in-panel", {"nearest": _nearest(locus, known)}
            found.append(findings.finding(code, table=table, row=row, column="locus", value=locus, count=count, **said))
    return found


def _nearest(locus: str, known: list[str]) -> str:
    return ", ".join(difflib.get_close_matches(locus, known, n=1, cutoff=0.0))


def judged(package: Package) -> pl.DataFrame:
    """Return the genotypes with what the panel says of their locus; nulls where it says nothing."""
    names = panel_names(package).unique("name", keep="none")
    panel = package.table("loci").unique("locus", keep="first")
    said = panel.select(
        pl.col("locus").alias("panelLocus"),
        pl.col("kind").alias("panelKind"),
        pl.col("alleles").str.split("|").list.eval(pl.element().str.strip_chars()).alias("listed"),
        "smallestAllele",
        "largestAllele",
        "repeatLength",
        "sexLinked",
    )
    frame = numbered(package, GENOTYPES).join(
        names.select("name", "panelLocus"), left_on="locus", right_on="name", how="left", maintain_order="left"
    )
    return frame.join(said, on="panelLocus", how="left", maintain_order="left")


def long_alleles(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each allele that was read, as `value` with its `column`, in the order of the rows."""
    return pl.concat(
        [
            frame.with_columns(pl.col(column).alias("value"), pl.lit(column).alias("column"))
            for column in ("allele1", "allele2")
        ]
    ).filter(pl.col("value").is_not_null())


def alleles_written(package: Package) -> list[pl.DataFrame]:
    """Find alleles that are no alleles: words for 'nothing read', sizes that are no whole numbers, one alone."""
    frame = judged(package)
    first, second = pl.col("allele1"), pl.col("allele2")
    both = pl.concat_str(first, second, separator="/", ignore_nulls=True)
    nothing = pl.any_horizontal(_sentinel(first), _sentinel(second))
    alone = (first.is_null() != second.is_null()) & ~pl.col("sexLinked").fill_null(False) & ~nothing
    size = pl.col("kind") == "size"
    alleles = long_alleles(frame)
    odd = alleles.filter(size.fill_null(False) & ~_sentinel(pl.col("value")) & ~pl.col("value").str.contains(SIZE))
    small = (
        alleles.filter(size.fill_null(False) & pl.col("value").str.contains(SIZE))
        .group_by("locus", maintain_order=True)
        .agg(pl.col("row").min(), pl.col("value").cast(pl.Float64).max().cast(pl.Int64).alias("largest"))
        .filter(pl.col("largest") < SMALLEST_FRAGMENT)
    )
    shown = frame.with_columns(value=both)
    return [
        _rows("allele-sentinel", shown.filter(nothing), ("locus",)),
        _rows("allele-alone", shown.filter(alone), ("locus",)),
        *_by_column("allele-not-size", odd, ("locus",)),
        _rows("alleles-not-sizes", small.with_columns(pl.col("locus").alias("value")), ("largest",)),
    ]


def _sentinel(allele: pl.Expr) -> pl.Expr:
    """Return whether an allele stands for nothing read; a name that the panel lists is an allele."""
    listed = pl.col("listed").list.contains(allele).fill_null(False)
    return allele.is_in(SENTINELS).fill_null(False) & ~listed


def alleles_possible(package: Package) -> list[pl.DataFrame]:
    """Find genotypes of another kind than their locus, and alleles outside its range, list or ladder of repeats."""
    if "loci" not in package.tables:
        return []
    frame = judged(package)
    differs = frame.filter((pl.col("kind") != pl.col("panelKind")).fill_null(False))
    number = pl.when(pl.col("value").str.contains(SIZE)).then(pl.col("value")).cast(pl.Int64, strict=False)
    alleles = long_alleles(frame).filter(
        (pl.col("kind") == pl.col("panelKind")).fill_null(False), ~_sentinel(pl.col("value"))
    )
    alleles = alleles.with_columns(
        pl.when(pl.col("kind") == "size").then(number).alias("number"),
        pl.col("listed").list.contains(pl.col("value")).alias("isListed"),
    )
    smallest, largest, step = pl.col("smallestAllele"), pl.col("largestAllele"), pl.col("repeatLength")
    beyond = ((pl.col("number") < smallest) | (pl.col("number") > largest)).fill_null(False)
    # A list is the whole truth where no range is given; where both are, it adds to the range.
    ranged = (smallest.is_not_null() | largest.is_not_null()) & pl.col("number").is_not_null()
    outside = (beyond | ~ranged) & ~pl.col("isListed").fill_null(~beyond)
    ladder = ((pl.col("number") - smallest) % step != 0).fill_null(False)
    unlisted = ~pl.col("isListed").fill_null(False)
    spelt = pl.concat_str(smallest, largest, separator=" to ", ignore_nulls=True)
    permitted = pl.concat_str(
        pl.when(spelt != "").then(spelt), pl.col("listed").list.join(", "), separator="; ", ignore_nulls=True
    )
    alleles = alleles.with_columns(permitted=permitted)
    differs = differs.with_columns(pl.col("kind").alias("value")).with_columns(pl.col("panelKind").alias("kind"))
    return [
        _rows("locus-kind-differs", differs, ("locus", "kind"), "kind"),
        *_by_column("allele-outside-panel", alleles.filter(outside), ("locus", "permitted")),
        *_by_column(
            "allele-off-ladder",
            alleles.filter(ladder & ~outside & unlisted),
            ("locus", "smallestAllele", "repeatLength"),
        ),
    ]


def _rows(code: str, frame: pl.DataFrame, arguments: tuple[str, ...], column: str = "allele1") -> pl.DataFrame:
    return findings.rows(code, frame, table="genotypes", column=column, arguments=arguments)


def _by_column(code: str, frame: pl.DataFrame, arguments: tuple[str, ...]) -> list[pl.DataFrame]:
    return [_rows(code, frame.filter(column=column), arguments, column) for column in ("allele1", "allele2")]
