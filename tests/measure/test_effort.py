"""When did a camera work?"""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.measure.effort import INTERVALS, nights, operating
from tumen.tables.cameras import OPERATING_PERIODS
from tumen.tables.schema import UTC as INSTANT

DAY_0 = datetime(2014, 1, 1, tzinfo=UTC)


def day(number):
    return None if number is None else DAY_0 + timedelta(days=number)


def cameras(*rows):
    return pl.DataFrame(
        [(name, day(start), day(end)) for name, start, end in rows],
        schema={"deploymentID": pl.String, "deploymentStart": INSTANT, "deploymentEnd": INSTANT},
        orient="row",
    )


def periods(*rows):
    return pl.DataFrame(
        [(name, day(start), day(end), status) for name, start, end, status in rows],
        schema={"deploymentID": pl.String, "start": INSTANT, "end": INSTANT, "status": pl.String},
        orient="row",
    )


def worked(deployments, said, period=None):
    """The days on which each camera worked, as (name, first, last)."""
    frame = operating(deployments, said, period)
    return [
        (name, None, None) if start is None else (name, (start - DAY_0).days, (end - DAY_0).days)
        for name, start, end in frame.select("deploymentID", "start", "end").iter_rows()
    ]


def test_a_camera_without_periods_worked_all_the_time():
    assert worked(cameras(("a", 0, 10)), periods()) == [("a", 0, 10)]


def test_failures_are_taken_away_wherever_they_lie():
    said = periods(("a", 2, 4, "failed"), ("a", 3, 5, "obstructed"), ("a", 8, 20, "stolen"), ("a", -5, 1, "failed"))
    assert worked(cameras(("a", 0, 10)), said) == [("a", 1, 2), ("a", 5, 8)]


def test_operating_periods_replace_the_deployment_and_are_cut_to_it():
    said = periods(("a", 1, 3, "operating"), ("a", 2, 5, "operating"), ("a", 9, 30, "operating"), ("a", 4, 5, "failed"))
    assert worked(cameras(("a", 0, 10)), said) == [("a", 1, 4), ("a", 9, 10)]


def test_a_camera_that_never_worked_is_not_lost():
    frame = operating(cameras(("a", 0, 10), ("b", 0, 1)), periods(("a", 0, 10, "stolen")))
    assert dict(frame.schema) == INTERVALS
    assert nights(frame).rows() == [("a", 0.0), ("b", 1.0)]
    assert frame["start"][0] is None


def test_the_study_period_cuts():
    assert worked(cameras(("a", 0, 10), ("b", 20, 30)), periods(), (day(5), day(25))) == [("a", 5, 10), ("b", 20, 25)]


def test_rows_that_cannot_be_used_are_passed_over():
    said = periods(("a", 3, 2, "failed"), ("a", None, 5, "failed"), ("zz", 1, 2, "failed"))
    deployments = cameras(("a", 0, 10), ("b", 5, 4), ("c", None, 3))
    assert worked(deployments, said) == [("a", 0, 10), ("b", None, None), ("c", None, None)]


def test_unknown_effort_is_not_none():
    intervals = operating(cameras(("a", 0, 10), ("b", 5, 4), ("c", None, 3), ("d", 1, 1)), periods())
    assert nights(intervals).rows() == [("a", 10.0), ("b", None), ("c", None), ("d", 0.0)]


def test_touching_intervals_are_one():
    said = periods(("a", 0, 3, "operating"), ("a", 3, 5, "operating"), ("a", 4, 6, "operating"))
    assert worked(cameras(("a", 0, 10)), said) == [("a", 0, 6)]


def test_a_period_of_the_study_needs_a_time_zone():
    with pytest.raises(MisuseError, match="time zone"):
        operating(cameras(("a", 0, 10)), periods(), (day(5).replace(tzinfo=None), day(25)))


def test_half_days_are_half_days():
    half = pl.DataFrame(
        {"deploymentID": ["a"], "deploymentStart": [DAY_0], "deploymentEnd": [DAY_0 + timedelta(hours=12)]}
    )
    assert nights(operating(half, OPERATING_PERIODS.empty())).rows() == [("a", 0.5)]


def slow(deployments, said, period):
    """Ask every day of every camera."""
    kept = {}
    for name, start, end in deployments:
        own = [p for p in said if p[0] == name and p[1] < p[2]]
        positive = [p for p in own if p[3] == "operating"]
        days = set()
        for d in range(-30, 60):
            inside = start <= d < end and period[0] <= d < period[1]
            on = not positive or any(p[1] <= d < p[2] for p in positive)
            off = any(p[1] <= d < p[2] for p in own if p[3] != "operating")
            if inside and on and not off:
                days.add(d)
        kept[name] = days
    return kept


names = st.sampled_from("abc")
numbers = st.integers(-5, 25)
saids = st.lists(st.tuples(names, numbers, numbers, st.sampled_from(["operating", "failed", "stolen"])), max_size=8)


@given(st.lists(st.tuples(names, numbers, numbers), max_size=3, unique_by=lambda r: r[0]), saids, numbers, numbers)
def test_agrees_with_asking_every_day(deployments, said, first, last):
    frame = operating(cameras(*deployments), periods(*said), (day(first), day(last)))
    days = {name: set() for name, _, _ in deployments}
    for name, start, end in frame.drop_nulls("start").select("deploymentID", "start", "end").iter_rows():
        run = set(range((start - DAY_0).days, (end - DAY_0).days))
        assert not run & days[name]
        days[name] |= run
    assert days == slow(deployments, said, (first, last))
    assert set(frame["deploymentID"]) == set(days)


@given(saids, st.randoms())
def test_row_order_does_not_matter(said, random):
    shuffled = random.sample(said, len(said))
    deployments = cameras(("a", 0, 10), ("b", 5, 12))
    assert operating(deployments, periods(*shuffled)).equals(operating(deployments, periods(*said)))


minutes = st.integers(0, 40)
spans = st.lists(
    st.tuples(minutes, minutes, st.sampled_from(["operating", "failed", "stolen", "obstructed"])), max_size=6
)


@given(minutes, minutes, spans, minutes, minutes)
def test_agrees_with_asking_every_minute(first, last, said, opened, closed):
    def at(minute):
        return DAY_0 + timedelta(minutes=minute)

    camera = pl.DataFrame([("a", at(first), at(last))], schema=cameras().schema, orient="row")
    told = pl.DataFrame([("a", at(s), at(e), status) for s, e, status in said], schema=periods().schema, orient="row")
    used = [(s, e, status) for s, e, status in said if s < e]
    base = [(s, e) for s, e, status in used if status == "operating"] or [(first, last)]
    failed = [(s, e) for s, e, status in used if status != "operating"]
    worked = [
        m
        for m in range(first, last)
        if opened <= m < closed and any(s <= m < e for s, e in base) and not any(s <= m < e for s, e in failed)
    ]
    days = nights(operating(camera, told, (at(opened), at(closed))))["days"][0]
    assert days == (None if last < first else pytest.approx(len(worked) / 1440))
