"""What stands behind the animal: the forest before one camera, always the same.

Every picture of a station has the same trees, stones and grass, whoever walks by. So a method that matches backgrounds
finds stations, not animals.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tumen.simulate.coats import Image, clouds, step, waves
from tumen.simulate.streams import stream

Bytes = npt.NDArray[np.uint8]
Truths = npt.NDArray[np.bool_]

SHAPE = 0.75
"""Height of a picture, as a share of its width."""


@lru_cache(maxsize=8)
def backdrop(seed: int, station: str, width: int = 1024) -> Bytes:
    """Return the scene of a station without animals (rows x width x 3), read-only: the same whenever it is asked for.

    >>> scene = backdrop(1, "N07", 160)
    >>> scene.shape, scene.dtype
    ((120, 160, 3), dtype('uint8'))
    """
    rng = stream(seed, f"backdrop/{station}")
    shape = (round(width * SHAPE), width)
    horizon = float(rng.uniform(0.34, 0.5)) * shape[0]
    rows = np.arange(shape[0], dtype=np.float32)[:, None]
    texture = 0.4 * clouds(rng, shape, width / 6) + 0.5 * clouds(rng, shape, width / 30)
    texture += 0.45 * clouds(rng, shape, width / 110) + 0.35 * clouds(rng, shape, width / 300)
    leaves = step(clouds(rng, shape, width / 130) - 0.9, 0.5) - step(clouds(rng, shape, width / 170) - 1.0, 0.5)
    ground = np.clip((rows - horizon) / 8, 0, 1)
    tone = (0.32 + 0.07 * texture) * (1 - ground) + (0.38 + 0.06 * texture + 0.105 * leaves) * ground
    green = np.array([0.85, 1.0, 0.62], np.float32)
    brown = np.array([1.05, 0.93, 0.72], np.float32)
    mix = np.clip(ground * 0.75 + 0.15 * texture, 0, 1)[:, :, None]
    scene = tone[:, :, None] * (green * (1 - mix) + brown * mix)
    _trees(scene, horizon, rng)
    for number, size in ((round(260 * rng.uniform(0.6, 1.4)), 0.06), (60, 0.11)):
        cover, light = grass(rng, shape, number, (horizon / shape[0], 1.05), size)
        scene[cover] = light[cover][:, None] * np.array([0.8, 0.95, 0.5], np.float32)
    found: Bytes = (255 * np.clip(scene, 0.02, 0.98)).astype(np.uint8)
    found.flags.writeable = False
    return found


def _trees(scene: Image, horizon: float, rng: np.random.Generator) -> None:
    """Draw trunks, the farthest first; a thick one is near and stands low in the picture."""
    high, wide = scene.shape[:2]
    for thick in np.sort(rng.uniform(0.006, 0.06, int(rng.integers(7, 15)))):
        across = max(2, round(thick * wide))
        left = int(rng.uniform(-0.3 * across, wide - 0.7 * across))
        foot = min(high, round(horizon + (high - horizon) * thick / 0.075))
        scene[:foot, max(0, left) : left + across] = bark(rng, (foot, across))[:, max(0, -left) :][:, : wide - left]


def bark(rng: np.random.Generator, shape: tuple[int, int]) -> Image:
    """Return the face of a trunk (rows x columns x 3), lit from the front."""
    padded = (shape[0], max(16, shape[1]))
    streaks = waves(rng, padded, (7.0, 0.8), 26.0)[:, : shape[1]]
    marks = clouds(rng, shape, 12.0)
    across = np.linspace(-1, 1, shape[1], dtype=np.float32)
    tone = float(rng.uniform(0.2, 0.42)) * (1.1 - 0.5 * across**2) * (1 + 0.2 * streaks + 0.15 * marks)
    face: Image = tone[:, :, None] * np.array([1.02, 0.97, 0.9], np.float32)
    return face


def grass(
    rng: np.random.Generator, shape: tuple[int, int], count: int, band: tuple[float, float], size: float
) -> tuple[Truths, Image]:
    """Return where blades of grass are, and how light they are.

    Blades grow from rows between the shares `band` of the height and are about `size` of the width long.
    """
    cover, light = np.zeros(shape, np.bool_), np.zeros(shape, np.float32)
    if not count:
        return cover, light
    high, wide = shape
    length = size * wide * rng.uniform(0.5, 1.6, count)
    steps = int(length.max()) + 2
    share = np.linspace(0, 1, steps)[None, :]
    lean = rng.normal(0, 0.5, count)[:, None]
    x = rng.uniform(0, wide, count)[:, None] + length[:, None] * lean * share**2
    y = rng.uniform(band[0] * high, band[1] * high, count)[:, None] - length[:, None] * share
    tone = np.broadcast_to(rng.uniform(0.26, 0.68, count)[:, None] * (0.6 + 0.4 * share), x.shape)
    thick = size * wide / 40
    for offset in range(max(1, round(thick))):
        column, row = (x + offset * (1 - share)).astype(int), y.astype(int)
        seen = (column >= 0) & (column < wide) & (row >= 0) & (row < high)
        cover[row[seen], column[seen]] = True
        light[row[seen], column[seen]] = tone[seen]
    return cover, light
