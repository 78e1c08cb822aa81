"""Was this animal born where it was sampled?  First-generation migrants between groups.

An animal whose genotype is unlikely where it was sampled may have been born elsewhere. The statistic is

- `home`: its likelihood in the group where it was sampled (left out of it), when the place of birth may be unsampled;
- `ratio`: that over the largest likelihood in any group, when all places of birth were sampled (Paetkau et al. 2004).

How low it gets by chance among animals born there is found by Monte Carlo resampling as Paetkau et al. (2004) do: whole
samples as large as the real ones are drawn, each animal from two gametes, each gamete taking one allele per locus from
one parent drawn from the sample of the group (two different parents, where there are two). Whole gametes keep the
associations between loci that recent immigrants bring, and samples of the same size keep the error of the frequencies.
A drawn animal lacks in the counts what the real animal in its place lacks, and is compared at the loci known of the
real one. An allele that the parent lacks is drawn from the group.

The P of an animal is (1 + as low ones) / (1 + drawn ones). Many animals are tested, so some are low by chance: with 100
residents, five have P below 0.05.
"""

from dataclasses import dataclass
from math import ceil
from typing import Any, Literal

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.population.diversity.assignment import UNSEEN, Counts, Criterion, group_copies, log_likelihoods
from tumen.population.diversity.genotypes import Floats, Genotypes, Ints
from tumen.tables import findings

Statistic = Literal["home", "ratio"]

MIGRANTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "sampledGroup": pl.String,
    "bestGroup": pl.String,
    "loci": pl.Int64,
    "statistic": pl.Float64,
    "critical": pl.Float64,
    "p": pl.Float64,
    "migrant": pl.Boolean,
    "reason": pl.String,
}
"""One row per individual of known group. `statistic` is a base-10 logarithm; `critical` its value below which an animal
known at these loci is a migrant at the level asked for; `migrant` says whether `p` is below the level. `bestGroup` null
where groups tie. Null where nothing can be said, with the code of why in `reason`."""


@dataclass(frozen=True)
class Resampling:
    """How migrants are looked for; at least so many `simulations` are drawn per group."""

    criterion: Criterion = "bayes"
    statistic: Statistic = "ratio"
    simulations: int = 1000
    level: float = 0.01
    unseen: float = UNSEEN


@dataclass(frozen=True, eq=False)
class Migrants:
    """Individuals (`MIGRANTS`) and what to know about them."""

    table: pl.DataFrame
    findings: pl.DataFrame


def first_generation_migrants(
    data: Genotypes, rng: np.random.Generator, resampling: Resampling | None = None
) -> Migrants:
    """Return for each individual whether it was born where it was sampled (`MIGRANTS`).

    Groups of fewer than two typed individuals have no gametes to draw: their individuals, and all where there is one
    group, get no answer. Raises `MisuseError` for numbers that make no sense.

    >>> from tumen.population.diversity.genotypes import example
    >>> answer = first_generation_migrants(example([("1", "1"), ("1", "2")]), np.random.default_rng(1))
    >>> answer.table["reason"].to_list()
    ['assignment-one-group', 'assignment-one-group']
    """
    how = resampling or Resampling()
    if how.simulations < 1 or not 0 < how.level < 1 or not 0 < how.unseen < 1:
        raise MisuseError(
            "a simulation or more, and a level and a frequency between 0 and 1",
            Text("{simulations}, {level}, {unseen}", simulations=how.simulations, level=how.level, unseen=how.unseen),
            "Give 1000, 0.01 and 0.01.",
        )
    typed = data.of((data.side >= 0) & data.known.any(axis=1))
    sizes = np.bincount(typed.side, minlength=len(typed.sides)) if typed.individuals else np.zeros(0, dtype=np.int64)
    reasons = _reasons(data, typed, sizes)
    rows: list[dict[str, object]] = [
        {"individualID": name, "sampledGroup": group, "loci": int(known), "reason": reason}
        for name, group, known, reason in zip(
            data.individuals, data.groups, data.known.sum(axis=1), reasons, strict=True
        )
        if group is not None
    ]
    if len(typed.sides) > 1 and (sizes > 1).any():
        answers = _tested(typed, sizes, rng, how)
        rows = [row | answers.get(str(row["individualID"]), {}) for row in rows]
    table = pl.DataFrame(rows, schema=MIGRANTS)
    return Migrants(table, _said(table, sizes, typed, how))


def draw_sample(data: Genotypes, rng: np.random.Generator) -> Ints:
    """Return genotypes (n, L, 2) of as many animals per group, each from gametes of two animals of its group.

    >>> from tumen.population.diversity.genotypes import example
    >>> draw_sample(example([("1", "1"), ("2", "2")]), np.random.default_rng(1)).tolist()
    [[[0, 1]], [[0, 1]]]
    """
    drawn = np.zeros_like(data.alleles)
    for place in range(len(data.sides)):
        members = np.flatnonzero(data.side == place)
        count = len(members)
        mothers = rng.integers(0, count, count)
        # A parent other than the first, each with the same chance; the same one where there is no other.
        fathers = (mothers + rng.integers(1, max(count, 2), count)) % count
        for copy, parents in enumerate((mothers, fathers)):
            passed = rng.integers(0, 2, (count, len(data.loci)))
            chosen = data.alleles[members[parents]]
            drawn[members, :, copy] = np.take_along_axis(chosen, passed[:, :, None], axis=2)[:, :, 0]
        _fill(drawn, data.alleles[members], members, rng)
    return np.sort(drawn, axis=2)


def _fill(drawn: Ints, group: Ints, members: Ints, rng: np.random.Generator) -> None:
    """Draw from the group the alleles that parents lack; a locus that the whole group lacks stays unknown."""
    for locus in range(group.shape[1]):
        pool = group[:, locus].ravel()
        pool = pool[pool >= 0]
        part = drawn[members, locus]
        holes = part < 0
        if len(pool) and holes.any():
            part[holes] = rng.choice(pool, int(holes.sum()))
            drawn[members, locus] = part


def _reasons(data: Genotypes, typed: Genotypes, sizes: Ints) -> list[str | None]:
    """Return the code of why there is no answer, per individual."""
    small = {side for side, size in zip(typed.sides, sizes, strict=True) if size < 2}
    reasons: list[str | None] = []
    for group, known in zip(data.groups, data.known.sum(axis=1) > 0, strict=True):
        if not known:
            reasons.append("assignment-no-loci")
        elif len(typed.sides) < 2:
            reasons.append("assignment-one-group")
        else:
            reasons.append("assignment-group-alone" if group in small else None)
    return reasons


def _tested(typed: Genotypes, sizes: Ints, rng: np.random.Generator, how: Resampling) -> dict[str, dict[str, object]]:
    """Return the answers by individual."""
    unseen = how.unseen if how.criterion == "frequency" else None
    counts = Counts(group_copies(typed), typed.widths, typed.offsets)
    real = log_likelihoods(typed.alleles, typed.side, typed.known, counts, unseen).sum(axis=1)
    repeats = ceil(how.simulations / int(sizes[sizes > 1].min()))
    wanted = [ceil(max(how.simulations, size) / max(size, 1)) for size in sizes]
    drawn: list[list[Floats]] = [[] for _ in typed.sides]
    for repeat in range(repeats):
        alleles = draw_sample(typed, rng)
        # The drawn animal in the place of a real one lacks in the counts what the real one lacks.
        held = typed.known & (alleles[:, :, 0] >= 0)
        sample = Genotypes(
            typed.individuals, typed.loci, typed.groups, np.where(held[:, :, None], alleles, -1), typed.names
        )
        again = log_likelihoods(
            alleles, typed.side, held, Counts(group_copies(sample), typed.widths, typed.offsets), unseen
        )
        for side in range(len(sizes)):
            if repeat < wanted[side]:
                drawn[side].append(again[typed.side == side])
    answers: dict[str, dict[str, object]] = {}
    for side in np.flatnonzero(sizes > 1).tolist():
        pool = np.concatenate(drawn[side])
        members = np.flatnonzero(typed.side == side)
        patterns, pattern = np.unique(typed.known[members], axis=0, return_inverse=True)
        for number, mask in enumerate(patterns):
            null = np.sort(_statistic(pool[:, mask].sum(axis=1), side, how.statistic))
            critical = float(np.quantile(null, how.level, method="inverted_cdf"))
            for place in members[pattern.ravel() == number]:
                value = float(_statistic(real[[place]], side, how.statistic)[0])
                # Rounding must not make an equal value a higher one.
                low = int(np.searchsorted(null, value + 1e-9, side="right"))
                p = (1 + low) / (1 + len(null))
                answers[typed.individuals[place]] = {
                    "bestGroup": _best(real[place], typed),
                    "statistic": value,
                    "critical": critical,
                    "p": p,
                    "migrant": p < how.level,
                }
    return answers


def _statistic(total: Floats, side: int, statistic: Statistic) -> Floats:
    """Return the statistic from log likelihoods (n, G) of animals of one group."""
    home = total[:, side]
    return np.asarray(home if statistic == "home" else home - total.max(axis=1))


def _best(total: Floats, typed: Genotypes) -> str | None:
    """Return the group with the largest likelihood, None where groups tie."""
    ordered = np.sort(total)
    return None if ordered[-1] - ordered[-2] < 1e-9 else typed.sides[int(total.argmax())]


def _said(table: pl.DataFrame, sizes: Ints, typed: Genotypes, how: Resampling) -> pl.DataFrame:
    """Return findings: no answers, groups of one, and how many migrants chance alone would name."""
    about: dict[str, Any] = {"table": "genotypes", "column": "group"}
    if len(typed.sides) < 2:
        return findings.finding("assignment-one-group", **about, value=str(len(typed.sides)))
    said = [
        findings.finding("assignment-group-alone", **about, value=side)
        for side, size in zip(typed.sides, sizes, strict=True)
        if size < 2
    ]
    tested = table.filter(pl.col("p").is_not_null()).height
    named = int(table["migrant"].sum() or 0)
    if tested:
        said.append(
            findings.finding(
                "assignment-migrants-by-chance",
                **about,
                value=str(named),
                tested=tested,
                expected=round(how.level * tested, 1),
                level=how.level,
            )
        )
    return findings.join(said)
