"""What shape is an animal?  A body of a trunk and limbs, how it stands, and how it looks from where the camera is.

Lengths are in trunks (rump to chest = 1). The body lies in a plane, x towards the head, y downwards, z towards the
camera; its trunk bulges out of the plane and bends, so that a view from the side is no mere stretching. The skin slides
over the trunk. All of it is drawn anew for every picture, and nothing of it belongs to the individual.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tumen.simulate.coats import HEAD, LIMBS, MIDDLE, REAR, Image

Floats = npt.NDArray[np.float64]
Point = tuple[float, float]
Colour = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Build:
    """How a species is built. `size` is the length of its trunk compared with a tiger's; colours are shares of light.

    `fur` is the back's, `pale` the underside's, `dark` the pattern's.
    """

    size: float
    depth: float
    leg: float
    limb: float
    head: float
    reach: Point
    tail: float
    fur: Colour
    pale: Colour
    dark: Colour = (0.06, 0.05, 0.045)

    @property
    def foot(self) -> float:
        """How far below the middle of the trunk the ground is, in trunks."""
        return self.leg + 0.08 if self.reach[0] else self.leg - 0.1


BUILDS = {
    "Panthera tigris": Build(
        size=1.0, depth=0.19, leg=0.42, limb=1.0, head=1.0, reach=(0.73, -0.13), tail=0.75, fur=(0.62, 0.36, 0.13),
        pale=(0.72, 0.66, 0.56),
    ),
    "Panthera pardus": Build(
        size=0.88, depth=0.175, leg=0.4, limb=0.9, head=0.88, reach=(0.7, -0.13), tail=0.85, fur=(0.6, 0.45, 0.24),
        pale=(0.7, 0.66, 0.58),
    ),
    "Cervus nippon": Build(
        size=0.75, depth=0.19, leg=0.68, limb=0.62, head=0.75, reach=(0.72, -0.42), tail=0.14, fur=(0.36, 0.26, 0.18),
        pale=(0.5, 0.45, 0.38),
    ),
    "Sus scrofa": Build(
        size=0.75, depth=0.26, leg=0.34, limb=0.72, head=1.15, reach=(0.72, 0.0), tail=0.22, fur=(0.16, 0.13, 0.11),
        pale=(0.2, 0.17, 0.15),
    ),
}  # fmt: skip
"""Builds by scientific name."""
PERSON = Build(
    size=0.8, depth=0.17, leg=0.85, limb=1.25, head=0.85, reach=(0.0, -0.65), tail=0.0, fur=(0.34, 0.3, 0.25),
    pale=(0.2, 0.22, 0.26),
)  # fmt: skip
"""A person: the same parts, the trunk upright."""


@dataclass(frozen=True)
class Pose:
    """How an animal stands in one picture. Angles in radians; `skin` are the waves by which the coat slides."""

    legs: tuple[float, float, float, float]
    head: Point
    tail: tuple[float, float]
    arch: float
    bend: float
    skin: Floats


def pose(rng: np.random.Generator, slide: float) -> Pose:
    """Draw a pose; the coat slides by about `slide` trunks."""
    phase = float(rng.uniform(0, 2 * np.pi))
    stride = float(rng.uniform(0.15, 0.5))
    legs = [stride * float(np.sin(phase + turn)) for turn in (0.0, 2.2, np.pi, 2.2 + np.pi)]
    # Amplitude, two wave numbers (per trunk) and phase, for each direction three waves.
    skin = np.column_stack(
        [
            rng.normal(0, slide, 6),
            rng.uniform(2.0, 6.0, 6) * rng.choice([-1, 1], 6),
            rng.uniform(2.0, 8.0, 6) * rng.choice([-1, 1], 6),
            rng.uniform(0, 2 * np.pi, 6),
        ]
    )
    return Pose(
        legs=(legs[0], legs[1], legs[2], legs[3]),
        head=(float(rng.normal(0, 0.025)), float(rng.uniform(-0.04, 0.14))),
        tail=(float(rng.uniform(-0.3, 1.1)), float(rng.uniform(-0.5, 1.0))),
        arch=float(rng.normal(0, 0.03)),
        bend=float(rng.normal(0, 0.18)),
        skin=skin,
    )


@dataclass(frozen=True)
class Part:
    """A limb: a line that is thick at both ends, and where its coat is.

    `origin`, `along` and `across` say which place of the coat belongs to a place on the limb; `light` darkens limbs
    on the far side.
    """

    start: Point
    end: Point
    thick: Point
    origin: Point
    along: Point
    across: Point
    light: float = 1.0


def limbs(build: Build, stands: Pose) -> tuple[list[Part], list[Part]]:
    """Return the limbs behind the trunk and those in front of it, each list from back to front."""
    far = [*_leg(build, stands, 2, -0.38), *_leg(build, stands, 3, 0.36)]
    near = [*_leg(build, stands, 0, -0.4), *_leg(build, stands, 1, 0.38)]
    return [*far, *_tail(build, stands)], [*_head(build, stands), *near]


def person(build: Build, stands: Pose) -> list[Part]:
    """Return the limbs of somebody who stands upright."""
    swing = stands.legs[0]
    tall = build.leg / 2
    cloth = {"origin": (0.0, 0.0), "along": (0.0, 0.0), "across": (0.0, 0.0)}
    found = []
    for sign, light in ((-1, 0.7), (1, 1.0)):
        foot = (0.5 * sign * swing, 2 * tall - 0.1)
        found.append(Part((0.0, 0.15), foot, (0.11, 0.06), light=light, **cloth))
        found.append(Part((0.0, -0.4), (-0.4 * sign * swing, 0.15), (0.07, 0.045), light=light, **cloth))
    found.insert(2, Part((0.0, -0.38), (0.0, 0.12), (0.17, 0.14), light=0.85, **cloth))
    found.append(Part((0.02, -0.68), (0.03, -0.62), (0.1, 0.1), light=1.3, **cloth))
    return found


def _leg(build: Build, stands: Pose, number: int, root: float) -> list[Part]:
    """Return thigh and shank: 0 and 2 are hind legs, 1 and 3 front legs, 2 and 3 on the far side."""
    swing, hind, light = stands.legs[number], number % 2 == 0, 1.0 if number < 2 else 0.55
    half = build.leg * 0.52
    top = (root + (0.0 if number < 2 else 0.05), 0.06)
    knee = (top[0] + half * np.sin(swing + (0.25 if hind else -0.1)), top[1] + half * np.cos(swing))
    lower = swing * 0.6 - (0.3 if hind else 0.0) - max(0.0, swing) * 0.5
    foot = (knee[0] + half * np.sin(lower), knee[1] + half * np.cos(lower))
    toe = (foot[0] + 0.05, foot[1] + 0.01)
    wide = build.limb
    column = 0.16 + 0.3 * (number % 2)
    across = (1.0, 0.0)
    thigh = (0.13 if hind else 0.11) * wide
    return [
        Part(top, knee, (thigh, 0.062 * wide), (column, LIMBS + 0.03), (0.0, 0.8), across, light),
        Part(knee, foot, (0.062 * wide, 0.045 * wide), (column, LIMBS + 0.21), (0.0, 0.8), across, light),
        Part(foot, toe, (0.045 * wide, 0.04 * wide), (column, LIMBS + 0.36), (0.0, 0.0), across, light),
    ]  # fmt: skip


def _tail(build: Build, stands: Pose) -> list[Part]:
    if not build.tail:
        return []
    first, second = stands.tail
    root, half = (-0.52, -0.08), build.tail / 2
    middle = (root[0] - half * np.cos(first), root[1] + half * np.sin(first))
    tip = (middle[0] - half * np.cos(first - second), middle[1] + half * np.sin(first - second))
    thick = 0.032 if build.tail > 0.4 else 0.04
    return [
        Part(root, middle, (thick * 1.25, thick), (0.7, 0.8), (1.0, 0.0), (0.0, 1.0), 0.9),
        Part(middle, tip, (thick, thick * 0.9), (0.7 + half, 0.8), (1.0, 0.0), (0.0, 1.0), 0.9),
    ]


def _head(build: Build, stands: Pose) -> list[Part]:
    """Return neck, skull, muzzle and ears; their coat lies in front of the trunk's."""
    x, y = build.reach[0] + stands.head[0], build.reach[1] + stands.head[1]
    size = build.head
    neck = Part((0.4, -0.05), (x - 0.03, y), (build.depth * 0.85, 0.1 * size), (REAR + 0.4, MIDDLE - 0.05), (1.0, 0.0),
                (0.0, 1.0))  # fmt: skip
    at = (HEAD + 0.14, MIDDLE)
    skull = Part((x, y), (x + 0.06, y + 0.015), (0.115 * size, 0.1 * size), at, (1.0, 0.0), (0.0, 1.0), 1.03)
    nose = Part((x + 0.08, y + 0.035), (x + 0.16, y + 0.06), (0.07 * size, 0.055 * size), (HEAD + 0.22, MIDDLE),
                (1.0, 0.0), (0.0, 1.0), 1.1)  # fmt: skip
    ear = Part((x - 0.03, y - 0.09 * size), (x - 0.045, y - 0.125 * size), (0.04 * size, 0.03 * size), (1.3, 0.05),
               (1.0, 0.0), (0.0, 1.0), 0.8)  # fmt: skip
    return [neck, ear, skull, nose]


def middle(stands: Pose, x: Image) -> Image:
    """Return the height of the trunk's middle line at x."""
    found: Image = np.float32(stands.arch) * (np.float32(1) - 6 * x * x)
    return found


PROFILE_X = np.linspace(-0.6, 0.62, 123)
_ROUND = np.clip(1 - np.abs((PROFILE_X + 0.0) / 0.58) ** 5, 0, 1) ** 0.5
_WAIST = 1 - 0.16 * np.exp(-(((PROFILE_X + 0.12) / 0.16) ** 2)) + 0.06 * np.exp(-(((PROFILE_X - 0.3) / 0.18) ** 2))
PROFILE = (_ROUND * _WAIST).astype(np.float32)


def bulge(build: Build, stands: Pose, x: Image, y: Image) -> Image:
    """Return how far the near side of the body lies in front of its plane."""
    off = (y - middle(stands, np.clip(x, -0.6, 0.6))) / np.float32(build.depth)
    along = np.clip(1 - (x / np.float32(0.7)) ** 4, 0, 1)
    found: Image = 0.16 * along * np.clip(1 - 0.8 * off * off, 0, 1) + np.float32(stands.bend) * x * x
    return found


def slide(stands: Pose, x: Image, y: Image) -> tuple[Image, Image]:
    """Return how far the coat has slid at each place, along and down."""
    moved = []
    for three in (stands.skin[:3], stands.skin[3:]):
        total = np.zeros_like(x)
        for amplitude, right, down, phase in three.astype(np.float32):
            total += amplitude * np.sin(right * x + down * y + phase)
        moved.append(total)
    return moved[0], moved[1]


@dataclass(frozen=True)
class Drawn:
    """A body on a raster of places: how much of each pixel it covers, where in its coat the pixel lies, its light."""

    cover: Image
    u: Image
    v: Image
    light: Image


def draw(build: Build, stands: Pose, x: Image, y: Image, pixel: float) -> Drawn:
    """Draw a body at places in its plane; `pixel` is the width of a pixel in trunks."""
    drawn = Drawn(np.zeros_like(x), np.zeros_like(x), np.zeros_like(x), np.ones_like(x))
    if build is PERSON:
        _draw_limbs(drawn, person(build, stands), x, y, pixel)
        return drawn
    behind, before = limbs(build, stands)
    _draw_limbs(drawn, behind, x, y, pixel)
    _draw_trunk(drawn, build, stands, (x, y), pixel)
    _draw_limbs(drawn, before, x, y, pixel)
    return drawn


def _draw_trunk(drawn: Drawn, build: Build, stands: Pose, at: tuple[Image, Image], pixel: float) -> None:
    x, y = at
    inside = np.flatnonzero((np.abs(x) < 0.6) & (np.abs(y) < build.depth + 0.12))
    x, y = x.ravel()[inside], y.ravel()[inside]
    off = y - middle(stands, x)
    half = np.interp(x, PROFILE_X, PROFILE).astype(np.float32) * np.float32(build.depth)
    cover = np.clip((half - np.abs(off)) / np.float32(pixel) + 0.5, 0, 1)
    moved_x, moved_y = slide(stands, x, y)
    light = np.float32(1.05) - np.float32(0.45) * np.clip(off / np.maximum(half, 0.02), -1, 1) ** 2
    _lay(drawn, inside, cover, (x + REAR + moved_x, off + MIDDLE + moved_y), light)


def _draw_limbs(drawn: Drawn, parts: Sequence[Part], x: Image, y: Image, pixel: float) -> None:
    for part in parts:
        (x0, y0), (x1, y1) = part.start, part.end
        reach = max(part.thick) + 2 * pixel
        near = (x > min(x0, x1) - reach) & (x < max(x0, x1) + reach)
        near &= (y > min(y0, y1) - reach) & (y < max(y0, y1) + reach)
        inside = np.flatnonzero(near)
        right, down = x.ravel()[inside] - np.float32(x0), y.ravel()[inside] - np.float32(y0)
        length = max(float(np.hypot(x1 - x0, y1 - y0)), 1e-6)
        towards = np.float32((x1 - x0) / length), np.float32((y1 - y0) / length)
        along = right * towards[0] + down * towards[1]
        across = down * towards[0] - right * towards[1]
        share = np.clip(along / np.float32(length), 0, 1)
        thick = np.float32(part.thick[0]) + np.float32(part.thick[1] - part.thick[0]) * share
        far = np.hypot(along - share * np.float32(length), across)
        cover = np.clip((thick - far) / np.float32(pixel) + 0.5, 0, 1)
        u = part.origin[0] + along * np.float32(part.along[0]) + across * np.float32(part.across[0])
        v = part.origin[1] + along * np.float32(part.along[1]) + across * np.float32(part.across[1])
        if part.origin[1] > LIMBS:
            v = np.maximum(v, np.float32(LIMBS + 0.005))
        light = np.float32(part.light) * (np.float32(1.05) - np.float32(0.4) * np.clip(far / thick, 0, 1) ** 2)
        _lay(drawn, inside, cover, (u, v), light)


def _lay(drawn: Drawn, inside: npt.NDArray[np.intp], cover: Image, coat: tuple[Image, Image], light: Image) -> None:
    """Lay a part over what is drawn already; the coat of a pixel is that of the part that covers most of it."""
    covered = cover > 0
    inside, cover = inside[covered], cover[covered]
    total = drawn.cover.ravel()
    total[inside] = np.maximum(total[inside], cover)
    most = cover >= 0.5
    at = inside[most]
    drawn.u.ravel()[at], drawn.v.ravel()[at] = coat[0][covered][most], coat[1][covered][most]
    drawn.light.ravel()[at] = light[covered][most]
