"""What do the animals that two laboratories typed say of the alleles of one locus?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tumen.individuals.lab_controls import CONTROL, SAMPLE, Shared
from tumen.individuals.lab_maps import ReadingRates, weigh

LAB_MAP: dict[str, pl.DataType | type[pl.DataType]] = {
    "laboratory": pl.String,
    "referenceLaboratory": pl.String,
    "locus": pl.String,
    "allele": pl.String,
    "referenceAllele": pl.String,
    "probability": pl.Float64,
    "controls": pl.Int64,
    "status": pl.String,
}
"""One row per laboratory, locus and allele. `controls`: readings behind it, in the laboratory with fewer of them."""

STATUSES = ("observed", "interpolated", "refused", "unsafe")
USABLE = ("observed", "interpolated")
RANK = {status: number for number, status in enumerate(STATUSES)}


def _rates() -> Mapping[str, ReadingRates]:
    return {
        CONTROL: ReadingRates(dropout=0.02, false_allele=0.01),
        SAMPLE: ReadingRates(dropout=0.10, false_allele=0.02),
    }


@dataclass(frozen=True, kw_only=True)
class CalibrationRules:
    """When a translation is believed.

    An allele needs a posterior of `certainty` and `readings` readings in each laboratory. A locus needs `animals`
    shared animals, fewer cannot show which of two contradicting ones is wrong; it is refused as a whole where more than
    the share `contradictions` of them contradict the best map, that is: explain both laboratories' readings less than
    `hardly` times as well as two separate genotypes. `rates` are assumed errors per reading, of controls and samples.
    """

    certainty: float = 0.99
    readings: int = 2
    animals: int = 3
    contradictions: float = 0.1
    hardly: float = 5e-4
    rates: Mapping[str, ReadingRates] = field(default_factory=_rates)


@dataclass(frozen=True)
class LocusMap:
    """What is known at one locus: size -> (reference size, probability, readings), or why nothing is."""

    known: dict[int, tuple[int, float, int]]
    refusal: str = ""
    contradicting: tuple[str, ...] = ()


def locus_map(shared: Shared, rules: CalibrationRules) -> LocusMap:
    """Return what the shared animals of one locus say; `refusal` is a word of a finding where the locus is refused."""
    present = sorted(set(shared.this.animals.tolist()) & set(shared.other.animals.tolist()))
    if len(present) < rules.animals:
        return LocusMap({}, "few")
    weighed = weigh(shared.this, shared.other, len(shared.animals), rules.hardly)
    odd = tuple(shared.animals[number] for number in present if weighed.contradicting[number])
    if len(odd) > rules.contradictions * len(present):
        return LocusMap({}, "contradict", odd)
    marginal = weighed.marginal(len(shared.other.sizes))
    ours = shared.this.carries(len(shared.animals))
    theirs = shared.other.carries(len(shared.animals))
    known = {}
    for row, ours_size in enumerate(shared.this.sizes):
        column = int(np.argmax(marginal[row]))
        behind = int(np.minimum(ours[:, row], theirs[:, column]).sum())
        if marginal[row, column] >= rules.certainty and behind >= rules.readings:
            known[int(ours_size)] = (int(shared.other.sizes[column]), float(marginal[row, column]), behind)
    return LocusMap(known, contradicting=odd)


def translated(known: Mapping[int, tuple[int, float, int]], allele: int) -> tuple[int | None, float | None, int, str]:
    """Return reference size, probability, readings and status of one allele: observed, interpolated or refused.

    Between two known alleles with the same shift an allele has that shift too, since the shift grows or falls with
    size and does not turn. Beyond the known alleles nothing is said.

    >>> translated({100: (102, 1.0, 4), 108: (110, 0.995, 3)}, 104)
    (106, 0.995, 0, 'interpolated')
    >>> translated({100: (102, 1.0, 4), 108: (111, 1.0, 3)}, 104)
    (None, None, 0, 'refused')
    """
    if allele in known:
        return (*known[allele], "observed")
    below = [size for size in known if size < allele]
    above = [size for size in known if size > allele]
    if below and above:
        low, high = max(below), min(above)
        shift = known[low][0] - low
        if shift == known[high][0] - high:
            return allele + shift, min(known[low][1], known[high][1]), 0, "interpolated"
    return None, None, 0, "refused"
