"""Can this panel of loci tell siblings from unrelated animals?  Relatedness of simulated pairs of known kin.

Pairs of unrelated animals, half siblings, full siblings, and parent and offspring are drawn from the frequencies of the
panel, and their relatedness is estimated as that of real pairs with known frequencies. The spread of the estimates, and
the share of pairs on the wrong side of the middle between two kinds, say what the panel can tell. Real pairs, with
genotypes that have holes and errors, do worse.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.population.diversity.dyads import KIN
from tumen.population.diversity.genotypes import MISSING, Floats, Genotypes, Ints
from tumen.population.diversity.groups import shares
from tumen.population.diversity.relatedness import expected_classes, power_sums, solve
from tumen.tables import findings

SPREAD: dict[str, pl.DataType | type[pl.DataType]] = {
    "estimator": pl.String,
    "kin": pl.String,
    "expected": pl.Float64,
    "pairs": pl.Int64,
    "mean": pl.Float64,
    "deviation": pl.Float64,
    "takenForUnrelated": pl.Float64,
    "unrelatedTakenForKin": pl.Float64,
}
"""One row per estimator and kin: mean and sd of the estimates of `pairs` simulated pairs that have one.

`takenForUnrelated` is the share of them below the middle between their own expected relatedness and 0,
`unrelatedTakenForKin` that of unrelated pairs above it; both null for unrelated pairs.
"""

BOUND = 0.05
"""The share of pairs on the wrong side above which a panel is said not to tell two kinds apart. A choice."""


@dataclass(frozen=True, eq=False)
class Panel:
    """What a panel can tell (`SPREAD`), and the finding where it cannot."""

    table: pl.DataFrame
    findings: pl.DataFrame


def relatedness_panel(data: Genotypes, rng: np.random.Generator, *, pairs: int = 1000) -> Panel:
    """Return the spread of estimates of simulated pairs (`SPREAD`) with the frequencies of all individuals.

    >>> from tumen.population.diversity.genotypes import example
    >>> weak = relatedness_panel(example([("1", "2"), ("1", "2")]), np.random.default_rng(1), pairs=100)
    >>> weak.findings["code"].unique().to_list()
    ['relatedness-panel-weak']
    """
    if pairs < 2:
        raise MisuseError("two pairs or more", Text("{pairs}", pairs=pairs), "Give 1000.")
    p = shares(data)
    spans = [
        p[a:b]
        for a, b in zip(data.offsets[:-1], data.offsets[1:], strict=True)
        if b - a > 1 and np.isfinite(p[a:b]).all()
    ]
    estimates = {kin: _estimates(spans, sharing, pairs, rng) for kin, sharing in KIN.items()}
    rows: list[dict[str, object]] = []
    for estimator in ("quellerGoodnight", "wang"):
        unrelated = estimates["unrelated"][estimator]
        for kin, (_, one, two) in KIN.items():
            expected = one / 2 + two
            found = estimates[kin][estimator]
            row: dict[str, object] = {"estimator": estimator, "kin": kin, "expected": expected, "pairs": len(found)}
            if len(found) > 1:
                row |= {"mean": float(found.mean()), "deviation": float(found.std(ddof=1))}
            if expected and len(found) and len(unrelated):
                row["takenForUnrelated"] = float((found < expected / 2).mean())
                row["unrelatedTakenForKin"] = float((unrelated > expected / 2).mean())
            rows.append(row)
    table = pl.DataFrame(rows, schema=SPREAD)
    return Panel(table, _said(table, len(spans)))


def draw_pairs(
    frequencies: list[Floats], sharing: tuple[float, float, float], pairs: int, rng: np.random.Generator
) -> Ints:
    """Return alleles (pairs, 2 animals, L, 2), sorted, of pairs that share no, one and two alleles with these chances.

    >>> draw_pairs([np.array([0.5, 0.5])], (0.0, 0.0, 1.0), 1, np.random.default_rng(3))[0, :, 0].tolist()
    [[0, 0], [0, 0]]
    """
    drawn = np.full((pairs, 2, len(frequencies), 2), MISSING, dtype=np.int64)
    for place, p in enumerate(frequencies):
        genes = rng.choice(len(p), size=(pairs, 4), p=p / p.sum())
        shared = rng.choice(3, size=pairs, p=sharing)
        drawn[:, 0, place] = genes[:, :2]
        drawn[:, 1, place, 0] = np.where(shared >= 1, genes[:, 0], genes[:, 2])
        drawn[:, 1, place, 1] = np.where(shared == 2, genes[:, 1], genes[:, 3])
    return np.sort(drawn, axis=3)


def _estimates(
    spans: list[Floats], sharing: tuple[float, float, float], pairs: int, rng: np.random.Generator
) -> dict[str, Floats]:
    """Return the estimates of simulated pairs by both estimators, those that have one."""
    alleles = draw_pairs(spans, sharing, pairs, rng)
    over, under = np.zeros((2, pairs)), np.zeros((2, pairs))
    sums, weights = np.zeros((9, pairs)), 0.0
    for place, p in enumerate(spans):
        x, y = alleles[:, 0, place], alleles[:, 1, place]
        alike = (x[:, :, None] == y[:, None, :]).sum(axis=(1, 2))
        for side, own in enumerate((x, y)):
            expected = p[own].sum(axis=1)
            over[side] += alike / 2 - expected
            under[side] += 1 + (own[:, 0] == own[:, 1]) - expected
        moments = power_sums(p)
        weight = 1 / (2 * moments[0] - moments[1])
        number = (x[:, 0] == x[:, 1]).astype(int) + (y[:, 0] == y[:, 1])
        same = (x == y).all(axis=1)
        classes = (same, ~same & (number == 1) & (alike == 2), ~same & (number == 0) & (alike == 1))
        values = (*expected_classes(moments, int((p > 0).sum())), *classes)
        sums += weight * np.stack([np.broadcast_to(value, pairs) for value in values])
        weights += weight
    with np.errstate(invalid="ignore", divide="ignore"):
        queller = np.where(np.abs(under) > 1e-9, over / under, np.nan).mean(axis=0)
        wangs = solve(sums / weights)
    return {"quellerGoodnight": queller[np.isfinite(queller)], "wang": wangs[np.isfinite(wangs)]}


def _said(table: pl.DataFrame, loci: int) -> pl.DataFrame:
    """Return one finding for each kin that an estimator cannot tell from unrelated pairs."""
    worst = pl.max_horizontal("takenForUnrelated", "unrelatedTakenForKin")
    siblings = table.with_columns(worst=worst).filter(pl.col("kin").is_in(["half siblings", "full siblings"]))
    weak = siblings.filter(pl.col("worst").is_null() | (pl.col("worst") > BOUND))
    return findings.join(
        findings.finding(
            "relatedness-panel-weak",
            table="genotypes",
            value=str(row["kin"]),
            estimator=str(row["estimator"]),
            loci=loci,
            deviation="?" if row["deviation"] is None else f"{row['deviation']:.2f}",
            percent="?" if row["worst"] is None else f"{100 * row['worst']:.0f}",
        )
        for row in weak.iter_rows(named=True)
    )
