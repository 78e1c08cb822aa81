"""Carry identity error into the transborder table: count again in registers as they may also have been."""

import csv
import io
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from tumen import engine
from tumen.crossings.answer import transborder
from tumen.crossings.parameters import CrossingParameters
from tumen.errors import StudyError, Text
from tumen.individuals.identity_rates import IDENTITY_RATES, error_counts, observer_rates, rates_of
from tumen.individuals.register_draws import draws, link_chances
from tumen.tables import findings
from tumen.tables.answer import Note
from tumen.tables.findings import of_package
from tumen.tasks.pool import Pool

QUANTITIES = ("union", "onBothSides", "crossings")
IDENTITY_ERROR: dict[str, pl.DataType | type[pl.DataType]] = {
    "scientificName": pl.String,
    "stage": pl.String,
    "quantity": pl.String,
    "recorded": pl.Int64,
    "low": pl.Float64,
    "median": pl.Float64,
    "high": pl.Float64,
    "draws": pl.Int64,
}
"""One row per species, stage and number of `summary`: as the register has it, and its median and 95 % interval over the
resampled registers."""
TRAINING = ("observer", "object", "animal", "name")
"""Columns of a file of judgements on known animals: who judged what, which animal it is, and what it was called."""


@dataclass(frozen=True)
class Drawn:
    """What resampling gave: the table (`IDENTITY_ERROR`), notes, and findings."""

    table: pl.DataFrame
    notes: tuple[Note, ...]
    findings: pl.DataFrame


def with_identity_error(
    pooled: Pool,
    summary: pl.DataFrame,
    surveyed: pl.DataFrame,
    parameters: CrossingParameters,
    *,
    progress: engine.Progress = engine.silent,
) -> Drawn:
    """Count again in the study's number of resampled registers.

    Links are drawn with their probabilities, names by the error rates of observers: from the study's training file,
    else from blind repeats in the packages; where there is neither, names within a catalogue count as right, and a note
    says so. Raises `StudyError` for a training file that cannot be used.
    """
    study = pooled.study
    parts, notes, found = _resampled(pooled)
    effort = pooled.operating.filter(pl.col("days") > 0)
    work = partial(_counted, detections=pooled.met, effort=effort, parameters=parameters, surveyed=surveyed)
    counted = pl.concat(engine.run(work, parts, progress=progress)) if parts else summary.head(0)
    return Drawn(_intervals(summary, counted, study.draws), notes, found)


def resampled(pooled: Pool) -> tuple[list[pl.DataFrame], tuple[Note, ...]]:
    """Return the study's number of resampled registers, each (party, detectionID, jointID), and notes on them."""
    parts, notes, _ = _resampled(pooled)
    return parts, notes


def _resampled(pooled: Pool) -> tuple[list[pl.DataFrame], tuple[Note, ...], pl.DataFrame]:
    study = pooled.study
    links, found = link_chances(pooled.register.walk, pooled.register.links)
    rates, about_rates = _rates(pooled)
    named = pooled.detections.with_columns(individualID="localID", eventID=_visit(pooled.detections))
    drawn = draws(named, links, rates, study.draws, np.random.default_rng([study.seed, 4]))
    doubtful = links.filter(pl.col("probability") < 1).height
    notes: tuple[Note, ...] = (Note("identity-error-carried", {"draws": study.draws, "links": doubtful}),)
    if rates is None:
        notes += (Note("identity-error-names-right"),)
    parts = drawn.partition_by("draw", maintain_order=True, include_key=False)
    return parts, notes, findings.gather([found, about_rates])


def _counted(
    drawn: pl.DataFrame,
    *,
    detections: pl.DataFrame,
    effort: pl.DataFrame,
    parameters: CrossingParameters,
    surveyed: pl.DataFrame,
) -> pl.DataFrame:
    """Return the summary of one resampled register."""
    renamed = (
        detections.join(drawn, on=["party", "detectionID"], how="left", maintain_order="left")
        .with_columns(individualID=pl.coalesce("jointID", "individualID"))
        .drop("jointID")
    )
    return transborder(renamed, effort, parameters=parameters, surveyed=surveyed).tables["summary"]


def _intervals(summary: pl.DataFrame, counted: pl.DataFrame, count: int) -> pl.DataFrame:
    """Return recorded numbers with their intervals over the draws; a draw without a species or stage counts none."""
    keys = ["scientificName", "stage"]
    rows = []
    for key in summary.select(keys).iter_rows():
        here = counted.filter(pl.col("scientificName").eq_missing(key[0]), pl.col("stage").eq_missing(key[1]))
        recorded = summary.filter(pl.col("scientificName").eq_missing(key[0]), pl.col("stage").eq_missing(key[1]))
        for quantity in QUANTITIES:
            value = recorded[quantity].item()
            if value is None:
                continue
            values = np.zeros(count)
            values[: here.height] = here[quantity].fill_null(0).to_numpy()
            low, median, high = np.quantile(values, [0.025, 0.5, 0.975])
            rows.append((*key, quantity, value, low, median, high, count))
    return pl.DataFrame(rows, schema=IDENTITY_ERROR, orient="row")


def _visit(detections: pl.DataFrame) -> pl.Series:
    """Return for each detection the visit it belongs to: one animal at one place, without half an hour between.

    A visit is judged as one: both cameras of a station and all pictures of a burst get their name together.
    """
    keys = ["party", "localID", "place"]
    ordered = detections.with_row_index("number").sort(*keys, "eventStart", "number")
    fresh = (pl.col("eventStart").diff().over(keys) > pl.duration(minutes=30)).fill_null(True)
    alone = pl.col("place").is_null()
    visit = pl.when(alone).then(None).otherwise(fresh.cum_sum().cast(pl.String))
    return ordered.with_columns(visit=visit).sort("number")["visit"]


def _rates(pooled: Pool) -> tuple[pl.DataFrame | None, pl.DataFrame]:
    """Return the error rates of observers (None: nobody knows), and findings."""
    if pooled.study.training is not None:
        return _trained(pooled.study.training), findings.empty()
    parts, found = [], []
    for package in pooled.packages:
        if package.table("identifications").height:
            rates, said = observer_rates(package.table("identifications"))
            parts.append(rates.filter(pl.col("trials") > 0))
            found.append(of_package(said, package.party, package.name))
    every = pl.concat([pl.DataFrame(schema=IDENTITY_RATES), *parts])
    return (every if every.height else None), findings.gather(found)


def _trained(path: Path) -> pl.DataFrame:
    """Return the error rates that a file of judgements on known animals shows."""
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))
    except (OSError, UnicodeDecodeError) as error:
        raise StudyError(
            "a file of judgements on known animals, in UTF-8",
            Text("no readable file {path}", path=path),
            "Correct training in [register].",
        ) from error
    lacking = [name for name in TRAINING if not rows or name not in rows[0]]
    if lacking:
        raise StudyError(
            Text("the columns {names} in the file of training", names=", ".join(TRAINING)),
            Text("none called {lacking}", lacking=", ".join(lacking)),
            "Give one row for each judgement; name is empty where the observer left it out.",
        )
    frame = pl.DataFrame([{name: row[name] or None for name in TRAINING} for row in rows])
    rates = []
    for (observer,), own in frame.group_by("observer", maintain_order=True):
        errors, trials = error_counts(own["animal"], own["name"])
        rates.append(rates_of({"observer": str(observer)}, errors, trials))
    return pl.concat(rates)
