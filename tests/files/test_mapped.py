"""Somebody's own tables, read through a mapping."""

import polars as pl
import pytest
from tests.files.mapping_texts import PACKAGE, mapped, one, told

from tumen.files.mapped import read_mapped, read_mapped_rows
from tumen.tables.findings import errors
from tumen.tables.schema import DTYPES

STATIONS = """\
№ камеры;Широта;Долгота;Дата;Время;Снята;Высота, м
К1;43°06'15" с.ш.;131°12'00" в.д.;01.03.2014;8:05;12.04.2014;0,5
К2;43°21'15" с.ш.;130°12'00" в.д.;21.12.2014;23:59:30;12.01.2015;1,25
"""
COLUMNS = """\
deploymentID = "№ камеры"
latitude = { column = "Широта", notation = "dms" }
longitude = { column = "Долгота", notation = "dms" }
deploymentStart = { date = "Дата", time = "Время", format = "%d.%m.%Y" }
deploymentEnd = { column = "Снята", format = "%d.%m.%Y", wholeDay = "end" }
cameraHeight = { column = "Высота, м", unit = "m" }
"""
MAPPING = one("deployments", COLUMNS, 'decimal = ","')


def test_a_russian_table_becomes_deployments(tmp_path):
    package = mapped(tmp_path, STATIONS, MAPPING, encoding="cp1251")
    table = package.table("deployments")
    assert errors(package.findings).is_empty()
    assert table["deploymentID"].to_list() == ["К1", "К2"]
    assert table["latitude"].to_list() == [43 + 6 / 60 + 15 / 3600, 43 + 21 / 60 + 15 / 3600]
    assert table["cameraHeight"].to_list() == [0.5, 1.25]
    # Vladivostok was eleven hours ahead in March 2014 and ten in December.
    assert package.received["deployments"]["deploymentStart"].to_list() == [
        "2014-03-01T08:05:00+11:00",
        "2014-12-21T23:59:30+10:00",
    ]
    assert package.received["deployments"]["deploymentEnd"][0] == "2014-04-12T23:59:59+11:00"


def test_the_digests_are_those_of_the_mapping_and_its_files(tmp_path):
    package = mapped(tmp_path, STATIONS, MAPPING)
    assert sorted(package.digests) == ["m.toml", "t.csv"]
    assert (package.format, package.name, package.party) == ("mapped", "m", "north")


def test_rows_are_counted_as_in_the_file(tmp_path):
    table = "Отчёт;;;;;;\n" + STATIONS.replace("131°12", "131°72") + "\n;;;;;;\n" + "К3;91°0'0\";131°0'0\";x;;;\n"
    package = mapped(tmp_path, table, one("deployments", COLUMNS, 'decimal = ","\nheaderRow = 2'))
    assert told(package, "coordinates-no-such-minute", "cell-above-maximum", "date-unread", "cell-required") == [
        ("coordinates-no-such-minute", 3, "longitude", "131°72'00\" в.д."),
        ("cell-required", 7, "deploymentEnd", ""),
        ("date-unread", 7, "deploymentStart", "x"),
        ("cell-above-maximum", 7, "latitude", "91.0"),
    ]
    assert read_mapped_rows(tmp_path / "m.toml")[1]["deployments"]["row"].to_list() == [3, 4, 7]


def test_a_cell_is_told_of_once_and_keeps_its_text(tmp_path):
    package = mapped(tmp_path, "id;n\na;many\n", one("positions", 'positionID = "id"\ncoordinateUncertainty = "n"'))
    assert told(package, "number-unread", "cell-type") == [("number-unread", 2, "coordinateUncertainty", "many")]
    assert package.received["positions"]["coordinateUncertainty"].item() == "many"


def test_a_number_in_the_wrong_convention_is_not_read_after_all(tmp_path):
    # With a decimal comma declared, 1.5 is no number, although the protocol would take it for one.
    package = mapped(tmp_path, "id;n\na;1.5\nb;1,5\n", one("sites", 'siteID = "id"\narea = "n"', 'decimal = ","'))
    assert told(package, "number-unread") == [("number-unread", 2, "area", "1.5")]
    assert package.table("sites")["area"].to_list() == [None, 1.5]


@pytest.mark.parametrize(
    ("cell", "settings", "value"),
    [
        ("1 234,5", 'decimal = ","\nthousands = " "', 1234.5),
        ("1\u00a0234,5", 'decimal = ","\nthousands = " "', 1234.5),
        ("1.234,5", 'decimal = ","\nthousands = "."', 1234.5),
        ("１２.５", "", 12.5),
        ("−3", "", -3.0),
        (".5", "", 0.5),
    ],
)
def test_numbers_as_people_write_them(tmp_path, cell, settings, value):
    package = mapped(tmp_path, f"id;n\na;{cell}\n", one("sites", 'siteID = "id"\narea = "n"', settings))
    assert package.table("sites")["area"].to_list() == [value]


@pytest.mark.parametrize("cell", ["1,23", "12 34", "1,2345", "a", "1.2.3", "--1", "1234,567"])
def test_a_grouping_that_is_none_is_no_number(tmp_path, cell):
    table = f'id;n\na;"{cell}"\n'
    package = mapped(tmp_path, table, one("sites", 'siteID = "id"\narea = "n"', 'thousands = ","'))
    assert [code for code, *_ in told(package, "number-unread", "unit-undeclared")]


@pytest.mark.parametrize(
    ("cell", "unit", "metres"),
    [("35", "m", "35"), ("35 m", "m", "35"), ("1.2 км", "m", "1200"), ("1.2", "km", "1200"), ("250 cm", "m", "2.5")],
)
def test_units_are_brought_to_those_of_the_protocol(tmp_path, cell, unit, metres):
    mapping = one("searches", f'searchID = "id"\ndistance = {{ column = "n", unit = "{unit}" }}')
    assert mapped(tmp_path, f"id;n\na;{cell}\n", mapping).received["searches"]["distance"].to_list() == [metres]


@pytest.mark.parametrize(
    ("cell", "unit", "code"),
    [("35 m", "", "unit-undeclared"), ("35 steps", "m", "unit-unknown"), ("3 ha", "m", "unit-unknown")],
)
def test_a_unit_is_never_supposed(tmp_path, cell, unit, code):
    declared = f', unit = "{unit}"' if unit else ""
    mapping = one("searches", f'searchID = "id"\ndistance = {{ column = "n"{declared} }}')
    assert told(mapped(tmp_path, f"id;n\na;{cell}\n", mapping), code) == [(code, 2, "distance", cell)]


SEX = one("individuals", 'individualID = "id"\nsex = { column = "пол", words = { "самка" = "female", "?" = "" } }')


def test_words_are_translated_and_those_without_are_told_of_once(tmp_path):
    package = mapped(tmp_path, "id;пол\na;самка\nb;?\nc;кот\nd;кот\ne;\n", SEX)
    assert package.received["individuals"]["sex"].to_list() == ["female", None, "кот", "кот", None]
    assert told(package, "word-untranslated", "cell-vocabulary") == [("word-untranslated", 4, "sex", "кот")]
    assert '"rows": "4, 5"' in package.findings.filter(code="word-untranslated")["arguments"].item()


def test_missing_words_are_missing_and_no_others(tmp_path):
    mapping = one("individuals", 'individualID = "id"\nmotherID = "m"', 'missing = ["-", "н/д"]')
    package = mapped(tmp_path, "id;m\na;-\nb;н/д\nc;—\n", mapping)
    assert package.received["individuals"]["motherID"].to_list() == [None, None, "—"]


def test_columns_are_joined_and_constants_filled(tmp_path):
    columns = """\
individualID = { columns = ["g", "n"], join = "-", prefix = "ru-" }
scientificName = { value = "Panthera tigris" }"""
    package = mapped(tmp_path, "g;n\nT;1\n;2\n;\n", one("individuals", columns))
    assert package.received["individuals"]["individualID"].to_list() == ["ru-T-1", "ru-2"]
    assert package.received["individuals"]["scientificName"].to_list() == ["Panthera tigris"] * 2


def test_part_of_a_cell_is_taken_where_it_matches(tmp_path):
    columns = 'individualID = "f"\nmotherID = { column = "f", match = "^([A-Z]+)_" }'
    package = mapped(tmp_path, "f;g\nT_1.jpg;x\n1.jpg;x\n", one("individuals", columns))
    assert package.received["individuals"]["motherID"][0] == "T"
    assert told(package, "match-failed") == [("match-failed", 3, "motherID", "1.jpg")]


def test_a_column_nobody_mapped_is_carried_and_told_of(tmp_path):
    package = mapped(tmp_path, "id;вес;sex;x\na;5;F;y\n", one("individuals", 'individualID = "id"', 'ignore = ["x"]'))
    assert told(package, "column-unmapped") == [
        ("column-unmapped", None, "source:sex", "sex"),
        ("column-unmapped", None, "вес", "вес"),
    ]
    assert package.received["individuals"]["вес"].to_list() == ["5"]
    assert package.table("individuals")["sex"].to_list() == [None]
    assert not told(package, "column-unknown")


def test_a_column_that_is_not_there_is_told_of_with_the_nearest(tmp_path):
    package = mapped(tmp_path, "id;Шрота\na;43\n", one("sites", 'siteID = "id"\nlatitude = "Широта"'))
    assert told(package, "mapped-column-missing") == [("mapped-column-missing", None, "latitude", "Широта")]
    assert "Шрота" in package.findings.filter(code="mapped-column-missing")["arguments"].item()


def test_columns_can_be_named_by_number(tmp_path):
    package = mapped(tmp_path, "x,x\na,b\n", one("individuals", "individualID = 2"))
    assert package.table("individuals")["individualID"].to_list() == ["b"]


def test_one_sheet_fills_two_tables_and_distinct_rows_are_taken_once(tmp_path):
    table = "rec,file,id\n1,a.jpg,T1\n2,a.jpg,T1\n3,b.jpg,\n"
    mapping = one("individuals", 'individualID = "id"', "distinct = true") + one(
        "observations", 'observationID = "rec"'
    )
    package = mapped(tmp_path, table, mapping)
    assert package.received["individuals"]["individualID"].to_list() == ["T1"]
    assert package.received["observations"]["file"].to_list() == ["a.jpg", "a.jpg", "b.jpg"]
    assert told(package, "rows-repeated", "rows-without-key") == [
        ("rows-repeated", None, "individualID", ""),
        ("rows-without-key", None, "individualID", ""),
    ]


def test_rows_that_are_left_out_are_counted(tmp_path):
    mapping = one("individuals", 'individualID = "id"', 'where = { kind = ["cat"] }')
    package = mapped(tmp_path, "id,kind\na,cat\nb,dog\nc,cat\n", mapping)
    assert package.table("individuals")["individualID"].to_list() == ["a", "c"]
    assert '"count": 1' in package.findings.filter(code="rows-left-out")["arguments"].item()


def test_findings_of_later_rows_keep_their_rows_behind_a_filter(tmp_path):
    mapping = one("individuals", 'individualID = "id"\nsex = "sex"', 'where = { kind = ["cat"] }')
    package = mapped(tmp_path, "id,kind,sex\nb,dog,x\nc,cat,x\n", mapping)
    assert told(package, "cell-vocabulary") == [("cell-vocabulary", 3, "sex", "x")]


WIDE = "visit;Anas crecca;Cygnus cygnus\nv1;12;\nv2;х;0\n"
COUNTS = """\
countID = { columns = ["(row)", "species"], join = " " }
visitID = "visit"
scientificName = "species"
count = "number"
"""


def wide(empty: str) -> str:
    return one(
        "counts", COUNTS, f'unpivot = {{ from = 2, header = "species", cell = "number", notCounted = ["х"]{empty} }}'
    )


def test_a_wide_table_of_counts_becomes_rows(tmp_path):
    counts = mapped(tmp_path, WIDE, wide(', empty = "notCounted"')).table("counts")
    assert counts.select("countID", "visitID", "scientificName", "status", "count").rows() == [
        ("2 Anas crecca", "v1", "Anas crecca", "counted", 12),
        ("2 Cygnus cygnus", "v1", "Cygnus cygnus", "notCounted", None),
        ("3 Anas crecca", "v2", "Anas crecca", "notCounted", None),
        ("3 Cygnus cygnus", "v2", "Cygnus cygnus", "counted", 0),
    ]


def test_an_empty_cell_is_zero_where_that_was_said(tmp_path):
    counts = mapped(tmp_path, WIDE, wide(', empty = "zero"')).table("counts")
    assert counts.filter(countID="2 Cygnus cygnus").select("status", "count").row(0) == ("counted", 0)


def test_an_empty_cell_is_no_row_where_that_was_said(tmp_path):
    assert mapped(tmp_path, WIDE, wide(', empty = "noRow"')).table("counts").height == 3


def test_an_empty_cell_that_nobody_explained_is_an_error(tmp_path):
    package = mapped(tmp_path, WIDE, wide(""))
    assert told(package, "empty-undeclared") == [("empty-undeclared", 2, "", "")]
    assert package.table("counts").filter(countID="2 Cygnus cygnus").select("status", "count").row(0) == (None, None)


@pytest.mark.parametrize("crs", ["EPSG:32652", "SK-42"])
def test_coordinates_of_another_system_are_brought_to_wgs84(tmp_path, crs):
    x, y = ("516000", "4772000") if crs.startswith("EPSG") else ("131.2", "43.1")
    columns = 'deploymentID = "id"\nlongitude = "x"\nlatitude = "y"'
    package = mapped(tmp_path, f"id,x,y\na,{x},{y}\nb,x,{y}\n", one("deployments", columns, f'crs = "{crs}"'))
    lon, lat = package.table("deployments").select("longitude", "latitude").row(0)
    assert 128 < lon < 132
    assert 43 < lat < 44
    assert (lon, lat) != (131.2, 43.1)
    assert told(package, "coordinate-unread") == [("coordinate-unread", 3, "longitude", "x")]
    assert told(package, "coordinates-transformed")[0][0] == "coordinates-transformed"


def test_a_workbook_is_read_with_its_own_dates_and_its_own_rows(tmp_path):
    from tumen.files.spreadsheet_write import write_workbook

    sheet = pl.DataFrame({"Код": ["К1", None, "К2"], "Дата": ["01.03.2014", None, "31.02.2014"]})
    (tmp_path / "t.xlsx").write_bytes(write_workbook({"Лист1": sheet}))
    columns = 'individualID = "Код"\nbirthDate = { column = "Дата", format = "%d.%m.%Y" }'
    mapping = one("individuals", columns, 'sheet = "Лист1"').replace("t.csv", "t.xlsx")
    (tmp_path / "m.toml").write_text(PACKAGE + mapping, encoding="utf-8")
    package = read_mapped(tmp_path / "m.toml")
    assert package.table("individuals")["birthDate"].cast(pl.String).to_list() == ["2014-03-01", None]
    assert told(package, "date-impossible") == [("date-impossible", 4, "birthDate", "31.02.2014")]


def test_the_numbers_of_a_workbook_have_a_point_whatever_its_texts_have(tmp_path):
    from tumen.files.spreadsheet_write import write_workbook

    sheet = pl.DataFrame({"id": ["a", "b", "c"], "n": ["43.1", "43,1", "1.234"]})
    (tmp_path / "t.xlsx").write_bytes(write_workbook({"S": sheet}))
    mapping = one("sites", 'siteID = "id"\narea = "n"', 'decimal = ","\nthousands = "."').replace("t.csv", "t.xlsx")
    (tmp_path / "m.toml").write_text(PACKAGE + mapping, encoding="utf-8")
    package = read_mapped(tmp_path / "m.toml")
    assert package.table("sites")["area"].to_list() == [43.1, 43.1, None]
    assert told(package, "number-unread") == [("number-unread", 4, "area", "1.234")]


def test_chinese_in_its_own_encoding(tmp_path):
    table = "个体编号,性别,出生日期\n东北虎1,雌,2014年3月5日\n东北虎2,雄,2014年13月5日\n"
    columns = """\
individualID = "个体编号"
sex = { column = "性别", words = { "雌" = "female", "雄" = "male" } }
birthDate = { column = "出生日期", format = "%Y年%m月%d日" }"""
    package = mapped(tmp_path, table, one("individuals", columns, 'encoding = "gb18030"'), encoding="gb18030")
    assert package.table("individuals")["individualID"].to_list() == ["东北虎1", "东北虎2"]
    assert told(package, "date-impossible") == [("date-impossible", 3, "birthDate", "2014年13月5日")]


def test_typed_tables_are_those_of_the_protocol(tmp_path):
    package = mapped(tmp_path, STATIONS, MAPPING)
    assert package.table("deployments").schema["cameraHeight"] == DTYPES["number"]


@pytest.fixture(scope="session")
def japan(shared_data, tmp_path_factory):
    from pathlib import Path

    folder = tmp_path_factory.mktemp("japan")
    for file in (shared_data / "A6_R2camtrapdp_japan").glob("*.csv"):
        (folder / file.name).write_bytes(file.read_bytes())
    text = (Path(__file__).parent / "mappings" / "japan.toml").read_text(encoding="utf-8")
    (folder / "japan.toml").write_text(text, encoding="utf-8")
    return read_mapped(folder / "japan.toml")


def test_the_japanese_tables_have_every_row_and_no_error(japan):
    assert errors(japan.findings).is_empty()
    assert japan.table("deployments").height == 10 + 1 + 2
    assert japan.table("observations").height == 388 + 38 + 6
    assert sorted(japan.digests) == [
        "Adep.csv",
        "Aobs.csv",
        "Idep.csv",
        "Iobs.csv",
        "Vdep.csv",
        "Vobs.csv",
        "japan.toml",
    ]


def test_the_japanese_clocks_are_those_of_japan(japan):
    starts = dict(japan.received["deployments"].select("deploymentID", "deploymentStart").rows())
    assert starts["TEST_T1"] == "2025-06-13T12:00:00+09:00"
    assert starts["NIES_TsukubaTEST_T1"] == "2024-06-13T13:48:00+09:00"  # 49680 seconds after midnight
    assert starts["AC02"] == "2026-06-13T06:00:00+09:00"


def test_the_japanese_names_are_put_together_and_nothing_is_lost(japan):
    seen = japan.table("observations")
    people = seen.filter(scientificName="Homo sapiens")
    assert people.height == 97 + 17
    assert people["observationType"].unique().to_list() == ["human"]
    assert seen.filter(observationType="blank").height == 86 + 4 + 1
    assert "IMG_0001_ヒト.MP4" in japan.table("media")["fileName"].to_list()
    assert japan.received["observations"]["SDcardID"].drop_nulls().len() == 388 + 38 - 1  # one record lacks its card
