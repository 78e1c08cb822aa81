"""What a fitted model says: parameters on their natural scale, density, detection, and where animals live."""

from collections.abc import Mapping

import numpy as np
from scipy.special import expit

from tumen.errors import MisuseError, Text, nearest
from tumen.population.scr.design import Part
from tumen.population.scr.fit import Fit
from tumen.population.scr.formula import matrix, variables
from tumen.population.scr.likelihood import integrals, natural
from tumen.population.scr.model import THREE
from tumen.population.scr.survey import Covariate, Floats


def density(fit: Fit, session: int = 0, beta: Floats | None = None) -> Floats:
    """Return (M,) expected animals per km2 at each cell of a session's mask.

    Under a conditional likelihood density is flat, and estimated as the sum over seen animals of 1 / the area in which
    each would have been seen (Horvitz-Thompson).
    """
    values = fit.beta if beta is None else beta
    found = natural(fit.design, values).density[session]
    if found is not None:
        return found
    part = fit.design.parts[session]
    return np.full(len(part.session.mask), float((1 / effective_areas(fit, session, values)).sum()))


def effective_areas(fit: Fit, session: int = 0, beta: Floats | None = None) -> Floats:
    """Return (n,) km2 for each seen animal: the integral over the mask of the probability of being seen."""
    values = fit.beta if beta is None else beta
    part = fit.design.parts[session]
    seen = integrals(fit.design, values, session).seen
    share = natural(fit.design, values).share[session]
    each = np.einsum("m,amx,x->a", share, seen, part.session.mask.area)
    return np.asarray(each[part.graph.pattern])


def detected(fit: Fit, session: int = 0, beta: Floats | None = None) -> Floats:
    """Return (M,) probability that an animal living at each cell is seen at least once.

    It is the mean over classes, and over the animals of the population where it depends on their covariates.
    """
    values = fit.beta if beta is None else beta
    part = fit.design.parts[session]
    seen = integrals(fit.design, values, session).seen
    here = np.einsum("m,amx->ax", natural(fit.design, values).share[session], seen)
    return _of_population(here, part)


def centres(fit: Fit, session: int = 0, beta: Floats | None = None) -> Floats:
    """Return (n, M) posterior probability of the cell of each seen animal's centre; rows sum to 1."""
    part = fit.design.parts[session]
    found = integrals(fit.design, fit.beta if beta is None else beta, session)
    whole = np.zeros((len(part.session.animals), len(part.session.mask)))
    np.add.at(whole, part.graph.row_animal, found.posterior)
    return whole


def occupied(fit: Fit, session: int = 0, beta: Floats | None = None) -> Floats:
    """Return (2, M): animals expected in each cell, and those there in this survey.

    The second holds the seen ones by where they probably live, and those that must have been missed: all of N that
    were not seen, where N is a fixed number.
    """
    values = fit.beta if beta is None else beta
    part = fit.design.parts[session]
    found = integrals(fit.design, values, session)
    share = np.einsum("m,amx->ax", natural(fit.design, values).share[session], found.seen)
    here = density(fit, session, values) * part.session.mask.area
    missed = here * (1 - _of_population(share, part))
    if fit.model.number == "binomial":
        missed *= (here.sum() - len(part.session.animals)) / missed.sum()
    return np.stack([here, missed + found.posterior.sum(axis=0)])


def _of_population(seen: Floats, part: Part) -> Floats:
    """Return (M,) the mean over the population of the probability of being seen. `seen`: (patterns, M).

    Each seen animal stands for as many as 1 / the area in which it would have been seen: those that are hard to see are
    more than their share of the seen.
    """
    if len(seen) == 1:
        return np.asarray(seen[0])
    weight = 1 / (seen @ part.session.mask.area)[part.graph.pattern]
    return np.asarray(weight @ seen[part.graph.pattern] / weight.sum())


def class_probabilities(fit: Fit, session: int = 0) -> Floats:
    """Return (n, classes) posterior probability of each seen animal's class."""
    part = fit.design.parts[session]
    found = integrals(fit.design, fit.beta, session)
    share = np.zeros((len(part.session.animals), max(len(fit.design.labels), 1)))
    share[part.graph.row_animal, part.graph.row_class] = found.responsibility
    return share


def link_row(fit: Fit, parameter: str, levels: Mapping[str, float | str] | None = None) -> Floats:
    """Return (P,) the row that gives a parameter's linear predictor from beta, at stated levels.

    `parameter`: "g0" or "lambda0", "sigma", "z", "pmix". Levels that are not stated are the reference (the first value
    of a category, 0 of a number). Raises `MisuseError` for a value that a category does not have.
    """
    formula = {fit.model.first: fit.model.detect, "sigma": fit.model.sigma, "z": fit.model.z, "pmix": fit.model.mixture}
    columns: dict[str, Covariate] = {}
    known = fit.design.levels
    for name in variables(formula[parameter]):
        value = (levels or {}).get(name, known[name][0] if name in known else 0.0)
        if name in known and value not in known[name]:
            raise MisuseError(
                Text("a value of {name}: {names}", name=name, names=", ".join(known[name])),
                f"'{value}'",
                nearest(str(value), known[name]),
            )
        columns[name] = np.array([value], dtype=object if name in known else float)
    row = np.zeros(len(fit.beta))
    own = {name: known[name] for name in known if name in columns}
    row[fit.design.blocks[parameter]] = matrix(formula[parameter], 1, columns, own).values[0]
    return row


def parameters(fit: Fit, beta: Floats | None = None, **levels: float | str) -> dict[str, float]:
    """Return the natural values of the detection parameters at stated levels (sigma in metres).

    >>> parameters(fit, sex="M")  # doctest: +SKIP
    {'g0': 0.012, 'sigma': 4075.0, 'pmix': 0.28}
    """
    values = fit.beta if beta is None else beta
    model = fit.model
    used = variables(model.detect, model.sigma, model.z, model.mixture)
    for name in levels:
        if name not in (*used, "session", model.hybrid):
            raise MisuseError(
                Text("levels of what the model names: {names}", names=", ".join(used) or "-"),
                f"'{name}'",
                nearest(name, used),
            )
    names = [fit.model.first, "sigma", *(["z"] if fit.model.detection in THREE else [])]
    found = {name: float(inverse_link(name, link_row(fit, name, levels) @ values)) for name in names}
    if fit.model.mixed:
        found["pmix"] = float(expit(link_row(fit, "pmix", levels) @ values))
    return found


def inverse_link(parameter: str, value: Floats | float) -> Floats:
    """Return the natural value of a linear predictor: logit for g0 and pmix, log for the others."""
    return np.asarray(expit(value) if parameter in ("g0", "pmix") else np.exp(value))
