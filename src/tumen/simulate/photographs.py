"""What would a camera trap have photographed?  Pictures of animals with known coats, boxes and views.

A picture is the forest of its station (`backdrops`), a body in a pose (`bodies`) that wears the coat of one flank of
one animal (`coats`), seen at an angle through a lens, lit by day or by infrared flash at night, with the blur of its
movement, grass and trunks in front, and noise. Pictures of one flank have nothing but the coat in common; pictures of
one station have nothing but the forest in common.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from tumen.errors import MisuseError, nearest
from tumen.simulate.backdrops import Bytes, backdrop, bark, grass
from tumen.simulate.bodies import BUILDS, PERSON, Build, Floats, Pose, bulge, draw, pose
from tumen.simulate.coats import FLANKS, LIMBS, MIDDLE, PATTERNS, PIXELS, Coat, Image, clouds, coat, step
from tumen.simulate.streams import stream

Span = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, width and height as shares of the picture, as Camtrap DP's `bbox*`."""


@dataclass(frozen=True, kw_only=True)
class Views:
    """Between which values views are drawn, evenly.

    Angles in degrees, `yaw`, `pitch` and `roll` to either side; `size` is the length of a tiger's trunk as a share of
    the picture's width; `distance` is in trunks; `blur` is the way of the animal during the exposure, in thousandths of
    the width; `slide` is how far the skin slides, in trunks; `noise` is a share of white. `occluded` is the chance of a
    trunk in front, `cut` the chance that a part of the body is outside the frame.
    """

    yaw: float = 45.0
    pitch: float = 10.0
    roll: float = 10.0
    distance: Span = (2.5, 6.0)
    size: Span = (0.28, 0.42)
    blur: Span = (0.0, 8.0)
    focus: Span = (0.5, 1.3)
    slide: Span = (0.01, 0.02)
    noise: Span = (0.008, 0.03)
    noise_night: Span = (0.02, 0.055)
    grass: int = 40
    occluded: float = 0.15
    cut: float = 0.12


@dataclass(frozen=True, kw_only=True)
class View:
    """How one picture is taken: as `Views`, drawn; `x` and `y` are the place of the body, `light` its exposure."""

    night: bool
    yaw: float
    pitch: float
    roll: float
    distance: float
    size: float
    x: float
    y: float
    blur: float
    focus: float
    slide: float
    noise: float
    light: float
    grass: int
    occluded: bool


@dataclass(frozen=True)
class Subject:
    """What is before the camera. `coat` is None for what has no pattern; `size` is 0.5 for a cub half as long."""

    species: str
    flank: str = "left"
    coat: Coat | None = None
    size: float = 1.0


@dataclass(frozen=True)
class Photograph:
    """A picture (rows x columns x 3 bytes) and its truth: a box for each subject, None for one outside the frame."""

    image: Bytes
    boxes: tuple[Box | None, ...]
    subjects: tuple[Subject, ...]
    view: View


def view(rng: np.random.Generator, *, night: bool, views: Views | None = None) -> View:
    """Draw a view.

    >>> one = view(np.random.default_rng(1), night=True)
    >>> abs(one.yaw) <= 45, one.night
    (True, True)
    """
    views = views or Views()
    away = float(rng.random())
    shift = float(rng.choice([-1.0, 1.0])) * float(rng.uniform(0.25, 0.34))
    return View(
        night=night,
        yaw=float(rng.uniform(-views.yaw, views.yaw)),
        pitch=float(rng.uniform(-views.pitch, views.pitch)),
        roll=float(rng.uniform(-views.roll, views.roll)),
        distance=float(rng.uniform(*views.distance)),
        size=float(rng.uniform(*views.size)),
        x=0.5 + (shift if away < views.cut else float(rng.uniform(-0.1, 0.1))),
        y=float(rng.uniform(0.46, 0.6)),
        blur=float(rng.uniform(*views.blur)),
        focus=float(rng.uniform(*views.focus)),
        slide=float(rng.uniform(*views.slide)),
        noise=float(rng.uniform(*(views.noise_night if night else views.noise))),
        light=float(rng.uniform(0.75, 1.35)),
        grass=int(rng.integers(0, views.grass + 1)),
        occluded=bool(rng.random() < views.occluded) and away >= views.cut,
    )


def subject(seed: int, animal: str, species: str, flank: str, *, size: float = 1.0) -> Subject:
    """Return an animal's flank before the camera, with its coat if its species has a pattern."""
    worn = coat(seed, animal, species, flank) if species in PATTERNS else None
    return Subject(species, flank, worn, size)


def photograph(
    subjects: Sequence[Subject], seen: View, rng: np.random.Generator, scene: Bytes | None = None
) -> Photograph:
    """Take a picture of the subjects, the nearest last, before a scene (`backdrops.backdrop`; its size is the size).

    No subject gives an empty frame. Raises `MisuseError` for a species that has no build.

    >>> tiger = subject(1, "tiger-03", "Panthera tigris", "left")
    >>> rng = np.random.default_rng(1)
    >>> taken = photograph([tiger], view(rng, night=True), rng, backdrop(1, "N07", 160))
    >>> taken.image.shape, len(taken.boxes)
    ((120, 160, 3), 1)
    """
    scene = backdrop(0, "anywhere") if scene is None else scene
    high, wide = scene.shape[:2]
    lit = _light((high, wide), seen, rng)
    picture = _scene(scene, seen, rng) * lit[:, :, None]
    boxes = []
    for number, one in enumerate(subjects):
        layer = _body(one, seen, rng, (high, wide), number - (len(subjects) - 1) / 2)
        boxes.append(_box(layer, (high, wide)))
        if layer is not None:
            _paste(picture, layer, lit)
    _in_front(picture, seen, rng, lit)
    return Photograph(_expose(picture, seen, rng), tuple(boxes), tuple(subjects), seen)


@dataclass(frozen=True)
class _Layer:
    """A body in its part of the picture: colours times cover, and cover."""

    top: int
    left: int
    colour: Image
    cover: Image


def _light(shape: tuple[int, int], seen: View, rng: np.random.Generator) -> Image:
    """Return the light on each pixel: dappled by day, a cone from the flash at night."""
    high, wide = shape
    y = np.linspace(-1, 1, high, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
    if seen.night:
        middle = rng.uniform(-0.25, 0.25, 2).astype(np.float32)
        cone: Image = 1.15 * np.exp(-0.55 * ((x - middle[0]) ** 2 + 0.7 * (y - middle[1]) ** 2))
        return cone * np.float32(seen.light)
    dapple = 1 + 0.16 * clouds(rng, shape, wide / 14) + 0.14 * clouds(rng, shape, wide / 4)
    found: Image = np.clip(dapple, 0.4, 1.8) * np.float32(seen.light) * (1 - 0.12 * (x * x + y * y))
    return found


def _scene(scene: Bytes, seen: View, rng: np.random.Generator) -> Image:
    """Return the light that the scene throws back; the camera hangs a little differently after each visit."""
    down, right = (np.arange(n) + int(rng.integers(-n // 80, n // 80 + 1)) for n in scene.shape[:2])
    # Leaves have moved and fallen since the last picture.
    leaves = 1 + np.float32(0.085) * clouds(rng, scene.shape[:2], scene.shape[1] / 200)[:, :, None]
    moved = scene[np.clip(down, 0, len(down) - 1)][:, np.clip(right, 0, len(right) - 1)]
    if not seen.night:
        day: Image = moved.astype(np.float32) / 255 * leaves
        return day
    # The flash fades with distance, and what is high in the picture is far.
    fade = np.linspace(0.25, 0.8, len(scene), dtype=np.float32)[:, None, None]
    night: Image = moved.mean(axis=2, dtype=np.float32, keepdims=True) / 255 * fade * leaves
    return night


def _rotation(seen: View, build: Build) -> Floats:
    yaw, pitch, roll = np.radians([-seen.yaw, seen.pitch, seen.roll])
    about_y = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    if build is PERSON:
        return np.eye(3)
    found: Floats = about_z @ about_x @ about_y
    return found


def _body(one: Subject, seen: View, rng: np.random.Generator, shape: tuple[int, int], place: float) -> _Layer | None:
    """Draw a body as the camera sees it; `place` moves it aside, in widths of half a body."""
    build = _build(one.species)
    stands = pose(rng, seen.slide)
    high, wide = shape
    scale = seen.size * wide * build.size * one.size
    # All stand on the ground on which a tiger would stand, whatever their size.
    tiger = seen.size * wide
    middle = (seen.x * wide + place * 0.55 * tiger, seen.y * high + 0.5 * tiger - build.foot * scale)
    turned = _rotation(seen, build)
    corners = turned @ np.array([[x, y, 0.1] for x in (-1.42, 1.05) for y in (-0.9, 0.87)]).T
    reach = scale * seen.distance / (seen.distance - corners[2])
    sign = 1 if one.flank == "right" else -1
    right, down = middle[0] + sign * reach * corners[0], middle[1] + reach * corners[1]
    left, top = max(0, int(right.min())), max(0, int(down.min()))
    columns, rows = min(wide, int(right.max()) + 1) - left, min(high, int(down.max()) + 1) - top
    if columns < 8 or rows < 8:
        return None
    focal = scale * seen.distance
    coarse_x = sign * (left + COARSE * np.arange(columns // COARSE + 2) - middle[0]) / focal
    coarse_y = (top + COARSE * np.arange(rows // COARSE + 2) - middle[1]) / focal
    x, y = _plane(build, stands, turned, seen.distance, (coarse_x, coarse_y))
    drawn = draw(build, stands, _finer(x)[:rows, :columns], _finer(y)[:rows, :columns], 1 / scale)
    seen_at = np.flatnonzero(drawn.cover > 0)
    if not len(seen_at):
        return None
    fur = _fur(one, build, seen, (drawn.u.ravel()[seen_at], drawn.v.ravel()[seen_at]), scale)
    fur *= (drawn.light.ravel()[seen_at] * (1 + 0.05 * rng.standard_normal(len(seen_at), dtype=np.float32)))[:, None]
    colour = np.zeros((rows * columns, fur.shape[1]), np.float32)
    colour[seen_at] = fur * drawn.cover.ravel()[seen_at][:, None]
    return _smear(_Layer(top, left, colour.reshape(rows, columns, -1), drawn.cover), seen, wide)


COARSE = 4
"""The shape of the body is computed at every fourth pixel; in between it is straight."""


def _plane(
    build: Build, stands: Pose, turned: Floats, distance: float, rays: tuple[Image, Image]
) -> tuple[Image, Image]:
    """Return where rays from the camera meet the near side of the body: its x and y in the body's plane."""
    right, down = np.meshgrid(*rays)
    camera = turned.T @ np.array([0.0, 0.0, distance])
    ray = np.tensordot(turned.T, np.stack([right, down, np.full_like(right, -1.0)]), 1)
    far = -camera[2] / ray[2]
    # The surface is flat compared with its distance, so that this converges at once.
    for _ in range(4):
        x, y = camera[0] + far * ray[0], camera[1] + far * ray[1]
        far = (bulge(build, stands, np.clip(x, -1, 1), y) - camera[2]) / ray[2]
    return x.astype(np.float32), y.astype(np.float32)


def _finer(coarse: Image) -> Image:
    """Return values at every pixel, on straight lines between those at every fourth."""
    share = (np.arange(COARSE, dtype=np.float32) / COARSE)[None, :, None]
    for _ in range(2):
        between = coarse[:-1, None, :] * (1 - share) + coarse[1:, None, :] * share
        coarse = between.reshape(-1, coarse.shape[1]).T
    return np.ascontiguousarray(coarse)


def _build(species: str) -> Build:
    if species == "human":
        return PERSON
    if species not in BUILDS:
        raise MisuseError("a species with a build", f"'{species}'", nearest(species, [*BUILDS, "human"]))
    return BUILDS[species]


def _fur(one: Subject, build: Build, seen: View, at: tuple[Image, Image], scale: float) -> Image:
    """Return the colour of the coat at places of it: back, pale underside, dark pattern (points x colours)."""
    u, v = at
    pale = step(v - np.float32(MIDDLE + 0.13), 0.1) * (v < LIMBS)
    fur, under, dark = (np.array(tone, np.float32) for tone in (build.fur, build.pale, build.dark))
    if seen.night:
        # Infrared light: reddish fur is bright, and the pattern less dark than to our eyes.
        fur, under, dark = (
            np.array([tone], np.float32)
            for tone in (fur.mean() * 1.45, under.mean() * 1.15, dark.mean() + 0.34 * fur.mean())
        )
    colour = fur + pale[:, None] * (under - fur)
    if one.coat is not None:
        # One pixel of the picture takes in several of the coat.
        wide = PIXELS / scale
        ink = ndimage.gaussian_filter(one.coat.ink, 0.5 * float(np.sqrt(max(0.0, wide * wide - 1))) + 0.01, truncate=3)
        worn = ndimage.map_coordinates(ink, np.stack([v, u]) * np.float32(PIXELS), order=1, mode="nearest")
        colour += worn[:, None] * (dark - colour)
    found: Image = colour
    return found


def _smear(layer: _Layer, seen: View, wide: int) -> _Layer:
    """Blur a body along its way through the picture."""
    length = round(seen.blur * wide / 1000)
    if length < 2:
        return layer
    colour = ndimage.uniform_filter1d(layer.colour, length, axis=1, mode="constant")
    cover = ndimage.uniform_filter1d(layer.cover, length, axis=1, mode="constant")
    return _Layer(layer.top, layer.left, colour, cover)


def _box(layer: _Layer | None, shape: tuple[int, int]) -> Box | None:
    """Return the box around the body, or None where nothing of it is in the frame."""
    if layer is None:
        return None
    rows, columns = (np.flatnonzero((layer.cover > 0.25).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    high, wide = shape
    left, top = layer.left + int(columns[0]), layer.top + int(rows[0])
    across, down = int(columns[-1] - columns[0]) + 1, int(rows[-1] - rows[0]) + 1
    return left / wide, top / high, across / wide, down / high


def _paste(picture: Image, layer: _Layer, lit: Image) -> None:
    rows, columns = layer.cover.shape
    part = (slice(layer.top, layer.top + rows), slice(layer.left, layer.left + columns))
    picture[part] *= 1 - layer.cover[:, :, None]
    picture[part] += layer.colour * lit[part][:, :, None]


def _in_front(picture: Image, seen: View, rng: np.random.Generator, lit: Image) -> None:
    """Put grass, and now and then a trunk, in front of everything."""
    high, wide = picture.shape[:2]
    tint = np.array([0.8, 0.95, 0.5], np.float32) if picture.shape[2] == 3 else np.array([0.9], np.float32)
    cover, light = grass(rng, (high, wide), seen.grass, (0.85, 1.2), 0.2)
    picture[cover] = (light * lit)[cover][:, None] * tint
    if seen.occluded:
        across = round(wide * float(rng.uniform(0.03, 0.06)))
        left = round(wide * float(np.clip(seen.x + rng.uniform(-0.25, 0.25), 0.05, 0.9)))
        face = bark(rng, (high, across))
        tone = face if picture.shape[2] == 3 else face.mean(axis=2, keepdims=True)
        picture[:, left : left + across] = tone * lit[:, left : left + across, None]


def _expose(picture: Image, seen: View, rng: np.random.Generator) -> Bytes:
    """Return bytes: out of focus a little, noisy, and bright parts burnt out softly."""
    high, wide = picture.shape[:2]
    sigma = seen.focus * wide / 1024
    picture = ndimage.gaussian_filter(picture, (sigma, sigma, 0), truncate=2.5)
    picture += np.float32(seen.noise) * rng.standard_normal((high, wide, 1), dtype=np.float32)
    bent = np.clip(picture, 0, None)
    bent = 255 * (1 - np.exp(-1.6 * bent)) / np.float32(1 - np.exp(-1.6))
    taken = np.clip(bent, 0, 255).astype(np.uint8)
    return taken if taken.shape[2] == 3 else np.repeat(taken, 3, axis=2)


@dataclass(frozen=True)
class Shot:
    """One row of the benchmark: whom it shows, where and when it was taken; `take` renders it."""

    animal: str
    species: str
    flank: str
    station: str
    night: bool
    number: int
    seed: int
    width: int = 1024
    views: Views = field(default_factory=Views)

    def take(self) -> Photograph:
        """Render the picture: the same whenever it is asked for."""
        rng = stream(self.seed, f"shot/{self.animal}/{self.flank}/{self.number}")
        seen = view(rng, night=self.night, views=self.views)
        shown = subject(self.seed, self.animal, self.species, self.flank)
        return photograph([shown], seen, rng, backdrop(self.seed, self.station, self.width))


STATIONS = 12

HARD = Views(yaw=50.0, slide=(0.025, 0.04), blur=(0.0, 10.0), noise=(0.015, 0.05), noise_night=(0.03, 0.08))
"""The benchmark's views: obliquer, noisier, and with skin that slides too far for one plane to follow."""


def benchmark(
    seed: int = 1, *, animals: int = 60, times: int = 4, width: int = 1024, views: Views | None = None
) -> Iterator[Shot]:
    """Yield the rows of a set with known truth: tigers and leopards in turn, both flanks, each `times` times.

    The pictures of a flank are from different stations, by day and by night in turn; all animals share the stations.
    Nothing is rendered until `Shot.take` is called. Views are `HARD` unless others are given.

    >>> rows = list(benchmark(animals=2, times=3))
    >>> len(rows), rows[0].animal, rows[0].flank, rows[1].night
    (12, 'tiger-001', 'left', True)
    """
    kinds = (("tiger", "Panthera tigris"), ("leopard", "Panthera pardus"))
    for place in range(animals):
        label, species = kinds[place % 2]
        name = f"{label}-{place // 2 + 1:03d}"
        for flank in FLANKS:
            order = stream(seed, f"stations/{name}/{flank}").permutation(STATIONS)
            for number in range(times):
                yield Shot(name, species, flank, f"S{order[number % STATIONS]:02d}", number % 2 == 1, number, seed,
                           width, views or HARD)  # fmt: skip
