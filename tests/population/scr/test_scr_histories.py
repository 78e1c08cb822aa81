"""Who was caught, where and when: small surveys of two parties, told in a few rows."""

from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import codes

from tumen.errors import ColumnError, MisuseError
from tumen.population.scr.histories import SEEN, WORKED, Histories, Records, Rules, histories
from tumen.population.scr.occasions import Cut, Window
from tumen.population.scr.plane import plane_of
from tumen.population.scr.stations import CAMERAS
from tumen.population.scr.survey import Session
from tumen.population.scr.telemetry import fixes

DAY = timedelta(days=1)
START = datetime(2014, 3, 1, tzinfo=UTC)
WEEK = Window("2014", START, START + 5 * DAY)
PLACES = {"ridge": (131.20, 43.10), "ford": (131.25, 43.10), "pass": (131.20, 43.15)}


def camera(name: str, place: str, *, party: str = "n", country: str = "RU", at: tuple[float, float] | None = None):
    lon, lat = at or PLACES[place]
    return (party, name, f"{party}/{place}", lon, lat, country, START - DAY, START + 20 * DAY)


def worked(name: str, first: float = 0.0, last: float = 5.0, *, party: str = "n"):
    return (party, name, START + first * DAY, START + last * DAY, last - first)


def seen(
    animal: str | None,
    name: str,
    day: float,
    *,
    party: str = "n",
    sex: str | None = None,
    stage: str | None = None,
    source: str = "camera",
    number: list[int] = [0],  # noqa: B006
):
    number[0] += 1
    place = (131.2, 43.1)
    at = START + day * DAY
    return (f"o{number[0]:05d}", party, animal, sex, stage, at, name, source, *place)


def records(cameras, intervals, detections, **more: pl.DataFrame) -> Records:
    columns = {**SEEN, "longitude": pl.Float64, "latitude": pl.Float64}
    return Records(
        pl.DataFrame(detections, schema=columns, orient="row"),
        pl.DataFrame(cameras, schema=CAMERAS, orient="row"),
        pl.DataFrame(intervals, schema=WORKED, orient="row"),
        **more,
    )


TWO = ([camera("d1", "ridge"), camera("d2", "ford", country="CN")], [worked("d1"), worked("d2", 1, 3.5)])


def captures(session: Session) -> list[tuple[str, int, str, int]]:
    """Animal, occasion from 1, station, count."""
    c, d = session.captures, session.detectors
    return [
        (session.animals[a], int(s) + 1, d.names[k], int(n))
        for a, s, k, n in zip(c.animal, c.occasion, c.detector, c.count, strict=True)
    ]


def left(made: Histories) -> dict[str, int]:
    return dict(made.left_out.group_by("reason").agg(pl.col("rows").sum()).iter_rows())


def test_detections_become_captures_by_animal_day_and_station():
    rows = [seen("b", "d1", 0.5), seen("a", "d1", 0.2), seen("a", "d2", 2.9), seen("a", "d1", 0.3)]
    made = histories(records(*TWO, rows), [WEEK])
    [session] = made.sessions
    assert session.animals == ("a", "b")
    assert session.detectors.names == ("n/ford", "n/ridge")
    assert captures(session) == [("a", 1, "n/ridge", 1), ("a", 3, "n/ford", 1), ("b", 1, "n/ridge", 1)]
    assert session.detectors.covariates["country"].tolist() == ["CN", "RU"]
    assert left(made) == {} and made.findings.is_empty()


def test_usage_is_the_share_of_the_day_in_which_a_camera_worked():
    [session] = histories(records(*TWO, []), [WEEK]).sessions
    assert session.detectors.usage.tolist() == [[0, 1, 1, 0.5, 0], [1, 1, 1, 1, 1]]


def test_two_cameras_of_a_station_are_one_detector():
    cameras = [camera("d1", "ridge"), camera("d2", "ridge", at=(131.2003, 43.1))]
    intervals = [worked("d1", 0, 2), worked("d2", 1.5, 4)]
    rows = [seen("a", "d1", 1.6), seen("a", "d2", 1.6), seen("a", "d2", 1.9)]
    one = records(cameras, intervals, rows)
    [session] = histories(one, [WEEK]).sessions
    assert session.detectors.usage.tolist() == [[1, 1, 1, 1, 0]]
    assert captures(session) == [("a", 2, "n/ridge", 1)]
    [counted] = histories(one, [WEEK], Rules(kind="count", independence=timedelta(minutes=30))).sessions
    assert captures(counted) == [("a", 2, "n/ridge", 2)]  # 1.6 twice is one event, 1.9 another


def test_independence_counts_from_the_last_event_that_counted():
    minutes = [0, 20, 40, 60]
    rows = [seen("a", "d1", minute / 1440) for minute in minutes]
    [session] = histories(records(*TWO, rows), [WEEK], Rules(kind="count")).sessions
    assert captures(session) == [("a", 1, "n/ridge", 2)]  # 0 and 40


def test_an_animal_is_held_by_the_first_multi_detector_of_the_day():
    rows = [seen("a", "d2", 1.5), seen("a", "d1", 1.4), seen("a", "d1", 2.4)]
    made = histories(records(*TWO, rows), [WEEK], Rules(kind="multi"))
    assert captures(made.sessions[0]) == [("a", 2, "n/ridge", 1), ("a", 3, "n/ridge", 1)]
    assert left(made) == {"left-out-later-in-occasion": 1}


def test_what_is_left_out_is_counted_by_reason_and_party():
    rows = [
        seen("a", "d1", 1.0),
        seen(None, "d1", 1.0),
        seen("cub", "d1", 1.0, stage="juvenile"),
        seen("cub", "d1", 2.0, stage="juvenile"),
        seen("a", "nowhere", 1.0),
        seen("a", "d1", -0.5),
        seen("a", "d1", 9.0),
        seen("a", "d2", 4.5),
    ]
    made = histories(records(*TWO, rows), [WEEK])
    assert left(made) == {
        "left-out-unidentified": 1,
        "left-out-dependent-young": 2,
        "left-out-without-station": 1,
        "left-out-outside-sessions": 2,
        "left-out-while-idle": 1,
    }
    assert set(made.left_out["party"]) == {"n"}
    assert made.young.rows() == [("2014", "cub", 2)]
    assert made.sessions[0].animals == ("a",)
    noted = made.findings.filter(severity="note")
    assert dict(noted.select("code", "value").iter_rows()) == {reason: str(n) for reason, n in left(made).items()}


def test_every_detection_is_used_or_left_out():
    rows = [seen("a", "d1", day) for day in (-1.0, 0.1, 0.2, 3.0, 7.0)] + [seen(None, "d2", 3.9)]
    made = histories(records(*TWO, rows), [WEEK], Rules(kind="count", independence=timedelta(0)))
    assert made.sessions[0].captures.count.sum() + made.left_out["rows"].sum() == len(rows)


def test_a_detection_while_the_camera_was_off_is_a_finding_of_its_party():
    made = histories(records(*TWO, [seen("a", "d2", 0.5)]), [WEEK])
    found = made.findings.filter(code="detection-while-idle")
    row = found.row(0, named=True)
    assert (row["party"], row["table"], row["column"], row["severity"]) == ("n", "observations", "eventStart", "error")
    assert '"deployment": "d2"' in row["arguments"] and "2014-03-01T12:00:00" in row["arguments"]
    assert made.sessions[0].animals == ()


def test_slack_lets_a_detection_lie_just_outside_its_interval():
    one = records(*TWO, [seen("a", "d2", 3.51)])
    assert left(histories(one, [WEEK])) == {"left-out-while-idle": 1}
    assert left(histories(one, [WEEK], Rules(slack=timedelta(hours=1)))) == {}


def test_slack_never_makes_a_capture_where_usage_is_zero():
    made = histories(records(*TWO, [seen("a", "d2", 0.99)]), [WEEK], Rules(slack=timedelta(hours=1)))
    assert left(made) == {"left-out-while-idle": 1} and len(made.sessions[0].captures) == 0


def test_the_last_picture_at_the_very_end_counts():
    assert left(histories(records(*TWO, [seen("a", "d2", 3.5)]), [WEEK])) == {}


def test_unknown_effort_is_a_finding_and_neither_nothing_nor_all():
    cameras = [camera("d1", "ridge"), camera("d2", "ford")]
    made = histories(
        records(cameras, [worked("d1"), ("n", "d2", None, None, None)], [seen("a", "d2", 1), seen("a", "d1", 1)]),
        [WEEK],
    )
    [session] = made.sessions
    assert session.detectors.names == ("n/ridge",)
    assert left(made) == {"left-out-effort-unknown": 1}
    found = made.findings.filter(code="effort-unknown").row(0, named=True)
    assert (found["value"], found["party"], found["arguments"]) == ("d2", "n", '{"place": "n/ford"}')


def test_a_camera_that_never_worked_is_a_detector_of_usage_zero():
    made = histories(records(TWO[0], [worked("d1"), ("n", "d2", None, None, 0.0)], []), [WEEK])
    assert made.sessions[0].detectors.usage[0].tolist() == [0.0] * 5
    assert "effort-unknown" not in codes(made.findings)


def test_sessions_are_windows_and_keep_their_animals_apart():
    later = Window("late", START + 3 * DAY, START + 5 * DAY, {"year": 2.0})
    first = Window("early", START, START + 2 * DAY)
    rows = [seen("a", "d1", 0.5), seen("b", "d1", 3.5), seen("c", "d1", 2.5)]
    made = histories(records(*TWO, rows), [later, first])
    assert [(s.name, s.animals, s.detectors.occasions) for s in made.sessions] == [
        ("early", ("a",), 2),
        ("late", ("b",), 2),
    ]
    assert made.sessions[1].values == {"year": 2.0}
    assert left(made) == {"left-out-outside-sessions": 1}


def test_sessions_that_share_time_or_a_name_are_refused():
    with pytest.raises(MisuseError, match="share time"):
        histories(records(*TWO, []), [WEEK, Window("b", START + DAY, START + 9 * DAY)])
    with pytest.raises(MisuseError, match="names of their own"):
        histories(records(*TWO, []), [WEEK, Window("2014", START + 5 * DAY, START + 9 * DAY)])


def test_windows_need_a_zone_and_an_end_after_their_start():
    with pytest.raises(MisuseError, match="time zone"):
        Window("a", datetime(2014, 1, 1), START)  # noqa: DTZ001
    with pytest.raises(MisuseError, match="ends after"):
        Window("a", START, START)


def test_tables_that_are_not_as_declared_are_refused():
    one = records(*TWO, [])
    with pytest.raises(ColumnError):
        histories(Records(one.detections.drop("sex"), one.cameras, one.worked), [WEEK])


def test_a_detection_without_an_instant_is_counted():
    one = records(*TWO, [seen("a", "d1", 1.0), seen("b", "d1", 1.0)])
    undated = one.detections.with_columns(
        eventStart=pl.when(pl.col("individualID") == "a").then("eventStart"), scientificName=pl.lit("Panthera pardus")
    )
    made = histories(Records(undated, one.cameras, one.worked), [WEEK])
    assert left(made) == {"left-out-undated": 1} and made.sessions[0].animals == ("a",)


def test_two_species_are_refused():
    one = records(*TWO, [seen("a", "d1", 1.0), seen("b", "d1", 1.0)])
    mixed = one.detections.with_columns(pl.Series("scientificName", ["Panthera tigris", "Panthera pardus"]))
    with pytest.raises(MisuseError, match="one species"):
        histories(Records(mixed, one.cameras, one.worked), [WEEK])


def test_two_packages_are_one_survey():
    north = ([camera("d1", "ridge")], [worked("d1")], [seen("a", "d1", 1.0), seen("b", "d1", 2.0)])
    south = (
        [camera("d1", "ford", party="s", country="CN")],
        [worked("d1", party="s")],
        [seen("a", "d1", 3.0, party="s"), seen("a", "d1", 9.0, party="s")],
    )
    joint = histories(records(*(a + b for a, b in zip(north, south, strict=True))), [WEEK])
    assert captures(joint.sessions[0]) == [("a", 2, "n/ridge", 1), ("a", 4, "s/ford", 1), ("b", 3, "n/ridge", 1)]
    assert joint.left_out.rows() == [("left-out-outside-sessions", "s", 1)]


def test_binomial_histories_are_made_by_pooling():
    with pytest.raises(MisuseError, match="pool"):
        Rules(kind="binomial")


def test_sex_is_what_all_parties_say_and_unknown_where_they_contradict_each_other():
    rows = [
        seen("a", "d1", 0.5, sex="female"),
        seen("a", "d1", 1.5, sex="male"),
        seen("b", "d1", 1.5, sex="male"),
        seen("c", "d1", 1.5),
    ]
    known = pl.DataFrame({"individualID": ["c", "b"], "sex": ["female", None], "age": [3, 4]})
    made = histories(records(*TWO, rows, individuals=known), [WEEK])
    assert made.sessions[0].covariates["sex"].tolist() == [None, "M", "F"]
    assert made.sessions[0].covariates["age"].tolist()[1:] == [4.0, 3.0]
    found = made.findings.filter(code="sex-contradictory").row(0, named=True)
    assert found["value"] == "a" and '"sexes": "female, male"' in found["arguments"]


def test_an_animal_young_and_grown_in_one_session_is_doubtful():
    rows = [seen("a", "d1", 0.5, stage="juvenile"), seen("a", "d1", 1.5, stage="adult")]
    made = histories(records(*TWO, rows), [WEEK])
    assert made.findings.filter(code="animal-young-and-grown")["value"].to_list() == ["a"]
    assert captures(made.sessions[0]) == [("a", 2, "n/ridge", 1)]


def test_two_names_that_the_register_says_are_one():
    crosswalk = pl.DataFrame({"party": ["n", "s"], "individualID": ["T1", "7"], "jointID": ["n/T1", "n/T1"]})
    rows = [seen("n/T1", "d1", 0.5), seen("s/7", "d1", 1.5), seen("n/T2", "d1", 1.5)]
    found = histories(records(*TWO, rows, crosswalk=crosswalk), [WEEK]).findings
    assert found.select("code", "value", "arguments").rows() == [
        ("animal-with-two-names", "s/7", '{"other": "n/T1"}'),
    ]
    joined = histories(records(*TWO, rows[:1], crosswalk=crosswalk), [WEEK]).findings
    assert joined.is_empty()


def test_occasions_of_days_by_a_clock_ten_hours_ahead():
    cut = Cut(clock=timedelta(hours=10))
    # 14:00 UTC is midnight there: a survey from 12:00 to 16:00 UTC has two days.
    window = Window("a", START + timedelta(hours=12), START + timedelta(hours=16))
    assert len(cut.starts(window)) - 1 == 2
    made = histories(records(*TWO, [seen("a", "d1", 13 / 24), seen("b", "d1", 15 / 24)]), [window], Rules(cut=cut))
    assert captures(made.sessions[0]) == [("a", 1, "n/ridge", 1), ("b", 2, "n/ridge", 1)]
    assert made.sessions[0].detectors.usage[1].tolist() == pytest.approx([2 / 24, 2 / 24])


def test_longer_occasions_hold_the_share_of_all_their_days():
    [session] = histories(records(*TWO, []), [WEEK], Rules(cut=Cut(length=2 * DAY))).sessions
    assert session.detectors.usage.tolist() == [[0.5, 0.75, 0], [1, 1, 0.5]]


def test_telemetry_is_thinned_to_a_position_a_day():
    positions = [seen("collar", "", day, source="position") for day in (0.0, 0.4, 1.1, 1.9, 2.1, 7.0)]
    one = records(*TWO, [*positions, seen("a", "d1", 1.0)])
    plane = plane_of(np.array([131.2]), np.array([43.1]))
    names, kept = fixes(one.detections, plane, WEEK)
    assert names == ("collar",) and len(kept.xy) == 3 and kept.animal.tolist() == [0, 0, 0]
    assert np.abs(kept.xy).max() < 1e-6
    assert histories(one, [WEEK]).left_out.is_empty()  # positions are no detections by cameras


def test_no_telemetry_is_no_fixes():
    plane = plane_of(np.array([131.2]), np.array([43.1]))
    names, kept = fixes(records(*TWO, [seen("a", "d1", 1.0)]).detections, plane, WEEK)
    assert names == () and kept.xy.shape == (0, 2)


DETECTIONS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "c", None]),
        st.sampled_from(["d1", "d2", "d3", "d9"]),
        st.integers(-30, 150),
        st.sampled_from(["male", "female", None]),
        st.sampled_from(["adult", "juvenile", None]),
    ),
    max_size=25,
)


@settings(max_examples=40)
@given(DETECTIONS, st.randoms(use_true_random=False), st.sampled_from(["multi", "proximity", "count"]))
def test_the_order_of_rows_and_packages_changes_nothing(rows, shuffler, kind):
    cameras = [camera("d1", "ridge"), camera("d2", "ford", country="CN"), camera("d3", "ridge", at=(131.2004, 43.1))]
    intervals = [worked("d1"), worked("d2", 1, 2), worked("d2", 3, 3.5), worked("d3", 0.5, 4.25)]
    made = [seen(animal, name, hour / 24, sex=sex, stage=stage) for animal, name, hour, sex, stage in rows]
    first = histories(records(cameras, intervals, made), [WEEK], Rules(kind=kind))
    shuffled = [shuffler.sample(part, len(part)) for part in (cameras, intervals, made)]
    second = histories(records(*shuffled), [WEEK], Rules(kind=kind))
    one, other = first.sessions[0], second.sessions[0]
    assert one.animals == other.animals and one.detectors.names == other.detectors.names
    for name in ("animal", "occasion", "detector", "count"):
        assert getattr(one.captures, name).tobytes() == getattr(other.captures, name).tobytes()
    assert one.detectors.xy.tobytes() == other.detectors.xy.tobytes()
    assert one.detectors.usage.tobytes() == other.detectors.usage.tobytes()
    assert one.covariates["sex"].tolist() == other.covariates["sex"].tolist()
    assert first.left_out.equals(second.left_out) and first.findings.equals(second.findings)
    used = one.captures.count.sum() + first.left_out["rows"].sum()
    assert used <= len(rows)
    assert (one.detectors.usage[one.captures.detector, one.captures.occasion] > 0).all()
    if kind == "multi":
        assert used == len(rows)
        pairs = list(zip(one.captures.animal.tolist(), one.captures.occasion.tolist(), strict=True))
        assert len(set(pairs)) == len(pairs)


def slow_usage(intervals: list[tuple[float, float]], hours: int) -> list[float]:
    """The share of each day that is watched, counted quarter of an hour by quarter of an hour."""
    quarters = [any(a <= q / 4 < b for a, b in intervals) for q in range(hours * 4)]
    return [sum(quarters[day : day + 96]) / 96 for day in range(0, len(quarters), 96)]


@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(-40, 600), st.integers(1, 300)), max_size=5))
def test_usage_equals_that_counted_by_quarters_of_an_hour(spans):
    hours = [(a / 4, (a + b) / 4) for a, b in spans]
    intervals = [worked("d1", a / 24, b / 24) for a, b in hours] or [("n", "d1", None, None, 0.0)]
    [session] = histories(records([camera("d1", "ridge")], intervals, []), [WEEK]).sessions
    assert session.detectors.usage[0].tolist() == pytest.approx(slow_usage(hours, 120))


def test_names_that_are_only_possible_are_left_out_with_their_sex():
    rows = [
        seen("a", "d1", 1.0, sex="female"),
        seen("a", "d1", 2.0, sex="male"),
        seen("b", "d1", 2.0),
        seen("c", "d1", 3.0),
    ]
    sure = pl.Series("certainty", ["certain", "possible", "probable", None], dtype=pl.String)
    one = records(*TWO, rows)
    made = histories(Records(one.detections.with_columns(sure), one.cameras, one.worked), [WEEK])
    [session] = made.sessions
    assert [capture[:2] for capture in captures(session)] == [("a", 2), ("b", 3), ("c", 4)]
    assert left(made) == {"left-out-possible": 1}
    assert made.findings.filter(code="left-out-possible")["value"].item() == "1"
    assert session.covariates["sex"].tolist() == ["F", None, None]
    assert "left-out-possible" not in left(histories(one, [WEEK]))


def test_days_are_those_of_all_cameras_of_a_station_inside_the_session():
    cameras = [camera("d1", "ridge"), camera("d2", "ridge", at=(131.2003, 43.1)), camera("d3", "ford")]
    intervals = [worked("d1", -1, 2), worked("d2", 1.5, 9), ("n", "d3", None, None, 0.0)]
    made = histories(records(cameras, intervals, []), [WEEK])
    assert made.days.rows() == [("2014", "n/ford", 0.0), ("2014", "n/ridge", 5.5)]
    assert made.sessions[0].detectors.usage.sum() == 5.0
