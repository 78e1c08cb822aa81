"""A study is read exactly or refused with what to do."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tumen.errors import StudyError
from tumen.tasks.study import parse_study, read_study

MINIMAL = """
[study]
title = "T"
[[package]]
path = "north"
"""


def study(tmp_path: Path, text: str):
    file = tmp_path / "study.toml"
    file.write_text(text, encoding="utf-8")
    return read_study(file)


def test_a_full_study(tmp_path):
    full = study(
        tmp_path,
        """
        [study]
        title = "Lower Tumen"
        species = ["Panthera tigris"]
        period = ["2013-08-01", "2015-07-31"]
        seed = 7
        languages = ["en", "ru"]
        [area]
        countries = "countries.geojson"
        border = "border.geojson"
        [[package]]
        path = "packages/north"
        party = "north-reserve"
        country = "RU"
        [[package]]
        path = "stations.csv"
        records = "records.csv"
        format = "camtrapr"
        timeZone = "Asia/Shanghai"
        crs = "EPSG:32652"
        speciesNames = { LeopardCat = "Prionailurus bengalensis" }
        [register]
        links = "links.csv"
        [crossings]
        independence = "30min"
        maxSpeed = 12
        """,
    )
    assert full.period == (datetime(2013, 8, 1, tzinfo=UTC), datetime(2015, 8, 1, tzinfo=UTC))
    assert full.countries == tmp_path / "countries.geojson"
    assert full.packages[0].country == "RU"
    assert full.packages[1].records == tmp_path / "records.csv"
    assert full.packages[1].species_names == {"LeopardCat": "Prionailurus bengalensis"}
    assert full.links == tmp_path / "links.csv"
    assert full.crossings == {"independence": timedelta(minutes=30), "max_speed": 12.0}
    assert (full.seed, full.languages) == (7, ("en", "ru"))


def test_what_a_study_does_not_say_has_its_documented_default(tmp_path):
    plain = study(tmp_path, MINIMAL)
    assert (plain.species, plain.period, plain.seed, plain.languages) == ((), None, 0, ("en",))


@pytest.mark.parametrize(
    ("text", "found", "cure"),
    [
        (MINIMAL + "[crosings]\n", "'crosings'", "Did you mean 'crossings'?"),
        (MINIMAL.replace("title", "titel"), "'titel'", "Did you mean 'title'?"),
        (MINIMAL + 'partty = "x"\n', "'partty'", "Did you mean 'party'?"),
        (MINIMAL + '[crossings]\nindependance = "1h"\n', "'independance'", "Did you mean 'independence'?"),
        (MINIMAL + '[crossings]\nindependence = "half an hour"\n', "'half an hour'", "30min"),
        (MINIMAL + "[crossings]\nmaxSpeed = -1\n", "-1", "for example 10"),
        (MINIMAL + "[crossings]\nmaxSpeed = true\n", "True", "for example 10"),
        (MINIMAL + 'country = "Russia"\n', "'Russia'", '"RU"'),
        (MINIMAL + 'format = "camtrap"\n', "'camtrap'", "camtrap-dp"),
        ("[study]\ntitle = 'T'\n", "none", "Add [[package]]"),
        ("[study]\n[[package]]\npath = 'x'\n", "none", "Add title"),
        ("[study]\ntitle = 'T'\n[[package]]\nparty = 'x'\n", "one without", "Add path"),
        ("[study]\ntitle = 3\n[[package]]\npath = 'x'\n", "3", "quotation marks"),
        (
            "[study]\ntitle = 'T'\nperiod = ['2015-01-01', '2014-01-01']\n[[package]]\npath = 'x'\n",
            "2015-01-01 and 2014-01-01",
            "Exchange them",
        ),
        (
            "[study]\ntitle = 'T'\nperiod = ['2015-02-31', '2016-01-01']\n[[package]]\npath = 'x'\n",
            "2015-02-31",
            "2013",
        ),
        (MINIMAL.replace('"T"', '"T"\nlanguages = ["en", "ru", "en"]'), "['en', 'ru', 'en']", "second mention"),
        (MINIMAL + 'party = "north/reserve"\n', "'north/reserve'", "party/individual"),
        (MINIMAL + 'speciesNames = "LeopardCat"\n', "'LeopardCat'", "{ LeopardCat"),
        (MINIMAL + "speciesNames = { LeopardCat = 3 }\n", "3", "quotation marks"),
        (MINIMAL + '[area]\nregion = "a"\ncountries = "b"\n', "both", "Keep the one"),
        ("not toml", "line 1", "Correct"),
    ],
)
def test_a_study_that_cannot_be_meant(tmp_path, text, found, cure):
    with pytest.raises(StudyError) as caught:
        study(tmp_path, text)
    assert found in caught.value.found
    assert cure in caught.value.cure


def test_a_study_that_is_not_there(tmp_path):
    with pytest.raises(StudyError, match="a study file"):
        read_study(tmp_path / "no.toml")


def test_a_study_that_is_not_text(tmp_path):
    (tmp_path / "study.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StudyError, match="UTF-8"):
        read_study(tmp_path / "study.toml")


def test_a_package_that_is_not_a_table():
    with pytest.raises(StudyError, match="package"):
        parse_study({"study": {"title": "T"}, "package": ["north"]}, Path("study.toml"))


def designed(tmp_path, text):
    return study(tmp_path, MINIMAL + "[design]\n" + text).design


def test_a_study_declares_its_design(tmp_path):
    design = designed(
        tmp_path,
        """
        sessions = [["2015-01-01", "2015-03-31"], ["2014-01-01", "2014-03-31"]]
        gap = "14d"
        occasion = "5d"
        cell = 2
        buffer = 15
        protocols = ["northChinaLeopard"]
        [[design.rule]]
        species = "Panthera pardus"
        method = "cameraTrap"
        quantity = "nights"
        atLeast = 60
        source = "our protocol 2024"
        [[design.rule]]
        quantity = "window"
        judged = false
        source = "open models only"
        """,
    )
    assert design.sessions[0] == (date(2014, 1, 1), date(2014, 3, 31))
    assert (design.gap, design.occasion, design.cell, design.buffer) == (14.0, 5.0, 2.0, 15.0)
    nights, window = design.rules
    assert (nights.species, nights.quantity, nights.at_least, nights.source) == (
        "Panthera pardus",
        "nights",
        60.0,
        "our protocol 2024",
    )
    assert (window.species, window.comparison) == ("*", "notJudged")


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("session = []", "Did you mean 'sessions'"),
        ("sessions = ['2014-01-01']", "Write [["),
        ("sessions = [['2014-02-01', '2014-01-01']]", "Exchange"),
        ("sessions = [['2014-01-01', '2014-02-01'], ['2014-02-01', '2014-03-01']]", "end before the next"),
        ("occasion = '0d'", "5d"),
        ("protocols = ['northChinaLeopards']", "Did you mean 'northChinaLeopard'"),
        ("[[design.rule]]\nquantity = 'night'\natLeast = 1\nsource = 'x'", "Did you mean 'nights'"),
        ("[[design.rule]]\nquantity = 'nights'\natLeast = 1", "Add source"),
        ("[[design.rule]]\nquantity = 'nights'\nsource = 'x'", "judged = false"),
        ("[[design.rule]]\nquantity = 'nights'\nsource = 'x'\natLeast = 1\njudged = false", "judged = false"),
        ("[[design.rule]]\nsource = 'x'\natLeast = 1", "Add quantity"),
        ("[[design.rule]]\nquantity = 'nights'\nsource = 'x'\natLeast = 2\natMost = 1", "Exchange"),
        ("[[design.rule]]\nquantity = 'nights'\nsource = 'x'\natLeast = -1", "60"),
        ("[[design.rule]]\nquantity = 'nights'\nmethod = 'genetics'\nsource = 'x'\natLeast = 1", "leave it out"),
        ("rule = 3", "[[design.rule]]"),
    ],
)
def test_a_design_that_makes_no_sense_is_refused_with_a_cure(tmp_path, text, cure):
    with pytest.raises(StudyError) as caught:
        designed(tmp_path, text)
    assert cure in str(caught.value)
