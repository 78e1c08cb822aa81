"""Fit models to sessions, and judge how far their mask reaches: for a study or for files of other programs."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from tumen.errors import MisuseError, TumenError
from tumen.population.scr.abundance import PER
from tumen.population.scr.buffer import buffer_bias, buffer_table
from tumen.population.scr.fit import Fit, fit
from tumen.population.scr.kernel import FLOOR, hazards
from tumen.population.scr.likelihood import natural
from tumen.population.scr.model import Model
from tumen.population.scr.national import cells, within
from tumen.population.scr.predict import density as animals_per_km2
from tumen.population.scr.survey import Floats, Session
from tumen.tables import findings

SHARES = (0.5, 0.625, 0.75, 0.875, 1.0)
"""Shares of the buffer at which N is shown."""


def refuse_unlike(models: Sequence[Model]) -> None:
    """Refuse models of different likelihoods: their criteria say nothing about each other."""
    kinds = {(each.likelihood, each.hybrid, each.number) for each in models}
    if len(kinds) > 1:
        raise MisuseError(
            "models of one likelihood, all with the same classes",
            ", ".join(each.title for each in models),
            "Write 'classes by sex', 'conditional' and 'binomial N' in all models or in none.",
        )


def fits_of(sessions: Sequence[Session], models: Sequence[Model], name: str) -> tuple[tuple[Fit, ...], pl.DataFrame]:
    """Fit every model; return the fits, and a finding for what stands against each. `name`: whose sessions they are."""
    refuse_unlike(models)
    fits, found = [], []
    for each in models:
        try:
            made = fit(sessions, each)
        except MisuseError as error:
            found.append(findings.finding("scr-no-fit", table="models", value=name, reason=f"{error}".rstrip(".")))
            continue
        fits.append(made)
        if made.aicc is None:
            found.append(findings.finding("scr-aicc-undefined", table="models", value=each.title))
        absent = ", ".join(part for part, known in zip(made.names, made.estimable, strict=True) if not known)
        found += [findings.finding(code, table="models", value=each.title, parameters=absent) for code in made.problems]
    return tuple(fits), findings.gather(found)


def widest(fitted: Fit) -> float:
    """Return the sigma of the animals that range farthest, in metres."""
    return float(natural(fitted.design, fitted.beta).theta[:, 1].max())


def bias(fitted: Fit, reach: Sequence[float]) -> float:
    """Return by which share density is too high because animals beyond the mask are detected, too.

    `reach`: metres by which the mask of each session reaches beyond its detectors. The worst session counts, with the
    detection of the animals that range farthest.
    """
    theta = natural(fitted.design, fitted.beta).theta
    farthest = theta[np.argmax(theta[:, 1])]
    hazard = _hazard(fitted.design.code, farthest)
    lost = [
        float(
            buffer_bias(
                session.detectors.xy, session.detectors.usage.sum(axis=1), hazard, [metres], sigma=float(farthest[1])
            )["densityBias"][0]
        )
        for session, metres in zip(fitted.sessions, reach, strict=True)
    ]
    return max(lost)


def _hazard(form: int, theta: Floats) -> Callable[[Floats], Floats]:
    """Return the hazard by distance of animals with these parameters."""

    def hazard(distance: Floats) -> Floats:
        flat = np.ascontiguousarray(distance.reshape(1, -1))
        out = np.empty_like(flat)
        one = np.zeros(1, np.int64)
        hazards(form, flat, one, one, theta[None, :].copy(), out)
        # The kernel never gives 0, for it takes logarithms; an endless tail of almost nothing would have no sum.
        return np.where(out > FLOOR, out, 0.0).reshape(distance.shape)

    return hazard


def by_buffer(best: Fit, buffer: float) -> pl.DataFrame:
    """Return N and density (per 100 km2) of the first session by buffer: fits of the same model to part of the mask."""

    def cut(session: Session, metres: float) -> Session:
        return replace(session, mask=cells(session.mask, within(session.mask, session.detectors.xy, metres)))

    def at(metres: float) -> tuple[float, float] | None:
        smaller = [cut(session, metres) for session in best.sessions]
        if not all(len(session.mask) for session in smaller):
            return None
        try:
            made = fit(smaller, best.model, start=best.beta, variance=False)
        except TumenError:
            return None
        if made.status != "converged":
            return None
        area = made.sessions[0].mask.area
        counted = float(animals_per_km2(made) @ area)
        return counted, counted / float(area.sum())

    table = buffer_table(at, [buffer * share for share in SHARES])
    area = [float(cut(best.sessions[0], metres).mask.area.sum()) for metres in table["buffer"]]
    return table.select("buffer", pl.Series("areaKm2", area), pl.col("density") * PER, "abundance")
