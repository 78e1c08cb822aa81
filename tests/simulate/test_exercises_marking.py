"""Marks: a perfect sheet is worth everything, an empty one nothing, and what people do to sheets does not matter."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.simulate.exercises.course import made
from tumen.simulate.exercises.marking import ERROR, Given, mark, numbers

BIRDS = made(6, {}, seed=1)


def perfect(one):
    """The sheet of somebody who knows."""
    rows = [(ERROR, p.item, p.cause, "" if p.value is None else f"{p.value:.0f}") for p in one.planted]
    rows += [(n.name, n.item, str(n.value), "") for n in one.numbers]
    rows += [(name, "", right, "") for name, right in one.statements.items()]
    return [Given(number, *row) for number, row in enumerate(rows, 2)]


def verdicts(marks):
    return [one.verdict for one in marks.marks]


@pytest.mark.parametrize("number", [5, 6])
@pytest.mark.parametrize("seed", range(1, 6))
def test_a_perfect_sheet_has_all_points(number, seed):
    one = made(number, {}, seed=seed)
    marks = mark(one, perfect(one))
    assert marks.percent == 100
    assert set(verdicts(marks)) == {"found", "right"}


def test_an_empty_sheet_has_none():
    marks = mark(BIRDS, [])
    assert (marks.percent, marks.points, marks.of) == (0, 0, 2 * 7 + 2 + 2)
    assert set(verdicts(marks)) == {"missed"}


def test_blank_rows_are_let_be():
    assert verdicts(mark(BIRDS, [Given(2, ERROR, "", "", ""), Given(3, "", "", "", "")])) == ["missed"] * 10


def test_an_error_that_is_none_takes_a_point_away():
    sheet = [*perfect(BIRDS), Given(99, ERROR, "c999", "synonym", "")]
    marks = mark(BIRDS, sheet)
    assert marks.points == marks.of - 1
    assert [(one.verdict, one.points, one.given.row) for one in marks.marks if one.verdict == "wrong"] == [
        ("wrong", -1, 99)
    ]


def test_what_only_looks_wrong_is_told_as_such():
    decoy = BIRDS.decoys[0]
    (said,) = [one for one in mark(BIRDS, [Given(2, ERROR, decoy.item, "synonym", "")]).marks if one.given]
    assert (said.verdict, said.points, said.decoy) == ("decoy", -1, decoy)


def test_the_score_is_never_below_zero():
    assert mark(BIRDS, [Given(n, ERROR, f"c9{n:02d}", "synonym", "") for n in range(10, 40)]).percent == 0


def test_a_right_place_with_a_wrong_cause_is_half():
    first = BIRDS.planted[0]
    said = mark(BIRDS, [Given(2, ERROR, first.item, "synonym", "")]).marks[0]
    assert (said.verdict, said.points, said.of) == ("causeWrong", 1, 2)


def test_an_error_named_twice_counts_once_and_the_better_row_counts():
    first = BIRDS.planted[0]
    sheet = [Given(2, ERROR, first.item, "synonym", ""), Given(3, ERROR, first.item, first.cause, "")]
    marks = mark(BIRDS, sheet)
    assert (marks.marks[0].verdict, marks.marks[0].given.row) == ("found", 3)
    assert [one.points for one in marks.marks if one.verdict == "again"] == [0]


@pytest.mark.parametrize(
    ("item", "header_missed"), [("row {0}", False), ("{0}", False), ("строка {0}", False), ("Row {1}", True)]
)
def test_a_row_number_may_stand_for_a_name(item, header_missed):
    first = BIRDS.planted[0]
    item = item.format(first.rows[0], first.rows[0] - 1)
    said = mark(BIRDS, [Given(2, ERROR, item, first.cause, "")]).marks[0]
    assert (said.verdict, said.header_missed) == ("found", header_missed)


def test_case_blanks_marks_and_leading_zeros_do_not_matter():
    first = BIRDS.planted[0]
    item = f" C{int(first.item[1:])} "
    said = mark(BIRDS, [Given(2, " ERROR", item, " Zero not-COUNTED ", "")]).marks[0]
    assert said.verdict == "found"


def test_a_question_there_is_not_is_said():
    assert verdicts(mark(BIRDS, [Given(2, "colour", "", "red", "")]))[-1] == "unknown"


def test_a_wrong_number_and_a_wrong_statement_are_wrong():
    sheet = [Given(2, "together", "", "12", ""), Given(3, "sumOfHighest", "", "true", "")]
    said = {one.question: (one.verdict, one.points) for one in mark(BIRDS, sheet).marks if one.given}
    assert said == {"together": ("wrong", 0), "sumOfHighest": ("wrong", 0)}


@pytest.mark.parametrize("text", ["1585", "1,585", "1.585", "1 585 birds", " 1585 "])
def test_numbers_are_read_as_people_write_them(text):
    assert 1585.0 in numbers(text)


def test_the_order_of_rows_does_not_matter():
    sheet = perfect(BIRDS)

    @given(st.permutations(sheet))
    def same(shuffled):
        assert mark(BIRDS, shuffled).percent == 100

    same()


@given(st.lists(st.tuples(*[st.text(max_size=12)] * 4), max_size=8))
def test_whatever_is_written_is_marked(rows):
    marks = mark(BIRDS, [Given(n, *row) for n, row in enumerate(rows, 2)])
    assert 0 <= marks.percent <= 100


def test_a_row_is_not_spent_on_another_error_at_the_same_place():
    first, other = BIRDS.planted[0], BIRDS.planted[3]
    both = replace(BIRDS, planted=(first, replace(other, also=(first.item,))))
    marks = mark(both, [Given(2, ERROR, first.item, other.cause, ""), Given(3, ERROR, first.item, first.cause, "")])
    assert [(one.verdict, one.given.row) for one in marks.marks[:2]] == [("found", 3), ("found", 2)]
