"""Which local names mean the same animal?"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import codes

from tumen.errors import ColumnError
from tumen.individuals.register import KNOWN, crosswalk, identify
from tumen.tables.individuals import LINKS

DAY = datetime(2015, 9, 15, tzinfo=UTC)


def known(*names: str, species: str | None = "Panthera tigris", **sex: str) -> pl.DataFrame:
    """Names as "party/local"; sexes as local="male"."""
    rows = [(*name.split("/"), species, sex.get(name.split("/")[1])) for name in names]
    return pl.DataFrame(rows, schema=KNOWN, orient="row")


def links(*events: tuple[str, str, str, int | None]) -> pl.DataFrame:
    """Events as (one name, other name, verdict, day)."""
    rows = [
        dict(
            zip(
                ("party", "individualID", "otherParty", "otherIndividualID"),
                (*a.split("/"), *b.split("/")),
                strict=True,
            ),
            linkID=f"l{k}",
            verdict=verdict,
            decidedAt=None if day is None else DAY + timedelta(days=day),
        )
        for k, (a, b, verdict, day) in enumerate(events)
    ]
    return (
        pl.DataFrame(rows, schema_overrides=LINKS.dtypes).select(
            *(pl.col(c) if rows and c in rows[0] else pl.lit(None, dtype=t).alias(c) for c, t in LINKS.dtypes.items())
        )
        if rows
        else LINKS.empty()
    )


def joint(names: pl.DataFrame, events: pl.DataFrame) -> dict[str, str]:
    table = crosswalk(names, events).table
    return {f"{party}/{local}": name for party, local, name in table.select("party", "individualID", "jointID").rows()}


def test_without_links_everyone_is_itself():
    assert joint(known("n/1", "s/1"), links()) == {"n/1": "n/1", "s/1": "s/1"}


def test_the_smallest_name_names_the_joint_identity():
    walk = crosswalk(known("s/22", "n/T7", "n/T8"), links(("s/22", "n/T7", "same", 0)))
    assert walk.table.rows() == [
        ("n", "T7", "n/T7", "n/T7 = s/22"),
        ("n", "T8", "n/T8", "n/T8"),
        ("s", "22", "n/T7", "n/T7 = s/22"),
    ]
    assert walk.findings.is_empty()


def test_links_join_through():
    assert set(
        joint(known("a/1", "b/1", "c/1"), links(("a/1", "b/1", "same", 0), ("c/1", "b/1", "same", 1))).values()
    ) == {"a/1"}


def test_the_latest_event_on_a_pair_holds_whichever_way_it_is_written():
    events = links(("n/1", "s/1", "same", 1), ("s/1", "n/1", "different", 2), ("n/1", "s/1", "same", 0))
    assert joint(known("n/1", "s/1"), events) == {"n/1": "n/1", "s/1": "s/1"}


def test_undecided_does_not_join():
    assert joint(known("n/1", "s/1"), links(("n/1", "s/1", "undecided", 0)))["s/1"] == "s/1"


def test_an_event_without_an_instant_counts_as_the_earliest():
    names = known("n/1", "s/1")
    assert joint(names, links(("n/1", "s/1", "same", None)))["s/1"] == "n/1"
    assert joint(names, links(("n/1", "s/1", "same", None), ("n/1", "s/1", "different", 0)))["s/1"] == "s/1"


def test_two_events_at_one_instant_that_disagree_leave_the_pair_undecided():
    walk = crosswalk(known("n/1", "s/1"), links(("n/1", "s/1", "same", 0), ("s/1", "n/1", "different", 0)))
    assert walk.table["jointID"].to_list() == ["n/1", "s/1"]
    assert walk.findings.select("code", "row", "column", "value").rows() == [
        ("link-same-time", 2, "decidedAt", "n/1, s/1")
    ]
    agree = crosswalk(known("n/1", "s/1"), links(("n/1", "s/1", "same", 0), ("s/1", "n/1", "same", 0)))
    assert agree.findings.is_empty()


def test_a_link_to_an_unknown_name_is_not_used():
    walk = crosswalk(known("a/1", "c/1"), links(("a/1", "b/9", "same", 0), ("b/9", "c/1", "same", 0)))
    assert walk.table["jointID"].to_list() == ["a/1", "c/1"]
    assert walk.findings.select("code", "row", "column", "value").rows() == [
        ("link-unknown-individual", 2, "otherIndividualID", "b/9"),
        ("link-unknown-individual", 3, "individualID", "b/9"),
    ]


def test_a_pair_judged_different_and_joined_through_others_is_found():
    events = links(("a/1", "b/1", "same", 0), ("b/1", "c/1", "same", 0), ("c/1", "a/1", "different", 0))
    walk = crosswalk(known("a/1", "b/1", "c/1"), events)
    assert walk.table["jointID"].to_list() == ["a/1"] * 3
    assert walk.findings.select("code", "row", "value").rows() == [("link-contradiction", 4, "a/1, c/1")]


def test_a_link_between_species_is_not_used():
    names = pl.concat([known("n/1"), known("s/1", species="Panthera pardus")])
    walk = crosswalk(names, links(("s/1", "n/1", "same", 0)))
    assert walk.table["jointID"].to_list() == ["n/1", "s/1"]
    assert walk.findings.select("code", "row", "value", "arguments").rows() == [
        ("link-between-species", 2, "n/1, s/1", '{"species": "Panthera pardus, Panthera tigris"}')
    ]


def test_two_species_do_not_meet_through_a_name_without_one():
    names = pl.concat([known("a/1"), known("b/1", species=None), known("c/1", species="Panthera pardus")])
    walk = crosswalk(names, links(("a/1", "b/1", "same", 0), ("b/1", "c/1", "same", 0)))
    assert walk.table["jointID"].to_list() == ["a/1", "b/1", "c/1"]
    assert codes(walk.findings) == ["link-between-species"] * 2


def test_a_female_joined_to_a_male_is_found_also_through_another():
    names = known("a/x", "b/y", "c/z", x="male", z="female")
    straight = crosswalk(names, links(("b/y", "a/x", "undecided", 0), ("a/x", "c/z", "same", 0)))
    through = crosswalk(names, links(("a/x", "b/y", "same", 0), ("b/y", "c/z", "same", 0)))
    assert straight.findings.select("code", "row", "value").rows() == [("link-between-sexes", 3, "a/x, c/z")]
    assert through.findings.select("code", "row", "value").rows() == [("link-between-sexes", None, "a/x, b/y, c/z")]
    assert set(through.table["jointID"]) == {"a/x"}


def test_one_name_in_several_rows_is_one_name():
    twice = pl.concat([known("n/1"), known("n/1", **{"1": "male"})])
    assert crosswalk(twice, links()).table.rows() == [("n", "1", "n/1", "n/1")]


def test_no_animals_at_all():
    walk = crosswalk(known(), links())
    assert walk.table.is_empty()
    assert walk.findings.is_empty()


def test_a_missing_column_is_named():
    with pytest.raises(ColumnError, match="known needs column 'sex'"):
        crosswalk(known("n/1").drop("sex"), links())


def test_detections_take_their_joint_names_in_their_order():
    table = crosswalk(known("n/T7", "s/22"), links(("n/T7", "s/22", "same", 0))).table
    seen = pl.DataFrame({"party": ["s", "s", "n"], "individualID": ["22", "99", "T7"]})
    assert identify(seen, table).select("individualID", "localID", "names").rows() == [
        ("n/T7", "22", "n/T7 = s/22"),
        ("s/99", "99", "s/99"),
        ("n/T7", "T7", "n/T7 = s/22"),
    ]


NAMES = ["a/1", "a/2", "b/1", "b/2", "c/1"]
events = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.sampled_from(NAMES),
        st.sampled_from(["same", "same", "different", "undecided"]),
        st.integers(0, 2),
    ),
    max_size=8,
)


def slow_joint(names: list[str], said: list[tuple[str, str, str, int]]) -> dict[str, str]:
    """Decide each pair, then spread the smallest name until nothing changes."""
    pairs: dict[frozenset[str], dict[int, set[str]]] = {}
    for a, b, verdict, day in said:
        pairs.setdefault(frozenset((a, b)), {}).setdefault(day, set()).add(verdict)
    same = [pair for pair, days in pairs.items() if days[max(days)] == {"same"}]
    name = {n: n for n in names}
    for _ in names:
        for pair in same:
            smallest = min(name[n] for n in pair)
            name.update(dict.fromkeys(pair, smallest))
    return name


@settings(deadline=None, max_examples=60)
@given(events)
def test_agrees_with_the_slow_version(said):
    assert joint(known(*NAMES), links(*said)) == slow_joint(NAMES, said)


@settings(deadline=None, max_examples=60)
@given(events, st.randoms(use_true_random=False))
def test_neither_order_nor_direction_matters(said, random):
    other = [
        (b, a, *rest) if random.random() < 0.5 else (a, b, *rest) for a, b, *rest in random.sample(said, len(said))
    ]
    first = crosswalk(known(*NAMES), links(*said))
    second = crosswalk(known(*random.sample(NAMES, len(NAMES))), links(*other))
    assert first.table.equals(second.table)
    order = ["code", "value", "arguments"]
    assert first.findings.select(order).sort(order).equals(second.findings.select(order).sort(order))


def test_a_long_chain_needs_no_recursion():
    names = [f"p/{k:06d}" for k in range(20_000)]
    chain = links(*((a, b, "same", 0) for a, b in pairwise(names)))
    assert set(joint(known(*names), chain).values()) == {"p/000000"}
