"""What do the parameters mean?  Survival per year, capture, entries and numbers, with standard errors and intervals."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, ndtri
from scipy.stats import chi2

from tumen.errors import MisuseError, Text
from tumen.population.survival.fit import Fit, maximise
from tumen.population.survival.likelihood import TINY, chances, entries, log_shares

Floats = NDArray[np.float64]
Link = Literal["logit", "log"]
SMALL = 1e-5
FAR = 64.0
"""How far from the estimate, on the link scale, a bound is looked for."""
ESTIMATES: dict[str, pl.DataType | type[pl.DataType]] = {
    "quantity": pl.String,
    "sex": pl.String,
    "occasion": pl.String,
    "estimate": pl.Float64,
    "standardError": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "link": pl.Float64,
    "linkError": pl.Float64,
    "state": pl.String,
}
"""What the rows are.

`quantity`: phi (survival per year from the occasion to the next), p, entry (share of the super-population that enters
after the occasion before and by this one), N (alive at the occasion), births (that enter after the occasion before and
are alive at this one), recruitment (births per animal of the occasion before), growth (N of the next occasion over N,
per year), super (all that ever lived), share (of a class). `sex`: null for all. `state`: estimable, boundary,
confounded; unknown where no variance was asked for."""


class Quantity(NamedTuple):
    """What a number is, and its link."""

    name: str
    sex: str | None
    occasion: str | None
    link: Link


def estimates(fitted: Fit, *, level: float = 0.95) -> pl.DataFrame:
    """Return every quantity of a fit with its standard error (delta method) and Wald interval on the link scale.

    Columns: `ESTIMATES`. Intervals are null where a quantity is confounded or at a boundary: see `profile`.
    """
    quantities = list(_quantities(fitted))
    if np.isnan(fitted.beta).any() or not quantities:
        return pl.DataFrame(schema=ESTIMATES)
    link = _values(fitted, fitted.beta)
    slope = jacobian(lambda beta: _values(fitted, beta), fitted.beta)
    error, state = _errors(fitted, slope)
    loose = np.array([_is_loose(fitted, q) for q in quantities], dtype=bool)
    error[loose] = np.nan
    state = ["confounded" if free else one for free, one in zip(loose.tolist(), state, strict=True)]
    z = float(ndtri(0.5 + level / 2))
    fixed = len(fitted.histories.animals) * np.array([q.name == "super" for q in quantities], dtype=float)
    logit = np.array([q.link == "logit" for q in quantities])

    def natural(values: Floats) -> Floats:
        return np.asarray(
            np.where(logit, expit(values), np.exp(np.minimum(np.where(logit, 0.0, values), 700.0)) + fixed)
        )

    steep = np.where(logit, expit(link) * expit(-link), natural(link) - fixed)
    return pl.DataFrame(
        {
            "quantity": [q.name for q in quantities],
            "sex": [q.sex for q in quantities],
            "occasion": [q.occasion for q in quantities],
            "estimate": natural(link),
            "standardError": steep * error,
            "low": natural(link - z * error),
            "high": natural(link + z * error),
            "link": link,
            "linkError": error,
            "state": state,
        },
        schema=ESTIMATES,
    ).with_columns(pl.col("standardError", "low", "high", "linkError").fill_nan(None))


def parameters(fitted: Fit, *, level: float = 0.95) -> pl.DataFrame:
    """Return the parameters on the link scale: name, estimate, standardError, low, high, state."""
    slope = np.eye(len(fitted.beta))
    error, state = _errors(fitted, slope)
    z = float(ndtri(0.5 + level / 2))
    return pl.DataFrame(
        {
            "name": fitted.names,
            "estimate": fitted.beta,
            "standardError": error,
            "low": fitted.beta - z * error,
            "high": fitted.beta + z * error,
            "state": state,
        },
        schema_overrides={"name": pl.String, "state": pl.String},
    ).with_columns(pl.col("standardError", "low", "high").fill_nan(None))


def direction(fitted: Fit, quantity: str, *, sex: str | None = None, occasion: str | None = None) -> Floats:
    """Return the weights (P,) with which the parameters add up to the logit of one survival or capture.

    `quantity` is "phi" or "p", or the name of a parameter.
    """
    if quantity in ("phi", "p"):
        block = fitted.design.phi if quantity == "phi" else fitted.design.p
        names = fitted.histories.occasions
        if (sex is None or sex in fitted.design.classes) and (occasion is None or occasion in names[: block.shape[1]]):
            row = fitted.design.classes.index(sex) if sex in fitted.design.classes else 0
            place = int(quantity == "p") if occasion is None else names.index(occasion)
            return np.asarray(block[row, place])
    elif quantity in fitted.names:
        return np.asarray(np.eye(len(fitted.beta))[fitted.names.index(quantity)])
    raise MisuseError(
        "phi or p of a sex and an occasion of the fit, or the name of a parameter",
        Text("{quantity} {sex} {occasion}", quantity=quantity, sex=sex or "", occasion=occasion or ""),
        Text("Known: {known}.", known=", ".join(("phi", "p", *fitted.names))),
    )


def profile(fitted: Fit, weights: Floats, *, level: float = 0.95) -> tuple[float, float]:
    """Return the profile-likelihood interval, on the link scale, of a weighted sum of parameters (`direction`).

    A bound is infinite where the likelihood never falls far enough: at a boundary, or for what is confounded.

    >>> from tumen.population.survival.fit import fit
    >>> from tumen.population.survival.histories import histories
    >>> seen = pl.DataFrame({"individualID": [*"aaabbccd"], "occasion": [*"12312232"]})
    >>> fitted = fit(histories(seen, pl.DataFrame({"occasion": [*"123"], "time": [1.0, 2.0, 3.0]}))[0])
    >>> low, high = profile(fitted, direction(fitted, "phi"))
    >>> bool(low < direction(fitted, "phi") @ fitted.beta < high)
    True
    """
    if np.isnan(fitted.beta).any():
        return float("nan"), float("nan")
    centre = float(weights @ fitted.beta)
    scaled = weights / fitted.design.scale
    across = np.linalg.svd(scaled[None, :])[2][1:].T / fitted.design.scale[:, None]
    along = weights / float(weights @ weights)
    drop = float(chi2.ppf(level, 1)) / 2

    def bound(sign: float) -> float:
        at, last = fitted.beta, centre

        def lack(value: float) -> float:
            return fitted.log_likelihood - drop - maximise(fitted.problem, at + along * (value - last), across)[1]

        reach, inner = 0.5, centre
        while reach <= FAR:
            outer = centre + sign * reach
            moved, value = maximise(fitted.problem, at + along * (outer - last), across)
            if value < fitted.log_likelihood - drop:
                return float(brentq(lack, inner, outer, xtol=1e-7))
            at, last, inner = moved, outer, outer
            reach *= 2
        return sign * float("inf")

    return bound(-1.0), bound(1.0)


def jacobian(function: Callable[[Floats], Floats], beta: Floats) -> Floats:
    """Return the derivatives (K, P) of a function of the parameters, by central differences."""
    steps = SMALL * np.eye(len(beta))
    return np.array([(function(beta + step) - function(beta - step)) / (2 * SMALL) for step in steps]).T


def _errors(fitted: Fit, slope: Floats) -> tuple[Floats, list[str]]:
    """Return standard errors (K,) and states of quantities with these derivatives (K, P)."""
    curvature = fitted.curvature
    if curvature is None:
        return np.full(len(slope), np.nan), ["unknown"] * len(slope)
    scale = fitted.design.scale[:, None]
    tied = (np.abs(slope @ curvature.confounded) > 1e-3 * np.abs(slope / scale.T).max(axis=1, keepdims=True)).any(
        axis=1
    )
    # What no parameter moves any more lies at a boundary as well.
    edge = (np.abs(slope @ curvature.edge) > 1e-3).any(axis=1) | (slope == 0).all(axis=1)
    variance = np.einsum("kp,pq,kq->k", slope, curvature.inverse, slope)
    error = np.where(tied | edge, np.nan, np.sqrt(np.maximum(variance, 0.0)))
    return error, np.where(tied, "confounded", np.where(edge, "boundary", "estimable")).tolist()


def _quantities(fitted: Fit) -> Iterator[Quantity]:
    """Yield what `_values` returns, in its order."""
    data, made = fitted.histories, fitted.design
    names = data.occasions
    yield from (Quantity("phi", sex, name, "logit") for sex in made.classes for name in names[:-1])
    yield from (Quantity("p", sex, names[place], "logit") for sex in made.classes for place in _captured(fitted))
    if made.shares is not None:
        yield from (Quantity("share", sex, None, "logit") for sex in made.classes)
    if made.unseen is None:
        return
    yield from (Quantity("entry", sex, name, "logit") for sex in made.classes for name in names)
    groups: list[str | None] = [*made.classes, None] if len(made.classes) > 1 else [None]
    yield from (Quantity("N", sex, name, "log") for sex in groups for name in names)
    yield from (Quantity("births", sex, name, "log") for sex in groups for name in names[1:])
    yield from (Quantity("recruitment", sex, name, "log") for sex in groups for name in names[1:])
    yield from (Quantity("growth", sex, name, "log") for sex in groups for name in names[:-1])
    yield Quantity("super", None, None, "log")


def _is_loose(fitted: Fit, quantity: Quantity) -> bool:
    """Say whether a quantity hangs on capture where nothing tells it: at open ends, or with two occasions in all.

    Two occasions tell only how many were seen in each and in both; with the share of those missed unknown, animals of
    one for each of the other are known where capture is the same in both.
    """
    made = fitted.design
    if made.unseen is not None and made.open.sum() < 3:
        rows = made.p[:, made.open].reshape(-1, len(made.names))
        alike = made.open.all() and bool((rows == rows[0]).all())
        return quantity.name != "share" and not (quantity.name == "growth" and alike)
    first, last = fitted.model.loose
    if not first:
        return False
    names = fitted.histories.occasions
    beginning = {"p": names[:1], "N": names[:1], "births": names[1:2], "recruitment": names[1:2], "growth": names[:1]}
    end = {"p": names[-1:], "N": names[-1:], "births": names[-1:], "recruitment": names[-1:], "growth": names[-2:-1]}
    end["phi"] = names[-2:-1]
    hangs = quantity.occasion in beginning.get(quantity.name, ())
    hangs |= last and quantity.occasion in end.get(quantity.name, ())
    return hangs or quantity.name in ("entry", "super")


def _captured(fitted: Fit) -> list[int]:
    """Return the occasions whose chance of capture is estimated."""
    first = 0 if fitted.design.unseen is not None else 1
    return [place for place in range(first, len(fitted.design.open)) if fitted.design.open[place]]


def _values(fitted: Fit, beta: Floats) -> Floats:
    """Return all quantities on their link scales."""
    made = fitted.design
    parts = [(made.phi @ beta).ravel(), (made.p @ beta)[:, _captured(fitted)].ravel()]
    share = log_shares(made, beta)
    if made.shares is not None:
        parts.append(_logit(np.exp(share)))
    if made.unseen is not None:
        parts.append(_logit(entries(made, beta)).ravel())
        alive, born = numbers(fitted, beta)
        if len(made.classes) > 1:
            alive, born = _with_total(alive), _with_total(born)
        alive, born = np.log(np.maximum(alive, TINY)), np.log(np.maximum(born, TINY))
        growth = np.diff(alive, axis=1) / fitted.histories.intervals
        parts += [part.ravel() for part in (alive, born, born - alive[:, :-1], growth)]
        parts.append(beta[[made.unseen]])
    return np.concatenate(parts)


def numbers(fitted: Fit, beta: Floats) -> tuple[Floats, Floats]:
    """Return the animals alive at each occasion (C, S) and those that entered since the one before (C, S-1), for POPAN.

    Losses on capture are taken away; those of unknown sex, in proportion to the shares.
    """
    data, made = fitted.histories, fitted.design
    if made.unseen is None:
        raise MisuseError("a fit with entry (POPAN)", fitted.model.title, "Give the model an entry such as 'time'.")
    now = chances(made, data.intervals, beta)
    share = np.exp(log_shares(made, beta))[:, None]
    born = (len(data.animals) + np.exp(min(beta[made.unseen], 700.0))) * share * now.entry
    lost = _lost(fitted) if len(made.classes) == 1 else _lost(fitted)[:-1] + share * _lost(fitted)[-1:]
    alive = born.copy()
    for place in range(alive.shape[1] - 1):
        alive[:, place + 1] += np.maximum(alive[:, place] - lost[:, place], 0.0) * now.phi[:, place]
    return alive, born[:, 1:]


def _lost(fitted: Fit) -> Floats:
    """Return animals lost on capture by class, and last of unknown class, by occasion."""
    data, classes = fitted.histories, fitted.design.classes
    last = len(data.occasions) - 1 - data.seen[:, ::-1].argmax(axis=1)
    counts = np.zeros((len(classes) + (len(classes) > 1), len(data.occasions)))
    for animal in np.flatnonzero(data.lost):
        sex = data.sex[animal]
        row = 0 if len(classes) == 1 else classes.index(sex) if sex is not None else len(classes)
        counts[row, last[animal]] += 1
    return counts


def _with_total(values: Floats) -> Floats:
    return np.concatenate([values, values.sum(axis=0, keepdims=True)])


def _logit(values: Floats) -> Floats:
    inside = np.clip(values, 1e-300, 1.0)
    return np.asarray(np.log(inside) - np.log(np.maximum(1.0 - inside, 1e-16)))
