"""How were the samples typed?  Replicates, controls, shared reference animals, age of faeces."""

from collections.abc import Iterable, Sequence
from itertools import combinations

import polars as pl

from tumen.tables.design import MEASURED, measured
from tumen.tables.package import Package


def measure_samples(party: str, packages: Sequence[Package]) -> pl.DataFrame:
    """Return what the samples, genotypes and controls of one party tell of their design, as `MEASURED`.

    A run is one that genotypes or controls name: a run with genotypes and no control is a run without controls, not a
    run of which nothing is known. Genotypes without a runID count as unknown.
    """
    tables = {name: _joined(packages, name) for name in ("samples", "genotypes", "controls")}
    parts = [pl.DataFrame(schema=MEASURED)]
    genotypes, controls = tables["genotypes"], tables["controls"]
    if genotypes.height:
        parts.append(measured(_replicates(genotypes), "replicates", party=party))
    if genotypes.height or controls.height:
        runs = _runs(genotypes, controls)
        for quantity, which in (
            ("heterozygousControls", _reference() & _heterozygous()),
            ("negativeControls", pl.col("role") == "negative"),
        ):
            parts.append(measured(_per_run(runs, controls.filter(which)), quantity, party=party))
    faeces = tables["samples"].filter(pl.col("material") == "faeces")
    for (species,), rows in faeces.group_by(pl.col("scientificName").fill_null(""), maintain_order=True):
        units = rows.select(of="sampleID", value="ageDays")
        parts.append(measured(units, "faecesAge", party=party, species=str(species)))
    return pl.concat(parts)


def measure_laboratories(packages: Sequence[Package]) -> pl.DataFrame:
    """Return how many reference animals each two laboratories share, over all parties; none for one laboratory."""
    controls, genotypes = _joined(packages, "controls"), _joined(packages, "genotypes")
    kinds = genotypes.filter(pl.col("kind") == "size")["laboratory"]
    laboratories = pl.concat([kinds, controls["laboratory"]]).drop_nulls().unique().sort().to_list()
    animals = {
        laboratory: set(controls.filter(_reference() & (pl.col("laboratory") == laboratory))["controlID"])
        for laboratory in laboratories
    }
    pairs = list(combinations(laboratories, 2))
    if not pairs:
        return pl.DataFrame(schema=MEASURED)
    rows = [{"of": f"{a} | {b}", "value": float(len(animals[a] & animals[b]))} for a, b in pairs]
    return measured(pl.DataFrame(rows), "sharedReferences", party="")


def _joined(packages: Iterable[Package], name: str) -> pl.DataFrame:
    """Return one table of several packages, with the columns it declares."""
    frames = [package.table(name) for package in packages]
    shared = [column for column in frames[0].columns if all(column in frame.columns for frame in frames)]
    return pl.concat([frame.select(shared) for frame in frames])


def _replicates(genotypes: pl.DataFrame) -> pl.DataFrame:
    keys = ["sampleID", "locus", "laboratory"]
    counted = genotypes.drop_nulls(keys).group_by(keys, maintain_order=True).agg(value=pl.col("replicate").n_unique())
    return counted.select(of=pl.concat_str("sampleID", "locus", separator=" · "), value="value")


def _runs(genotypes: pl.DataFrame, controls: pl.DataFrame) -> pl.DataFrame:
    """Return every run once: laboratory, runID (null for genotypes that name none)."""
    keys = ["laboratory", "runID"]
    return pl.concat([genotypes.select(keys), controls.select(keys)]).unique().sort(keys)


def _per_run(runs: pl.DataFrame, controls: pl.DataFrame) -> pl.DataFrame:
    keys = ["laboratory", "runID"]
    counted = controls.group_by(keys).agg(value=pl.col("controlID").n_unique())
    return runs.join(counted, on=keys, how="left", maintain_order="left").select(
        of=pl.concat_str("laboratory", pl.col("runID").fill_null("–"), separator=" · "),
        value=pl.when(pl.col("runID").is_not_null()).then(pl.col("value").fill_null(0)),
    )


def _reference() -> pl.Expr:
    return pl.col("role").is_in(["positive", "calibration"])


def _heterozygous() -> pl.Expr:
    """Say whether a control is heterozygous: as expected, or as read where nothing is expected of it."""
    expected = pl.col("expectedAllele1") != pl.col("expectedAllele2")
    return pl.coalesce(expected, pl.col("allele1") != pl.col("allele2")).fill_null(False)
