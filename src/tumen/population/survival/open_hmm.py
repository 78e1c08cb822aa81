"""How probable is an animal's life as it was seen?  The forward pass over years, and its adjoint.

For one class of animals, states are: not yet in the region, alive with the centre in cell x, gone. With B_t the animals
that enter at session t, s(x) where they enter, phi_t survival of interval t, K the movement, and e_t(x) = exp(-H_t(x))
the probability to be missed by session t:

    psi_0 = B_0 s,        psi_t = phi_{t-1} K'(e_{t-1} psi_{t-1}) + B_t s    alive at t and not seen before
    chi_{T-1} = 1,        chi_t = 1 - phi_t + phi_t K(e_{t+1} chi_{t+1})     not seen after t, if alive at t

An animal seen first at f and last at l, with probability o_t(x) of what was seen of it at t (e_t where nothing was):

    L = sum over x of a_l chi_l,    a_f = psi_f o_f,    a_t = phi_{t-1} K'(a_{t-1}) o_t

so what all animals share is computed once. Expected number of animals seen: sum over t and x of psi_t (1 - e_t).

The adjoint runs the same recursions backwards: with b_l = chi_l, b_t = phi_t K(o_{t+1} b_{t+1}), the posterior
probability that the animal is at x at t is a_t b_t / L, which is the derivative of ln L by ln o_t(x); likewise
o_f b_f / L by psi_f(x), a_l / L by chi_l(x), 1 by ln phi_t of a year that it survived. Animals are carried as
logarithms, so that none of this underflows.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from tumen.population.scr.survey import Floats, Integers
from tumen.population.survival.open_kernel import Move


@dataclass(frozen=True, eq=False)
class Chain:
    """One class: `survive` (T - 1,), `enter` (T,), `surface` (M,), `quiet` (T, M) e_t, `moves` (T - 1,).

    `captured`: animals are given from their first session on, and `enter` is the share of the class at each session.
    """

    survive: Floats
    enter: Floats
    surface: Floats
    quiet: Floats
    moves: tuple[Move, ...]
    captured: bool

    @property
    def sessions(self) -> int:
        """Return the number of sessions."""
        return len(self.enter)


@dataclass(frozen=True, eq=False)
class Batch:
    """Animals carried together: n animals' first and last sessions.

    `members[t]`: positions of those with first <= t <= last; `seen[t]`: their (members, M) ln o_t(x).
    """

    first: Integers
    last: Integers
    members: tuple[Integers, ...]
    seen: tuple[Floats, ...]


@dataclass(eq=False)
class Slopes:
    """Derivatives of a log-likelihood in one class.

    By `survive` (T - 1,), `enter` (T,), `quiet` (T, M): ln e_t, `move` (T - 1,): ln of each interval's sigma. The
    parts by psi_t and chi_t, (T, M), are those of the animals alone until `close` carries them to the rest.
    """

    survive: Floats
    enter: Floats
    quiet: Floats
    move: Floats
    psi: Floats
    chi: Floats

    @classmethod
    def zero(cls, sessions: int, cells: int) -> "Slopes":
        """Return slopes of nothing."""
        across = [np.zeros((sessions, cells)) for _ in range(3)]
        return cls(np.zeros(sessions - 1), np.zeros(sessions), across[0], np.zeros(sessions - 1), *across[1:])


def before(chain: Chain) -> Floats:
    """Return psi (T, M): animals alive in each cell and not seen before the session."""
    if chain.captured:
        return np.outer(chain.enter, chain.surface)
    psi = np.outer(chain.enter, chain.surface)
    for t in range(1, chain.sessions):
        psi[t] += chain.survive[t - 1] * chain.moves[t - 1].forward(chain.quiet[t - 1] * psi[t - 1])
    return psi


def after(chain: Chain) -> Floats:
    """Return chi (T, M): probability not to be seen after the session."""
    chi = np.ones((chain.sessions, len(chain.surface)))
    for t in range(chain.sessions - 2, -1, -1):
        rest = chain.moves[t].backward(chain.quiet[t + 1] * chi[t + 1])
        chi[t] = 1 - chain.survive[t] + chain.survive[t] * rest
    return chi


def forward(chain: Chain, batch: Batch, psi: Floats, chi: Floats) -> tuple[tuple[Floats, ...], Floats]:
    """Return ln a_t of each session's members, and (n,) ln L."""
    count = len(batch.first)
    log = np.full(count, -np.inf)
    current = np.empty((count, len(chain.surface)))
    ways = []
    with np.errstate(divide="ignore"):
        for t, members in enumerate(batch.members):
            new = batch.first[members] == t
            if not np.all(new):
                old = members[~new]
                current[old] = np.log(chain.survive[t - 1]) + _logs(chain.moves[t - 1], current[old], ahead=True)
            current[members[new]] = np.log(psi[t])
            current[members] += batch.seen[t]
            ways.append(current[members])
            ending = batch.last[members] == t
            log[members[ending]] = logsumexp(ways[t][ending] + np.log(chi[t]), axis=1)
    return tuple(ways), log


def _logs(move: Move, logs: Floats, *, ahead: bool) -> Floats:
    """Move what is given as logarithms; rows apart."""
    if move.still:
        return logs
    most = _most(logs)
    plain = np.exp(logs - most)
    moved: Floats = np.log(move.forward(plain) if ahead else move.backward(plain)) + most
    return moved


def _most(logs: Floats) -> Floats:
    """Return each row's maximum, 0 where it is minus infinity."""
    most = logs.max(axis=1, keepdims=True)
    return np.where(np.isfinite(most), most, 0.0)


def backward(
    chain: Chain, batch: Batch, ways: Sequence[Floats], log: Floats, known: tuple[Floats, Floats, Slopes]
) -> tuple[Floats, ...]:
    """Add the animals' derivatives to slopes; return each session's (members, M) weights on ln o_t.

    `known`: chi, (n,) weight of each animal in the class, and the slopes to add to.
    """
    chi, weight, slopes = known
    behind = np.full((len(batch.first), len(chain.surface)), -np.inf)
    weights: list[Floats] = []
    with np.errstate(divide="ignore"):
        for t in range(chain.sessions - 1, -1, -1):
            members = batch.members[t]
            new, ending = batch.first[members] == t, batch.last[members] == t
            if not np.all(ending):
                _interval(chain, batch, (t, members[~ending]), ways[t][~ending], (log, weight, behind, slopes))
            behind[members[ending]] = np.log(chi[t])
            share = weight[members, None]
            weights.append(share * np.exp(ways[t] + behind[members] - log[members, None]))
            ends, starts = members[ending], members[new]
            slopes.chi[t] += weight[ends] @ np.exp(ways[t][ending] - log[ends, None])
            slopes.psi[t] += weight[starts] @ np.exp(batch.seen[t][new] + behind[starts] - log[starts, None])
    return tuple(reversed(weights))


def _interval(
    chain: Chain, batch: Batch, at: tuple[int, Integers], ways: Floats, known: tuple[Floats, Floats, Floats, Slopes]
) -> None:
    """Carry what is behind over the interval after session t, for animals that were seen later still."""
    t, members = at
    log, weight, behind, slopes = known
    later = batch.seen[t + 1][np.searchsorted(batch.members[t + 1], members)] + behind[members]
    behind[members] = np.log(chain.survive[t]) + _logs(chain.moves[t], later, ahead=False)
    slopes.survive[t] += weight[members].sum() / chain.survive[t]
    if chain.moves[t].still:
        return
    here, there = _most(ways), _most(later)
    factor = chain.survive[t] * np.exp((here + there)[:, 0] - log[members])
    slopes.move[t] += (
        weight[members] * factor * chain.moves[t].slope(np.exp(ways - here), np.exp(later - there))
    ).sum()


def close(chain: Chain, psi: Floats, chi: Floats, slopes: Slopes, unseen: float) -> None:
    """Carry the derivatives by psi and chi to everything else.

    `unseen`: 1 for the log-likelihood, which holds minus the expected number of animals seen; 0 for the animals alone.
    """
    last = chain.sessions - 1
    for t in range(last):
        value = chain.quiet[t + 1] * chi[t + 1]
        ahead = chain.moves[t].forward(slopes.chi[t])
        slopes.survive[t] += slopes.chi[t] @ (chain.moves[t].backward(value) - 1)
        slopes.quiet[t + 1] += chain.survive[t] * value * ahead
        slopes.move[t] += chain.survive[t] * float(chain.moves[t].slope(slopes.chi[t], value))
        slopes.chi[t + 1] += chain.survive[t] * chain.quiet[t + 1] * ahead
    if chain.captured:
        slopes.enter += slopes.psi @ chain.surface
        return
    slopes.psi -= unseen * (1 - chain.quiet)
    for t in range(last, -1, -1):
        mass = chain.quiet[t] * psi[t]
        slopes.quiet[t] += unseen * mass
        if t < last:
            back = chain.moves[t].backward(slopes.psi[t + 1])
            slopes.survive[t] += mass @ back
            slopes.quiet[t] += chain.survive[t] * mass * back
            slopes.move[t] += chain.survive[t] * float(chain.moves[t].slope(mass, slopes.psi[t + 1]))
            slopes.psi[t] += chain.survive[t] * chain.quiet[t] * back
        slopes.enter[t] = slopes.psi[t] @ chain.surface
