"""What samples, genotypes and controls say against themselves and each other.

How alleles stand to the panel of loci is judged in `tumen.tables.checks_panel`.
"""

from itertools import combinations

import polars as pl

from tumen.tables import findings
from tumen.tables.checks_lives import species
from tumen.tables.checks_panel import alleles_possible, alleles_written, loci_in_panel, panel_consistent
from tumen.tables.genetics import CONTROLS, GENOTYPES, OF_CARCASSES, SAMPLES
from tumen.tables.package import Package
from tumen.tables.rows import numbered

NOT_ONE_ROW = pl.lit(None, dtype=pl.Int64).alias("row")


def check(package: Package) -> list[pl.DataFrame]:
    """Return every finding about samples, genotypes, controls and the panel; none where the package has none."""
    found: list[pl.DataFrame] = []
    if "samples" in package.tables:
        found += [*samples_placed(package), *samples_in_life(package)]
    if "genotypes" in package.tables:
        found += [
            *samples_listed(package, "genotypes"),
            *typed_after_collection(package),
            *runs_controlled(package),
            *alleles_written(package),
            *loci_in_panel(package),
            *alleles_possible(package),
            *replicates_agree(package),
            *laboratories_agree(package),
        ]
    if "controls" in package.tables:
        found += controls_as_expected(package)
    if "loci" in package.tables:
        found += panel_consistent(package)
    return found


def samples_placed(package: Package) -> list[pl.DataFrame]:
    """Find samples of which not even the country is known."""
    point = pl.all_horizontal(pl.col("latitude", "longitude").is_not_null())
    named = pl.any_horizontal(pl.col("countryCode", "locationID").is_not_null())
    frame = numbered(package, SAMPLES).filter(~point & ~named)
    return [findings.rows("sample-without-place", frame, table="samples", column="sampleID", value="sampleID")]


def samples_in_life(package: Package) -> list[pl.DataFrame]:
    """Find samples collected before their animal's birth or after its death, or of another species than it."""
    animals = package.table("individuals").filter(pl.col("individualID").is_not_null())
    known = animals.unique("individualID", keep="first").select(
        "individualID", "birthDate", "deathDate", species="scientificName"
    )
    frame = numbered(package, SAMPLES).join(known, on="individualID", how="inner", maintain_order="left")
    before = pl.col("collectedOn") < pl.col("birthDate")
    after = (pl.col("collectedOn") > pl.col("deathDate")) & ~pl.col("material").is_in(OF_CARCASSES)
    cases = (
        ("sample-before-birth", "collectedOn", before, ("collectedOn", "individualID", "birthDate")),
        ("sample-after-death", "collectedOn", after, ("collectedOn", "individualID", "deathDate", "material")),
        (
            "sample-species-differs",
            "scientificName",
            species(pl.col("scientificName")) != species(pl.col("species")),
            ("scientificName", "individualID", "species"),
        ),
    )
    return [
        findings.rows(
            code,
            frame.filter(broken.fill_null(False)),
            table="samples",
            column=column,
            value="sampleID",
            arguments=arguments,
        )
        for code, column, broken, arguments in cases
    ]


def samples_listed(package: Package, table: str) -> list[pl.DataFrame]:
    """Note a table of what was found in samples, in a package that does not list its samples."""
    if package.table(table).is_empty() or "samples" in package.tables:
        return []
    return [findings.finding("samples-unlisted", table=table, column="sampleID")]


def typed_after_collection(package: Package) -> list[pl.DataFrame]:
    """Find genotypes typed before their sample was collected."""
    collected = package.table("samples").unique("sampleID", keep="first").select("sampleID", "collectedOn")
    frame = numbered(package, GENOTYPES).join(collected, on="sampleID", how="inner", maintain_order="left")
    return [
        findings.rows(
            "genotype-before-sample",
            frame.filter(pl.col("typedOn") < pl.col("collectedOn")),
            table="genotypes",
            column="typedOn",
            value="typedOn",
            arguments=("sampleID", "typedOn", "collectedOn"),
        )
    ]


def runs_controlled(package: Package) -> list[pl.DataFrame]:
    """Find runs without controls, without a negative one, or without one of known genotype; one finding a run."""
    runs = (
        numbered(package, GENOTYPES)
        .filter(pl.col("laboratory").is_not_null())
        .group_by("laboratory", "runID", maintain_order=True)
        .agg(pl.col("row").min(), count=pl.len())
    )
    roles = (
        package.table("controls")
        .group_by("laboratory", "runID")
        .agg(pl.col("role").drop_nulls().unique().alias("roles"))
    )
    runs = runs.join(roles, on=["laboratory", "runID"], how="left", maintain_order="left")
    named, controlled = pl.col("runID").is_not_null(), pl.col("roles").is_not_null()
    negative = pl.col("roles").list.contains("negative")
    known = pl.col("roles").list.contains("positive") | pl.col("roles").list.contains("calibration")
    cases = (
        ("genotypes-without-run", ~named, "laboratory", ("laboratory", "count")),
        ("genotypes-without-controls", named & ~controlled, "runID", ("laboratory", "runID", "count")),
        ("run-without-negative-control", named & controlled & ~negative, "runID", ("laboratory", "runID")),
        ("run-without-positive-control", named & controlled & ~known, "runID", ("laboratory", "runID")),
    )
    return [
        findings.rows(code, runs.filter(broken), table="genotypes", column="runID", value=value, arguments=arguments)
        for code, broken, value, arguments in cases
    ]


def controls_as_expected(package: Package) -> list[pl.DataFrame]:
    """Find controls that gave something else than expected: other alleles, none, or any where none should be."""
    frame = numbered(package, CONTROLS).with_columns(
        observed=_genotype("allele1", "allele2"), expected=_genotype("expectedAllele1", "expectedAllele2")
    )
    read, expects = pl.col("observed") != "", pl.col("expected") != ""
    negative, known = pl.col("role") == "negative", pl.col("role").is_in(("positive", "calibration"))
    where = ("controlID", "laboratory", "runID", "locus")
    cases = (
        ("control-differs", known & expects & read & (pl.col("observed") != pl.col("expected")), "observed"),
        ("control-failed", known & expects & ~read, "expected"),
        ("control-without-expectation", known & ~expects, "controlID"),
        ("negative-control-amplified", negative & read, "observed"),
    )
    said = {
        "control-differs": ("observed", "expected"),
        "control-failed": ("expected",),
        "negative-control-amplified": ("observed",),
    }
    return [
        findings.rows(
            code,
            frame.filter(broken.fill_null(False)),
            table="controls",
            column="allele1",
            value=value,
            arguments=(*where, *said.get(code, ())),
        )
        for code, broken, value in cases
    ]


def _genotype(first: str, second: str) -> pl.Expr:
    """Return two alleles as one text in a fixed order, shorter names first, as numbers are ordered; "" for none."""
    alleles = pl.concat_list(first, second).list.drop_nulls()
    return alleles.list.eval(pl.element().sort_by(pl.element().str.len_chars(), pl.element())).list.join("/")


def replicates_agree(package: Package) -> list[pl.DataFrame]:
    """Find samples with more than two alleles at a locus over their replicates, and count replicates that differ."""
    read = (
        numbered(package, GENOTYPES)
        .with_columns(genotype=_genotype("allele1", "allele2"))
        .filter((pl.col("genotype") != "") & pl.col("laboratory").is_not_null())
    )
    groups = read.group_by("laboratory", "sampleID", "locus", maintain_order=True).agg(
        pl.col("row").min(),
        replicates=pl.len(),
        genotypes=pl.col("genotype").n_unique(),
        alleles=pl.col("allele1").append(pl.col("allele2")).drop_nulls().unique().sort(),
    )
    many = groups.filter(pl.col("alleles").list.len() > 2).with_columns(pl.col("alleles").list.join(", "))
    compared = (
        groups.filter(pl.col("replicates") > 1)
        .group_by("laboratory", maintain_order=True)
        .agg(compared=pl.len(), count=(pl.col("genotypes") > 1).sum())
        .with_columns(NOT_ONE_ROW)
    )
    return [
        findings.rows(
            "sample-many-alleles",
            many,
            table="genotypes",
            column="allele1",
            value="sampleID",
            arguments=("laboratory", "locus", "alleles"),
        ),
        findings.rows(
            "replicates-differ",
            compared.filter(pl.col("count") > 0),
            table="genotypes",
            column="replicate",
            value="laboratory",
            arguments=("laboratory", "count", "compared"),
        ),
    ]


def laboratories_agree(package: Package) -> list[pl.DataFrame]:
    """Find sizes of several laboratories without a control they share, and count what two laboratories read apart."""
    sizes = package.table("genotypes").filter((pl.col("kind") == "size") & pl.col("laboratory").is_not_null())
    laboratories = sizes["laboratory"].unique().sort().to_list()
    if len(laboratories) < 2:
        return []
    found = []
    if not _joined_by_controls(package, laboratories):
        names = ", ".join(laboratories)
        found.append(
            findings.finding(
                "laboratories-uncalibrated", table="genotypes", column="laboratory", value=names, laboratories=names
            )
        )
    read = sizes.with_columns(genotype=_genotype("allele1", "allele2")).filter(pl.col("genotype") != "")
    # A sample whose replicates differ has no one genotype in that laboratory: it is not compared.
    settled = (
        read.group_by("laboratory", "sampleID", "locus")
        .agg(pl.col("genotype").first(), genotypes=pl.col("genotype").n_unique())
        .filter(genotypes=1)
    )
    for one, other in combinations(laboratories, 2):
        pairs = settled.filter(laboratory=one).join(settled.filter(laboratory=other), on=["sampleID", "locus"])
        differing = pairs.filter(pl.col("genotype") != pl.col("genotype_right")).height
        if differing:
            found.append(
                findings.finding(
                    "laboratories-differ",
                    table="genotypes",
                    column="laboratory",
                    value=one,
                    laboratory=one,
                    other=other,
                    count=differing,
                    compared=pairs.height,
                )
            )
    return found


def _joined_by_controls(package: Package, laboratories: list[str]) -> bool:
    """Say whether controls that several laboratories typed join all of them, directly or through another."""
    typed = package.table("controls").filter(pl.col("role") != "negative", pl.col("laboratory").is_in(laboratories))
    together = [set(names) for names in typed.group_by("controlID").agg("laboratory")["laboratory"].to_list()]
    joined = {laboratories[0]}
    for _ in laboratories:
        joined = joined.union(*(names for names in together if names & joined))
    return len(joined) == len(laboratories)
