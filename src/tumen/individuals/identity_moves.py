"""Which animals were the events of?  Draws from all ways in which recorded names may have come about.

The model, for one catalogue of one species. There are N animals; K events fall on them, event by event, on animal i
with probability proportional to its rate, where rates are Gamma(evenness) (all equal where evenness is infinite).
Whoever names the events errs at each of them independently:

- right (1 - split - wrong): the event gets the name under which its animal stands;
- split: it gets a new name of its own, a ghost;
- wrong: it gets one of the other names in the catalogue, each with the same probability.

An event is *own* where its name was made for its animal (right or split), and *wrong* otherwise. Each name is owned by
one animal. An animal with own names of which one holds o >= 2 own events and g hold one has the likelihood
right^o split^g; one with g names of one event each split^(g-1) (g right + split), since it cannot be told which of them
is its name; a wrong event has wrong / (names - 1). N is summed over; in each pass the evenness is drawn given the
animals, and each event's animal given all others (Gibbs sampling), from their exact conditional distributions. Compiled
on first use.
"""

from typing import NamedTuple

import numba
import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, logsumexp

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Draws(NamedTuple):
    """Draws, one row each: number of animals behind the events and in all, animal of each event, owner of each name."""

    behind: Ints
    population: Ints
    animal: Ints
    owner: Ints


class Populations(NamedTuple):
    """What the draws need to know of how many animals there are.

    `weight[a, N]` is ln of 1/N times Gamma(N e)/Gamma(N e + K), or times N^-K for infinite evenness e; `factorial[N]`
    is ln N!; `caught[a, k]` is ln of Gamma(e + k)/Gamma(e), or 0. `seen[a, D]` is ln of the chance of D animals behind
    the events, summed over N (their events apart), and `fresh[a, D]` the factor by which one more changes it.
    """

    evenness: Floats
    weight: Floats
    factorial: Floats
    caught: Floats
    seen: Floats
    fresh: Floats


class State(NamedTuple):
    """Where the chain is.

    Per event: its name, its animal, whether the name was made for that animal. Per name: its owner, its events, its own
    events. Per animal: its events, its names with one own event, those with several. `tally` holds the number of
    animals with events, and the number of places for animals in use.
    """

    names: Ints
    animal: Ints
    own: npt.NDArray[np.bool_]
    owner: Ints
    borne: Ints
    held: Ints
    seen: Ints
    ghosts: Ints
    big: Ints
    tally: Ints


class Chance(NamedTuple):
    """What an event meets.

    `fresh` is the weight of a new animal by the number there are, `unit` that of an animal as such, `each` that of each
    of its events; then the chances of errors.
    """

    fresh: Floats
    unit: float
    each: float
    right: float
    split: float
    wrong: float


def populations(events: int, names: int, most: int, evenness: tuple[float, ...]) -> Populations:
    """Prepare draws of up to `most` animals for a number of events and of names; priors are 1/N, and flat evenness."""
    sizes = np.arange(most + 1, dtype=np.float64)
    sizes[0] = 1  # Never used: there is an animal.
    weight = np.empty((len(evenness), most + 1))
    caught = np.zeros((len(evenness), events + 1))
    for row, even in enumerate(evenness):
        if np.isinf(even):
            weight[row] = -events * np.log(sizes)
        else:
            weight[row] = gammaln(sizes * even) - gammaln(sizes * even + events)
            caught[row] = gammaln(even + np.arange(events + 1)) - gammaln(even)
    weight -= np.log(sizes)
    factorial = gammaln(np.arange(most + 1) + 1.0)
    # So many animals behind the events that fewer than one in two were named are not considered.
    top = min(events, most, 2 * names + 20)
    seen = np.full((len(evenness), top + 2), -np.inf)
    for behind in range(1, top + 1):
        logs = weight[:, behind:] + factorial[behind:] - factorial[: most + 1 - behind]
        seen[:, behind] = logsumexp(logs, axis=1)
    fresh = np.ones((len(evenness), top + 1))
    fresh[:, 1:] = np.exp(seen[:, 2:] - seen[:, 1:-1])
    return Populations(np.asarray(evenness, dtype=np.float64), weight, factorial, caught, seen, fresh)


def moves(names: Ints, rates: Floats, sweeps: int, known: Populations, rng: np.random.Generator) -> Draws:
    """Return as many draws as `rates` has rows (split, wrong).

    Each begins with the names as recorded, each an animal of its own, and passes `sweeps` times over all events; so a
    draw under unlikely rates leaves no trace in the next. `names` gives each event's recorded name as a number from 0
    without gaps.

    >>> rng = np.random.default_rng(1)
    >>> names, rates = np.array([0, 0, 0, 1]), np.array([[0.1, 0.0]] * 500)
    >>> drawn = moves(names, rates, 10, populations(4, 2, 50, (np.inf,)), rng)
    >>> sorted(set(drawn.behind.tolist()))
    [1, 2]
    """
    return Draws(*_run(names, rates, sweeps, known, rng))


@numba.njit(cache=True)
def _run(names, rates, sweeps, known, rng):  # type: ignore[no-untyped-def]
    draws, labels = rates.shape[0], names.max() + 1
    behind, population = np.empty(draws, np.int64), np.empty(draws, np.int64)
    animal, owner = np.empty((draws, names.size), np.int64), np.empty((draws, labels), np.int64)
    # Names of one event first: they find their animals before wrong events hold up others in their stead.
    order = np.argsort(np.bincount(names)[names] > 1, kind="mergesort")
    for draw in range(draws):
        s = _recorded(names, labels)
        split, wrong = rates[draw, 0], rates[draw, 1]
        for _ in range(sweeps):
            row = _evenness(s, known, rng)
            even = known.evenness[row]
            unit, each = (1.0, 0.0) if np.isinf(even) else (even, 1.0)
            chance = Chance(known.fresh[row], unit, each, 1 - split - wrong, split, wrong)
            for e in order:
                if s.own[e] and s.held[s.names[e]] == 1:
                    _move_name(e, s, chance, rng)
                else:
                    _move_event(e, s, chance, rng)
        behind[draw] = s.tally[0]
        population[draw] = _population(s, _evenness(s, known, rng), known, rng)
        animal[draw], owner[draw] = s.animal, s.owner
    return behind, population, animal, owner


@numba.njit(cache=True)
def _recorded(names, labels):  # type: ignore[no-untyped-def]
    """Return the state in which every name is an animal."""
    seen = np.zeros(names.size + 1, np.int64)
    for name in names:
        seen[name] += 1
    ghosts, big = np.zeros(seen.size, np.int64), np.zeros(seen.size, np.int64)
    for name in range(labels):
        if seen[name] == 1:
            ghosts[name] = 1
        else:
            big[name] = 1
    own = np.ones(names.size, np.bool_)
    held = seen[:labels].copy()
    tally = np.array([labels, labels])
    return State(names, names.copy(), own, np.arange(labels), held.copy(), held, seen, ghosts, big, tally)


@numba.njit(cache=True)
def _evenness(s, known, rng):  # type: ignore[no-untyped-def]
    """Draw how even the animals' rates are, given the events of each; return its place."""
    logs = np.empty(known.evenness.size)
    for row in range(logs.size):
        logs[row] = known.seen[row, s.tally[0]]
        for animal in range(s.tally[1]):
            logs[row] += known.caught[row, s.seen[animal]]
    return _pick(np.exp(logs - logs.max()), rng)


@numba.njit(cache=True)
def _population(s, row, known, rng):  # type: ignore[no-untyped-def]
    """Draw how many animals there are in all."""
    alive, most = s.tally[0], known.factorial.size - 1
    logs = known.weight[row, alive:] + known.factorial[alive:] - known.factorial[: most + 1 - alive]
    return alive + _pick(np.exp(logs - logs.max()), rng)


@numba.njit(cache=True)
def _pick(chances, rng):  # type: ignore[no-untyped-def]
    """Draw a place with probability proportional to what stands there."""
    left = rng.random() * chances.sum()
    last = 0
    for place in range(chances.size):
        if chances[place] > 0:
            last = place
            left -= chances[place]
            if left <= 0:
                break
    return last


@numba.njit(cache=True)
def _leave(e, s):  # type: ignore[no-untyped-def]
    """Take an event from its animal."""
    s.seen[s.animal[e]] -= 1
    if s.seen[s.animal[e]] == 0:
        s.tally[0] -= 1


@numba.njit(cache=True)
def _enter(e, s, animal):  # type: ignore[no-untyped-def]
    """Give an event to an animal."""
    if s.seen[animal] == 0:
        s.tally[0] += 1
        s.tally[1] = max(s.tally[1], animal + 1)
    s.seen[animal] += 1
    s.animal[e] = animal


@numba.njit(cache=True)
def _free(s):  # type: ignore[no-untyped-def]
    """Return the number of an animal without events."""
    for animal in range(s.tally[1]):
        if s.seen[animal] == 0:
            return animal
    return s.tally[1]


@numba.njit(cache=True)
def _move_name(e, s, c, rng):  # type: ignore[no-untyped-def]
    """Draw the animal of an event that alone holds up its name; the name moves with it."""
    name = s.names[e]
    _leave(e, s)
    s.ghosts[s.animal[e]] -= 1
    fresh = _free(s)
    chances = np.zeros(s.tally[1] + 1)
    for animal in range(s.tally[1]):
        if s.seen[animal]:
            chances[animal] = (c.unit + c.each * s.seen[animal]) * _one_more(animal, s, c)
    chances[fresh] = c.fresh[s.tally[0]] * c.unit * (c.right + c.split)
    if s.borne[name] > 1:
        for f in range(s.names.size):
            if s.names[f] == name and not s.own[f]:
                # A name cannot be wrong for the animal that owns it.
                chances[s.animal[f]] = 0.0
    animal = _pick(chances, rng)
    _enter(e, s, animal)
    s.ghosts[animal] += 1
    s.owner[name] = animal


@numba.njit(cache=True)
def _one_more(animal, s, c):  # type: ignore[no-untyped-def]
    """Return the factor by which one more name of one event changes the likelihood of an animal's names."""
    ghosts = s.ghosts[animal]
    if s.big[animal]:
        return c.split
    if ghosts:
        return c.split * ((ghosts + 1) * c.right + c.split) / (ghosts * c.right + c.split)
    return c.right + c.split


@numba.njit(cache=True)
def _one_longer(name, s, c):  # type: ignore[no-untyped-def]
    """Return the factor by which one more own event of a name changes the likelihood of its owner's names."""
    holder = s.owner[name]
    if s.held[name] > 1:
        return c.right
    if s.big[holder]:
        return 0.0
    return c.right * c.right / (s.ghosts[holder] * c.right + c.split)


@numba.njit(cache=True)
def _lengthen(name, s, by):  # type: ignore[no-untyped-def]
    """Change the number of a name's own events by one, up or down, above one."""
    s.held[name] += by
    if s.held[name] == (2 if by > 0 else 1):
        s.big[s.owner[name]] += by
        s.ghosts[s.owner[name]] -= by


@numba.njit(cache=True)
def _move_event(e, s, c, rng):  # type: ignore[no-untyped-def]
    """Draw whether an event belongs to the animal that owns its name, or which other one it is wrongly named for."""
    name = s.names[e]
    holder = s.owner[name]
    _leave(e, s)
    if s.own[e]:
        _lengthen(name, s, -1)
    stay = (c.unit + c.each * s.seen[holder]) * _one_longer(name, s, c)
    each = c.wrong / (s.owner.size - 1) if s.owner.size > 1 else 0.0
    known = ((s.tally[0] - 1) * c.unit + c.each * (s.names.size - 1 - s.seen[holder])) * each
    fresh = c.fresh[s.tally[0]] * c.unit * each
    kind = _pick(np.array([stay, known, fresh]), rng)
    s.own[e] = kind == 0
    if kind == 0:
        _lengthen(name, s, 1)
        _enter(e, s, holder)
    elif kind == 1:
        chances = np.zeros(s.tally[1])
        for animal in range(s.tally[1]):
            if s.seen[animal] and animal != holder:
                chances[animal] = c.unit + c.each * s.seen[animal]
        _enter(e, s, _pick(chances, rng))
    else:
        _enter(e, s, _free(s))
