"""Birds that passed: only where a length of stay is known, and never instead of the count."""

from datetime import date, timedelta

import polars as pl

from tumen.waterbirds.occasion import OCCASIONS
from tumen.waterbirds.turnover import TURNOVER, turnover

START = date(2024, 4, 1)


def seen(*rows, measure="Grus monacha", kind="site"):
    table = [
        (
            "lake",
            kind,
            measure,
            START + timedelta(days=day),
            low,
            high,
            high is not None,
            True,
            f"v{day}",
            0,
            "".join(why),
        )
        for day, low, high, *why in rows
    ]
    return pl.DataFrame(table, schema=OCCASIONS, orient="row")


def stay(mean=5.0, least=4.0, most=10.0, species="Grus monacha", season="spring"):
    row = [("lake", species, season, mean, least, most)]
    schema = ["siteID", "scientificName", "season", "meanStay", "minimum", "maximum"]
    return pl.DataFrame(
        row, schema=schema, orient="row", schema_overrides={"minimum": pl.Float64, "maximum": pl.Float64}
    )


PASSAGE = seen((0, 0, 0), (10, 100, 120), (30, 0, 0))


def test_bird_days_over_the_length_of_stay():
    found = turnover(PASSAGE, stay())
    assert found.schema == pl.Schema(TURNOVER)
    # 10 days at a mean of 50 and 20 at a mean of 50: 1,500 bird-days.
    assert found.drop("place", "measure").rows() == [
        ("spring", 2024, 3, START, START + timedelta(days=30), 1500.0, 1800.0, 5.0, 150.0, 300.0, 450.0, 100, "")
    ]


def test_nothing_without_a_stay_of_that_species_and_season():
    assert turnover(PASSAGE, stay(season="autumn")).is_empty()
    assert turnover(PASSAGE, stay(species="Grus grus")).is_empty()
    assert turnover(PASSAGE, stay(mean=0.0)).is_empty()
    assert turnover(seen((0, 1, 1), kind="group"), stay()).is_empty()


def test_too_few_days_and_counts_without_an_upper_end():
    few = turnover(seen((0, 10, 10), (10, 20, 20), (20, 0, None, "notSurveyed")), stay())
    assert few.select("days", "birdDaysLow", "passed", "reason").row(0) == (2, None, None, "tooFewDays")
    partly = turnover(seen((0, 0, 0), (10, 100, None, "partialCoverage"), (30, 0, 0)), stay())
    assert partly.select("birdDaysLow", "birdDaysHigh", "passedHigh", "reason").row(0) == (
        1500.0,
        None,
        None,
        "noUpperEnd",
    )


def test_an_interval_that_is_not_given_is_no_bound():
    found = turnover(PASSAGE, stay(least=None, most=None))
    assert found.select("passedLow", "passed", "passedHigh").row(0) == (None, 300.0, None)
