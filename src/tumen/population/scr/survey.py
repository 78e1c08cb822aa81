"""What a spatial capture-recapture survey is: detectors, who was caught where and when, and the mask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tumen.errors import MisuseError, Text

Kind = Literal["multi", "proximity", "count", "binomial"]
"""`multi`: an animal is caught by at most one detector in an occasion (single-catch traps too: the multi-catch
likelihood is fitted to them, in which density is nearly unbiased, but g0 too low where many traps are full).
`proximity`: seen or not by each detector in an occasion. `count`: number of times seen, Poisson. `binomial`: number of
times seen out of as many chances as the usage says."""
KINDS: tuple[Kind, ...] = ("multi", "proximity", "count", "binomial")

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Covariate = NDArray[Any]
"""Numbers (float64, NaN where unknown) or categories (dtype object: str, None where unknown)."""


@dataclass(frozen=True, eq=False)
class Detectors:
    """Where and when somebody could be seen.

    `names`: K names. `xy`: (K, 2) metres in a plane. `usage`: (K, S) effort of detector k in occasion s, >= 0, 0 where
    it did not work; hazards are multiplied by it (for `binomial` it is the whole number of chances). `covariates`:
    by name, (K,) or (K, S) values. `cell`: (K, 2) metres east and north of the cell around `xy` in which each detector
    stands somewhere, 0 where its place is exact; None: all are exact.
    """

    names: tuple[str, ...]
    xy: Floats
    usage: Floats
    kind: Kind
    covariates: Mapping[str, Covariate] = field(default_factory=dict)
    cell: Floats | None = None

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit together."""
        count = len(self.names)
        _shape("xy of detectors", self.xy, (count, 2))
        if self.cell is not None:
            _shape("cells of detectors", self.cell, (count, 2))
        if self.usage.ndim != 2 or len(self.usage) != count:
            raise MisuseError(
                Text("usage of {count} detectors by occasions", count=count),
                Text("an array of shape {shape}", shape=str(self.usage.shape)),
                "Give one row a detector and one column an occasion.",
            )
        if not np.all(np.isfinite(self.usage)) or np.any(self.usage < 0):
            raise MisuseError(
                "a usage of 0 or more for every detector and occasion",
                "a negative or missing one",
                "Write 0 where a detector did not work.",
            )

    @property
    def occasions(self) -> int:
        """Return the number of occasions."""
        return int(self.usage.shape[1])


@dataclass(frozen=True, eq=False)
class Captures:
    """Who was seen when and where: four arrays of equal length, one element per animal, occasion and detector.

    `animal`, `occasion`, `detector`: positions from 0. `count`: times seen (1 for `multi` and `proximity`).
    """

    animal: Integers
    occasion: Integers
    detector: Integers
    count: Integers

    def __post_init__(self) -> None:
        """Refuse arrays of unequal length."""
        for name in ("occasion", "detector", "count"):
            _shape(name, getattr(self, name), self.animal.shape)

    def __len__(self) -> int:
        """Return the number of elements."""
        return len(self.animal)


@dataclass(frozen=True, eq=False)
class Mask:
    """Where the centre of an animal's range may lie: cells of known area.

    `xy`: (M, 2) metres in the plane of the detectors. `area`: (M,) km2. `covariates`: by name, (M,) values; regions
    such as `country` and `protectedArea` are categories among them. `spacing`: metres between neighbouring cells.
    """

    xy: Floats
    area: Floats
    spacing: float
    covariates: Mapping[str, Covariate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit together."""
        _shape("xy of the mask", self.xy, (len(self.area), 2))
        for name, values in self.covariates.items():
            _shape(f"covariate {name} of the mask", values, (len(self.area),))

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.area)


@dataclass(frozen=True, eq=False)
class Fixes:
    """Telemetry: places of collared animals, thinned so that one says nothing about the next.

    `animal`: (F,) positions from 0 of collared animals (numbered by themselves, not as in the captures). `xy`: (F, 2).
    `classes`: of each collared animal its value of the covariate that makes classes (sex), None where unknown; empty
    where nobody says.
    """

    animal: Integers
    xy: Floats
    classes: tuple[str | None, ...] = ()


@dataclass(frozen=True, eq=False)
class Session:
    """One closed survey: nobody is born, dies or moves house while it lasts.

    `animals`: n names, in the order of `captures.animal`. `covariates`: of animals by name, (n,) values (`sex`: "F",
    "M" or None). `values`: covariates of the session as a whole (`year`). `distance`: (K, M) metres from each detector
    to each cell where they are not straight lines; None: straight. `last`: (n,) the last occasion in which each animal
    could be seen, where some were removed or died when caught; None: all of them.
    """

    name: str
    detectors: Detectors
    animals: tuple[str, ...]
    captures: Captures
    mask: Mask
    covariates: Mapping[str, Covariate] = field(default_factory=dict)
    values: Mapping[str, float | str] = field(default_factory=dict)
    fixes: Fixes | None = None
    distance: Floats | None = None
    last: Integers | None = None

    def __post_init__(self) -> None:
        """Refuse captures of animals, occasions or detectors that are not there."""
        for name, limit in (
            ("animal", len(self.animals)),
            ("occasion", self.detectors.occasions),
            ("detector", len(self.detectors.names)),
        ):
            values = getattr(self.captures, name)
            if len(values) and (values.min() < 0 or values.max() >= limit):
                raise MisuseError(
                    Text("captures of {name} 0 to {last}", name=name, last=limit - 1),
                    Text("{low} to {high}", low=int(values.min()), high=int(values.max())),
                    "Number animals, occasions and detectors from 0 in their own order.",
                )
        for name, values in self.covariates.items():
            _shape(f"covariate {name} of animals", values, (len(self.animals),))
        if self.last is not None:
            _shape("last", self.last, (len(self.animals),))
        if self.distance is not None:
            _shape("distance", self.distance, (len(self.detectors.names), len(self.mask)))
            if self.detectors.cell is not None:
                raise MisuseError(
                    "exact places of detectors, or straight distances",
                    Text("places in cells and given distances in session {name}", name=self.name),
                    "Leave one of them out.",
                )


def _shape(name: str, array: NDArray[Any], shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise MisuseError(
            Text("{name} of shape {shape}", name=name, shape=str(shape)),
            Text("shape {shape}", shape=str(array.shape)),
            "Give one value, or one row, for each.",
        )
