"""What in a picture can be recognised again?

A chip (the part of a picture that shows one animal) becomes points with descriptors. SIFT points follow size and
turning of the pattern; to follow a change of view as well, the chip is also looked at as if it were seen from the side
(squeezed, as in ASIFT), because view is what limits matchers. Contrast is evened out first, so that night and day, sun
and shade give alike descriptors. Every point has a foreground weight: a removed background weighs nothing, the middle
of the chip more than its corners, where a box shows what is behind the animal.

Backends are small: a name, a dimension and a call. `Sift` needs the extra `photos`.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tumen.errors import ExtraError, MisuseError, Text

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

SMALLEST = 16
"""Chips with a side below this many pixels have no features."""

BLOWN_UP = 2.0
"""No chip is enlarged more than this: larger shows nothing new."""


@dataclass(frozen=True)
class Features:
    """The points of one chip, the strongest first.

    `points` (n, 4) are x, y, scale in pixels of the chip and angle in radians; `descriptors` (n, d) have unit length;
    `weights` (n,) say from 0 to 1 how surely a point is foreground; then the size of the chip in pixels and the
    backend's name. Raises `MisuseError` where the parts do not fit together.
    """

    points: Floats
    descriptors: Floats
    weights: Floats
    width: int
    height: int
    backend: str

    def __post_init__(self) -> None:
        """Refuse parts that do not fit together."""
        count = len(self.points)
        if self.points.shape != (count, 4) or self.descriptors.ndim != 2 or len(self.descriptors) != count:
            raise MisuseError(
                "points (n, 4) and descriptors (n, d)",
                Text("{points} and {descriptors}", points=self.points.shape, descriptors=self.descriptors.shape),
                "Make the features again.",
            )
        if self.weights.shape != (count,):
            raise MisuseError("one weight per point", str(self.weights.shape), "Make the features again.")

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.points)


class Backend(Protocol):
    """What turns a chip into local features; `name` tells backends and their settings apart in caches."""

    @property
    def name(self) -> str:
        """Return the name, for caches."""

    @property
    def dimension(self) -> int:
        """Return the length of a descriptor."""

    def __call__(self, image: Pixels, /) -> Features:
        """Return the features of an image (height, width, 3) RGB."""


class GlobalBackend(Protocol):
    """What turns a chip into one vector of unit length."""

    @property
    def name(self) -> str:
        """Return the name, for caches."""

    @property
    def dimension(self) -> int:
        """Return the length of the vector."""

    def __call__(self, image: Pixels, /) -> Floats:
        """Return the vector of an image (height, width, 3) RGB."""


def empty(width: int, height: int, backend: str, dimension: int = 128) -> Features:
    """Return the features of a chip in which nothing can be recognised.

    >>> len(empty(3, 2, "sift"))
    0
    """
    return Features(
        np.zeros((0, 4), np.float32),
        np.zeros((0, dimension), np.float32),
        np.zeros(0, np.float32),
        width,
        height,
        backend,
    )


@dataclass(frozen=True)
class Sift:
    """RootSIFT points of a chip, also seen squeezed.

    `longest` is the longest side in pixels at which points are looked for; `most` the number of points kept, the
    strongest first; `squeezes` the factors by which the chip is also made narrower, as an animal is that stands
    obliquely (1 is the chip itself). Source: Lowe DG (2004), IJCV 60:91-110; Arandjelovic & Zisserman (2012) CVPR for
    the root; Morel & Yu (2009), SIAM J Imaging Sci 2:438-469 for simulated views.

    >>> features = Sift()(np.zeros((8, 8, 3), np.uint8))
    >>> len(features), features.width
    (0, 8)
    """

    longest: int = 800
    most: int = 1200
    squeezes: tuple[float, ...] = (1.0, 0.6)
    contrast: float = 2.0

    @property
    def name(self) -> str:
        """Return the name with the settings, for caches."""
        squeezes = "-".join(f"{squeeze:g}" for squeeze in self.squeezes)
        return f"sift-{self.longest}-{self.most}-{squeezes}-{self.contrast:g}"

    @property
    def dimension(self) -> int:
        """Return 128."""
        return 128

    def __call__(self, image: Pixels) -> Features:
        """Return the features of an RGB image; none where it is too small or shows nothing."""
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise MisuseError(
                "an image (height, width, 3) of bytes",
                Text("{shape} of {kind}", shape=image.shape, kind=image.dtype),
                "Turn the picture into RGB first.",
            )
        height, width = image.shape[:2]
        if min(height, width) < SMALLEST:
            return empty(width, height, self.name)
        grey, zoom = self._grey(image)
        views = [self._view(grey, squeeze) for squeeze in self.squeezes]
        points = np.concatenate([view[0] for view in views])
        descriptors = np.concatenate([view[1] for view in views])
        if not len(points):
            return empty(width, height, self.name)
        weights = _inside(points, subject(image, grey.shape))
        order = np.lexsort((points[:, 0], points[:, 1], -points[:, 4] * weights))[: self.most]
        order = order[weights[order] > 0.05]
        points, weights = points[order], weights[order]
        points[:, :3] /= zoom
        return Features(
            np.ascontiguousarray(points[:, :4], dtype=np.float32),
            np.ascontiguousarray(_root(descriptors[order])),
            weights.astype(np.float32) * centre(points, width, height),
            width,
            height,
            self.name,
        )

    def _grey(self, image: Pixels) -> tuple[Pixels, float]:
        """Return the chip in grey with even contrast at the working size, and how much it was enlarged."""
        cv2 = vision()
        height, width = image.shape[:2]
        zoom = min(self.longest / max(height, width), BLOWN_UP)
        size = (max(round(width * zoom), 1), max(round(height * zoom), 1))
        grey = cv2.resize(
            cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
        )
        if self.contrast > 0:
            grey = cv2.createCLAHE(clipLimit=self.contrast, tileGridSize=(8, 8)).apply(grey)
        return np.asarray(grey, dtype=np.uint8), zoom

    def _view(self, grey: Pixels, squeeze: float) -> tuple[Floats, Floats]:
        """Return points (x, y, scale, angle, strength) in pixels of `grey`, and raw descriptors."""
        cv2 = vision()
        seen = grey
        if squeeze != 1:
            # What is squeezed must be blurred first along the same axis, or it shows stripes that are not there.
            blurred = cv2.GaussianBlur(grey, (0, 0), sigmaX=0.8 * np.sqrt(1 / squeeze**2 - 1), sigmaY=0.01)
            width = max(round(grey.shape[1] * squeeze), 1)
            seen = np.asarray(cv2.resize(blurred, (width, grey.shape[0])), dtype=np.uint8)
        found, raw = cv2.SIFT_create(nfeatures=self.most, contrastThreshold=0.02).detectAndCompute(seen, None)
        if raw is None or not len(found):
            return np.zeros((0, 5), np.float32), np.zeros((0, 128), np.float32)
        ratio = grey.shape[1] / seen.shape[1]
        rows = [(p.pt[0] * ratio, p.pt[1], p.size / 2, np.deg2rad(p.angle), p.response) for p in found]
        return np.array(rows, dtype=np.float32), np.asarray(raw, dtype=np.float32)


def vision() -> Any:
    """Return OpenCV, or say how to install it."""
    try:
        import cv2
    except ImportError as error:
        raise ExtraError(
            "the extra 'photos' to look at pictures", "no such package", "Run: pip install 'tumen[photos]'."
        ) from error
    return cv2


def _root(raw: Floats) -> Floats:
    """Return the square roots of descriptors that sum to one: their distance is that of Hellinger."""
    total = np.maximum(np.abs(raw).sum(axis=1, keepdims=True), 1e-12)
    root: Floats = np.sqrt(np.maximum(raw, 0) / total).astype(np.float32)
    return root


def subject(image: Pixels, shape: tuple[int, ...]) -> Floats:
    """Return where (height, width of `shape`) the chip shows something, from 0 to 1, when its background was removed.

    A background counts as removed where one flat colour reaches in from the edge over a twentieth of the chip or more.
    """
    cv2 = vision()
    small = cv2.resize(image, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    flat = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) <= 12
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(flat.astype(np.uint8), connectivity=4)
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    removed = np.zeros(count, dtype=bool)
    for label in edge[edge > 0]:
        if boxes[label, cv2.CC_STAT_AREA] >= 0.02 * labels.size:
            removed[label] = _one_colour(small[labels == label])
    gone = removed[labels]
    if gone.mean() < 0.05:
        return np.ones(shape[:2], np.float32)
    radius = max(round(0.008 * max(shape)), 1)
    shown = cv2.erode((~gone).astype(np.uint8), np.ones((2 * radius + 1, 2 * radius + 1), np.uint8))
    return np.asarray(cv2.GaussianBlur(shown.astype(np.float32), (0, 0), radius), dtype=np.float32)


def _one_colour(pixels: Pixels) -> bool:
    """Say whether pixels are one flat colour, but for what JPEG adds."""
    return bool(np.all(np.std(pixels.astype(np.float32), axis=0) < 4))


def _inside(points: Floats, shown: Floats) -> Floats:
    """Return the share of foreground at each point."""
    x = np.clip(points[:, 0].round().astype(int), 0, shown.shape[1] - 1)
    y = np.clip(points[:, 1].round().astype(int), 0, shown.shape[0] - 1)
    inside: Floats = shown[y, x]
    return inside


def centre(points: Floats, width: int, height: int) -> Floats:
    """Return how likely a point of a box lies on the animal: 1 in the middle, less towards the corners.

    >>> points = np.array([[50, 50, 1, 0], [0, 0, 1, 0]], np.float32)
    >>> [round(float(w), 2) for w in centre(points, 100, 100)]
    [1.0, 0.4]
    """
    x = 2 * points[:, 0] / width - 1
    y = 2 * points[:, 1] / height - 1
    beyond = np.clip((np.sqrt(x * x + y * y) - 0.8) / (np.sqrt(2) - 0.8), 0, 1)
    return np.asarray(1 - 0.6 * beyond, dtype=np.float32)
