"""From files to features: read, cut out, compute and keep, on as many cores as there are.

Every picture is known by the digest of its bytes; its features are computed once for one box, backend and settings.
What is computed is rounded to the precision that is kept before anything uses it, so that a second run, which finds
everything kept, gives the same numbers.
"""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from tumen import engine
from tumen.errors import MisuseError, Text, nearest
from tumen.files import feature_cache
from tumen.files.archive import Folder, Source, UnreadableError, Zip
from tumen.files.feature_cache import Key, Shape
from tumen.files.pictures import MOST_BYTES, Box, Pixels, chip, fitted, look, over_the_edge, unpack
from tumen.individuals.photo_backends import OnnxVector, XFeat
from tumen.individuals.photo_features import Backend, Features, Sift

BACKENDS = ("sift", "xfeat")
TOGETHER = 8
"""Pictures that one piece of work reads."""

LONGEST = 1 << 30
"""No picture has a longer side, in pixels."""

IN_MEMORY = 1 << 30
"""Bytes of features that are held at once; the others are read again when they are needed."""


@dataclass(frozen=True, kw_only=True)
class PhotoSettings:
    """What [identify] of a study says about photographs.

    `burst`: pictures of one camera at most this far apart are one burst and never matched with each other. `backend`:
    sift or xfeat. `size`: pixels of the longer side of a chip. `points`: features kept of each. `margin`: share of the
    box added on each side. `shortlist`: pictures compared exactly with each; `candidates`: how many of them are kept.
    `model`: an ONNX file for whole-picture vectors, with `model_size`, `model_mean` and `model_deviation` as its makers
    state them; none of the three has a default.
    """

    burst: timedelta = timedelta(seconds=60)
    backend: str = "sift"
    size: int = 800
    points: int = 1200
    margin: float = 0.0
    shortlist: int = 60
    candidates: int = 20
    model: Path | None = None
    model_size: int | None = None
    model_mean: tuple[float, ...] | None = None
    model_deviation: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be carried out."""
        if self.backend not in BACKENDS:
            raise MisuseError("a backend that ships", f"'{self.backend}'", nearest(self.backend, BACKENDS))
        for name in ("size", "points", "shortlist", "candidates"):
            if getattr(self, name) < 1:
                needed = Text("a number of 1 or more for {name}", name=name)
                raise MisuseError(needed, str(getattr(self, name)), "Leave it out, or give a larger one.")
        if not 0 <= self.margin <= 1:
            raise MisuseError("a margin from 0 to 1", str(self.margin), "Give a share of the box, such as 0.05.")
        if self.burst < timedelta(0):
            raise MisuseError("a burst of 0 seconds or more", str(self.burst), 'Write for example "60s".')
        self._judge_model()

    def _judge_model(self) -> None:
        told = (self.model_size, self.model_mean, self.model_deviation)
        if self.model is not None and any(value is None for value in told):
            raise MisuseError(
                "modelSize, modelMean and modelDeviation beside a model",
                "some of them missing",
                "State them as the makers of the model do; none is guessed.",
            )
        for name, numbers in (("modelMean", self.model_mean), ("modelDeviation", self.model_deviation)):
            if numbers is not None and (len(numbers) != 3 or (name == "modelDeviation" and min(numbers) <= 0)):
                raise MisuseError(
                    Text("three numbers for {name}, above 0 for a deviation", name=name),
                    str(list(numbers)),
                    "Give one for red, green and blue.",
                )


@dataclass(frozen=True)
class Job:
    """One animal in one picture: where the package is, the picture's name in it, and the box."""

    source: Path
    name: str
    box: Box


@dataclass(frozen=True)
class Outcome:
    """What became of a job: `problem` is the code of a finding where there are no features.

    `held` and `vector` hold what could not be kept on disk. `again` says that what was kept could not be believed.
    """

    problem: str = ""
    notes: tuple[str, ...] = ()
    digest: str = ""
    width: int = 0
    height: int = 0
    points: int = 0
    again: bool = False
    held: Mapping[str, NDArray[Any]] | None = field(default=None, repr=False)
    vector: NDArray[np.float32] | None = field(default=None, repr=False)


def backend(settings: PhotoSettings) -> Backend:
    """Return the backend for local features."""
    if settings.backend == "xfeat":
        return XFeat(longest=settings.size, most=settings.points)
    return Sift(longest=settings.size, most=settings.points)


@cache
def ready(settings: PhotoSettings) -> tuple[Backend, OnnxVector | None]:
    """Return the backends, made once in every process; the model's bytes are read here."""
    if settings.model is None:
        return backend(settings), None
    try:
        model = settings.model.read_bytes()
    except OSError as error:
        raise MisuseError(
            "the file of a model", Text("no readable file {path}", path=settings.model), "Correct model in [identify]."
        ) from error
    return backend(settings), OnnxVector(
        model,
        feature_cache.digest(model)[:16],
        settings.model_size or 0,
        settings.model_mean or (),
        settings.model_deviation or (),
    )


def opened(path: Path) -> Source:
    """Return the files of a package: those of its folder or zip, or those beside its table."""
    if path.suffix.lower() == ".zip":
        return Zip(path)
    return Folder(path, "") if path.is_dir() else Folder(path.parent, path.name)


def features_of(
    jobs: Sequence[Job],
    settings: PhotoSettings,
    folder: Path,
    *,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> list[Outcome]:
    """Return what became of every job, in their order; features are kept in `folder`."""
    pieces = [tuple(jobs[start : start + TOGETHER]) for start in range(0, len(jobs), TOGETHER)]
    work = partial(_some, settings=settings, folder=folder)
    done = engine.run(work, pieces, workers=workers, progress=progress)
    return [outcome for piece in done for outcome in piece]


def _some(jobs: Sequence[Job], *, settings: PhotoSettings, folder: Path) -> list[Outcome]:
    sources: dict[Path, Source] = {}
    for job in jobs:
        if job.source not in sources:
            sources[job.source] = opened(job.source)
    return [_one(job, sources[job.source], settings, folder) for job in jobs]


def _one(job: Job, source: Source, settings: PhotoSettings, folder: Path) -> Outcome:
    try:
        if source.size(job.name) > MOST_BYTES:
            return Outcome("photo-too-large")
        data = source.read(job.name)
    except UnreadableError:
        return Outcome("photo-unreadable")
    digest = feature_cache.digest(data)
    local, whole = ready(settings)
    key = _key(digest, job.box, local.name, settings)
    arrays = feature_cache.load(folder, key, _shapes(local.dimension))
    vector = None if whole is None else _kept_vector(folder, _key(digest, job.box, whole.name, settings))
    again = arrays is None and feature_cache.exists(folder, key)
    if arrays is not None and (whole is None or vector is not None):
        return _outcome(arrays, digest, _notes(data, job), again)
    cut = cut_out(data, job, settings)
    if cut.pixels is None:
        return Outcome(cut.problem, digest=digest)
    fresh = packed(local(cut.pixels)) if arrays is None else arrays
    kept = arrays is not None or feature_cache.store(folder, key, fresh)
    if whole is not None and vector is None:
        vector = whole(cut.pixels)
        vector_key = _key(digest, job.box, whole.name, settings)
        vector = None if feature_cache.store(folder, vector_key, {"vector": vector}) else vector
    return _outcome(fresh, digest, cut.notes, again, None if kept else fresh, vector)


def _outcome(
    arrays: Mapping[str, NDArray[Any]],
    digest: str,
    notes: tuple[str, ...],
    again: bool,
    held: Mapping[str, NDArray[Any]] | None = None,
    vector: NDArray[np.float32] | None = None,
) -> Outcome:
    width, height = (int(side) for side in arrays["size"])
    count = len(arrays["points"])
    problem = "" if count else "photo-without-features"
    return Outcome(problem, notes, digest, width, height, count, again, held, vector)


def _notes(data: bytes, job: Job) -> tuple[str, ...]:
    """Return what `cut_out` would say, without unpacking."""
    return (*look(data, job.name).notes, *(("photo-box-cut",) if over_the_edge(job.box) else ()))


@dataclass(frozen=True)
class Cut:
    """The chip of a job, at the size at which it is compared; `pixels` is None where there is a problem."""

    pixels: Pixels | None
    problem: str = ""
    notes: tuple[str, ...] = ()


def cut_out(data: bytes, job: Job, settings: PhotoSettings) -> Cut:
    """Return the animal of a job from the bytes of its picture, `size` pixels long at most."""
    sides = [side for side in job.box[2:] if side is not None and side > 0]
    # Enough pixels of the whole picture that the smaller side of the box still has `size` of them; a box of next to
    # nothing would ask for more than any number holds, and is judged when it is cut out.
    enough = int(min(settings.size / min([1.0, *sides]), LONGEST))
    read = unpack(data, job.name, longest=enough)
    if read.pixels is None:
        return Cut(None, read.problem)
    part = chip(read.pixels, job.box, settings.margin)
    if part.pixels is None:
        return Cut(None, part.problem)
    return Cut(fitted(part.pixels, settings.size), "", (*read.notes, *part.notes))


def _key(digest: str, box: Box, name: str, settings: PhotoSettings) -> Key:
    return Key(digest, box, name, {"size": settings.size, "margin": settings.margin})


def _shapes(dimension: int) -> Mapping[str, Shape]:
    return {
        "points": Shape("float32", (None, 4)),
        "descriptors": Shape("float16", (None, dimension)),
        "weights": Shape("float16", (None,)),
        "size": Shape("int64", (2,)),
    }


def packed(features: Features) -> Mapping[str, NDArray[Any]]:
    """Return features as they are kept: descriptors and weights in half precision."""
    return {
        "points": features.points.astype(np.float32),
        "descriptors": features.descriptors.astype(np.float16),
        "weights": features.weights.astype(np.float16),
        "size": np.array([features.width, features.height], np.int64),
    }


def unpacked(arrays: Mapping[str, NDArray[Any]], name: str) -> Features:
    """Return features as they are used, their descriptors of unit length again.

    >>> from tumen.individuals.photo_features import empty
    >>> len(unpacked(packed(empty(9, 8, "sift")), "sift"))
    0
    """
    descriptors = arrays["descriptors"].astype(np.float32)
    length = np.maximum(np.linalg.norm(descriptors, axis=1, keepdims=True), 1e-6)
    width, height = (int(side) for side in arrays["size"])
    return Features(
        arrays["points"],
        (descriptors / length).astype(np.float32),
        arrays["weights"].astype(np.float32),
        width,
        height,
        name,
    )


def fresh_features(pixels: Pixels, settings: PhotoSettings) -> Features:
    """Return the features of a chip as they would be kept."""
    local = ready(settings)[0]
    return unpacked(packed(local(pixels)), local.name)


def kept_features(data: bytes, job: Job, settings: PhotoSettings, folder: Path) -> Features | None:
    """Return the features that are kept of a job, whose picture has the bytes `data`; None where there are none."""
    local = ready(settings)[0]
    key = _key(feature_cache.digest(data), job.box, local.name, settings)
    arrays = feature_cache.load(folder, key, _shapes(local.dimension))
    return None if arrays is None else unpacked(arrays, local.name)


class Stored(Sequence[Features]):
    """The features of jobs, read from disk when they are asked for; at most `memory` bytes of them are held."""

    def __init__(
        self,
        jobs: Sequence[Job],
        outcomes: Sequence[Outcome],
        settings: PhotoSettings,
        folder: Path,
        memory: int = IN_MEMORY,
    ) -> None:
        """Remember where each is; `jobs[i]` became `outcomes[i]`, all of them with features."""
        local = ready(settings)[0]
        self._name, self._folder, self._memory = local.name, folder, memory
        self._shapes = _shapes(local.dimension)
        self._keys = [
            _key(done.digest, job.box, local.name, settings) for job, done in zip(jobs, outcomes, strict=True)
        ]
        self._names = [job.name for job in jobs]
        self._held = {place: done.held for place, done in enumerate(outcomes) if done.held is not None}
        self._recent: OrderedDict[int, Features] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._keys)

    @overload
    def __getitem__(self, place: int) -> Features: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Features]: ...
    def __getitem__(self, place: int | slice) -> Features | Sequence[Features]:
        """Return the features of a job, or of several."""
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        place = range(len(self))[place]
        if place in self._recent:
            self._recent.move_to_end(place)
            return self._recent[place]
        arrays = self._held.get(place) or feature_cache.load(self._folder, self._keys[place], self._shapes)
        if arrays is None:
            raise MisuseError(
                "the features that were kept a moment ago",
                Text("none for {name}", name=self._names[place]),
                "Let nobody change the folder of features while it is used, and run it again.",
            )
        features = unpacked(arrays, self._name)
        self._recent[place] = features
        self._bytes += _size(features)
        while self._bytes > self._memory and len(self._recent) > 1:
            self._bytes -= _size(self._recent.popitem(last=False)[1])
        return features

    def __iter__(self) -> Iterator[Features]:
        """Give one after the other."""
        return (self[place] for place in range(len(self)))

    def lent(self, readers: int) -> "Stored":
        """Return the same for one of so many processes: with nothing read yet, and its part of the memory."""
        mine = copy(self)
        mine._memory, mine._recent, mine._bytes = self._memory // readers, OrderedDict(), 0
        return mine


class Selected(Sequence[Features]):
    """Some of the features of a `Stored`, still on disk."""

    def __init__(self, stored: Stored, places: Sequence[int]) -> None:
        """Remember which, in order."""
        self._stored, self._places = stored, places

    def only(self, places: Sequence[int]) -> "Selected":
        """Return some of these."""
        return Selected(self._stored, [self._places[place] for place in places])

    def lent(self, readers: int) -> "Selected":
        """Return the same for one of so many processes."""
        return Selected(self._stored.lent(readers), self._places)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> Features: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Features]: ...
    def __getitem__(self, place: int | slice) -> Features | Sequence[Features]:
        """Return the features at a place, or at several."""
        if isinstance(place, slice):
            return [self._stored[each] for each in self._places[place]]
        return self._stored[self._places[place]]


def vectors(
    jobs: Sequence[Job], outcomes: Sequence[Outcome], settings: PhotoSettings, folder: Path
) -> NDArray[np.float32] | None:
    """Return the whole-picture vectors (n, d) of jobs, or None without a model."""
    whole = ready(settings)[1]
    if whole is None:
        return None
    found = [
        done.vector
        if done.vector is not None
        else _kept_vector(folder, _key(done.digest, job.box, whole.name, settings))
        for job, done in zip(jobs, outcomes, strict=True)
    ]
    every = [vector for vector in found if vector is not None]
    if len(every) < len(found):
        raise MisuseError(
            "the vectors that were kept a moment ago", "not all of them", "Run it again, and let nobody change them."
        )
    return np.stack(every) if every else np.zeros((0, 1), np.float32)


def _kept_vector(folder: Path, key: Key) -> NDArray[np.float32] | None:
    arrays = feature_cache.load(folder, key, {"vector": Shape("float32", (None,))})
    return None if arrays is None else arrays["vector"]


def _size(features: Features) -> int:
    return features.points.nbytes + features.descriptors.nbytes + features.weights.nbytes
