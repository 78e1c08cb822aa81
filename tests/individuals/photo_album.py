"""Small albums: coats of smooth blotches, moved and lit a little, and galleries of made-up descriptors."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.individuals.photo_features import Features, Pixels
from tumen.individuals.photo_gallery import PICTURES


def coat(animal: int, *, width: int = 300, height: int = 200) -> Pixels:
    """A pattern that only this animal has."""
    import cv2

    spots = np.random.default_rng(animal).integers(0, 255, (height // 10, width // 10), dtype=np.uint8)
    large = cv2.resize(spots, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.repeat(large[:, :, None], 3, axis=2)


def seen(pattern: Pixels, *, turn: float = 0.0, narrow: float = 1.0, light: float = 1.0) -> Pixels:
    """The pattern turned by degrees, made narrower, and darker or brighter."""
    import cv2

    height, width = pattern.shape[:2]
    change = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
    change[0] *= narrow
    moved = cv2.warpAffine(pattern, change, (round(width * narrow), height), borderMode=cv2.BORDER_REFLECT)
    return np.clip(moved.astype(np.float32) * light, 0, 255).astype(np.uint8)


def pictures(
    names: Sequence[str], *, bursts: Sequence[str | None] | None = None, flanks: Sequence[str | None] | None = None
) -> pl.DataFrame:
    """One row per picture of a party's named animals."""
    count = len(names)
    return pl.DataFrame(
        {
            "picture": list(range(count)),
            "party": ["north"] * count,
            "kind": ["individual"] * count,
            "subjectID": list(names),
            "mediaID": [f"m{number}" for number in range(count)],
            "scientificName": ["Panthera pardus"] * count,
            "flank": list(flanks) if flanks is not None else ["left"] * count,
            "burst": list(bursts) if bursts is not None else [f"b{number}" for number in range(count)],
            "width": [300] * count,
            "height": [200] * count,
        },
        schema_overrides={name: kind for name, kind in PICTURES.items() if name not in ("observationID", "instant")},
    ).select(
        *(
            pl.col(name) if name not in ("observationID", "instant") else pl.lit(None, kind).alias(name)
            for name, kind in PICTURES.items()
        )
    )


def made_up(rng: np.random.Generator, count: int, dimension: int = 16, common: int = 0) -> Features:
    """Points anywhere with descriptors of unit length; the first `common` are nearly the same on every picture."""
    descriptors = np.abs(rng.standard_normal((count, dimension)))
    descriptors[:common] = 1 + 0.01 * rng.standard_normal((min(common, count), dimension))
    descriptors /= np.linalg.norm(descriptors, axis=1, keepdims=True)
    points = rng.uniform([0, 0, 2, -3], [300, 200, 8, 3], (count, 4))
    return Features(
        points.astype(np.float32),
        descriptors.astype(np.float32),
        rng.uniform(0.2, 1, count).astype(np.float32),
        300,
        200,
        "made-up",
    )


def again(rng: np.random.Generator, features: Features, noise: float = 0.02) -> Features:
    """The same points on another picture: moved and slightly different."""
    descriptors = np.abs(features.descriptors + noise * rng.standard_normal(features.descriptors.shape))
    descriptors /= np.linalg.norm(descriptors, axis=1, keepdims=True)
    points: npt.NDArray[np.float32] = features.points.copy()
    points[:, :2] = points[:, :2] * 0.9 + 7
    points[:, 2] *= 0.9
    return Features(points, descriptors.astype(np.float32), features.weights, 300, 200, "made-up")
