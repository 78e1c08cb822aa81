"""Slips of the pen, and names that look the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.tables.spelling import edits, looks

words = st.text("abc", max_size=6)


def slow_edits(one, other):
    """Damerau's distance with neighbours exchanged at most once, by its recursive definition."""
    if not one or not other:
        return len(one) + len(other)
    cost = min(
        slow_edits(one[:-1], other) + 1,
        slow_edits(one, other[:-1]) + 1,
        slow_edits(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    )
    if len(one) > 1 and len(other) > 1 and one[-1] == other[-2] and one[-2] == other[-1]:
        cost = min(cost, slow_edits(one[:-2], other[:-2]) + 1)
    return cost


@given(words, words, st.integers(0, 3))
def test_edits_are_those_of_the_slow_twin(one, other, most):
    assert edits(one, other, most) == min(slow_edits(one, other), most + 1)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A1", "a1"),
        ("A1", "А1"),
        ("A 1", "A1"),
        ("A-01", "A1"),
        ("Ｒidge７", "ridge 7"),
        ("СН05", "CH5"),
        ("10", "010"),
    ],
)
def test_names_that_look_the_same(one, other):
    assert looks(one) == looks(other)


@pytest.mark.parametrize(("one", "other"), [("A1", "A2"), ("1-11", "11-1"), ("10", "1"), ("0", "00A"), ("A1", "B1")])
def test_names_that_do_not(one, other):
    assert looks(one) != looks(other)


@given(st.text(max_size=12))
def test_a_look_looks_like_itself_in_capitals(name):
    assert looks(looks(name)) == looks(name)
