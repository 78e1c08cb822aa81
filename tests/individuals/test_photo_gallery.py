import dataclasses

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.individuals.photo_album import again, coat, made_up, pictures, seen

from tumen.errors import MisuseError
from tumen.individuals.photo_features import Features, Sift, empty
from tumen.individuals.photo_gallery import Gallery, Search, comparable, rank, votes

SIFT = Sift(longest=300, most=400)


def slow_votes(
    features: list[Features], names: list[str], bursts: list[str], query: int, search: Search
) -> list[float]:
    """The votes as the definition reads, one point after another."""
    total = [0.0] * len(features)
    for point, weight in zip(features[query].descriptors, features[query].weights, strict=True):
        near = sorted(
            (float(np.linalg.norm(descriptor - point)), picture)
            for picture, other in enumerate(features)
            if bursts[picture] != bursts[query]
            for descriptor in other.descriptors
        )[: search.depth]
        met: list[str] = []
        far = near[-1][0]
        for distance, picture in near:
            if names[picture] not in met:
                met.append(names[picture])
            if len(met) > search.neighbours:
                far = distance
                break
        voted = set()
        for distance, picture in near:
            if picture not in voted:
                voted.add(picture)
                total[picture] += max(far - distance, 0) * float(weight)
    return total


@given(seed=st.integers(0, 2**16), animals=st.integers(2, 6), neighbours=st.integers(1, 3))
@settings(max_examples=15)
def test_votes_are_those_of_the_slow_twin(seed: int, animals: int, neighbours: int) -> None:
    rng = np.random.default_rng(seed)
    features = [made_up(rng, int(rng.integers(0, 12)), common=2) for _ in range(2 * animals)]
    names, bursts = [str(n // 2) for n in range(2 * animals)], [str(n // 3) for n in range(2 * animals)]
    search = Search(neighbours=neighbours, depth=8)
    gallery = Gallery.of(features, pictures(names, bursts=bursts), search)
    numbers = gallery.pictures["picture"].to_list()
    query = max(range(2 * animals), key=lambda n: len(features[n]))
    if sum(len(f) for f, b in zip(features, bursts, strict=True) if b != bursts[query]) < 2 or not len(features[query]):
        return
    found = dict(zip(numbers, votes(gallery, gallery.row[query], features[query]), strict=True))
    expected = slow_votes(features, names, bursts, query, search)
    assert np.allclose([found[n] for n in range(2 * animals)], expected, atol=2e-3)


@given(seed=st.integers(0, 2**16))
@settings(max_examples=10)
def test_the_order_of_pictures_does_not_matter(seed: int) -> None:
    rng = np.random.default_rng(seed)
    first = [made_up(rng, 20) for _ in range(4)]
    features = [*first, *(again(rng, one) for one in first)]
    table = pictures([str(n % 4) for n in range(8)])
    order = rng.permutation(8)
    shuffled = Gallery.of([features[n] for n in order], table[order.tolist()])
    one, other = rank(Gallery.of(features, table), range(8)), rank(shuffled, range(8))
    assert one.drop("score").equals(other.drop("score"))
    assert np.allclose(one["score"], other["score"], atol=1e-5)


@given(bursts=st.lists(st.sampled_from(["a", "b", "c", None]), min_size=6, max_size=6), limit=st.integers(1, 6))
@settings(max_examples=20)
def test_a_picture_never_matches_its_own_burst(bursts: list[str | None], limit: int) -> None:
    rng = np.random.default_rng(1)
    coats = made_up(rng, 20)
    gallery = Gallery.of([coats] * 6, pictures(list("xxyyzz"), bursts=bursts), Search(shortlist=limit))
    found = rank(gallery, range(6))
    assert not any(
        number == other or (bursts[number] is not None and bursts[number] == bursts[other])
        for number, other in found.select("picture", "other").rows()
    )
    for number in range(6):
        voted = votes(gallery, gallery.row[number], coats)
        own = gallery.burst == gallery.burst[gallery.row[number]]
        assert (voted[own] == 0).all()


def test_the_same_animal_comes_first() -> None:
    chips = [view for animal in range(5) for view in (coat(animal), seen(coat(animal), turn=8, narrow=0.8, light=0.7))]
    gallery = Gallery.of([SIFT(chip) for chip in chips], pictures([str(n // 2) for n in range(10)]))
    best = rank(gallery, range(10), most=1)
    assert best["other"].to_list() == [1, 0, 3, 2, 5, 4, 7, 6, 9, 8]
    assert best["inliers"].min() > 20


def test_opposite_sides_are_not_comparable_and_stay_visible() -> None:
    features = [SIFT(coat(1)), SIFT(seen(coat(1), turn=5)), SIFT(coat(2))]
    gallery = Gallery.of(features, pictures(["a", "a", "b"], flanks=["left", "right", None]))
    found = rank(gallery, [0])
    assert found.select("other", "comparable").sort("other").rows() == [(1, False), (2, True)]
    assert found.filter(other=1)["score"].item() > 10


@given(
    st.sampled_from(["left", "right", "both", "front", "rear", None]),
    st.sampled_from(["left", "right", "both", "front", "rear", None]),
)
def test_comparable_is_mutual_and_open_where_a_side_is_not_known(one: str | None, other: str | None) -> None:
    assert comparable(one, other) == comparable(other, one)
    assert comparable(one, None) and comparable(one, "both") and comparable(one, one)


def test_what_many_animals_have_votes_for_nobody() -> None:
    rng = np.random.default_rng(2)
    own = made_up(rng, 10)
    grass = made_up(rng, 30, common=30)

    def with_grass(features: Features) -> Features:
        both = {
            part: np.concatenate([getattr(features, part), getattr(grass, part)])
            for part in ("points", "descriptors", "weights")
        }
        return dataclasses.replace(features, **both)

    features = [with_grass(own), with_grass(again(rng, own)), *(with_grass(made_up(rng, 10)) for _ in range(10))]
    gallery = Gallery.of(features, pictures([str(max(n - 1, 0)) for n in range(12)]))
    voted = dict(zip(gallery.pictures["picture"], votes(gallery, gallery.row[0], features[0]), strict=True))
    assert voted[1] > 5 * max(value for number, value in voted.items() if number != 1)


def test_many_pictures_of_one_animal_do_not_take_each_others_votes() -> None:
    rng = np.random.default_rng(2)
    own = made_up(rng, 20)
    others = [made_up(rng, 20) for _ in range(10)]

    def voted(copies: int) -> float:
        features = [own, *(again(rng, own) for _ in range(copies)), *others]
        names = ["a"] * (copies + 1) + [f"o{n}" for n in range(10)]
        gallery = Gallery.of(features, pictures(names), Search(depth=32))
        total: npt.NDArray[np.float64] = votes(gallery, gallery.row[0], own)
        return float(total[gallery.row[1]])

    assert voted(6) > 0.8 * voted(1)


def test_another_species_is_no_candidate() -> None:
    table = pictures(["a", "b", "c"]).with_columns(
        scientificName=pl.Series(["Panthera pardus", "Panthera tigris", None], dtype=pl.String)
    )
    found = rank(Gallery.of([SIFT(coat(1))] * 3, table), [0, 1, 2])
    assert found.select("picture", "other").sort("picture", "other").rows() == [(0, 2), (1, 2), (2, 0), (2, 1)]


def test_inverted_lists_find_what_the_exact_index_finds() -> None:
    rng = np.random.default_rng(4)
    first = [made_up(rng, 60, 32) for _ in range(30)]
    features = [*first, *(again(rng, one) for one in first)]
    table = pictures([str(n % 30) for n in range(60)])
    few = Search(exact=0, shortlist=3, code=16)
    approximate, twice = Gallery.of(features, table, few), Gallery.of(features, table, few)
    found = rank(approximate, range(60), most=1)
    assert found["other"].to_list() == [(n + 30) % 60 for n in range(60)]
    assert found.equals(rank(twice, range(60), most=1))


def test_features_may_be_loaded_when_asked_for() -> None:
    class Lazy:
        def __init__(self) -> None:
            self.asked = 0

        def __len__(self) -> int:
            return 6

        def __getitem__(self, number: int) -> Features:
            self.asked += 1
            return made_up(np.random.default_rng(number % 3), 20)

    features = Lazy()
    gallery = Gallery.of(features, pictures([str(n % 3) for n in range(6)]))  # type: ignore[arg-type]
    assert features.asked <= 13
    assert rank(gallery, [0], most=1)["other"].item() == 3


def test_a_picture_without_features_is_ranked_with_nothing() -> None:
    none = empty(9, 9, SIFT.name)
    gallery = Gallery.of([none, SIFT(coat(1)), none], pictures(["a", "a", "b"]))
    found = rank(gallery, [0, 1, 2])
    assert found["score"].max() == 0
    assert found.height == 6


def test_a_gallery_of_nothing_ranks_nothing() -> None:
    gallery = Gallery.of([], pictures([]))
    assert rank(gallery, []).height == 0


def test_numbers_that_do_not_fit_are_misuse() -> None:
    with pytest.raises(MisuseError, match="features for every picture"):
        Gallery.of([], pictures(["a"]))
    gallery = Gallery.of([SIFT(coat(1))], pictures(["a"]))
    with pytest.raises(MisuseError, match="a picture of the gallery"):
        rank(gallery, [7])
