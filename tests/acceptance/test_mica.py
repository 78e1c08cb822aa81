"""MICA: 595 deployments in three countries, two declared tables missing, nobody identified."""

import polars as pl
import pytest

from tests.acceptance.studies import write_study
from tumen.tables.findings import errors
from tumen.tasks.check import check_packages
from tumen.tasks.entries import PackageEntry
from tumen.tasks.pool import pool
from tumen.tasks.report import report
from tumen.tasks.study import read_study

FOLDER = "A2_mica_muskrat_coypu_BE_NL_DE"


@pytest.fixture(scope="module")
def study(shared_data, tmp_path_factory):
    return read_study(
        write_study(
            tmp_path_factory.mktemp("mica"),
            countries=shared_data / "F1_borders_OSM_10m" / "benelux_de.geojson",
            packages=[(shared_data / FOLDER / "full_0.1.6_no_observations", {"party": "MICA"})],
        )
    )


@pytest.fixture(scope="module")
def pooled(study):
    return pool(study)


def test_every_deployment_is_there_and_what_is_missing_is_said(pooled):
    assert pooled.deployments.height == 595
    assert sorted(errors(pooled.findings).select("code", "table").rows()) == [
        ("table-missing", "media"),
        ("table-missing", "observations"),
    ]


def test_the_countries_agree_with_the_names_the_project_gave_its_sites(pooled, shared_data):
    source = pl.read_csv(
        shared_data / FOLDER / "full_0.1.6_no_observations" / "deployments.csv", infer_schema=False
    ).select("deploymentID", prefix=pl.col("locationName").str.extract(r"^(B|D|NL)_"))
    placed = pooled.deployments.join(source, on="deploymentID").filter(pl.col("countryCode").is_not_null())
    counted = dict(placed.group_by("prefix", "countryCode").len().drop_nulls().select("prefix", "len").iter_rows())
    assert placed.filter(pl.col("prefix") == "D")["countryCode"].unique().to_list() == ["DE"]
    assert counted["D"] == 88
    assert placed.filter(pl.col("prefix") == "B")["countryCode"].unique().to_list() == ["BE"]
    near = pooled.deployments.filter(pl.col("countryCode").is_null())
    assert near["possibleCountries"].unique().to_list() == ["BE|NL"]
    assert near["borderDistanceLow"].max() == 0


@pytest.mark.slow
def test_the_report_says_that_nobody_was_identified_and_shows_the_effort(study, tmp_path):
    report(study, tmp_path / "report")
    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "No individual was identified in the pooled data" in page
    assert "595" in page
    for country in ("Belgium", "Germany", "Netherlands"):
        assert country in page


def test_every_error_planted_in_the_broken_copy_is_found(shared_data):
    broken = shared_data / FOLDER / "deliberate_errors_0.1.6" / "datapackage_for_parsing_issues.json"
    found = errors(check_packages([PackageEntry(path=broken)]))
    assert sorted(found.select("code", "table", "row", "column", "value").rows()) == [
        ("cell-type", "deployments", 2, "deploymentStart", "2020-07-29TT05:29:41Z"),
        ("cell-type", "deployments", 3, "deploymentStart", "2020-06-1921:00:00Z"),
        ("cell-type", "media", 3, "timestamp", "2020-07-29TTT05:29:42Z"),
        ("cell-type", "observations", 2, "eventEnd", "2020-07-29TT05:29:41Z"),
        ("cell-type", "observations", 2, "eventStart", "2020-07-29TT05:29:41Z"),
        ("cell-type", "observations", 3, "eventEnd", "2020-07-2905:38:55Z"),
        ("cell-type", "observations", 3, "eventStart", "2020-07-2905:38:55Z"),
    ]


def test_the_sample_has_no_errors(shared_data):
    found = check_packages([PackageEntry(path=shared_data / FOLDER / "sample_0.1.6")])
    assert errors(found).is_empty()
    # 2019-10-23: twenty pictures and two observations made after the deployment's stated end at 10:00:16.
    assert found.filter(pl.col("code") == "media-outside-deployment").height == 20
    assert found.filter(pl.col("code") == "event-outside-deployment")["row"].to_list() == [27, 28]
