"""Clocks that cannot have been right, told once for each deployment."""

import json
from datetime import UTC, datetime

import polars as pl
from tests.builders import package

from tumen.tables.checks_clocks import check, drift_findings, half_day_findings, light, sun_findings

NOW = datetime(2020, 1, 1, tzinfo=UTC)


def found(**tables):
    rows = [row for frame in check(package(**tables), NOW) for row in frame.iter_rows(named=True)]
    return [(row["code"], row["table"], row["row"], row["value"], json.loads(row["arguments"])) for row in rows]


def files(*times, deployment="d1", names=None):
    names = names or [f"IMG_{n:04d}.JPG" for n in range(1, len(times) + 1)]
    return [
        {"mediaID": f"m{n}", "deploymentID": deployment, "timestamp": time, "fileName": name, "filePath": f"media/{n}"}
        for n, (time, name) in enumerate(zip(times, names, strict=True))
    ]


def hours(first, count, day=10):
    return [f"2014-01-{day:02d}T{first + n:02d}:00:00Z" for n in range(count)]


def test_a_clock_that_was_right():
    assert found(deployments=[{}], media=files(*hours(0, 20)), observations=[{}]) == []


def test_times_before_there_were_cameras_are_told_once():
    media = files("1970-01-01T00:00:00Z", "2014-01-10T00:00:00Z", "1970-01-01T00:05:00Z")
    assert found(deployments=[{}], media=media) == [
        ("clock-before-cameras", "media", 2, "d1", {"count": "2", "first": "1970-01-01T00:00:00Z"})
    ]


def test_the_first_of_january_2000_unless_the_camera_stood_there():
    media = files("2000-01-01T00:04:12Z", "2014-01-10T00:00:00Z")
    assert found(deployments=[{}], media=media) == [
        ("clock-reset", "media", 2, "d1", {"count": "1", "first": "2000-01-01T00:04:12Z"})
    ]
    old = {"deploymentStart": "1999-11-01T00:00:00Z", "deploymentEnd": "2000-03-01T00:00:00Z"}
    assert found(deployments=[old], media=files("2000-01-01T12:00:00Z")) == []


def test_the_day_of_the_reset_is_that_of_the_clock_not_of_utc():
    media = files("2000-01-01T08:04:12+10:00", "2014-01-10T00:00:00Z")
    assert [code for code, *_ in found(deployments=[{}], media=media)] == ["clock-reset"]


def test_the_future_begins_a_day_after_now():
    seen = [
        {"eventStart": "2020-01-01T23:00:00Z", "eventEnd": "2020-01-01T23:00:00Z"},
        {"observationID": "o2", "eventStart": "2020-01-02T01:00:00Z", "eventEnd": "2020-01-02T01:00:00Z"},
    ]
    running = {"deploymentEnd": "2020-01-01T12:00:00Z"}
    assert found(deployments=[running], observations=seen) == [
        ("clock-future", "observations", 3, "d1", {"count": "1", "first": "2020-01-02T01:00:00Z"})
    ]


def test_a_planned_end_is_a_warning_of_its_own():
    assert found(deployments=[{"deploymentEnd": "2021-01-01T00:00:00Z"}]) == [
        ("deployment-ends-in-future", "deployments", 2, "2021-01-01T00:00:00Z", {})
    ]


def test_a_whole_deployment_a_year_early():
    media = files("2013-01-10T00:00:00Z", "2013-01-20T00:00:00Z", "2013-02-20T00:00:00Z")
    told = {"count": "3", "first": "2013-01-10", "last": "2013-02-20", "years": "+1"}
    assert found(deployments=[{}], media=media) == [("clock-wrong-year", "media", 2, "d1", told)]
    late = files("2017-01-10T00:00:00Z", "2017-01-20T00:00:00Z", "2017-02-20T00:00:00Z")
    assert found(deployments=[{}], media=late)[0][4]["years"] == "-3"


def test_a_whole_deployment_some_months_early_says_how_many_days():
    media = files("2013-10-01T00:00:00Z", "2013-10-05T00:00:00Z", "2013-10-11T00:00:00Z")
    # 1 October to 1 January are 92 days; 11 October to 1 March 141.
    told = {"count": "3", "first": "2013-10-01", "last": "2013-10-11", "least": "92.0", "most": "141.0"}
    assert found(deployments=[{}], media=media) == [("clock-shifted", "media", 2, "d1", told)]


def test_one_file_inside_or_too_long_a_stay_is_no_shift():
    inside = files("2013-01-10T00:00:00Z", "2013-01-20T00:00:00Z", "2014-01-20T00:00:00Z")
    assert found(deployments=[{}], media=inside) == []
    long = files("2012-01-10T00:00:00Z", "2012-06-20T00:00:00Z", "2013-02-20T00:00:00Z")
    assert found(deployments=[{}], media=long) == []


def test_a_clock_that_was_set_back_in_the_middle():
    media = files(*hours(0, 12, day=20), *hours(0, 12, day=10))
    assert found(deployments=[{}], media=media) == [
        ("clock-backwards", "media", 14, "d1", {"count": "1", "file": "IMG_0013.JPG", "hours": "251.0"})
    ]


def test_the_order_of_rows_does_not_matter():
    media = files(*hours(0, 12, day=20), *hours(0, 12, day=10))
    assert found(deployments=[{}], media=media[::-1])[0][4]["file"] == "IMG_0013.JPG"


def test_a_file_out_of_its_place_is_no_jump():
    media = files(*hours(0, 12, day=20), "2014-01-10T00:00:00Z", *hours(12, 8, day=20))
    assert found(deployments=[{}], media=media) == []


def test_nine_comes_before_ten():
    names = [f"IMG_{n}_{n % 3}.JPG" for n in range(1, 25)]
    media = files(*hours(0, 12, day=10), *hours(0, 12, day=20), names=names)
    assert found(deployments=[{}], media=media) == []
    back = files(*hours(0, 12, day=20), *hours(0, 12, day=10), names=names)
    assert found(deployments=[{}], media=back)[0][4]["file"] == "IMG_13_1.JPG"


def test_a_counter_that_went_round_is_no_jump():
    names = [f"IMG_{n:04d}.JPG" for n in (*range(9988, 10_000), *range(1, 13))]
    media = files(*hours(0, 12, day=10), *hours(0, 12, day=20), names=names)
    assert found(deployments=[{}], media=media) == []


def test_the_names_of_two_folders_give_no_order():
    names = [f"IMG_{n:04d}.JPG" for n in range(1, 13)] * 2
    media = files(*hours(0, 12, day=20), *hours(0, 12, day=10), names=names)
    assert found(deployments=[{}], media=media) == []


def test_summer_time_is_no_jump():
    media = files(*hours(0, 12, day=20), *hours(10, 12, day=20))
    assert found(deployments=[{}], media=media) == []


def test_what_the_party_admits_is_not_told_again():
    media = files("2013-01-10T00:00:00Z", "2013-01-20T00:00:00Z", "2013-02-20T00:00:00Z")
    assert found(deployments=[{"timestampIssues": "true"}], media=media) == []
    assert len(found(deployments=[{"timestampIssues": "false"}], media=media)) == 1


def people(*hours_of_day):
    return pl.DataFrame(
        {
            "deploymentID": ["d1"] * len(hours_of_day),
            "row": range(2, len(hours_of_day) + 2),
            "day": range(len(hours_of_day)),
            "hour": hours_of_day,
        }
    )


def test_people_who_only_come_at_night():
    row = half_day_findings(people(*([0] * 27 + [12] * 3))).row(0, named=True)
    assert (row["code"], row["value"], row["row"]) == ("clock-half-day", "d1", 2)
    assert json.loads(row["arguments"]) == {"count": "30", "share": "90"}


def test_people_who_come_by_day_or_too_seldom():
    assert half_day_findings(people(*([0] * 24 + [12] * 6))).is_empty()
    assert half_day_findings(people(*([0] * 29))).is_empty()


def test_a_party_of_people_is_one_hour_however_many_pictures_it_took():
    burst = people(*([0] * 30)).with_columns(day=pl.lit(1))
    assert half_day_findings(burst).is_empty()


def told_light(exif):
    return pl.DataFrame({"exif": [exif]}).select(light(pl.col("exif"))).item()


def test_what_exif_data_tell_of_the_light():
    day = {"Flash": 16, "ExposureTime": "1/60", "ISOSpeedRatings": 400}
    assert told_light(json.dumps(day)) == "day"
    assert told_light(json.dumps({**day, "Flash": "0"})) == "day"
    assert told_light(json.dumps({"Flash": 0, "ExposureTime": 0.004, "PhotographicSensitivity": [100]})) == "day"
    assert told_light(json.dumps({"Flash": 0, "BrightnessValue": 7.2})) == "day"
    assert told_light(json.dumps({"Flash": 1})) == "night"
    assert told_light(json.dumps({**day, "ExposureTime": "1/30"})) is None
    assert told_light(json.dumps({**day, "ISOSpeedRatings": 800})) is None
    assert told_light(json.dumps({"ExposureTime": "1/500", "ISOSpeedRatings": 100})) is None
    assert told_light('{"Make":"RECONYX"}') is None
    assert told_light(json.dumps({**day, "ExposureTime": "1/0"})) is None


def pictures(light, elevation, count=10, feature=None):
    return pl.DataFrame(
        {
            "deploymentID": ["d1"] * count,
            "row": range(2, count + 2),
            "light": [light] * count,
            "elevation": [elevation] * count,
            "featureType": [feature] * count,
        },
        schema_overrides={"featureType": pl.String, "light": pl.String},
    )


def test_daylight_at_midnight_and_flash_at_noon():
    told = sun_findings(pl.concat([pictures("day", -40.0, 8), pictures("night", 50.0, 4)])).row(0, named=True)
    assert (told["code"], told["value"]) == ("clock-against-sun", "d1")
    assert json.loads(told["arguments"]) == {"count": "12", "judged": "12", "days": "8", "nights": "4"}


def test_pictures_that_agree_with_the_sun_or_say_nothing():
    assert sun_findings(pl.concat([pictures("day", 40.0), pictures("night", -40.0)])).is_empty()
    assert sun_findings(pictures("day", -5.0, 50)).is_empty()  # twilight
    assert sun_findings(pictures("day", -40.0, 9)).is_empty()
    assert sun_findings(pl.concat([pictures("day", -40.0, 10), pictures("day", 40.0, 10)])).is_empty()
    assert sun_findings(pictures("night", 50.0, 20, "culvert")).is_empty()


def drifts(seconds):
    return pl.DataFrame(
        {"row": [2], "value": ["d1"], "other": ["d2"], "seconds": [seconds], "perDay": [1.26], "count": [7]}
    )


def test_two_clocks_that_differ_by_more_than_a_minute():
    row = drift_findings(drifts(-61.7)).row(0, named=True)
    assert (row["code"], row["value"], row["row"]) == ("clock-drift", "d1", 2)
    assert json.loads(row["arguments"]) == {"other": "d2", "seconds": "-62", "perDay": "1.3", "count": "7"}
    assert drift_findings(drifts(60.0)).is_empty()
