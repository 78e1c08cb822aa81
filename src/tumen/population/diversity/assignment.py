"""From which side does an animal come?  Likelihood of its genotype in each group.

With the counts n_a of the alleles of a locus in a group, N their sum and k the alleles seen in any group, the genotype
ab has in that group the likelihood

- frequency (Paetkau et al. 1995): p_a p_b (twice that where a and b differ), p = n / N, and `unseen` for an allele that
  the group does not have;
- bayes (Rannala & Mountain 1997), with q_a = 1/k: homozygote (n_a + q)(n_a + q + 1) / ((N + 1)(N + 2)), heterozygote
  2 (n_a + q)(n_b + q) / ((N + 1)(N + 2)).

Likelihoods are multiplied over the loci known of the animal. An animal is left out of its own group when its likelihood
there is taken (leave one out); otherwise small groups would always claim their own. Likelihoods are shown as base-10
logarithms, as GENECLASS2 shows them; the score is the share of the likelihood of a group in the sum over groups.

The animal may come from a place that nobody sampled: the best group is then only the least unlike.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.population.diversity.genotypes import Flags, Floats, Genotypes, Ints
from tumen.tables import findings

Criterion = Literal["bayes", "frequency"]

UNSEEN = 0.01
"""The frequency of an allele that a group does not have (`frequency`): the default of GENECLASS2, and a choice."""

ASSIGNED: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "sampledGroup": pl.String,
    "bestGroup": pl.String,
    "loci": pl.Int64,
    "logHome": pl.Float64,
    "logBest": pl.Float64,
    "score": pl.Float64,
    "reason": pl.String,
}
"""One row per individual: `bestGroup` null where groups tie or nothing is known; `score` (0-1) that of the best."""

LIKELIHOODS: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "group": pl.String,
    "logLikelihood": pl.Float64,
    "score": pl.Float64,
}
"""One row per individual and group; null where nothing can be said."""

FEW = 10
"""Individuals below which a group is said to be small: their alleles are poorly known. A choice."""


@dataclass(frozen=True, eq=False)
class Assignment:
    """Best groups (`ASSIGNED`), likelihoods (`LIKELIHOODS`), and what to know about them."""

    table: pl.DataFrame
    likelihoods: pl.DataFrame
    findings: pl.DataFrame


class Counts(NamedTuple):
    """Copies of each allele of all loci side by side in each group (G, alleles)."""

    copies: Floats
    widths: Ints
    offsets: Ints


def assignment(data: Genotypes, *, criterion: Criterion = "bayes", unseen: float = UNSEEN) -> Assignment:
    """Return for each individual how likely its genotype is in each group, itself left out (`ASSIGNED`).

    Individuals of unknown group are assigned too. With fewer than two groups nothing is. Raises `MisuseError` for an
    `unseen` that is no frequency.

    >>> from tumen.population.diversity.genotypes import example
    >>> genotypes = [("1", "1"), ("1", "1"), ("2", "2"), ("2", "2"), ("2", "2"), ("1", "1")]
    >>> answer = assignment(example(genotypes, groups=["RU", "RU", "CN", "CN", "RU", None]))
    >>> answer.table.select("sampledGroup", "bestGroup").rows()[3:]
    [('CN', 'CN'), ('RU', 'CN'), (None, 'RU')]
    """
    if not 0 < unseen < 1:
        raise MisuseError("a frequency between 0 and 1", Text("{unseen}", unseen=unseen), "Give 0.01.")
    if len(data.sides) < 2:
        said = findings.finding("assignment-one-group", table="genotypes", column="group", value=str(len(data.sides)))
        rows = [
            {"individualID": name, "sampledGroup": group, "reason": "assignment-one-group"}
            for name, group in zip(data.individuals, data.groups, strict=True)
        ]
        return Assignment(pl.DataFrame(rows, schema=ASSIGNED), pl.DataFrame(schema=LIKELIHOODS), said)
    counts = Counts(group_copies(data), data.widths, data.offsets)
    per_locus = log_likelihoods(
        data.alleles, data.side, data.known, counts, unseen if criterion == "frequency" else None
    )
    return _answer(data, per_locus.sum(axis=1))


def group_copies(data: Genotypes) -> Floats:
    """Return the copies of each allele of all loci side by side in each group (G, alleles).

    >>> from tumen.population.diversity.genotypes import example
    >>> group_copies(example([("1", "2"), ("1", "1")], groups=["RU", "CN"])).tolist()
    [[2.0, 0.0], [1.0, 1.0]]
    """
    member = data.side[:, None] == np.arange(len(data.sides))
    return np.asarray(member.T.astype(float) @ data.doses)


def log_likelihoods(alleles: Ints, side: Ints, counted: Flags, counts: Counts, unseen: float | None) -> Floats:
    """Return base-10 log likelihoods (n, L, G) of genotypes (n, L, 2), 0 where they are not known.

    `counted` (n, L): whether the genotype is among the copies of the individual's own group (`side`), and is to be left
    out there. `unseen`: the frequency of alleles that a group does not have, None for the Bayesian criterion. A group
    in which nobody else is known at a locus says nothing about it: 0 under `frequency`, and the prior under Bayes.

    >>> counts = Counts(np.array([[3.0, 1.0]]), np.array([2]), np.array([0, 2]))
    >>> found = log_likelihoods(np.array([[[0, 0]]]), np.array([-1]), np.array([[False]]), counts, None)
    >>> round(float(10 ** found[0, 0, 0]), 6), round(3.5 * 4.5 / 30, 6)
    (0.525, 0.525)
    """
    individuals, loci, _ = alleles.shape
    groups = len(counts.copies)
    found = np.zeros((individuals, loci, groups))
    own = side[:, None] == np.arange(groups)
    for place in range(loci):
        known = alleles[:, place, 0] >= 0
        if not known.any():
            continue
        a, b = np.maximum(alleles[:, place], 0).T
        here = counts.copies[:, counts.offsets[place] : counts.offsets[place + 1]]
        left = own & counted[:, place][:, None]
        same = (a == b)[:, None]
        first = here[:, a].T - left * (1.0 + same)
        second = here[:, b].T - left * (1.0 + same)
        total = here.sum(axis=1)[None, :] - 2.0 * left
        if unseen is None:
            prior = 1 / counts.widths[place]
            over = np.where(same, (first + prior) * (first + prior + 1), 2 * (first + prior) * (second + prior))
            value = over / ((total + 1) * (total + 2))
        else:
            shares = [
                np.where(copies > 0, copies / np.maximum(total, 1), np.where(total > 0, unseen, 1.0))
                for copies in (first, second)
            ]
            # Where the group has nobody else, both are 1; the factor of a heterozygote must not count there either.
            value = shares[0] * shares[1] * np.where(same | (total == 0), 1.0, 2.0)
        found[:, place] = np.where(known[:, None], np.log10(value), 0.0)
    return found


def _answer(data: Genotypes, total: Floats) -> Assignment:
    """Return the tables from the log likelihoods (n, G)."""
    empty = data.known.sum(axis=1) == 0
    ordered = np.sort(total, axis=1)
    best = total.argmax(axis=1)
    tied = ~empty & (ordered[:, -1] - ordered[:, -2] < 1e-9)
    scores = 10 ** (total - ordered[:, -1:])
    scores /= scores.sum(axis=1, keepdims=True)
    rows = []
    for place, name in enumerate(data.individuals):
        row: dict[str, object] = {
            "individualID": name,
            "sampledGroup": data.groups[place],
            "loci": int(data.known[place].sum()),
        }
        if empty[place]:
            rows.append(row | {"reason": "assignment-no-loci"})
            continue
        home = int(data.side[place])
        row |= {
            "bestGroup": None if tied[place] else data.sides[int(best[place])],
            "logHome": float(total[place, home]) if home >= 0 else None,
            "logBest": float(ordered[place, -1]),
            "score": float(scores[place].max()),
            "reason": "assignment-tied" if tied[place] else None,
        }
        rows.append(row)
    table = pl.DataFrame(rows, schema=ASSIGNED)
    count = len(data.sides)
    silent = np.repeat(empty, count)
    likelihoods = pl.DataFrame(
        {
            "individualID": np.repeat(np.array(data.individuals, dtype=object), count).tolist(),
            "group": list(data.sides) * len(data.individuals),
            "logLikelihood": np.where(silent, np.nan, total.ravel()),
            "score": np.where(silent, np.nan, scores.ravel()),
        },
        schema=LIKELIHOODS,
    ).with_columns(pl.col("logLikelihood", "score").fill_nan(None))
    return Assignment(table, likelihoods, _said(data, table))


def _said(data: Genotypes, table: pl.DataFrame) -> pl.DataFrame:
    """Return findings: individuals not assigned, and small groups."""
    without = table.filter(pl.col("reason").is_not_null())
    said = [
        findings.finding(
            str(row["reason"]),
            table="genotypes",
            column="individualID",
            value=str(row["individualID"]),
            loci=row["loci"],
        )
        for row in without.iter_rows(named=True)
    ]
    for place, name in enumerate(data.sides):
        count = int((data.known.any(axis=1) & (data.side == place)).sum())
        if count < FEW:
            said.append(
                findings.finding("assignment-group-small", table="genotypes", column="group", value=name, count=count)
            )
    return findings.join(said)
