"""A policy in words."""

from datetime import date

from tumen.report.policy import explained
from tumen.report.words import Words
from tumen.sharing.explain import explain
from tumen.sharing.policy import read_policy

POLICY = read_policy(
    """
[policy]
party = "north"
version = 3
until = 2026-12-31
[[grant]]
to = ["south"]
purposes = ["crossings"]
tables = ["encounters"]
species = ["Panthera tigris"]
level = "crossing"
step = 2000
"""
)


def said(receiver):
    return explained(POLICY, explain(POLICY, receiver, date(2026, 1, 1)), receiver, Words("en"))


def test_what_a_party_receives_and_that_nothing_else_leaves():
    lines = said("south")
    assert lines[0] == "What north gives to south, by version 3 of its policy:"
    # What is there at all, `holdings`, leaves with anything: it is less than any other level.
    assert "  Tables: encounters, holdings." in lines
    assert "  Distances to the border in steps of 2,000 m." in lines
    assert f"  Until: {Words('en').day(date(2026, 12, 31))}. Agreement: –. Rules: 1." in lines
    assert lines.index("Nothing else leaves:") > lines.index("  Tables: encounters, holdings.")


def test_a_party_that_no_rule_names_receives_nothing():
    assert said("east")[2:] == ("Nothing.", "", "no rule names this receiver")
