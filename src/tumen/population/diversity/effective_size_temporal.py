"""How large was the breeding population between two samples?  Effective size from the drift of allele frequencies.

Frequencies x of an earlier and y of a later sample of one population differ by sampling and by drift over the
generations t between them. Per locus with K alleles, and z = (x + y) / 2:

    Fc = (1/K)       sum (x - y)^2 / (z - x y)     Nei & Tajima 1981    loci weighted by K
    Fk = (1/(K - 1)) sum (x - y)^2 / z             Pollak 1983          loci weighted by K - 1
    Fs = sum (x - y)^2 / sum z (1 - z)             Jorde & Ryman 2007   sums over all loci

With S individuals sampled (harmonic means over the loci, for animals that are not typed at all of them) and, in plan I,
N animals in the population at the first sample (Waples 1989: plan I returns the sampled animals, plan II kills them or
takes them before they breed):

    Fc, Fk    F' = F - 1/(2 S0) - 1/(2 St) [+ 1/N]
    Fs        F' = (Fs (1 - 1/(4 h) [+ 1/(4 N)]) - 1/h [+ 1/N]) / ((1 + Fs/4) (1 - 1/(2 St)))
    Ne = t / (2 F'),   h: harmonic mean of S0 and St

Where F' is not above 0 the estimate is infinite. Intervals: for Fc and Fk from the chi-square distribution with
sum (K - 1) degrees of freedom (Waples 1989), for Fs from the jackknife over loci. Generations overlap in cats: the
estimate is biased when the samples are only a few generations apart.

Sources: Waples (1989) Genetics 121:379; Jorde & Ryman (2007) Genetics 177:927.
"""

from dataclasses import dataclass
from math import inf, sqrt
from typing import Any, Literal, NamedTuple

import numpy as np
import polars as pl
from scipy.special import ndtri
from scipy.stats import chi2

from tumen.errors import MisuseError, Text
from tumen.population.diversity.genotypes import Flags, Floats, Genotypes
from tumen.tables import findings

Estimator = Literal["Fc", "Fk", "Fs"]

DRIFT: dict[str, pl.DataType | type[pl.DataType]] = {
    "estimator": pl.String,
    "plan": pl.String,
    "loci": pl.Int64,
    "alleles": pl.Int64,
    "earlierSample": pl.Float64,
    "laterSample": pl.Float64,
    "variance": pl.Float64,
    "corrected": pl.Float64,
    "effectiveSize": pl.Float64,
    "rawSize": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "reason": pl.String,
}
"""One row per estimator (Fc, Fk, Fs): `variance` is F, `corrected` F'; samples are harmonic means over the loci.

`effectiveSize` is infinity where F' is not above 0; `rawSize` is what the formula gives. Null where nothing can be
estimated, with the code of why in `reason`.
"""


@dataclass(frozen=True, eq=False)
class TemporalSizes:
    """Estimates (`DRIFT`) and what to know about them."""

    table: pl.DataFrame
    findings: pl.DataFrame


@dataclass(frozen=True)
class Interval:
    """What lies between two samples: generations, and the number of animals at the first (plan I) or None (plan II)."""

    generations: float | None
    census: float | None = None


class Locus(NamedTuple):
    """Frequencies of the alleles seen in either sample, and the individuals typed in each."""

    earlier: Floats
    later: Floats
    sizes: tuple[float, float]


def effective_size_temporal(
    data: Genotypes, earlier: Flags, later: Flags, between: Interval, *, level: float = 0.95
) -> TemporalSizes:
    """Return the effective size from two samples of one population (`DRIFT`), one row per estimator.

    `earlier`, `later` (n,) say which individuals are in which sample; an individual in both would hide drift and is
    refused. Plan I where `between.census` is given, plan II otherwise. Without generations between the samples (None or
    0), without a second sample, or without a locus that varies and is known in both, the reason stands in the table.
    Raises `MisuseError` for an individual in both samples or numbers that make no sense.

    >>> from tumen.population.diversity.genotypes import example
    >>> data = example([("1", "1"), ("1", "2"), ("2", "2"), ("2", "2")])
    >>> flags = np.array([True, True, False, False])
    >>> answer = effective_size_temporal(data, flags, ~flags, Interval(2))
    >>> answer.table.select("estimator", "variance").rows()[2]
    ('Fs', 2.4)
    """
    _check(data, earlier, later, between, level)
    loci = _loci(data, earlier, later)
    reason = _reason(loci, earlier, later, between)
    rows: list[dict[str, object]] = [
        dict[str, object](estimator=name, plan="II" if between.census is None else "I")
        | ({"reason": reason} if reason else _estimated(name, loci, between, level))
        for name in ("Fc", "Fk", "Fs")
    ]
    return TemporalSizes(pl.DataFrame(rows, schema=DRIFT), _said(rows, reason))


def variance_of(loci: list[Locus], estimator: Estimator) -> float:
    """Return F over the loci, weighted as the estimator asks.

    >>> one = Locus(np.array([0.75, 0.25]), np.array([0.0, 1.0]), (2, 2))
    >>> [round(variance_of([one], name), 6) for name in ("Fc", "Fk", "Fs")]
    [1.5, 2.4, 2.4]
    """
    if estimator == "Fs":
        over, under = _sums(loci)
        return float(over.sum() / under.sum())
    total = weights = 0.0
    for locus in loci:
        x, y = locus.earlier, locus.later
        z = (x + y) / 2
        # z = x y only where an allele is fixed in both samples; such a locus is not here.
        total += float(((x - y) ** 2 / (z - x * y if estimator == "Fc" else z)).sum())
        weights += len(x) if estimator == "Fc" else len(x) - 1
    return total / weights


def _sums(loci: list[Locus]) -> tuple[Floats, Floats]:
    """Return numerator and denominator of Fs per locus."""
    over = np.array([((locus.earlier - locus.later) ** 2).sum() for locus in loci])
    middle = [(locus.earlier + locus.later) / 2 for locus in loci]
    return over, np.array([(z * (1 - z)).sum() for z in middle])


def _check(data: Genotypes, earlier: Flags, later: Flags, between: Interval, level: float) -> None:
    """Refuse samples that overlap and numbers that make no sense."""
    if earlier.shape != (len(data.individuals),) or later.shape != earlier.shape or bool((earlier & later).any()):
        raise MisuseError(
            Text("two samples out of {count} individuals, none in both", count=len(data.individuals)),
            Text("{count} in both", count=int((earlier & later).sum()) if earlier.shape == later.shape else 0),
            "Leave out of the later sample whom the earlier one has.",
        )
    numbers = [number for number in (between.generations, between.census) if number is not None]
    if not 0 < level < 1 or any(number < 0 for number in numbers):
        raise MisuseError(
            "generations and animals of 0 or more, and a level between 0 and 1",
            f"{between.generations}, {between.census}, {level}",
            "Give the generations between the samples, and the animals alive at the first for plan I.",
        )


def _loci(data: Genotypes, earlier: Flags, later: Flags) -> list[Locus]:
    """Return the loci that vary and are known in both samples."""
    loci = []
    for place in range(len(data.loci)):
        columns = slice(int(data.offsets[place]), int(data.offsets[place + 1]))
        counts = [data.doses[sample, columns].sum(axis=0) for sample in (earlier, later)]
        seen = counts[0] + counts[1] > 0
        if seen.sum() < 2 or not counts[0].sum() or not counts[1].sum():
            continue
        x, y = (count[seen] / count.sum() for count in counts)
        loci.append(Locus(x, y, (counts[0].sum() / 2, counts[1].sum() / 2)))
    return loci


def _reason(loci: list[Locus], earlier: Flags, later: Flags, between: Interval) -> str | None:
    """Return the code of why nothing can be estimated, if so."""
    if not earlier.any() or not later.any():
        return "size-no-second-sample"
    if not between.generations:
        return "size-no-generations"
    return None if loci else "size-no-common-loci"


def _estimated(estimator: Estimator, loci: list[Locus], between: Interval, level: float) -> dict[str, object]:
    """Return the numbers of one row."""
    before, after = (float(len(loci) / sum(1 / locus.sizes[side] for locus in loci)) for side in (0, 1))
    variance = variance_of(loci, estimator)
    corrected = _corrected(variance, estimator, (before, after), between.census)
    alleles = sum(len(locus.earlier) for locus in loci)
    if estimator == "Fs":
        bounds = _jackknife(loci, (before, after), between.census, level)
    else:
        freedom = alleles - len(loci)
        bounds = [
            _corrected(variance * freedom / float(chi2.ppf(tail, freedom)), estimator, (before, after), between.census)
            for tail in (0.5 - level / 2, 0.5 + level / 2)
        ]
    generations = between.generations or 0.0
    sizes = [generations / (2 * f) if f else inf for f in (corrected, *bounds)]
    shown = [size if size > 0 else inf for size in sizes]
    return {
        "loci": len(loci),
        "alleles": alleles,
        "earlierSample": before,
        "laterSample": after,
        "variance": variance,
        "corrected": corrected,
        "effectiveSize": shown[0],
        "rawSize": sizes[0],
        "low": shown[1] if bounds else None,
        "high": shown[2] if bounds else None,
        "reason": None,
    }


def _corrected(variance: float, estimator: Estimator, samples: tuple[float, float], census: float | None) -> float:
    """Return F without the part due to sampling."""
    before, after = samples
    animals = 0.0 if census is None else 1 / census
    if estimator != "Fs":
        return variance - 1 / (2 * before) - 1 / (2 * after) + animals
    middle = 2 / (1 / before + 1 / after)
    over = variance * (1 - 1 / (4 * middle) + animals / 4) - 1 / middle + animals
    return over / ((1 + variance / 4) * (1 - 1 / (2 * after)))


def _jackknife(loci: list[Locus], samples: tuple[float, float], census: float | None, level: float) -> list[float]:
    """Return the bounds of F' of Fs from the jackknife over loci, larger first; none for one locus."""
    if len(loci) < 2:
        return []
    over, under = _sums(loci)
    left = (over.sum() - over) / (under.sum() - under)
    again = np.array([_corrected(float(one), "Fs", samples, census) for one in left])
    error = sqrt((len(loci) - 1) / len(loci) * float(((again - again.mean()) ** 2).sum()))
    half = float(ndtri(0.5 + level / 2)) * error
    middle = _corrected(float(over.sum() / under.sum()), "Fs", samples, census)
    return [middle + half, middle - half]


def _said(rows: list[dict[str, object]], reason: str | None) -> pl.DataFrame:
    """Return findings: why nothing could be estimated, or what the estimates say of infinity."""
    if reason:
        return findings.finding(reason, table="genotypes")
    said = []
    for row in rows:
        about: dict[str, Any] = {"table": "genotypes", "value": str(row["estimator"])}
        if row["effectiveSize"] == inf:
            said.append(findings.finding("size-drift-infinite", **about))
        elif row["high"] == inf:
            said.append(findings.finding("size-drift-upper-infinite", **about, low=round(float(str(row["low"])), 1)))
    return findings.join(said)
