"""Survival from a file of capture histories: words or columns, what is left out and why."""

import pytest

from tumen.errors import ColumnError, FormatError, MisuseError
from tumen.tasks.survival_files import SurvivalFiles, sightings, survival_of_files

WORDS = ["1100", "1010", "1111", "0110", "0101", "0011", "1000", "0100", "0010", "1001", "0111", "1110"]


@pytest.fixture
def asked(tmp_path):
    """Write a file of histories and return what is asked of it."""

    def write(text, **more):
        (tmp_path / "histories.csv").write_text(text, encoding="utf-8")
        return SurvivalFiles(**{"histories": tmp_path / "histories.csv", "intervals": (1.0,), **more})

    return write


def words(extra: str = "") -> str:
    return "ch,sex\n" + "".join(f"{word},{'FM'[n % 2]}\n" for n, word in enumerate(WORDS)) + extra


def columns() -> str:
    rows = "".join(f"a{n},{'FM'[n % 2]},{','.join(word)}\n" for n, word in enumerate(WORDS))
    return "animal,sex,2013,2014,2015,2016\n" + rows


def findings_of(seen, code):
    return seen.findings.filter(code=code).select("row", "column", "value").rows()


def test_words_and_columns_of_the_same_animals_are_the_same_histories(asked):
    one, other = sightings(asked(words())), sightings(asked(columns()))
    assert one.data.seen.tolist() == other.data.seen.tolist()
    assert one.data.sex == other.data.sex == ("F", "M") * 6
    assert one.data.occasions == ("1", "2", "3", "4")
    assert other.data.occasions == ("2013", "2014", "2015", "2016")
    assert other.data.animals[:2] == ("a0", "a1")
    assert one.findings.is_empty()
    assert other.findings.is_empty()


def test_the_answer_has_the_tables_of_a_study(asked):
    answer = survival_of_files(asked(words(), phi=("1",), p=("1",)))
    assert set(answer.tables) == {
        "survival", "detection", "population", "models", "populationModels", "goodness", "histories"
    }  # fmt: skip
    assert answer.tables["models"]["model"].to_list() == ["phi(1) p(1)"]
    assert answer.tables["survival"]["status"].unique().to_list() == ["estimable"]
    assert answer.tables["survival"]["year"].to_list() == ["1–2", "2–3", "3–4"]
    assert answer.parameters["animals"] == 12


def test_survival_is_per_year_whatever_the_interval(asked):
    yearly = survival_of_files(asked(words(), phi=("1",), p=("1",)))
    twice = survival_of_files(asked(words(), phi=("1",), p=("1",), intervals=(2.0,)))
    one, other = (each.tables["survival"]["estimate"][0] for each in (yearly, twice))
    assert other == pytest.approx(one**0.5, rel=1e-5)


def test_intervals_must_be_one_or_one_less_than_occasions(asked):
    assert sightings(asked(words(), intervals=(1.0, 2.0, 1.0))).data.intervals.tolist() == [1.0, 2.0, 1.0]
    with pytest.raises(MisuseError, match="years between 4 occasions"):
        sightings(asked(words(), intervals=(1.0, 2.0)))
    with pytest.raises(MisuseError, match="years between 4 occasions"):
        sightings(asked(words(), intervals=()))


def test_other_columns_are_left_with_a_finding(asked):
    text = "ch,weight,ring\n" + "".join(f"{word},{n}.5,x\n" for n, word in enumerate(WORDS))
    seen = sightings(asked(text))
    assert findings_of(seen, "histories-columns-left") == [(None, "", "weight")]
    assert len(seen.data.animals) == 1


def test_a_cell_that_is_neither_0_nor_1_leaves_the_animal_out(asked):
    seen = sightings(asked(words("1.10,F\n")))
    assert findings_of(seen, "histories-cell-unread") == [(14, "ch", "1.10")]
    assert len(seen.data.animals) == 12
    table = sightings(asked(columns() + "b,F,1,2,0,1\n"))
    assert findings_of(table, "histories-cell-unread") == [(14, "2014", "2")]
    assert len(table.data.animals) == 12


def test_a_history_of_another_length_is_a_finding(asked):
    # Spreadsheets take away the zeros in front.
    seen = sightings(asked(words("101,F\n")))
    assert findings_of(seen, "histories-length") == [(14, "ch", "3")]
    assert len(seen.data.animals) == 12


def test_an_animal_that_was_never_seen_is_left_out_and_said(asked):
    seen = sightings(asked(words("0000,F\n")))
    assert findings_of(seen, "histories-never-seen") == [(14, "ch", "14")]
    assert len(seen.data.animals) == 12


def test_a_second_row_of_an_animal_is_left_out_and_said(asked):
    seen = sightings(asked(columns() + "a3,F,1,1,0,1\n"))
    assert findings_of(seen, "histories-animal-twice") == [(14, "animal", "a3")]
    assert len(seen.data.animals) == 12


def test_frequencies_repeat_a_history_and_below_zero_mean_not_released(asked):
    seen = sightings(asked("ch,freq\n110,2\n011,-1\n"))
    assert seen.data.seen.sum() == 6
    assert seen.data.lost.tolist() == [False, False, True]
    with pytest.raises(FormatError, match="freq"):
        sightings(asked("ch,freq\n110,many\n"))


def test_unknown_sex_is_none_and_said(asked):
    seen = sightings(asked(words("1100,NA\n1100,unknown\n")))
    assert seen.data.sex[-2:] == (None, None)
    assert seen.findings["code"].to_list() == ["survival-sex-unknown"]


def test_covariates_of_occasions_come_from_a_file(asked, tmp_path):
    (tmp_path / "years.csv").write_text("occasion,time,flood\n1,2013,0\n2,2014,1\n3,2016,1\n4,2017,0\n")
    answer = survival_of_files(asked(words(), intervals=(), occasions=tmp_path / "years.csv", phi=("flood",), p=("1",)))
    assert answer.tables["models"]["model"].to_list() == ["phi(flood) p(1)"]
    assert sightings(asked(words(), intervals=(), occasions=tmp_path / "years.csv")).data.intervals[1] == 2.0
    (tmp_path / "years.csv").write_text("occasion,time\n1,2013\n2,2014\n")
    with pytest.raises(MisuseError, match="the occasions 1, 2, 3, 4"):
        sightings(asked(words(), intervals=(), occasions=tmp_path / "years.csv"))
    (tmp_path / "years.csv").write_text("year\n2013\n")
    with pytest.raises(ColumnError, match="time"):
        sightings(asked(words(), intervals=(), occasions=tmp_path / "years.csv"))
    with pytest.raises(MisuseError, match="both"):
        sightings(asked(words(), occasions=tmp_path / "years.csv"))


def test_a_formula_that_means_nothing_is_named_as_the_option_it_is(asked):
    with pytest.raises(MisuseError, match=r"--phi, --p: .*found 'weather'") as raised:
        survival_of_files(asked(words(), phi=("weather",)))
    assert "[survival]" not in str(raised.value)


def test_too_few_sightings_for_any_model_are_a_stated_result(asked):
    answer = survival_of_files(asked("ch\n110\n011\n"))
    assert "survival-few-sightings" in answer.findings["code"]
    assert "converged" not in answer.tables["population"]["status"]


def test_a_file_without_histories_is_refused(asked):
    with pytest.raises(FormatError, match="column ch"):
        sightings(asked("animal,flood,2013\na,1,1\n"))
    with pytest.raises(FormatError, match="0 and 1"):
        sightings(asked("ch\n"))
