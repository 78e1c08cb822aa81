"""What happened to this animal?"""

from datetime import timedelta

import polars as pl
import pytest
from tests.individuals.test_register_events import DAY, FOUR, agreed, event, events, link

from tumen.errors import MisuseError
from tumen.individuals.register_history import HISTORY, history
from tumen.tables.individuals import LINKS

STORY = [
    *agreed(1, "n/1", "s/1"),
    *agreed(2, "n/2", "s/2"),
    event(3, "undo", aboutEventID="e1", eventID="u"),
    event(4, "undo", "n/2", aboutEventID="u", role="observer", observer="Stranger"),
    event(5, "undo", "n/2", aboutEventID="u", eventID="v"),
    event(6, "rename", "s/1", jointName="Denekli"),
]


def test_the_story_of_an_animal_holds_what_was_undone_and_who_it_was_after_each_event():
    told = history(FOUR, LINKS.empty(), events(*STORY), ("n", "1"))
    assert told.schema == pl.Schema(HISTORY)
    assert told.select("eventID", "effect", "undoneBy", "jointID").rows() == [
        ("e1a", "read", None, "n/1"),
        ("e1b", "read", None, "n/1"),
        ("e1", "read", None, "n/1"),
        ("u", "undone", "v", "n/1"),
        ("e4", "withoutEffect", None, "n/1"),
        ("v", "read", None, "n/1"),
        ("e6", "read", None, "Denekli"),
    ]
    assert told["names"].to_list() == ["n/1", "n/1", "n/1 = s/1", "n/1", "n/1", "n/1 = s/1", "n/1 = s/1"]
    assert told["row"].to_list() == [2, 3, 4, 8, 9, 10, 11]


def test_the_story_up_to_a_day():
    told = history(FOUR, LINKS.empty(), events(*STORY), ("s", "1"), DAY + timedelta(days=3))
    assert told.select("eventID", "effect", "jointID").rows()[2:] == [("e1", "undone", "n/1"), ("u", "read", "s/1")]


def test_links_and_the_splits_of_their_names_are_told():
    said = events(event(4, "split", "n/1", members="s/1 | s/2"))
    told = history(FOUR, link("s/1", "n/1", "same", 1), said, ("s", "1"))
    assert told.select("table", "row", "kind", "names").rows() == [
        ("links", 2, "same", "n/1 = s/1"),
        ("register_events", 2, "split", "s/1"),
    ]
    undated = history(FOUR, link("s/1", "n/1", "same", None), events(), ("s", "1"))
    assert undated.select("decidedAt", "names").rows() == [(None, "n/1 = s/1")]


def test_an_animal_of_which_nothing_is_told_and_one_nobody_knows():
    assert history(FOUR, LINKS.empty(), events(*STORY[:3]), ("n", "2")).is_empty()
    with pytest.raises(MisuseError, match="an animal some package contains"):
        history(FOUR, LINKS.empty(), events(), ("n", "9"))
