"""Points and whole pictures have one score, by what known pairs say each is worth."""

import numpy as np
import polars as pl
import pytest

from tumen.individuals.photo_gallery import PHOTO_PAIRS, PICTURES
from tumen.tasks.identify_vectors import joined

ANIMALS, VIEWS = 8, 3


def pictures(party="north"):
    rows = [
        {"picture": 1 + animal * VIEWS + look, "party": party, "kind": "individual", "subjectID": f"N{animal}"}
        | {"burst": f"{animal}-{look}", "flank": "left"}
        for animal in range(ANIMALS)
        for look in range(VIEWS)
    ]
    return pl.DataFrame(rows, schema=PICTURES)


def vectors(told):
    """Vectors that are alike for one animal (told near 1), or for nobody (told 0)."""
    rng = np.random.default_rng(4)
    own = np.repeat(rng.normal(size=(ANIMALS, 16)), VIEWS, axis=0)
    mixed = told * own + (1 - told) * rng.normal(size=(ANIMALS * VIEWS, 16))
    return (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)


def by_points(score):
    """All pairs, with a score of points that may depend on whether they are one animal."""
    rows = []
    for one in range(ANIMALS * VIEWS):
        for other in range(ANIMALS * VIEWS):
            if one != other:
                same = one // VIEWS == other // VIEWS
                rows.append((one + 1, other + 1, float(score(same, one, other)), 5, True))
    return pl.DataFrame(rows, schema=PHOTO_PAIRS, orient="row")


def first(pairs):
    """The share of queries whose first candidate is of their own animal."""
    best = pairs.unique("picture", keep="first", maintain_order=True)
    return ((best["picture"] - 1) // VIEWS == (best["other"] - 1) // VIEWS).mean()


def noise(same, one, other):
    return np.random.default_rng([one, other]).uniform(0, 10)


def test_vectors_that_know_better_come_before_points_that_know_nothing():
    pairs, used = joined(by_points(noise), pictures(), vectors(0.95), 5)
    assert used
    assert first(pairs) == 1
    assert first(by_points(noise).sort("picture", "score", descending=[False, True])) < 0.5


def test_vectors_that_know_nothing_take_nothing_from_points_that_know():
    told = by_points(lambda same, one, other: 30 + noise(same, one, other) if same else noise(same, one, other))
    pairs, used = joined(told, pictures(), vectors(0.0), 5)
    assert used
    assert first(pairs) == 1


def test_what_only_vectors_find_becomes_a_candidate():
    few = by_points(noise).filter((pl.col("picture") + pl.col("other")) % 3 > 0)
    pairs, _ = joined(few, pictures(), vectors(0.95), 4)
    added = pairs.join(few, on=["picture", "other"], how="anti")
    assert added.height > 0 and (added["inliers"] == 0).all()


def test_no_candidate_is_of_the_same_burst():
    one_burst = pictures().with_columns(burst=pl.col("subjectID"))
    apart = by_points(noise).filter((pl.col("picture") - 1) // VIEWS != (pl.col("other") - 1) // VIEWS)
    pairs, used = joined(apart, one_burst, vectors(0.95), 5)
    assert not used
    assert pairs.equals(apart)


def test_names_of_two_parties_are_not_known_to_be_two_animals():
    parties = [f"p{number}" for number in range(ANIMALS * VIEWS)]
    pairs, used = joined(by_points(noise), pictures().with_columns(party=pl.Series(parties)), vectors(0.9), 5)
    assert not used
    assert pairs.height == ANIMALS * VIEWS * (ANIMALS * VIEWS - 1)


@pytest.mark.parametrize("most", [1, 7])
def test_each_pair_comes_once_and_best_first(most):
    pairs, _ = joined(by_points(noise), pictures(), vectors(0.5), most)
    assert not pairs.select("picture", "other").is_duplicated().any()
    assert pairs.group_by("picture", maintain_order=True).agg(falls=pl.col("score").diff().max() <= 0)["falls"].all()
