"""Answer a study's question: will they last? Survival, recruits and numbers from one session to the next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count, pairwise
from typing import Any

import numpy as np
import polars as pl

from tumen import engine
from tumen.errors import MisuseError, StudyError, Text
from tumen.population.scr.histories import Rules
from tumen.population.scr.occasions import Window, apart
from tumen.population.survival.fit import Fit, fit
from tumen.population.survival.goodness import Bootstrap, bootstrap, goodness
from tumen.population.survival.histories import DAYS_IN_A_YEAR, Histories, histories
from tumen.population.survival.models import Model
from tumen.population.survival.open_derived import stated
from tumen.population.survival.open_fit import fit as open_fit
from tumen.population.survival.open_model import OpenModel
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tasks.density_survey import known_animals, survey, windows
from tumen.tasks.pool import Pool, pool
from tumen.tasks.study import Study
from tumen.tasks.survival_tables import (
    FEW,
    SPATIAL,
    Years,
    goodness_rows,
    model_rows,
    population_rows,
    rate_rows,
    spatial_rows,
)

ENOUGH_OF_A_SEX = 4
"""Animals of known sex, of each, from which on survival by sex is tried unasked."""
ENTRIES = ("1", "time")
STEPS = 3
"""Pieces of work of each species: histories and their tests, models, the spatial model."""
LITTLE = 0.05
"""Weight below which what a model cannot estimate is not said."""
OF_A_MODEL = ("survival-confounded", "survival-boundary", "survival-not-converged")
"""Findings that say which model they are about; the others are about the data."""


def survival(study: Study, *, progress: engine.Progress = engine.silent) -> tuple[Answer, ...]:
    """Read, pool and answer."""
    return answers(pool(study), progress=progress)


def answers(pooled: Pool, *, progress: engine.Progress = engine.silent) -> tuple[Answer, ...]:
    """Return one answer for each species of the study that was named by anybody.

    Raises `StudyError` where neither [survival] nor [density] names sessions, or where there is no species.
    """
    asked = dict(pooled.study.survival or {})
    shown = occasions(pooled)
    named = tuple(pooled.detections["scientificName"].drop_nulls().unique().sort())
    species = asked.get("species") or pooled.study.species or named
    if not species:
        raise StudyError(
            "a species whose animals were told apart",
            Text("{count} detections of named animals", count=pooled.detections.height),
            "Name the animals first: tumen identify.",
        )
    done, total = count(1), STEPS * len(species)
    return tuple(_of_species(pooled, name, asked, shown, lambda: progress(next(done), total)) for name in species)


def occasions(pooled: Pool) -> tuple[Window, ...]:
    """Return the sessions of [survival], else those of [density], the earliest first.

    Raises `MisuseError` where two share time: an animal seen then would have been seen in both.
    """
    study = pooled.study
    for asked in (study.survival, study.density):
        if asked and "sessions" in asked:
            shown = _named(windows(pooled, {"sessions": sorted(asked["sessions"])}))
            apart(shown)
            return shown
    raise StudyError(
        "sessions in [survival] or [density], two or more",
        "none",
        'Write sessions = [["2013-10-01", "2014-03-31"], ["2014-10-01", "2015-03-31"]] below [survival].',
    )


def _named(shown: Sequence[Window]) -> tuple[Window, ...]:
    """Return sessions with names of their own: by day where two lie in the same months."""
    if len({window.name for window in shown}) == len(shown):
        return tuple(shown)
    return tuple(replace(window, name=f"{window.start:%Y-%m-%d}–{_last(window):%Y-%m-%d}") for window in shown)


def _last(window: Window) -> date:
    """Return the last day of a session."""
    return (window.end - timedelta(microseconds=1)).date()


def years(shown: Sequence[Window]) -> Years:
    """Return what the sessions are called on an axis of years: their first year, month or day, as far as these differ.

    >>> from datetime import UTC, datetime
    >>> ends = [(datetime(y, 10, 1, tzinfo=UTC), datetime(y + 1, 4, 1, tzinfo=UTC)) for y in (2013, 2014)]
    >>> years([Window(f"winter {number}", *pair) for number, pair in enumerate(ends)]).labels
    ('2013', '2014')
    """
    for form in ("%Y", "%Y-%m"):
        labels = tuple(window.start.strftime(form) for window in shown)
        if len(set(labels)) == len(labels):
            break
    else:
        labels = tuple(window.start.strftime("%Y-%m-%d") for window in shown)
    return Years(tuple(window.name for window in shown), labels)


@dataclass(frozen=True)
class Seen:
    """Histories of a species, whether the effort of all sessions is known, young left out, and findings."""

    data: Histories
    effort: bool
    young: int
    findings: pl.DataFrame


def sightings(pooled: Pool, species: str, shown: Sequence[Window]) -> Seen:
    """Return who was photographed in which session, under joint names.

    Dependent young are left out, and names that are only possible, with a note.
    """
    own = pooled.detections.filter(pl.col("scientificName") == species, pl.col("source") == "camera")
    cub = pl.col("lifeStage").is_in(list(Rules().young)).fill_null(False)
    inside = pl.concat(
        [
            own.filter(pl.col("eventStart") >= window.start, pl.col("eventStart") < window.end).with_columns(
                occasion=pl.lit(window.name)
            )
            for window in shown
        ]
    )
    possible = (pl.col("certainty") == "possible").fill_null(False)
    doubtful, inside = inside.filter(possible).height, inside.filter(~possible)
    worked = [_camera_days(pooled.operating, window) for window in shown]
    known = bool(pooled.operating["days"].is_not_null().all())
    if not known:
        # Cameras of which nobody knows when they worked may have looked: only a session known to be idle is.
        worked = [max(days, 1.0) for days in worked]
    frame = pl.DataFrame(
        {
            "occasion": [window.name for window in shown],
            "time": [window.start + (window.end - window.start) / 2 for window in shown],
            "effort": worked,
        }
    )
    data, found = histories(inside.filter(~cub), frame, known_animals(pooled, species))
    # Raw camera-days are thousands beside an intercept of 1; twice the effort is twice the chances to be seen.
    usual = data.effort[data.effort > 0].mean() if data.effort.any() else 1.0
    relative = np.log(np.where(data.effort > 0, data.effort, usual) / usual)
    data = replace(data, covariates={"effort": relative})
    young = inside.filter(cub)["individualID"].n_unique()
    if doubtful:
        told = findings.finding("left-out-possible", table="observations", value=str(doubtful))
        found = findings.gather([found, told])
    return Seen(data, known, young, found)


def _camera_days(operating: pl.DataFrame, window: Window) -> float:
    """Return the days in which cameras worked inside a session."""
    start = pl.max_horizontal("start", pl.lit(window.start, pl.Datetime("us", "UTC")))
    end = pl.min_horizontal("end", pl.lit(window.end, pl.Datetime("us", "UTC")))
    days = (end - start).dt.total_microseconds() / 86_400_000_000
    return float(operating.drop_nulls(["start", "end"]).select(days.clip(0).sum()).item())


def _of_species(
    pooled: Pool, species: str, asked: Mapping[str, Any], shown: Sequence[Window], step: Callable[[], None]
) -> Answer:
    """Return the answer for one species; where nothing can be estimated, its findings say why."""
    seen, named = sightings(pooled, species, shown), years(shown)
    tested = goodness(seen.data)
    found = [seen.findings, tested.findings]
    step()
    entering, staying = (_fits_of_study(seen, asked, entry=entry) for entry in (True, False))
    drawn = bootstrap_of(staying, asked, pooled.study.seed)
    inflation = 1.0 if drawn is None else drawn.inflation
    step()
    tables = {
        "survival": rate_rows(staying, "phi", named, inflation),
        "detection": rate_rows(staying, "p", named, inflation),
        "population": population_rows(entering, named, inflation),
        "models": model_rows(staying, inflation),
        "populationModels": model_rows(entering, inflation),
        "goodness": goodness_rows(tested, drawn),
        "histories": history_rows(seen, named),
    }
    found += findings_of(staying, tables["models"]) + findings_of(entering, tables["populationModels"])
    if drawn is not None:
        found.append(drawn.findings)
    if asked.get("spatial", "none") != "none":
        table, said = _spatial(pooled, species, asked, shown)
        tables["spatial"] = table
        found.append(said)
    step()
    return Answer(
        "survival",
        tables,
        _notes(pooled, species, seen, drawn),
        {"species": species, "sessions": len(shown), "animals": len(seen.data.animals), "inflation": inflation},
        findings.gather(found).unique(maintain_order=True),
    )


def models_of(seen: Seen, asked: Mapping[str, Any], *, entry: bool) -> tuple[Model, ...]:
    """Return the models to compare: all phi with all p of [survival], else with and without sex, time and effort.

    Effort is tried where it is known and leaves more than two recaptures to tell it from time. With entries (POPAN),
    capture and entries are not both free in time: the first session could not tell one from the other.
    """
    data = seen.data
    sexes = [data.sex.count(sex) for sex in sorted({sex for sex in data.sex if sex is not None})]
    by_sex = len(sexes) > 1 and min(sexes) >= ENOUGH_OF_A_SEX
    chances = ["1"]
    if len(data.occasions) > 2:
        chances.append("time")
    if len(data.occasions) > 3 and seen.effort and len(set(data.effort.tolist())) > 1:
        chances.append("effort")
    phis = asked.get("phi", ("1", "sex") if by_sex else ("1",))
    entries = ENTRIES if entry and len(data.occasions) > 2 else ("1",) if entry else (None,)
    made = [Model(phi, p, more) for phi in phis for p in asked.get("p", chances) for more in entries]
    return tuple(dict.fromkeys(model for model in made if not model.loose[0]))


def fits_of(seen: Seen, asked: Mapping[str, Any], *, entry: bool) -> tuple[Fit, ...]:
    """Fit every model; raises `MisuseError` for a formula that cannot be read."""
    return tuple(fit(seen.data, model) for model in models_of(seen, asked, entry=entry))


def _fits_of_study(seen: Seen, asked: Mapping[str, Any], *, entry: bool) -> tuple[Fit, ...]:
    """Fit every model; the error for a formula that cannot be read says where in the study it stands."""
    try:
        return fits_of(seen, asked, entry=entry)
    except MisuseError as error:
        needed = Text("formulas in [survival]: {needed}", needed=error.needed)
        raise StudyError(needed, error.found, error.cure) from error


def bootstrap_of(fits: Sequence[Fit], asked: Mapping[str, Any], seed: int) -> Bootstrap | None:
    """Return the bootstrap of the deviance of the richest model, where the study asks for any."""
    draws = int(asked.get("bootstraps", 0))
    usable = [one for one in fits if one.status == "converged"]
    if not draws or not usable:
        return None
    richest = max(usable, key=lambda one: (one.count, one.model.title))
    return bootstrap(richest, np.random.default_rng([seed, 6]), draws=draws)


def findings_of(fits: Sequence[Fit], compared: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the findings of models that were compared; one more where all have more parameters than the data bear."""
    found = [_of_model(one, compared) for one in fits]
    if compared["delta"].is_not_null().any() or FEW not in compared["status"]:
        return found
    return [*found, findings.finding(FEW, table="models")]


def _of_model(one: Fit, compared: pl.DataFrame) -> pl.DataFrame:
    """Return the findings of a fit that matter for the answer; those about the model say which it is."""
    about = pl.col("code").is_in(OF_A_MODEL)
    weight = compared.filter(pl.col("model") == one.model.title)["weight"].item()
    found = one.findings if weight is None or weight >= LITTLE else one.findings.filter(~about)
    return found.with_columns(
        table=pl.when(about).then(pl.lit("models")).otherwise("table"),
        column=pl.when(about).then(pl.lit(one.model.title)).otherwise("column"),
    )


def _spatial(
    pooled: Pool, species: str, asked: Mapping[str, Any], shown: Sequence[Window]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the spatial open model on the ground of [density], and what is to know about it."""
    own = {key: asked[key] for key in ("spacing", "buffer") if key in asked}
    sessions = tuple((window.start.date(), _last(window)) for window in shown)
    ground = survey(pooled, species, {**(pooled.study.density or {}), **own, "sessions": sessions})
    # A session without a camera is left out of the survey, and the years around it are one gap.
    stood = {session.name for session in ground.sessions}
    kept = [window for window in windows(pooled, {"sessions": sessions}) if window.name in stood]
    middles = [window.start + (window.end - window.start) / 2 for window in kept]
    gaps = [(later - earlier).total_seconds() / 86_400 / DAYS_IN_A_YEAR for earlier, later in pairwise(middles)]
    try:
        fitted = open_fit(ground.sessions, OpenModel(movement=asked["spatial"]), intervals=gaps)
    except MisuseError as error:
        told = findings.finding("scr-no-fit", table="spatial", value=species, reason=f"{error}")
        return pl.DataFrame(schema=SPATIAL), findings.gather([ground.findings, told])
    return spatial_rows(fitted), findings.gather([ground.findings, stated(fitted)])


def history_rows(seen: Seen, named: Years) -> pl.DataFrame:
    """Return what the models were fitted to: animals, of them new, seen again later; camera-days, null if unknown."""
    data = seen.data
    first = data.seen.argmax(axis=1) if data.animals else np.zeros(0, dtype=np.int64)
    again = [
        int((data.seen[:, place] & data.seen[:, place + 1 :].any(axis=1)).sum()) for place in range(len(data.occasions))
    ]
    return pl.DataFrame(
        {
            "session": data.occasions,
            "year": named.labels,
            "cameraDays": data.effort.tolist() if seen.effort else [None] * len(data.effort),
            "animals": data.seen.sum(axis=0),
            "new": np.bincount(first, minlength=len(data.occasions)),
            "seenAgain": again,
        },
        schema={
            "session": pl.String,
            "year": pl.String,
            "cameraDays": pl.Float64,
            "animals": pl.Int64,
            "new": pl.Int64,
            "seenAgain": pl.Int64,
        },
    )


def _notes(pooled: Pool, species: str, seen: Seen, drawn: Bootstrap | None) -> tuple[Note, ...]:
    notes = [Note("survival-of-grown-animals", {"young": seen.young})]
    tracked = pooled.detections.filter(pl.col("scientificName") == species, pl.col("source") == "position").height
    if tracked:
        notes.append(Note("survival-positions-unused", {"positions": tracked}))
    if not seen.effort:
        notes.append(Note("survival-effort-unknown"))
    if drawn is not None:
        notes.append(Note("survival-inflated", {"inflation": f"{drawn.inflation:.2f}", "draws": len(drawn.drawn)}))
    if pooled.study.draws:
        notes.append(Note("survival-identity-not-carried"))
    return tuple(notes)
