"""What is the genotype of a sample?  One consensus per sample and locus from the replicates of a laboratory.

Poor DNA loses alleles and gains false ones, so a genotype is believed when it was read often enough (the multi-tubes
approach of Taberlet et al. 1996, Nucleic Acids Res 24). How often is a choice, not a fact: the defaults here are a
usual one, and belong to the parameters that an answer states. Sizes of two laboratories are never joined here.
"""

from dataclasses import dataclass

import polars as pl

from tumen.errors import MisuseError
from tumen.individuals.genotype_readings import TOGETHER, owned, owners, readings
from tumen.tables import findings

STATUSES = ("heterozygote", "homozygote", "single", "unresolved", "failed")
"""What the replicates say of a sample at a locus.

`heterozygote` and `homozygote`: read as often as the rules ask. `single`: read too rarely for the rules (most often
once), and nothing contradicts it; its alleles are kept, one alone as a half-call. `unresolved`: the readings contradict
each other and no rule decides; no alleles are given. `failed`: typed, and nothing was read.
"""
SUMMARY: dict[str, pl.DataType | type[pl.DataType]] = {
    "laboratory": pl.String,
    "status": pl.String,
    "count": pl.Int64,
}
"""How many samples and loci have each status, all statuses listed for each laboratory."""


@dataclass(frozen=True)
class Rules:
    """How often something must be read to be believed.

    `heterozygote`: in so many replicates each of two alleles must be seen. `homozygote`: so many replicates must show
    the one allele and no other. For data that were typed once by design, both are 1: then every reading is believed.
    """

    heterozygote: int = 2
    homozygote: int = 3

    def __post_init__(self) -> None:
        """Refuse a rule that something never read could fulfil."""
        if min(self.heterozygote, self.homozygote) < 1:
            cure = "Say in how many replicates an allele must be seen."
            raise MisuseError("rules of at least 1 replicate", f"{self.heterozygote}, {self.homozygote}", cure)


DEFAULT = Rules()


@dataclass(frozen=True)
class Consensus:
    """The consensus (`CONSENSUS`, and `readings` as a person wants to see them), the counts of statuses, findings."""

    table: pl.DataFrame
    summary: pl.DataFrame
    findings: pl.DataFrame


def consensus(genotypes: pl.DataFrame, panel: pl.DataFrame | None = None, rules: Rules = DEFAULT) -> Consensus:
    """Return the consensus of the typed table `genotypes` per laboratory, sample and locus.

    `panel` is the typed table `loci`; at a locus it calls `sexLinked` one allele alone is a whole genotype, and stays
    alone (`allele2` null). Elsewhere one allele alone says that this allele is there, and nothing of the other. The
    first rule that is fulfilled decides: more than two alleles seen as often as a heterozygote needs (unresolved), two
    (heterozygote), one allele alone as often as a homozygote needs (homozygote), readings that do not contradict each
    other (single). An allele seen less often than the rule asks does not undo a homozygote or a heterozygote; it
    stands in `readings`. Rows are in the order of laboratory, sample and locus. Raises `ColumnError` for a table
    without its columns.

    >>> from tumen.tables.genetics import GENOTYPES
    >>> def read(number, one, other):
    ...     return {"sampleID": "a", "laboratory": "lab", "replicate": number, "locus": "F42", "kind": "size",
    ...             "allele1": one, "allele2": other}
    >>> rows = [read(1, "120", "124"), read(2, "120", "120"), read(3, "124", "120")]
    >>> found = consensus(pl.concat([GENOTYPES.empty(), pl.DataFrame(rows)], how="diagonal_relaxed"))
    >>> found.table.select("allele1", "allele2", "status", "replicates", "readings").row(0)
    ('120', '124', 'heterozygote', 3, '120/124 x2, 120/120')
    """
    read = readings(genotypes, panel)
    judged = _judged(read.table, rules)
    table = judged.select(
        "sampleID",
        "locus",
        *_alleles(),
        "status",
        pl.col("given").alias("replicates"),
        "laboratory",
        "readings",
    )
    table = table.sort("laboratory", "sampleID", "locus")
    summary = _summary(table)
    return Consensus(table, summary, findings.gather([read.findings, *_said(judged), *_counted(table)]))


def _judged(read: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Return one row per laboratory, sample and locus with the counts the rules need, and the status."""
    keys = list(TOGETHER)
    whole = pl.col("allele2").is_not_null()
    given = pl.col("allele1").is_not_null()
    one_copy = pl.col("sexLinked") & given & ~whole
    groups = read.group_by(keys, maintain_order=True).agg(
        pl.col("row").min(),
        *(pl.col(name).first() for name in owners(read)),
        given=given.sum().cast(pl.Int64),
        kinds=pl.col("kind").n_unique(),
        wholes=pl.struct("allele1", "allele2").filter(whole | one_copy).unique(),
        halves=pl.col("allele1").filter(given & ~whole & ~one_copy).unique(),
        twoCopies=(whole & (pl.col("allele1") == pl.col("allele2"))).any(),
    )
    seen = _seen(read)
    alone = (
        read.filter((whole & (pl.col("allele1") == pl.col("allele2"))) | one_copy)
        .group_by(*keys, allele="allele1")
        .agg(homozygous=pl.len())
        .filter(pl.col("homozygous") >= rules.homozygote)
        .group_by(keys)
        .agg(believed=pl.col("allele"))
    )
    often = (
        seen.filter(pl.col("seen") >= rules.heterozygote)
        .group_by(keys)
        .agg(often=pl.col("allele").sort_by(pl.col("allele").str.len_chars(), "allele"))
    )
    every = seen.group_by(keys).agg(every=pl.col("allele").sort())
    judged = groups
    for part in (alone, often, every, _shown(read)):
        judged = judged.join(part, on=keys, how="left", maintain_order="left")
    lists = ("believed", "often", "every")
    judged = judged.with_columns(*(pl.col(name).fill_null([]) for name in lists), pl.col("readings").fill_null(""))
    return judged.with_columns(status=_status())


def _seen(read: pl.DataFrame) -> pl.DataFrame:
    """Return in how many replicates each allele was seen, a homozygote being one."""
    keys = list(TOGETHER)
    first = read.filter(pl.col("allele1").is_not_null()).select(*keys, allele="allele1")
    second = read.filter(pl.col("allele2").is_not_null() & (pl.col("allele1") != pl.col("allele2")))
    return pl.concat([first, second.select(*keys, allele="allele2")]).group_by(*keys, "allele").agg(seen=pl.len())


def _shown(read: pl.DataFrame) -> pl.DataFrame:
    """Return the readings of a sample and locus as one text, the most frequent first; failures are not among them."""
    keys = list(TOGETHER)
    genotype = pl.concat_str("allele1", pl.col("allele2").fill_null("?"), separator="/")
    counts = read.filter(pl.col("allele1").is_not_null()).group_by(*keys, genotype=genotype).agg(times=pl.len())
    said = pl.when(pl.col("times") > 1).then(pl.format("{} x{}", "genotype", "times")).otherwise("genotype")
    ordered = counts.with_columns(said=said).sort(*keys, "times", "genotype", descending=[False] * 3 + [True, False])
    return ordered.group_by(keys, maintain_order=True).agg(readings=pl.col("said").str.join(", "))


def _status() -> pl.Expr:
    often, believed = pl.col("often").list.len(), pl.col("believed").list.len()
    whole, half = pl.col("wholes").list.len(), pl.col("halves").list.len()
    # One genotype throughout, and every half-call is one of its alleles: two copies or fewer explain all of it.
    distinct = pl.col("every").list.len()
    first = pl.col("wholes").list.get(0, null_on_oob=True)
    copies = pl.when(first.struct.field("allele1") == first.struct.field("allele2")).then(1).otherwise(2)
    copies = pl.when(first.struct.field("allele2").is_null()).then(1).otherwise(copies)
    agreeing = ((whole == 1) & (distinct == copies)) | ((whole == 0) & (half == 1))
    return (
        pl.when(pl.col("given") == 0)
        .then(pl.lit("failed"))
        .when((pl.col("kinds") > 1) | (often > 2) | (believed > 1) & (often < 2))
        .then(pl.lit("unresolved"))
        .when(often == 2)
        .then(pl.lit("heterozygote"))
        .when(believed == 1)
        .then(pl.lit("homozygote"))
        .when(agreeing)
        .then(pl.lit("single"))
        .otherwise(pl.lit("unresolved"))
    )


def _alleles() -> list[pl.Expr]:
    """Return the two alleles that a status stands for."""
    often, believed = pl.col("often"), pl.col("believed").list.get(0, null_on_oob=True)
    first = pl.col("wholes").list.get(0, null_on_oob=True)
    half = pl.col("halves").list.get(0, null_on_oob=True)
    status = pl.col("status")
    # On a sex chromosome one allele stays alone unless a replicate wrote it twice.
    second = pl.when("twoCopies").then(believed)
    one = (
        pl.when(status == "heterozygote")
        .then(often.list.get(0, null_on_oob=True))
        .when(status == "homozygote")
        .then(believed)
        .when(status == "single")
        .then(pl.coalesce(first.struct.field("allele1"), half))
    )
    other = (
        pl.when(status == "heterozygote")
        .then(often.list.get(1, null_on_oob=True))
        .when(status == "homozygote")
        .then(second)
        .when(status == "single")
        .then(first.struct.field("allele2"))
    )
    return [one.alias("allele1"), other.alias("allele2")]


def _summary(table: pl.DataFrame) -> pl.DataFrame:
    laboratories = table.select(pl.col("laboratory").unique().sort())
    every = laboratories.join(pl.DataFrame({"status": STATUSES}), how="cross")
    counts = table.group_by("laboratory", "status").agg(count=pl.len().cast(pl.Int64))
    joined = every.join(counts, on=["laboratory", "status"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("count").fill_null(0)).select(*SUMMARY).cast(SUMMARY)  # type: ignore[arg-type]


def _said(judged: pl.DataFrame) -> list[pl.DataFrame]:
    """Return a finding for each sample and locus that is unresolved, or has more alleles than an animal."""
    shown = judged.with_columns(value=pl.col("sampleID"), alleles=pl.col("every").list.join(", "))
    # The same words as the check of a package: said twice it is still one finding.
    many = shown.filter(pl.col("every").list.len() > 2)
    unresolved = shown.filter(pl.col("status") == "unresolved")
    return [
        owned(
            findings.rows(code, part, table="genotypes", column="allele1", arguments=("laboratory", "locus", argument)),
            part,
        )
        for code, part, argument in (
            ("sample-many-alleles", many, "alleles"),
            ("consensus-unresolved", unresolved, "readings"),
        )
    ]


def _counted(table: pl.DataFrame) -> list[pl.DataFrame]:
    """Return findings about laboratories whose genotypes were read too rarely, and samples typed at one locus or none.

    One locus can show that two samples differ, and never that they are one animal.
    """
    whole = pl.col("allele1").is_not_null()
    row = pl.lit(None, dtype=pl.Int64).alias("row")
    counts = table.group_by("laboratory", maintain_order=True).agg(
        count=(pl.col("status") == "single").sum(), compared=pl.len()
    )
    rarely = counts.filter(pl.col("count") > 0).with_columns(row, value="laboratory")
    samples = table.group_by("laboratory", "sampleID", maintain_order=True).agg(loci=whole.sum(), typed=pl.len())
    few = samples.filter(pl.col("loci") < 2).with_columns(row, value="sampleID")
    arguments = ("laboratory", "loci", "typed")
    return [
        findings.rows(
            "consensus-single",
            rarely,
            table="genotypes",
            column="replicate",
            arguments=("laboratory", "count", "compared"),
        ),
        findings.rows("sample-few-loci", few, table="genotypes", column="sampleID", arguments=arguments),
    ]
