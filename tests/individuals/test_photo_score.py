import polars as pl
from hypothesis import given
from hypothesis import strategies as st
from tests.individuals.photo_album import pictures

from tumen.individuals.photo_calibration import calibrate
from tumen.individuals.photo_gallery import PHOTO_PAIRS
from tumen.individuals.photo_score import PHOTO_EVIDENCE, candidates, evidence


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
