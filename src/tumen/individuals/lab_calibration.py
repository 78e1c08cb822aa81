"""What does one laboratory call the allele that another calls 136?

Sizes of two laboratories differ by machine, dye, primers and binning: per locus, and per allele within a locus. They
are brought together only through animals that both typed. An allele is translated where the posterior over all
order-keeping maps (`tumen.individuals.lab_maps`) is sure and enough readings stand behind it; an allele between two
such alleles with the same shift is interpolated; everything else is refused, and never guessed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from tumen.errors import MisuseError, Text
from tumen.individuals.lab_controls import GENOTYPE_COLUMNS, SAMPLE, Shared, shared_loci, shared_readings, size
from tumen.individuals.lab_locus import LAB_MAP as LAB_MAP
from tumen.individuals.lab_locus import RANK, STATUSES, USABLE, LocusMap, locus_map, translated
from tumen.individuals.lab_locus import CalibrationRules as CalibrationRules
from tumen.tables import findings
from tumen.tables.schema import require

NAMED = 5
"""How many alleles, animals or samples a finding names at most."""


@dataclass(frozen=True)
class Calibration:
    """The translation of alleles (`LAB_MAP`) and what is to be said of it (`FINDINGS`)."""

    table: pl.DataFrame
    findings: pl.DataFrame


def calibrate(
    controls: pl.DataFrame, genotypes: pl.DataFrame, *, reference: str, rules: CalibrationRules | None = None
) -> Calibration:
    """Translate the alleles of every laboratory into those of `reference`.

    `controls` and `genotypes` are typed tables, those of several parties one below the other. Alleles that occur in
    the genotypes or controls of a laboratory have a row each, also those that are refused. A laboratory that shares no
    animals with the reference is joined through others where a chain of shared animals leads to it: probabilities
    multiply, and the weakest link gives the status. Findings say what was refused and which controls would mend it.
    Raises `ColumnError` where a column is missing, `MisuseError` where nothing was typed in `reference`.

    >>> rows = [("lab-1", a, b, r) for r, a, b in (("R1", 100, 104), ("R2", 104, 104), ("R3", 100, 104))]
    >>> rows += [("lab-2", a, b, r) for r, a, b in (("R1", 102, 107), ("R2", 107, 107), ("R3", 102, 107))]
    >>> controls = pl.DataFrame([
    ...     {"laboratory": lab, "runID": "c", "controlID": name, "role": "calibration", "locus": "TM01",
    ...      "allele1": str(a), "allele2": str(b)} for lab, a, b, name in rows])
    >>> made = calibrate(controls, pl.DataFrame(schema=GENOTYPE_COLUMNS), reference="lab-1")
    >>> made.table.select("allele", "referenceAllele", "controls", "status").rows()
    [('102', '100', 2, 'observed'), ('107', '104', 3, 'observed')]
    """
    rules = rules or CalibrationRules()
    readings = shared_readings(controls, genotypes)
    laboratories = readings["laboratory"].unique().sort().to_list()
    if reference not in laboratories:
        raise MisuseError(
            "a reference laboratory with readings of sizes",
            f"'{reference}'",
            Text("It is one of: {names}", names=", ".join(laboratories)),
        )  # fmt: skip
    joined = {reference: _identity(readings, reference)}
    found: list[pl.DataFrame] = []
    waiting = [name for name in laboratories if name != reference]
    reached = [reference]
    for nearer in reached:
        for name in list(waiting):
            shared = shared_loci(readings, name, nearer, rules.rates)
            if shared:
                step, said = _step(readings, shared, (name, nearer), rules)
                joined[name] = step if nearer == reference else _chained(step, joined[nearer], reference)
                found += said
                waiting.remove(name)
                reached.append(name)
    for name in waiting:
        joined[name] = _refused(readings, name, reference)
        found.append(
            findings.finding(
                "calibration-none", table="controls", column="controlID", value=name, laboratory=name,
                reference=reference, needed=rules.animals,
            )
        )  # fmt: skip
    tables = [joined[name] for name in laboratories if name != reference]
    table = pl.concat(tables) if tables else pl.DataFrame(schema=LAB_MAP)
    return Calibration(table, findings.gather([*found, *_shifts_said(table)]))


def _alleles_of(readings: pl.DataFrame, laboratory: str) -> pl.DataFrame:
    """Return the sizes a laboratory read: locus, allele (Int64), readings, of samples only, and examples of samples."""
    rows = readings.filter(laboratory=laboratory)
    long = pl.concat([rows.select("locus", "kind", "animal", allele=column) for column in ("first", "second")])
    sample = pl.col("kind") == SAMPLE
    return (
        long.unique()
        .group_by("locus", "allele")
        .agg(count=sample.sum(), samples=pl.col("animal").filter(sample).unique().sort().head(NAMED))
        .sort("locus", "allele")
    )


def _identity(readings: pl.DataFrame, laboratory: str) -> pl.DataFrame:
    rows = [
        (laboratory, laboratory, locus, str(allele), str(allele), 1.0, 0, "observed")
        for locus, allele in _alleles_of(readings, laboratory).select("locus", "allele").iter_rows()
    ]
    return pl.DataFrame(rows, schema=LAB_MAP, orient="row")


def _refused(readings: pl.DataFrame, laboratory: str, reference: str) -> pl.DataFrame:
    rows = [
        (laboratory, reference, locus, str(allele), None, None, 0, "refused")
        for locus, allele in _alleles_of(readings, laboratory).select("locus", "allele").iter_rows()
    ]
    return pl.DataFrame(rows, schema=LAB_MAP, orient="row")


def _step(
    readings: pl.DataFrame, shared: Mapping[str, Shared], pair: tuple[str, str], rules: CalibrationRules
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the map from one laboratory to the one it shares animals with, and what is to be said of it."""
    laboratory, nearer = pair
    maps = {locus: locus_map(one, rules) for locus, one in shared.items()}
    alleles = _alleles_of(readings, laboratory)
    rows, said = [], []
    for (locus,), part in alleles.group_by("locus", maintain_order=True):
        one = maps.get(str(locus), LocusMap({}, "few"))
        lines = [(allele, *translated(one.known, allele)) for allele in part["allele"].to_list()]
        rows += [
            (laboratory, nearer, locus, str(allele), None if to is None else str(to), chance, behind, status)
            for allele, to, chance, behind, status in lines
        ]
        said += _locus_said(part, lines, one, (laboratory, nearer, str(locus)))
        said += _refusal_said(one, shared.get(str(locus)), (laboratory, nearer, str(locus)), rules)
    return pl.DataFrame(rows, schema=LAB_MAP, orient="row"), [*said, *_odd_said(maps, shared, pair)]


def _chained(step: pl.DataFrame, onward: pl.DataFrame, reference: str) -> pl.DataFrame:
    """Return a map through another laboratory: an allele that the next map lacks or refuses is refused."""
    after = onward.select(
        "locus",
        referenceAllele="allele",
        next="referenceAllele",
        nextProbability="probability",
        nextControls="controls",
        nextStatus="status",
    )
    joined = step.join(after, on=["locus", "referenceAllele"], how="left", maintain_order="left")
    worse = pl.max_horizontal(
        pl.col(name).fill_null("refused").replace_strict(RANK, return_dtype=pl.Int64)
        for name in ("status", "nextStatus")
    ).replace_strict({number: status for status, number in RANK.items()}, return_dtype=pl.String)
    fine = pl.col("next").is_not_null()
    return joined.with_columns(
        referenceLaboratory=pl.lit(reference),
        referenceAllele="next",
        probability=pl.when(fine).then(pl.col("probability") * pl.col("nextProbability")),
        controls=pl.min_horizontal("controls", pl.col("nextControls").fill_null(0)),
        status=worse,
    ).select(*LAB_MAP)


def _locus_said(
    part: pl.DataFrame,
    lines: Sequence[tuple[int, int | None, float | None, int, str]],
    one: LocusMap,
    names: tuple[str, str, str],
) -> list[pl.DataFrame]:
    """Say which alleles were interpolated, and which refused though the locus was not."""
    laboratory, nearer, locus = names
    found = []
    between = [allele for allele, *_, status in lines if status == "interpolated"]
    if between:
        found.append(
            findings.finding(
                "calibration-interpolated", table="genotypes", column="allele1", value=locus,
                alleles=_listed(between), laboratory=laboratory, reference=nearer,
            )
        )  # fmt: skip
    refused = [allele for allele, *_, status in lines if status == "refused"]
    if refused and not one.refusal:
        carriers = part.filter(pl.col("allele").is_in(refused))
        samples = carriers["samples"].explode(empty_as_null=True).drop_nulls().unique().sort().to_list()
        found.append(
            findings.finding(
                "calibration-allele-refused", table="genotypes", column="allele1", value=locus,
                alleles=_listed(refused), count=int(carriers["count"].sum()), samples=_listed(samples) or "–",
                laboratory=laboratory, reference=nearer,
            )
        )  # fmt: skip
    return found


def _refusal_said(
    one: LocusMap, shared: Shared | None, names: tuple[str, str, str], rules: CalibrationRules
) -> list[pl.DataFrame]:
    laboratory, nearer, locus = names
    count = len(shared.animals) if shared else 0
    if one.refusal == "few":
        return [
            findings.finding(
                "calibration-controls-few", table="controls", column="locus", value=locus, controls=count,
                needed=rules.animals, missing=max(1, rules.animals - count), laboratory=laboratory, reference=nearer,
            )
        ]  # fmt: skip
    if one.refusal == "contradict":
        return [
            findings.finding(
                "calibration-controls-contradict", table="controls", column="locus", value=locus, controls=count,
                contradicting=len(one.contradicting), names=_listed(one.contradicting),
                laboratory=laboratory, reference=nearer,
            )
        ]  # fmt: skip
    return []


def _odd_said(maps: Mapping[str, LocusMap], shared: Mapping[str, Shared], pair: tuple[str, str]) -> list[pl.DataFrame]:
    """Name animals that contradict the others at two loci or more: more likely a tube mixed up than an error."""
    odd: dict[str, list[str]] = {}
    for locus, one in maps.items():
        for name in one.contradicting:
            odd.setdefault(name, []).append(locus)
    return [
        findings.finding(
            "calibration-control-odd", table="controls", column="controlID", value=name, laboratory=pair[0],
            reference=pair[1], loci=_listed(loci), compared=sum(name in one.animals for one in shared.values()),
        )
        for name, loci in sorted(odd.items()) if len(loci) > 1
    ]  # fmt: skip


def _listed(names: Sequence[object]) -> str:
    """Return names with commas; only the first few, and how many there are besides."""
    shown = ", ".join(str(name) for name in names[:NAMED])
    return f"{shown} (+{len(names) - NAMED})" if len(names) > NAMED else shown


def _shifts_said(table: pl.DataFrame) -> list[pl.DataFrame]:
    """Say for each laboratory at how many loci one shift would do, and at which it would not."""
    shift = pl.col("referenceAllele").cast(pl.Int64) - pl.col("allele").cast(pl.Int64)
    loci = (
        table.filter(status="observed")
        .group_by("laboratory", "referenceLaboratory", "locus")
        .agg(alleles=pl.len(), shifts=shift.n_unique())
        .filter(pl.col("alleles") > 1)
        .sort("laboratory", "locus")
    )
    return [
        findings.finding(
            "calibration-shifts", table="controls", column="laboratory", value=str(laboratory),
            laboratory=str(laboratory), reference=str(reference), compared=part.height,
            constant=part.filter(shifts=1).height,
            loci=_listed(part.filter(pl.col("shifts") > 1)["locus"].to_list()) or "–",
        )
        for (laboratory, reference), part in loci.group_by("laboratory", "referenceLaboratory", maintain_order=True)
    ]  # fmt: skip


@dataclass(frozen=True)
class Applied:
    """Genotypes in reference sizes, with a column `calibration`, and what became missing (`FINDINGS`)."""

    genotypes: pl.DataFrame
    findings: pl.DataFrame


def apply(genotypes: pl.DataFrame, lab_map: pl.DataFrame, *, reference: str, unsafe: bool = False) -> Applied:
    """Return genotypes with all sizes as the reference laboratory names them.

    Rows, their order and other columns stay. `calibration` says how a row came to its alleles: `reference` (typed
    there), `observed`, `interpolated`, `unsafe`, `refused` (an allele has no sure counterpart: both alleles of the
    row are empty, since half a genotype looks like a homozygote), or nothing for SNPs and where nothing was read. Maps
    from frequencies are used only with `unsafe=True`.

    >>> row = {"sampleID": "S1", "laboratory": "lab-2", "replicate": 1, "locus": "TM01", "kind": "size"}
    >>> read = pl.DataFrame([row | {"allele1": "102", "allele2": "107"}, row | {"allele1": "102", "allele2": "109"}])
    >>> known = [("lab-2", "lab-1", "TM01", "102", "100", 1.0, 3, "observed"),
    ...     ("lab-2", "lab-1", "TM01", "107", "104", 1.0, 3, "observed")]
    >>> done = apply(read, pl.DataFrame(known, schema=LAB_MAP, orient="row"), reference="lab-1")
    >>> done.genotypes.select("allele1", "allele2", "calibration").rows()
    [('100', '104', 'observed'), (None, None, 'refused')]
    """
    frame = require(genotypes, GENOTYPE_COLUMNS, "genotypes")
    allowed = (*USABLE, "unsafe") if unsafe else USABLE
    usable = require(lab_map, LAB_MAP, "lab_map").filter(
        pl.col("status").is_in(allowed), pl.col("referenceLaboratory") == reference
    )
    joined = frame.with_row_index("_row")
    for number in (1, 2):
        joined = joined.with_columns(size(f"allele{number}").alias("_size")).join(
            usable.select(
                "laboratory",
                "locus",
                pl.col("allele").cast(pl.Int64).alias("_size"),
                pl.col("referenceAllele").alias(f"_to{number}"),
                pl.col("status").alias(f"_status{number}"),
            ),
            on=["laboratory", "locus", "_size"],
            how="left",
            maintain_order="left",
        )  # fmt: skip
    own = pl.col("laboratory") == reference
    read = pl.any_horizontal(pl.col("allele1", "allele2").is_not_null()) & (pl.col("kind") == "size")
    lacking = pl.any_horizontal(
        pl.col(f"allele{number}").is_not_null() & pl.col(f"_to{number}").is_null() for number in (1, 2)
    )
    worst = pl.max_horizontal(
        pl.col(f"_status{number}").replace_strict(RANK, return_dtype=pl.Int64) for number in (1, 2)
    ).replace_strict({number: status for status, number in RANK.items()}, return_dtype=pl.String)
    how = (
        pl.when(read & own.fill_null(False)).then(pl.lit("reference"))
        .when(read & lacking).then(pl.lit("refused")).when(read).then(worst)
    )  # fmt: skip
    moved = joined.with_columns(calibration=how).with_columns(
        pl.when(pl.col("calibration") == "refused").then(None)
        .when(pl.col("calibration").is_in(STATUSES)).then(f"_to{number}")
        .otherwise(f"allele{number}").alias(f"allele{number}")
        for number in (1, 2)
    )  # fmt: skip
    return Applied(moved.select(*frame.columns, "calibration"), _missing_said(moved, reference))


def _missing_said(moved: pl.DataFrame, reference: str) -> pl.DataFrame:
    count = (
        moved.filter(pl.col("calibration").is_not_null())
        .group_by("laboratory", "locus", maintain_order=True)
        .agg(count=(pl.col("calibration") == "refused").sum(), compared=pl.len())
        .filter(pl.col("count") > 0)
        .with_columns(row=pl.lit(None, dtype=pl.Int64), value=pl.col("locus"), reference=pl.lit(reference))
    )
    return findings.rows(
        "calibration-missing",
        count,
        table="genotypes",
        column="allele1",
        arguments=("laboratory", "reference", "count", "compared"),
    )
