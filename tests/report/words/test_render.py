"""Words, numbers, dates and names as each language writes them."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import LanguageError
from tumen.report.words import Words
from tumen.report.words.catalogues import Catalogue, plural_index

NBSP = "\u00a0"
NOTHING = Catalogue({})


def plain(text: str) -> str:
    return text.replace(NBSP, " ")


def test_english_needs_no_catalogue_and_is_never_missing():
    words = Words("en")
    assert words.text("Something nobody wrote down: {count}", count=1200) == "Something nobody wrote down: 1,200"
    assert words.missing == ()


def test_a_missing_text_stands_in_english_between_brackets_and_is_listed_once():
    words = Words("ru", NOTHING)
    assert words.text("Key results") == "⟦Key results⟧"
    assert words.text("Key results") == "⟦Key results⟧"
    assert words.plural("{count} station", "{count} stations", 3) == "⟦3 stations⟧"
    assert words.missing == ("Key results", "{count} station")


def test_words_of_one_language_do_not_remember_what_another_lacked():
    Words("ru", NOTHING).text("Key results")
    assert Words("ru").text("Key results") == "Главные результаты"
    assert Words("ru").missing == ()


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 станций"), (1, "1 станция"), (2, "2 станции"), (5, "5 станций"), (11, "11 станций"), (21, "21 станция")],
)
def test_russian_plurals(count: int, text: str):
    assert Words("ru").plural("{count} station", "{count} stations", count) == text


@given(st.integers(0, 10_000))
def test_plurals_follow_the_rule_that_the_catalogue_states(n: int):
    stated = 0 if n % 10 == 1 and n % 100 != 11 else 1 if 2 <= n % 10 <= 4 and not 10 <= n % 100 < 20 else 2
    assert plural_index("ru", n) == stated


def test_numbers_and_shares():
    assert [Words("en").number(12345.678, d) for d in (0, 1)] == ["12,346", "12,345.7"]
    assert plain(Words("ru").number(12345.678, 1)) == "12 345,7"
    assert plain(Words("en").percent(19 / 45)) == "42.2 %"
    assert plain(Words("ru").percent(15 / 89)) == "16,9 %"
    assert Words("en").number(None) == Words("en").percent(None) == "–"
    assert Words("en").number(0) == "0"


@given(st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 6)))
def test_exact_numbers_lose_nothing(value: float):
    assert float(Words("en").exact(value).replace(",", "")) == value


def test_days_and_spans():
    first, last = date(2014, 3, 1), datetime(2015, 5, 31, 23, 59, tzinfo=UTC)
    assert plain(Words("en").days(first, last)) == "1 Mar 2014 – 31 May 2015"
    assert plain(Words("ru").days(first, last)) == "1 мар. 2014 – 31 мая 2015"
    assert plain(Words("en").days(first, first)) == "1 Mar 2014"
    assert Words("en").day(None) == "–"


def test_countries_by_code():
    assert Words("en").countries("CN|RU") == "China, Russia"
    assert Words("ru").country("KP") == "КНДР"
    assert Words("ru").country("ZZZ") == "ZZZ"


def test_known_species_have_common_names_and_others_go_by_the_scientific_one():
    words = Words("ru")
    assert words.species("Panthera tigris").plain == "тигр"
    assert words.species("Panthera tigris altaica").plain == "тигр"
    assert words.species("Myocastor coypus").plain == "Myocastor coypus"
    assert words.of_species("Panthera pardus", 21) == "из 21 леопарда"
    assert words.of_species("Myocastor coypus", 21) is None
    assert words.missing == ()


def test_a_language_without_words_is_refused():
    with pytest.raises(LanguageError, match="a language that has words"):
        Words("zh-Hant")


@pytest.mark.parametrize(
    ("language", "number", "day", "listed", "korea"),
    [
        ("zh-Hans", "12,345.7", "2014年3月1日", "中国、俄罗斯", "朝鲜"),
        ("ko", "12,345.7", "2014년 3월 1일", "중국, 러시아", "조선민주주의인민공화국"),
        ("ja", "12,345.7", "2014年3月1日", "中国、ロシア", "朝鮮民主主義人民共和国"),
        ("mn", "12,345.7", "2014 оны 3-р сарын 1", "Хятад, Орос", "БНАСАУ"),
    ],
)
def test_numbers_dates_and_countries_in_each_convention(language, number, day, listed, korea):
    words = Words(language)
    assert words.number(12345.678, 1) == number
    assert plain(words.day(date(2014, 3, 1))) == day
    assert words.countries("CN|RU") == listed
    assert words.country("KP") == korea


def test_a_machine_translation_is_announced_until_it_is_reviewed():
    catalogue = Catalogue({"Findings": ("검사 결과",), "Packages": ("묶음",)}, frozenset({"Findings"}))
    words = Words("ko", catalogue)
    assert words.text("Packages") == "묶음"
    assert words.unreviewed == (0, 1)
    assert words.text("Findings") == "검사 결과"
    assert words.unreviewed == (1, 2)
