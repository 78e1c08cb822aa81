"""Ties, law, assessments, statements and deliberation: each check on a case that fails it and on one that passes."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import codes, package

from tumen.tables import findings
from tumen.tables.checks import rules, together
from tumen.tables.checks_network import check, impossible_angles
from tumen.tables.examine import key_ring, references
from tumen.tables.protocol import TABLES

TIE = {"tieID": "t1", "fromPlace": "a1", "toPlace": "a2", "kind": "ecological", "evidence": "ring A12 read at both"}
INDICATOR = {
    "indicatorID": "lake-area",
    "placeID": "a1",
    "role": "state",
    "name": "Open water in July",
    "year": "2009",
    "value": "0",
    "unit": "km2",
    "source": "report",
}
INSTRUMENT = {"instrumentID": "dipa", "title": "Agreement", "kind": "agreement", "source": "ECOLEX"}
PROVISION = {
    "provisionID": "p1",
    "instrumentID": "dipa",
    "article": "3",
    "topic": "hunting",
    "effect": "prohibits",
    "summary": "No hunting in spring.",
}
ANSWER = {
    "assessmentID": "a-2024",
    "questionSet": "readiness",
    "version": "1.0",
    "placeID": "a1",
    "questionID": "q1",
    "score": "2",
    "maximum": "3",
    "assessedBy": "manager",
    "assessedOn": "2024-03-01",
}
STATEMENT = {"statementID": "s1", "subject": "Rason", "attribute": "area", "value": "3200", "source": "sheet 2020"}
PROPOSAL = {
    "proposalID": "pr1",
    "title": "Crane count",
    "proposedBy": "north",
    "proposedOn": "2024-01-10",
    "status": "open",
}
VIEW = {
    "viewID": "w1",
    "proposalID": "pr1",
    "party": "south",
    "position": "support",
    "statedOn": "2024-01-20",
}
DECISION = {"decisionID": "d1", "proposalID": "pr1", "decidedOn": "2024-02-01", "outcome": "agreed"}
GIFT = {"contributionID": "g1", "party": "south", "kind": "equipment", "unit": "cameras", "pledged": "40"}


def found(**tables):
    """Every finding of a package: of its cells, its rows, between its tables, and of these checks."""
    one = package(**tables)
    parts = [one.findings, *check(one), *references(one, key_ring(one))]
    for table in one.tables:
        parts += [*rules(one, TABLES[table]), *together(one, TABLES[table])]
    return findings.gather(parts)


def arguments(result):
    return json.loads(result["arguments"].item())


def test_clean_tables():
    areas = [{"areaID": "a1", "name": "Torey", "countryCode": "RU"}]
    sites = [{"siteID": "a2", "siteName": "Izumi"}]
    assert found(areas=areas, sites=sites, ties=[TIE], indicators=[INDICATOR], assessments=[ANSWER]).is_empty()
    assert found(instruments=[INSTRUMENT], provisions=[PROVISION], statements=[STATEMENT]).is_empty()
    assert found(proposals=[PROPOSAL], views=[VIEW], contributions=[GIFT]).is_empty()
    assert found(focal_points=[{"personID": "f", "name": "A", "organisation": "o", "countryCode": "MN"}]).is_empty()


def test_a_tie_of_a_place_to_itself():
    result = found(ties=[{**TIE, "toPlace": "a1"}])
    assert result.select("code", "severity", "value").rows() == [("tie-to-itself", "error", "a1")]


def test_a_strength_has_a_unit():
    assert codes(found(ties=[{**TIE, "strength": "39"}])) == ["strength-without-unit"]
    assert found(ties=[{**TIE, "strength": "39", "strengthUnit": "birds"}]).is_empty()


def test_dates_in_order():
    assert codes(found(ties=[{**TIE, "startDate": "2020-02-01", "endDate": "2020-01-31"}])) == ["dates-reversed"]
    assert codes(found(instruments=[{**INSTRUMENT, "inForceFrom": "1995-01-01", "inForceUntil": "1994-01-01"}])) == [
        "force-reversed"
    ]
    person = {"personID": "f", "name": "A", "organisation": "o", "countryCode": "MN"}
    assert codes(found(focal_points=[{**person, "startDate": "2020-02-01", "endDate": "2020-01-31"}])) == [
        "dates-reversed"
    ]


def test_places_that_the_package_does_not_list_are_noted():
    areas = [{"areaID": "a1", "name": "Torey", "countryCode": "RU"}]
    result = found(areas=areas, ties=[TIE], indicators=[INDICATOR])
    assert result.select("code", "severity", "table", "column", "value").rows() == [
        ("place-unlisted", "note", "ties", "toPlace", "a2")
    ]
    assert found(ties=[TIE]).is_empty()


def test_a_series_keeps_its_name_role_and_unit():
    other = {**INDICATOR, "year": "2010", "unit": "ha"}
    result = found(indicators=[INDICATOR, other])
    assert result.select("code", "severity", "row", "column", "value").rows() == [
        ("indicator-changes", "error", 2, "unit", "lake-area")
    ]
    assert arguments(result) == {"field": "unit", "values": "ha, km2"}
    assert found(indicators=[INDICATOR, {**other, "unit": "km2"}]).is_empty()
    assert codes(found(indicators=[INDICATOR, {**other, "unit": None}])) == ["indicator-changes"]


def test_one_value_per_series_place_and_year():
    assert codes(found(indicators=[INDICATOR, {**INDICATOR, "value": "550"}])) == ["row-duplicate"]


@pytest.mark.parametrize(("cell", "right"), [("CN|MN|RU", True), ("CN | RU", True), ("CHN", False), ("CN,RU", False)])
def test_countries_of_an_instrument(cell, right):
    assert codes(found(instruments=[{**INSTRUMENT, "countryCodes": cell}])) == ([] if right else ["cell-pattern"])


def test_provisions_have_their_instrument():
    assert codes(found(instruments=[INSTRUMENT], provisions=[{**PROVISION, "instrumentID": "x"}])) == [
        "reference-missing"
    ]
    result = found(provisions=[PROVISION])
    assert result.select("code", "table", "column").rows() == [("table-needed", "provisions", "instrumentID")]


def test_scores_and_their_maximum():
    assert codes(found(assessments=[{**ANSWER, "score": "4"}])) == ["score-above-maximum"]
    assert codes(found(assessments=[{**ANSWER, "maximum": None}])) == ["score-without-maximum"]
    assert found(assessments=[{**ANSWER, "score": None, "maximum": None}]).is_empty()


def test_an_assessment_is_of_one_place_and_one_set():
    result = found(assessments=[ANSWER, {**ANSWER, "questionID": "q2", "version": "2.0"}])
    assert result.select("code", "row", "column").rows() == [("assessment-mixed", 2, "version")]
    assert arguments(result) == {"field": "version", "values": "1.0, 2.0"}
    assert found(assessments=[ANSWER, {**ANSWER, "questionID": "q2"}]).is_empty()


def statements(*values):
    """Statements (value, unit, source) on one attribute of one subject."""
    rows = [
        {**STATEMENT, "statementID": str(n), "value": value, "unit": unit, "source": source}
        for n, (value, unit, source) in enumerate(values)
    ]
    return found(statements=rows)


def test_sources_that_disagree_are_shown_side_by_side():
    result = statements(("3200", "ha", "KKF 2020"), ("3500", "ha", "ma.gov.kp 2021"), ("32", "km2", "HSF 2014"))
    assert result.select("code", "severity", "row", "value").rows() == [("statements-disagree", "note", 2, "Rason")]
    assert arguments(result) == {
        "attribute": "area",
        "values": "32 km2 (HSF 2014); 3200 ha (KKF 2020); 3500 ha (ma.gov.kp 2021)",
    }


def test_two_dates_of_one_accession():
    row = {**STATEMENT, "subject": "KP", "attribute": "accession to EAAFP"}
    rows = [{**row, "value": "2018-04", "source": "para 21"}, {**row, "value": "2018-05", "source": "para 22"}]
    result = found(statements=[{**r, "statementID": str(n)} for n, r in enumerate(rows)])
    assert arguments(result)["values"] == "2018-04 (para 21); 2018-05 (para 22)"


def test_one_source_may_disagree_with_itself():
    result = statements(("48°33' N 117°30' E", None, "page"), ("48°45' N 117°28' E", None, "page"))
    assert codes(result) == ["statements-disagree"]


@pytest.mark.parametrize(
    "pair",
    [
        (("3200", "ha", "a"), ("3200", "ha", "b")),
        (("3200", "ha", "a"), ("32", "km2", "b")),
        (("32.0", "km²", "a"), ("32", "km2", "b")),
        (("2.01", "km2", "a"), ("201", "ha", "b")),
        (("3,200", "ha", "a"), ("3 200", "ha", "b")),
        (("Ramsar  Site", None, "a"), ("ramsar site", None, "b")),
        (("Ｒamsar", None, "a"), ("Ramsar", None, "b")),
        (("3200", "ha", "a"), ("5", "cranes", "b")),
    ],
)
def test_sources_that_agree_or_cannot_be_compared(pair):
    assert statements(*pair).is_empty()


def test_statements_on_different_things_do_not_disagree():
    rows = [STATEMENT, {**STATEMENT, "statementID": "s2", "value": "5", "attribute": "islands"}]
    assert found(statements=rows).is_empty()


@pytest.mark.parametrize(
    ("text", "angles"),
    [
        ("115°98'", ["115°98'"]),
        ("50°05' N, 115°98' E", ["115°98'"]),
        ("115 deg 98' E", ["115 deg 98'"]),
        ("115º 60′ 00″", ["115º 60′ 00″"]),
        ("115°30'75\"", ["115°30'75\""]),
        ("东经115度98分", ["115度98分"]),
        ("181°00'", ["181°00'"]),
        ("180°00'01\"", ["180°00'01\""]),
        ("49°99'; 115°98'", ["49°99'", "115°98'"]),
        ("50°05' N 115°31' E", []),
        ("180°00'00\"", []),
        ("115°59'59.9\"", []),
        ("115.98°", []),
        ("-25 °C at 98 % humidity", []),
        ("14'98 inches", []),
        ("", []),
    ],
)
def test_angles_that_cannot_be(text, angles):
    assert list(impossible_angles(text)) == angles


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59))
def test_true_angles_are_never_doubted_and_too_many_minutes_always(degrees, minutes, seconds):
    assert list(impossible_angles(f"{degrees}°{minutes:02}'{seconds:02}\"")) == []
    assert len(list(impossible_angles(f"{degrees}°{minutes + 60}'"))) == 1


def test_a_misprinted_angle_in_a_statement():
    result = statements(("50°05' N 115°98' E", None, "site sheet"))
    assert result.select("code", "severity", "row", "column").rows() == [("angle-impossible", "error", 2, "value")]
    assert arguments(result) == {"angle": "115°98'"}


def test_views_and_decisions_come_after_the_proposal():
    result = found(
        proposals=[PROPOSAL],
        views=[{**VIEW, "statedOn": "2024-01-09"}],
        decisions=[{**DECISION, "decidedOn": "2024-01-09", "outcome": "deferred"}],
    )
    assert result.select("code", "value").rows() == [
        ("decision-before-proposal", "2024-01-09"),
        ("view-before-proposal", "2024-01-09"),
    ]
    same_day = found(proposals=[PROPOSAL], views=[{**VIEW, "statedOn": "2024-01-10"}])
    assert same_day.is_empty()


def test_a_deadline_before_its_proposal():
    assert codes(found(proposals=[{**PROPOSAL, "deadline": "2024-01-09"}])) == ["deadline-before-proposal"]
    assert found(proposals=[{**PROPOSAL, "deadline": "2024-01-10"}]).is_empty()


@pytest.mark.parametrize(
    ("status", "outcome", "wrong"),
    [
        ("agreed", "agreed", False),
        ("agreed", "declined", True),
        ("open", "agreed", True),
        ("open", "deferred", False),
        ("agreed", "deferred", True),
        ("withdrawn", "agreed", False),
    ],
)
def test_the_status_of_a_proposal_and_its_decision(status, outcome, wrong):
    result = found(proposals=[{**PROPOSAL, "status": status}], decisions=[{**DECISION, "outcome": outcome}])
    assert codes(result) == (["decision-contradicts-status"] if wrong else [])


def test_only_the_last_decision_counts():
    decisions = [{**DECISION, "outcome": "deferred"}, {**DECISION, "decisionID": "d2", "decidedOn": "2024-03-01"}]
    assert found(proposals=[{**PROPOSAL, "status": "agreed"}], decisions=decisions).is_empty()
    result = found(proposals=[{**PROPOSAL, "status": "declined"}], decisions=decisions)
    assert arguments(result) == {"outcome": "agreed", "decidedOn": "2024-03-01"}
    decisions[0]["decidedOn"] = "2024-03-01"
    assert found(proposals=[{**PROPOSAL, "status": "declined"}], decisions=decisions).is_empty()


def test_a_later_view_replaces_the_earlier_one():
    later = {**VIEW, "viewID": "w2", "statedOn": "2024-02-01", "position": "object"}
    result = found(proposals=[PROPOSAL], views=[later, VIEW])
    assert result.select("code", "severity", "row", "value").rows() == [("view-superseded", "note", 3, "support")]
    assert arguments(result) == {"party": "south", "laterOn": "2024-02-01", "laterPosition": "object"}


def test_two_views_of_one_day_have_no_order():
    result = found(proposals=[PROPOSAL], views=[VIEW, {**VIEW, "viewID": "w2", "position": "object"}])
    assert result.select("code", "severity", "row", "value").rows() == [
        ("view-twice-same-day", "warning", 3, "2024-01-20")
    ]
    assert found(proposals=[PROPOSAL], views=[VIEW, {**VIEW, "viewID": "w2", "party": "east"}]).is_empty()


def test_views_and_decisions_need_proposals():
    assert codes(found(views=[VIEW], decisions=[DECISION])) == ["table-needed", "table-needed"]
    assert codes(found(proposals=[PROPOSAL], views=[{**VIEW, "proposalID": "x"}])) == ["reference-missing"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"delivered": "40"}, []),
        ({"delivered": "0"}, []),
        ({"delivered": "41"}, ["delivered-above-pledged"]),
        ({"pledged": None, "delivered": "3"}, ["delivered-without-pledge"]),
        ({"pledged": None, "delivered": None}, ["contribution-empty"]),
        ({"pledgedOn": "2024-02-01", "deliveredOn": "2024-01-31"}, ["delivered-before-pledged"]),
        ({"pledgedOn": "2024-02-01", "deliveredOn": "2024-02-01"}, []),
        ({"pledged": "-1"}, ["cell-below-minimum"]),
    ],
)
def test_pledges_and_deliveries(cells, expected):
    assert codes(found(contributions=[{**GIFT, **cells}])) == expected
