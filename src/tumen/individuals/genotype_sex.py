"""Which sex do the genes say, and does it agree with what people recorded?  Contradictions are shown, never averaged.

A marker on the sex chromosomes is read in one of two ways. Where a fragment of another length is amplified from each
chromosome (zinc finger ZFX/ZFY, amelogenin), two alleles mean the sex that has both chromosomes: in mammals the male,
in birds the female. Where only one chromosome carries it (SRY), an allele at all means that sex, and none means
nothing: DNA that failed is not a female.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from tumen.errors import MisuseError, Text, nearest
from tumen.individuals.genotype_matrix import CONSENSUS
from tumen.tables import findings
from tumen.tables.checks_panel import plain_name
from tumen.tables.genetics import LOCI
from tumen.tables.individuals import SEXES as WORDS
from tumen.tables.package import Package
from tumen.tables.rows import ROW
from tumen.tables.schema import require

FORMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "twoAreMale": ("male", "female"),
        "twoAreFemale": ("female", "male"),
        "presentIsMale": ("male", ""),
        "presentIsFemale": ("female", ""),
    }
)
"""How a marker is read: the sex of an animal with two alleles (`present`: with any), and that of one with one."""

KNOWN: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("ZF", "ZFXY", "ZFXZFY", "AMEL", "AMELXY"), "twoAreMale"),
        "SRY": "presentIsMale",
    }
)
"""Markers of mammals that are recognised by their names, as `plain_name` writes them. Others must be declared."""

SEXES: dict[str, pl.DataType | type[pl.DataType]] = {
    "sampleID": pl.String,
    "laboratory": pl.String,
    "sex": pl.String,
    "markers": pl.String,
}
"""One row per sample and laboratory with a marker that says something: the sex (null where markers contradict)."""


@dataclass(frozen=True)
class Sexes:
    """The sexes that the markers say (`SEXES`), and where they say nothing or contradict each other."""

    table: pl.DataFrame
    findings: pl.DataFrame


def sexes(consensus: pl.DataFrame, panel: pl.DataFrame, forms: Mapping[str, str] | None = None) -> Sexes:
    """Return the sex of each sample by its markers.

    `consensus` is of the shape `CONSENSUS`, `panel` the typed table `loci`: its `sexLinked` loci are markers. `forms`
    says how a locus is read, one of `FORMS`; loci called ZF, AMEL or SRY need no such word, any other is not used and a
    finding says so. One allele of two is believed only where the locus is a `homozygote`, read as often as its rule
    asks: the other allele drops out too. Raises `MisuseError` for a form that is none.

    >>> panel = pl.concat([LOCI.empty(), pl.DataFrame([{"locus": "ZF", "sexLinked": True}])], how="diagonal")
    >>> rows = [("a", "ZF", "170", "182", "heterozygote", 3, "lab"), ("b", "ZF", "182", "182", "single", 1, "lab")]
    >>> sexes(pl.DataFrame(rows, schema=CONSENSUS, orient="row"), panel).table.rows()
    [('a', 'lab', 'male', 'ZF: male')]
    """
    frame = require(consensus, CONSENSUS, "consensus")
    read, unread = _forms(LOCI.require(panel), frame, forms or {})
    used = frame.filter(pl.col("locus").is_in(list(read)), pl.col("allele1").is_not_null())
    two = pl.col("allele2").is_not_null() & (pl.col("allele1") != pl.col("allele2"))
    form = pl.col("locus").replace_strict(read, default=None, return_dtype=pl.String)
    several = form.replace_strict({name: said[0] for name, said in FORMS.items()}, default=None)
    alone = form.replace_strict({name: said[1] for name, said in FORMS.items()}, default=None)
    sex = (
        pl.when(two | form.str.starts_with("present"))
        .then(several)
        .when(pl.col("status") == "homozygote")
        .then(alone)
        .otherwise(pl.lit(""))
    )
    said = used.with_columns(sex=sex).filter(pl.col("sex").is_in(WORDS)).sort("laboratory", "sampleID", "locus")
    table = said.group_by("sampleID", "laboratory", maintain_order=True).agg(
        several=pl.col("sex").n_unique(),
        sex=pl.col("sex").first(),
        markers=pl.format("{}: {}", "locus", "sex").str.join(", "),
    )
    differing = table.filter(pl.col("several") > 1).with_columns(
        pl.lit(None, dtype=pl.Int64).alias("row"), value="sampleID"
    )
    table = table.with_columns(sex=pl.when(pl.col("several") == 1).then("sex")).select(*SEXES)
    found = findings.rows(
        "sex-markers-differ", differing, table="genotypes", column="locus", arguments=("laboratory", "markers")
    )
    return Sexes(table, findings.gather([*unread, found]))


def contradictions(by_markers: pl.DataFrame, package: Package) -> pl.DataFrame:
    """Return findings where markers and records disagree, of the samples of one package.

    `by_markers` is of the shape `SEXES`. A sample belongs to the individual that `samples` names, and to those that
    `identifications` name for it unless they are only possible. Its sex is held against `individuals.sex`, against each
    sex that `observations` record of that individual, and against the individual's other samples. Each record that
    contradicts is a finding of its own; none of them is changed.
    """
    markers = require(by_markers, SEXES, "sexes").drop_nulls("sex")
    owned = _owners(package).join(markers, on="sampleID", how="inner", maintain_order="left")
    against = owned.join(_recorded(package), on="individualID", how="inner", maintain_order="left")
    against = against.filter(pl.col("sex") != pl.col("recorded")).with_columns(value="sampleID")
    arguments = ("individualID", "sex", "markers", "recorded", "where", "count")
    several = (
        owned.unique(["individualID", "sampleID", "sex"], keep="first", maintain_order=True)
        .group_by("individualID", maintain_order=True)
        .agg(
            pl.col("row").max(),
            pl.col("table").last(),
            samples=pl.format("{} ({})", "sampleID", "sex").sort().str.join(", "),
            kinds=pl.col("sex").n_unique(),
        )
        .filter(pl.col("kinds") > 1)
        .with_columns(value="individualID")
    )
    found = []
    for table in ("samples", "identifications"):
        found += [
            findings.rows(
                "sex-marker-contradicts",
                against.filter(pl.col("table") == table),
                table=table,
                column="individualID",
                arguments=arguments,
            ),
            findings.rows(
                "sex-of-samples-differs",
                several.filter(pl.col("table") == table),
                table=table,
                column="individualID",
                arguments=("samples",),
            ),
        ]
    return findings.gather(found)


def _forms(
    panel: pl.DataFrame, consensus: pl.DataFrame, forms: Mapping[str, str]
) -> tuple[dict[str, str], list[pl.DataFrame]]:
    """Return how each marker is read, and the findings of those of which nobody said it."""
    for locus, form in forms.items():
        if form not in FORMS:
            needed = Text("a way to read the sex marker {locus}", locus=locus)
            raise MisuseError(needed, f"'{form}'", nearest(form, FORMS))
    linked = set(panel.filter(pl.col("sexLinked").fill_null(False))["locus"].drop_nulls())
    typed = set(consensus["locus"].drop_nulls())
    read: dict[str, str] = {}
    unread: list[pl.DataFrame] = []
    for locus in sorted((linked | set(forms)) & typed):
        said = forms.get(locus) or KNOWN.get(plain_name(locus))
        if said is None:
            unread.append(findings.finding("sex-marker-unread", table="loci", column="sexLinked", value=locus))
        else:
            read[locus] = said
    return read, unread


def _owners(package: Package) -> pl.DataFrame:
    """Return the individuals that samples are said to come from: `sampleID`, `individualID`, `table`, `row`."""
    columns = ("sampleID", "individualID", "row")
    samples = package.table("samples").with_columns(ROW).select(*columns)
    named = (
        package.table("identifications").with_columns(ROW).filter(pl.col("certainty") != "possible").select(*columns)
    )
    parts = [
        frame.with_columns(table=pl.lit(table)) for table, frame in (("samples", samples), ("identifications", named))
    ]
    owners = pl.concat(parts).drop_nulls(["sampleID", "individualID"])
    return owners.unique(["sampleID", "individualID"], keep="first", maintain_order=True)


def _recorded(package: Package) -> pl.DataFrame:
    """Return the sexes that people recorded: `individualID`, `recorded`, `where` (the table) and in how many rows."""
    parts = [
        package.table(table).select("individualID", recorded="sex", where=pl.lit(table))
        for table in ("individuals", "observations")
    ]
    told = pl.concat(parts).filter(pl.col("recorded").is_in(WORDS), pl.col("individualID").is_not_null())
    return told.group_by("individualID", "recorded", "where", maintain_order=True).agg(count=pl.len())
