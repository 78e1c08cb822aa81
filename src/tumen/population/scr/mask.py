"""Where may the centre of an animal's range lie?  The mask: square cells around the detectors.

Rules, where nothing else is wanted: the mask reaches 4 sigma beyond the detectors, rounded up to two digits (a
half-normal detection function then loses some thousandths of the detections; `buffer.suggest_buffer` computes it for
any other); cells are a third of sigma wide, rounded down to two digits, and up to half of sigma where there would be
too many.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from tumen.errors import MisuseError, Text
from tumen.population.scr.cells import pieces
from tumen.population.scr.survey import Floats, Mask
from tumen.tables.findings import finding, join, rows

Flags = NDArray[np.bool_]
Habitat: TypeAlias = BaseGeometry | Callable[[Floats], Flags]
"""Polygons in the plane, or a function that says of places (n, 2) which are habitat (see `habitat.where`)."""

BUFFER_SIGMAS = 4.0
FINEST, COARSEST = 3.0, 2.0
"""A cell is sigma / 3 wide, at most sigma / 2."""

_BAND = 1_000_000
_MOST = 50_000_000
"""Candidate cells that are looked at in one go, and at all."""


@dataclass(frozen=True)
class Wanted:
    """What a mask shall be. `spacing`, `buffer`: metres; None: by the rule.

    `area`: "centre": a cell whose centre is habitat counts with its whole area, others do not count (as secr does);
    "cut": a cell counts with the part of it that is habitat, also where its centre is none. `limit`: more cells than
    this are a finding, and widen the spacing up to half of sigma where it is chosen by rule.
    """

    spacing: float | None = None
    buffer: float | None = None
    area: Literal["centre", "cut"] = "centre"
    limit: int = 20_000


def mask(
    xy: Floats,
    names: Sequence[str] = (),
    *,
    sigma: float | None = None,
    habitat: Habitat | None = None,
    wanted: Wanted = Wanted(),
) -> tuple[Mask, pl.DataFrame]:
    """Return the mask of detectors at `xy` (K, 2) metres, and findings about it (`check`).

    Cells have their centre within the buffer of a detector. They are laid out around the middle of the detectors'
    extent, rows from south to north and in a row from west to east. `sigma`: metres, a start value
    (`start_sigma`). Raises `MisuseError` where spacing or buffer is neither given nor follows from sigma, for sizes
    that are not above 0, for more than 50 million candidate cells, and for "cut" with a habitat that is no polygon.

    >>> cells, found = mask(np.array([[0.0, 0.0], [1000.0, 0.0]]), sigma=600.0)
    >>> len(cells), cells.spacing, round(float(cells.area.sum()), 2), found.height
    (568, 200.0, 22.72, 0)
    """
    spacing, buffer = sizes(sigma, wanted, xy)
    if wanted.area == "cut" and habitat is not None and not isinstance(habitat, BaseGeometry):
        raise MisuseError(
            "a polygon as habitat for cells of their true area",
            "a rule for places",
            'Give polygons, or take the area rule "centre".',
        )
    placed = xy[np.isfinite(xy).all(axis=1)]
    centres = np.concatenate([np.zeros((0, 2)), *_near(placed, spacing, buffer)])
    area = np.full(len(centres), spacing**2 / 1e6)
    if isinstance(habitat, BaseGeometry):
        shapely.prepare(habitat)
        if wanted.area == "cut":
            area = pieces(centres, spacing, habitat) / 1e6
            kept = area > 0
        else:
            kept = shapely.intersects_xy(habitat, centres[:, 0], centres[:, 1])
        centres, area = centres[kept], area[kept]
    elif habitat is not None:
        kept = habitat(centres)
        centres, area = centres[kept], area[kept]
    made = Mask(np.ascontiguousarray(centres), area, spacing)
    return made, join([check(made, xy, names, sigma=sigma, buffer=buffer), _sizes_found(made, wanted.limit)])


def start_sigma(xy: Floats, animal: NDArray[np.int64], detector: NDArray[np.int64]) -> float | None:
    """Return a first guess of sigma in metres from the places (`xy`, (K, 2)) where animals were seen; None: no guess.

    `animal` and `detector`: one element a sighting. The root of the pooled variance of an animal's sightings around
    their mean, per axis (Calhoun & Casby 1958; RPSV with CC = TRUE in secr). It is below the true sigma where
    detectors end near the animals' ranges.

    >>> start_sigma(np.array([[0.0, 0.0], [0.0, 600.0]]), np.array([0, 0, 1]), np.array([0, 1, 1])).__round__(1)
    300.0
    """
    if not len(animal):
        return None
    places = xy[detector]
    _, who = np.unique(animal, return_inverse=True)
    seen = np.bincount(who)
    mean = np.column_stack([np.bincount(who, places[:, k]) / seen for k in range(2)])
    squares = float(((places - mean[who]) ** 2).sum())
    again = int((seen - 1).sum())
    return float(np.sqrt(squares / (2 * again))) if again and squares > 0 else None


def check(
    cells: Mask,
    xy: Floats,
    names: Sequence[str] = (),
    *,
    sigma: float | None = None,
    buffer: float | None = None,
) -> pl.DataFrame:
    """Return what is wrong with a mask for detectors at `xy` (K, 2); rows are those of the table of detectors.

    `names`: of the detectors (else their numbers). `buffer`: how far the mask was to reach; without one, a mask that
    was read is judged by how far it reaches beyond the detectors' extent in the direction where it reaches least.
    """
    reach = _reach(cells, xy) if buffer is None else buffer
    far = 4 * sigma if sigma is not None and buffer is None else reach
    found = [_detectors(cells, xy, names, far)]
    if not len(cells):
        found.append(finding("mask-empty", table="mask", value="0", buffer=_metres(reach)))
    if sigma is None:
        return join([*found, finding("mask-sigma-unknown", table="mask")])
    if len(cells):
        extent = float(np.hypot(*np.ptp(cells.xy, axis=0)) + cells.spacing)
        if extent < 2 * sigma:
            found.append(finding("mask-sigma-large", table="mask", value=_metres(sigma), extent=_metres(extent)))
    if reach < BUFFER_SIGMAS * sigma * (1 - 1e-9):
        asked = _metres(BUFFER_SIGMAS * sigma)
        found.append(finding("mask-buffer-short", table="mask", value=_metres(reach), asked=asked))
    if cells.spacing > sigma:
        found.append(finding("mask-spacing-large", table="mask", value=_metres(cells.spacing), asked=_metres(sigma)))
    elif cells.spacing > sigma / COARSEST * (1 + 1e-9):
        asked = _metres(sigma / COARSEST)
        found.append(finding("mask-spacing-coarse", table="mask", value=_metres(cells.spacing), asked=asked))
    return join(found)


def at_sea(xy: Floats, names: Sequence[str], land: BaseGeometry) -> pl.DataFrame:
    """Return a finding for each detector at `xy` (K, 2) outside the `land` (polygons in the plane).

    >>> at_sea(np.array([[5.0, 5.0], [5.0, -300.0]]), ["a", "b"], shapely.box(0, 0, 10, 10))["value"].to_list()
    ['b']
    """
    placed = np.flatnonzero(np.isfinite(xy).all(axis=1))
    wet = placed[~shapely.intersects_xy(land, xy[placed, 0], xy[placed, 1])]
    apart = shapely.distance(shapely.points(xy[wet]), land)
    return _rows("mask-detector-at-sea", wet, _named(names, len(xy)), np.asarray(apart, np.float64))


def sizes(sigma: float | None, wanted: Wanted, xy: Floats) -> tuple[float, float]:
    """Return spacing and buffer in metres: as wanted, else by the rule."""
    given = {"spacing": wanted.spacing, "buffer": wanted.buffer, "sigma": sigma}
    for name, value in given.items():
        if value is not None and not (np.isfinite(value) and value > 0):
            raise MisuseError(
                Text("{name} above 0 metres", name=name), Text("{value}", value=value), "Give a length in metres."
            )
    if sigma is None:
        if wanted.spacing is None or wanted.buffer is None:
            raise MisuseError(
                "spacing and buffer of the mask, or sigma from which they follow",
                "no sigma: no animal was seen at two detectors",
                "Give spacing and buffer from what is known of the species.",
            )
        return wanted.spacing, wanted.buffer
    buffer = wanted.buffer or _two_digits(BUFFER_SIGMAS * sigma, np.ceil)
    if wanted.spacing is not None:
        return wanted.spacing, buffer
    fine, coarse = (_two_digits(sigma / part, np.floor) for part in (FINEST, COARSEST))
    # The area within the buffer from rough cells, a tenth of the buffer wide.
    rough = buffer / 10
    cells = sum(len(band) for band in _near(xy[np.isfinite(xy).all(axis=1)], rough, buffer))
    fewest = float(np.sqrt(cells * rough**2 / wanted.limit))
    return (fine if fewest <= fine else min(_two_digits(fewest, np.ceil), coarse)), buffer


def _two_digits(value: float, rounded: Callable[[float], float]) -> float:
    unit = 10.0 ** (np.floor(np.log10(value)) - 1)
    # 4 times 250.0 must not become 1100 by a last bit.
    return float(rounded(round(value / unit, 9)) * unit)


def _near(xy: Floats, spacing: float, buffer: float) -> Iterator[Floats]:
    """Give the centres of all cells within the buffer, band by band from the south."""
    if not len(xy):
        return
    low, high = xy.min(axis=0), xy.max(axis=0)
    count = np.maximum(np.ceil((high - low + 2 * buffer) / spacing), 1)
    if count.prod() > _MOST:
        raise MisuseError(
            Text("a mask of at most {most} candidate cells", most=_MOST),
            Text("{count} in the rectangle around the detectors", count=f"{count.prod():.0f}"),
            "Give a larger spacing, or analyse distant parts as sessions of their own.",
        )
    x, y = ((low[k] + high[k]) / 2 + (np.arange(count[k]) - (count[k] - 1) / 2) * spacing for k in range(2))
    tree = cKDTree(xy)
    step = max(1, _BAND // len(x))
    for first in range(0, len(y), step):
        band = y[first : first + step]
        centres = np.column_stack((np.tile(x, len(band)), np.repeat(band, len(x))))
        # A detector's own buffer counts to its edge, whatever the last bit says.
        near = tree.query(centres, distance_upper_bound=buffer * (1 + 1e-9))[0]
        yield centres[np.isfinite(near)]


def _reach(cells: Mask, xy: Floats) -> float:
    """Return how far a mask reaches beyond the detectors' extent, where it reaches least; 0 for an empty one."""
    placed = xy[np.isfinite(xy).all(axis=1)]
    if not len(cells) or not len(placed):
        return 0.0
    half = cells.spacing / 2
    low, high = cells.xy.min(axis=0) - half, cells.xy.max(axis=0) + half
    return max(0.0, float(min((placed.min(axis=0) - low).min(), (high - placed.max(axis=0)).min())))


def _detectors(cells: Mask, xy: Floats, names: Sequence[str], buffer: float) -> pl.DataFrame:
    """Find detectors without a place, in no cell, and without any cell within the buffer."""
    named = _named(names, len(xy))
    known = np.isfinite(xy).all(axis=1)
    lost = _rows("mask-detector-unplaced", np.flatnonzero(~known), named)
    if not len(cells):
        return lost
    placed = np.flatnonzero(known)
    nearest, which = (np.asarray(each) for each in cKDTree(cells.xy).query(xy[placed]))
    apart = np.abs(xy[placed] - cells.xy[which]).max(axis=1) if len(placed) else np.zeros(0)
    outside = apart > cells.spacing / 2 * (1 + 1e-6)
    far = outside & (nearest > buffer)
    close = outside & ~far
    return join(
        [
            lost,
            _rows("mask-detector-far", placed[far], named, np.full(int(far.sum()), buffer), "buffer"),
            _rows("mask-detector-outside", placed[close], named, nearest[close]),
        ]
    )


def _sizes_found(cells: Mask, limit: int) -> pl.DataFrame:
    found = []
    if len(cells) > limit:
        found.append(finding("mask-cells-many", table="mask", value=str(len(cells)), limit=limit))
    slivers = int((cells.area < cells.spacing**2 / 1e8).sum())
    if slivers:
        found.append(finding("mask-sliver", table="mask", value=str(slivers)))
    return join(found)


def _rows(
    code: str, which: NDArray[np.int64], named: pl.Series, metres: Floats | None = None, argument: str = "distance"
) -> pl.DataFrame:
    frame = pl.DataFrame({"row": which + 2, "value": named.gather(which)})
    if metres is None:
        return rows(code, frame, table="detectors", column="name")
    frame = frame.with_columns(pl.Series(argument, [_metres(value) for value in metres], dtype=pl.String))
    return rows(code, frame, table="detectors", column="name", arguments=(argument,))


def _named(names: Sequence[str], count: int) -> pl.Series:
    return pl.Series("value", list(names) or [str(k + 1) for k in range(count)], dtype=pl.String)


def _metres(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.3g}"
