"""What would we see if the model were true?  Histories drawn from given chances."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tumen.errors import MisuseError
from tumen.population.survival.histories import Histories
from tumen.population.survival.likelihood import chances, log_shares
from tumen.population.survival.models import Design

Floats = NDArray[np.float64]


def redraw(data: Histories, design: Design, beta: Floats, rng: np.random.Generator) -> Histories:
    """Return histories as these animals could have had them, were the parameters `beta` true.

    CJS: every animal is first seen when it was; what follows is drawn. POPAN: the whole super-population is drawn, with
    as many animals as the parameters say, rounded; what was seen at least once is returned. The sex of an animal whose
    sex is unknown is drawn, and stays unknown. Animals are lost on capture at the rate of the data in each occasion.
    """
    if len(data.occasions) < 2:
        raise MisuseError("two occasions or more", f"{len(data.occasions)}", "Draw nothing from one occasion.")
    now = chances(design, data.intervals, beta)
    share = np.exp(log_shares(design, beta))
    share = share / share.sum()
    unknown = np.array([value is None for value in data.sex])
    if design.unseen is None:
        first = data.seen.argmax(axis=1)
        labels = list(data.sex)
        place = np.array([design.classes.index(s) if s in design.classes else -1 for s in data.sex], dtype=np.int64)
        if len(design.classes) == 1:
            place[:] = 0
        place[place < 0] = rng.choice(len(share), size=int((place < 0).sum()), p=share)
    else:
        count = round(len(data.animals) + float(np.exp(beta[design.unseen])))
        place = rng.choice(len(share), size=count, p=share)
        told = np.asarray(rng.random(count) < (unknown.mean() if len(unknown) else 0.0))
        labels = [
            None if hidden else design.classes[row] for hidden, row in zip(told.tolist(), place.tolist(), strict=True)
        ]
        first = (rng.random(count)[:, None] > np.cumsum(now.entry, axis=1)[place]).sum(axis=1)
        first = np.minimum(first, len(data.occasions) - 1)
    seen, lost = _lives(place, first, (now.phi, now.p), _rates(data), (rng, design.unseen is None))
    kept = np.asarray(seen.any(axis=1))
    names = data.animals if design.unseen is None else tuple(f"{number}" for number in range(len(seen)))
    return replace(
        data,
        animals=tuple(name for name, keep in zip(names, kept.tolist(), strict=True) if keep),
        seen=seen[kept],
        sex=tuple(label for label, keep in zip(labels, kept.tolist(), strict=True) if keep),
        lost=lost[kept],
    )


def _rates(data: Histories) -> Floats:
    """Return the share of the animals seen in an occasion that were lost in it: (S,)."""
    if not data.animals:
        return np.zeros(len(data.occasions))
    last = len(data.occasions) - 1 - data.seen[:, ::-1].argmax(axis=1)
    lost = np.bincount(last[data.lost], minlength=len(data.occasions))
    return np.asarray(lost / np.maximum(data.seen.sum(axis=0), 1))


def _lives(
    place: NDArray[np.int64],
    first: NDArray[np.int64],
    chance: tuple[Floats, Floats],
    rates: Floats,
    how: tuple[np.random.Generator, bool],
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return who was seen when (n, S) and who was lost, from class and first occasion; `how`: surely seen in it?"""
    phi, p = chance
    rng, given = how
    count, occasions = len(place), p.shape[1]
    seen = np.zeros((count, occasions), dtype=bool)
    alive = np.zeros(count, dtype=bool)
    lost = np.zeros(count, dtype=bool)
    for at in range(occasions):
        if at:
            alive &= rng.random(count) < phi[place, at - 1]
        new = first == at
        alive |= new
        caught = alive & (rng.random(count) < p[place, at])
        seen[:, at] = np.where(new, True, caught) if given else caught
        gone = seen[:, at] & (rng.random(count) < rates[at])
        lost |= gone
        alive &= ~gone
    return seen, lost
