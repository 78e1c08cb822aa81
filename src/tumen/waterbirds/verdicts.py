"""Does the site qualify?  Every criterion of Ramsar and of the flyway partnership, place by place, with reasons.

Counts decide Ramsar's criteria 5, 6 and 9 and the partnership's B; a list decides a part of Ramsar's 2; people decide
the others in words, and their statements are shown, not judged. Nothing that is not known makes a verdict "not met".
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl

from tumen.tables.protocol import TABLES
from tumen.waterbirds.levels import STAGING, WATERBIRDS, Levels
from tumen.waterbirds.recorded import BESIDE
from tumen.waterbirds.regularly import Series, series, standing
from tumen.waterbirds.verdict_counts import Question, of_populations, of_total
from tumen.waterbirds.verdict_lists import known_to, listed, of_lists
from tumen.waterbirds.verdict_rows import joined, shaped
from tumen.waterbirds.verdict_summary import of_flyway, summary
from tumen.waterbirds.verdict_words import of_words, stated_on_lists, statements


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What verdicts rest on.

    `seasons` is SEASONS: place, kind, measure, season, year, low, high, state, date, occasions, visits, reason.
    `assigned` gives the populations of each species at each place with their thresholds, every edition (see
    `of_populations`). `places` (place, kind, and countryCode for national lists) are the places to judge; without it
    those of `seasons`. `status` is a table `species_status`, `texts` a table `sheet_texts`. `animals` are the measures
    that are no birds, judged under Ramsar's ninth criterion. `beside` (place, measure; see `tumen.waterbirds.recorded`)
    are the birds that are no waterbirds of a place: nobody asks there whether they reach 1 %. `assessed` is the day of
    the assessment; without it the newest category of each list holds.
    """

    seasons: pl.DataFrame
    assigned: pl.DataFrame
    places: pl.DataFrame | None = None
    status: pl.DataFrame = field(default_factory=TABLES["species_status"].empty)
    texts: pl.DataFrame = field(default_factory=TABLES["sheet_texts"].empty)
    animals: Collection[str] = ()
    beside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BESIDE))
    assessed: dt.date | None = None

    def judged_places(self) -> pl.DataFrame:
        """Return the places to judge, each once: place, kind, and countryCode where it is given."""
        if self.places is None:
            return self.seasons.select("place", "kind").unique(maintain_order=True)
        return self.places.unique(["place", "kind"], maintain_order=True)


@dataclass(frozen=True)
class Verdicts:
    """The verdicts (`rows`, shape VERDICTS), one row a place and criterion (`summary`), and their evidence.

    `listed` has the threatened species of each place, `statements` what people wrote, `levels` what was asked.
    """

    rows: pl.DataFrame
    summary: pl.DataFrame
    listed: pl.DataFrame
    statements: pl.DataFrame
    levels: Levels


def verdicts(evidence: Evidence, levels: Levels | None = None) -> Verdicts:
    """Judge every place under every criterion.

    >>> winters = pl.DataFrame({"place": "lake", "kind": "site", "measure": "waterbirds", "season": "winter",
    ...     "year": [2020, 2021, 2022], "low": [25_000, 18_000, 22_000], "high": [25_000, 18_000, 22_000],
    ...     "state": "complete", "visits": ""})
    >>> nothing = pl.DataFrame(schema={"place": pl.String, "scientificName": pl.String, "populationID": pl.String,
    ...     "edition": pl.String, "onePercent": pl.Int64, "quarter": pl.Int64, "basis": pl.String,
    ...     "inForce": pl.Boolean})
    >>> found = verdicts(Evidence(seasons=winters, assigned=nothing)).summary
    >>> dict(found.select("criterion", "verdict").iter_rows())["R5"]
    'met'
    """
    levels = levels or Levels()
    places = evidence.judged_places()
    inside = evidence.seasons
    if evidence.places is not None:
        inside = inside.join(places.select("place", "kind"), on=["place", "kind"], how="semi")
    known = series(inside)
    found = listed(inside, places, evidence.status, evidence.assessed)
    written = statements(evidence.texts)
    parts = [
        *_by_count(known, evidence, levels),
        stated_on_lists(of_lists(places, found, _unlisted(known, places, evidence)), written),
        of_words(places, written),
    ]
    rows = joined([*parts, *_without_data(parts, places)])
    one = of_flyway(summary(rows.filter(pl.col("criterion").is_in(["R2", "R5", "R6"]))))
    rows = joined([rows, shaped(one.with_columns(basis=pl.lit(levels.flyway_criteria_basis)))])
    return Verdicts(rows, summary(rows), found, written, levels)


def _by_count(known: Series, evidence: Evidence, levels: Levels) -> list[pl.DataFrame]:
    """Return the rows of the criteria that counts decide."""
    names = known.frame["measure"].unique(maintain_order=True)
    animals = names.filter(names.is_in(list(evidence.animals)))
    birds = names.filter(~names.is_in([*evidence.animals, WATERBIRDS]))
    rule, given = levels.regularly, evidence.assigned
    total = (levels.waterbirds, levels.waterbirds_basis)
    staging = (levels.flyway, levels.flyway_basis)
    return [
        of_total(known, rule, Question("R5"), WATERBIRDS, total),
        of_populations(known, rule, Question("R6", beside=evidence.beside), birds, given),
        of_populations(known, rule, Question("R9"), animals, given),
        of_populations(known, rule, Question("FB1", STAGING, "quarter", evidence.beside), birds, given),
        of_total(known, rule, Question("FB2", STAGING), WATERBIRDS, staging),
    ]


def _without_data(parts: list[pl.DataFrame], places: pl.DataFrame) -> list[pl.DataFrame]:
    """Return an undecided row for each place at which nothing was counted that a criterion could be judged by."""
    made = []
    for criterion, part in zip(("R5", "R6", "R9", "FB1", "FB2"), parts, strict=False):
        absent = places.select("place", "kind").join(part, on=["place", "kind"], how="anti")
        made.append(
            shaped(
                absent.with_columns(criterion=pl.lit(criterion), verdict=pl.lit("undecided"), reason=pl.lit("noData"))
            )
        )
    return made


def _unlisted(known: Series, places: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
    """Return the places where a species was recorded that no list has a category for; all if there is no list."""
    if evidence.status.is_empty():
        return places.select("place", "kind")
    seen = known.frame.filter(pl.col("largest") >= 1, pl.col("measure") != WATERBIRDS)
    listed_there = known_to(pl.col("measure"), evidence.status, evidence.assessed)
    return seen.filter(~listed_there).select("place", "kind").unique()


def season_rows(rows: pl.DataFrame, seasons: pl.DataFrame) -> pl.DataFrame:
    """Return the seasons behind each verdict by count, year by year, with how each stands to the level.

    Columns of the verdict (place, kind, criterion, measure, populationID, edition, season, threshold) and year, low,
    high, state, date, visits, reason, and `standing` (reached, below, open, partial, missing). Filter `rows` first:
    the seasons behind all rows of many places make a long table.
    """
    keys = ["place", "kind", "criterion", "measure", "populationID", "edition", "season", "threshold"]
    own = [name for name in ("year", "low", "high", "state", "date", "visits", "reason") if name in seasons.columns]
    position = ["place", "kind", "measure", "season"]
    behind = rows.select(keys).join(
        seasons.select(*position, *own), on=position, how="inner", maintain_order="left_right"
    )
    return standing(behind, "threshold").sort(*keys, "year", nulls_last=True)
