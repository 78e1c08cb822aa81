import numpy as np
import pytest

from tumen.errors import MisuseError
from tumen.simulate.coats import REGIONS, coat, regions

TIGER, LEOPARD = "Panthera tigris", "Panthera pardus"


def likeness(one: np.ndarray, other: np.ndarray) -> float:
    """The correlation of two coats."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_a_coat_is_the_same_whenever_it_is_asked_for() -> None:
    first = coat(1, "tiger-03", TIGER, "left").ink.copy()
    coat.cache_clear()
    assert np.array_equal(first, coat(1, "tiger-03", TIGER, "left").ink)


@pytest.mark.parametrize(
    ("seed", "animal", "flank"),
    [(1, "tiger-03", "right"), (1, "tiger-04", "left"), (2, "tiger-03", "left")],
    ids=["other flank", "other animal", "other seed"],
)
@pytest.mark.parametrize("species", [TIGER, LEOPARD])
def test_coats_are_individual(species: str, seed: int, animal: str, flank: str) -> None:
    trunk = np.s_[40:280, 80:520]
    one, other = coat(1, "tiger-03", species, "left").ink[trunk], coat(seed, animal, species, flank).ink[trunk]
    assert abs(likeness(one, other)) < 0.3


@pytest.mark.parametrize("species", [TIGER, LEOPARD])
def test_individuals_differ_in_pattern_and_not_in_style(species: str) -> None:
    shares = [float(coat(1, f"one-{number}", species, "left").ink.mean()) for number in range(6)]
    assert min(shares) > 0.15 and max(shares) < 0.4
    assert max(shares) - min(shares) < 0.06


def test_stripes_run_across_the_trunk_and_rosettes_any_way() -> None:
    stripes, rosettes = (coat(1, "one", species, "left").ink[40:220, 80:400] for species in (TIGER, LEOPARD))

    def across(ink: np.ndarray) -> float:
        return float(np.abs(np.diff(ink, axis=1)).mean() / np.abs(np.diff(ink, axis=0)).mean())

    assert across(stripes) > 1.8
    assert 0.8 < across(rosettes) < 1.25


def test_a_coat_has_a_head_legs_and_a_tail() -> None:
    seen = regions()
    assert seen.shape == coat(1, "one", TIGER, "left").ink.shape
    assert REGIONS == ("trunk", "head", "legs", "tail")
    assert [REGIONS[seen[row, column]] for row, column in ((150, 300), (150, 700), (400, 100), (400, 500))] == [
        "trunk", "head", "legs", "tail",
    ]  # fmt: skip


def test_nobody_changes_a_coat() -> None:
    with pytest.raises(ValueError, match="read-only"):
        coat(1, "tiger-03", TIGER, "left").ink[0, 0] = 1


def test_a_plain_species_has_no_coat_and_a_back_is_no_flank() -> None:
    with pytest.raises(MisuseError, match="a species with a pattern; found 'Cervus nippon'"):
        coat(1, "deer", "Cervus nippon", "left")
    with pytest.raises(MisuseError, match="a flank; found 'rear'"):
        coat(1, "tiger-03", TIGER, "rear")
