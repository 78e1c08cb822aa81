"""Sessions on their ground: which are left out, places that are too coarse, names that are not sure, sexes drawn."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from tests.builders import package
from tests.tasks.border_worlds import camera, grid_survey, in_one, pooled, sighting

from tumen.tasks.density import answers
from tumen.tasks.density_survey import renamed, survey
from tumen.tasks.density_tables import effort_rows

FIRST = datetime(2014, 1, 1, tzinfo=UTC)
QUICK = {"sessions": [["2014-01-01", "2014-02-19"]], "spacing": 1500, "buffer": 8000, "goodness": 0}
NULL = {**QUICK, "models": ["HN: D ~ 1, g0 ~ 1, sigma ~ 1"]}
YEARS = {**NULL, "sessions": [["2014-01-01", "2014-02-19"], ["2016-01-01", "2016-02-19"]]}
LEOPARD = "Panthera pardus"


def day(number):
    return FIRST + timedelta(days=number)


def small(rows, **keys):
    """Four cameras, two of them on each side of the border, for twenty days."""
    places = {"w1": -3.0, "w2": -1.0, "e1": 1.0, "e2": 3.0}
    stood = [camera(name, x, 0, FIRST, day(20)) for name, x in places.items()]
    return package(party="north-reserve", country=None, name="whole", deployments=stood, observations=rows, **keys)


def grounded(folder, monkeypatch, packages, asked=NULL):
    own = pooled(folder, monkeypatch, packages, density=asked)
    return own, survey(own, LEOPARD, own.study.density)


def test_a_session_without_a_camera_is_left_out_and_said(tmp_path, monkeypatch):
    (found,) = answers(pooled(tmp_path, monkeypatch, [in_one(*grid_survey())], density=YEARS))
    told = found.findings.filter(code="session-without-detectors")
    assert told.select("severity", "value").rows() == [("error", "2016-01–2016-02")]
    assert found.parameters["sessions"] == 1
    assert found.tables["effort"]["session"].unique().to_list() == ["2014-01–2014-02"]
    (alone,) = answers(pooled(tmp_path, monkeypatch, [in_one(*grid_survey())], density=NULL))
    assert alone.tables["abundance"].equals(found.tables["abundance"])
    assert "session-without-detectors" not in alone.findings["code"]


def test_a_session_without_a_camera_is_left_out_of_resampled_registers(tmp_path, monkeypatch):
    own, ground = grounded(tmp_path, monkeypatch, [in_one(*grid_survey())], YEARS)
    names = own.detections.select("party", "detectionID", jointID="individualID")
    assert [session.name for session in renamed(own, ground, own.study.density, names)] == ["2014-01–2014-02"]


def test_where_no_session_has_a_camera_that_is_the_answer(tmp_path, monkeypatch):
    asked = {**NULL, "sessions": [["2016-01-01", "2016-02-19"]]}
    (found,) = answers(pooled(tmp_path, monkeypatch, [in_one(*grid_survey())], density=asked))
    assert {"session-without-detectors", "no-detections"} <= set(found.findings["code"])
    assert found.tables["effort"].height == 0 and "abundance" not in found.tables


@pytest.mark.parametrize(
    ("metres", "code", "severity"), [(1500, "places-coarse", "warning"), (15_000, "places-too-coarse", "error")]
)
def test_places_that_are_coarse_beside_sigma_are_a_finding(tmp_path, monkeypatch, metres, code, severity):
    stood, rows = grid_survey()
    hidden = [{**each, "coordinateUncertainty": f"{metres}"} if n < 3 else each for n, each in enumerate(stood)]
    hidden[0]["coordinateUncertainty"] = f"{metres - 100}"
    _, ground = grounded(tmp_path, monkeypatch, [in_one(hidden, rows)])
    told = ground.findings.filter(pl.col("code").str.starts_with("places-")).row(0, named=True)
    assert (told["code"], told["severity"], told["value"]) == (code, severity, str(metres))
    assert (told["party"], told["column"]) == ("north-reserve", "coordinateUncertainty")
    arguments = json.loads(told["arguments"])
    assert arguments["stations"] == 3
    sigma = float(arguments["sigma"])
    assert metres > sigma if severity == "error" else sigma / 2 < metres <= sigma


def test_places_from_a_receiver_are_no_finding(tmp_path, monkeypatch):
    _, ground = grounded(tmp_path, monkeypatch, [in_one(*grid_survey())])
    assert not ground.findings["code"].str.starts_with("places-").any()


def test_names_that_are_only_possible_are_not_animals(tmp_path, monkeypatch):
    rows = [sighting("o1", "w1", None, day(1)), sighting("o2", "w2", None, day(2)), sighting("o3", "e1", "L1", day(3))]
    judged = [
        {
            "identificationID": f"i{n}",
            "observationID": f"o{n}",
            "individualID": name,
            "certainty": certainty,
            "observer": "O. Kim",
        }
        for n, name, certainty in ((1, "L1", "probable"), (2, "L2", "possible"))
    ]
    _, ground = grounded(tmp_path, monkeypatch, [small(rows, identifications=judged)])
    assert ground.sessions[0].animals == ("north-reserve/L1",)
    assert ground.made.left_out.rows() == [("left-out-possible", "north-reserve", 1)]
    assert ground.findings.filter(code="left-out-possible")["value"].item() == "1"


def test_a_misnamed_detection_does_not_take_the_sex_of_its_new_name(tmp_path, monkeypatch):
    rows = [
        *(sighting(f"f{n}", "w1", "F1", day(n), sex="female") for n in range(1, 4)),
        *(sighting(f"m{n}", "e1", "M1", day(n), sex="male") for n in range(1, 4)),
    ]
    own, ground = grounded(tmp_path, monkeypatch, [small(rows)])
    detected = own.detections.select("detectionID", "individualID").rows()

    def drawn(**other):
        names = own.detections.select(
            "party", "detectionID", jointID=pl.Series([other.get(key[0], key[1]) for key in detected], dtype=pl.String)
        )
        (session,) = renamed(own, ground, own.study.density, names)
        return dict(zip(session.animals, session.covariates["sex"].tolist(), strict=True))

    register = {"north-reserve/F1": "F", "north-reserve/M1": "M"}
    assert drawn() == register
    assert drawn(f2="north-reserve/M1") == register
    # A name of its own: as most of its detections say, unknown where as many say otherwise.
    assert drawn(f1="new", f2="new", m1="new") == {**register, "new": "F"}
    assert drawn(f1="new", m1="new") == {**register, "new": None}


def test_effort_is_days_of_cameras_and_moves_are_counted_on_their_side(tmp_path, monkeypatch):
    rows = [
        sighting("o1", "w1", "L1", day(1)),
        sighting("o2", "w2", "L1", day(2)),
        sighting("o3", "w2", "L2", day(3)),
        sighting("o4", "e1", "L2", day(4)),
    ]
    twice = [
        {**each, "locationID": "ford"}
        for each in (camera("a", -5, 0, FIRST, day(20)), camera("b", -5, 0, FIRST, day(5)))
    ]
    second = package(party="south-institute", country=None, name="more", deployments=twice, observations=[])
    _, ground = grounded(tmp_path, monkeypatch, [small(rows), second])
    table = effort_rows(ground)
    columns = ("countryCode", "stations", "cameraDays", "spatialRecaptures")
    assert table.select(columns).rows() == [("CN", 3, 65.0, 1), ("RU", 2, 40.0, 0)]
