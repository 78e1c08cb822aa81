"""Editions that are mixtures, numbers from memory, thresholds of other rules: a failing and a passing case of each."""

import json

import pytest
from tests.builders import package

from tumen.tables.checks_populations import check
from tumen.tables.findings import gather

ROW = {
    "populationID": "ac",
    "scientificName": "Anser cygnoides",
    "populationName": "East Asia",
    "edition": "WPE5",
    "minimum": "60000",
    "maximum": "78000",
    "onePercent": "680",
    "source": "Wetlands International 2012",
}


def found(*rows):
    return gather(check(package(population_estimates=[{**ROW, **row} for row in rows])))


def said(result):
    return [(row["code"], row["row"], row["value"], json.loads(row["arguments"])) for row in result.to_dicts()]


def test_a_clean_table_and_an_empty_one():
    dated = {"inForceFrom": "2012-11-01", "inForceUntil": "2022-12-31", "seasons": "autumn | spring"}
    newer = {"edition": "CSR1", "source": "CSR1 2022", "inForceFrom": "2023-01-01", "endYear": "2020"}
    shape = {"range": "POLYGON((120 30, 145 30, 145 55, 120 55, 120 30))", "evidence": "published"}
    assert found({**dated, **shape}, newer).is_empty()
    assert gather(check(package(population_estimates=[]))).is_empty()


@pytest.mark.parametrize(
    ("cells", "code", "column", "value", "arguments"),
    [
        (
            {"onePercent": "690"},
            "edition-of-other-rule",
            "onePercent",
            "690",
            {"computed": "680", "edition": "WPE5", "otherRule": "arithmetic", "rule": "geometric"},
        ),
        (
            {"meanRule": "arithmetic", "onePercent": "690"},
            "mean-of-other-edition",
            "meanRule",
            "arithmetic",
            {"edition": "WPE5"},
        ),
        ({"endYear": "2016"}, "edition-too-old", "edition", "WPE5", {"endYear": "2016", "year": "2012"}),
        ({"evidence": "recalled"}, "estimate-recalled", "evidence", "Anser cygnoides", {}),
        (
            {"seasons": "autumn|wintering"},
            "season-word-unknown",
            "seasons",
            "wintering",
            {"words": "breeding, autumn, winter, spring"},
        ),
        (
            {"range": "POINT(130 42)"},
            "geometry-kind",
            "range",
            "POINT(130 42)",
            {"expected": "Polygon / MultiPolygon", "kind": "Point"},
        ),
        ({"range": "from Lena to Amur"}, "geometry-unreadable", "range", "from Lena to Amur", {}),
        (
            {"onePercent": "1300"},
            "one-percent-doubtful",
            "onePercent",
            "1300",
            {"maximum": "78000", "minimum": "60000"},
        ),
        (
            {"minimum": "1940", "maximum": "1940", "unit": "pairs", "onePercent": "20"},
            "one-percent-doubtful",
            "onePercent",
            "20",
            {"maximum": "1940", "minimum": "1940"},
        ),
    ],
)
def test_one_row_that_is_doubtful(cells, code, column, value, arguments):
    result = found(cells)
    assert said(result) == [(code, 2, value, arguments)]
    assert result["column"].to_list() == [column]


def test_a_threshold_of_an_unknown_edition_is_not_held_against_a_rule():
    assert found({"edition": "2016", "onePercent": "690"}).is_empty()


def test_an_edition_of_several_sources():
    result = found({}, {"populationID": "b", "scientificName": "Anser albifrons", "source": "Jia et al. 2016"})
    other = {"otherRow": "2", "otherSource": "Wetlands International 2012", "source": "Jia et al. 2016"}
    assert said(result) == [("edition-hybrid", 3, "WPE5", other)]


def test_a_population_twice_in_one_edition_also_under_another_name_of_the_species():
    again = {"populationID": "x", "scientificName": "Anser cygnoid", "populationName": "East-Asia", "minimum": "56000"}
    assert said(found({}, again, {"populationID": "y"})) == [
        ("population-twice", 3, "East-Asia", {"edition": "WPE5", "otherRow": "2"})
    ]


def test_two_editions_in_force_at_once():
    old = {"inForceFrom": "2012-11-01"}
    new = {"edition": "CSR1", "inForceFrom": "2022-11-01"}
    assert said(found(old, new)) == [
        ("force-overlaps", 3, "ac", {"edition": "CSR1", "otherEdition": "WPE5", "otherRow": "2"})
    ]


def test_a_name_of_two_editions_is_found_once():
    mixed = found({"edition": "WPE4/WPE5"}, {"populationID": "b", "populationName": "b", "edition": "WPE4/WPE5"})
    assert said(mixed.filter(code="edition-unclear")) == [("edition-unclear", 2, "WPE4/WPE5", {"count": "2"})]
    assert "edition-unclear" not in found({"edition": "WPE 5 (2012)"})["code"].to_list()
