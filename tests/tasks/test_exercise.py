"""An exercise is made, answered and marked as a learner and a teacher would."""

import json

import polars as pl
import pytest

from tumen.errors import FormatError, LanguageError, MisuseError, OutputError
from tumen.files import camtrap_dp, regions
from tumen.simulate.exercises.course import NUMBERS, made
from tumen.simulate.exercises.marking import ERROR
from tumen.tasks.exercise import digest, exercise, key, marked, read_answers

HEADER = "question,item,answer,value"


@pytest.fixture
def birds(tmp_path):
    exercise(6, tmp_path / "birds", language="en", seed=3)
    return tmp_path / "birds"


@pytest.fixture(scope="module")
def solution():
    """The rows of a perfect sheet for the birds of seed 3."""
    one = made(6, {}, seed=3)
    rows = [(ERROR, p.item, p.cause, "") for p in one.planted]
    rows += [(n.name, n.item, f"{n.value:.0f}", "") for n in one.numbers]
    return rows + [(name, "", right, "") for name, right in one.statements.items()]


def sheet(rows, mark=","):
    quoted = [[f'"{cell}"' if mark in cell else cell for cell in row] for row in rows]
    return "\n".join([HEADER.replace(",", mark), *(mark.join(row) for row in quoted)]) + "\n"


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_folder_holds_what_a_learner_needs_and_not_the_key(birds, solution):
    names = {path.name for path in birds.iterdir()}
    assert names == {".tumen", "TASK.md", "answers.csv", "exercise.json", "glossary.csv", "packages"}
    assert camtrap_dp.read(birds / "packages" / "bird-network").table("counts").height > 100
    for name in ("TASK.md", "answers.csv", "exercise.json", "glossary.csv"):
        text = (birds / name).read_text(encoding="utf-8")
        assert not [item for question, item, *_ in solution if question == ERROR and item in text]


@pytest.mark.slow
@pytest.mark.parametrize("number", NUMBERS)
def test_every_exercise_is_made_marked_and_explained(number, tmp_path):
    folder = tmp_path / "made"
    exercise(number, folder, language="en", seed=2)
    one = made(number, regions.region("northeast_asia"), seed=2)
    said = key(number, folder)
    assert all(f"{planted.item} · {planted.cause}" in said for planted in one.planted)
    assert "(0\u00a0%)" in marked(number, folder)
    value = {planted.item: "" if planted.value is None else f"{planted.value:.0f}" for planted in one.planted}
    rows = [(ERROR, p.item, p.cause, value[p.item]) for p in one.planted]
    rows += [(n.name, n.item, str(n.value), "") for n in one.numbers]
    rows += [(name, "", right, "") for name, right in one.statements.items()]
    (folder / "answers.csv").write_text(sheet(rows), encoding="utf-8")
    assert "(100\u00a0%)" in marked(number, folder)
    assert (folder / "study.toml").exists() == one.study


def test_the_same_seed_gives_the_same_bytes(birds, tmp_path):
    exercise(6, tmp_path / "again", language="en", seed=3)
    assert files(tmp_path / "again") == files(birds)
    exercise(6, tmp_path / "other", language="en", seed=4)
    assert files(tmp_path / "other") != files(birds)


@pytest.mark.parametrize(
    ("mark", "encoding"), [(",", "utf-8"), (";", "utf-8-sig"), ("\t", "utf-16"), (";", "cp1251"), (",", "gb18030")]
)
def test_a_sheet_may_be_saved_by_any_program(birds, solution, mark, encoding):
    (birds / "answers.csv").write_bytes(sheet(solution, mark).encode(encoding))
    assert "(100\u00a0%)" in marked(6, birds)


def test_a_title_above_the_columns_and_columns_in_another_order_are_let_be(birds, solution):
    lines = ["My answers,,,", "Item,Question,Answer,remarks"]
    lines += [f"{item.replace(',', ' ')},{question},{answer}," for question, item, answer, _ in solution]
    (birds / "answers.csv").write_text("\n".join(lines), encoding="utf-8")
    assert "(100\u00a0%)" in marked(6, birds)


def test_rows_are_counted_as_a_spreadsheet_does(birds):
    (birds / "answers.csv").write_text(HEADER + "\nerror,c999,synonym,\n", encoding="utf-8")
    assert [given.row for given in read_answers(birds / "answers.csv")] == [2]
    assert "wrongly reported (row 2): c999" in marked(6, birds)


def test_the_sheet_as_it_was_made_has_no_point(birds):
    assert "Score: 0 of" in marked(6, birds)


@pytest.mark.parametrize(
    "data", [b"", b"a,b\n1,2\n", b"\x00\x01\x02\xff\xfe", b"\xff" * 500, b"PK\x03\x04" + bytes(range(256)) * 4]
)
def test_a_sheet_that_cannot_be_read_is_told_in_words(birds, data):
    (birds / "answers.csv").write_bytes(data)
    with pytest.raises(FormatError) as caught:
        marked(6, birds)
    assert caught.value.needed == "the columns question, item, answer and value"


def test_a_missing_sheet_and_one_that_is_a_folder_are_told(birds):
    (birds / "answers.csv").unlink()
    with pytest.raises(FormatError, match="a sheet of answers"):
        marked(6, birds)
    (birds / "answers.csv").mkdir()
    with pytest.raises(FormatError, match="a sheet of answers"):
        marked(6, birds)


def test_a_folder_with_answers_is_never_overwritten(birds):
    (birds / "answers.csv").write_text(HEADER + "\nmine", encoding="utf-8")
    with pytest.raises(OutputError, match="an empty or new folder"):
        exercise(6, birds, language="en")
    assert (birds / "answers.csv").read_text(encoding="utf-8").endswith("mine")


def test_another_number_and_a_folder_without_an_exercise_are_told(birds, tmp_path):
    with pytest.raises(MisuseError, match="exercise 5"):
        marked(5, birds)
    with pytest.raises(FormatError, match="the folder of an exercise"):
        marked(6, tmp_path)


@pytest.mark.parametrize("said", ["", "[]", "{}", '{"exercise": "6"}', '{"exercise": true}', "\x00", "[" * 100_000])
def test_an_exercise_json_that_was_spoilt_is_told(birds, said):
    (birds / "exercise.json").write_text(said, encoding="utf-8")
    with pytest.raises(FormatError, match="the folder of an exercise"):
        marked(6, birds)


def test_an_exercise_that_would_be_made_otherwise_is_not_marked(birds):
    about = json.loads((birds / "exercise.json").read_text(encoding="utf-8"))
    (birds / "exercise.json").write_text(json.dumps({**about, "seed": 4}), encoding="utf-8")
    with pytest.raises(MisuseError, match="by this version"):
        marked(6, birds)


def test_the_digest_hangs_on_the_tables_alone():
    one, other = made(5, {}, seed=1), made(5, {}, seed=2)
    assert digest(one) == digest(made(5, {}, seed=1))
    assert digest(one) != digest(other)


def test_an_unknown_language_leaves_nothing_behind(tmp_path):
    with pytest.raises(LanguageError):
        exercise(6, tmp_path / "made", language="de")
    assert list(tmp_path.iterdir()) == []


def test_the_marks_speak_the_language_of_the_folder_unless_told_otherwise(tmp_path):
    exercise(6, tmp_path / "made", language="ru", seed=3)
    assert marked(6, tmp_path / "made", language="en").endswith("(0\u00a0%)\n")
    assert json.loads((tmp_path / "made" / "exercise.json").read_text(encoding="utf-8"))["language"] == "ru"


def test_the_glossary_is_a_table_of_every_permitted_answer(birds):
    text = (birds / "glossary.csv").read_text(encoding="utf-8-sig")
    assert pl.Series(text.splitlines()).str.starts_with("error,").sum() == 6
    assert "true / false / unclear" in text
