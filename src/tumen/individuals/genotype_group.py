"""Which samples come from one animal?

Samples are joined where that is probable enough, the surest first, and always as whole groups: what is compared
are all readings of one group with all readings of the other, so that each member makes the animal's genotype clearer
and a chain of half-alike samples does not become one animal. Afterwards single samples may still change groups.
Allele frequencies, in which every animal counts once, and rates of error follow from the groups and pairs that were
found, so everything is done a few times over.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from tumen.errors import MisuseError, Text
from tumen.individuals.genotype_likelihood import (
    Locus,
    Model,
    Rates,
    Rows,
    Shares,
    frequencies,
    model,
    rates_of,
    relation_tables,
)
from tumen.individuals.genotype_matrix import GenotypeMatrix
from tumen.individuals.genotype_prior import Pairs, candidates, likely_rates, log_odds, prior

PID_SIB_BOUND = 0.01
"""Largest PIDsib at which two genotypes may be called one animal (Waits 2001: 0.01 to 0.0001)."""
LEAST_ODDS = 1.6
"""ln odds from which groups are joined, 5 to 1: two animals joined are harder to notice than one torn."""
PASSES = 6
OWN = 2.0
"""Frequencies are found from the very animals that are compared. Two of them are less alike than two strangers with
these frequencies: alleles are drawn without being put back, a coancestry of about -1 / (2 animals). Kin among them add
to it; twice that made probabilities right in simulated worlds with and without siblings."""
FEWEST = 10
"""As so many animals a smaller sample counts here: alleles not put back are then no sensible picture any more."""
MOVES = 20
GROUPS: dict[str, pl.DataType | type[pl.DataType]] = {
    "sampleID": pl.String,
    "group": pl.String,
    "samples": pl.Int64,
    "probability": pl.Float64,
    "pidSib": pl.Float64,
    "identityAllowed": pl.Boolean,
}
"""One row per sample: its group (named by its first sample), the group's size, the probability that the sample belongs
there (of an only sample: that it is alone), PIDsib over the loci it shares with the rest of its group, and whether that
allows to speak of identity (null for an only sample)."""


@dataclass(frozen=True)
class Settings:
    """What is known beforehand, and how bold to be.

    `rates` is a `RATES` frame (locus, dropout, falseAllele) of what is compared: rates of single readings are too high
    for a consensus of several. Without one, the rates that are left in what is compared are found from the pairs
    themselves, the same for all loci. `theta` is the coancestry of the population. `bound` is the largest PIDsib of an
    identity. Groups are joined from `least` ln odds on (0: as soon as that is more probable than not).
    """

    rates: pl.DataFrame | None = None
    theta: float = 0.0
    bound: float = PID_SIB_BOUND
    least: float = LEAST_ODDS


@dataclass(frozen=True)
class Grouping:
    """Groups (a number per sample), the model and prior they were found with, and the candidate pairs of samples."""

    genotypes: GenotypeMatrix
    model: Model
    rates: Rates
    shares: Shares
    pairs: Pairs
    labels: Rows
    settings: Settings


def group(genotypes: GenotypeMatrix, settings: Settings, rng: np.random.Generator) -> Grouping:
    """Find the animals behind samples.

    `rng` draws the pairs that stand for all pairs without likeness (`genotype_prior`).

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> four = from_arrays(*[[("1", "2"), ("1", "2"), ("3", "4"), ("3", "5")]] * 12)
    >>> group(four, Settings(), np.random.default_rng(1)).labels.tolist()
    [0, 0, 2, 3]
    """
    _check(settings)
    samples = len(genotypes.samples)
    rates = rates_of(genotypes.loci, settings.rates)
    if not genotypes.loci:
        return _all_apart(genotypes, rates, settings)
    labels, mixture = np.arange(samples), np.zeros(4)
    shares = frequencies(genotypes)
    for again in range(PASSES):
        animals = np.unique(labels).size if again else samples
        coancestry = settings.theta - OWN / (2 * max(animals, FEWEST))
        found = model(genotypes, shares, rates, theta=coancestry)
        pairs = candidates(found)
        mixture = prior(found, pairs, rng, mixture if again else None)
        labels = _moved(found, pairs, mixture, _joined(found, pairs, mixture, settings.least), settings.least)
        if again < PASSES - 1:
            shares = _shares(genotypes, found, labels)
            if settings.rates is None:
                rates = likely_rates(found, pairs, mixture, rates)
    first = np.full(samples, samples)
    np.minimum.at(first, labels, np.arange(samples))
    return Grouping(genotypes, found, rates, mixture, pairs, first[labels], settings)


def table(grouping: Grouping) -> pl.DataFrame:
    """Return the groups as a table (`GROUPS`), in the order of the samples.

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> four = from_arrays(*[[("1", "2"), ("1", "2"), ("3", "4"), ("3", "5")]] * 12)
    >>> table(group(four, Settings(), np.random.default_rng(1))).select("sampleID", "group", "samples").rows()
    [('1', '1', 2), ('2', '1', 2), ('3', '3', 1), ('4', '4', 1)]
    """
    labels = grouping.labels
    names = np.array(grouping.genotypes.samples, dtype=object)
    size = np.bincount(labels, minlength=labels.size)[labels]
    known = grouping.genotypes.known.astype(np.float64)
    readings = np.zeros_like(known)
    np.add.at(readings, labels, known)
    shared = known * (readings[labels] > known)
    pid = np.exp(shared @ np.log(identity_of(grouping)["pidSib"].to_numpy()))
    several = size > 1
    return pl.DataFrame(
        {
            "sampleID": names.tolist(),
            "group": names[labels].tolist(),
            "samples": size,
            "probability": belonging(grouping),
            "pidSib": [float(value) if many else None for value, many in zip(pid, several, strict=True)],
            "identityAllowed": [
                bool(value <= grouping.settings.bound) if many else None
                for value, many in zip(pid, several, strict=True)
            ],
        },
        schema=GROUPS,
    )


def identity_of(grouping: Grouping) -> pl.DataFrame:
    """Return `locus`, `pid` and `pidSib` under the frequencies of the grouping, in which every animal counts once.

    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> two = from_arrays([("1", "2"), ("1", "1")])
    >>> identity_of(group(two, Settings(), np.random.default_rng(1))).columns
    ['locus', 'pid', 'pidSib']
    """
    tables = [relation_tables(locus.frequencies, grouping.settings.theta) for locus in grouping.model.loci]
    return pl.DataFrame(
        {
            "locus": list(grouping.genotypes.loci),
            "pid": [float(np.trace(chance[3])) for chance in tables],
            "pidSib": [float(np.trace(chance[1])) for chance in tables],
        },
        schema={"locus": pl.String, "pid": pl.Float64, "pidSib": pl.Float64},
    )


def belonging(grouping: Grouping) -> Shares:
    """Return the probability that each sample belongs where it is, against every other group near it and being alone.

    All other samples are taken to be where they are.
    """
    chances = _chances(grouping.model, grouping.pairs, grouping.shares, grouping.labels)
    own = chances.target == grouping.labels[chances.sample]
    samples = grouping.labels.size
    most = np.zeros(samples)  # ln odds of being alone
    np.maximum.at(most, chances.sample, chances.odds)
    weight = np.exp(chances.odds - most[chances.sample])
    total = np.exp(-most)
    np.add.at(total, chances.sample, weight)
    here = np.zeros(samples)
    here[chances.sample[own]] = weight[own]
    alone = np.bincount(grouping.labels, minlength=samples)[grouping.labels] == 1
    belongs: Shares = np.where(alone, np.exp(-most), here) / total
    return belongs


@dataclass(frozen=True)
class _Chances:
    """ln odds that a sample belongs to a group near it, the sample itself left out of the group."""

    sample: Rows
    target: Rows
    odds: Shares


def _all_apart(genotypes: GenotypeMatrix, rates: Rates, settings: Settings) -> Grouping:
    """Return every sample as a group of its own: no locus is known of any, so nothing brings two together."""
    nobody = np.empty(0, dtype=np.int64)
    pairs = Pairs(nobody, nobody, np.empty((3, 0)))
    unrelated = np.array([0.0, 0.0, 0.0, 1.0])
    labels = np.arange(len(genotypes.samples))
    return Grouping(genotypes, model(genotypes, (), rates), rates, unrelated, pairs, labels, settings)


def _check(settings: Settings) -> None:
    """Refuse a bound that is no chance."""
    if not 0.0 < settings.bound <= 1.0:
        raise MisuseError(
            "a bound of PIDsib above 0 and at most 1", Text("{bound}", bound=settings.bound), "Give 0.01 to 0.0001."
        )


def _logs(locus: Locus, readings: Rows) -> Shares:
    """Return ln of the chance of each sample's reading for every true genotype (n x K); zeros where missing."""
    logs = np.log(locus.reading[:, readings]).T
    logs[readings < 0] = 0.0
    return logs


def _summed(found: Model, labels: Rows) -> list[Shares]:
    """Return per locus the sum of `_logs` over each group (samples x K; rows of labels that are not used are zero)."""
    member = _members(labels)
    summed: list[Shares] = []
    for number, locus in enumerate(found.loci):
        part: Shares = member @ _logs(locus, found.readings[:, number])
        summed.append(part)
    return summed


def _members(labels: Rows) -> Any:
    """Return who is in which group, as a sparse matrix of ones (groups x samples); scipy's products have no type."""
    samples = labels.size
    return csr_array((np.ones(samples), (labels, np.arange(samples))), shape=(samples, samples))


def _compared(found: Model, one: list[Shares], two: list[Shares]) -> Shares:
    """Return ln ratios over unrelated (3 x pairs) of groups whose summed logs stand row by row in `one` and `two`."""
    total = np.zeros((3, len(one[0])))
    for locus, first, second in zip(found.loci, one, two, strict=True):
        left = np.exp(first - first.max(axis=1, keepdims=True))
        right = np.exp(second - second.max(axis=1, keepdims=True))
        chance = np.stack([np.einsum("pk,pk->p", left @ relation, right) for relation in locus.relations])
        total += np.log(np.maximum(chance[:3], 1e-300)) - np.log(np.maximum(chance[3], 1e-300))
    return total


def _joined(found: Model, pairs: Pairs, shares: Shares, least: float) -> Rows:
    """Join groups that are each other's likeliest, round after round, while that is at least `least` ln odds."""
    samples = len(found.codes)
    labels = np.arange(samples)
    if not pairs.first.size:
        return labels
    first, second = pairs.first, pairs.second
    odds = log_odds(pairs.ratios, shares)
    while True:
        best = np.full(samples, -np.inf)
        np.maximum.at(best, first, odds)
        np.maximum.at(best, second, odds)
        chosen = np.flatnonzero((odds >= least) & (odds == best[first]) & (odds == best[second]))
        # Of ties, the first pair of a group is taken.
        _, taken_first = np.unique(first[chosen], return_index=True)
        chosen = chosen[np.sort(taken_first)]
        _, taken_second = np.unique(second[chosen], return_index=True)
        chosen = chosen[np.sort(taken_second)]
        chosen = chosen[~np.isin(first[chosen], second[chosen])]
        if not chosen.size:
            return labels
        onto = np.arange(samples)
        onto[second[chosen]] = first[chosen]
        touched = np.zeros(samples, dtype=bool)
        touched[first[chosen]] = True
        labels = onto[labels]
        first, second, odds = _renamed(onto[first], onto[second], odds, samples)
        fresh = touched[first] | touched[second]
        summed = _summed(found, labels)
        one = [values[first[fresh]] for values in summed]
        two = [values[second[fresh]] for values in summed]
        odds[fresh] = log_odds(_compared(found, one, two), shares)


def _renamed(first: Rows, second: Rows, odds: Shares, samples: int) -> tuple[Rows, Rows, Shares]:
    """Return pairs of groups once each, the smaller first, without those that have become one."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    keep = low < high
    _, place = np.unique(low[keep] * samples + high[keep], return_index=True)
    return low[keep][place], high[keep][place], odds[keep][place]


def _chances(found: Model, pairs: Pairs, shares: Shares, labels: Rows) -> _Chances:
    """Return ln odds of every sample for every group in which it has a candidate."""
    samples = labels.size
    sample = np.concatenate([pairs.first, pairs.second])
    target = labels[np.concatenate([pairs.second, pairs.first])]
    key = np.unique(sample * samples + target)
    sample, target = key // samples, key % samples
    if not key.size:
        return _Chances(sample, target, np.empty(0))
    own = target == labels[sample]
    one, two = [], []
    member = _members(labels)
    for number, locus in enumerate(found.loci):
        logs = _logs(locus, found.readings[:, number])
        alone = logs[sample]
        one.append(alone)
        summed: Shares = member @ logs
        two.append(summed[target] - np.where(own[:, None], alone, 0.0))
    return _Chances(sample, target, log_odds(_compared(found, one, two), shares))


def _moved(found: Model, pairs: Pairs, shares: Shares, labels: Rows, least: float) -> Rows:
    """Let samples change to the group where they are likeliest, or stand alone, while that is better."""
    samples = labels.size
    labels = labels.copy()
    for _ in range(MOVES):
        chances = _chances(found, pairs, shares, labels)
        now = np.full(samples, least)
        own = chances.target == labels[chances.sample]
        size = np.bincount(labels, minlength=samples)
        now[chances.sample[own]] = chances.odds[own]
        now[size[labels] == 1] = least
        # A sample that leaves its group goes to the best other, or stands alone at `least`.
        best = np.full(samples, least)
        target = np.full(samples, -1)
        order = np.argsort(chances.odds, kind="stable")
        other = order[~own[order]]
        target[chances.sample[other]] = chances.target[other]
        best[chances.sample[other]] = chances.odds[other]
        target[best <= least] = -1
        best = np.maximum(best, least)
        gain = best - now
        moving = np.flatnonzero(gain > 1e-9)
        if not moving.size:
            break
        _move(labels, target, moving[np.argsort(-gain[moving], kind="stable")])
    return labels


def _move(labels: Rows, target: Rows, moving: Rows) -> None:
    """Move samples in this order; a group takes part in one move at a time."""
    touched: set[int] = set()
    free = sorted(set(range(labels.size)) - set(labels.tolist()), reverse=True)
    for sample in moving.tolist():
        source, aim = int(labels[sample]), int(target[sample])
        if source in touched or aim in touched:
            continue
        if aim < 0:
            aim = free.pop()
        labels[sample] = aim
        touched.update((source, aim))


def _shares(genotypes: GenotypeMatrix, found: Model, labels: Rows) -> tuple[Shares, ...]:
    """Return allele frequencies in which every animal counts once, with what its readings say of its true genotype."""
    used = np.unique(labels)
    shares = []
    for number, (locus, logs) in enumerate(zip(found.loci, _summed(found, labels), strict=True)):
        known = np.isin(used, labels[genotypes.known[:, number]])
        rows = logs[used[known]]
        chance = np.exp(rows - rows.max(axis=1, keepdims=True)) * locus.prior
        expected = (chance / chance.sum(axis=1, keepdims=True)).sum(axis=0)
        count = np.zeros(locus.frequencies.size)
        for side in range(2):
            np.add.at(count, locus.genotypes[:, side], expected)
        shares.append((count + 1.0 / max(count.size, 1)) / (count.sum() + 1.0))
    return tuple(shares)
