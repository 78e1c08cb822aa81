"""Which version holds depends on what came, never on the order in which it came."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import MixedPackagesError
from tumen.sharing.standing import Held, holdings_digest, newest, standing

A = [Held("north", "lynx", n + 1, f"{n + 1:064x}", f"{n:064x}" if n else None) for n in range(4)]
OTHER = Held("south", "lynx", 9, "f" * 64, "e" * 64)


@given(order=st.permutations([*A, *A, OTHER]))
def test_every_order_ends_alike(order):
    held = []
    for each in order:
        if standing(each, held) != "known":
            held.append(each)
    assert len(held) == 5
    assert newest(held) == {("north", "lynx"): A[3], ("south", "lynx"): OTHER}
    assert holdings_digest(held) == holdings_digest([OTHER, A[3]])


def test_a_late_one_is_superseded_and_a_second_one_known():
    assert [standing(A[0], A[1:]), standing(A[0], A), standing(A[3], A[:1])] == ["superseded", "known", "newest"]


@pytest.mark.parametrize(
    "other",
    [Held("north", "lynx", 2, "c" * 64, A[0].digest), Held("north", "lynx", 3, "c" * 64, "d" * 64)],
)
def test_two_that_cannot_both_be_right_are_refused(other):
    with pytest.raises(MixedPackagesError):
        standing(other, A[:2])


def test_nobody_supersedes_another_partys_package():
    assert standing(OTHER, A) == "newest"
    assert newest([*A, OTHER])["north", "lynx"] == A[3]
