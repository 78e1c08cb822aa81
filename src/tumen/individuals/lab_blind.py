"""How often does the calibration foretell wrongly what the reference laboratory reads?

Animals that both laboratories typed are left out, one at a time or those that were set aside as blind, and their
alleles in the reference laboratory are foretold from what the other laboratory read. Errors of reading count as wrong:
the rate is that of alleles as they will be compared, as in Ellis 2011.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import isnan

import polars as pl

from tumen.individuals.lab_controls import CONTROL, Shared, shared_loci, shared_readings
from tumen.individuals.lab_locus import CalibrationRules, locus_map, translated
from tumen.individuals.lab_maps import Side
from tumen.measure.intervals import wilson
from tumen.tables import findings

LIMIT = 0.05
"""Share of wrong alleles that must be excluded: what 12 laboratories had before calibration (Ellis 2011)."""

FORETOLD: dict[str, pl.DataType | type[pl.DataType]] = {
    "laboratory": pl.String,
    "referenceLaboratory": pl.String,
    "locus": pl.String,
    "animal": pl.String,
    "foretold": pl.String,
    "read": pl.String,
    "compared": pl.Int64,
    "wrong": pl.Int64,
    "refused": pl.Int64,
}
"""One row per animal and locus: genotypes as "100/104"; alleles compared, wrong, and refused (not compared)."""

BLIND: dict[str, pl.DataType | type[pl.DataType]] = {
    "laboratory": pl.String,
    "referenceLaboratory": pl.String,
    "animals": pl.Int64,
    "compared": pl.Int64,
    "wrong": pl.Int64,
    "refused": pl.Int64,
    "rate": pl.Float64,
    "rateLow": pl.Float64,
    "rateHigh": pl.Float64,
    "passed": pl.Boolean,
}
"""One row per laboratory: the share of wrong alleles with its 95 % Wilson interval; null where none was compared."""


@dataclass(frozen=True)
class BlindCheck:
    """The outcome per laboratory (`BLIND`), behind it each animal and locus (`FORETOLD`), and `FINDINGS`."""

    table: pl.DataFrame
    foretold: pl.DataFrame
    findings: pl.DataFrame


def blind_check(
    controls: pl.DataFrame,
    genotypes: pl.DataFrame,
    *,
    reference: str,
    blind: Collection[str] = (),
    rules: CalibrationRules | None = None,
) -> BlindCheck:
    """Foretell the reference laboratory's alleles of controls that were left out of the calibration.

    `blind` names controls that are left out together; without them each control is left out by itself. Only
    laboratories that share controls with the reference directly are checked. A laboratory passes where the upper bound
    of the interval is at most `LIMIT`; it fails where it is above, also for want of controls.
    """
    rules = rules or CalibrationRules()
    readings = shared_readings(controls, genotypes)
    rows: list[tuple[object, ...]] = []
    for name in readings["laboratory"].unique().sort().to_list():
        if name != reference:
            shared = shared_loci(readings, name, reference, rules.rates)
            for one in shared.values():
                rows += [(name, reference, one.locus, *row) for row in _foretell(one, frozenset(blind), rules)]
    foretold = pl.DataFrame(rows, schema=FORETOLD, orient="row")
    table = pl.DataFrame(
        [
            _outcome(str(name), reference, part)
            for (name,), part in foretold.group_by("laboratory", maintain_order=True)
        ],
        schema=BLIND,
        orient="row",
    )
    return BlindCheck(table, foretold, findings.gather(_said(row) for row in table.iter_rows(named=True)))


def _foretell(
    shared: Shared, blind: frozenset[str], rules: CalibrationRules
) -> list[tuple[str, str, str, int, int, int]]:
    """Return animal, foretold and read genotype, and alleles compared, wrong and refused, of each control left out."""
    tested = [
        number
        for number, (name, kind) in enumerate(zip(shared.animals, shared.kinds, strict=True))
        if kind == CONTROL and (not blind or name in blind)
    ]
    rest = shared
    for number in tested if blind else ():
        rest = rest.without(number)
    found = []
    for number in tested:
        ours, theirs = most_read(shared.this, number), most_read(shared.other, number)
        if ours is None or theirs is None:
            continue
        known = locus_map(rest if blind else shared.without(number), rules).known
        foretold = [_allele(known, allele) for allele in ours]
        refused = sum(allele is None for allele in foretold)
        wrong = _wrong(foretold, theirs)
        shown = "/".join("?" if allele is None else str(allele) for allele in foretold)
        found.append((shared.animals[number], shown, f"{theirs[0]}/{theirs[1]}", 2 - refused, wrong, refused))
    return found


def _allele(known: Mapping[int, tuple[int, float, int]], allele: int) -> int | None:
    return translated(known, allele)[0]


def _wrong(foretold: list[int | None], read: tuple[int, int]) -> int:
    """Count the foretold alleles that were not read, each of those read used once."""
    left = list(read)
    wrong = 0
    for allele in foretold:
        if allele in left:
            left.remove(allele)
        elif allele is not None:
            wrong += 1
    return wrong


def most_read(side: Side, animal: int) -> tuple[int, int] | None:
    """Return the genotype (sizes) that a laboratory read most often from an animal; None where two share that place."""
    read = [tuple(codes) for codes in side.alleles[side.animals == animal].tolist()]
    counts = sorted(((read.count(codes), codes) for codes in set(read)), reverse=True)
    if not counts or (len(counts) > 1 and counts[0][0] == counts[1][0]):
        return None
    first, second = counts[0][1]
    return int(side.sizes[first]), int(side.sizes[second])


def _outcome(name: str, reference: str, part: pl.DataFrame) -> tuple[object, ...]:
    compared, wrong, refused = (int(part[column].sum()) for column in ("compared", "wrong", "refused"))
    low, high = wilson(wrong, compared)
    rates = (None, None, None) if isnan(high) else (wrong / compared, low, high)
    return (name, reference, part["animal"].n_unique(), compared, wrong, refused, *rates, high <= LIMIT)


def _said(row: Mapping[str, object]) -> pl.DataFrame:
    shares = {
        word: "–" if row[column] is None else f"{100 * float(str(row[column])):.1f}"
        for word, column in (("low", "rateLow"), ("high", "rateHigh"))
    }
    counts = {name: int(str(row[name])) for name in ("animals", "compared", "wrong", "refused")}
    laboratory = str(row["laboratory"])
    words = {"laboratory": laboratory, "reference": str(row["referenceLaboratory"]), **shares}
    if not row["passed"]:
        words["limit"] = f"{100 * LIMIT:g}"
    return findings.finding(
        "calibration-blind" if row["passed"] else "calibration-blind-failed",
        table="controls",
        row=None,
        column="controlID",
        value=laboratory,
        **words,
        **counts,
    )
