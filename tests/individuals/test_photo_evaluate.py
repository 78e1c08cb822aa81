import polars as pl
import pytest
from tests.individuals.photo_album import pictures

from tumen.individuals.photo_evaluate import answerable, evaluate
from tumen.individuals.photo_gallery import PHOTO_PAIRS


def ranked(query: int, *others: int, comparable: bool = True) -> pl.DataFrame:
    rows = [(query, other, float(-place), 0, comparable) for place, other in enumerate(others)]
    return pl.DataFrame(rows, schema=PHOTO_PAIRS, orient="row")


def test_ranks_and_average_precision_by_hand() -> None:
    table = pictures(["a", "a", "a", "b", "b", "c"])
    found = evaluate(ranked(0, 3, 1, 4, 2, 5), table, [0])
    # True pictures at places 2 and 4: (1/2 + 2/4) / 2.
    assert found.queries.rows() == [(0, 2, 2, 2, 0.5)]
    assert (found.within(1), found.within(5), found.count) == (0, 1, 1)


def test_the_rank_of_an_animal_counts_animals() -> None:
    table = pictures(["a", "a", "b", "b", "c"])
    found = evaluate(ranked(0, 2, 3, 4, 1), table, [0])
    assert found.queries.select("rank", "animalRank").row(0) == (4, 3)
    assert found.within(3, "animalRank") == 1


def test_pictures_of_the_same_burst_do_not_count() -> None:
    table = pictures(["a", "a", "a", "b"], bursts=["x", "x", "y", "z"])
    found = evaluate(ranked(0, 1, 3, 2), table, [0])
    assert found.queries.row(0) == (0, 1, 2, 2, 0.5)


def test_a_true_picture_that_is_not_a_candidate_counts_as_never_found() -> None:
    table = pictures(["a", "a", "a", "b"])
    assert evaluate(ranked(0, 1, 3), table, [0]).queries["averagePrecision"].item() == 0.5
    nothing = evaluate(ranked(0), table, [0])
    assert nothing.queries.row(0) == (0, 2, None, None, 0.0)
    assert nothing.within(20) == 0


def test_equal_scores_go_by_number_whoever_is_on_it() -> None:
    rows = [(3, other, 0.0, 0, True) for other in (0, 1, 2)]
    table = pictures(["b", "c", "a", "a"])
    assert evaluate(pl.DataFrame(rows, schema=PHOTO_PAIRS, orient="row"), table, [3]).queries["rank"].item() == 3


def test_what_is_not_comparable_comes_last() -> None:
    table = pictures(["a", "b", "a"])
    found = evaluate(pl.concat([ranked(0, 2, comparable=False), ranked(0, 1)]), table, [0])
    assert found.queries["rank"].item() == 2


def test_queries_are_pictures_whose_animal_stands_in_another_burst() -> None:
    table = pictures(["a", "a", "b", "b", "c"], bursts=["x", "y", "z", "z", None])
    assert answerable(table) == [0, 1]


def test_the_mean_of_no_queries_is_none() -> None:
    found = evaluate(ranked(0), pictures(["a"]), [])
    assert found.mean_average_precision is None
    assert found.count == 0


def test_the_mean_average_precision_is_that_of_the_queries() -> None:
    table = pictures(["a", "a", "b"])
    found = evaluate(pl.concat([ranked(0, 1, 2), ranked(1, 2, 0)]), table, [0, 1])
    assert found.mean_average_precision == pytest.approx(0.75)
