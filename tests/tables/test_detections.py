"""Every detection of a named individual, in one shape."""

from tests.builders import package

from tumen.tables.detections import DETECTIONS, detections, left_out


def test_a_camera_detection_carries_place_country_and_what_is_known_of_the_animal():
    frame = detections(
        package(
            deployments=[{"locationID": "ridge"}],
            observations=[{"individualID": "T7", "lifeStage": "adult"}, {"observationID": "o2"}],
            individuals=[{"individualID": "T7", "scientificName": "Panthera pardus", "sex": "male"}],
        )
    )
    assert dict(frame.schema) == DETECTIONS
    shown = frame.select("detectionID", "party", "individualID", "sex", "place", "declaredCountry", "source")
    assert shown.rows() == [("o1", "north-reserve", "T7", "male", "north-reserve/ridge", "RU", "camera")]


def test_a_tag_declares_the_country_of_one_deployment():
    frame = detections(
        package(deployments=[{"deploymentTags": "bait:none | countryCode:cn"}], observations=[{"individualID": "T7"}])
    )
    assert frame["declaredCountry"].item() == "CN"


def test_an_unnamed_observation_takes_the_surest_judgement():
    judged = {"observationID": "o1", "identifiedBy": "A", "method": "photo"}
    frame = detections(
        package(
            deployments=[{}],
            observations=[{}],
            identifications=[
                {"identificationID": "1", "individualID": "T8", "certainty": "possible", **judged},
                {"identificationID": "2", "individualID": "T7", "certainty": "probable", **judged},
            ],
        )
    )
    assert frame.select("individualID", "certainty").rows() == [("T7", "probable")]


def test_a_judgement_of_a_media_file_names_its_observation():
    frame = detections(
        package(
            deployments=[{}],
            media=[{}],
            observations=[{"mediaID": "m1"}],
            identifications=[
                {
                    "identificationID": "1",
                    "mediaID": "m1",
                    "individualID": "T7",
                    "certainty": "certain",
                    "identifiedBy": "A",
                    "method": "photo",
                }
            ],
        )
    )
    assert frame["individualID"].to_list() == ["T7"]


def test_tracked_positions_are_detections_without_deployments_and_outliers_are_counted():
    tracked = package(
        country="RU",
        positions=[
            {
                "positionID": "1",
                "individualID": "E1",
                "timestamp": "2008-03-22T17:00:00Z",
                "latitude": "15.6",
                "longitude": "-2.1",
            },
            {
                "positionID": "2",
                "individualID": "E1",
                "timestamp": "2008-03-22T18:00:00Z",
                "latitude": "0",
                "longitude": "0",
                "outlier": "true",
            },
        ],
    )
    frame = detections(tracked)
    assert frame.select("place", "deploymentID", "declaredCountry", "source").rows() == [(None, None, None, "position")]
    assert left_out(tracked) == {
        "left-out-unnamed": 0,
        "left-out-doubtful-instant": 0,
        "left-out-outliers": 1,
        "left-out-without-instant": 0,
    }


def test_unnamed_animals_are_counted():
    observed = package(
        deployments=[{}], observations=[{}, {"observationID": "o2", "individualID": "T7"}, {"observationID": "o3"}]
    )
    assert left_out(observed)["left-out-unnamed"] == 2


def test_an_instant_far_outside_its_deployment_is_not_used_and_counted():
    seen = package(
        deployments=[{}],  # January and February 2014
        observations=[
            {"individualID": "T7", "eventStart": "2013-12-31T12:00:00Z", "eventEnd": "2013-12-31T12:00:00Z"},
            {"observationID": "o2", "individualID": "T7", "eventStart": "2013-01-10T00:00:00Z"},
            {"observationID": "o3", "individualID": "T7", "eventStart": "2014-03-01T23:00:00Z"},
            {"observationID": "o4", "individualID": "T7", "eventStart": "2014-03-02T01:00:00Z"},
        ],
    )
    assert detections(seen)["detectionID"].to_list() == ["o1", "o3"]
    assert left_out(seen)["left-out-doubtful-instant"] == 2


def test_unnamed_animals_are_counted_by_species():
    observed = package(deployments=[{}], observations=[{}, {"observationID": "o2", "scientificName": "Sus scrofa"}])
    assert left_out(observed, ("Panthera pardus",))["left-out-unnamed"] == 1
