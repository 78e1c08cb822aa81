"""Counts, visits and thresholds: each check on a case that fails it and on one that passes."""

import json
from datetime import UTC, datetime
from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import codes, package

from tumen.tables import findings
from tumen.tables.checks import check as check_all
from tumen.tables.checks import rules
from tumen.tables.checks_clocks import ahead
from tumen.tables.checks_units import circular
from tumen.tables.checks_waterbirds import check
from tumen.tables.examine import key_ring, references
from tumen.tables.protocol import TABLES

SITE = {"siteID": "lake", "siteName": "Lake Manpho", "countryCode": "KP"}
VISIT = {"visitID": "v1", "siteID": "lake", "visitDate": "2024-01-15", "coverage": "complete"}
COUNT = {"countID": "c1", "visitID": "v1", "scientificName": "Antigone vipio", "status": "counted", "count": "157"}
ESTIMATE = {
    "populationID": "av",
    "scientificName": "Antigone vipio",
    "populationName": "East Asia",
    "edition": "2013",
    "source": "NEASPEC",
}


def visit(**cells):
    return {**VISIT, **cells}


def count(number="157", **cells):
    return {**COUNT, "count": number, **cells}


def found(**tables):
    """Every finding of a package: of its cells, its rows, and of the waterbird checks."""
    one = package(**tables)
    parts = [one.findings, *check(one), *references(one, key_ring(one))]
    for table in one.tables:
        parts += rules(one, TABLES[table])
    return findings.gather(parts)


def counted(*counts, **of_visit):
    return found(sites=[SITE], visits=[visit(**of_visit)], counts=list(counts))


def said(result, code):
    """Row, value and arguments of the findings of one code."""
    rows = result.filter(pl.col("code") == code)
    return [
        (row, value, json.loads(arguments))
        for row, value, arguments in rows.select("row", "value", "arguments").iter_rows()
    ]


def test_a_count_of_a_complete_visit_is_clean():
    assert counted(count(taxonGroup="cranes", minimum="150", maximum="170")).is_empty()


def test_counts_need_their_visits_and_visits_their_sites():
    result = found(counts=[count()])
    assert result.select("code", "severity", "table", "column").rows() == [
        ("table-needed", "error", "counts", "visitID")
    ]
    assert codes(found(visits=[visit(coverage="notSurveyed")])) == ["table-needed"]


def test_a_count_without_coverage():
    result = counted(count("0"), coverage="notSurveyed")
    assert said(result, "count-without-coverage") == [(2, "counted", {"species": "Antigone vipio", "visitID": "v1"})]
    assert codes(counted(count(None, status="withheld"), coverage="notSurveyed")) == ["count-without-coverage"]


def test_what_was_not_counted_at_a_visit_not_made_is_no_fault():
    assert counted(count(None, status="notCounted"), coverage="notSurveyed").is_empty()


def test_partial_coverage_says_which_part():
    assert codes(counted(count(), coverage="partial")) == ["coverage-unexplained"]
    assert counted(count(), coverage="partial", coveragePercent="60").is_empty()
    assert counted(count(taxonGroup="cranes"), coverage="partial", groupsCounted="cranes").is_empty()


def test_coverage_and_its_percentage_agree():
    assert codes(counted(count(), coveragePercent="60")) == ["coverage-contradicts"]
    assert counted(count(), coveragePercent="100").is_empty()
    assert codes(counted(count(None, status="notCounted"), coverage="notSurveyed", coveragePercent="5")) == [
        "coverage-contradicts"
    ]


def test_a_visit_without_any_count_is_noted_unless_nobody_counted():
    visits = [visit(), visit(visitID="v2", method="boat"), visit(visitID="v3", coverage="notSurveyed")]
    result = found(sites=[SITE], visits=visits, counts=[count()])
    assert said(result, "visit-without-counts") == [(3, "v2", {"coverage": "complete"})]
    assert set(result["severity"]) == {"note"}


def test_visits_without_the_table_counts_are_let_be():
    assert found(sites=[SITE], visits=[visit()]).is_empty()


def test_words_that_are_no_groups():
    result = counted(count(taxonGroup="cranes"), groupsCounted="cranes | wildfowl|Geese")
    assert [(row, value) for row, value, _ in said(result, "group-unknown")] == [(2, "Geese"), (2, "wildfowl")]
    assert "all" in [value for _, value, _ in said(counted(count(), groupsCounted="all|geese"), "group-unknown")]
    assert counted(count(), groupsCounted="all").is_empty()


def test_a_zero_for_a_group_that_was_not_counted():
    result = counted(count("0", taxonGroup="cranes"), groupsCounted="geese|ducks")
    assert said(result, "zero-outside-groups") == [
        (2, "0", {"species": "Antigone vipio", "groups": "geese|ducks", "group": "cranes"})
    ]
    assert counted(count("0", taxonGroup="cranes"), groupsCounted="geese|cranes").is_empty()
    assert counted(count("0", taxonGroup="cranes")).is_empty()


def test_a_zero_whose_group_is_not_said():
    result = counted(count("0"), groupsCounted="geese|ducks")
    assert result.select("code", "severity").rows() == [("zero-without-group", "warning")]
    assert counted(count("0"), groupsCounted="all").is_empty()


def test_birds_seen_by_the_way_are_noted():
    result = counted(count("3", taxonGroup="cranes"), groupsCounted="geese")
    assert result.select("code", "severity", "value").rows() == [("count-outside-groups", "note", "3")]


@pytest.mark.parametrize("cell", ["count", "minimum", "maximum"])
def test_a_number_though_not_counted(cell):
    row = count(None, status="notCounted", **({} if cell == "count" else {cell: "0"}))
    assert codes(counted({**row, cell: "0"})) == ["count-though-not-counted"]


def test_not_counted_without_a_number():
    assert counted(count(None, status="notCounted")).is_empty()


def test_a_withheld_number_is_told_and_not_shown():
    result = counted(count("4711", status="withheld"))
    assert result.select("code", "severity", "column", "value").rows() == [
        ("count-though-withheld", "error", "status", "withheld")
    ]
    assert "4711" not in "".join(result["arguments"])
    assert counted(count(None, status="withheld")).is_empty()


def test_counted_without_a_number():
    assert said(counted(count(None)), "count-missing") == [(2, "counted", {})]


def test_a_number_that_cannot_be_read_is_not_missing_as_well():
    assert codes(counted(count("about 150"))) == ["cell-type"]


def test_a_count_with_a_range_only():
    assert said(counted(count(None, minimum="40000")), "count-only-range") == [
        (2, "", {"minimum": "40000", "maximum": "…"})
    ]


def test_counts_lie_within_their_range():
    assert codes(counted(count("140", minimum="150", maximum="170"))) == ["count-under-minimum"]
    assert codes(counted(count("180", minimum="150", maximum="170"))) == ["count-over-maximum"]
    assert "range-reversed" in codes(counted(count("160", minimum="170", maximum="150")))
    assert counted(count("150", minimum="150", maximum="150")).is_empty()


def test_a_count_of_nothing():
    assert codes(counted(count(scientificName=None))) == ["count-of-nothing"]
    assert counted(count(scientificName=None, taxonGroup="geese")).is_empty()


def parts(total, *numbers, **of_total):
    rows = [count(total, countID="all", **of_total)]
    rows += [count(number, countID=f"p{i}", partOf="all") for i, number in enumerate(numbers)]
    return counted(*rows)


def test_parts_that_exceed_their_total():
    result = parts("157", "100", "60")
    assert said(result, "parts-exceed-total") == [(2, "157", {"total": "all", "parts": "160"})]
    assert codes(result) == ["parts-exceed-total"]


def test_parts_that_fall_short_are_noted_with_both_numbers():
    result = parts("157", "100", "50")
    assert said(result, "parts-below-total") == [(2, "157", {"total": "all", "parts": "150"})]
    assert set(result["severity"]) == {"note"}


def test_parts_that_add_up():
    assert parts("157", "100", "57").is_empty()
    assert parts("157", "100", "57", minimum="150", maximum="170").is_empty()


def test_an_estimated_total_holds_parts_up_to_its_maximum():
    assert parts("150", "100", "60", maximum="160").is_empty()
    assert codes(parts("150", "100", "61", maximum="160")) == ["parts-exceed-total"]


def test_a_missing_part_says_nothing_about_the_total():
    rows = [
        count("157", countID="all"),
        count("100", countID="a", partOf="all"),
        count(None, countID="b", partOf="all", status="withheld"),
    ]
    assert counted(*rows).is_empty()
    rows[1]["count"] = "158"
    assert codes(counted(*rows)) == ["parts-exceed-total"]


def test_no_finding_shows_a_number_that_is_withheld():
    total = parts("4711", "5000", status="withheld")
    part = counted(
        count("157", countID="all"),
        count("4711", countID="a", partOf="all", status="withheld"),
        count("100", countID="b", partOf="all"),
    )
    ranged = counted(count("4711", minimum="4712", maximum="4710", status="withheld"))
    for result in (total, part, ranged):
        assert codes(result) == ["count-though-withheld"]
        assert "471" not in "".join([*result["value"], *result["arguments"]])


def test_a_total_that_was_not_counted_is_not_held_against_its_parts():
    assert parts(None, "100", status="withheld").is_empty()


def test_a_part_at_another_visit():
    result = found(
        sites=[SITE],
        visits=[visit(), visit(visitID="v2", method="boat")],
        counts=[count("10", countID="all"), count("50", countID="p", visitID="v2", partOf="all")],
    )
    assert said(result, "part-elsewhere") == [(3, "p", {"total": "all", "otherVisit": "v1"})]
    assert codes(result) == ["part-elsewhere"]


def test_parts_that_go_around_in_a_circle():
    rows = [
        count(countID="a", partOf="b"),
        count(countID="b", partOf="a", scientificName="Grus grus"),
        count(countID="c", partOf="c", scientificName="Grus japonensis"),
    ]
    assert [(row, value) for row, value, _ in said(counted(*rows), "part-circular")] == [(2, "a"), (3, "b"), (4, "c")]
    assert codes(counted(*rows)) == ["part-circular"] * 3


def test_a_total_that_is_not_there():
    assert codes(counted(count(partOf="nowhere"))) == ["reference-missing"]


def test_a_species_twice_at_a_visit():
    result = counted(count(), count("3", countID="c2"), count("3", countID="c3", scientificName="Grus grus"))
    assert said(result, "count-twice") == [(3, "Antigone vipio", {"otherRow": "2"})]
    assert codes(result) == ["count-twice"]


def test_a_species_by_life_stage_beside_an_undeclared_total():
    adult = count("100", countID="c2", lifeStage="adult")
    result = counted(count(), adult)
    assert said(result, "part-undeclared") == [(3, "Antigone vipio", {"lifeStage": "adult", "otherRow": "2"})]
    assert codes(counted(count("100"), {**adult, "partOf": "c1"})) == []
    assert codes(counted(adult, count("57", countID="c3", lifeStage="juvenile"))) == []
    assert codes(counted(adult, count("57", countID="c3", lifeStage="adult"))) == ["count-twice"]


def test_a_species_both_counted_and_not():
    result = counted(count(), count(None, countID="c2", status="notCounted"))
    assert said(result, "counted-and-not") == [(3, "Antigone vipio", {"otherRow": "2"})]


def test_a_visit_that_ends_before_it_starts():
    times = {"visitStart": "2024-01-15T10:00:00+09:00", "visitEnd": "2024-01-15T09:00:00+09:00"}
    assert codes(counted(count(), **times)) == ["visit-ends-before-start"]


def test_the_day_of_a_visit_is_that_of_its_place():
    early = {"visitStart": "2024-01-15T06:30:00+09:00", "visitEnd": "2024-01-15T09:00:00+09:00"}
    assert counted(count(), **early).is_empty()
    result = counted(count(), visitDate="2024-01-14", **early)
    assert said(result, "visit-on-other-day") == [
        (2, "2024-01-14", {"localDay": "2024-01-15", "visitStart": "2024-01-15T06:30:00+09:00"})
    ]


def test_a_visit_written_in_utc_has_any_day_on_earth():
    assert counted(count(), visitStart="2024-01-14T21:30:00Z").is_empty()
    assert counted(count(), visitStart="2024-01-16T05:00:00Z").is_empty()
    assert codes(counted(count(), visitStart="2024-01-16T12:00:00Z")) == ["visit-on-other-day"]
    assert codes(counted(count(), visitStart="2024-01-14T09:59:59Z")) == ["visit-on-other-day"]
    assert counted(count(), visitStart="2024-01-14T10:00:00Z").is_empty()


def estimate(low, high, percent, **cells):
    return found(population_estimates=[{**ESTIMATE, "minimum": low, "maximum": high, "onePercent": percent, **cells}])


@pytest.mark.parametrize(
    ("low", "high", "percent"),
    [
        ("6000", "7000", "65"),
        ("4660", "4660", "45"),
        ("2725", "2725", "25"),
        ("500", "1000", "7"),
        ("60000", "78000", "680"),
        ("425000", "425000", "4250"),
        ("800000", "1600000", "11300"),
        ("5000000", "9000000", "20000"),
        ("10000", "10001", "200"),
        ("30", "30", "1"),
        ("500", None, "9"),
        (None, "1000", "3"),
    ],
)
def test_thresholds_as_they_are_published(low, high, percent):
    assert estimate(low, high, percent).is_empty()


@pytest.mark.parametrize(
    ("low", "high", "percent"),
    [
        ("6000", "7000", "130"),
        ("13100", "13100", "65"),
        ("6000", "7000", "50"),
        ("500", None, "2"),
        (None, "1000", "15"),
    ],
)
def test_thresholds_that_are_one_percent_of_nothing(low, high, percent):
    result = estimate(low, high, percent)
    assert said(result, "one-percent-doubtful") == [(2, percent, {"minimum": low or "…", "maximum": high or "…"})]
    assert set(result["severity"]) == {"warning"}


def rounded(number):
    """The rule of the Waterbird Populations Portal."""
    step = 1 if number <= 10 else 5 if number <= 100 else 10 if number <= 1000 else 100
    return max(1, round(number / step) * step)


@given(st.lists(st.tuples(st.integers(100, 3_000_000), st.floats(1, 3)), min_size=1, max_size=50))
@settings(max_examples=20)
def test_no_threshold_made_by_the_rule_is_doubted(populations):
    rows = []
    for number, (low, ratio) in enumerate(populations):
        high = max(low, int(low * ratio))
        percent = rounded((low * high) ** 0.5 / 100)
        cells = {"minimum": str(low), "maximum": str(high), "onePercent": str(percent)}
        rows.append({**ESTIMATE, "populationID": str(number), **cells})
    assert check(package(population_estimates=rows))[-1].is_empty()


def test_estimates_and_years_in_order():
    assert codes(estimate("7000", "6000", None)) == ["range-reversed"]
    assert codes(estimate("1", "2", None, startYear="2012", endYear="2006")) == ["years-reversed"]
    assert codes(estimate("-1", "-1", None)) == ["cell-below-minimum"] * 2


def slow_circular(owner):
    """Say it the obvious way."""
    looped = []
    for name in owner:
        at = owner[name]
        for _ in range(len(owner)):
            if at == name:
                looped.append(name)
                break
            at = owner.get(at)
    return sorted(looped)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from("abcdefghz")))
def test_circles_agree_with_the_slow_version(owner):
    assert circular(owner) == slow_circular(owner)


@given(st.randoms(use_true_random=False))
@settings(max_examples=20)
def test_findings_do_not_depend_on_the_order_of_rows(random: Random):
    rows = [
        count("157", countID="all"),
        count("100", countID="a", partOf="all"),
        count("60", countID="b", partOf="all"),
        count("0", countID="c", scientificName="Grus grus", taxonGroup="cranes"),
        count(None, countID="d", scientificName="Anser cygnoides"),
    ]
    shuffled = list(rows)
    random.shuffle(shuffled)
    one, other = counted(*rows, groupsCounted="geese"), counted(*shuffled, groupsCounted="geese")
    columns = ["code", "column", "value", "arguments"]
    assert one.select(columns).sort(columns).equals(other.select(columns).sort(columns))


def test_no_published_or_recomputed_threshold_of_the_region_is_doubted(shared_data):
    """Forty estimates of East Asian populations, with their published thresholds and those of the rule."""
    table = pl.read_csv(shared_data / "H1_birds_sites_network_facts" / "population_estimates.csv", infer_schema=False)
    rows = [
        {
            **ESTIMATE,
            "populationID": f"{number} {column}",
            "populationName": f"{number} {column}",
            "minimum": row["min"],
            "maximum": row["max"],
            "onePercent": row[column],
        }
        for number, row in enumerate(table.iter_rows(named=True))
        for column in ("published_1pct", "computed_1pct_geomean_wpp_rounding")
    ]
    assert len(rows) == 80
    assert found(population_estimates=rows).is_empty()


def test_numbers_that_are_withheld_are_not_added_up():
    hidden = count(None, status="withheld")
    assert codes(counted(hidden, {**hidden, "countID": "c2"})) == []
    assert codes(counted(hidden, count("3", countID="c2"))) == []
    assert codes(counted(hidden, count("3", countID="c2", lifeStage="adult"))) == []
    assert codes(counted(count(), count("3", countID="c2"))) == ["count-twice"]


def test_one_species_under_two_names_is_counted_twice():
    result = counted(count(), count("3", countID="c2", scientificName="Grus vipio"))
    assert said(result, "count-twice") == [(3, "Grus vipio", {"otherRow": "2"})]
    assert not said(counted(count(), count("3", countID="c2", scientificName="Grus grus")), "count-twice")


@pytest.mark.parametrize("name", ["Anas sp.", "Anas", "Larus canus/cachinnans", "Foo spp.", "Anatidae"])
def test_a_name_of_no_species_is_said_once(name):
    result = counted(count(scientificName=name), count("3", countID="c2", scientificName=name))
    assert said(result, "count-not-to-species") == [(2, name, {"count": "2"})]


@pytest.mark.parametrize(
    "name", ["Antigone vipio", "Grus vipio", "Balearica regulorum", "두루미", "Anser albifrons frontalis"]
)
def test_a_name_of_a_species_or_in_another_language_is_no_name_of_a_genus(name):
    assert not said(counted(count(scientificName=name)), "count-not-to-species")


def test_a_visit_entered_twice():
    again = visit(visitID="v2")
    result = found(sites=[SITE], visits=[visit(), again])
    arguments = {"siteID": "lake", "visitDate": "2024-01-15", "otherRow": "2"}
    assert said(result, "visit-twice") == [(3, "v2", arguments)]
    for other in (
        {"method": "roost"},
        {"visitDate": "2024-01-16"},
        {"groupsCounted": "geese"},
        {"coverage": "notSurveyed"},
    ):
        assert not said(found(sites=[SITE], visits=[visit(), {**again, **other}]), "visit-twice")


def test_units_of_a_site_that_is_a_part_of_itself():
    north = {**SITE, "siteID": "north", "partOf": "lake"}
    result = found(sites=[{**SITE, "partOf": "north"}, north])
    assert [row[:2] for row in said(result, "site-part-circular")] == [(2, "lake"), (3, "north")]
    assert not said(found(sites=[SITE, north]), "site-part-circular")


def test_units_in_another_country_or_group():
    whole = {**SITE, "countGroup": "mouth"}
    north = {**SITE, "siteID": "north", "partOf": "lake"}
    result = found(sites=[whole, {**north, "countryCode": "CN", "countGroup": "delta"}])
    assert said(result, "site-part-abroad") == [(3, "CN", {"whole": "lake", "wholeCountry": "KP"})]
    assert said(result, "site-part-other-group") == [(3, "delta", {"whole": "lake", "wholeGroup": "mouth"})]
    clean = found(sites=[whole, north])
    assert not said(clean, "site-part-abroad") and not said(clean, "site-part-other-group")


def test_what_the_checks_of_all_tables_say_of_counts():
    """Each fault of the list that no check of its own finds: numbers, names, sites, days and coordinates of V11."""
    typo = {**SITE, "longitude": "115°98'", "latitude": "50.1"}
    one = package(
        sites=[typo],
        visits=[visit(siteID="nowhere", visitDate="2044-01-15")],
        counts=[
            count("-3"),
            count("3.5", countID="c2", scientificName="Grus vipio"),
            count(countID="c3", scientificName="두루미"),
        ],
    )
    result = findings.gather([check_all(one), *ahead(one, datetime(2026, 1, 1, tzinfo=UTC))])
    cells = {
        (code, table, row, value) for code, table, row, value in result.select("code", "table", "row", "value").rows()
    }
    assert {
        ("cell-below-minimum", "counts", 2, "-3"),
        ("cell-type", "counts", 3, "3.5"),
        ("taxon-synonym", "counts", 3, "Grus vipio"),
        ("taxon-unknown", "counts", 4, "두루미"),
        ("reference-missing", "visits", 2, "nowhere"),
        ("date-future", "visits", 2, "2044-01-15"),
        ("coordinates-no-such-minute", "sites", 2, "115°98'"),
    } <= cells


def test_statements_that_disagree_are_all_shown():
    """V11: the area of Rason, the day of an accession, and two coordinates of one lake."""
    said_of = {"Rason": ("area", "3200", "3500", "ha"), "DPRK": ("joinedFlyway", "2018-04", "2018-05", None)}
    said_of["Dalai"] = ("coordinates", "48 45 N 117 15 E", "48 33 N 117 30 E", None)
    rows = [
        {
            "statementID": f"{subject}{n}",
            "subject": subject,
            "attribute": what,
            "value": value,
            "unit": unit,
            "source": f"source {n}",
        }
        for subject, (what, *values, unit) in said_of.items()
        for n, value in enumerate(values)
    ]
    result = check_all(package(statements=rows)).filter(code="statements-disagree")
    assert result["value"].to_list() == ["Rason", "DPRK", "Dalai"]
    assert "3200 ha (source 0); 3500 ha (source 1)" in result["arguments"][0]
