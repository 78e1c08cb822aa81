"""Who counts as seen in a session, and which sessions the spatial model has."""

from datetime import UTC, datetime

import pytest
from tests.builders import package
from tests.tasks.border_worlds import LEOPARD, camera, in_one, pooled, sighting

from tumen.errors import MisuseError
from tumen.tasks import survival

WINTERS = [[f"{year}-12-01", f"{year + 1}-02-28"] for year in range(2010, 2013)]


def winter(number):
    return datetime(2010 + number, 12, 1, tzinfo=UTC), datetime(2011 + number, 3, 1, tzinfo=UTC)


def test_names_that_are_only_possible_are_not_seen(tmp_path, monkeypatch):
    rows = [sighting(f"o{n}", "c1", None, datetime(2011 + n, 1, 15, tzinfo=UTC)) for n in range(3)]
    judged = [
        {
            "identificationID": f"i{n}",
            "observationID": f"o{n}",
            "individualID": "L1",
            "certainty": certainty,
            "observer": "O. Kim",
        }
        for n, certainty in enumerate(("certain", "possible", "probable"))
    ]
    stood = [camera("c1", 3, 0, winter(0)[0], winter(2)[1])]
    one = package(country=None, deployments=stood, observations=rows, identifications=judged)
    own = pooled(tmp_path, monkeypatch, [one], survival={"sessions": WINTERS})
    seen = survival.sightings(own, LEOPARD, survival.occasions(own))
    assert seen.data.seen.tolist() == [[True, False, True]]
    told = seen.findings.filter(code="left-out-possible").row(0, named=True)
    assert (told["severity"], told["value"]) == ("note", "1")


def test_a_winter_without_a_camera_makes_one_long_gap(tmp_path, monkeypatch):
    stood = [camera(f"c{n}{k}", 2 * k, 0, *winter(n)) for n in (0, 2) for k in range(3)]
    rows = [
        sighting(f"o{n}{k}", f"c{n}{k}", "L1", datetime(2011 + n, 1, 15 + k, tzinfo=UTC))
        for n in (0, 2)
        for k in (0, 1)
    ]
    own = pooled(tmp_path, monkeypatch, [in_one(stood, rows)], survival={"sessions": WINTERS})
    asked = []

    def refuses(sessions, model, intervals):
        asked.append(([session.name for session in sessions], intervals))
        raise MisuseError("nothing", "nothing", "Nothing.")

    monkeypatch.setattr(survival, "open_fit", refuses)
    _, told = survival._spatial(
        own, LEOPARD, {"spatial": "none", "spacing": 1000.0, "buffer": 5000.0}, survival.occasions(own)
    )
    ((names, gaps),) = asked
    assert names == ["2010-12–2011-02", "2012-12–2013-02"]
    assert gaps == [pytest.approx(2.0, abs=0.01)]
    assert told.filter(code="session-without-detectors")["value"].to_list() == ["2011-12–2012-02"]
