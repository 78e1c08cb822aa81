"""Names of species and places: where each was seen, whose usage it is, and what is still missing."""

import csv
import re
from dataclasses import replace
from importlib.resources import files

import pytest

from tumen.errors import MisuseError
from tumen.report.contents import contents
from tumen.report.words import Words
from tumen.report.words.catalogues import Catalogue, languages
from tumen.report.words.names import COLUMNS, KINDS, LANGUAGES, Name, name_of, parse, shipped
from tumen.tables.taxa import resolve

ROWS = list(csv.DictReader(files("tumen.report.words").joinpath("names.csv").read_text("utf-8").splitlines()))
HEADER = ",".join(COLUMNS) + "\n"
CRANES = ("Antigone vipio", "Grus japonensis", "Grus monacha", "Leucogeranus leucogeranus", "Grus grus", "Grus virgo")


def listed(names: str) -> list[str]:
    return names.split(", ") if names else []


MAMMALS = listed(
    "Canis lupus, Capreolus pygargus, Cervus elaphus, Cervus nippon, Gulo gulo, Loxodonta africana, Lynx lynx, "
    "Martes zibellina, Meles leucurus, Moschus moschiferus, Naemorhedus caudatus, Nyctereutes procyonoides, "
    "Otocolobus manul, Panthera pardus, Panthera tigris, Panthera uncia, Prionailurus bengalensis, "
    "Procapra gutturosa, Sus scrofa, Ursus arctos, Ursus thibetanus, Vulpes corsac"
)
BIRDS = listed(
    "Anas platyrhynchos, Anas zonorhyncha, Anser albifrons, Anser cygnoides, Anser erythropus, Anser fabalis, "
    "Anser serrirostris, Antigone vipio, Aythya baeri, Aythya ferina, Calidris alpina, Calidris pygmaea, "
    "Calidris tenuirostris, Ciconia boyciana, Ciconia nigra, Cygnus columbianus, Cygnus cygnus, Cygnus olor, "
    "Egretta eulophotes, Grus grus, Grus japonensis, Grus monacha, Grus virgo, Ichthyaetus relictus, "
    "Leucogeranus leucogeranus, Limosa lapponica, Limosa limosa, Mareca falcata, Mergus squamatus, "
    "Numenius arquata, Numenius madagascariensis, Otis tarda, Platalea minor, Saundersilarus saundersi, "
    "Sibirionetta formosa, Tringa guttifer, Xenus cinereus"
)
PLACES = listed(
    "Amur River, Argun River, Dauria, Hulun Lake, Hunchun, Khasan, Kherlen River, Lake Khanka, Mongol Daguur, "
    "Onon River, Paektu / Changbai, Rason, Torey Lakes, Tumen River, Ussuri River"
)

SPECIES_WITHOUT_A_NAME = {
    "en": "",
    "ru": "Anas zonorhyncha, Anser serrirostris, Calidris tenuirostris, Cygnus columbianus, Loxodonta africana, "
    "Mareca falcata, Naemorhedus caudatus, Panthera pardus, Platalea minor, Prionailurus bengalensis, Vulpes corsac",
    "zh-Hans": "Loxodonta africana, Naemorhedus caudatus, Procapra gutturosa, Vulpes corsac",
    "ko": "Cervus elaphus, Martes zibellina, Meles leucurus, Otocolobus manul, Procapra gutturosa, Vulpes corsac",
    "ja": "Anas zonorhyncha, Anser fabalis, Aythya ferina, Cervus elaphus, Loxodonta africana, "
    "Lynx lynx, Martes zibellina, Meles leucurus, Procapra gutturosa, Vulpes corsac",
    "mn": "Anas platyrhynchos, Anas zonorhyncha, Anser albifrons, Anser erythropus, Anser fabalis, "
    "Anser serrirostris, Aythya baeri, Aythya ferina, Calidris alpina, Calidris pygmaea, Calidris tenuirostris, "
    "Cervus nippon, Ciconia boyciana, Ciconia nigra, Cygnus columbianus, Egretta eulophotes, Limosa lapponica, "
    "Limosa limosa, Loxodonta africana, Mareca falcata, Mergus squamatus, Naemorhedus caudatus, Numenius arquata, "
    "Numenius madagascariensis, Nyctereutes procyonoides, Platalea minor, Prionailurus bengalensis, "
    "Saundersilarus saundersi, Sibirionetta formosa, Tringa guttifer, Ursus thibetanus",
}
"""Not found in any source, or sources disagree (Anser fabalis, Aythya ferina in Japanese): take out what is sourced."""

PLACES_WITHOUT_A_NAME = {
    "en": "Dauria, Paektu / Changbai",
    "ru": "Dauria, Hulun Lake, Paektu / Changbai, Rason",
    "zh-Hans": "Dauria, Khasan, Torey Lakes",
    "ko": "Argun River, Dauria, Hulun Lake, Khasan, Kherlen River, Mongol Daguur, Onon River, Torey Lakes",
    "ja": "Argun River, Dauria, Hulun Lake, Hunchun, Khasan, Kherlen River, Mongol Daguur, Onon River, Torey Lakes",
    "mn": "Amur River, Dauria, Hunchun, Khasan, Paektu / Changbai, Rason, Torey Lakes, Ussuri River",
}


def row(kind: str = "species", name: str = "Panthera tigris", **cells: str) -> str:
    given = {"language": "en", "region": "", "text": "Amur tiger", "source": "us", "reviewed": "true", **cells}
    return ",".join([kind, name, *(given[column] for column in COLUMNS[2:])]) + "\n"


# What ships


def test_every_row_says_what_it_is_where_it_was_seen_and_that_nobody_has_reviewed_it():
    for given in ROWS:
        assert given["kind"] in KINDS
        assert given["language"] in LANGUAGES
        assert re.fullmatch("|[A-Z]{2}", given["region"])
        assert given["text"] == given["text"].strip() != ""
        assert len(given["source"]) > 5
        assert "recalled" not in given["source"]
        assert given["reviewed"] == "false"


def test_every_name_is_there_once_and_in_order():
    keys = [(r["kind"] != "species", r["name"], LANGUAGES.index(r["language"]), r["region"]) for r in ROWS]
    assert keys == sorted(set(keys))


def test_species_are_listed_under_their_accepted_names():
    names = {r["name"] for r in ROWS if r["kind"] == "species"}
    assert {name: resolve(name).accepted for name in names} == {name: name for name in names}
    assert names == {*MAMMALS, *BIRDS}
    assert {r["name"] for r in ROWS if r["kind"] == "place"} == {*PLACES} - {"Dauria"}


SCRIPTS = {
    "en": "[A-Za-z'’ -]+",
    "ru": "[А-Яа-яЁё -]+",
    "mn": "[А-Яа-яЁёӨөҮү -]+",
    "ko": "[가-힣]+",
    "ja": "[ァ-ヶー一-鿿]+",
    "zh-Hans": "[一-鿿]+",
    "zh-Hant": "[一-鿿]+",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_written_in_the_letters_of_their_language(language):
    texts = [r["text"] for r in ROWS if r["language"] == language]
    assert [text for text in texts if not re.fullmatch(SCRIPTS[language], text)] == []


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("kind", "wanted", "gaps"),
    [("species", [*MAMMALS, *BIRDS], SPECIES_WITHOUT_A_NAME), ("place", PLACES, PLACES_WITHOUT_A_NAME)],
    ids=["species", "places"],
)
def test_what_has_no_name_yet_is_known(language, kind, wanted, gaps):
    missing = [name for name in sorted(wanted) if name_of(kind, name, language) is None]
    assert missing == listed(gaps[language])


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("crane", CRANES)
def test_the_cranes_have_names_in_all_six_languages(crane, language):
    words = Words(language)
    assert words.species(crane).common
    assert words.nameless == ()


# Which name


def test_usages_of_the_two_koreas_stand_side_by_side():
    assert [Words("ko", region=r).species("Grus monacha").common for r in ("", "KR", "KP")] == [
        "흑두루미",
        "흑두루미",
        "갯두루미",
    ]
    assert Words("ko", region="KP").species("Panthera tigris").common == "조선범"


def test_simplified_and_traditional_characters_are_two_languages():
    assert name_of("species", "Platalea minor", "zh-Hans").text == "黑脸琵鹭"
    assert name_of("species", "Platalea minor", "zh-Hant").text == "黑面琵鷺"


def test_places_go_by_the_name_each_language_has():
    assert [Words(language).place("Tumen River") for language in ("ru", "zh-Hans", "ko", "ja", "mn")] == [
        "Туманная",
        "图们江",
        "두만강",
        "豆満江",
        "Түмэн гол",
    ]
    assert Words("en").place("Amur River") == "Amur River"
    assert Words("en").place("Amur River", "CN") == "Heilong Jiang"


def test_regions_that_disagree_give_no_name_where_none_is_asked_for():
    two = parse(HEADER + row(language="mn", region="CN", text="а") + row(language="mn", region="MN", text="б"), "f")
    same = parse(HEADER + row(language="mn", region="CN", text="а") + row(language="mn", region="MN", text="а"), "f")
    key = ("species", "Panthera tigris", "mn")
    assert {region: usage.text for region, usage in two[key].items()} == {"CN": "а", "MN": "б"}
    assert name_of("species", "Panthera tigris", "mn", "MN", two).text == "б"
    assert name_of("species", "Panthera tigris", "mn", "", two).text == "бар"
    assert name_of("species", "Panthera tigris", "mn", "", same).text == "а"


def test_a_subspecies_goes_by_its_species_and_an_older_name_by_the_accepted_one():
    assert Words("ru").species("Panthera tigris altaica") == replace(
        Words("ru").species("Panthera tigris"), scientific="Panthera tigris altaica"
    )
    assert Words("ja").species("Grus vipio").common == "マナヅル"


def test_no_name_is_taken_from_another_language_and_what_has_none_is_listed():
    words = Words("mn")
    assert words.species("Tringa guttifer").common is None
    assert words.species("Tringa guttifer").plain == "Tringa guttifer"
    assert words.place("Khasan") == "⟦Khasan⟧"
    assert words.nameless == (("species", "Tringa guttifer"), ("place", "Khasan"))
    assert words.missing == ()


def test_the_report_lists_what_has_no_name(source):
    strange = replace(source, species=("Myocastor coypus",))
    document = contents(strange, (), Words("en"))
    section = document.sections[-1]
    assert section.title == "Species and places without a name"
    assert section.blocks[1].items == ("Myocastor coypus",)
    assert contents(source, (), Words("en")).sections[-1].name != "missing"


def test_names_nobody_has_reviewed_count_among_the_unreviewed_texts():
    words = Words("ko", Catalogue({"Findings": ("검사 결과",)}))
    words.text("Findings")
    words.species("Grus grus")
    words.species("Grus grus")
    assert words.unreviewed == (1, 2)
    english = Words("en")
    english.species("Grus grus")
    assert english.unreviewed == (0, 0)


# A study's own names


def test_a_study_puts_its_own_names_first():
    own = parse(HEADER + row() + row("place", "Our Valley", text="Our Valley"), "names.csv")
    words = Words("en", names=own)
    assert words.species("Panthera tigris altaica").common == "Amur tiger"
    assert words.species("Panthera pardus").common == "leopard"
    assert words.place("Our Valley") == "Our Valley"
    assert words.nameless == ()
    assert own["species", "Panthera tigris", "en"][""] == Name("Amur tiger", "us", reviewed=True)


def test_a_sentence_does_not_count_tigers_that_are_called_otherwise():
    own = parse(HEADER + row(), "names.csv")
    assert Words("en").of_species("Panthera tigris", 2) == "of 2 tigers"
    assert Words("en", names=own).of_species("Panthera tigris", 2) is None


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "the columns .* found none"),
        ("kind,name\n", "found kind, name"),
        (HEADER + row(kind="animal"), "a known kind in row 2 of f.csv; found 'animal'"),
        (HEADER + row() + row(language="zh"), "a known language in row 3 .* found 'zh'"),
        (HEADER + row(reviewed="yes"), "a known reviewed in row 2 .* found 'yes'"),
        (HEADER + row(region="North"), "capitals for region in row 2 .* found 'North'"),
        (HEADER + row(source=""), "a value for source in row 2"),
        (HEADER + row() + row(), "row 3 of f.csv; found 'Panthera tigris'"),
        (HEADER + row(name="Grus vipio") + row(name="Antigone vipio"), "row 3 of f.csv; found 'Antigone vipio'"),
        (HEADER + "species,Panthera tigris\n", "row 2 of f.csv; found 2 cells"),
        (HEADER + 'species,"Panthera tigris\n', "names in CSV in f.csv"),
    ],
)
def test_a_wrong_list_is_refused_with_its_row(text, wrong):
    with pytest.raises(MisuseError, match=wrong):
        parse(text, "f.csv")


def test_the_shipped_list_is_read_once():
    assert shipped() is shipped()
