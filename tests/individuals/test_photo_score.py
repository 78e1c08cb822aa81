import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.individuals.photo_album import pictures

from tumen.individuals.photo_calibration import calibrate
from tumen.individuals.photo_gallery import PHOTO_PAIRS
from tumen.individuals.photo_score import PHOTO_EVIDENCE, calibration, candidates, evidence, known


def pairs(*rows: tuple[int, int, float, int, bool]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=PHOTO_PAIRS, orient="row")


def test_an_animal_scores_by_its_best_picture_and_has_one_rank() -> None:
    table = pictures(["q", "a", "a", "a", "b"])
    found = candidates(pairs((0, 1, 3, 3, True), (0, 2, 9, 9, True), (0, 3, 3, 3, True), (0, 4, 5, 5, True)), table)
    assert found.select("subjectID", "other", "score", "rank").rows() == [("a", 2, 9.0, 1), ("b", 4, 5.0, 2)]


def test_equal_scores_share_the_worse_rank() -> None:
    table = pictures(["q", "a", "b", "c"])
    found = candidates(pairs((0, 1, 0, 0, True), (0, 2, 0, 0, True), (0, 3, 4, 4, True)), table)
    assert dict(found.select("subjectID", "rank").rows()) == {"c": 1, "a": 3, "b": 3}


def test_the_querys_own_name_is_ranked_as_a_stranger_and_takes_no_rank_from_others() -> None:
    table = pictures(["a", "a", "b", "c"])
    found = candidates(pairs((0, 1, 5, 5, True), (0, 2, 9, 9, True), (0, 3, 1, 1, True)), table)
    assert found.select("subjectID", "rank", "own").rows() == [("b", 1, False), ("a", 2, True), ("c", 2, False)]


def test_opposite_sides_are_no_evidence() -> None:
    table = pictures(["a", "b", "c"], flanks=["left", "right", "left"])
    found = evidence(pairs((0, 1, 50, 50, False), (0, 2, 3, 3, True)), table)
    assert found.select("subjectID", "otherID", "flank", "rank").rows() == [("a", "c", "left", 1)]


def test_a_pair_is_written_once_per_flank_by_its_best_pictures_and_best_rank() -> None:
    table = pictures(["b", "a", "a", "c"], flanks=["left", "left", "right", "left"])
    found = evidence(
        pairs((0, 1, 7, 7, True), (0, 3, 9, 9, True), (1, 0, 8, 8, True), (1, 3, 1, 1, True), (2, 3, 0, 0, False)),
        table,
    )
    assert dict(found.schema) == PHOTO_EVIDENCE
    best = found.filter(pl.col("subjectID") == "a", pl.col("otherID") == "b").row(0, named=True)
    assert (best["mediaID"], best["otherMediaID"], best["score"], best["rank"]) == ("m1", "m0", 8.0, 1)
    assert best["probability"] is None
    assert found.height == 3


def test_a_flank_is_named_when_nothing_contradicts_it() -> None:
    shown = [("left", "left"), ("left", None), ("both", "right"), ("front", "left"), (None, None), ("both", None)]
    flanks = [flank for pair in shown for flank in pair]
    table = pictures([f"a{n}" for n in range(12)], flanks=flanks)
    found = evidence(pairs(*((2 * n, 2 * n + 1, 9.0 - n, 3, True) for n in range(6))), table)
    assert found["flank"].to_list() == ["left", "left", "right", None, None, "both"]


def test_names_of_two_parties_are_two_subjects() -> None:
    table = pictures(["T7", "T7"]).with_columns(party=pl.Series(["south", "north"]))
    found = evidence(pairs((0, 1, 5, 5, True)), table)
    assert found.select("party", "subjectID", "otherParty", "otherID").rows() == [("north", "T7", "south", "T7")]


def test_two_bursts_of_one_animal_are_no_pair_of_subjects() -> None:
    assert evidence(pairs((0, 1, 5, 5, True)), pictures(["a", "a"])).is_empty()


def test_a_calibration_gives_each_pair_its_probability() -> None:
    known = calibrate([0.0] * 60 + [30.0] * 20, [False] * 60 + [True] * 20)
    found = evidence(pairs((0, 1, 30, 9, True), (0, 2, 0, 0, True)), pictures(["a", "b", "c"]), known)
    assert found["probability"].round(3).to_list() == [0.976, 0.008]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 9)), max_size=20))
def test_evidence_is_the_same_whichever_way_round_a_pair_was_looked_at(rows: list[tuple[int, int, int]]) -> None:
    table = pictures(list("aabbcc"))
    wanted = {(min(a, b), max(a, b)): score for a, b, score in rows if a != b}
    one = evidence(pairs(*((a, b, float(s), s, True) for (a, b), s in wanted.items())), table)
    other = evidence(pairs(*((b, a, float(s), s, True) for (a, b), s in wanted.items())), table)
    keys = ["subjectID", "otherID", "flank", "score", "inliers"]
    assert one.select(keys).sort(keys).equals(other.select(keys).sort(keys))


def test_no_pairs_give_no_evidence() -> None:
    assert evidence(pairs(), pictures(["a"])).is_empty()
    assert candidates(pairs(), pictures(["a"])).is_empty()


def test_known_pairs_are_the_animals_of_one_party_each_by_its_best_pictures() -> None:
    table = pictures(["a", "a", "a", "b", "c", "o7"], bursts=["1", "1", "2", "3", "4", "5"]).with_columns(
        party=pl.Series(["north"] * 4 + ["south", "north"]), kind=pl.Series(["individual"] * 5 + ["observation"])
    )
    rows = [(0, 2, 6, 6, True), (2, 1, 8, 8, True), (0, 3, 4, 4, True), (3, 2, 5, 5, True), (0, 4, 9, 9, True)]
    found = known(pairs(*rows, (0, 5, 9, 9, True)), table)
    # a with itself: two pairs of pictures, for two of its three are one burst; a with b: three.
    assert sorted(found.rows()) == [(5.0, 3, False), (8.0, 2, True)]


def test_known_pairs_are_counted_per_flank_and_opposite_sides_not_at_all() -> None:
    table = pictures(["a", "a", "b", "b", "b"], flanks=["left", "right", "left", "left", None])
    rows = [(0, 2, 4, 4, True), (0, 3, 3, 3, True), (1, 2, 99, 9, False), (1, 4, 5, 5, True), (2, 3, 7, 7, True)]
    # Left of both: one picture of a, three of b that may show it. Right: one, and the one of b whose side nobody knows.
    # b with itself on the left: its three pictures make three pairs.
    found = known(pairs(*rows), table)
    assert sorted(found.rows()) == [(4.0, 3, False), (5.0, 1, False), (7.0, 3, True)]


def two_parties(rng: np.random.Generator, few: int, many: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Two parties with 12 animals each, six of them the same; a third of the pairs of an animal's pictures match."""
    told = [
        (party, animal)
        for party, animals in (("north", range(12)), ("south", range(6, 18)))
        for animal in animals
        for _ in range(int(rng.integers(few, many + 1)))
    ]
    table = pictures([str(animal) for _, animal in told]).with_columns(party=pl.Series([party for party, _ in told]))
    truth, count = np.array([animal for _, animal in told]), len(told)
    same = truth[:, None] == truth[None]
    score = rng.gamma(2, 3, (count, count))
    score += np.where(same & (rng.random((count, count)) < 0.35), rng.gamma(3, 6, (count, count)), 0)
    score = np.maximum(score, score.T)
    one, other = np.nonzero(~np.eye(count, dtype=bool))
    columns = (one, other, score[one, other], np.full(len(one), 5), np.ones(len(one), bool))
    return pl.DataFrame(dict(zip(PHOTO_PAIRS, columns, strict=True))).cast(dict(PHOTO_PAIRS)), table


@pytest.mark.slow
@pytest.mark.parametrize(("few", "many", "worlds"), [(2, 3, 24), (6, 15, 12), (2, 29, 8)])
def test_a_stated_probability_is_the_share_of_true_pairs(few: int, many: int, worlds: int) -> None:
    """Between parties, where nothing was learnt: whatever the number of pictures, and for the share that is true."""
    rng, told = np.random.default_rng(7), []
    for _ in range(worlds):
        found, table = two_parties(rng, few, many)
        curve = calibration(found, table)
        between = evidence(found, table, curve).filter(pl.col("party") != pl.col("otherParty"))
        told.append(
            between.select(
                odds=pl.col("probability") / (1 - pl.col("probability")) * curve.different / curve.same,
                stated="probability",
                same=pl.col("subjectID") == pl.col("otherID"),
            )
        )
    every = pl.concat(told)
    trues = int(every["same"].sum())
    true = trues / (every.height - trues)
    chances = every.with_columns(chance=pl.col("odds") * true / (1 + pl.col("odds") * true))
    bins = [(0.0, 0.05), (0.05, 0.2), (0.2, 0.8), (0.8, 1.0)]
    judged = 0
    for low, high in bins:
        part = chances.filter(pl.col("chance").is_between(low, high, closed="left"))
        if part.height >= 40:
            judged += 1
            share = int(part["same"].sum()) / part.height
            assert share == pytest.approx(part["chance"].sum() / part.height, abs=0.1), (low, high, part.height)
    assert judged >= 2
    false = every.filter(~pl.col("same"))
    assert false.filter(pl.col("stated") >= 0.5).height <= 0.03 * false.height
    assert false.filter(pl.col("stated") >= 0.9).height <= 0.005 * false.height


def test_too_few_known_animals_give_no_probability() -> None:
    """Nine animals with many pictures each are nine, however many pairs of pictures they make."""
    table = pictures([str(animal) for animal in range(9) for _ in range(4)])
    every = [(one, other, 5.0, 5, True) for one in range(36) for other in range(36) if one != other]
    curve = calibration(pairs(*every), table)
    assert (curve.refused, curve.same, curve.different) == (True, 9, 36)
    assert evidence(pairs(*every), table, curve)["probability"].null_count() == 36
