"""Assays, tests and health events: what each check says, and when it keeps silent."""

import json

import pytest
from tests.builders import package

from tumen.tables import checks_health
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.checks import rules
from tumen.tables.findings import gather
from tumen.tables.protocol import TABLES

SAMPLE = {"sampleID": "s1", "collectedOn": "2015-02-01", "material": "serum", "countryCode": "RU"}
ASSAY = {
    "assayID": "VN",
    "name": "CDV neutralisation",
    "pathogen": "canine distemper virus antibody",
    "method": "virusNeutralisation",
    "cutoff": "32",
    "cutoffUnit": "1/dilution",
    "sensitivityPositive": "42",
    "sensitivityTested": "44",
    "specificityNegative": "54",
    "specificityTested": "62",
}
TEST = {
    "testID": "t1",
    "sampleID": "s1",
    "assayID": "VN",
    "laboratory": "lab",
    "testedOn": "2015-03-01",
    "titre": "64",
    "outcome": "positive",
}
EVENT = {
    "eventID": "h1",
    "scientificName": "Panthera tigris",
    "individualID": "T1",
    "eventDate": "2015-02-11",
    "countryCode": "RU",
    "kind": "dead",
}
ANIMAL = {"individualID": "T1", "scientificName": "Panthera tigris", "birthDate": "2013-06-01"}


def given(assays=({},), tests=({},), events=(), samples=(SAMPLE,), **more):
    tables = {
        "samples": list(samples),
        "assays": [{**ASSAY, **row} for row in assays],
        "tests": [{**TEST, **row} for row in tests],
        "health_events": [{**EVENT, **row} for row in events],
        **more,
    }
    return package(**{name: rows for name, rows in tables.items() if rows})


def in_words(findings):
    """The findings, each of which can be said: its arguments fill the places of its message and its cure."""
    for row in findings.iter_rows(named=True):
        code = CATALOGUE[row["code"]]
        parts = {name: row[name] for name in ("table", "row", "column", "value")} | json.loads(row["arguments"])
        assert code.message.format(**parts) and code.cure.format(**parts)
    return findings


def found(**tables):
    made = given(**tables)
    assert made.findings.is_empty(), made.findings
    ruled = (part for name in made.tables for part in rules(made, TABLES[name]))
    return in_words(gather([*checks_health.check(made), *ruled]))


def rows(findings):
    return findings.select("code", "row", "value").rows()


def said(findings):
    return json.loads(findings["arguments"].item())


def test_a_clean_package_has_no_findings():
    assert found(events=[{}], individuals=[ANIMAL]).is_empty()


def test_results_without_a_cut_off_are_one_finding_for_each_assay_and_laboratory():
    findings = found(assays=[{"cutoff": None}], tests=[{}, {"testID": "t2"}, {"testID": "t3", "laboratory": "other"}])
    assert rows(findings) == [("test-without-cutoff", 2, "VN"), ("test-without-cutoff", 4, "VN")]
    assert json.loads(findings["arguments"][0]) == {"assayID": "VN", "laboratory": "lab", "count": "2"}


def test_the_cut_off_of_the_test_itself_is_enough():
    assert found(assays=[{"cutoff": None}], tests=[{"cutoff": "16"}]).is_empty()


def test_an_invalid_result_and_one_that_is_no_measurement_need_no_cut_off():
    assert "test-without-cutoff" not in found(assays=[{"cutoff": None}], tests=[{"outcome": "invalid"}])["code"]
    read = [{"method": "histology", "cutoff": None, "cutoffUnit": None}]
    assert found(assays=read, tests=[{"titre": None}]).is_empty()
    assert rows(found(assays=read)) == [("test-without-cutoff", 2, "VN")]


@pytest.mark.parametrize(
    ("titre", "outcome", "other"),
    [("32", "negative", "positive"), ("31", "positive", "negative"), ("0", "positive", "negative")],
)
def test_an_outcome_that_contradicts_its_titre(titre, outcome, other):
    findings = found(tests=[{"titre": titre, "outcome": outcome}])
    assert rows(findings) == [("outcome-contradicts-titre", 2, outcome)]
    assert said(findings) == {"titre": titre, "cutoff": "32", "other": other}


@pytest.mark.parametrize(("titre", "outcome"), [("32", "positive"), ("31.9", "negative"), (None, "negative")])
def test_an_outcome_that_follows_its_titre(titre, outcome):
    assert found(tests=[{"titre": titre, "outcome": outcome}]).is_empty()


def test_the_cut_off_of_the_test_goes_before_that_of_the_assay():
    assert found(tests=[{"titre": "16", "cutoff": "16"}]).is_empty()
    assert rows(found(tests=[{"cutoff": "128"}])) == [("outcome-contradicts-titre", 2, "positive")]


def test_a_cycle_threshold_falls_and_is_not_judged():
    assert found(
        assays=[{"method": "rtPcr", "cutoff": "38", "cutoffUnit": "cycles"}], tests=[{"titre": "24"}]
    ).is_empty()


def test_a_test_before_its_sample_was_collected():
    assert rows(found(tests=[{"testedOn": "2015-01-31"}])) == [("test-before-sample", 2, "t1")]
    assert found(tests=[{"testedOn": "2015-02-01"}]).is_empty()


def test_an_assay_of_unknown_accuracy_is_noted():
    findings = found(assays=[{"specificityNegative": None, "specificityTested": None}])
    assert findings.select("code", "severity", "value").rows() == [("assay-accuracy-unknown", "note", "VN")]


def test_an_assay_that_was_right_more_often_than_tried():
    findings = found(assays=[{"sensitivityPositive": "45"}])
    assert findings.select("code", "row", "column", "value").rows() == [
        ("assay-counts-reversed", 2, "sensitivityPositive", "45")
    ]
    assert rows(found(assays=[{"specificityNegative": "63"}])) == [("assay-counts-reversed", 2, "63")]
    assert found(assays=[{"sensitivityPositive": "44"}]).is_empty()


def test_a_count_without_its_other_half():
    findings = found(assays=[{"sensitivityTested": None}])
    assert set(findings["code"]) == {"assay-counts-halved", "assay-accuracy-unknown"}
    assert findings.filter(code="assay-counts-halved")["column"].item() == "sensitivityPositive"


def test_a_cut_off_without_its_unit():
    assert rows(found(assays=[{"cutoff": "31.5", "cutoffUnit": None}])) == [("cutoff-without-unit", 2, "31.5")]


def test_tests_without_their_assays_or_samples():
    assert set(found(assays=())["code"]) == {"assays-unlisted", "test-without-cutoff"}
    assert rows(found(samples=())) == [("samples-unlisted", None, "")]


def test_inconclusive_and_invalid_results_are_counted():
    findings = found(tests=[{}, {"testID": "t2", "outcome": "inconclusive"}, {"testID": "t3", "outcome": "invalid"}])
    assert rows(findings) == [("tests-inconclusive", None, "VN")]
    assert said(findings) == {"count": "2", "tested": "3"}


def test_repeated_tests_that_disagree():
    again = {"testID": "t2", "titre": "16", "outcome": "negative"}
    findings = found(tests=[{}, again])
    assert rows(findings) == [("tests-disagree", 3, "s1")]
    assert said(findings) == {"assayID": "VN", "outcomes": "negative, positive"}
    assert found(tests=[{}, {"testID": "t2"}]).is_empty()


def test_the_dead_must_be_counted_unless_the_animal_is_known():
    events = [{"individualID": None}, {"eventID": "h2", "individualID": None, "count": "3"}, {"eventID": "h3"}]
    findings = found(events=events)
    assert rows(findings) == [("event-count-missing", 2, "")]
    assert found(events=[{"individualID": None, "kind": "sick"}]).is_empty()


def test_a_known_animal_is_one_animal():
    assert rows(found(events=[{"count": "2"}])) == [("event-count-of-individual", 2, "2")]
    assert found(events=[{"count": "1"}]).is_empty()


def test_an_event_of_which_no_place_is_known():
    assert rows(found(events=[{"countryCode": None}])) == [("event-without-place", 2, "h1")]
    assert found(events=[{"countryCode": None, "latitude": "43.1", "longitude": "131.2"}]).is_empty()


def test_an_event_before_the_animal_was_born():
    findings = found(events=[{"eventDate": "2013-05-31", "kind": "sick"}], individuals=[ANIMAL])
    assert rows(findings) == [("event-before-birth", 2, "h1")]


def test_an_animal_found_dead_before_it_died():
    died = {**ANIMAL, "deathDate": "2015-02-12"}
    assert rows(found(events=[{}], individuals=[died])) == [("dead-before-death", 2, "2015-02-11")]
    assert found(events=[{}], individuals=[{**ANIMAL, "deathDate": "2015-02-01"}]).is_empty()


def test_an_animal_that_dies_twice():
    findings = found(events=[{"eventDate": "2015-03-01"}, {"eventID": "h2", "kind": "killed"}])
    assert rows(findings) == [("died-twice", 2, "2015-03-01")]
    assert said(findings) == {"individualID": "T1", "eventDate": "2015-02-11"}
    assert found(events=[{}, {"eventID": "h2", "individualID": "T2"}]).is_empty()


DEPLOYMENT = {"deploymentStart": "2015-01-01T00:00:00Z", "deploymentEnd": "2015-04-01T00:00:00Z"}


def seen(instant):
    return {"individualID": "T1", "scientificName": "Panthera tigris", "eventStart": instant, "eventEnd": instant}


def test_an_animal_seen_after_it_was_reported_dead():
    findings = found(events=[{}], deployments=[DEPLOYMENT], observations=[seen("2015-02-12T00:00:00+10:00")])
    assert findings.select("code", "table", "row", "value").rows() == [
        ("seen-after-death-event", "observations", 2, "o1")
    ]
    assert said(findings) == {
        "individualID": "T1",
        "seenOn": "2015-02-12",
        "kind": "dead",
        "eventDate": "2015-02-11",
    }


def test_an_animal_seen_on_the_local_day_of_its_death_or_only_sick():
    late_evening = seen("2015-02-11T23:59:59+10:00")
    assert found(events=[{}], deployments=[DEPLOYMENT], observations=[late_evening]).is_empty()
    later = seen("2015-03-12T00:00:00+10:00")
    assert found(events=[{"kind": "sick"}], deployments=[DEPLOYMENT], observations=[later]).is_empty()


def test_a_package_without_these_tables_is_let_be():
    assert checks_health.check(package(deployments=[{}])) == []
