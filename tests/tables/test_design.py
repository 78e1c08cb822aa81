"""Rules are data with a source; the verdict is arithmetic on them."""

import json

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.checks_design import asked, design_findings, judge
from tumen.tables.design import JUDGED, Design, DesignRule, choose, measured
from tumen.tables.design_quantities import METHODS, QUANTITIES
from tumen.tables.design_rules import HOME_RANGES, PROTOCOLS, RULES, USUAL, sigma


def units(quantity, *values, species=""):
    frame = pl.DataFrame({"of": [str(n) for n in range(len(values))], "value": values}, schema_overrides=FLOAT)
    return measured(frame, quantity, party="north", session="2014", species=species)


FLOAT = {"value": pl.Float64}


def rule(quantity, species="*", **bounds):
    return DesignRule(protocol="study", species=species, quantity=quantity, source="our protocol 2024", **bounds)


def verdict(quantity, values, **bounds):
    return judge(units(quantity, *values), [rule(quantity, **bounds)])["verdict"].item()


def test_every_rule_that_ships_has_a_source_a_reason_and_a_protocol_with_a_name():
    for each in RULES:
        assert each.source and each.why and each.protocol in PROTOCOLS, each
        assert each.evidence in ("seen", "derived"), each
    assert set(USUAL) <= set(PROTOCOLS)


def test_every_quantity_has_words_for_its_finding():
    for quantity in QUANTITIES.values():
        assert CATALOGUE[quantity.code].severity == "warning"
        assert quantity.method in METHODS
    assert CATALOGUE["design-not-judged"].severity == "note"


def test_the_median_is_judged_and_the_stations_outside_are_counted():
    row = judge(units("spacing", 1.0, 2.0, 6.0), [rule("spacing", at_most=2.0)]).row(0, named=True)
    assert (row["verdict"], row["value"], row["outside"], row["units"]) == ("met", 2.0, 1, 3)
    assert verdict("spacing", [1.0, 2.1, 6.0], at_most=2.0) == "notMet"


def test_a_minimum_is_judged_by_the_worst():
    assert verdict("replicates", [3, 3, 1], at_least=2) == "notMet"
    assert verdict("replicates", [3, 3, 2], at_least=2) == "met"


def test_a_range_fails_only_if_every_choice_fails():
    assert verdict("locationsPerCell", [1.5, 2.0], at_least=2, at_most=5) == "met"
    assert verdict("locationsPerCell", [1.5, 1.9], at_least=2, at_most=5) == "notMet"
    assert verdict("locationsPerCell", [5.1, 6.0], at_least=2, at_most=5) == "notMet"


def test_unknown_values_never_pass():
    assert verdict("cameraHeight", [None, None], at_least=0.4) == "notMeasured"
    row = judge(units("cameraHeight", 0.5, None), [rule("cameraHeight", at_least=0.4)]).row(0, named=True)
    assert (row["verdict"], row["units"], row["unknown"]) == ("met", 1, 1)


def test_without_a_rule_a_quantity_is_shown_and_not_judged():
    row = judge(units("nights", 30.0), []).row(0, named=True)
    assert (row["verdict"], row["value"], row["source"]) == ("notDeclared", 30.0, "")


def test_a_rule_that_says_not_to_judge_silences_the_shipped_one():
    ours = rule("window", species="Panthera pardus")
    (chosen,) = choose(RULES, Design(rules=(ours,), protocols=("northChinaLeopard",)), ["Panthera pardus"], USUAL)[-1:]
    held = choose(RULES, Design(rules=(ours,)), ["Panthera pardus"], USUAL)
    assert [each for each in held if each.quantity == "window"] == [ours]
    assert chosen.species == "Panthera pardus"
    assert judge(units("window", 900.0), [ours])["verdict"].item() == "notDeclared"


def test_the_protocol_of_another_country_holds_only_where_it_is_named():
    tiger = ["Panthera tigris"]
    assert "spacing" not in {each.quantity for each in choose(RULES, Design(), tiger, USUAL)}
    indian = choose(RULES, Design(protocols=("centralIndiaTiger",)), tiger, USUAL)
    assert [(each.quantity, each.at_least, each.at_most) for each in indian] == [
        ("spacing", 1, 1.5),
        ("window", None, 30),
    ]


def test_a_rule_of_a_species_is_not_used_for_values_of_another():
    faeces = units("faecesAge", 40.0, species="Panthera tigris")
    leopard = rule("faecesAge", species="Panthera pardus", at_most=14)
    assert judge(faeces, [leopard])["verdict"].item() == "notDeclared"
    assert judge(faeces, [rule("faecesAge", at_most=14)])["verdict"].item() == "notMet"


def test_the_finding_says_measured_asked_species_and_source():
    found = design_findings(judge(units("spacing", 6.25), [rule("spacing", "Panthera pardus", at_most=2)]))
    row = found.row(0, named=True)
    assert (row["code"], row["severity"], row["party"], row["value"]) == (
        "design-spacing",
        "warning",
        "north",
        "6.25 km",
    )
    told = json.loads(row["arguments"])
    assert (told["required"], told["species"], told["source"]) == ("≤ 2 km", "Panthera pardus", "our protocol 2024")


def test_what_could_not_be_judged_is_a_note():
    found = design_findings(judge(units("cameraHeight", None), [rule("cameraHeight", at_least=0.4)]))
    assert found.select("code", "severity", "column").rows() == [("design-not-judged", "note", "cameraHeight")]


def test_every_message_can_be_filled():
    for name in QUANTITIES:
        for values in ([7.0, 8.0], [None]):
            found = design_findings(judge(units(name, *values), [rule(name, at_least=100.0)]))
            code = CATALOGUE[found["code"].item()]
            told = {"value": found["value"].item(), **json.loads(found["arguments"].item())}
            assert code.message.format(**told)


def test_a_rule_without_a_source_or_about_nothing_is_refused():
    with pytest.raises(MisuseError, match="a source for every rule"):
        DesignRule(protocol="study", species="*", quantity="nights", at_least=1, source=" ")
    with pytest.raises(MisuseError, match="Did you mean 'nights'"):
        DesignRule(protocol="study", species="*", quantity="night", at_least=1, source="x")
    with pytest.raises(MisuseError, match="not above the greatest"):
        DesignRule(protocol="study", species="*", quantity="nights", at_least=2, at_most=1, source="x")
    with pytest.raises(MisuseError, match="centralIndiaTiger"):
        choose(RULES, Design(protocols=("india",)), [], USUAL)


def test_sigma_is_that_of_a_circle_that_holds_95_percent():
    # A check of its own: the share within the circle's radius of a two-dimensional normal of this sigma.
    from math import exp, pi

    for known in HOME_RANGES:
        radius2 = known.square_kilometres / pi
        assert 1 - exp(-radius2 / (2 * sigma(known.square_kilometres) ** 2)) == pytest.approx(0.95)


def test_asked_is_written_in_signs():
    assert asked(1, 1.5, "km") == "1–1.5 km"


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=9), st.floats(0, 1e6), st.floats(0, 1e6))
def test_a_rule_is_met_or_not_and_never_both(values, one, other):
    low, high = sorted((one, other))
    both = judge(units("nights", *values), [rule("nights", at_least=low, at_most=high)])
    apart = [verdict("nights", values, at_least=low), verdict("nights", values, at_most=high)]
    assert (both["verdict"].item() == "met") == (apart == ["met", "met"])
    assert both.schema == pl.Schema(JUDGED)
