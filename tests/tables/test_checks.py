"""What one package can be asked without a map."""

import json
from dataclasses import replace

import polars as pl
from tests.builders import codes, package

from tumen.tables.checks import check

QUIET = {"failures-unreported"}


def found(**tables):
    """The findings of a package besides the note that failures are unreported."""
    findings = check(package(**tables))
    return findings.filter(~findings["code"].is_in(QUIET))


def test_a_clean_package_has_no_findings():
    assert found(deployments=[{}], observations=[{"mediaID": "m1"}], media=[{}]).is_empty()


def test_a_package_without_operating_periods_is_noted():
    assert codes(check(package(deployments=[{}]))) == ["failures-unreported"]


def test_a_deployment_that_ends_before_it_starts():
    findings = found(deployments=[{}, {"deploymentID": "d2", "deploymentEnd": "2013-12-31T23:59:59Z"}])
    assert findings.select("code", "severity", "row", "column", "value").rows() == [
        ("deployment-ends-before-start", "error", 3, "deploymentEnd", "2013-12-31T23:59:59Z")
    ]
    assert json.loads(findings["arguments"].item())["deploymentEnd"] == "2013-12-31T23:59:59Z"


def test_an_observation_outside_its_deployment_and_one_on_its_first_second():
    findings = found(
        deployments=[{}],
        observations=[
            {"eventStart": "2014-01-01T00:00:00Z"},
            {"observationID": "o2", "eventStart": "2013-12-31T23:59:59Z", "eventEnd": "2014-01-01T00:00:00Z"},
            {"observationID": "o3", "eventStart": "2014-03-01T00:00:01Z", "eventEnd": "2014-03-01T00:00:02Z"},
        ],
    )
    assert findings.select("code", "row").rows() == [("event-outside-deployment", 3), ("event-outside-deployment", 4)]


def test_the_instants_count_not_the_clock_faces():
    inside = {"eventStart": "2014-01-01T09:00:00+11:00", "eventEnd": "2014-01-01T12:00:00+11:00"}
    assert codes(found(deployments=[{}], observations=[inside])) == ["event-outside-deployment"]


def test_a_media_file_outside_its_deployment():
    findings = found(deployments=[{}], media=[{"timestamp": "2015-01-01T00:00:00Z"}])
    assert codes(findings) == ["media-outside-deployment"]


def test_an_observation_during_a_failure_but_not_at_its_edges():
    failure = {
        "deploymentID": "d1",
        "start": "2014-01-05T00:00:00Z",
        "end": "2014-01-10T00:00:00Z",
        "status": "stolen",
    }
    findings = found(
        deployments=[{}],
        operating_periods=[failure],
        observations=[
            {},
            {"observationID": "o2", "eventStart": "2014-01-07T00:00:00Z", "eventEnd": "2014-01-07T00:00:00Z"},
            {
                "observationID": "o3",
                "eventStart": "2014-01-07T00:00:00Z",
                "eventEnd": "2014-01-07T00:00:00Z",
                "cameraSetupType": "setup",
            },
        ],
    )
    assert findings.select("code", "row").rows() == [("event-during-failure", 3)]


def test_a_period_outside_its_deployment():
    periods = [
        {"deploymentID": "d1", "start": "2013-12-01T00:00:00Z", "end": "2014-01-02T00:00:00Z", "status": "failed"}
    ]
    assert codes(found(deployments=[{}], operating_periods=periods)) == ["period-outside-deployment"]


def test_coordinates_zero():
    assert codes(found(deployments=[{"latitude": "0", "longitude": "0.0"}])) == ["coordinates-zero"]


def test_an_unknown_deployment_and_an_unknown_media_file():
    findings = found(deployments=[{}], media=[{}], observations=[{"deploymentID": "d9", "mediaID": "m9"}])
    assert findings.select("code", "column", "value").rows() == [
        ("reference-missing", "deploymentID", "d9"),
        ("reference-missing", "mediaID", "m9"),
    ]


def test_a_missing_table_is_not_blamed_on_every_cell_that_refers_to_it():
    assert found(observations=[{"mediaID": "m9"}]).is_empty()


def test_one_individual_of_two_species_and_two_sexes():
    findings = found(
        deployments=[{}],
        observations=[
            {"individualID": "T7", "sex": "male"},
            {"observationID": "o2", "individualID": "T7", "sex": "female", "scientificName": "Panthera tigris"},
            {"observationID": "o3", "individualID": "T8", "sex": "female"},
        ],
    )
    assert findings.select("code", "value").rows() == [
        ("individual-two-species", "T7"),
        ("individual-two-sexes", "T7"),
    ]
    assert json.loads(findings["arguments"][0]) == {"species": "Panthera pardus, Panthera tigris"}


def judged(number, individual, certainty="certain", **over):
    return {
        "identificationID": number,
        "observationID": "o1",
        "individualID": individual,
        "certainty": certainty,
        "identifiedBy": "A",
        "method": "photo",
        **over,
    }


def test_two_observers_name_the_same_animal_differently():
    findings = found(
        deployments=[{}], observations=[{"individualID": "T7"}], identifications=[judged("1", "T7"), judged("2", "T8")]
    )
    assert findings.select("code", "value").rows() == [("individual-two-names", "o1")]


def test_a_possible_second_name_contradicts_nothing():
    findings = found(
        deployments=[{}],
        observations=[{"individualID": "T7"}],
        identifications=[judged("1", "T7"), judged("2", "T8", "possible")],
    )
    assert findings.is_empty()


def test_a_judgement_of_nothing():
    findings = found(deployments=[{}], identifications=[judged("1", "T7", observationID=None)])
    assert codes(findings) == ["identification-without-object"]


def test_animals_that_are_not_listed():
    findings = found(
        deployments=[{}],
        individuals=[{"individualID": "T7", "scientificName": "Panthera pardus"}],
        observations=[{"individualID": "T8"}],
    )
    assert findings.select("code", "value").rows() == [("individual-unlisted", "T8")]


def test_findings_say_whose_they_are():
    findings = found(deployments=[{"latitude": "0", "longitude": "0"}])
    assert findings.select("party", "package", "table").row(0) == ("north-reserve", "north", "deployments")


def test_coordinates_that_are_a_place_only_when_exchanged():
    findings = found(deployments=[{"latitude": "131.2", "longitude": "43.1"}])
    assert findings.select("code", "row").rows() == [("cell-above-maximum", 2), ("coordinates-exchanged", 2)]


def test_findings_bear_the_rows_of_the_file_a_table_came_from():
    whole = package(deployments=[{}], observations=[{}, {"deploymentID": "d9"}])
    from_a_sheet = replace(whole, rows={"observations": pl.Series([14, 17])})
    lost = check(from_a_sheet).filter(pl.col("code") == "reference-missing")
    assert lost.select("table", "row", "value").rows() == [("observations", 17, "d9")]
    assert check(whole).filter(pl.col("code") == "reference-missing")["row"].to_list() == [3]
    # Findings about other tables, and of reading, keep theirs.
    assert (
        check(from_a_sheet)
        .filter(pl.col("table") != "observations")
        .equals(check(whole).filter(pl.col("table") != "observations"))
    )


def test_a_subspecies_or_an_older_name_is_no_other_species():
    def named(*species):
        rows = [{"observationID": f"o{n}", "individualID": "T7", "scientificName": s} for n, s in enumerate(species)]
        told = found(deployments=[{}], observations=rows).filter(code="individual-two-species")
        return [json.loads(text)["species"] for text in told["arguments"]]

    assert named("Panthera tigris", "Panthera tigris altaica") == []
    assert named("Uncia uncia", "Panthera uncia") == []
    assert named("Uncia uncia irbis", "Panthera uncia") == []
    assert named("Puma concolor", "Puma concolor couguar") == []
    assert named("Panthera tigris altaica", "Panthera pardus") == ["Panthera pardus, Panthera tigris altaica"]
