"""What could the survey have seen?  Surveys drawn from a fitted model, or from one that is only assumed.

Centres are drawn over the cells of the mask, so that a simulated survey follows the model exactly as it is fitted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import logit

from tumen.errors import MisuseError, Text, nearest
from tumen.population.scr.design import Design, design
from tumen.population.scr.encounters import Animals, encounters, field
from tumen.population.scr.formula import variables
from tumen.population.scr.likelihood import Natural, integrals, natural
from tumen.population.scr.model import Model
from tumen.population.scr.survey import Captures, Covariate, Fixes, Floats, Integers, Session

MOST = 10_000_000
"""More animals than this are a mistake in a unit."""


@dataclass(frozen=True, eq=False)
class Truth:
    """Who was there in one session: (N,) each, seen or not.

    `cell`: of the mask, where the centre is; `group`: class (0 for all where there are none); `animal`: position among
    the animals of the session, -1 for those that were not seen.
    """

    cell: Integers
    group: Integers
    animal: Integers

    def __len__(self) -> int:
        """Return the number of animals that were there."""
        return len(self.cell)


@dataclass(frozen=True, eq=False)
class Simulated:
    """A simulated survey and the truth behind each of its sessions."""

    sessions: tuple[Session, ...]
    truth: tuple[Truth, ...]


def simulate(whole: Design, beta: Floats, rng: np.random.Generator) -> Simulated:
    """Return a survey as the sessions of a design could have seen it at parameters `beta` (P,) on the link scale.

    Detectors, usage and masks stay. The number of animals is Poisson, or fixed for a model with a binomial number (what
    is left over of a whole number is one more animal with that probability). A class of a hybrid covariate is unknown
    for as large a share of the animals as it was. Under a conditional likelihood density is flat, and an animal that is
    drawn is like a seen one, each standing for as many as it does in the estimate. Collars are as many as they were,
    about centres of their own. Nobody is removed.
    """
    made = [_session(whole, beta, number, rng) for number in range(len(whole.parts))]
    return Simulated(tuple(session for session, _ in made), tuple(truth for _, truth in made))


def simulate_from(
    sessions: Sequence[Session], model: Model, values: Mapping[str, float], rng: np.random.Generator
) -> Simulated:
    """Return a survey under an assumed model. `values`: by the parameter's name, as `link_values` takes them.

    The sessions say where detectors and masks are; animals in them count only where the model has covariates of theirs
    (both values of a hybrid covariate must occur among them).
    """
    whole = design(sessions, model)
    return simulate(whole, link_values(whole, values), rng)


def link_values(whole: Design, values: Mapping[str, float]) -> Floats:
    """Return (P,) parameters on the link scale.

    `values`: D per km2, g0 or lambda0, sigma in metres, z and pmix on their natural scale, and effects such as
    "g0.sexM" as they are, on the link scale; an effect that is not given is 0.
    """
    unknown = [name for name in values if name not in whole.names]
    missing = [name for name in whole.blocks if name not in values and name in whole.names]
    if unknown or missing:
        raise MisuseError(
            Text("values of {names}", names=", ".join(whole.names)),
            Text("{given}", given=", ".join(values) or "-"),
            nearest(unknown[0], whole.names) if unknown else Text("Give {names}.", names=", ".join(missing)),
        )
    beta = np.zeros(len(whole.names))
    for index, name in enumerate(whole.names):
        value = values.get(name, 0.0)
        if name not in whole.blocks or name == "cost":
            beta[index] = value
        elif value > 0 and (value < 1 or name not in ("g0", "pmix")):
            beta[index] = logit(value) if name in ("g0", "pmix") else np.log(value)
        else:
            raise MisuseError(
                Text("a {name} above 0, and below 1 if it is a probability", name=name),
                Text("{value}", value=value),
                "Give it on its natural scale.",
            )
    return beta


def _session(whole: Design, beta: Floats, number: int, rng: np.random.Generator) -> tuple[Session, Truth]:
    part, values = whole.parts[number], natural(whole, beta)
    found = field(whole, beta, number, rng)
    animals, like = _population(whole, beta, number, rng)
    captures = encounters(found, found.hazards(animals), rng)
    seen, animal = np.unique(captures.animal, return_inverse=True)
    position = np.full(len(animals), -1)
    position[seen] = np.arange(len(seen))
    session = replace(
        part.session,
        animals=tuple(f"{part.session.name}-{i + 1}" for i in range(len(seen))),
        captures=Captures(animal.astype(np.int64), captures.occasion, captures.detector, captures.count),
        covariates=_covariates(whole, number, animals.group[seen], like[seen], rng),
        fixes=_fixes(part.session.fixes, float(values.theta[part.states][0, 1]), rng),
        last=None,
    )
    return session, Truth(animals.cell, animals.group, position)


def _population(whole: Design, beta: Floats, number: int, rng: np.random.Generator) -> tuple[Animals, Integers]:
    """Return the animals, and which seen animal of the session each is like in its covariates."""
    part, values = whole.parts[number], natural(whole, beta)
    area, surface = part.session.mask.area, values.density[number]
    stands_for = np.zeros(0)
    if surface is None:
        stands_for = _stands_for(whole, beta, number, values)
        surface = np.full(len(area), stands_for.sum())
    weight = surface * area
    count = _count(float(weight.sum()), whole.model.number, rng)
    share = values.share[number]
    cell = rng.choice(len(area), size=count, p=weight / weight.sum()) if count else np.zeros(0, np.int64)
    group = rng.choice(len(share), size=count, p=share) if count else np.zeros(0, np.int64)
    like, pattern = np.full(count, -1), np.zeros(count, np.int64)
    if count and len(stands_for):
        like = rng.choice(len(stands_for), size=count, p=stands_for / stands_for.sum())
        pattern = part.graph.pattern[like]
    return Animals(cell.astype(np.int64), group.astype(np.int64), pattern), like


def _stands_for(whole: Design, beta: Floats, number: int, values: Natural) -> Floats:
    """Return (n,) animals per km2 for which each seen animal stands: 1 / the area in which it would be seen."""
    part = whole.parts[number]
    if not len(part.session.animals):
        return np.zeros(0)
    seen = integrals(whole, beta, number).seen
    areas = np.einsum("m,amx,x->a", values.share[number], seen, part.session.mask.area)
    return np.asarray(1 / areas[part.graph.pattern])


def _count(mean: float, number: str, rng: np.random.Generator) -> int:
    if not mean <= MOST:
        raise MisuseError(
            Text("at most {most} animals in a mask", most=MOST),
            Text("{mean} expected", mean=f"{mean:.3g}"),
            "Give density per km2, and an effect of a covariate on the log scale.",
        )
    if number == "poisson":
        return int(rng.poisson(mean))
    return int(np.floor(mean)) + int(rng.random() < mean - np.floor(mean))


def _covariates(
    whole: Design, number: int, group: Integers, like: Integers, rng: np.random.Generator
) -> dict[str, Covariate]:
    session, model = whole.parts[number].session, whole.model
    found: dict[str, Covariate] = {}
    if model.likelihood == "conditional":
        used = variables(model.detect, model.sigma, model.z)
        found = {name: values[like] for name, values in session.covariates.items() if name in used}
    if model.hybrid is not None:
        told = session.covariates.get(model.hybrid, np.zeros(0, dtype=object))
        unknown = float(np.mean([value is None for value in told])) if len(told) else 0.0
        values = np.array(whole.labels, dtype=object)[group]
        values[rng.random(len(group)) < unknown] = None
        found[model.hybrid] = values
    return found


def _fixes(fixes: Fixes | None, sigma: float, rng: np.random.Generator) -> Fixes | None:
    if fixes is None or not len(fixes.animal):
        return fixes
    count = np.maximum(np.bincount(fixes.animal), 1)[:, None]
    sums = [np.bincount(fixes.animal, weights=fixes.xy[:, axis]) for axis in (0, 1)]
    centre = np.stack(sums, axis=1) / count
    return Fixes(fixes.animal, centre[fixes.animal] + rng.normal(scale=sigma, size=fixes.xy.shape))
