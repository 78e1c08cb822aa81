"""Clocks held against the sun, people, and the camera beside."""

import json
from datetime import UTC, datetime, timedelta

from tests.builders import package

from tumen.tables.examine import examine
from tumen.tasks.check_clocks import clock_checks

NOW = datetime(2020, 1, 1, tzinfo=UTC)


def found(**tables):
    told = examine(package(**tables), clock_checks(None, NOW))
    return [(row["code"], row["row"], row["value"], json.loads(row["arguments"])) for row in told.to_dicts()]


def event(number, at, deployment="d1", **over):
    text = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "observationID": f"{deployment}-{number}",
        "deploymentID": deployment,
        "eventStart": text,
        "eventEnd": text,
        **over,
    }


def people(hour):
    """One walker a day for 40 days, at an hour of UTC; the sun at 131.2 E is 8.7 h ahead."""
    start = datetime(2014, 1, 5, hour, tzinfo=UTC)
    over = {"observationType": "human", "scientificName": "Homo sapiens"}
    return [event(n, start + timedelta(days=n), **over) for n in range(40)]


def test_people_who_walk_at_midnight_by_the_sun():
    told = found(deployments=[{}], observations=people(16))
    assert told == [("clock-half-day", 2, "d1", {"count": "40", "share": "100"})]
    assert found(deployments=[{}], observations=people(4)) == []


def test_the_same_walkers_where_it_is_noon():
    assert found(deployments=[{"longitude": "-60"}], observations=people(16)) == []


def test_a_clock_that_the_party_admits_is_wrong():
    assert found(deployments=[{"timestampIssues": "true"}], observations=people(16)) == []


DAYLIGHT = '{"Flash": 16, "ExposureTime": "1/250", "ISOSpeedRatings": 100}'


def pictures(hour, exif):
    return [
        {"mediaID": f"m{n}", "filePath": f"m/{n}", "timestamp": f"2014-01-{n:02d}T{hour:02d}:00:00Z", "exifData": exif}
        for n in range(5, 17)
    ]


def test_daylight_at_midnight():
    told = found(deployments=[{}], media=pictures(15, DAYLIGHT))
    assert told == [("clock-against-sun", 2, "d1", {"count": "12", "judged": "12", "days": "12", "nights": "0"})]
    assert found(deployments=[{}], media=pictures(3, DAYLIGHT)) == []


def test_flash_at_noon():
    told = found(deployments=[{}], media=pictures(3, '{"Flash": 25}'))
    assert told[0][3] == {"count": "12", "judged": "12", "days": "0", "nights": "12"}
    assert found(deployments=[{}], media=pictures(15, '{"Flash": 25}')) == []


def pair(offset, gains=0.0, **second):
    """Two cameras 11 m apart that see 12 leopards pass, 20 s one after the other; the second clock is wrong."""
    start = datetime(2014, 1, 5, 1, tzinfo=UTC)
    times = [start + timedelta(days=3 * n, minutes=37 * n) for n in range(12)]
    late = [time + timedelta(seconds=20 + offset + gains * 3 * n) for n, time in enumerate(times)]
    return {
        "deployments": [
            {"cameraID": "A", "locationID": "p"},
            {"deploymentID": "d2", "cameraID": "B", "locationID": "q", "latitude": "43.1001", **second},
        ],
        "observations": [event(n, time) for n, time in enumerate(times)]
        + [event(n, time, "d2") for n, time in enumerate(late)],
    }


def test_two_clocks_side_by_side():
    told = found(**pair(300))
    assert told == [("clock-drift", 2, "d1", {"other": "d2", "seconds": "320", "perDay": "0.0", "count": "12"})]
    # Twelve hours apart the animals are still the same.
    assert found(**pair(-43_200))[0][3]["seconds"] == "-43180"


def test_a_clock_that_gains_a_minute_every_day():
    (told,) = found(**pair(0, gains=60))
    assert told[3]["perDay"] == "59.9" or abs(float(told[3]["perDay"]) - 60) < 2


def test_clocks_that_agree_and_cameras_that_are_not_a_pair():
    assert found(**pair(20)) == []
    assert found(**pair(300, latitude="43.101")) == []  # 111 m away
    assert len(found(**pair(300, latitude="43.101", locationID="p"))) == 1
    assert found(**pair(300, cameraID="A")) == []
    assert found(**pair(300, coordinateUncertainty="5000")) == []
    apart = {"deploymentStart": "2014-03-01T00:00:00Z", "deploymentEnd": "2014-04-01T00:00:00Z"}
    assert "clock-drift" not in [code for code, *_ in found(**pair(300, **apart))]


def test_an_array_of_cameras_at_one_point_is_no_pair():
    tables = pair(300)
    more = [{"deploymentID": f"x{n}", "cameraID": f"X{n}"} for n in range(8)]
    assert found(deployments=[*tables["deployments"], *more], observations=tables["observations"]) == []


def test_the_future_is_told_by_the_now_that_is_given():
    late = event(1, datetime(2020, 1, 3, tzinfo=UTC))
    assert [code for code, *_ in found(deployments=[{}], observations=[late])] == ["clock-future"]


SAMPLE = {"sampleID": "s1", "material": "hair"}


def test_a_sample_of_the_future():
    told = found(samples=[{**SAMPLE, "collectedOn": "2019-12-31"}, {**SAMPLE, "collectedOn": "2087-02-03"}])
    assert ("date-future", 3, "2087-02-03", {}) in told
    assert [code for code, *_ in told].count("date-future") == 1


def future(**tables):
    return [(row, value) for code, row, value, _ in found(**tables) if code == "date-future"]


def test_tomorrow_has_begun_somewhere():
    assert future(samples=[{**SAMPLE, "collectedOn": "2020-01-02"}]) == []
    assert future(samples=[{**SAMPLE, "collectedOn": "2020-01-03"}]) == [(2, "2020-01-03")]


def test_a_term_may_lie_ahead_and_a_vote_may_not():
    proposal = {"proposalID": "p1", "title": "t", "proposedBy": "n", "status": "open", "deadline": "2021-01-01"}
    assert future(proposals=[{**proposal, "proposedOn": "2019-01-01"}]) == []
    assert future(proposals=[{**proposal, "proposedOn": "2021-01-01"}]) == [(2, "2021-01-01")]


def test_a_visit_to_come_shows_its_time_as_it_was_written():
    visit = {"visitID": "v1", "siteID": "lake", "visitDate": "2019-12-30", "coverage": "complete"}
    assert future(visits=[{**visit, "visitStart": "2029-12-30T08:00:00+09:00"}]) == [(2, "2029-12-30T08:00:00+09:00")]
    assert future(visits=[{**visit, "visitStart": "2019-12-30T08:00:00+09:00"}]) == []


def test_an_event_that_ends_in_the_future_is_told_once():
    late = "2041-06-01T00:00:00Z"
    assert future(deployments=[{}], observations=[{"eventEnd": late}]) == [(2, late)]
    told = found(deployments=[{}], observations=[{"eventStart": late, "eventEnd": late}])
    assert "clock-future" in [code for code, *_ in told]
    assert "date-future" not in [code for code, *_ in told]
