"""What a policy gives, and what it does not."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import FormatError
from tumen.report.policy import explained
from tumen.report.words import Words
from tumen.sharing.explain import explain
from tumen.sharing.levels import LEVELS, rank
from tumen.sharing.policy import Policy, Request, Rule, decide, decide_all, read_policy

HEAD = '[policy]\nparty = "north"\nversion = 1\n'
GRANT = """
[[grant]]
to = ["south"]
purposes = ["crossings"]
tables = ["observations", "deployments"]
species = ["Panthera tigris"]
level = "crossing"
step = 2000
until = 2015-12-31
agreement = "A-1"
"""
ASKED = Request(
    receiver="south", purpose="crossings", on=date(2015, 6, 1), table="observations", species="Panthera tigris"
)


def test_a_policy_without_rules_gives_nothing():
    assert decide(read_policy(HEAD), ASKED) == decide(read_policy(HEAD), replace(ASKED, purpose="density"))
    assert decide(read_policy(HEAD), ASKED).reason == "noRule"


@pytest.mark.parametrize(
    ("change", "level", "reason"),
    [
        ({}, "crossing", "granted"),
        ({"receiver": "east"}, "nothing", "otherReceiver"),
        ({"purpose": "density"}, "nothing", "otherPurpose"),
        ({"table": "samples"}, "nothing", "otherTable"),
        ({"species": "Panthera pardus"}, "nothing", "otherSpecies"),
        ({"species": None}, "nothing", "otherSpecies"),
        ({"on": date(2016, 1, 1)}, "nothing", "ruleEnded"),
        ({"receiver": "office", "roles": frozenset({"secretariat"})}, "nothing", "otherReceiver"),
    ],
)
def test_a_grant_holds_for_what_it_names_and_for_nothing_else(change, level, reason):
    decision = decide(read_policy(HEAD + GRANT), replace(ASKED, **change))
    assert (decision.level, decision.reason) == (level, reason)


def test_the_grant_says_how_finely_and_until_when():
    grant = decide(read_policy(HEAD + GRANT), ASKED).grant
    assert (grant.step, grant.category, grant.until, grant.agreement) == (2000.0, 1, date(2015, 12, 31), "A-1")
    assert grant.text is False


def test_a_denial_caps_and_names_both_rules():
    policy = read_policy(
        HEAD + GRANT + '\n[[deny]]\nto = ["south"]\nspecies = ["Panthera tigris"]\nlevel = "identity"\n'
    )
    decision = decide(policy, ASKED)
    assert (decision.level, decision.reason, decision.rules) == ("identity", "capped", (1, 2))
    assert decide(policy, replace(ASKED, species="Panthera pardus")).level == "nothing"


def test_a_finer_cell_of_a_lesser_grant_is_not_lent_to_a_greater_one():
    """A grant at `crossing` may name a fine cell: it never showed one, and does not make another's cells finer."""
    fine = GRANT.replace('level = "crossing"', 'level = "crossing"\ncategory = 4')
    coarse = GRANT.replace('level = "crossing"', 'level = "generalised"\ncategory = 1')
    grant = decide(read_policy(HEAD + fine + coarse), ASKED).grant
    assert (grant.level, grant.category) == ("generalised", 1)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("", "a section \\[policy\\]"),
        (HEAD + GRANT.replace('to = ["south"]', ""), "receivers"),
        (HEAD + GRANT.replace('crossing"\nstep', 'precise"\nstep'), "a level"),
        (HEAD + GRANT.replace('"observations"', '"observation"'), "a table of the protocol"),
        (HEAD + GRANT.replace('species = ["Panthera tigris"]\n', ""), "species in"),
        (HEAD + GRANT.replace('level = "crossing"', 'level = "full"').replace('agreement = "A-1"', ""), "an agreement"),
        (HEAD + GRANT.replace("step", "steps"), "known keys"),
        (HEAD + GRANT.replace("2015-12-31", '"soon"'), "a day"),
    ],
)
def test_what_is_wrong_in_a_policy_is_refused(text, needed):
    with pytest.raises(FormatError, match=needed):
        read_policy(text)


RULES = st.builds(
    Rule,
    number=st.integers(1, 9),
    grants=st.booleans(),
    parties=st.sampled_from([("south",), ("east",), ("south", "east")]),
    purposes=st.sampled_from([None, ("crossings",), ("density",)]),
    tables=st.sampled_from([None, ("observations",), ("samples",)]),
    species=st.sampled_from([None, ("Panthera tigris",)]),
    level=st.sampled_from(LEVELS),
    columns=st.frozensets(st.sampled_from(["text", "media", "place"])),
    text=st.booleans(),
    category=st.integers(1, 4),
    step=st.sampled_from([500.0, 1000.0, 5000.0]),
)


def gives(decision):
    """What a decision gives, as things that can be compared one by one."""
    grant = decision.grant
    if grant is None:
        return (rank(decision.level), frozenset(), False)
    return (rank(decision.level), grant.columns, grant.text)


@settings(max_examples=150, deadline=None)
@given(st.lists(RULES, max_size=4), RULES)
def test_granting_more_never_gives_less_and_denying_more_never_gives_more(rules, another):
    before = decide(Policy(party="north", version=1, rules=tuple(rules)), ASKED)
    after = decide(Policy(party="north", version=2, rules=(*rules, another)), ASKED)
    small, large = (before, after) if another.grants else (after, before)
    assert gives(small)[0] <= gives(large)[0]
    if small.grant is not None and large.grant is not None:
        assert small.grant.columns <= large.grant.columns
        assert small.grant.text <= large.grant.text


@settings(max_examples=100, deadline=None)
@given(st.lists(RULES, max_size=3), st.lists(RULES, max_size=3))
def test_two_policies_together_give_no_more_than_either(one, other):
    policies = [Policy(party="north", version=1, rules=tuple(rules)) for rules in (one, other)]
    both = decide_all(policies, ASKED)
    for policy in policies:
        alone = decide(policy, ASKED)
        assert rank(both.level) <= rank(alone.level)
        if both.grant is not None:
            assert both.grant.columns <= alone.grant.columns
            assert both.grant.category <= alone.grant.category
            assert both.grant.step >= alone.grant.step


ALL = """
[[grant]]
to = ["south"]
purposes = ["crossings"]
tables = "all"
species = "all"
level = "crossing"
[[deny]]
to = ["south"]
"""


@pytest.mark.parametrize(
    ("denied", "asked"),
    [
        ("Panthera tigris", "Panthera tigris"),
        ("panthera tigris", "Panthera tigris"),
        ("Panthera tigris", "Panthera tigris altaica"),
        ("Panthera tigris", "PANTHERA  TIGRIS"),
        ("Uncia uncia", "Panthera uncia"),
        ("Panthera uncia", "Uncia uncia"),
        ("Panthera tigris", "Panthera sp."),
    ],
)
def test_a_denial_of_a_species_holds_however_it_is_spelt(denied, asked):
    policy = read_policy(HEAD + ALL + f'species = ["{denied}"]')
    assert decide(policy, replace(ASKED, species=asked)).reason == "denied"
    assert decide(policy, replace(ASKED, species="Panthera pardus")).level == "crossing"


def test_a_denial_of_a_derived_table_or_of_all_its_sources_holds():
    said = {
        denied: {
            table
            for table in ("encounters", "camera_days", "observations")
            if decide(read_policy(HEAD + ALL + f"tables = {denied}"), replace(ASKED, table=table)).reason == "denied"
        }
        for denied in ('["encounters"]', '["observations"]', '["observations", "positions", "deployments"]')
    }
    assert list(said.values()) == [
        {"encounters"},
        {"observations"},
        {"observations", "encounters", "camera_days"},
    ]


def test_a_grant_of_observations_is_one_of_encounters():
    assert decide(read_policy(HEAD + GRANT), replace(ASKED, table="encounters")).level == "crossing"
    assert decide(read_policy(HEAD + GRANT), replace(ASKED, table="samples")).reason == "otherTable"


def test_a_rule_of_one_species_says_nothing_of_sites():
    policy = read_policy(HEAD + GRANT.replace('["observations", "deployments"]', '"all"'))
    assert decide(policy, replace(ASKED, table="sites")).reason == "otherSpecies"
    assert decide(policy, replace(ASKED, table="deployments")).level == "crossing"
    denied = read_policy(HEAD + ALL + 'species = ["Panthera tigris"]')
    assert decide(denied, replace(ASKED, table="sites", species="Panthera pardus")).reason == "denied"


def test_denied_classes_are_told():
    policy = read_policy(HEAD + ALL + 'level = "full"\ncolumns = ["person"]')
    assert decide(policy, ASKED).grant.denied == {"person"}
    lines = explained(policy, explain(policy, "south", ASKED.on), "south", Words("en"))
    assert any("Never, at any level: person." in line for line in lines)
