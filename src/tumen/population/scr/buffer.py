"""How far must the mask reach?  What a buffer that is too short does to density.

Animals beyond the buffer are detected too, a little. A fit that holds that nobody lives there counts them among those
within: with detection parameters as given, density is too high by the share

    bias = a(beyond) / a(within),    a = integral of p.(x) = 1 - exp(-sum_k U_k h(d(x, k))) over x,

where U is the effort of detector k and h the hazard of one unit of it at distance d (Efford 2025, secr: `bias.D`, which
is the same ratio for density that is equal everywhere). The distance that counts for the buffer is that to the nearest
detector.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

from tumen.errors import MisuseError, Text
from tumen.population.scr.mask import FINEST, Wanted, mask
from tumen.population.scr.survey import Floats, Mask
from tumen.tables.findings import empty, finding

Hazard = Callable[[Floats], Floats]
"""Hazard of one unit of effort as a function of distance in metres; for a probability g it is -log(1 - g)."""

WIDEST = 12.0
"""Sigmas up to which cells are summed; beyond them detectors are seen as one."""
_TAIL_DECADES = 6
_ENDLESS = 0.99
_CHUNK = 4_000_000


@dataclass(frozen=True)
class Suggestion:
    """The shortest buffer (m) that keeps the bias of density below the wanted one, and the table it comes from."""

    buffer: float
    table: pl.DataFrame
    findings: pl.DataFrame


def suggest_buffer(
    xy: Floats, effort: Floats, hazard: Hazard, *, sigma: float, bias: float = 0.001, cells: Mask | None = None
) -> Suggestion:
    """Return a buffer whose bias of density is at most `bias`, in steps of a half sigma up to 12.

    `xy`: (K, 2) metres. `effort`: (K,) sum of the usage over occasions. `cells`: a wide mask of habitat where animals
    live only there. The table is that of `buffer_bias`. Where no such buffer is short enough, the longest is returned
    with the finding `mask-buffer-short`, or `mask-buffer-unbounded` where the tail has no end.

    >>> def hazard(d):
    ...     return 0.2 * np.exp(-((d / 500.0) ** 2) / 2)
    >>> found = suggest_buffer(np.zeros((1, 2)), np.array([10.0]), hazard, sigma=500.0)
    >>> found.buffer, found.findings.height
    (2000.0, 0)
    """
    if not 0 < bias < 1:
        raise MisuseError("a bias between 0 and 1", Text("{bias}", bias=bias), "Give a share such as 0.001.")
    steps = np.arange(1, 2 * WIDEST + 1) / 2 * sigma
    table = buffer_bias(xy, effort, hazard, steps, sigma=sigma, cells=cells)
    fine = table.filter(pl.col("densityBias") <= bias)
    if fine.height:
        return Suggestion(float(fine["buffer"][0]), table, empty())
    last = float(steps[-1])
    if not np.isfinite(table["densityBias"][-1]):
        return Suggestion(last, table, finding("mask-buffer-unbounded", table="mask"))
    return Suggestion(
        last, table, finding("mask-buffer-short", table="mask", value=f"{last:.0f}", asked=f"> {last:.0f}")
    )


def buffer_bias(
    xy: Floats,
    effort: Floats,
    hazard: Hazard,
    buffers: Sequence[float] | Floats,
    *,
    sigma: float,
    cells: Mask | None = None,
) -> pl.DataFrame:
    """Return for each buffer (m, rising) what it holds: `buffer`, `effectiveArea`, `lost`, `densityBias`.

    `effectiveArea`: the integral of p. within (km2); `lost`: the share of detected animals that live beyond;
    `densityBias`: by which share density is too high; infinite where detections from beyond have no limit. Summed over
    cells sigma / 3 wide up to 12 sigma (or the longest buffer); beyond that the detectors are taken as one in their
    middle. With `cells` animals live in these only, and nothing is added beyond.
    """
    order = np.asarray(buffers, np.float64)
    if not len(order) or (np.diff(order) <= 0).any() or order[0] <= 0:
        raise MisuseError("buffers above 0 that rise", str(order.tolist()), "Sort them, each once.")
    if cells is None:
        widest = max(float(order[-1]), WIDEST * sigma)
        wide, _ = mask(xy, sigma=sigma, wanted=Wanted(sigma / FINEST, widest))
        beyond = _tail(xy, effort, hazard, widest)
    else:
        wide, beyond = cells, 0.0
    seen = detected(xy, effort, hazard, wide.xy) * wide.area
    apart = np.asarray(cKDTree(xy).query(wide.xy)[0])
    rank = np.argsort(apart, kind="stable")
    running = np.concatenate([[0.0], np.cumsum(seen[rank])])
    within = running[np.searchsorted(apart[rank], order * (1 + 1e-9), side="right")]
    total = running[-1] + beyond
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = np.where(np.isfinite(total), 1 - within / total, 1.0)
        bias = np.where(within > 0, (total - within) / within, np.inf)
    return pl.DataFrame({"buffer": order, "effectiveArea": within, "lost": lost, "densityBias": bias})


def detected(xy: Floats, effort: Floats, hazard: Hazard, places: Floats) -> Floats:
    """Return the probability (M,) that an animal with its centre at each place (M, 2) is seen at least once."""
    seen = np.empty(len(places))
    step = max(1, _CHUNK // max(len(xy), 1))
    for first in range(0, len(places), step):
        part = slice(first, first + step)
        seen[part] = -np.expm1(-(hazard(cdist(places[part], xy)) @ effort))
    return seen


def buffer_table(fit: Callable[[float], tuple[float, float] | None], buffers: Sequence[float] | Floats) -> pl.DataFrame:
    """Return N and density by buffer: `buffer`, `abundance`, `density`, `change` (of density from the longest buffer).

    `fit` takes a buffer in metres and returns abundance and density per km2, or None where it did not converge; such
    rows are null. Density that still changes with the buffer says that the mask is too small; abundance grows with any
    mask, for it holds more ground.

    >>> buffer_table(lambda buffer: (buffer / 100, 2.0 if buffer > 1000 else 2.5), [1000, 2000]).rows()
    [(1000.0, 10.0, 2.5, 0.25), (2000.0, 20.0, 2.0, 0.0)]
    """
    lengths = [float(buffer) for buffer in buffers]
    fits = [fit(buffer) for buffer in lengths]
    table = pl.DataFrame(
        {
            "buffer": lengths,
            "abundance": [None if each is None else each[0] for each in fits],
            "density": [None if each is None else each[1] for each in fits],
        },
        schema={"buffer": pl.Float64, "abundance": pl.Float64, "density": pl.Float64},
    )
    last = table.sort("buffer")["density"][-1] if lengths else None
    return table.with_columns((pl.col("density") / pl.lit(last, dtype=pl.Float64) - 1).alias("change"))


def _tail(xy: Floats, effort: Floats, hazard: Hazard, widest: float) -> float:
    """Return the integral of p. (km2) beyond `widest` metres around the detectors; inf where it has no limit."""
    half = np.ptp(xy, axis=0) / 2
    # The area within a distance r of a rectangle grows by its outline: 2 pi r + 4 (half width + half height).
    radius = np.geomspace(widest, widest * 10.0**_TAIL_DECADES, 400 * _TAIL_DECADES + 1)
    middle = float(np.hypot(*half)) / 2
    seen = -np.expm1(-effort.sum() * hazard(radius + middle))
    outline = 2 * np.pi * radius + 4 * half.sum()
    value = seen * outline * radius  # per unit of log radius
    parts = (value[1:] + value[:-1]) / 2 * np.diff(np.log(radius))
    decades: NDArray[np.float64] = parts.reshape(_TAIL_DECADES, -1).sum(axis=1)
    # A tail that falls like a power falls by the same factor each decade: the rest is a geometric series.
    factor = float(decades[-1] / decades[-2]) if decades[-2] > 0 else 0.0
    if factor > _ENDLESS:
        return np.inf
    return float(decades.sum() + decades[-1] * factor / (1 - factor)) / 1e6
