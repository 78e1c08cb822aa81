"""Which animals were seen where in which year?  Sessions of one region, put together by the animals' names.

The same name in two sessions is the same animal. All sessions share one mask. Detections within a session are collapsed
to the few terms the likelihood needs: with h the hazard of one unit of usage at a detector, and H the sum over all
detectors of usage times hazard, an animal's log-probability of a session's data is -H plus one term per detector where
it was seen:

- `proximity`: y ln(exp(u h) - 1) for y occasions of usage u; `binomial`: the same with u = 1 and y successes;
- `count`: y ln h;
- `multi`: y ln h per detector, and y ln((exp(G) - 1) / G) per y occasions whose detectors' hazards sum to G.

What does not depend on parameters (usages, factorials) is in `constant`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from tumen.errors import MisuseError, Text
from tumen.population.scr.survey import Floats, Integers, Mask, Session

CHANCE, COUNT, PATTERN = 0, 1, 2
"""Terms: y ln(exp(u h) - 1), y ln h, y ln((exp(G) - 1) / G)."""
SEXES = ("F", "M")


class Year(NamedTuple):
    """One session as the kernels need it; K detectors, M cells, R animals seen, C terms in the order of the rows.

    `detectors`: (K, 2) and `cells`: (M, 2) metres. `distance`: (K, M) metres, or (0, 0) for straight lines. `usage`:
    (K,) summed over occasions. `patterns`: (G, K) distinct usages of occasions in which somebody was caught (`multi`).
    `begin`: (R + 1,) where each row's terms begin. `where`: (C,) detector, or pattern for terms of that kind.
    """

    detectors: Floats
    cells: Floats
    distance: Floats
    usage: Floats
    patterns: Floats
    begin: Integers
    term: Integers
    where: Integers
    unit: Floats
    times: Floats


@dataclass(frozen=True, eq=False)
class OpenData:
    """Animals over years: n animals, T sessions, M cells.

    `row`: (n, T) row of the animal in `years[t]`, -1 where it was not seen. `first`, `last`: (n,) sessions. `sex`: (n,)
    0 female, 1 male, -1 unknown. `intervals`: (T - 1,) years between sessions. `constant`: (n, T) part of an animal's
    log-probability of a session that holds no parameter. `values`: (T,) by name, numeric values of the sessions.
    """

    animals: tuple[str, ...]
    sessions: tuple[str, ...]
    intervals: Floats
    mask: Mask
    years: tuple[Year, ...]
    row: Integers
    first: Integers
    last: Integers
    sex: Integers
    constant: Floats
    values: dict[str, Floats]


def gather(sessions: Sequence[Session], intervals: Sequence[float] | None = None) -> OpenData:
    """Put sessions in order of time together; `intervals` are years between neighbours (default 1).

    Animals that are named and were never seen are not in the data. Raises `MisuseError` where masks differ, intervals
    do not fit, a name stands twice in a session, an animal has two sexes, or somebody is seen where no detector worked.

    >>> from tumen.population.survival.open_simulate import example
    >>> data = gather(example())
    >>> len(data.sessions), data.row.shape == (len(data.animals), 3)
    (3, True)
    """
    gaps = _intervals(len(sessions), intervals)
    _same_mask(sessions)
    for session in sessions:
        _proper(session)
    # Order of the names, so that the order in which they were written changes nothing.
    seen = sorted({s.animals[a] for s in sessions for a in s.captures.animal.tolist()})
    number = {name: place for place, name in enumerate(seen)}
    row = np.full((len(seen), len(sessions)), -1, np.int64)
    years, constant = [], np.zeros(row.shape)
    for t, session in enumerate(sessions):
        year, members, part = _year(session, number)
        row[members, t] = np.arange(len(members))
        years.append(year)
        constant[members, t] = part
    there = row >= 0
    first = np.argmax(there, axis=1).astype(np.int64)
    last = (there.shape[1] - 1 - np.argmax(there[:, ::-1], axis=1)).astype(np.int64)
    sex = _sexes(sessions, number)
    names = tuple(session.name for session in sessions)
    return OpenData(
        tuple(seen), names, gaps, sessions[0].mask, tuple(years), row, first, last, sex, constant, _values(sessions)
    )


def _intervals(count: int, intervals: Sequence[float] | None) -> Floats:
    if count == 0:
        raise MisuseError("sessions", "none", "Give the sessions in order of time.")
    gaps = np.ones(count - 1) if intervals is None else np.asarray(intervals, dtype=np.float64)
    if gaps.shape != (count - 1,) or not np.all(np.isfinite(gaps)) or np.any(gaps <= 0):
        raise MisuseError(
            Text("{count} intervals above 0 between {sessions} sessions", count=count - 1, sessions=count),
            Text("{found}", found=", ".join(f"{gap:g}" for gap in np.atleast_1d(gaps)) or "none"),
            "Give the years from each session to the next.",
        )
    return gaps


def _same_mask(sessions: Sequence[Session]) -> None:
    mask = sessions[0].mask
    for session in sessions[1:]:
        other = session.mask
        same = np.array_equal(other.xy, mask.xy) and np.array_equal(other.area, mask.area)
        if not same:
            raise MisuseError(
                "one mask for all sessions of an open population",
                Text("another mask in session {name}", name=session.name),
                "Make one mask around the detectors of all sessions and give it to each.",
            )


def _proper(session: Session) -> None:
    """Refuse what cannot be: one name twice, a capture without usage, two places in an occasion of `multi`."""
    twice = [name for name, times in Counter(session.animals).items() if times > 1]
    if twice:
        raise MisuseError(
            "a name for each animal of a session",
            Text("{name} twice in session {session}", name=min(twice), session=session.name),
            "Give one name to one animal, in all sessions the same.",
        )
    c, d = session.captures, session.detectors
    idle = d.usage[c.detector, c.occasion] <= 0
    if np.any(idle):
        raise MisuseError(
            "captures at detectors that worked",
            Text("{count} where usage is 0, in session {session}", count=int(idle.sum()), session=session.name),
            "Correct the usage of the detector, or the capture.",
        )
    single = d.kind in ("multi", "proximity")
    keys = c.animal * d.occasions + c.occasion
    if d.kind == "proximity":
        keys = keys * len(d.names) + c.detector
    if np.any(c.count < 1) or (single and (np.any(c.count > 1) or len(np.unique(keys)) < len(keys))):
        raise MisuseError(
            Text("captures as detectors of kind {kind} make them", kind=d.kind),
            Text("an animal more often, or a count below 1, in session {session}", session=session.name),
            "Take repeats in an occasion together, or choose another kind of detector.",
        )
    if d.kind == "binomial" and np.any(c.count > d.usage[c.detector, c.occasion]):
        raise MisuseError(
            "no more successes than chances",
            Text("more in session {session}", session=session.name),
            "For detectors of kind binomial usage is the whole number of chances.",
        )


def _year(session: Session, number: dict[str, int]) -> tuple[Year, Integers, Floats]:
    """Return a session's terms, the animals of its rows, and their constants."""
    c, d = session.captures, session.detectors
    use = d.usage[c.detector, c.occasion]
    who = np.array([number[session.animals[a]] for a in c.animal.tolist()], dtype=np.int64)
    members, row = np.unique(who, return_inverse=True)
    terms: Counter[tuple[int, int, int, float]] = Counter()
    patterns, which = np.zeros((0, len(d.names))), np.zeros(d.occasions, np.int64)
    parts: npt.NDArray[np.floating] = np.zeros(len(c))
    if d.kind == "multi":
        caught = np.unique(c.occasion)
        patterns, places = np.unique(d.usage[:, caught].T, axis=0, return_inverse=True)
        which[caught] = places.ravel()
        parts = np.log(use)
    elif d.kind == "count":
        parts = _plain(c.count) * np.log(use) - gammaln(c.count + 1.0)
    elif d.kind == "binomial":
        parts = gammaln(use + 1) - gammaln(c.count + 1.0) - gammaln(use - c.count + 1)
    kind, units = (CHANCE if d.kind in ("proximity", "binomial") else COUNT), use
    if d.kind != "proximity":
        units = np.ones(len(use))
    for j in range(len(c)):
        terms[int(row[j]), kind, int(c.detector[j]), float(units[j])] += int(c.count[j])
        if d.kind == "multi":
            terms[int(row[j]), PATTERN, int(which[c.occasion[j]]), 1.0] += 1
    table = np.array([(*key, times) for key, times in sorted(terms.items())], dtype=np.float64).reshape(-1, 5)
    begin = np.searchsorted(table[:, 0], np.arange(len(members) + 1)).astype(np.int64)
    distance = np.zeros((0, 0)) if session.distance is None else np.ascontiguousarray(session.distance, np.float64)
    year = Year(
        _plain(d.xy),
        _plain(session.mask.xy),
        distance,
        _plain(d.usage.sum(axis=1)),
        _plain(patterns),
        begin,
        table[:, 1].astype(np.int64),
        table[:, 2].astype(np.int64),
        _plain(table[:, 3]),
        _plain(table[:, 4]),
    )
    return year, members, _plain(np.bincount(row, weights=parts, minlength=len(members)))


def _plain(array: npt.ArrayLike) -> Floats:
    return np.ascontiguousarray(array, dtype=np.float64)


def _sexes(sessions: Sequence[Session], number: dict[str, int]) -> Integers:
    """Return each animal's sex: what any session says of it."""
    sex = np.full(len(number), -1, np.int64)
    for session in sessions:
        given = session.covariates.get("sex")
        for name, value in zip(session.animals, [] if given is None else given, strict=False):
            if value is None or name not in number:
                continue
            if value not in SEXES or sex[number[name]] not in (-1, SEXES.index(value)):
                raise MisuseError(
                    "one sex for each animal: F, M or None",
                    Text("{value} for {name} in session {session}", value=value, name=name, session=session.name),
                    "Give each animal the same sex in all sessions, None where it is not known.",
                )
            sex[number[name]] = SEXES.index(value)
    return sex


def _values(sessions: Sequence[Session]) -> dict[str, Floats]:
    """Return the sessions' numeric values that every session has."""
    shared = set.intersection(*(set(session.values) for session in sessions))
    found = {}
    for name in sorted(shared):
        values = [session.values[name] for session in sessions]
        if all(isinstance(value, int | float) for value in values):
            found[name] = np.array(values, dtype=np.float64)
    return found
