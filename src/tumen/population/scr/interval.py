"""Between what and what?  Intervals of parameters and of numbers: Wald on the link, log-normal, profile likelihood."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy.special import expit, ndtri

from tumen.errors import MisuseError, Text, nearest
from tumen.population.scr.abundance import Estimate
from tumen.population.scr.fit import Fit
from tumen.population.scr.likelihood import natural
from tumen.population.scr.predict import link_row
from tumen.population.scr.survey import Floats

INTERVALS: dict[str, pl.DataType | type[pl.DataType]] = {
    "parameter": pl.String,
    "estimate": pl.Float64,
    "se": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "level": pl.Float64,
    "method": pl.String,
}
"""`se` is null under a profile; `low` and `high` are null at an open end, which a finding tells."""


@dataclass(frozen=True, eq=False)
class Target:
    """A function of beta whose interval is asked for: log of N, or a linear combination.

    `weights`: (P,) of the linear part. `cells`: where not None, `number` of the session and (M,) km2 by which density
    is summed: the target is the log of that sum. `logit`: whether the natural scale is a probability; `plain`: whether
    there is none (an effect).
    """

    name: str
    weights: Floats
    cells: tuple[int, Floats] | None = None
    logit: bool = False
    plain: bool = False

    def value(self, fitted: Fit, beta: Floats) -> tuple[float, Floats]:
        """Return the target at beta and its gradient (P,)."""
        if self.cells is None:
            return float(self.weights @ beta), self.weights
        number, area = self.cells
        part, block = fitted.design.parts[number], fitted.design.blocks["D"]
        surface = natural(fitted.design, beta).density[number]
        if surface is None or part.density is None:
            raise _no_density()
        here = surface * area
        gradient = np.zeros(len(beta))
        gradient[block] = part.density.T @ here / here.sum()
        return float(np.log(here.sum())), gradient

    def natural(self, value: float) -> float:
        """Return a value of the target on its natural scale."""
        if self.plain:
            return value
        return float(expit(value)) if self.logit else float(np.exp(min(value, 700.0)))


def number_target(fitted: Fit, session: int = 0, inside: Floats | None = None) -> Target:
    """Return the target N: expected animals in a session's mask, or in the share (M,) of each cell `inside`."""
    if "D" not in fitted.design.blocks:
        raise _no_density()
    mask = fitted.design.parts[session].session.mask
    area = mask.area if inside is None else mask.area * inside
    return Target("N", np.zeros(len(fitted.beta)), (session, area))


def density_target(fitted: Fit, session: int = 0) -> Target:
    """Return the target D: the mean density of a session's mask, per km2."""
    target = number_target(fitted, session)
    area = fitted.design.parts[session].session.mask.area
    return Target("D", target.weights, (session, area / area.sum()))


def parameter_target(fitted: Fit, name: str, levels: Mapping[str, float | str] | None = None) -> Target:
    """Return the target of a natural parameter at stated levels ("g0", "sigma"), or of an effect ("g0.sexM").

    "D" and "N" are of the first session.
    """
    if name in ("D", "N"):
        return density_target(fitted) if name == "D" else number_target(fitted)
    if name in fitted.design.blocks and name != "cost":
        return Target(name, link_row(fitted, name, levels), logit=name in ("g0", "pmix"))
    if name not in fitted.names:
        known = tuple(dict.fromkeys((*fitted.design.blocks, *fitted.names, "N")))
        raise MisuseError(Text("one of {names}", names=", ".join(known)), f"'{name}'", nearest(name, known))
    weights = np.zeros(len(fitted.beta))
    weights[fitted.names.index(name)] = 1.0
    return Target(name, weights, plain=True)


def wald(fitted: Fit, target: Target, *, level: float = 0.95) -> Estimate:
    """Return the estimate and the symmetric interval on the link scale, both on the natural scale.

    The standard error on the natural scale is by the delta method (`abundance` gives that of the log-normal). For D and
    N under the Poisson number, and for sigma and lambda0, the interval is the log-normal one that secr gives for
    density. NaN where there is no covariance, or where a parameter that takes part cannot be estimated.
    """
    value, gradient = target.value(fitted, fitted.beta)
    used = np.abs(gradient) > 0
    if fitted.covariance is None or not fitted.estimable[used].all():
        return Estimate(target.natural(value), float("nan"), float("nan"), float("nan"))
    se = float(np.sqrt(max(float(gradient @ fitted.covariance @ gradient), 0.0)))
    half = float(ndtri(0.5 + level / 2)) * se
    found = target.natural(value)
    slope = 1.0 if target.plain else found * (1 - found) if target.logit else found
    return Estimate(found, slope * se, target.natural(value - half), target.natural(value + half))


def wald_table(fitted: Fit, *, level: float = 0.95) -> pl.DataFrame:
    """Return Wald intervals (`INTERVALS`) of the natural parameters at their reference levels, effects, D and N.

    D is per km2. Of several sessions, D and N are given for each, as "D " and its name.
    """
    several = len(fitted.sessions) > 1
    targets: list[tuple[str, Target]] = []
    if "D" in fitted.design.blocks:
        for number, session in enumerate(fitted.sessions):
            after = f" {session.name}" if several else ""
            targets.append((f"D{after}", density_target(fitted, number)))
            targets.append((f"N{after}", number_target(fitted, number)))
    targets += [(name, parameter_target(fitted, name)) for name in fitted.design.blocks if name not in ("D", "cost")]
    intercepts = set(fitted.design.blocks)
    targets += [(name, parameter_target(fitted, name)) for name in fitted.names if name not in intercepts]
    rows = []
    for name, target in targets:
        found = wald(fitted, target, level=level)
        rows.append((name, found.value, found.se, found.low, found.high, level, "wald"))
    return pl.DataFrame(rows, schema=INTERVALS, orient="row").with_columns(pl.col(pl.Float64).fill_nan(None))


def _no_density() -> MisuseError:
    return MisuseError(
        "a full likelihood for an interval of density or number",
        "a conditional one",
        "Fit with likelihood 'full', or use the standard error of the derived estimate (abundance).",
    )
