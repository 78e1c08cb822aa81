"""Where do they live?  The density of activity centres over the mask, and each animal's share of time on each side."""

import numpy as np
import polars as pl

from tumen.population.scr.abundance import PER
from tumen.population.scr.fit import Fit
from tumen.population.scr.predict import (
    centres,
    class_probabilities,
    inverse_link,
    link_row,
    occupied,
)
from tumen.population.scr.survey import Floats

SURFACE: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "x": pl.Float64,
    "y": pl.Float64,
    "areaKm2": pl.Float64,
    "expected": pl.Float64,
    "realised": pl.Float64,
}
"""One row per cell: middle in the plane (m), and densities per 100 km2. `expected` is that of the model; `realised`
also knows where the animals that were seen probably live."""

SHARES: dict[str, pl.DataType | type[pl.DataType]] = {
    "session": pl.String,
    "individualID": pl.String,
    "sex": pl.String,
    "detections": pl.Int64,
    "region": pl.String,
    "share": pl.Float64,
    "timeShare": pl.Float64,
}
"""One row per animal and region: the chance that its centre lies there, and the share of its time expected there."""

_CHUNK = 4_000_000
_LATTICE = 10
"""A mask counts as a lattice where it fills at least one in so many places of it."""


def surface(fit: Fit, session: int = 0) -> pl.DataFrame:
    """Return the density surfaces of a session (`SURFACE`)."""
    mask = fit.design.parts[session].session.mask
    expected, realised = occupied(fit, session) / mask.area
    return pl.DataFrame(
        {
            "session": [fit.sessions[session].name] * len(mask),
            "x": mask.xy[:, 0],
            "y": mask.xy[:, 1],
            "areaKm2": mask.area,
            "expected": expected * PER,
            "realised": realised * PER,
        },
        schema=SURFACE,
    )


def time_by_region(xy: Floats, shares: Floats, sigma: float) -> Floats:
    """Return (M, R) the share of time that an animal with its centre in each cell spends in each region.

    It uses the ground around its centre with a normal density of standard deviation sigma, on the cells of the mask
    only. `shares`: (M, R) of each cell in each region.

    >>> time_by_region(np.array([[0.0, 0.0], [1e6, 0.0]]), np.eye(2), 1000.0).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    lines = [np.unique(np.round(xy[:, axis], 3), return_inverse=True) for axis in (0, 1)]
    size = [len(values) for values, _ in lines]
    if size[0] * size[1] > _LATTICE * len(xy) + 1000:
        return _time_of_scattered(xy, shares, sigma)
    # On a lattice the normal density is a product of one along each axis: two small products instead of a large one.
    ground = np.zeros((size[0], size[1], shares.shape[1] + 1))
    across, along = lines[0][1].ravel(), lines[1][1].ravel()
    ground[across, along, :-1], ground[across, along, -1] = shares, 1.0
    kernels = [np.exp(-((values[:, None] - values) ** 2) / (2 * sigma * sigma)) for values, _ in lines]
    spread = np.einsum("ab,bcr->acr", kernels[0], ground)
    used = np.einsum("cd,adr->acr", kernels[1], spread)[across, along]
    return np.asarray(used[:, :-1] / used[:, -1:])


def _time_of_scattered(xy: Floats, shares: Floats, sigma: float) -> Floats:
    count = len(xy)
    found = np.empty((count, shares.shape[1]))
    step = max(1, _CHUNK // max(count, 1))
    for first in range(0, count, step):
        gap = xy[first : first + step, None, :] - xy[None, :, :]
        use = np.exp(-(gap[..., 0] ** 2 + gap[..., 1] ** 2) / (2 * sigma * sigma))
        found[first : first + step] = use @ shares / use.sum(axis=1)[:, None]
    return found


def shares(fit: Fit, regions: pl.DataFrame, session: int = 0) -> pl.DataFrame:
    """Return where each seen animal lives and spends its time, by country (`SHARES`)."""
    part = fit.design.parts[session].session
    names = regions.filter(pl.col("kind") == "country")["region"].unique(maintain_order=True).to_list()
    inside = np.zeros((len(part.mask), len(names)))
    for number, name in enumerate(names):
        here = regions.filter(pl.col("kind") == "country", pl.col("region") == name)
        inside[here["cell"].to_numpy(), number] = here["share"].to_numpy()
    living = centres(fit, session)
    classes = class_probabilities(fit, session)
    time = np.zeros((len(part.animals), len(names)))
    for number, sigma in enumerate(sigmas(fit, session)):
        time += classes[:, number : number + 1] * (living @ time_by_region(part.mask.xy, inside, sigma))
    where = living @ inside
    counts = np.bincount(part.captures.animal, weights=part.captures.count, minlength=len(part.animals))
    sexes = part.covariates.get("sex", np.full(len(part.animals), None, dtype=object))
    rows = [
        (part.name, animal, sexes[i], int(counts[i]), name, float(where[i, r]), float(time[i, r]))
        for i, animal in enumerate(part.animals)
        for r, name in enumerate(names)
    ]
    return pl.DataFrame(rows, schema=SHARES, orient="row")


def sigmas(fit: Fit, session: int = 0) -> list[float]:
    """Return sigma of each class (m) in a session, at the reference levels of everything else."""
    part = fit.sessions[session]
    own: dict[str, float | str] = {"session": part.name, **part.values}
    if fit.model.hybrid is not None:
        classes: list[dict[str, float | str]] = [{fit.model.hybrid: label} for label in fit.design.labels]
    elif fit.model.classes == 2:
        classes = [{"h2": 0.0}, {"h2": 1.0}]
    else:
        classes = [{}]
    return [float(inverse_link("sigma", link_row(fit, "sigma", own | levels) @ fit.beta)) for levels in classes]
