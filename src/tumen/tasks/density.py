"""Answer a study's question: how many are there? One joint fit for each species, split by country."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import polars as pl
from scipy.spatial import cKDTree

from tumen import engine
from tumen.errors import MisuseError, StudyError, Text, TumenError
from tumen.population.scr.abundance import PER, abundance
from tumen.population.scr.buffer import buffer_bias, buffer_table
from tumen.population.scr.fit import Fit, fit
from tumen.population.scr.goodness import Goodness, goodness
from tumen.population.scr.kernel import hazards
from tumen.population.scr.likelihood import natural
from tumen.population.scr.model import Model, model
from tumen.population.scr.national import cells, double_count, within
from tumen.population.scr.predict import density as animals_per_km2
from tumen.population.scr.survey import Floats, Session
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tasks.density_survey import Survey, survey, windows
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
BUFFERS = (0.5, 0.625, 0.75, 0.875, 1.0)
"""Shares of the buffer at which N is shown."""
GOODNESS = 99
"""Surveys simulated for goodness of fit, unless the study says otherwise."""


def density(study: Study, *, progress: engine.Progress = engine.silent) -> tuple[Answer, ...]:
    """Read, pool and answer."""
    return answers(pool(study), progress=progress)


def answers(pooled: Pool, *, progress: engine.Progress = engine.silent) -> tuple[Answer, ...]:
    """Return one answer for each species of the study that was named by anybody.

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
    steps = len(species)
    made = []
    for number, name in enumerate(species):
        made.append(of_species(pooled, name, asked))
        progress(number + 1, steps)
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


def of_species(pooled: Pool, species: str, asked: Mapping[str, Any]) -> Answer:
    """Return the answer for one species; where nothing can be estimated, its findings say why."""
    ground = survey(pooled, species, asked)
    fitted = _fitted(pooled, ground, asked)
    best, ground, found = fitted.best, fitted.survey, fitted.findings
    tables: dict[str, pl.DataFrame] = {"effort": effort_rows(ground)}
    notes: list[Note] = [Note("density-of-grown-animals", {"young": ground.made.young["individualID"].n_unique()})]
    if fitted.fits:
        tables["models"] = model_rows(fitted.fits)
    if best is not None:
        drawn, more = _draws(pooled, species, asked, best)
        notes += more
        judged = _goodness(pooled, best, asked)
        tables |= _estimated(ground, best, drawn)
        if judged is not None:
            tables["goodness"] = judged.tests
            found = findings.gather([found, judged.findings])
        notes.append(Note("density-mask", _mask_words(ground)))
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
        "buffer": _buffers(best, ground),
        "surface": surface_rows(best, ground),
    }


def models_of(sessions: Sequence[Session]) -> tuple[Model, ...]:
    """Return the models that are fitted where the study names none: with and without sex, and density by session."""
    sexes = [value for session in sessions for value in session.covariates.get("sex", ())]
    densities = ["1", "session"] if len(sessions) > 1 else ["1"]
    if min(sexes.count("F"), sexes.count("M")) < ENOUGH_OF_A_SEX:
        return tuple(model(f"HN: D ~ {each}, g0 ~ 1, sigma ~ 1") for each in densities)
    # The sexes of known animals are data, too: every model that is compared has to account for them.
    forms = ("g0 ~ 1, sigma ~ 1", "g0 ~ sex, sigma ~ sex")
    return tuple(model(f"HN: D ~ {each}, {form}, classes by sex") for form in forms for each in densities)


def _comparable(models: Sequence[Model]) -> None:
    """Refuse models of different likelihoods: their criteria say nothing about each other."""
    kinds = {(each.likelihood, each.hybrid, each.number) for each in models}
    if len(kinds) > 1:
        raise StudyError(
            "models of one likelihood in [density], all with the same classes",
            Text("{count} kinds", count=len(kinds)),
            "Write 'classes by sex', 'conditional' and 'binomial N' in all models or in none.",
        )


def _fitted(pooled: Pool, ground: Survey, asked: Mapping[str, Any]) -> Fitted:
    """Fit the models; where the buffer was chosen by rule and proves too short, make the mask anew once."""
    made = _fits(ground, asked)
    best = best_of(made.fits)
    if best is None:
        return made
    sigma = max(float(natural(best.design, best.beta).theta[:, 1].max()), 1.0)
    lost = _bias(best, ground.buffer)
    if lost <= BIAS:
        return made
    if "buffer" in asked:
        told = findings.finding(
            "scr-buffer-bias",
            table="models",
            value=ground.species,
            buffer=f"{ground.buffer:.0f}",
            lost=f"{100 * lost:.1f}",
            asked=f"{5 * sigma:.0f}",
        )
        return replace(made, findings=findings.gather([made.findings, told]))
    return _fits(survey(pooled, ground.species, {**asked, "buffer": float(np.ceil(5 * sigma / 500) * 500)}), asked)


def _fits(ground: Survey, asked: Mapping[str, Any]) -> Fitted:
    """Fit every model to the sessions of a survey; what stands against one is a finding."""
    if not any(len(session.animals) for session in ground.sessions) or not len(ground.sessions[0].mask):
        return Fitted(ground, (), ground.findings)
    fits, found = [], [ground.findings]
    # A session that saw nobody still tells how few there are, beside others that did.
    chosen = asked.get("models") or models_of(ground.sessions)
    _comparable(chosen)
    for each in chosen:
        try:
            made = fit(ground.sessions, each)
        except MisuseError as error:
            reason = f"{error}"
            found.append(findings.finding("scr-no-fit", table="models", value=ground.species, reason=reason))
            continue
        fits.append(made)
        for code in made.problems:
            absent = ", ".join(name for name, known in zip(made.names, made.estimable, strict=True) if not known)
            found.append(findings.finding(code, table="models", value=each.title, parameters=absent))
    return Fitted(ground, tuple(fits), findings.gather(found))


def _hazard(fitted: Fit) -> tuple[Callable[[Floats], Floats], float]:
    """Return the hazard by distance of the animals that range farthest, and their sigma."""
    theta = natural(fitted.design, fitted.beta).theta
    widest = theta[np.argmax(theta[:, 1])]
    form = fitted.design.code

    def hazard(distance: Floats) -> Floats:
        flat = np.ascontiguousarray(distance.reshape(1, -1))
        out = np.empty_like(flat)
        one = np.zeros(1, np.int64)
        hazards(form, flat, one, one, widest[None, :].copy(), out)
        return out.reshape(distance.shape)

    return hazard, float(widest[1])


def _bias(fitted: Fit, buffer: float) -> float:
    """Return by which share density is too high because animals that live beyond the buffer are detected, too."""
    hazard, sigma = _hazard(fitted)
    worst = 0.0
    for session in fitted.sessions:
        effort = session.detectors.usage.sum(axis=1)
        table = buffer_bias(session.detectors.xy, effort, hazard, [buffer], sigma=sigma)
        worst = max(worst, float(table["densityBias"][0]))
    return worst


def _double(best: Fit, ground: Survey) -> pl.DataFrame:
    """Return national fits, their sum and the joint estimate of every session."""
    return double_count(best, [s.detectors.covariates["country"] for s in best.sessions], ground.buffer)


def _buffers(best: Fit, ground: Survey) -> pl.DataFrame:
    """Return N and density of the first session that saw animals, by buffer, from fits of the same model."""
    stood = np.concatenate([session.detectors.xy for session in best.sessions])

    def at(buffer: float) -> tuple[float, float] | None:
        kept = within(ground.sessions[0].mask, stood, buffer)
        if not kept.any():
            return None
        smaller = [replace(session, mask=cells(session.mask, kept)) for session in best.sessions]
        try:
            made = fit(smaller, best.model, start=best.beta, variance=False)
        except TumenError:
            return None
        if made.status != "converged":
            return None
        area = made.sessions[0].mask.area
        counted = float(animals_per_km2(made) @ area)
        return counted, counted / float(area.sum())

    table = buffer_table(at, [ground.buffer * share for share in BUFFERS])
    area = [
        float(ground.sessions[0].mask.area[within(ground.sessions[0].mask, stood, buffer)].sum())
        for buffer in table["buffer"]
    ]
    return table.select("buffer", pl.Series("areaKm2", area), pl.col("density") * PER, "abundance")


def _goodness(pooled: Pool, best: Fit, asked: Mapping[str, Any]) -> Goodness | None:
    """Return Monte Carlo goodness of fit; None where the study wants none, or the model cannot have any."""
    count = int(asked.get("goodness", GOODNESS))
    if not count or best.model.likelihood == "conditional":
        return None
    return goodness(best, count, pooled.study.seed)


def _draws(
    pooled: Pool, species: str, asked: Mapping[str, Any], best: Fit
) -> tuple[tuple[pl.DataFrame, ...], list[Note]]:
    """Return numbers by region in resampled registers, fitted as the best model is."""
    if not pooled.study.draws:
        return (), []
    parts, notes = resampled(pooled)
    work = partial(_of_draw, pooled=pooled, species=species, asked=asked, best=best)
    found = [each for each in engine.run(work, parts) if each is not None]
    lost = len(parts) - len(found)
    return tuple(found), [*notes, *([Note("density-draws-lost", {"draws": lost})] if lost else [])]


def _of_draw(
    drawn: pl.DataFrame, *, pooled: Pool, species: str, asked: Mapping[str, Any], best: Fit
) -> pl.DataFrame | None:
    """Return numbers by region with the names of one resampled register; None where they cannot be fitted."""
    renamed = (
        pooled.detections.join(drawn, on=["party", "detectionID"], how="left", maintain_order="left")
        .with_columns(individualID=pl.coalesce("jointID", "individualID"))
        .drop("jointID")
    )
    same = {**asked, "spacing": best.sessions[0].mask.spacing}
    ground = survey(pooled, species, {**same, "buffer": asked.get("buffer", _buffer_of(best))}, renamed)
    try:
        made = fit(ground.sessions, best.model, start=best.beta, variance=False)
    except TumenError:
        return None
    if made.status != "converged":
        return None
    whole = [abundance(made, ground.regions, number) for number in range(len(made.sessions))]
    return pl.concat(whole).select("session", "regionKind", "region", "realised")


def _buffer_of(best: Fit) -> float:
    stood = np.concatenate([session.detectors.xy for session in best.sessions])
    mask = best.sessions[0].mask
    return float(np.max(cKDTree(stood).query(mask.xy)[0]))


def _mask_words(ground: Survey) -> dict[str, str | int]:
    mask = ground.sessions[0].mask
    return {
        "cells": len(mask),
        "spacing": f"{mask.spacing:.0f}",
        "buffer": f"{ground.buffer:.0f}",
        "area": f"{mask.area.sum():.0f}",
    }
