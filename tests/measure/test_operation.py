"""The operation matrix: which part of each day each station was watched."""

import csv
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tumen.measure.effort import PERIODS, STOOD, operation

START = datetime(2024, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def stood(*rows, place=False):
    schema = {**STOOD, "locationID": pl.String} if place else STOOD
    return pl.DataFrame([list(row) for row in rows], schema=schema, orient="row")


def periods(*rows):
    return pl.DataFrame([list(row) for row in rows], schema=PERIODS, orient="row")


def test_a_failure_is_zero_and_a_day_before_set_up_is_not_known():
    deployments = stood(("a", START, START + 96 * HOUR), ("b", START + 36 * HOUR, START + 60 * HOUR))
    failed = periods(("a", START + 24 * HOUR, START + 54 * HOUR, "failed"))
    found = operation(deployments, failed)
    assert found.stations == ("a", "b")
    assert found.days == tuple(date(2024, 5, day) for day in (1, 2, 3, 4))
    np.testing.assert_array_equal(found.fraction, [[1, 0, 0.75, 1], [np.nan, 0.5, 0.5, np.nan]])


def test_one_camera_of_two_is_enough_and_the_failure_of_one_is_not_that_of_the_other():
    deployments = stood(("a", START, START + 24 * HOUR, "p"), ("b", START, START + 24 * HOUR, "p"), place=True)
    failed = periods(("a", START, START + 24 * HOUR, "failed"), ("b", START, START + 6 * HOUR, "stolen"))
    assert operation(deployments, failed, station="locationID").fraction.tolist() == [[0.75]]


def test_days_are_those_of_the_clock_that_was_named():
    found = operation(stood(("a", START, START + 24 * HOUR)), periods(), clock=10 * HOUR)
    assert found.days == (date(2024, 5, 1), date(2024, 5, 2))
    assert found.fraction.tolist() == [[14 / 24, 10 / 24]]


def test_a_deployment_of_unknown_length_is_not_known_on_any_day():
    found = operation(stood(("a", START, None), ("b", START, START + 24 * HOUR)), periods())
    np.testing.assert_array_equal(found.fraction, [[np.nan], [1.0]])


def test_without_deployments_there_are_no_days():
    assert operation(stood(), periods()).fraction.shape == (0, 0)


def slow(deployments, failures, days):
    """Hour by hour."""
    result = {}
    for name in sorted({row[0] for row in deployments}):
        cells = []
        for day in range(days):
            there = works = 0
            for hour in range(24 * day, 24 * day + 24):
                stands = any(n == name and s <= hour < e for n, s, e in deployments)
                fails = any(n == name and s <= hour < e for n, s, e in failures)
                there += stands
                works += stands and not fails
            cells.append(works / 24 if there else None)
        result[name] = cells
    return result


hours = st.integers(0, 120)
spans = st.lists(st.tuples(st.sampled_from("ab"), hours, hours).filter(lambda row: row[1] < row[2]), max_size=5)


@given(spans, spans, st.integers(1, 6))
def test_agrees_with_counting_hours(deployments, failures, days):
    def at(hour):
        return START + hour * HOUR

    found = operation(
        stood(*((name, at(start), at(end)) for name, start, end in deployments)),
        periods(*((name, at(start), at(end), "failed") for name, start, end in failures)),
        (START, START + days * 24 * HOUR),
    )
    fractions = {
        name: [None if np.isnan(cell) else cell for cell in row.tolist()]
        for name, row in zip(found.stations, found.fraction, strict=True)
    }
    assert fractions == slow(deployments, failures, days)


def sample(shared_data):
    """The stations of camtrapR's sample, set up and taken down at noon, as it takes it."""

    def noon(text):
        return datetime.strptime(text, "%d/%m/%Y").replace(hour=12, tzinfo=UTC)

    with (shared_data / "camtrapr_bench" / "camtraps.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    deployments = stood(*((row["Station"], noon(row["Setup_date"]), noon(row["Retrieval_date"])) for row in rows))
    half = timedelta(hours=12)
    failed = periods(
        *(
            (row["Station"], noon(row["Problem1_from"]) - half, noon(row["Problem1_to"]) + half, "failed")
            for row in rows
            if row["Problem1_from"]
        )
    )
    return deployments, failed


def test_the_matrix_is_that_of_camtrapr(shared_data):
    with (shared_data / "camtrapr_bench" / "cameraOperation.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    expected = [[np.nan if cell == "NA" else float(cell) for cell in row[1:]] for row in rows]
    found = operation(*sample(shared_data))
    assert found.stations == tuple(row[0] for row in rows)
    assert [str(day) for day in found.days] == header[1:]
    np.testing.assert_array_equal(found.fraction, expected)


def test_effort_and_history_of_seven_days_are_those_of_camtrapr(shared_data):
    """Occasions begin with the day a camera was set up; an occasion without effort has neither."""
    found = operation(*sample(shared_data))
    with (shared_data / "camtrapr_bench" / "recordTableSample.csv").open(newline="") as file:
        seen = {(row["Station"], row["Date"]) for row in csv.DictReader(file) if row["Species"] == "VTA"}
    for name, told in (("effort_VTA_7d_station", effort), ("detHist_VTA_7d_station", history)):
        with (shared_data / "camtrapr_bench" / f"{name}.csv").open(newline="") as file:
            _, *rows = csv.reader(file)
        for row, station, cells in zip(rows, found.stations, found.fraction, strict=True):
            there = np.flatnonzero(~np.isnan(cells))
            occasions = [there[at : at + 7] for at in range(0, len(there), 7)]
            days = [[str(found.days[day]) for day in occasion] for occasion in occasions]
            watched = [cells[occasion].sum() for occasion in occasions]
            expected = ["NA" if cell == "NA" else float(cell) for cell in row[1:]]
            assert told(station, days, watched, seen) == expected


def effort(_station, _days, watched, _seen):
    return [total or "NA" for total in watched]


def history(station, days, watched, seen):
    return [
        float(any((station, day) in seen for day in occasion)) if total else "NA"
        for occasion, total in zip(days, watched, strict=True)
    ]
