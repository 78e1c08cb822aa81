"""What do the register's events add up to, on any date?"""

import json
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import codes

from tumen.errors import ColumnError
from tumen.individuals.register import KNOWN
from tumen.individuals.register_events import after_death, crosswalk_at, standing
from tumen.individuals.register_fold import Rules
from tumen.individuals.register_reading import incomplete
from tumen.tables.catalogue import CATALOGUE
from tumen.tables.individuals import LINKS, REGISTER_EVENTS

DAY = datetime(2015, 9, 1, tzinfo=UTC)
ALONE = Rules(observers=0, blind=False)
NOBODY = Rules(observers=2, blind=True, adjudicator=False)


def known(*names: str, species: str = "Panthera tigris", **sex: str) -> pl.DataFrame:
    """Names as "party/local"; sexes as local="male"."""
    rows = [(*name.split("/"), species, sex.get(name.split("/")[1])) for name in names]
    return pl.DataFrame(rows, schema=KNOWN, orient="row")


def table(declared: Any, rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([{c: row.get(c) for c in declared.dtypes} for row in rows], schema=declared.dtypes)


def event(number: int, kind: str, one: str = "n/1", other: str | None = None, **more: Any) -> dict[str, Any]:
    """An event on day `number`, called e`number`: of an adjudicator where one is needed, else of a blind observer."""
    decides = kind in ("link", "merge", "split", "undo")
    party, local = one.split("/")
    pair = dict(zip(("otherParty", "otherIndividualID"), other.split("/"), strict=True)) if other else {}
    return {
        "eventID": f"e{number}",
        "kind": kind,
        "party": party,
        "individualID": local,
        **pair,
        "observer": "Chair" if decides else f"Observer {number}",
        "role": "adjudicator" if decides else "observer",
        "blind": not decides,
        "evidence": "left flank",
        "decidedAt": DAY + timedelta(days=number),
        **more,
    }


def events(*rows: dict[str, Any]) -> pl.DataFrame:
    return table(REGISTER_EVENTS, list(rows))


def agreed(number: int, one: str, other: str) -> list[dict[str, Any]]:
    """Two observers agree on day `number`, then an adjudicator links."""
    return [
        event(number, "agree", one, other, eventID=f"e{number}a", observer="A"),
        event(number, "agree", one, other, eventID=f"e{number}b", observer="B"),
        event(number, "link", one, other, decidedAt=DAY + timedelta(days=number, hours=1)),
    ]


def link(one: str, other: str, verdict: str, day: int | None) -> pl.DataFrame:
    names = ("party", "individualID", "otherParty", "otherIndividualID")
    row = dict(zip(names, (*one.split("/"), *other.split("/")), strict=True))
    when = None if day is None else DAY + timedelta(days=day)
    return table(LINKS, [{**row, "linkID": "l", "verdict": verdict, "decidedAt": when}])


def joint(names: pl.DataFrame, said: pl.DataFrame, *, at: int | None = None, **more: Any) -> dict[str, str]:
    when = None if at is None else DAY + timedelta(days=at)
    links = more.pop("links", LINKS.empty())
    walk = crosswalk_at(names, links, said, when, more.get("rules"))
    for code, arguments in walk.findings.select("code", "arguments").rows():
        entry, parts = CATALOGUE[code], {"value": "x", **json.loads(arguments)}
        assert entry.message.format(**parts) and entry.cure.format(**parts)
    return {f"{p}/{i}": j for p, i, j in walk.table.select("party", "individualID", "jointID").rows()}


def state(said: pl.DataFrame, rules: Rules | None = None, names: pl.DataFrame | None = None) -> list[tuple[Any, ...]]:
    held = standing(known("n/1", "s/1") if names is None else names, said, rules=rules)
    return held.table.select("state", "verdict", "agreed", "disagreed").rows()


def found(names: pl.DataFrame, said: pl.DataFrame, rules: Rules | None = None) -> list[tuple[Any, ...]]:
    walk = crosswalk_at(names, LINKS.empty(), said, None, rules)
    return walk.findings.select("code", "table", "row", "column", "value").rows()


TWO = known("n/1", "s/1")


def test_a_link_stands_when_two_observers_agreed_blind_and_an_adjudicator_linked():
    steps = [event(1, "propose", "n/1", "s/1", role="program"), *agreed(2, "n/1", "s/1")]
    states = [state(events(*steps[:k])) for k in range(5)]
    assert [rows[0][:2] if rows else () for rows in states] == [
        (),
        ("proposed", None),
        ("awaitingSecondObserver", None),
        ("awaitingAdjudicator", None),
        ("standing", "same"),
    ]
    assert states[4][0][2:] == ("A, B", "")
    assert joint(TWO, events(*steps)) == {"n/1": "n/1", "s/1": "n/1"}
    assert joint(TWO, events(*steps[:3])) == {"n/1": "n/1", "s/1": "s/1"}


def test_a_pair_is_one_pair_whichever_way_it_is_written():
    assert state(
        events(event(1, "agree", "n/1", "s/1"), event(2, "agree", "s/1", "n/1"), event(3, "link", "n/1", "s/1"))
    )[0][:2] == ("standing", "same")


def test_a_link_rests_on_the_judgements_before_it():
    early = [event(1, "agree", "n/1", "s/1"), event(2, "link", "n/1", "s/1"), event(3, "agree", "n/1", "s/1")]
    assert state(events(*early[:2]))[0][:2] == ("awaitingSecondObserver", None)
    assert state(events(*early))[0] == ("awaitingAdjudicator", None, "Observer 1, Observer 3", "")
    assert joint(TWO, events(*early))["s/1"] == "s/1"
    assert found(TWO, events(*early)) == [
        ("register-voted-after-link", "register_events", 4, "decidedAt", "n/1, s/1"),
    ]
    again = events(*early, event(4, "link", "n/1", "s/1"))
    held = standing(TWO, again).table
    assert held.select("state", "row", "since").row(0) == ("standing", 5, DAY + timedelta(days=4))
    assert codes(standing(TWO, again).findings) == ["register-voted-after-link"]


def test_a_judgement_recorded_after_the_link_does_not_support_it_however_old_it_is_said_to_be():
    said = agreed(1, "n/1", "s/1")
    said[1]["recordedAt"] = DAY + timedelta(days=2)
    assert state(events(*said))[0][:2] == ("awaitingAdjudicator", None)
    assert found(TWO, events(*said)) == [("register-voted-after-link", "register_events", 3, "decidedAt", "n/1, s/1")]
    assert state(events(*said, event(3, "link", "n/1", "s/1")))[0][:2] == ("standing", "same")


def test_who_withdraws_support_gives_it_back_only_to_another_link():
    said = [
        *agreed(1, "n/1", "s/1"),
        event(2, "disagree", "n/1", "s/1", observer="A"),
        event(3, "agree", "n/1", "s/1", observer="A"),
    ]
    states = [state(events(*said[:k]))[0][0] for k in (3, 4, 5)]
    assert states == ["standing", "awaitingSecondObserver", "awaitingAdjudicator"]
    # Agreeing once more, now with the others' judgements in sight, withdraws nothing.
    more = events(*said[:3], event(2, "agree", "n/1", "s/1", observer="A", blind=False))
    assert state(more)[0][0] == "standing"


def test_one_observer_under_several_spellings_counts_once():
    one, other = (event(k, "agree", "n/1", "s/1", observer=who) for k, who in ((1, "O. Kim"), (2, " o.  kim ")))
    wide = event(3, "agree", "n/1", "s/1", observer="Ｏ. Kim\u200b")
    said = events(one, other, wide, event(4, "link", "n/1", "s/1"))
    assert state(said)[0] == ("awaitingSecondObserver", None, "Ｏ. Kim\u200b", "")
    spelt = standing(TWO, said).findings.filter(code="register-observer-spellings")
    assert spelt.select("row", "column", "value", "arguments").rows() == [
        (3, "observer", " o.  kim ", '{"other": "O. Kim"}'),
        (4, "observer", "Ｏ. Kim\u200b", '{"other": "O. Kim"}'),
    ]
    chair = events(one, event(2, "agree", "n/1", "s/1"), event(4, "link", "n/1", "s/1", observer="O. KIM"))
    assert state(chair)[0][0] == "awaitingSecondObserver"
    assert "register-adjudicator-observed" in codes(standing(TWO, chair).findings)
    own = event(5, "undo", aboutEventID="e1", role="observer", observer="o. kim")
    assert state(events(one, event(2, "propose", "n/1", "s/1"), own))[0][0] == "proposed"
    assert not standing(TWO, events(one, event(2, "agree", "n/1", "s/1"))).findings.height


@pytest.mark.parametrize("blank", ["", "  ", "\u3000", "\u200b"])
def test_a_blank_name_is_nobody(blank):
    said = events(event(1, "agree", "n/1", "s/1", observer=blank))
    assert incomplete(said).select("code", "row", "column").rows() == [("register-event-incomplete", 2, "observer")]
    assert standing(TWO, said).table.is_empty()


def test_what_is_not_blind_or_a_program_or_the_adjudicator_does_not_count():
    first, last = event(1, "agree", "n/1", "s/1"), event(3, "link", "n/1", "s/1")
    seeing = events(first, event(2, "agree", "n/1", "s/1", blind=False), last)
    program = events(first, event(2, "agree", "n/1", "s/1", role="program"), last)
    chair = events(first, event(2, "agree", "n/1", "s/1", observer="Chair"), last)
    assert [state(said)[0][0] for said in (seeing, program, chair)] == ["awaitingSecondObserver"] * 3
    assert found(TWO, seeing) == [("register-not-blind", "register_events", 3, "blind", "n/1, s/1")]
    assert found(TWO, program) == [("register-program-vote", "register_events", 3, "role", "n/1, s/1")]
    assert found(TWO, chair) == [("register-adjudicator-observed", "register_events", 4, "observer", "n/1, s/1")]
    assert state(seeing, Rules(blind=False))[0][0] == "standing"
    assert joint(TWO, chair)


def test_an_observer_who_judges_twice_counts_once_by_the_latest():
    said = events(
        event(1, "agree", "n/1", "s/1", observer="A"),
        event(2, "agree", "n/1", "s/1", observer="B"),
        event(3, "disagree", "n/1", "s/1", observer="A"),
    )
    assert state(said)[0] == ("disputed", None, "B", "A")
    assert found(TWO, said) == [("register-voted-twice", "register_events", 4, "observer", "n/1, s/1")]


def test_only_an_adjudicator_decides():
    said = events(*agreed(1, "n/1", "s/1")[:2], event(2, "link", "n/1", "s/1", role="observer"))
    assert state(said)[0][0] == "awaitingAdjudicator"
    assert found(TWO, said) == [("register-needs-adjudicator", "register_events", 4, "role", "n/1")]
    different = events(*agreed(1, "n/1", "s/1"), event(3, "disagree", "n/1", "s/1", role="adjudicator"))
    assert state(different)[0][:2] == ("different", "different")
    assert found(TWO, different)[0][0] == "register-adjudicators-disagree"
    assert joint(TWO, different) == {"n/1": "n/1", "s/1": "s/1"}
    same_chair = events(
        *agreed(1, "n/1", "s/1"), event(3, "disagree", "n/1", "s/1", role="adjudicator", observer="Chair")
    )
    assert found(TWO, same_chair) == []


def test_two_decisions_at_one_instant_that_disagree_leave_the_pair_undecided():
    said = events(
        event(1, "link", "n/1", "s/1"),
        event(1, "disagree", "n/1", "s/1", eventID="e9", role="adjudicator", observer="Other"),
    )
    assert state(said, ALONE)[0][:2] == ("disputed", "undecided")
    assert joint(TWO, said, rules=ALONE)["s/1"] == "s/1"


def test_without_an_adjudicator_agreement_suffices_while_nobody_disagrees():
    two = agreed(1, "n/1", "s/1")[:2]
    assert state(events(*two), NOBODY)[0][:2] == ("standing", "same")
    assert state(events(two[0]), NOBODY)[0][:2] == ("awaitingSecondObserver", None)
    assert state(events(*two, event(2, "disagree", "n/1", "s/1")), NOBODY)[0][:2] == ("disputed", None)
    against = [event(k, "disagree", "n/1", "s/1") for k in (1, 2)]
    assert state(events(*against), NOBODY)[0][:2] == ("different", "different")
    apart = events(*two, event(2, "split", "n/1", members="s/1"))
    assert state(apart, NOBODY)[0][:2] == ("split", "different")
    again = events(*two, event(2, "split", "n/1", members="s/1"), event(3, "agree", "n/1", "s/1"))
    assert state(again, NOBODY)[0][:2] == ("awaitingSecondObserver", "different")
    joined = events(*two, event(2, "split", "n/1", members="s/1"), *(event(k, "agree", "n/1", "s/1") for k in (3, 4)))
    assert state(joined, NOBODY)[0][:2] == ("standing", "same")


def test_an_undo_cancels_and_an_undo_of_the_undo_restores():
    said = agreed(1, "n/1", "s/1")
    undo = event(2, "undo", aboutEventID="e1")
    assert state(events(*said, undo))[0] == ("undone", None, "A, B", "")
    assert joint(TWO, events(*said, undo)) == {"n/1": "n/1", "s/1": "s/1"}
    assert state(events(*said, undo, event(3, "undo", aboutEventID="e2")))[0][0] == "standing"
    alone = standing(TWO, events(event(1, "link", "n/1", "s/1"), undo))
    assert alone.table.select("state", "row").rows() == [("undone", None)]
    assert alone.findings.is_empty()


def test_undos_that_have_no_effect_are_found():
    said = agreed(1, "n/1", "s/1")
    unknown = events(*said, event(2, "undo", aboutEventID="e77"))
    earlier = events(*said, event(0, "undo", aboutEventID="e1"))
    stranger = events(*said, event(2, "undo", aboutEventID="e1", role="observer", observer="D"))
    assert found(TWO, unknown) == [("register-undo-unknown", "register_events", 5, "aboutEventID", "e77")]
    assert found(TWO, earlier) == [("register-undo-earlier", "register_events", 5, "decidedAt", "e1")]
    assert found(TWO, stranger) == [("register-undo-not-entitled", "register_events", 5, "observer", "e1")]
    assert [joint(TWO, e)["s/1"] for e in (unknown, earlier, stranger)] == ["n/1"] * 3
    own = events(*said, event(2, "undo", aboutEventID="e1a", role="observer", observer="A"))
    assert state(own)[0] == ("awaitingSecondObserver", None, "B", "")


FOUR = known("n/1", "n/2", "s/1", "s/2")


def test_a_split_brings_both_former_histories_back():
    before = [*agreed(1, "n/1", "s/1"), *agreed(2, "n/2", "s/2")]
    merged = [*before, *agreed(3, "n/1", "n/2")]
    apart = [*merged, event(4, "split", "n/1", members="n/2|s/2")]
    assert set(joint(FOUR, events(*merged)).values()) == {"n/1"}
    assert joint(FOUR, events(*apart)) == joint(FOUR, events(*before))
    held = standing(FOUR, events(*apart)).table
    assert held.filter(pl.col("state") == "split").select("individualID", "otherIndividualID", "verdict").rows() == [
        ("1", "2", "different")
    ]
    again = [*apart, *agreed(5, "n/2", "n/1")]
    assert set(joint(FOUR, events(*again)).values()) == {"n/1"}


def test_after_a_split_or_a_decision_that_they_are_two_only_later_judgements_count():
    apart = [*agreed(1, "n/1", "s/1"), event(2, "split", "n/1", members="s/1")]
    two = [*agreed(1, "n/1", "s/1"), event(2, "disagree", "n/1", "s/1", role="adjudicator", observer="Chair")]
    for before in (apart, two):
        linked = [*before, event(3, "link", "n/1", "s/1")]
        assert state(events(*linked))[0][:2] == ("awaitingSecondObserver", "different")
        # Neither does the older table join them while the link waits.
        assert joint(TWO, events(*linked), links=link("n/1", "s/1", "same", 0))["s/1"] == "s/1"
        judged = [*linked, *(event(4, "agree", "n/1", "s/1", observer=who, eventID=who) for who in "AB")]
        assert state(events(*judged))[0][:2] == ("awaitingAdjudicator", "different")
        assert state(events(*judged, event(5, "link", "n/1", "s/1")))[0][:2] == ("standing", "same")
        assert "register-voted-twice" not in codes(standing(TWO, events(*judged)).findings)


def test_a_split_also_ends_the_round_of_pairs_across_it_that_did_not_stand():
    across = [event(1, "agree", "n/1", "s/2", eventID=who, observer=who) for who in "AB"]
    said = [*across, *agreed(2, "n/1", "n/2"), *agreed(3, "n/2", "s/2"), event(4, "split", "n/1", members="s/2")]
    linked = events(*said, event(5, "link", "n/1", "s/2"))
    assert joint(FOUR, linked)["s/2"] == "s/2"
    assert joint(FOUR, events(*said[:-1], event(5, "link", "n/1", "s/2")))["s/2"] == "n/1"


def test_a_link_that_waits_does_not_override_the_table_links():
    said = events(*agreed(1, "n/1", "s/1"), event(2, "split", "n/1", members="s/1"), event(4, "link", "n/1", "s/1"))
    assert joint(TWO, said, links=link("n/1", "s/1", "same", 3))["s/1"] == "n/1"


def test_an_undo_in_the_same_second_counts_where_it_stands_behind_its_target():
    said = [*agreed(1, "n/1", "s/1"), event(1, "undo", eventID="u", aboutEventID="e1")]
    said[3]["decidedAt"] = said[2]["decidedAt"]
    assert joint(TWO, events(*said))["s/1"] == "s/1"
    assert found(TWO, events(*said)) == []
    before = events(*said[:2], said[3], said[2])
    assert found(TWO, before) == [("register-undo-earlier", "register_events", 4, "decidedAt", "e1")]
    # What the program recorded decides: neither the order of rows nor a clock that was wrong.
    clock = DAY + timedelta(days=2)
    said[2]["recordedAt"], said[3]["recordedAt"] = clock, clock + timedelta(seconds=1)
    said[3]["decidedAt"] = DAY
    assert joint(TWO, events(*said[:2], said[3], said[2]))["s/1"] == "s/1"


def test_at_one_instant_the_later_row_of_one_adjudicator_holds():
    link_it = event(1, "link", "n/1", "s/1")
    not_it = event(1, "disagree", "n/1", "s/1", eventID="e9", role="adjudicator", observer="Chair")
    assert state(events(link_it, not_it), ALONE)[0][:2] == ("different", "different")
    assert state(events(not_it, link_it), ALONE)[0][:2] == ("standing", "same")
    other = {**not_it, "observer": "Other", "recordedAt": DAY + timedelta(days=3)}
    assert state(events(other, link_it), ALONE)[0][:2] == ("different", "different")


def test_events_recorded_long_after_they_were_decided_or_before_are_found():
    def recorded(days: float) -> dict[str, Any]:
        return event(1, "agree", "n/1", "s/1", recordedAt=DAY + timedelta(days=1 + days))

    assert found(TWO, events(recorded(0))) == found(TWO, events(recorded(30))) == []
    late = standing(TWO, events(recorded(31.5))).findings
    assert late.select("code", "row", "column", "value", "arguments").rows() == [
        ("register-recorded-late", 2, "recordedAt", "e1", '{"days": "31", "decided": "2015-09-02T00:00:00Z"}')
    ]
    future = standing(TWO, events(recorded(-1))).findings
    assert future.select("code", "row", "column", "value", "arguments").rows() == [
        (
            "register-decided-later",
            2,
            "decidedAt",
            "e1",
            '{"decided": "2015-09-02T00:00:00Z", "recorded": "2015-09-01T00:00:00Z"}',
        )
    ]
    assert joint(TWO, events(recorded(31.5)))


def test_one_event_in_two_registers_is_one_known_since_the_first_recorded_it():
    said = agreed(1, "n/1", "s/1")
    first = [{**row, "recordedAt": DAY + timedelta(days=2)} for row in said]
    second = [{**row, "recordedAt": DAY + timedelta(days=5)} for row in said]
    assert [joint(TWO, events(*second, *first), at=day)["s/1"] for day in (1, 2)] == ["s/1", "n/1"]
    assert found(TWO, events(*second, *first)) == []


def test_a_split_also_takes_apart_what_the_table_links_joined():
    names, said = known("n/1", "s/1"), events(event(4, "split", "n/1", members="s/1"))
    assert joint(names, events(), links=link("n/1", "s/1", "same", 1)) == {"n/1": "n/1", "s/1": "n/1"}
    assert joint(names, said, links=link("n/1", "s/1", "same", 1)) == {"n/1": "n/1", "s/1": "s/1"}
    assert joint(names, said, links=link("n/1", "s/1", "same", 5)) == {"n/1": "n/1", "s/1": "n/1"}
    assert joint(names, said, links=link("n/1", "s/1", "same", 1), at=3)["s/1"] == "n/1"


def test_a_split_of_names_that_are_not_together_is_found_and_does_nothing_to_them():
    said = events(*agreed(1, "n/1", "s/1"), *agreed(2, "n/2", "s/2"), event(3, "split", "n/1", members="s/2|s/9|s/1"))
    assert found(FOUR, said) == [
        ("register-split-not-member", "register_events", 8, "members", "s/2"),
        ("register-unknown-individual", "register_events", 8, "members", "s/9"),
    ]
    assert joint(FOUR, said) == {"n/1": "n/1", "n/2": "n/2", "s/1": "s/1", "s/2": "n/2"}


def test_the_later_of_register_and_links_holds():
    linked = events(event(2, "link", "n/1", "s/1"))
    assert joint(TWO, linked, links=link("n/1", "s/1", "different", 1), rules=ALONE)["s/1"] == "n/1"
    assert joint(TWO, linked, links=link("n/1", "s/1", "different", 3), rules=ALONE)["s/1"] == "s/1"
    # What waits for others changes nothing.
    assert joint(TWO, linked, links=link("n/1", "s/1", "same", None))["s/1"] == "n/1"


def test_a_rename_names_the_joint_animal_from_then_on():
    said = events(*agreed(1, "n/1", "s/1"), event(3, "rename", "s/1", jointName="Denekli"))
    assert joint(TWO, said, at=2) == {"n/1": "n/1", "s/1": "n/1"}
    assert joint(TWO, said) == {"n/1": "Denekli", "s/1": "Denekli"}
    walk = crosswalk_at(TWO, LINKS.empty(), said)
    assert walk.table["names"].to_list() == ["n/1 = s/1"] * 2


def test_a_joint_name_belongs_to_one_animal():
    said = events(event(1, "rename", "n/1", jointName="Leo"), event(2, "rename", "s/1", jointName="Leo"))
    assert joint(TWO, said) == {"n/1": "Leo", "s/1": "s/1"}
    assert found(TWO, said) == [("register-name-taken", "register_events", 3, "jointName", "Leo")]
    local = events(event(1, "rename", "n/1", jointName="s/1"))
    assert joint(TWO, local) == {"n/1": "n/1", "s/1": "s/1"}
    both = events(
        event(1, "rename", "n/1", jointName="Leo"), event(2, "rename", "s/1", jointName="Ada"), *agreed(3, "n/1", "s/1")
    )
    assert joint(TWO, both) == {"n/1": "Ada", "s/1": "Ada"}
    assert found(TWO, both) == [("register-two-names", "register_events", 3, "jointName", "Ada")]


def test_what_cannot_be_read_has_no_effect_and_is_found():
    twice = events(event(1, "link", "n/1", "s/1"), event(1, "disagree", "n/1", "s/1"))
    assert codes(standing(TWO, twice, rules=ALONE).findings) == ["register-event-ambiguous"] * 2
    assert standing(TWO, twice, rules=ALONE).table.is_empty()
    copied = events(event(1, "link", "n/1", "s/1"), event(1, "link", "n/1", "s/1"))
    assert joint(TWO, copied, rules=ALONE)["s/1"] == "n/1"
    undated = events(event(1, "link", "n/1", "s/1", decidedAt=None))
    assert found(TWO, undated, ALONE) == [("register-event-without-instant", "register_events", 2, "decidedAt", "e1")]
    stranger = events(event(1, "link", "n/1", "s/9"), event(2, "die", "x/1"))
    assert found(TWO, stranger, ALONE) == [
        ("register-unknown-individual", "register_events", 2, "otherIndividualID", "s/9"),
        ("register-unknown-individual", "register_events", 3, "individualID", "x/1"),
    ]


def test_incomplete_and_circular_events_have_no_effect_and_are_found():
    said = events(
        event(1, "link", "n/1"),
        event(2, "undo"),
        event(3, "split"),
        event(4, "rename"),
        event(5, "merge", "n/1", "n/1"),
        event(6, "link", "n/1", "s/1"),
        event(7, "disagree", "n/1", "s/1", role="adjudicator", observer=None),
    )
    assert incomplete(said).select("code", "row", "column").rows() == [
        ("register-event-incomplete", 2, "otherIndividualID"),
        ("register-event-incomplete", 2, "otherParty"),
        ("register-event-incomplete", 3, "aboutEventID"),
        ("register-event-incomplete", 4, "members"),
        ("register-event-incomplete", 5, "jointName"),
        ("register-event-circular", 6, "otherIndividualID"),
        ("register-event-incomplete", 8, "observer"),
    ]
    assert joint(TWO, said, rules=ALONE) == {"n/1": "n/1", "s/1": "n/1"}
    assert incomplete(events(event(6, "link", "n/1", "s/1"), event(7, "die", deathDate=date(2016, 1, 1)))).is_empty()


def test_links_between_species_and_sexes_and_contradictions_are_found_in_the_events():
    species = pl.concat([known("n/1"), known("s/1", species="Panthera pardus")])
    said = events(event(1, "link", "n/1", "s/1"))
    assert found(species, said, ALONE) == [("link-between-species", "register_events", 2, "individualID", "n/1, s/1")]
    sexes = known("n/x", "s/y", x="female", y="male")
    assert found(sexes, events(event(1, "link", "n/x", "s/y")), ALONE) == [
        ("link-between-sexes", "register_events", 2, "individualID", "n/x, s/y")
    ]
    chain = events(
        event(1, "link", "a/1", "b/1"),
        event(2, "disagree", "c/1", "a/1", role="adjudicator"),
        event(3, "link", "b/1", "c/1"),
    )
    assert found(known("a/1", "b/1", "c/1"), chain, ALONE) == [
        ("link-contradiction", "register_events", 3, "verdict", "a/1, c/1")
    ]


def test_parties_that_disagree_stay_visible():
    said = events(
        event(1, "agree", "n/1", "s/1", observer="A", observerParty="n"),
        event(2, "disagree", "n/1", "s/1", observer="B", observerParty="s"),
    )
    assert state(said)[0] == ("disputed", None, "A (n)", "B (s)")
    walk = crosswalk_at(TWO, LINKS.empty(), said)
    assert walk.findings.select("code", "row", "arguments").rows() == [
        ("register-parties-disagree", 3, '{"different": "s", "same": "n"}')
    ]


def test_the_dead_are_not_seen():
    said = events(*agreed(1, "n/1", "s/1"), event(2, "die", "n/1", deathDate=date(2015, 2, 11)))
    walk = crosswalk_at(TWO, LINKS.empty(), said)
    seen = pl.DataFrame(
        {"party": ["s", "s"], "individualID": ["1", "1"], "eventStart": [datetime(2015, 2, 12, 11, tzinfo=UTC)] * 2}
    )
    later = seen.with_columns(pl.col("eventStart") + timedelta(hours=2))
    assert after_death(seen, walk.standing.deaths, walk.table).is_empty()
    assert after_death(later, walk.standing.deaths, walk.table).select("code", "row", "value", "arguments").rows() == [
        ("register-seen-after-death", 5, "n/1", '{"died": "2015-02-11", "seen": "2015-02-12T13:00:00Z"}')
    ]
    undated = crosswalk_at(TWO, LINKS.empty(), events(event(2, "die", "s/1")))
    assert after_death(later, undated.standing.deaths, undated.table).is_empty()
    two = events(
        *agreed(1, "n/1", "s/1"),
        *(event(k, "die", f"{p}/1", deathDate=date(2015, 2, k)) for k, p in ((2, "n"), (3, "s"))),
    )
    assert found(TWO, two) == [("register-two-deaths", "register_events", 6, "deathDate", "n/1")]


def test_no_events_and_a_missing_column():
    assert standing(TWO, events()).table.is_empty()
    assert joint(TWO, events()) == {"n/1": "n/1", "s/1": "s/1"}
    with pytest.raises(ColumnError, match="register_events needs column 'evidence'"):
        standing(TWO, events().drop("evidence"))


NAMES = ["a/1", "a/2", "b/1", "b/2", "c/1"]
ALL = known(*NAMES)
pairs = st.lists(st.sampled_from(NAMES), min_size=2, max_size=2, unique=True)
plain = st.tuples(
    st.sampled_from(["propose", "agree", "agree", "disagree", "link", "link", "merge", "split", "undo", "rename"]),
    pairs,
    st.sampled_from("ABC"),
    st.sampled_from(["observer", "adjudicator", "adjudicator"]),
    st.integers(0, 12),
    st.integers(0, 12),
)
said_events = st.lists(plain, max_size=12)


def told(said: list[Any]) -> list[dict[str, Any]]:
    return [
        event(
            day,
            kind,
            one,
            other,
            eventID=f"e{k}",
            observer=who,
            role=role,
            blind=True,
            aboutEventID=f"e{about}",
            members=other,
            jointName=f"J{about}",
        )
        for k, (kind, (one, other), who, role, day, about) in enumerate(said)
    ]


RULES = st.sampled_from([ALONE, Rules(), Rules(observers=1), NOBODY])


@settings(deadline=None, max_examples=30)
@given(said_events, st.randoms(use_true_random=False), RULES)
def test_the_order_of_rows_does_not_matter(said, random, rules):
    # At one instant the order in which the program recorded events decides.
    rows = [{**row, "recordedAt": row["decidedAt"] + timedelta(minutes=k)} for k, row in enumerate(told(said))]
    first = crosswalk_at(ALL, LINKS.empty(), events(*rows), None, rules)
    second = crosswalk_at(ALL, LINKS.empty(), events(*random.sample(rows, len(rows))), None, rules)
    assert first.table.equals(second.table)
    assert first.standing.table.drop("row").equals(second.standing.table.drop("row"))
    order = ["code", "value", "arguments"]
    assert first.findings.select(order).sort(order).equals(second.findings.select(order).sort(order))


@settings(deadline=None, max_examples=30)
@given(said_events, st.integers(0, 12), RULES)
def test_what_was_held_on_a_date_does_not_change_with_later_events(said, day, rules):
    rows = told(said)
    at = DAY + timedelta(days=day)
    then = crosswalk_at(ALL, LINKS.empty(), events(*(r for r in rows if r["decidedAt"] <= at)), None, rules)
    now = crosswalk_at(ALL, LINKS.empty(), events(*rows), at, rules)
    assert then.table.equals(now.table)
    assert then.standing.table.drop("row").equals(now.standing.table.drop("row"))


@settings(deadline=None, max_examples=40)
@given(said_events, said_events, st.integers(0, 12), RULES)
def test_what_is_recorded_later_changes_nothing_that_was_known_whenever_it_was_decided(said, more, day, rules):
    at = DAY + timedelta(days=day)
    held = [{**row, "recordedAt": at if k % 2 else None} for k, row in enumerate(told(said))]
    # The same identifiers, so that additions also clash with what is held, and cancel it.
    added = [{**row, "recordedAt": at + timedelta(seconds=1 + k)} for k, row in enumerate(told(more))]
    then = crosswalk_at(ALL, LINKS.empty(), events(*held), at, rules)
    now = crosswalk_at(ALL, LINKS.empty(), events(*held, *added), at, rules)
    assert then.table.equals(now.table)
    assert then.standing.table.equals(now.standing.table)
    assert then.findings.equals(now.findings)


@settings(deadline=None, max_examples=30)
@given(said_events, RULES, st.data())
def test_undoing_the_last_event_restores_what_was_before_it(said, rules, data):
    rows = [r for r in told(said) if r["kind"] != "undo"]
    if not rows:
        return
    last = data.draw(st.sampled_from(rows))
    others = [r for r in rows if r is not last]
    undo = event(20, "undo", aboutEventID=last["eventID"])
    before, after = events(*others), events(*rows, undo)
    assert joint(ALL, before, rules=rules) == joint(ALL, after, rules=rules)
    restored = events(*rows, undo, event(21, "undo", aboutEventID="e20"))
    assert joint(ALL, restored, rules=rules) == joint(ALL, events(*rows), rules=rules)


@settings(deadline=None, max_examples=40)
@given(said_events, pairs, RULES.filter(lambda rules: rules.adjudicator))
def test_a_split_after_a_merge_restores_the_earlier_crosswalk(said, pair, rules):
    rows = [r for r in told(said) if r["kind"] != "rename"]
    before = joint(ALL, events(*rows), rules=rules)
    one, other = pair
    if before[one] == before[other]:
        return
    merge = [event(20, "agree", one, other, eventID=f"m{who}", observer=who) for who in ("Y", "Z")]
    merged = [*rows, *merge, event(21, "merge", one, other)]
    group = [name for name, its in before.items() if its == before[other]]
    together = joint(ALL, events(*merged), rules=rules)
    assert together[one] == together[other]
    split = event(22, "split", one, members="|".join(group))
    assert joint(ALL, events(*merged, split), rules=rules) == before


@pytest.mark.slow
def test_a_hundred_thousand_events_are_read_in_two_seconds():
    count = 25_000
    names = known(*(f"{p}/{k}" for p in "ns" for k in range(count)))
    frame = pl.DataFrame({"k": range(count)}).with_columns(pl.col("k").cast(pl.String))
    kinds = [
        ("agree", "A", "observer"),
        ("agree", "B", "observer"),
        ("link", "C", "adjudicator"),
        ("rename", "C", None),
    ]
    said = pl.concat(
        frame.select(
            eventID=pl.concat_str(pl.lit(f"e{number}-"), "k"),
            kind=pl.lit(kind),
            party=pl.lit("n"),
            individualID="k",
            otherParty=pl.lit("s"),
            otherIndividualID="k",
            jointName=pl.concat_str(pl.lit("J"), "k"),
            observer=pl.lit(who),
            role=pl.lit(role, dtype=pl.String),
            blind=pl.lit(True),
            evidence=pl.lit("both flanks"),
            decidedAt=pl.lit(DAY + timedelta(days=number)).dt.cast_time_unit("us"),
        )
        for number, (kind, who, role) in enumerate(kinds)
    )
    whole = pl.concat([REGISTER_EVENTS.empty(), said], how="diagonal").select(*REGISTER_EVENTS.dtypes)
    start = time.process_time()
    walk = crosswalk_at(names, LINKS.empty(), whole)
    assert time.process_time() - start < 4  # Two seconds on a quiet machine.
    assert walk.table["jointID"].n_unique() == count
    assert walk.findings.is_empty()
