"""Which sets of parameters can occur in a survey: few, however many nights it has.

A state is one combination of what the model lets parameters depend on: the pattern of an animal's covariates, whether
it has learnt, its class, and the pattern of detector and occasion. Sixty nights under one model are one pattern.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tumen.errors import MisuseError, Text
from tumen.population.scr.formula import variables
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Covariate, Floats, Integers, Session

LEARNED = ("b", "bk")
"""Responses to having been caught: b anywhere, bk at this detector; both last from the next occasion on."""
OCCASION = ("t", "T")
"""An effect for each occasion, and a trend over occasions (0, 1, 2, ...)."""


@dataclass(frozen=True, eq=False)
class Patterns:
    """What parameters of one session can differ by.

    `animal`: (n,) pattern of each animal; `animals`: how many patterns. `place`: (K, S) pattern of detector and
    occasion; `places`: how many. `learned`: 1, or 2 where parameters change after a capture. `classes`: 1 or 2.
    """

    animal: Integers
    animals: int
    place: Integers
    places: int
    learned: int
    classes: int

    @property
    def count(self) -> int:
        """Return the number of states: animal patterns x learned x classes x places, in this order."""
        return self.animals * self.learned * self.classes * self.places


def patterns(session: Session, model: Model) -> Patterns:
    """Return the patterns of a session under a model; raises `MisuseError` for a session without detectors."""
    _some_detector(session)
    used = variables(model.detect, model.sigma, model.z)
    shape = session.detectors.usage.shape
    place, places = np.zeros(shape, np.int64), 1
    animal, animals = np.zeros(len(session.animals), np.int64), 1
    for name in used:
        if name in OCCASION:
            place, places = _crossed(place, np.broadcast_to(np.arange(shape[1]), shape))
        elif name in session.detectors.covariates:
            values = session.detectors.covariates[name]
            place, places = _crossed(place, np.broadcast_to(values if values.ndim == 2 else values[:, None], shape))
        elif name in session.covariates and name != model.hybrid:
            if model.likelihood == "full":
                raise MisuseError(
                    Text("a conditional likelihood, or classes, for a covariate of animals ({name})", name=name),
                    "a full likelihood",
                    Text("Set likelihood to 'conditional', or hybrid to '{name}' if it has two values.", name=name),
                )
            if len(session.animals):
                animal, animals = _crossed(animal, session.covariates[name])
    learned = 2 if any(name in used for name in LEARNED) else 1
    return Patterns(animal, animals, place, places, learned, 2 if model.mixed else 1)


def _some_detector(session: Session) -> None:
    if not session.detectors.usage.size:
        raise MisuseError(
            Text("detectors in session {name}", name=session.name), "none", "Give the places of the detectors."
        )


def _crossed(codes: Integers, values: Covariate) -> tuple[Integers, int]:
    """Return codes of each pair of a code and a value, and how many there are."""
    text = (
        values.astype(float)
        if values.dtype != object
        else np.array([str(v) for v in values.ravel()]).reshape(values.shape)
    )
    _, inverse = np.unique(text, return_inverse=True)
    both = codes * (inverse.max() + 1) + inverse.reshape(codes.shape)
    kept, again = np.unique(both, return_inverse=True)
    return again.reshape(codes.shape).astype(np.int64), len(kept)


def classes(sessions: Sequence[Session], model: Model) -> tuple[str, ...]:
    """Return the two values of the hybrid covariate in their order, ("1", "2") for a mixture, () for neither."""
    if model.hybrid is None:
        return ("1", "2") if model.classes == 2 else ()
    given = [s.covariates[model.hybrid] for s in sessions if model.hybrid in s.covariates]
    if any(column.dtype != object for column in given):
        raise MisuseError(
            Text("words for the classes of animals ({name})", name=model.hybrid),
            "numbers",
            "Write words such as F and M, and leave unknown ones empty.",
        )
    seen = {value for column in given for value in column if value is not None}
    if len(seen) != 2:
        raise MisuseError(
            Text("two values of {name} among the animals", name=model.hybrid),
            Text("{count}: {values}", count=len(seen), values=", ".join(sorted(map(str, seen))) or "-"),
            "Leave the classes out, or record both values for the animals that show them.",
        )
    return tuple(sorted(map(str, seen)))


def columns(
    session: Session, model: Model, found: Patterns, levels: dict[str, tuple[str, ...]]
) -> dict[str, Covariate]:
    """Return for each variable that a formula may name its value in every state of a session."""
    _some_detector(session)
    index = np.arange(found.count)
    place = index % found.places
    group = index // found.places % found.classes
    learned = index // (found.places * found.classes) % found.learned
    animal = index // (found.places * found.classes * found.learned)
    example = np.zeros(found.places, np.int64)
    example[found.place.ravel()[::-1]] = np.arange(found.place.size)[::-1]
    detector, occasion = np.divmod(example[place], found.place.shape[1])
    whose = np.zeros(found.animals, np.int64)
    whose[found.animal[::-1]] = np.arange(len(found.animal))[::-1]
    values: dict[str, Covariate] = {
        "session": _constant(session.name, found.count),
        "t": np.array([str(number + 1) for number in occasion], dtype=object),
        "T": occasion.astype(float),
        "b": learned.astype(float),
        "bk": learned.astype(float),
    }
    for name, value in session.values.items():
        values[name] = _constant(value, found.count)
    for name, column in session.detectors.covariates.items():
        values[name] = column[detector, occasion] if column.ndim == 2 else column[detector]
    for name, column in session.covariates.items():
        if len(column):
            values[name] = column[whose[animal]]
        elif column.dtype != object or levels.get(name):  # Nobody was seen: any value will do.
            values[name] = _constant(levels[name][0] if column.dtype == object else 0.0, found.count)
    if model.hybrid is not None:
        values[model.hybrid] = np.array([levels[model.hybrid][number] for number in group], dtype=object)
    elif model.mixed:
        values["h2"] = group.astype(float)
    return values


def _constant(value: float | str, count: int) -> Covariate:
    return np.full(count, value, dtype=object if isinstance(value, str) else float)


def levels(sessions: Sequence[Session], model: Model) -> dict[str, tuple[str, ...]]:
    """Return the values of every category over all sessions, sorted; sessions and occasions in their own order."""
    found: dict[str, tuple[str, ...]] = {
        "session": tuple(dict.fromkeys(session.name for session in sessions)),
        "t": tuple(str(n + 1) for n in range(max(session.detectors.occasions for session in sessions))),
    }
    seen: dict[str, set[str]] = {}
    for session in sessions:
        for name, column in (
            *session.covariates.items(),
            *session.detectors.covariates.items(),
            *session.mask.covariates.items(),
        ):
            if column.dtype == object:
                seen.setdefault(name, set()).update(value for value in column.ravel() if value is not None)
        for name, value in session.values.items():
            if isinstance(value, str):
                seen.setdefault(name, set()).add(value)
    found.update({name: tuple(sorted(values)) for name, values in seen.items()})
    if model.hybrid is not None:
        found[model.hybrid] = classes(sessions, model)
    return found


def placed(found: Patterns, usage: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Return the pairs of detector and place pattern with effort, and their (Q, S) effort by occasion."""
    pair = np.arange(usage.shape[0])[:, None] * found.places + found.place
    kept = np.unique(pair[usage > 0])
    effort = np.zeros((len(kept), usage.shape[1]))
    k, s = np.nonzero(usage > 0)
    effort[np.searchsorted(kept, pair[k, s]), s] = usage[k, s]
    return kept // found.places, kept % found.places, effort
