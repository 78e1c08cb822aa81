import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import MisuseError
from tumen.simulate.streams import stream

names = st.text(min_size=1, max_size=20)


@given(st.integers(0, 2**40), names)
def test_a_subject_always_draws_the_same_numbers(seed: int, name: str) -> None:
    assert stream(seed, name).random(3).tolist() == stream(seed, name).random(3).tolist()


@given(st.integers(0, 2**40), names, names)
def test_two_subjects_never_share_their_numbers(seed: int, one: str, other: str) -> None:
    assert (one == other) == (stream(seed, one).integers(2**60) == stream(seed, other).integers(2**60))


def test_two_seeds_never_share_their_numbers() -> None:
    assert stream(1, "path/tiger-01").random() != stream(2, "path/tiger-01").random()


@pytest.mark.parametrize(("seed", "name"), [(-1, "path"), (1, "")])
def test_what_is_no_seed_or_no_name_is_refused(seed: int, name: str) -> None:
    with pytest.raises(MisuseError):
        stream(seed, name)
