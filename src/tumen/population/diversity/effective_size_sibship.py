"""How large is the breeding population, judged by how many of its young are siblings?  Effective size by sibship.

In a small population two young of one cohort often share a parent. Wang (2009): with Q the share of pairs that are
half siblings (through either parent), F the share that are full siblings, and random mating,

    1 / Ne = (1 + 3a) / 4 (Q + 2 F) - a / 2 (1/N1 + 1/N2)        a: inbreeding (departure from Hardy-Weinberg)

Here a = 0, so that Ne = 4 / (Q + 2 F). Wang's program rebuilds whole families (COLONY). **This one does not**: it looks
at pairs. Few loci cannot say of one pair whether it is a pair of half siblings, and sorting pairs one by one calls many
of the far more numerous unrelated pairs siblings. Therefore Q and F are estimated as the *proportions of a mixture*:
the likelihood of each pair under each kinship (`dyads`) is known, and the proportions that make all pairs together most
likely are found by the EM algorithm. Pairs of parent and offspring, which a cohort does not have and a sample of all
ages does, are a class of their own and count neither as siblings nor as unrelated. Pairs are not independent, so the
interval comes from drawing individuals with replacement (a pair of an individual with itself is left out).

Frequencies are those of the sample, whose relatives bias them: the estimate is a rough one. Compare it with the others.
Source: Wang (2009) Mol Ecol 18:2148.
"""

from dataclasses import dataclass
from math import inf, sqrt
from typing import Any

import numpy as np
import polars as pl
from scipy.special import ndtri

from tumen.errors import MisuseError
from tumen.population.diversity.dyads import KIN, Dyads, dyads
from tumen.population.diversity.genotypes import Floats, Genotypes, Ints
from tumen.population.diversity.groups import parts
from tumen.tables import findings

FEWEST = 5
"""Individuals below which the shares of kinships among pairs are not estimated."""

SIBSHIPS: dict[str, pl.DataType | type[pl.DataType]] = {
    "group": pl.String,
    "individuals": pl.Int64,
    "loci": pl.Int64,
    "pairs": pl.Int64,
    "halfSiblings": pl.Float64,
    "fullSiblings": pl.Float64,
    "parentOffspring": pl.Float64,
    "effectiveSize": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "reason": pl.String,
}
"""One row per group: shares of pairs by kinship, and the size; infinity where no pair seems to be siblings.

`loci` that vary. Null where nothing can be estimated, with the code of why in `reason`.
"""

PAIRS: dict[str, pl.DataType | type[pl.DataType]] = {
    "group": pl.String,
    "individual1": pl.String,
    "individual2": pl.String,
    "loci": pl.Int64,
    "unrelated": pl.Float64,
    "halfSiblings": pl.Float64,
    "fullSiblings": pl.Float64,
    "parentOffspring": pl.Float64,
}
"""Pairs more likely kin than not, with the probability of each kinship given the shares in the sample."""


@dataclass(frozen=True, eq=False)
class SibshipSizes:
    """Estimates (`SIBSHIPS`), likely kin (`PAIRS`), and what to know about them."""

    table: pl.DataFrame
    pairs: pl.DataFrame
    findings: pl.DataFrame


def effective_size_sibship(
    data: Genotypes, rng: np.random.Generator, *, blocks: int = 30, error: float = 0.01, level: float = 0.95
) -> SibshipSizes:
    """Return the effective size of each group from the shares of sibling pairs (`SIBSHIPS`), and likely kin (`PAIRS`).

    Give young of one cohort: then it is the size of their parents' generation. `error` is the chance that a locus of a
    pair says nothing because of a misreading. The interval comes from leaving out `blocks` of individuals in turn,
    which `rng` makes up. Raises `MisuseError` for numbers that make no sense.

    >>> from tumen.population.diversity.genotypes import example
    >>> one = effective_size_sibship(example([("1", "2"), ("1", "1")]), np.random.default_rng(1))
    >>> one.table["reason"].item()
    'size-few-individuals'
    """
    if not 0 <= error < 1 or not 0 < level < 1 or blocks < 2:
        raise MisuseError(
            "an error from 0 to 1, a level between 0 and 1, and two blocks or more",
            f"{error}, {level}, {blocks}",
            "Give 0.01, 0.95 and 30.",
        )
    rows, likely, said = [], [], []
    for name, part in parts(data):
        part = part.of(np.flatnonzero(part.known.any(axis=1)))
        row: dict[str, object] = {"group": name, "individuals": len(part.individuals)}
        row |= {"reason": _reason(part)}
        if row["reason"] is None:
            pairs = dyads(part, error=error)
            numbers, proportions = _estimated(pairs, len(part.individuals), rng, blocks, level)
            row |= numbers | {"loci": _varying(part)}
            likely.append(_likely(name, part, pairs, proportions))
        rows.append(row)
        said.append(_said(row))
    table = pl.concat(likely) if likely else pl.DataFrame(schema=PAIRS)
    return SibshipSizes(pl.DataFrame(rows, schema=SIBSHIPS), table, findings.join(said))


def proportions(relative: Floats, weight: Floats, start: Floats, tolerance: float = 1e-6) -> Floats:
    """Return the proportions of the classes that make weighted pairs most likely, by the EM algorithm.

    `relative` (pairs, classes): likelihoods up to a factor of each pair; `weight` (pairs,); `start` (classes,).

    >>> proportions(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]), np.ones(3), np.array([0.5, 0.5])).round(3).tolist()
    [0.333, 0.667]
    """
    total = weight.sum()
    found = start
    for _ in range(2000):
        part = relative * found
        again = (weight / part.sum(axis=1)) @ part / total
        if float(np.abs(again - found).max()) < tolerance:
            return np.asarray(again)
        found = again
    return found


def _reason(part: Genotypes) -> str | None:
    """Return the code of why nothing can be estimated, if so."""
    if len(part.individuals) < FEWEST:
        return "size-few-individuals"
    return None if _varying(part) else "size-no-variation"


def _varying(part: Genotypes) -> int:
    """Return the number of loci with two alleles or more."""
    seen = part.doses.sum(axis=0) > 0
    return sum(int(seen[a:b].sum() > 1) for a, b in zip(part.offsets[:-1], part.offsets[1:], strict=True))


def _estimated(
    pairs: Dyads, count: int, rng: np.random.Generator, blocks: int, level: float
) -> tuple[dict[str, object], Floats]:
    """Return the numbers of one row, and the proportions."""
    # The largest likelihood of a pair is taken as 1, so that none overflows.
    relative = np.exp(pairs.log_likelihood - pairs.log_likelihood.max(axis=1, keepdims=True))
    start = np.array([0.85, 0.08, 0.04, 0.03])
    found = proportions(relative, np.ones(len(relative)), start)
    low, high = _interval(relative, pairs, found, rng.permutation(count) % min(blocks, count), level)
    numbers: dict[str, object] = {
        "pairs": len(relative),
        "halfSiblings": float(found[1]),
        "fullSiblings": float(found[2]),
        "parentOffspring": float(found[3]),
        "effectiveSize": _size(found),
        "low": low,
        "high": high,
    }
    return numbers, found


def _interval(relative: Floats, pairs: Dyads, found: Floats, block: Ints, level: float) -> tuple[float, float]:
    """Return the bounds of the size from leaving out blocks of individuals in turn."""
    count = int(block.max()) + 1
    start = 0.99 * found + 0.01 / len(found)
    again = []
    for left in range(count):
        kept = (block[pairs.first] != left) & (block[pairs.second] != left)
        again.append(1 / _size(proportions(relative[kept], np.ones(int(kept.sum())), start, 1e-5)))
    values = np.array(again)
    error = sqrt((count - 1) / count * float(((values - values.mean()) ** 2).sum()))
    middle, half = 1 / _size(found), float(ndtri(0.5 + level / 2)) * error
    return 1 / (middle + half) if middle + half > 0 else inf, 1 / (middle - half) if middle > half else inf


def _size(found: Floats) -> float:
    """Return the effective size from proportions; infinity where fewer than one pair in a million is of siblings."""
    siblings = float(found[1] + 2 * found[2])
    return 4 / siblings if siblings > 1e-6 else inf


def _likely(name: str, part: Genotypes, pairs: Dyads, found: Floats) -> pl.DataFrame:
    """Return the pairs that are more likely kin than not (`PAIRS`)."""
    chance = found * np.exp(pairs.log_likelihood - pairs.log_likelihood.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    kin = np.flatnonzero(chance[:, 0] < 0.5)
    names = np.array(part.individuals, dtype=object)
    order = [list(KIN).index(kind) for kind in ("unrelated", "half siblings", "full siblings", "parent and offspring")]
    columns = ("unrelated", "halfSiblings", "fullSiblings", "parentOffspring")
    return pl.DataFrame(
        {
            "group": [name] * len(kin),
            "individual1": names[pairs.first[kin]].tolist(),
            "individual2": names[pairs.second[kin]].tolist(),
            "loci": pairs.loci[kin].astype(np.int64),
            **{column: chance[kin, place] for column, place in zip(columns, order, strict=True)},
        },
        schema=PAIRS,
    )


def _said(row: dict[str, object]) -> pl.DataFrame:
    """Return the findings about one row."""
    about: dict[str, Any] = {"table": "genotypes", "column": "group", "value": str(row["group"])}
    if row["reason"] is not None:
        return findings.finding(str(row["reason"]), **about, method="sibship", fewest=FEWEST)
    said = [findings.finding("size-siblings-by-pairs", **about, loci=int(str(row["loci"])))]
    if row["effectiveSize"] == inf:
        said.append(findings.finding("size-siblings-none", **about))
    elif row["high"] == inf:
        low = round(float(str(row["low"])), 1)
        said.append(findings.finding("size-siblings-upper-infinite", **about, low=low))
    share = float(str(row["parentOffspring"]))
    if share * float(str(row["pairs"])) >= 1:
        number = round(share * float(str(row["pairs"])))
        said.append(findings.finding("size-parents-in-sample", **about, count=number))
    return findings.join(said)
