"""Answer a study's question: how many are there? One joint fit for each species, split by country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from tumen import engine
from tumen.errors import StudyError, Text, TumenError
from tumen.population.scr.abundance import realised_by_region
from tumen.population.scr.fit import CONVERGED, Fit, fit
from tumen.population.scr.goodness import Goodness, goodness
from tumen.population.scr.model import Model, model
from tumen.population.scr.national import double_count
from tumen.population.scr.survey import Floats, Session
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tasks.density_cells import trusted
from tumen.tasks.density_fits import bias, by_buffer, fits_of, widest
from tumen.tasks.density_survey import Survey, renamed, survey, windows
from tumen.tasks.density_tables import (
    abundance_rows,
    best_of,
    effort_rows,
    model_rows,
    parameter_rows,
    share_rows,
    surface_rows,
    with_identity,
)
from tumen.tasks.identity_draws import resampled
from tumen.tasks.pool import Pool, pool
from tumen.tasks.study import Study

ENOUGH_OF_A_SEX = 4
"""Animals of known sex, of each, from which on a model with classes by sex is tried unasked."""
BIAS = 0.01
"""Share by which a buffer may make density too high before it is made anew, or warned of."""
STEPS = 5
"""Steps of work for one species: survey, models, resampled registers, goodness of fit, tables."""
GOODNESS = 99
"""Surveys simulated for goodness of fit, unless the study says otherwise."""


def density(study: Study, *, workers: int = 1, progress: engine.Progress = engine.silent) -> tuple[Answer, ...]:
    """Read, pool and answer."""
    return answers(pool(study), workers=workers, progress=progress)


def answers(pooled: Pool, *, workers: int = 1, progress: engine.Progress = engine.silent) -> tuple[Answer, ...]:
    """Return one answer for each species of the study that was named by anybody.

    `workers`: processes for resampled registers and simulated surveys; the numbers are the same at any.

    Raises `StudyError` where the study names no species and nobody was identified.
    """
    asked = dict(pooled.study.density or {})
    named = tuple(pooled.detections["scientificName"].drop_nulls().unique().sort())
    species = asked.pop("species", pooled.study.species or named)
    if not species:
        raise StudyError(
            "a species whose animals were told apart",
            Text("{count} detections of named animals", count=pooled.detections.height),
            "Name the animals first: tumen identify.",
        )
    windows(pooled, asked)
    made = []
    for number, name in enumerate(species):

        def step(done: int, _: int, before: int = STEPS * number) -> None:
            progress(before + done, STEPS * len(species))

        made.append(of_species(pooled, name, asked, workers=workers, progress=step))
    return tuple(made)


@dataclass(frozen=True)
class Fitted:
    """What was fitted: the survey on its last mask, all fits, and why others could not be."""

    survey: Survey
    fits: tuple[Fit, ...]
    findings: pl.DataFrame

    @property
    def best(self) -> Fit | None:
        """Return the fit that the answer is drawn from."""
        return best_of(self.fits)


def of_species(
    pooled: Pool,
    species: str,
    asked: Mapping[str, Any],
    *,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> Answer:
    """Return the answer for one species; where nothing can be estimated, its findings say why."""
    ground = survey(pooled, species, asked)
    progress(1, STEPS)
    fitted = _fitted(pooled, ground, asked)
    progress(2, STEPS)
    best, ground, found = fitted.best, fitted.survey, fitted.findings
    tables: dict[str, pl.DataFrame] = {"effort": effort_rows(ground)}
    notes: list[Note] = [Note("density-of-grown-animals", {"young": ground.made.young["individualID"].n_unique()})]
    if fitted.fits:
        tables["models"] = model_rows(fitted.fits)
    if best is not None:
        drawn, more = _draws(pooled, ground, asked, best, workers)
        notes += more
        progress(3, STEPS)
        judged = _goodness(pooled, best, asked, workers)
        progress(4, STEPS)
        tables |= _estimated(ground, best, drawn)
        if judged is not None:
            tables["goodness"] = judged.tests
            found = findings.gather([found, judged.findings])
        notes.append(Note("density-mask", _mask_words(ground)))
    progress(STEPS, STEPS)
    parameters: dict[str, str | int] = {
        "species": species,
        "sessions": len(ground.sessions),
        "best": best.model.title if best else "-",
    }
    if best is not None:
        parameters |= {"detection": best.model.detection, "buffer": round(ground.buffer)}
    return Answer("density", tables, tuple(notes), parameters, found)


def _estimated(ground: Survey, best: Fit, drawn: Sequence[pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return all tables that come from the best fit."""
    counted = abundance_rows(best, ground)
    return {
        "parameters": parameter_rows(best, counted),
        "abundance": with_identity(counted, drawn),
        "shares": share_rows(best, ground),
        "doubleCount": _double(best, ground),
        "buffer": by_buffer(best, ground.buffer),
        "surface": surface_rows(best, ground),
    }


def models_of(sessions: Sequence[Session]) -> tuple[Model, ...]:
    """Return the models that are fitted where the study names none: with and without sex, and density by session."""
    sexes = [value for session in sessions for value in session.covariates.get("sex", ())]
    # A session that saw nobody bounds density from above; a density of its own would come out as 0.
    densities = ["1", "session"] if len(sessions) > 1 and all(len(s.animals) for s in sessions) else ["1"]
    if min(sexes.count("F"), sexes.count("M")) < ENOUGH_OF_A_SEX:
        return tuple(model(f"HN: D ~ {each}, g0 ~ 1, sigma ~ 1") for each in densities)
    # The sexes of known animals are data, too: every model that is compared has to account for them.
    forms = ("g0 ~ 1, sigma ~ 1", "g0 ~ sex, sigma ~ sex")
    return tuple(model(f"HN: D ~ {each}, {form}, classes by sex") for form in forms for each in densities)


def _fitted(pooled: Pool, ground: Survey, asked: Mapping[str, Any]) -> Fitted:
    """Fit the models; where the buffer was chosen by rule and proves too short, make the mask anew once."""
    made = _fits(ground, asked)
    best = best_of(made.fits)
    if best is None:
        return made
    lost, longer = bias(best, [ground.buffer] * len(best.sessions)), _rounded(5 * widest(best))
    if lost <= BIAS:
        return made
    if "buffer" in asked:
        return _warned(made, lost, longer)
    wider = _fits(survey(pooled, ground.species, {**asked, "buffer": longer}), asked)
    again = best_of(wider.fits)
    left = 0.0 if again is None else bias(again, [wider.survey.buffer] * len(again.sessions))
    return wider if left <= BIAS or again is None else _warned(wider, left, _rounded(5 * widest(again)))


def _warned(made: Fitted, lost: float, longer: float) -> Fitted:
    """Return what was fitted with a warning that its buffer is too short."""
    told = findings.finding(
        "scr-buffer-bias",
        table="models",
        value=made.survey.species,
        buffer=f"{made.survey.buffer:.0f}",
        lost=f"{100 * lost:.1f}",
        asked=f"{longer:.0f}",
    )
    return replace(made, findings=findings.gather([made.findings, told]))


def _rounded(metres: float) -> float:
    return float(np.ceil(metres / 500) * 500)


def _fits(ground: Survey, asked: Mapping[str, Any]) -> Fitted:
    """Fit every model to the sessions of a survey; what stands against one is a finding."""
    nobody = not any(len(session.animals) for session in ground.sessions)
    if nobody or not len(ground.sessions[0].mask) or not trusted(ground.findings):
        return Fitted(ground, (), ground.findings)
    # A session that saw nobody still tells how few there are, beside others that did.
    fits, found = fits_of(ground.sessions, asked.get("models") or models_of(ground.sessions), ground.species)
    return Fitted(ground, fits, findings.gather([ground.findings, found]))


def _double(best: Fit, ground: Survey) -> pl.DataFrame:
    """Return national fits, their sum and the joint estimate of every session."""
    return double_count(best, [s.detectors.covariates["country"] for s in best.sessions], ground.buffer)


def _goodness(pooled: Pool, best: Fit, asked: Mapping[str, Any], workers: int) -> Goodness | None:
    """Return Monte Carlo goodness of fit; None where the study wants none, or the model cannot have any."""
    count = int(asked.get("goodness", GOODNESS))
    if not count or best.model.likelihood == "conditional":
        return None
    return goodness(best, count, pooled.study.seed, workers=workers)


def _draws(
    pooled: Pool, ground: Survey, asked: Mapping[str, Any], best: Fit, workers: int
) -> tuple[tuple[pl.DataFrame, ...], list[Note]]:
    """Return numbers by region in resampled registers, fitted as the best model is."""
    if not pooled.study.draws:
        return (), []
    parts, notes = resampled(pooled)
    surveys = [renamed(pooled, ground, asked, each) for each in parts]
    work = partial(_of_draw, model=best.model, start=best.beta, regions=ground.regions)
    found = [each for each in engine.run(work, surveys, workers=workers) if each is not None]
    lost = len(parts) - len(found)
    return tuple(found), [*notes, *([Note("density-draws-lost", {"draws": lost})] if lost else [])]


def _of_draw(
    sessions: tuple[Session, ...], *, model: Model, start: Floats, regions: pl.DataFrame
) -> pl.DataFrame | None:
    """Return numbers by region with the names of one resampled register; None where they cannot be fitted."""
    try:
        made = fit(sessions, model, start=start, variance=False)
    except TumenError:
        return None
    if made.status != CONVERGED:
        return None
    whole = [realised_by_region(made, regions, number) for number in range(len(made.sessions))]
    return pl.concat(whole)


def _mask_words(ground: Survey) -> dict[str, str | int]:
    mask = ground.sessions[0].mask
    return {
        "cells": len(mask),
        "spacing": f"{mask.spacing:.0f}",
        "buffer": f"{ground.buffer:.0f}",
        "area": f"{mask.area.sum():.0f}",
    }
