"""The sentences say what the tables say, in every language."""

import polars as pl
import pytest
from tests.report.invented import make_source, wilson

from tumen.report.animals import crossers
from tumen.report.contents import contents
from tumen.report.results import headline, key_results, transborder
from tumen.report.source import ReportSource
from tumen.report.words import Words
from tumen.report.words.catalogues import languages
from tumen.tables.answer import Answer, Note


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def summary_row(species, union, both, countries=2, **changes):
    low, high = wilson(both, union)
    row = {
        "scientificName": species, "stage": "adult", "union": union, "onBothSides": both, "share": both / union,
        "shareLow": low, "shareHigh": high, "addingCountries": union + both, "addingParties": union + both,
        "excessCountries": both, "excessParties": both, "crossings": 30, "crossingsHigh": 30,
    }  # fmt: skip
    return {**row, **changes}


def source_with(*rows):
    """The invented study, its summary replaced."""
    base = make_source()
    tables = {**base.crossings.tables, "summary": pl.DataFrame(rows, infer_schema_length=None)}
    return make_source(crossings=Answer("crossings", tables, base.crossings.notes, base.crossings.parameters))


def sentences(source: ReportSource, language: str) -> list[list[str]]:
    (cards,) = key_results(source, Words(language))
    return [[plain(sentence) for sentence in card.sentences] for card in cards.cards]


def test_the_published_numbers_of_2018_in_english():
    tigers, leopards = sentences(
        source_with(summary_row("Panthera tigris", 45, 19), summary_row("Panthera pardus", 89, 15)), "en"
    )
    assert tigers[:2] == [
        "19 of 45 tigers (42.2 %, 95 % interval 29.0–56.7 %) were found on both sides of the border.",
        "Adding national lists would have given 64: 19 too many.",
    ]
    assert leopards[:2] == [
        "15 of 89 leopards (16.9 %, 95 % interval 10.5–26.0 %) were found on both sides of the border.",
        "Adding national lists would have given 104: 15 too many.",
    ]


def test_the_published_numbers_of_2018_in_russian():
    (tigers,) = sentences(source_with(summary_row("Panthera tigris", 45, 19)), "ru")
    assert tigers[:2] == [
        "По обе стороны границы отмечено 19 из 45 тигров (42,2 %; 95%-ный доверительный интервал 29,0–56,7 %).",
        "Сложение национальных списков дало бы 64: лишних — 19.",
    ]


@pytest.mark.parametrize("language", languages())
def test_key_sentences_carry_the_numbers_of_the_table(source: ReportSource, language: str):
    words = Words(language)
    adults = source.crossings.tables["summary"].filter(pl.col("stage") == "adult")
    for said, row in zip(sentences(source, language), adults.iter_rows(named=True), strict=True):
        assert said[0] == plain(headline(words, row))
        for number in (row["onBothSides"], row["union"]):
            assert str(number) in said[0].split("(")[0]
        for share in (row["share"], row["shareHigh"]):
            assert plain(words.percent(share)) in said[0]
        assert str(row["addingCountries"]) in said[1] and str(row["excessCountries"]) in said[1]
        assert str(row["addingParties"]) in said[2]
    assert words.missing == ()


def test_the_cards_number_is_the_sentence_s_number(source: ReportSource):
    (cards,) = key_results(source, Words("en"))
    assert [(card.title, card.number) for card in cards.cards] == [("Tiger", "3 / 5"), ("Leopard", "2 / 7")]


def test_more_than_two_countries_have_no_two_sides():
    row = summary_row("Panthera tigris", 5, 1)
    assert headline(Words("en"), row, countries=3).endswith("was found in more than one country.")
    assert headline(Words("en"), row, countries=2).endswith("was found on both sides of the border.")


def test_one_surveyed_country_gives_no_share():
    row = summary_row("Panthera tigris", 5, 0, onBothSides=None, share=None, shareLow=None, shareHigh=None)
    assert headline(Words("en"), row) == (
        "5 animals were identified. Only one country was surveyed, so nothing can be said about the other side."
    )
    (said,) = sentences(source_with(row), "en")
    assert not any("national lists" in sentence or "crossing" in sentence for sentence in said)


def test_an_unknown_species_is_named_in_the_card_and_counted_as_animals():
    row = summary_row("Myocastor coypus", 5, 1)
    assert plain(headline(Words("en"), row)).startswith("1 of 5 animals (20.0 %")
    (cards,) = key_results(source_with(row), Words("en"))
    assert (cards.cards[0].title, cards.cards[0].scientific) == ("", "Myocastor coypus")


def test_no_crossing_is_said_with_its_condition():
    (said,) = sentences(source_with(summary_row("Panthera tigris", 5, 0, crossings=0, crossingsHigh=0)), "en")
    assert "No crossing was seen; where no camera stood, none could be." in said


def test_bounds_of_crossings_are_both_said():
    (said,) = sentences(source_with(summary_row("Panthera tigris", 5, 2, crossings=3, crossingsHigh=6)), "en")
    assert "They crossed the border at least 3 times; uncertain positions allow 6." in said


def test_no_individuals_is_said_plainly(source: ReportSource):
    empty = {name: frame.clear() for name, frame in source.crossings.tables.items()}
    blank = make_source(crossings=Answer("crossings", empty))
    (warn,) = key_results(blank, Words("en"))
    assert warn.kind == "warn" and warn.text.startswith("No individual was identified in the pooled data")
    assert transborder(blank, Words("en")) == crossers(blank, Words("en")) == ()


def test_the_joint_table_is_the_answer_s(source: ReportSource):
    joint, summary = transborder(source, Words("en"))
    assert [column.title for column in joint.columns][2:] == [
        "seen in China", "seen in Russia", "of them in China and Russia", "together, each counted once",
    ]  # fmt: skip
    assert joint.rows[0] == ("Tiger", "adults", "4", "4", "3", "5")
    assert [plain(cell) for cell in summary.rows[0]] == [
        "Tiger", "adults", "5", "3", "60.0 %", "23.1–88.2 %", "8", "9", "7",
    ]  # fmt: skip
    assert (joint.cite, summary.cite) == (("joint",), ("summary",))


def test_a_country_that_was_not_surveyed_has_no_zero(source: ReportSource):
    joint = source.crossings.tables["joint"]
    more = pl.DataFrame([("Panthera tigris", "adult", "KP", None)], schema=joint.schema, orient="row")
    tables = {**source.crossings.tables, "joint": pl.concat([joint, more])}
    shown, _ = transborder(make_source(crossings=Answer("crossings", tables)), Words("en"))
    assert shown.columns[3].title == "seen in DPR Korea"
    assert shown.rows[0][3] == "–"
    assert "not surveyed" in shown.note


def test_every_crosser_has_a_row_with_what_each_country_saw(source: ReportSource):
    animals, crossings = crossers(source, Words("en"))
    assert [row[0][0] for row in animals.rows] == ["T01", "T03", "T05", "L02", "L07"]
    first = animals.rows[0]
    assert first[2][:2] == ("3\u00a0encounters", "3\u00a0nights")
    assert first[3][:2] == ("4\u00a0encounters", "4\u00a0nights")
    assert first[4] == "4"
    assert len(crossings.rows) == source.crossings.tables["crossings"].height == 13
    assert "home: Russia" in animals.rows[2][5] and "camera-days behind it: 333" in animals.rows[2][5]


def test_a_slow_walk_is_not_rounded_to_standing_still(source: ReportSource):
    _, crossings = crossers(source, Words("en"))
    assert "0.0" not in {row[5] for row in crossings.rows}
    assert "<\u00a00.1" in {row[5] for row in crossings.rows}


def test_crossings_of_cubs_are_said_to_be_among_those_listed(source: ReportSource):
    tables = source.crossings.tables
    young = tables["individuals"].with_columns(
        stage=pl.when(pl.col("individualID") == "T03").then(pl.lit("cub")).otherwise("stage")
    )
    with_a_cub = make_source(crossings=Answer("crossings", {**tables, "individuals": young}))
    assert "Crossings of cubs are among them." in crossers(with_a_cub, Words("en"))[1].note
    assert "cubs" not in crossers(source, Words("en"))[1].note


def nothing_found(*notes: Note, **changes) -> str:
    """What is said where no animal is counted and the answer has these notes."""
    empty = {name: frame.clear() for name, frame in make_source().crossings.tables.items()}
    (warn,) = key_results(make_source(crossings=Answer("crossings", empty, notes), **changes), Words("en"))
    return warn.text


@pytest.mark.parametrize("code", ["left-out-other-species", "left-out-outside-period"])
def test_individuals_outside_the_question_are_not_denied(code: str):
    text = nothing_found(Note(code, {"rows": 3}))
    assert text.startswith("No identified individual of the study’s species and period was found")
    assert "which stations saw the species" in text


def test_individuals_that_cannot_be_used_are_not_denied():
    text = nothing_found(Note("possible-identifications-left-out", {"detections": 3}))
    assert text.startswith("No detection of an identified individual could be used")


def test_without_stations_none_are_said_to_be_shown(source: ReportSource):
    assert nothing_found(stations=source.stations.clear()).endswith("how many animals there are.")


def test_no_certain_country_is_not_one_country(source: ReportSource):
    row = summary_row("Panthera tigris", 5, 0, onBothSides=None, share=None, shareLow=None, shareHigh=None)
    assert "In no country is it certain" in headline(Words("en"), row, surveyed=0)
    tables = {**source.crossings.tables, "summary": pl.DataFrame([row], infer_schema_length=None)}
    for area, said in (("RU", "Only one country was surveyed"), ("union", "In no country is it certain")):
        joint = tables["joint"].filter(pl.col("area").is_in([area, "union", "sideUnknown"]))
        with_joint = make_source(crossings=Answer("crossings", {**tables, "joint": joint}))
        assert said in sentences(with_joint, "en")[0][0]


def test_impossible_crossings_are_said_on_the_card_of_their_species(source: ReportSource):
    answer = source.crossings
    some = answer.tables["crossings"].with_columns(
        impossible=pl.col("individualID").is_in(["L02"]) | (pl.col("individualID") == "T05")
    )
    doubtful = make_source(
        crossings=Answer("crossings", {**answer.tables, "crossings": some}, answer.notes, answer.parameters)
    )
    tigers, leopards = sentences(doubtful, "en")
    assert tigers[-1] == ("1 of the crossings found would need more than 10 km/h: a clock or an identity is wrong.")
    assert leopards[-1].startswith("2 of the crossings found")
    assert not any("km/h" in sentence for card in sentences(source, "en") for sentence in card)
    assert "1 из найденных переходов требует скорости больше 10 км/ч" in sentences(doubtful, "ru")[0][-1]


def test_at_least_one_crossing_is_in_the_singular():
    row = summary_row("Panthera tigris", 5, 1, crossings=1, crossingsHigh=3)
    assert (
        "They crossed the border at least 1 time; uncertain positions allow 3." in sentences(source_with(row), "en")[0]
    )


def test_distance_is_not_said_to_be_the_least(source: ReportSource):
    note = crossers(source, Words("en"))[1].note
    assert note.startswith("Distance: the shortest line between the two places. Speed: the least")


def test_an_animal_without_a_species_has_no_blank_cell(source: ReportSource):
    tables = source.crossings.tables
    nameless = {name: tables[name].with_columns(scientificName=pl.lit(None, pl.String)) for name in ("individuals",)}
    animals, _ = crossers(make_source(crossings=Answer("crossings", {**tables, **nameless})), Words("en"))
    assert {row[1][0] for row in animals.rows} == {"Species not stated"}


def test_a_study_that_names_no_species_and_found_none_says_so(source: ReportSource):
    facts = dict(contents(make_source(species=()), (), Words("en")).facts)
    assert facts["Species"] == "all species in the data"
