"""What an animal wears: stripes or rosettes that are its own, another set on each flank.

A coat is a flat picture of where the fur is dark. It is not a photograph's: the body gives it shape (`bodies`), the
camera its view (`photographs`). Stripes are smooth noise that oscillates along the body and hangs together across it,
cut at a level that changes over the body, so that they fork, taper, break and now and then are hollow. Rosettes are
broken rings on a jittered lattice, solid spots where the skin moves most. All animals of a species are drawn by the
same rule with the same numbers; only the random numbers differ, so nothing but the pattern tells them apart.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import fft, ndimage

from tumen.errors import MisuseError, nearest
from tumen.simulate.streams import stream

Image = npt.NDArray[np.floating[Any]]
"""Rows x columns, or rows x columns x 3: float32, as all pictures here until they are bytes."""

PATTERNS = {"Panthera tigris": "stripes", "Panthera pardus": "rosettes"}
"""Species with a coat of their own; all others are plain."""
FLANKS = ("left", "right")

PIXELS = 512
"""Pixels of a coat in one length of the trunk, rump to chest."""
WIDE, HIGH = 1.5, 1.0
"""Size of a coat in lengths of the trunk: trunk, neck and head above `LIMBS`, legs and tail below it."""
LIMBS = 0.6
REAR, MIDDLE = 0.6, 0.3
"""Where the middle of the trunk lies in the coat."""
HEAD = 1.15
"""From here forward the coat above `LIMBS` is the head's."""
LEGS = 0.62
"""Up to here the coat below `LIMBS` is the legs', beyond it the tail's."""


@dataclass(frozen=True)
class Coat:
    """The coat of one flank of one animal. `ink` is 0 (pale) to 1 (dark), read-only."""

    animal: str
    flank: str
    pattern: str
    ink: Image


@lru_cache(maxsize=32)
def coat(seed: int, animal: str, species: str, flank: str) -> Coat:
    """Return the coat of an animal's flank: the same for the same seed, name and flank, unlike every other.

    Raises `MisuseError` for a species without a pattern of its own and for a flank that is neither left nor right.

    >>> one = coat(1, "tiger-03", "Panthera tigris", "left")
    >>> one.ink.shape, bool(0.15 < one.ink.mean() < 0.5)
    ((512, 768), True)
    """
    if species not in PATTERNS:
        raise MisuseError("a species with a pattern", f"'{species}'", nearest(species, PATTERNS))
    if flank not in FLANKS:
        raise MisuseError("a flank", f"'{flank}'", nearest(flank, FLANKS))
    rng = stream(seed, f"coat/{animal}/{flank}")
    ink = _stripes(rng) if PATTERNS[species] == "stripes" else _rosettes(rng)
    ink.flags.writeable = False
    return Coat(animal, flank, PATTERNS[species], ink)


def waves(rng: np.random.Generator, shape: tuple[int, int], along: tuple[float, float], across: float) -> Image:
    """Return smooth noise of mean 0 and variance 1 that repeats at the edges.

    `along` is the wavelength in pixels along the rows and its relative spread, `across` the length in pixels over which
    it hangs together down the columns.
    """
    spectrum = fft.rfft2(rng.standard_normal(shape, dtype=np.float32))
    down = fft.fftfreq(shape[0]).astype(np.float32)[:, None]
    right = fft.rfftfreq(shape[1]).astype(np.float32)[None, :]
    centre = 1 / along[0]
    spectrum *= np.exp(-(((right - centre) / (along[1] * centre)) ** 2)) * np.exp(-((down * across) ** 2))
    found = fft.irfft2(spectrum, s=shape).astype(np.float32)
    even: Image = found / found.std()
    return even


def clouds(rng: np.random.Generator, shape: tuple[int, int], grain: float) -> Image:
    """Return smooth noise of mean 0 and variance 1 without direction; `grain` is its size in pixels."""
    small = (max(2, round(shape[0] / grain) + 1), max(2, round(shape[1] / grain) + 1))
    coarse = rng.standard_normal(small, dtype=np.float32)
    rows, columns = np.linspace(0, small[0] - 1, shape[0]), np.linspace(0, small[1] - 1, shape[1])
    found = _between(_between(coarse, rows).T, columns).T
    return np.ascontiguousarray((found - found.mean()) / found.std())


def _between(grid: Image, at: npt.NDArray[np.float64]) -> Image:
    """Return rows of a grid at fractions of them, by a curve without corners."""
    low = np.clip(at.astype(int), 0, len(grid) - 2)
    share = (at - low).astype(np.float32)[:, None]
    share = share * share * (3 - 2 * share)
    found: Image = grid[low] * (1 - share) + grid[low + 1] * share
    return found


def step(values: Image, width: float) -> Image:
    """Return 0 where values are below, 1 where above, and a slope of a width in between."""
    found: Image = np.clip(values / np.float32(width) + np.float32(0.5), 0, 1)
    return found


def _places() -> tuple[Image, Image]:
    """Return the place of every pixel of a coat: lengths of the trunk from the rear, and from the back."""
    y, x = np.mgrid[0 : round(HIGH * PIXELS), 0 : round(WIDE * PIXELS)].astype(np.float32) / PIXELS
    return x, y


REGIONS = ("trunk", "head", "legs", "tail")


def regions() -> npt.NDArray[np.int8]:
    """Return the region of each pixel of a coat, as a number in `REGIONS`.

    >>> [int((regions() == number).sum()) > 0 for number in range(4)]
    [True, True, True, True]
    """
    x, y = _places()
    lower = np.where(x < LEGS, 2, 3)
    found: npt.NDArray[np.int8] = np.where(y > LIMBS, lower, np.where(x > HEAD, 1, 0)).astype(np.int8)
    return found


def _stripes(rng: np.random.Generator) -> Image:
    x, y = _places()
    shape = (x.shape[0], x.shape[1])
    trunk = waves(rng, shape, (0.085 * PIXELS, 0.42), 0.22 * PIXELS)
    fine = waves(rng, shape, (0.05 * PIXELS, 0.45), 0.09 * PIXELS)
    legs = waves(rng, (shape[1], shape[0]), (0.06 * PIXELS, 0.4), 0.12 * PIXELS).T
    hollow, level = clouds(rng, shape, 0.12 * PIXELS), clouds(rng, shape, 0.2 * PIXELS)
    slant_x, slant_y = clouds(rng, shape, 0.16 * PIXELS), clouds(rng, shape, 0.16 * PIXELS)
    field = np.choose(regions(), [trunk, fine, legs, trunk])
    # Shoulders carry few stripes, the belly thin ones.
    bare = 0.45 * np.exp(-(((x - 0.93) / 0.12) ** 2)) + 6 * np.maximum(0, y - MIDDLE - 0.06)
    bare *= y < LIMBS
    cut = 0.55 + bare + 0.22 * level
    dark = step(field - cut, 0.3)
    dark *= 1 - 0.85 * step(field - cut - 0.95, 0.3) * step(hollow - 0.1, 0.4)
    at = np.stack([y * PIXELS + 0.02 * PIXELS * slant_y, x * PIXELS + 0.022 * PIXELS * slant_x])
    warped: Image = ndimage.map_coordinates(dark, at, order=1, mode="nearest")
    return warped


def _rosettes(rng: np.random.Generator) -> Image:
    ink = np.zeros((round(HIGH * PIXELS), round(WIDE * PIXELS)), np.float32)
    for x, y in _lattice(rng, 0.09, (0.1, 0.0, 0.98, 0.56)):
        _stamp(ink, x, y, rng, ring=True)
    for box in ((0.98, 0.0, WIDE, 0.58), (0.0, 0.6, WIDE, HIGH), (0.0, 0.0, 0.1, 0.56)):
        for x, y in _lattice(rng, 0.05, box):
            _stamp(ink, x, y, rng, ring=False)
    return ink


def _lattice(rng: np.random.Generator, gap: float, box: tuple[float, float, float, float]) -> npt.NDArray[np.float64]:
    """Return places of a lattice of triangles in a box, each moved by up to a quarter of their distance."""
    west, north, east, south = box
    rows = []
    for number, y in enumerate(np.arange(north + gap / 2, south, gap * 0.87)):
        x = np.arange(west + gap * (0.25 + 0.5 * (number % 2)), east, gap)
        rows.append(np.column_stack([x, np.full(len(x), y)]))
    places: npt.NDArray[np.float64] = np.concatenate(rows)
    return places + rng.uniform(-0.25, 0.25, places.shape) * gap


def _stamp(ink: Image, x: float, y: float, rng: np.random.Generator, *, ring: bool) -> None:
    """Draw one rosette or spot of irregular outline into the coat."""
    draws = rng.random(8)
    radius = (0.031 if ring else 0.013) * (0.8 + 0.45 * draws[0]) * PIXELS
    reach = int(radius * 1.9) + 2
    column, row = round(x * PIXELS), round(y * PIXELS)
    top, left = max(0, row - reach), max(0, column - reach)
    part = ink[top : row + reach + 1, left : column + reach + 1]
    if not part.size:
        return
    down = (np.arange(top, top + part.shape[0], dtype=np.float32) - np.float32(y * PIXELS))[:, None]
    right = (np.arange(left, left + part.shape[1], dtype=np.float32) - np.float32(x * PIXELS))[None, :]
    angle, far = np.arctan2(down, right), np.hypot(down, right)
    turn = 2 * np.pi * draws[1:4]
    outline = radius * (
        1 + 0.24 * draws[4] * np.cos(2 * angle + turn[0]) + 0.2 * draws[5] * np.cos(3 * angle + turn[1])
    )
    if ring:
        # Two to four dark marks around a paler middle.
        notch = np.cos((2 + int(3 * draws[6])) * angle + turn[2] + 0.9 * np.sin(angle + turn[0]))
        gaps = step(notch + np.float32(0.3 + 0.8 * draws[7]), 0.5)
        drawn: Image = step(0.3 * radius - np.abs(far - outline), 2.5) * gaps
    else:
        drawn = step(outline - far, 2.5)
    np.maximum(part, drawn, out=part)
