"""What a mapping file may say, and what it must."""

from pathlib import Path

import pytest
from tests.files.mapping_texts import PACKAGE, mapped, one

from tumen.errors import FormatError, MisuseError, PlaceError
from tumen.files.mapping import read_mapping


def reading(tmp_path: Path, text: str):
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    return read_mapping(tmp_path / "m.toml")


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(MisuseError) as caught:
        reading(tmp_path, text)
    return str(caught.value)


CATS = one("individuals", 'individualID = "Кличка"')


def test_a_mapping_says_whose_tables_they_are_and_where_they_lie(tmp_path):
    declared = reading(tmp_path, PACKAGE + 'country = "RU"\n' + CATS)
    assert (declared.party, declared.country, declared.name) == ("north", "RU", "m")
    assert declared.tables[0].file == tmp_path / "t.csv"


def test_the_nearest_setting_holds(tmp_path):
    columns = 'latitude = { column = "a", decimal = ";" }\nlongitude = "b"'
    declared = reading(tmp_path, PACKAGE + 'decimal = ","\n' + one("deployments", columns))
    assert [column.setting.decimal for column in declared.tables[0].columns] == [";", ","]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PACKAGE + "[tabel]\n", "Did you mean 'table'?"),
        (PACKAGE + 'tymeZone = "x"\n' + CATS, "Did you mean 'timeZone'?"),
        (PACKAGE + one("individual", 'individualID = "a"'), "Did you mean 'individuals'?"),
        (PACKAGE + one("individuals", 'individualId = "a"'), "Did you mean 'individualID'?"),
        (PACKAGE + one("individuals", 'individualID = { colum = "a" }'), "Did you mean 'column'?"),
        (PACKAGE + one("individuals", 'individualID = "a"', "header = 2"), "Did you mean 'headerRow'?"),
        (PACKAGE + one("individuals", 'sex = { column = "a", words = { F = "femal" } }'), "Did you mean 'female'?"),
        (PACKAGE + one("individuals", 'sex = { value = "femal" }'), "Did you mean 'female'?"),
        ('[package]\ntimeZone = "Asia/Tokyo"\n' + CATS, "party"),
        ('[package]\nparty = "north/east"\n' + CATS, "slash"),
        (PACKAGE + 'protocol = "9.9"\n' + CATS, "9.9"),
        (PACKAGE, "at least one [[table]]"),
        ('[package]\nparty = "n"\n' + one("deployments", 'latitude = "a"'), "crs"),
        (
            '[package]\nparty = "n"\n' + one("media", 'timestamp = { column = "a", format = "%d.%m.%Y %H:%M" }'),
            "timeZone",
        ),
        (PACKAGE + one("media", 'timestamp = { column = "a", format = "%d.%m.%Y" }'), "wholeDay"),
        (PACKAGE + one("media", 'timestamp = { column = "a", format = "%d.%m" }'), "year, month and day"),
        (PACKAGE + one("individuals", 'birthDate = { column = "a", format = "%d %B %Y" }'), "language"),
        (PACKAGE + one("individuals", 'birthDate = { column = "a", format = "%d.%m.%y" }'), "century"),
        (PACKAGE + one("individuals", 'individualID = { columns = ["a", "b"] }'), "join"),
        (PACKAGE + one("individuals", 'individualID = { column = "a", value = "b" }'), "column, value"),
        (PACKAGE + one("individuals", "individualID = {}"), "none of them"),
        (PACKAGE + one("individuals", 'individualID = { column = "a", match = "(" }'), "a regular expression"),
        (PACKAGE + one("individuals", 'individualID = { column = "a", match = "a" }'), "brackets"),
        (PACKAGE + 'decimal = ","\nthousands = ","\n' + CATS, "two marks"),
        (PACKAGE + 'timeZone = "Asia/Wladiwostok"\n' + CATS, "TOML"),
        (PACKAGE + one("counts", 'count = "n"', 'unpivot = { header = "h", cell = "n" }'), "neither columns nor from"),
    ],
)
def test_what_a_mapping_leaves_open_or_misspells_is_refused(tmp_path, text, said):
    assert said in refused(tmp_path, text)


def test_every_open_decision_is_named_at_once(tmp_path):
    text = '[package]\nparty = "REQUIRED"\n' + one("individuals", 'individualID = { value = "REQUIRED" }')
    assert "party" in refused(tmp_path, text)
    assert "table[1].columns.individualID.value" in refused(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path):
    (tmp_path / "m.toml").write_text(PACKAGE + CATS, encoding="utf-8")
    from tumen.files.mapped import read_mapped

    with pytest.raises(FormatError, match=r"t\.csv"):
        read_mapped(tmp_path / "m.toml")


def test_no_mapping_there_is_a_misuse(tmp_path):
    with pytest.raises(MisuseError, match="no file"):
        read_mapping(tmp_path / "none.toml")


def test_gcj_02_needs_the_country_it_exists_in(tmp_path):
    columns = 'deploymentID = "id"\nlongitude = "x"\nlatitude = "y"'
    with pytest.raises(PlaceError, match="CN"):
        mapped(tmp_path, "id,x,y\na,130.3,42.9\n", one("deployments", columns, 'crs = "GCJ-02"'))
