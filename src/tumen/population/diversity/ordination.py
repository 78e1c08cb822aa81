"""Which animals are alike?  Principal coordinates of genetic distance, and principal components of alleles.

Distance (Smouse & Peakall 1999, the one of GenAlEx): with x the copies (0, 1, 2) of each allele of a locus,
d2 = half the sum of (x_i - x_j)^2: AA to AA 0, AA to AB 1, AB to AC 1, AB to CD 2, AA to BC 3, AA to BB 4; summed over
loci. It is a squared distance. Loci that are not known of both are left out, and the sum over the others is raised in
proportion; such distances may be no distances in any space, and axes with negative eigenvalues show how much of them
is not. (GenAlEx fills missing distances with means of groups instead; its coordinates differ where data are missing.)

Principal coordinates (Gower 1966): eigenvectors of -1/2 J D2 J, J taking off the means, each times the root of its
eigenvalue. Principal components: of the frequencies of alleles in each animal (copies / 2), missing ones at the mean of
the locus, means taken off, not scaled, variances with 1/n: what adegenet's manual does before dudi.pca.

An axis may point either way; here its largest coordinate is positive.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.population.diversity.genotypes import Floats, Genotypes, Ints
from tumen.tables import findings

AXES: dict[str, pl.DataType | type[pl.DataType]] = {
    "axis": pl.Int64,
    "eigenvalue": pl.Float64,
    "share": pl.Float64,
}
"""One row per axis, largest eigenvalue first; `share` of the sum of the positive eigenvalues, null for the others."""


@dataclass(frozen=True, eq=False)
class Ordination:
    """Coordinates (`individualID`, `group`, `axis1`, ...), axes (`AXES`), and what to know about them."""

    coordinates: pl.DataFrame
    axes: pl.DataFrame
    findings: pl.DataFrame


def genetic_distance(data: Genotypes) -> Floats:
    """Return the squared distances (n, n) of Smouse & Peakall, nan for pairs that share no known locus.

    >>> from tumen.population.diversity.genotypes import example
    >>> genetic_distance(example([("1", "1"), ("1", "2"), ("2", "3"), ("2", "2")]))[0].tolist()
    [0.0, 1.0, 3.0, 4.0]
    """
    known = data.known.astype(float)
    spread = np.repeat(known, data.widths, axis=1)
    doses = data.doses
    squares = (doses**2) @ spread.T
    total = (squares + squares.T - 2 * doses @ doses.T) / 2
    shared = known @ known.T
    scaled = np.divide(total * len(data.loci), shared, out=np.full_like(total, np.nan), where=shared > 0)
    np.fill_diagonal(scaled, 0.0)
    return np.asarray(scaled)


def principal_coordinates(data: Genotypes, axes: int = 3) -> Ordination:
    """Return the principal coordinates of the genetic distance; all eigenvalues, also negative ones.

    Individuals of whom nothing is known, or who share no locus with another one, have no place and are left out, the
    one with the most such pairs first. Raises `MisuseError` for fewer than one axis.

    >>> from tumen.population.diversity.genotypes import example
    >>> answer = principal_coordinates(example([("1", "1"), ("1", "2"), ("2", "2")]), axes=1)
    >>> answer.coordinates["axis1"].round(6).to_list(), answer.axes["eigenvalue"].round(6).to_list()[0]
    ([1.0, 0.0, -1.0], 2.0)
    """
    _asked(axes)
    distance = genetic_distance(data)
    kept = _placed(distance, data)
    part = data.of(kept)
    said = _left_out(data, kept)
    squared = distance[np.ix_(kept, kept)]
    if len(kept) < 3 or not squared.any():
        return _nothing(part, said)
    centred = -0.5 * (squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean())
    values, vectors = np.linalg.eigh(centred)
    values, vectors = values[::-1], vectors[:, ::-1]
    values = np.where(np.abs(values) < 1e-9 * np.abs(values).max(), 0.0, values)
    negative = float(-values[values < 0].sum() / values[values > 0].sum())
    if negative > 0:
        said.append(
            findings.finding(
                "ordination-negative", table="genotypes", value=f"{100 * negative:.1f}", axes=int((values < 0).sum())
            )
        )
    coordinates = vectors * np.sqrt(np.maximum(values, 0.0))
    return _answer(part, coordinates, values, axes, said)


def principal_components(data: Genotypes, axes: int = 3) -> Ordination:
    """Return the principal components of the frequencies of alleles in individuals.

    Individuals of whom nothing is known are left out. Raises `MisuseError` for fewer than one axis.

    >>> from tumen.population.diversity.genotypes import example
    >>> answer = principal_components(example([("1", "1"), ("1", "2"), ("2", "2")]), axes=1)
    >>> answer.coordinates["axis1"].round(4).to_list()[0], answer.axes["eigenvalue"].round(4).to_list()[0]
    (0.7071, 0.3333)
    """
    _asked(axes)
    kept = np.flatnonzero(data.known.any(axis=1)).astype(np.int64)
    part = data.of(kept)
    said = _left_out(data, kept)
    known = np.repeat(part.known, part.widths, axis=1)
    number = np.maximum(known.sum(axis=0), 1)
    shares = part.doses / 2
    centred = np.where(known, shares - shares.sum(axis=0) / number, 0.0)
    if len(kept) < 3 or not np.abs(centred).max(initial=0.0) > 0:
        return _nothing(part, said)
    left, singular, _ = np.linalg.svd(centred, full_matrices=False)
    return _answer(part, left * singular, singular**2 / len(kept), axes, said)


def _asked(axes: int) -> None:
    """Refuse fewer than one axis."""
    if axes < 1:
        raise MisuseError("an axis or more", Text("{axes}", axes=axes), "Give 3.")


def _placed(distance: Floats, data: Genotypes) -> Ints:
    """Return the places of individuals all of whose distances are known, leaving out the worst first."""
    kept = np.flatnonzero(data.known.any(axis=1)).astype(np.int64)
    while len(kept):
        holes = np.isnan(distance[np.ix_(kept, kept)]).sum(axis=1)
        if not holes.any():
            break
        kept = np.delete(kept, int(holes.argmax()))
    return kept


def _left_out(data: Genotypes, kept: Ints) -> list[pl.DataFrame]:
    """Return findings about individuals without a place."""
    held = set(kept.tolist())
    return [
        findings.finding("ordination-left-out", table="genotypes", column="individualID", value=name)
        for place, name in enumerate(data.individuals)
        if place not in held
    ]


def _nothing(part: Genotypes, said: list[pl.DataFrame]) -> Ordination:
    """Return an answer without axes, and why."""
    reason = findings.finding("ordination-nothing", table="genotypes", value=str(len(part.individuals)))
    return Ordination(_named(part), pl.DataFrame(schema=AXES), findings.join([*said, reason]))


def _named(part: Genotypes) -> pl.DataFrame:
    """Return the individuals and their groups."""
    return pl.DataFrame(
        {"individualID": list(part.individuals), "group": list(part.groups)},
        schema={"individualID": pl.String, "group": pl.String},
    )


def _answer(part: Genotypes, coordinates: Floats, values: Floats, axes: int, said: list[pl.DataFrame]) -> Ordination:
    """Return the first axes that have a positive eigenvalue, and all eigenvalues."""
    wanted = coordinates[:, : min(axes, int((values > 1e-12).sum()))]
    extreme = wanted[np.abs(wanted).round(9).argmax(axis=0), np.arange(wanted.shape[1])]
    wanted = wanted * np.where(extreme < 0, -1.0, 1.0)
    positive = values[values > 0].sum()
    table = pl.DataFrame(
        {
            "axis": np.arange(1, len(values) + 1),
            "eigenvalue": values,
            "share": [float(value / positive) if value > 0 else None for value in values],
        },
        schema=AXES,
    )
    named = _named(part).with_columns(
        pl.Series(f"axis{place + 1}", wanted[:, place]) for place in range(wanted.shape[1])
    )
    return Ordination(named, table, findings.join(said))
