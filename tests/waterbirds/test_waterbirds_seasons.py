"""Seasons: named by kind and year, missing where nothing is known; and the published sums of real counts."""

import csv
from datetime import date

import numpy as np
import polars as pl
import pytest

from tumen.errors import MisuseError
from tumen.waterbirds.occasion import OCCASIONS
from tumen.waterbirds.regularly import regularly
from tumen.waterbirds.seasons import DEFAULT, SEASONS, outside, placed, seasons


def seen(*rows, place="lake"):
    """Occasions: day, low, high, and perhaps a reason."""
    table = [
        (
            place,
            "site",
            "waterbirds",
            date.fromisoformat(day),
            low,
            high,
            high is not None,
            True,
            day,
            0,
            "".join(reason),
        )
        for day, low, high, *reason in rows
    ]
    return pl.DataFrame(table, schema=OCCASIONS, orient="row")


def told(*rows, **ranges):
    return seasons(seen(*rows), ranges or DEFAULT).drop("place", "kind", "measure").rows()


@pytest.mark.parametrize(
    ("day", "season"),
    [
        ("2023-12-01", ("winter", 2024)),
        ("2024-01-15", ("winter", 2024)),
        ("2024-02-29", ("winter", 2024)),
        ("2024-03-01", ("spring", 2024)),
        ("2024-06-01", ("breeding", 2024)),
        ("2024-07-31", ("breeding", 2024)),
        ("2024-11-30", ("autumn", 2024)),
    ],
)
def test_days_have_a_season_and_winter_is_named_by_its_january(day, season):
    assert placed(seen((day, 1, 1))).select("season", "year").row(0) == season


def test_the_largest_complete_count_is_that_of_the_season():
    found = told(("2024-01-10", 30, 30), ("2024-01-20", 50, 60, "estimated"), ("2024-02-20", 50, 50))
    assert found == [("winter", 2024, 50, 60, "complete", date(2024, 1, 20), 3, "2024-01-20", "estimated")]
    assert seasons(seen(("2024-01-10", 1, 1))).schema == pl.Schema(SEASONS)


def test_an_incomplete_count_that_saw_more_leaves_no_upper_end():
    found = told(("2024-01-10", 30, 30), ("2024-01-20", 50, None, "partialCoverage"))
    assert found == [("winter", 2024, 50, None, "partial", date(2024, 1, 20), 2, "2024-01-20", "partialCoverage")]
    less = told(("2024-01-10", 30, 30), ("2024-01-20", 20, None, "partialCoverage"))
    assert less[0][2:5] == (30, 30, "complete")


def test_a_season_of_which_nothing_is_known_is_missing_and_never_zero():
    found = told(("2024-01-10", 0, None, "notSurveyed"), ("2024-01-11", 0, None, "withheld"))
    assert found == [("winter", 2024, None, None, "missing", None, 0, "2024-01-10|2024-01-11", "withheld")]
    assert told(("2024-01-10", 0, 0))[0][2:5] == (0, 0, "complete")
    assert told(("2024-01-10", 0, None, "partialCoverage"))[0][2:5] == (0, None, "partial")


def test_places_and_years_are_kept_apart():
    both = pl.concat([seen(("2023-01-10", 1, 1), ("2024-01-10", 2, 2)), seen(("2024-01-10", 3, 3), place="pond")])
    found = seasons(both.reverse()).select("place", "year", "low").rows()
    assert found == [("lake", 2023, 1), ("lake", 2024, 2), ("pond", 2024, 3)]


def test_seasons_may_be_declared_and_days_may_lie_outside():
    rows = [("2024-11-20", 1, 1), ("2024-05-01", 7, 7)]
    assert [row[:3] for row in told(*rows, winter=("11-16", "02-28"))] == [("winter", 2025, 1)]
    assert outside(seen(*rows), {"winter": ("11-16", "02-28")})["low"].to_list() == [7]
    assert seasons(seen()).is_empty()


@pytest.mark.parametrize(
    ("ranges", "needed"),
    [
        ({"winter": ("11-16", "03-15"), "spring": ("03-01", "05-31")}, "seasons that share no day"),
        ({"summer": ("06-01", "07-31")}, "a kind of season"),
        ({"winter": ("13-01", "02-28")}, "a month and a day"),
        ({"winter": ("12-01", "02-30")}, "a month and a day"),
    ],
)
def test_seasons_that_cannot_be(ranges, needed):
    with pytest.raises(MisuseError, match=needed):
        seasons(seen(), ranges)


def test_the_yearly_maxima_of_taiwan(shared_data):
    """V6: 2007-2022 grow by exp(.094435) a year; the mean of the last five maxima is 2,868.6, 41 times 70."""
    path = shared_data / "H1_birds_sites_network_facts" / "bfs_taiwan" / "taibon_VI.07_bfs_yearly_max.csv"
    with path.open(encoding="utf-8") as file:
        published = [(int(row["year"]), int(row["max_count"])) for row in csv.DictReader(file)]
    counted = [(f"{year}-01-15", n, n) for year, n in published] + [
        (f"{year}-02-15", n - 1, n - 1) for year, n in published
    ]
    winters = seasons(seen(*counted))
    assert winters.select("year", "low").rows() == published
    assert winters.filter(pl.col("year") >= 2018)["low"].mean() == 2868.6
    assert round(2868.6 / 70) == 41
    slope = np.polyfit(winters["year"].to_numpy(), np.log(winters["low"].to_numpy()), 1)[0]
    assert round(float(slope), 6) == 0.094435


def test_a_season_of_which_something_is_withheld_stays_open_whatever_else_was_counted():
    """Six winters of a small count and a withheld one: nobody knows whether 20,000 were there."""
    days = [
        row for year in range(2019, 2025) for row in ((f"{year}-01-10", 10, 10), (f"{year}-01-20", 0, None, "withheld"))
    ]
    table = seasons(seen(*days))
    assert table.select("low", "high", "state", "reason").unique().rows() == [(10, None, "partial", "withheld")]
    asked = pl.DataFrame({"place": ["lake"], "threshold": [20_000]})
    told = regularly(table, asked).select("verdict", "seasons", "open", "reason").row(0)
    assert told == ("undecided", 6, 6, "openBounds")
    assert regularly(table, asked.with_columns(threshold=5))["verdict"].item() == "met"
