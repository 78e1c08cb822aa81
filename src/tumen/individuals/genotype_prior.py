"""How probable is it that two samples are of one animal, before and after their genotypes are compared?

All pairs of samples are a mixture of pairs of one animal, of full siblings, of parents and offspring, and of unrelated
animals. The shares are those under which the observed likelihood ratios are most likely, found by expectation and
maximisation over the pairs themselves; so the prior is that of this collection of samples, siblings included.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tumen.individuals.genotype_likelihood import (
    RELATIONS,
    Model,
    Rates,
    Rows,
    Shares,
    pair_ratios,
    pairs_above,
    reading_table,
)

SLACK = 7.0
"""Pairs are candidates from ln(samples) - SLACK on: at one sample an animal, others have odds below 1 to 1,000."""
DRAWN = 20_000
"""Pairs that stand for all that are no candidates, where there are more."""
ROUNDS = 100
STRIDE = 1.5
KIN = 0.25
"""Pairs of siblings, and of parents with offspring, are at least this share of the pairs of one animal: a population is
never without kin, and few loci may show nothing of them."""
DROPOUTS = (0.0005, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08, 0.1, 0.12, 0.15, 0.2, 0.25, 0.3, 0.4)
FALSE_ALLELES = (0.0005, 0.002, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1)
"""Rates that are tried where none are given."""


@dataclass(frozen=True)
class Pairs:
    """Candidate pairs of samples (row numbers, first < second) and their ln ratios over unrelated (3 x pairs)."""

    first: Rows
    second: Rows
    ratios: Shares


def candidates(found: Model) -> Pairs:
    """Return every pair of samples that may be of one animal; no other pair is worth keeping.

    >>> from tumen.individuals.genotype_likelihood import frequencies, model, rates_of
    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> three = from_arrays(*[[("1", "2"), ("1", "2"), ("3", "4")]] * 3)
    >>> pairs = candidates(model(three, frequencies(three), rates_of(three.loci)))
    >>> pairs.first.tolist(), pairs.second.tolist()
    ([0], [1])
    """
    first, second = pairs_above(found, _least(found))
    return Pairs(first, second, pair_ratios(found, first, second))


def prior(found: Model, pairs: Pairs, rng: np.random.Generator, start: Shares | None = None) -> Shares:
    """Return the shares of `RELATIONS` among all pairs of samples.

    Candidates count one by one; the others, where they are many, through `DRAWN` pairs. `start` are shares to begin
    with. Where there is one sample or none, nobody can be the same: all pairs count as unrelated.

    >>> from tumen.individuals.genotype_likelihood import frequencies, model, rates_of
    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> three = from_arrays(*[[("1", "2"), ("1", "2"), ("3", "4")]] * 9)
    >>> found = model(three, frequencies(three), rates_of(three.loci))
    >>> prior(found, candidates(found), np.random.default_rng(1)).round(2).tolist()
    [0.29, 0.07, 0.07, 0.57]
    """
    samples = len(found.codes)
    others = samples * (samples - 1) // 2 - pairs.first.size
    ratios, weight = pairs.ratios, np.ones(pairs.first.size)
    if others > 0:
        drawn = _others(found, rng)
        ratios = np.concatenate([ratios, drawn], axis=1)
        weight = np.concatenate([weight, np.full(drawn.shape[1], others / max(drawn.shape[1], 1))])
    if not ratios.size:
        return np.array([0.0, 0.0, 0.0, 1.0])
    chance = np.exp(np.minimum(np.vstack([ratios, np.zeros(ratios.shape[1])]), 300.0))
    share: Shares = np.array([min(1.0 / samples, 0.25), 0.01, 0.01, 1.0]) if start is None else start
    share /= share.sum()
    for _ in range(ROUNDS):
        after = share * (chance @ (weight / (share @ chance))) / weight.sum()
        moved = np.abs(after - share).max()
        share = np.maximum(after, after[0] * np.array([1.0, KIN, KIN, 0.0]))
        share /= share.sum()
        if moved < 1e-6:
            break
    return share


def likely_rates(found: Model, pairs: Pairs, shares: Shares, start: Rates) -> Rates:
    """Return the rates of error, the same for all loci, under which pairs of one animal would read as they do.

    Each candidate counts as much as it is probably of one animal. Pairs, and not groups, are asked: groups leave out
    the samples that errors have kept apart.
    """
    weight = posterior(pairs.ratios, shares)[0]
    if weight.sum() < 1.0:
        return start
    tables = []
    for number, locus in enumerate(found.loci):
        one, two = found.readings[pairs.first, number], found.readings[pairs.second, number]
        both = (one >= 0) & (two >= 0)
        kinds = len(locus.genotypes)
        count = np.bincount(one[both] * kinds + two[both], weights=weight[both], minlength=kinds * kinds)
        tables.append((locus, count.reshape(kinds, kinds)))

    def fit(dropout: float, false_allele: float) -> float:
        total = 0.0
        for locus, count in tables:
            reading = reading_table(locus.frequencies.size, dropout, false_allele)
            total += float((count * np.log((reading.T * locus.prior) @ reading)).sum())
        return total

    before = dropout, false_allele = float(start.dropout.mean()), float(start.false_allele.mean())
    for _ in range(2):
        dropout = max(DROPOUTS, key=lambda rate: fit(rate, false_allele))
        false_allele = max(FALSE_ALLELES, key=lambda rate: fit(dropout, rate))
    # Steps of this kind are known to be too short: they are lengthened.
    steps = [old * (new / old) ** STRIDE for old, new in zip(before, (dropout, false_allele), strict=True)]
    dropout, false_allele = min(max(steps[0], DROPOUTS[0]), DROPOUTS[-1]), min(max(steps[1], 0.0005), 0.1)
    loci = len(found.loci)
    return Rates(np.full(loci, dropout), np.full(loci, false_allele))


def posterior(ratios: Shares, shares: Shares) -> Shares:
    """Return the probability of each of `RELATIONS` (4 x pairs) given ln ratios over unrelated (3 x pairs).

    >>> posterior(np.array([[9.0], [6.0], [3.0]]), np.array([0.01, 0.02, 0.0, 0.97])).round(3).tolist()
    [[0.9], [0.09], [0.0], [0.011]]
    """
    with np.errstate(divide="ignore"):
        score = np.vstack([ratios, np.zeros(ratios.shape[1])]) + np.log(shares)[:, None]
    score = np.exp(score - score.max(axis=0))
    chance: Shares = score / score.sum(axis=0)
    return chance


def log_odds(ratios: Shares, shares: Shares) -> Shares:
    """Return ln odds that a pair is one animal, given ln ratios over unrelated (3 x pairs).

    >>> log_odds(np.array([[9.0], [6.0], [3.0]]), np.array([0.01, 0.02, 0.0, 0.97])).round(2).tolist()
    [2.19]
    """
    with np.errstate(divide="ignore"):
        log = np.log(shares)
    against = np.logaddexp.reduce(
        np.stack([ratios[1] + log[1], ratios[2] + log[2], np.full(ratios.shape[1], log[3])]), axis=0
    )
    odds: Shares = ratios[0] + log[0] - against
    return odds


def relation(chance: npt.NDArray[np.float64], sure: float = 0.95) -> list[str]:
    """Return the relation of each pair (4 x pairs of probabilities), or "undecided" where none is probable enough.

    >>> relation(np.array([[0.97, 0.6], [0.03, 0.4], [0.0, 0.0], [0.0, 0.0]]))
    ['same', 'undecided']
    """
    best = chance.argmax(axis=0)
    return [
        RELATIONS[number] if high >= sure else "undecided" for number, high in zip(best, chance.max(0), strict=True)
    ]


def _least(found: Model) -> float:
    """Return the ln ratio of same over unrelated from which a pair is a candidate."""
    return float(np.log(max(len(found.codes), 1))) - SLACK


def _others(found: Model, rng: np.random.Generator) -> Shares:
    """Return ln ratios of pairs that are no candidates: all of them, or so many that were drawn."""
    samples = len(found.codes)
    if samples * (samples - 1) <= 2 * DRAWN:
        low, high = np.triu_indices(samples, 1)
    else:
        first, second = rng.integers(0, samples, (2, DRAWN))
        low, high = np.minimum(first, second), np.maximum(first, second)
    ratios = pair_ratios(found, low[low < high], high[low < high])
    return ratios[:, ratios[0] < _least(found)]
