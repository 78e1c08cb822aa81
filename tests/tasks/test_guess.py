"""A proposed mapping: what it sees, and what it leaves to its reader."""

import csv
import io
import re
import tempfile
import tomllib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import FormatError, MisuseError
from tumen.files.mapped import read_mapped
from tumen.tables.catalogue.guesses import GUESS_TEXTS
from tumen.tables.findings import errors
from tumen.tasks.guess import MOST_COLUMNS, guess
from tumen.tasks.guess_columns import by_header, fitting, key, unit_of

DEPLOYMENTS = {
    "en": """\
Deployment,Latitude,Longitude,Start date,End date,Height (m),Bait,Comments
D1,43.1042,131.2200,14/03/2014,28/05/2014,0.5,no,ridge
D2,43.2042,131.1200,15/03/2014,29/05/2014,0.6,yes,
""",
    "ru": """\
Код установки;Широта;Долгота;Дата установки;Дата снятия;Высота, м;Приманка;Примечание
К1;43,1042;131,2200;14.03.2014;28.05.2014;0,5;нет;гребень
К2;43,2042;131,1200;15.03.2014;29.05.2014;0,6;да;
""",
    "zh-Hans": """\
相机编号,纬度,经度,布设日期,回收日期,安装高度,诱饵,备注
相机1,43.1042,131.2200,2014年3月14日,2014年5月28日,0.5,否,山脊
相机2,43.2042,131.1200,2014年3月15日,2014年5月29日,0.6,是,
""",
    "ko": """\
카메라번호,위도,경도,설치일,회수일,설치높이,미끼,비고
카1,43.1042,131.2200,2014년 3월 14일,2014년 5월 28일,0.5,아니오,능선
카2,43.2042,131.1200,2014년 3월 15일,2014년 5월 29일,0.6,예,
""",
    "ja": """\
設置番号,緯度,経度,設置日,回収日,高さ,餌,備考
設1,43.1042,131.2200,2014/3/14,2014/5/28,0.5,なし,尾根
設2,43.2042,131.1200,2014/3/15,2014/5/29,0.6,あり,
""",
    "mn": """\
Камерын дугаар;Өргөрөг;Уртраг;Суурилуулсан огноо;Буулгасан огноо;Өндөр;Өгөөш;Тайлбар
К1;43,1042;131,2200;2014 оны 3 сарын 14;2014 оны 5 сарын 28;0,5;үгүй;нуруу
К2;43,2042;131,1200;2014 оны 3 сарын 15;2014 оны 5 сарын 29;0,6;тийм;
""",
}
INDIVIDUALS = {
    "en": """\
Animal ID,Species,Sex,Birth date,Mother
T1,Panthera tigris,F,2010-05-13,
T2,Panthera tigris,M,2012-06-14,T1
""",
    "ru": """\
Особь;Вид;Пол;Дата рождения;Мать
Т1;Panthera tigris;самка;13.05.2010;
Т2;Panthera tigris;самец;14.06.2012;Т1
""",
    "zh-Hans": """\
个体编号,物种,性别,出生日期,母亲
虎1,Panthera tigris,雌,2010年5月13日,
虎2,Panthera tigris,雄,2012年6月14日,虎1
""",
    "ko": """\
개체번호,종명,성별,출생일,어미
호1,Panthera tigris,암컷,2010년 5월 13일,
호2,Panthera tigris,수컷,2012년 6월 14일,호1
""",
    "ja": """\
個体番号,学名,性別,生年月日,母親
虎1,Panthera tigris,メス,2010年5月13日,
虎2,Panthera tigris,オス,2012年6月14日,虎1
""",
    "mn": """\
Бодгаль;Латин нэр;Хүйс;Төрсөн огноо;Эх
Б1;Panthera tigris;эм;2010 оны 5 сарын 13;
Б2;Panthera tigris;эр;2012 оны 6 сарын 14;Б1
""",
}
DECISIONS = {
    "party": '"north"',
    "timeZone": '"Asia/Vladivostok"',
    "crs": '"EPSG:4326"',
    "wholeDay": '"start"',
    "format": '"%d/%m/%Y"',
}


def decided(proposal: str) -> str:
    """Fill in what the proposal asks for."""
    return re.sub(r'(\w+) = "REQUIRED"', lambda m: f"{m[1]} = {DECISIONS[m[1]]}", proposal)


def proposed(folder, name: str, text: str, encoding: str = "utf-8") -> str:
    (folder / name).write_text(text, encoding=encoding)
    return guess([folder / name])


@pytest.mark.parametrize("language", DEPLOYMENTS)
def test_deployments_are_recognised_in_every_language_and_read_without_error(tmp_path, language):
    proposal = proposed(tmp_path, "t.csv", DEPLOYMENTS[language])
    (tmp_path / "m.toml").write_text(decided(proposal), encoding="utf-8")
    package = read_mapped(tmp_path / "m.toml")
    assert errors(package.findings).is_empty()
    table = package.table("deployments")
    assert table["latitude"].to_list() == [43.1042, 43.2042]
    assert table["longitude"].to_list() == [131.22, 131.12]
    assert table["cameraHeight"].to_list() == [0.5, 0.6]
    assert table["baitUse"].to_list() == [False, True]
    starts = package.received["deployments"]["deploymentStart"].to_list()
    assert starts == ["2014-03-14T00:00:00+11:00", "2014-03-15T00:00:00+11:00"]


@pytest.mark.parametrize("language", INDIVIDUALS)
def test_individuals_are_recognised_in_every_language_and_read_without_error(tmp_path, language):
    proposal = proposed(tmp_path, "t.csv", INDIVIDUALS[language])
    (tmp_path / "m.toml").write_text(decided(proposal), encoding="utf-8")
    package = read_mapped(tmp_path / "m.toml")
    assert errors(package.findings).is_empty()
    table = package.table("individuals")
    assert table["sex"].to_list() == ["female", "male"]
    assert table["birthDate"].cast(pl.String).to_list() == ["2010-05-13", "2012-06-14"]
    assert table["motherID"].to_list() == [None, table["individualID"][0]]


def test_a_proposal_is_refused_until_it_was_decided(tmp_path):
    (tmp_path / "m.toml").write_text(proposed(tmp_path, "t.csv", DEPLOYMENTS["ru"]), encoding="utf-8")
    with pytest.raises(MisuseError, match=r"package\.party, package\.timeZone, package\.crs"):
        read_mapped(tmp_path / "m.toml")


def test_the_order_of_day_and_month_is_not_guessed(tmp_path):
    text = INDIVIDUALS["ru"].replace("13.05", "03.05").replace("14.06", "04.06")
    birth = tomllib.loads(proposed(tmp_path, "t.csv", text))["table"][0]["columns"]["birthDate"]
    assert birth["format"] == "REQUIRED"
    assert "%d.%m.%Y, %m.%d.%Y" in proposed(tmp_path, "t.csv", text)


def test_a_number_that_can_be_read_both_ways_is_not_guessed(tmp_path):
    text = "site code;site name;area\ns1;Lake;1,234\ns2;Marsh;2,345\n"
    assert tomllib.loads(proposed(tmp_path, "sites.csv", text))["table"][0]["decimal"] == "REQUIRED"


def test_numbers_of_excel_are_not_taken_for_dates_without_asking(tmp_path):
    text = INDIVIDUALS["en"].replace("2010-05-13", "40311").replace("2012-06-14", "41074")
    birth = tomllib.loads(proposed(tmp_path, "t.csv", text))["table"][0]["columns"]["birthDate"]
    assert birth["format"] == "REQUIRED"


def test_a_word_nobody_knows_is_left_open(tmp_path):
    text = INDIVIDUALS["ru"].replace("самец", "кот")
    sex = tomllib.loads(proposed(tmp_path, "t.csv", text))["table"][0]["columns"]["sex"]
    assert sex["words"] == {"самка": "female", "кот": "REQUIRED"}


def test_a_dash_may_mean_missing_or_none_and_is_asked_about(tmp_path):
    table = tomllib.loads(proposed(tmp_path, "t.csv", INDIVIDUALS["ru"].replace("13.05.2010;", "13.05.2010;-")))[
        "table"
    ][0]
    assert table["missing"] == ["REQUIRED", "-"]


def test_coordinates_in_degrees_and_minutes_are_seen(tmp_path):
    text = DEPLOYMENTS["ru"].replace("43,1042", "43°06'15\"").replace("43,2042", "43°12'15\" с.ш.")
    columns = tomllib.loads(proposed(tmp_path, "t.csv", text))["table"][0]["columns"]
    assert columns["latitude"] == {"column": "Широта", "notation": "dms"}


def test_titles_above_the_header_are_seen(tmp_path):
    table = tomllib.loads(proposed(tmp_path, "t.csv", "Отчёт 2014;;;;;;;\n" + DEPLOYMENTS["ru"]))["table"][0]
    assert table["headerRow"] == 2
    assert table["columns"]["deploymentID"] == "Код установки"


def test_the_encoding_is_told_with_its_certainty(tmp_path):
    proposal = proposed(tmp_path, "t.csv", DEPLOYMENTS["ru"] * 3, "cp1251")
    assert tomllib.loads(proposal)["table"][0]["encoding"] == "windows-1251"
    assert "% certainty" in proposal


def test_a_column_of_its_own_stays_visible(tmp_path):
    proposal = proposed(tmp_path, "t.csv", DEPLOYMENTS["en"].replace("Comments", "Moon phase"))
    assert "Moon phase" in proposal.splitlines()[-1]


def test_a_wide_table_of_birds_is_seen(tmp_path):
    text = "Visit,Anas crecca,Cygnus cygnus,Grus japonensis\nv1,12,,3\nv2,0,4,\n"
    table = tomllib.loads(proposed(tmp_path, "birds.csv", text))["table"][0]
    assert table["name"] == "counts"
    assert table["unpivot"]["columns"] == ["Anas crecca", "Cygnus cygnus", "Grus japonensis"]
    assert table["unpivot"]["empty"] == "REQUIRED"
    assert table["columns"]["scientificName"] == "species"
    assert table["columns"]["visitID"] == "Visit"


def test_several_files_make_one_mapping(tmp_path):
    for name, text in (("a.csv", DEPLOYMENTS["ja"]), ("b.csv", INDIVIDUALS["ja"])):
        (tmp_path / name).write_text(text, encoding="utf-8")
    tables = tomllib.loads(guess([tmp_path / "a.csv", tmp_path / "b.csv"]))["table"]
    assert [(table["name"], table["file"]) for table in tables] == [("deployments", "a.csv"), ("individuals", "b.csv")]


def test_every_text_goes_through_the_translator(tmp_path):
    (tmp_path / "t.csv").write_text(DEPLOYMENTS["ru"], encoding="utf-8")
    asked = []

    def say(msgid, /, **values):
        asked.append(msgid)
        return msgid.format(**values)

    guess([tmp_path / "t.csv"], say)
    assert asked
    assert set(asked) <= set(GUESS_TEXTS)


@pytest.mark.parametrize("text", ["a\n", "a,b\n", "1,2\n3,4\n", '"x\ny",b\n1,2\n', "=1+1,#\n1,2\n"])
def test_any_table_gives_a_proposal_in_valid_toml(tmp_path, text):
    assert tomllib.loads(proposed(tmp_path, "t.csv", text))["package"]["party"] == "REQUIRED"


def test_nothing_to_look_at_is_a_misuse():
    with pytest.raises(MisuseError):
        guess([])


def test_the_tables_of_japan_are_recognised(shared_data):
    folder = shared_data / "A6_R2camtrapdp_japan"
    tables = tomllib.loads(guess([folder / "Idep.csv", folder / "Iobs.csv"]))["table"]
    assert [table["name"] for table in tables] == ["deployments", "observations"]
    start = {"date": "startDate", "time": "startTime", "format": "%Y/%m/%d"}
    assert tables[0]["columns"]["deploymentStart"] == start
    assert tables[1]["columns"]["scientificName"] == {"columns": ["genus", "species"], "join": " "}


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Широта", "latitude"),
        ("lat.", "latitude"),
        ("緯度", "latitude"),
        ("纬度(度)", "latitude"),
        ("위도", "latitude"),
        ("Өргөрөг", "latitude"),
        ("Дата  съёмки", "timestamp"),
        ("ファイル名", "filePath"),
        ("개체수", "count"),
        ("Scientific_Name", "scientificName"),
    ],
)
def test_headers_are_known_in_six_languages(header, column):
    assert by_header(header, column)[0] >= 0.6


def test_a_header_of_something_else_is_not_known():
    assert by_header("Moon phase", "latitude")[0] == 0.0


def test_headers_are_compared_without_marks_and_units():
    assert key("Высота, м") == "высота"
    assert unit_of("Высота, м") == "м"


SIGNS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10) | st.sampled_from(
    [
        "1e999",
        "12.03.2014",
        "43,1",
        "№",
        "широта",
        "date",
        "Panthera tigris",
        "a.jpg",
        "#",
        '"',
        "=1+1",
        "\x07",
        "9" * 400,
    ]
)


@settings(max_examples=40)
@given(st.lists(st.lists(SIGNS, min_size=3, max_size=3), min_size=1, max_size=4))
def test_whatever_stands_in_a_table_the_proposal_is_toml(rows):
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "t.csv").write_text(buffer.getvalue(), encoding="utf-8", newline="")
        assert tomllib.loads(guess([Path(folder) / "t.csv"]))["package"]["party"] == "REQUIRED"


def test_a_column_that_bears_a_name_of_the_protocol_is_proposed_whatever_its_cells(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text('visitID,Count,number\nv1,"1,200",3\nv2,many,4\nv3,73x,5\n', encoding="utf-8")
    lines = guess([path]).splitlines()
    assert [line.split("  #")[0] for line in lines if line.startswith("count =")] == ['count = "Count"']
    path = tmp_path / "deployments.csv"
    path.write_text("deploymentID,latitude,longitude\nd1,43.1,131.2\nd2,north of the ridge,131.3\n", encoding="utf-8")
    lines = guess([path]).splitlines()
    assert [line.split("  #")[0] for line in lines if line.startswith("latitude =")] == ['latitude = "latitude"']


def test_a_header_that_only_means_a_column_yields_to_its_cells(tmp_path):
    path = tmp_path / "deployments.csv"
    path.write_text("deploymentID,Широта\nd1,north\nd2,south\n", encoding="utf-8")
    assert not [line for line in guess([path]).splitlines() if line.startswith('latitude = "Широта"')]


def test_a_header_is_compared_with_like_words_only_and_the_others_do_not_fit():
    assert fitting("latitide")["latitude"][1] == "latitude"
    assert by_header("latitide", "longitude") == (0.0, "")
    assert dict(fitting("qqqq")) == {}


def test_no_column_of_a_wide_table_is_forgotten(tmp_path):
    path = tmp_path / "wide.csv"
    rows = [[f"measurement {n} {'abc'[n % 3]}" for n in range(3000)], *[[str(n / 10) for n in range(3000)]] * 2]
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    proposed = guess([path])
    assert tomllib.loads(proposed)["table"][0]["file"] == "wide.csv"
    assert [n for n in range(3000) if f"measurement {n} " not in proposed] == []


def test_a_table_of_too_many_columns_is_refused(tmp_path):
    path = tmp_path / "wide.csv"
    names = ",".join(f"c{n}" for n in range(MOST_COLUMNS + 1))
    path.write_text(f"{names}\n", encoding="utf-8")
    with pytest.raises(FormatError, match="at most 20000 columns") as refused:
        guess([path])
    assert "sheet wide.csv of 1 rows and 20001 columns" in str(refused.value)
    assert "Cut the table into several files" in str(refused.value)
