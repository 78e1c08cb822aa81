"""Ages, mothers, births and deaths."""

import json

import polars as pl
from tests.builders import package

from tumen.tables.checks_lives import check


def found(**tables):
    told = pl.concat(check(package(deployments=[{}], **tables)))
    return [(row["code"], row["row"], row["value"], json.loads(row["arguments"])) for row in told.iter_rows(named=True)]


def animal(name, **over):
    return {"individualID": name, "scientificName": "Panthera tigris", **over}


def seen(number, day, stage=None, name="T7"):
    at = f"2014-{day}T00:00:00Z"
    return {
        "observationID": f"o{number}",
        "individualID": name,
        "eventStart": at,
        "eventEnd": at,
        "lifeStage": stage,
        "scientificName": "Panthera tigris",
    }


def test_an_adult_that_is_later_a_cub():
    told = found(observations=[seen(1, "01-10", "adult"), seen(2, "01-11", "juvenile"), seen(3, "01-20", "juvenile")])
    arguments = {"lifeStage": "adult", "grownOn": "2014-01-10", "juvenileOn": "2014-01-11"}
    assert told == [("individual-grew-younger", None, "T7", arguments)]


def test_a_cub_that_grows_up_and_a_doubt_within_a_day():
    grows = [seen(1, "01-10", "juvenile"), seen(2, "02-10", "subadult"), seen(3, "02-20", "adult")]
    assert found(observations=grows) == []
    assert found(observations=[seen(1, "01-10", "adult"), seen(2, "01-10", "juvenile")]) == []
    assert found(observations=[seen(1, "01-10", "adult"), seen(2, "02-10", "subadult")]) == []
    assert found(observations=[seen(1, "01-10", "adult", "T7"), seen(2, "02-10", "juvenile", "T8")]) == []


def test_a_possible_identification_contradicts_nothing():
    judged = {"individualID": "T7", "identifiedBy": "A", "method": "photo"}
    rows = [
        {"identificationID": "1", "observationID": "o1", "certainty": "certain", **judged},
        {"identificationID": "2", "observationID": "o2", "certainty": "possible", **judged},
    ]
    observations = [seen(1, "01-10", "adult"), seen(2, "02-10", "juvenile")]
    assert found(observations=observations, identifications=rows) == []


def test_mothers_that_cannot_be():
    told = found(
        individuals=[
            animal("T1", motherID="T1"),
            animal("T2", sex="male", birthDate="2010-06-01", deathDate="2012-06-01"),
            animal("T3", motherID="T2", birthDate="2013-06-01"),
            animal("T4", motherID="T5", birthDate="2010-06-01"),
            animal("T5", birthDate="2010-06-01", scientificName="Panthera pardus"),
        ]
    )
    assert [(code, row, value) for code, row, value, _ in told] == [
        ("mother-itself", 2, "T1"),
        ("mother-male", 4, "T2"),
        ("mother-not-older", 5, "T5"),
        ("mother-dead-at-birth", 4, "T2"),
        ("mother-other-species", 5, "T5"),
    ]
    assert told[2][3] == {"individual": "T4", "motherBirthDate": "2010-06-01", "birthDate": "2010-06-01"}


def test_a_mother_that_can_be():
    rows = [
        animal("T2", sex="female", birthDate="2010-06-01", deathDate="2013-06-01"),
        animal("T3", motherID="T2", birthDate="2013-06-01", scientificName="Panthera tigris altaica"),
    ]
    assert found(individuals=rows) == []


def test_a_mother_under_an_older_name_is_of_her_cubs_species():
    rows = [
        animal("T2", sex="female", scientificName="Uncia uncia"),
        animal("T3", motherID="T2", scientificName="Panthera uncia"),
    ]
    assert found(individuals=rows) == []


def test_a_death_before_birth():
    told = found(individuals=[animal("T1", birthDate="2013-06-01", deathDate="2013-05-31")])
    assert told == [("death-before-birth", 2, "2013-05-31", {"birthDate": "2013-06-01"})]
    assert found(individuals=[animal("T1", birthDate="2013-06-01", deathDate="2013-06-01")]) == []


def test_a_dead_animal_that_is_seen_later():
    rows = [seen(1, "01-10"), seen(2, "01-12"), seen(3, "02-10")]
    told = found(observations=rows, individuals=[animal("T7", deathDate="2014-01-10")])
    arguments = {"count": "2", "deathDate": "2014-01-10", "seenOn": "2014-01-12"}
    assert told == [("seen-after-death", 2, "T7", arguments)]


def test_the_day_after_may_be_the_same_day_elsewhere():
    assert found(observations=[seen(1, "01-11")], individuals=[animal("T7", deathDate="2014-01-10")]) == []
    assert found(observations=[seen(1, "01-10")], individuals=[animal("T7", birthDate="2014-01-11")]) == []


def test_an_animal_that_is_seen_before_it_was_born():
    told = found(observations=[seen(1, "01-10")], individuals=[animal("T7", birthDate="2014-02-01")])
    arguments = {"count": "1", "birthDate": "2014-02-01", "seenOn": "2014-01-10"}
    assert told == [("seen-before-birth", 2, "T7", arguments)]


def test_a_tracked_animal_that_is_dead():
    position = {
        "positionID": "p1",
        "individualID": "T7",
        "timestamp": "2015-01-01T00:00:00Z",
        "latitude": "43",
        "longitude": "131",
    }
    told = found(positions=[position], individuals=[animal("T7", deathDate="2014-01-10")])
    assert [row[:3] for row in told] == [("seen-after-death", 2, "T7")]
