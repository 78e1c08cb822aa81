"""Angles as people write them, in six languages."""

import pytest

from tumen.files.mapped_places import read_degree, wrong_part
from tumen.files.mapping_values import Setting

LATITUDE = 43 + 6 / 60 + 15 / 3600


@pytest.mark.parametrize(
    "cell",
    [
        "43°06'15\"",
        "43°06′15″N",
        "N 43°06′15″",
        "43º 6' 15'' n",
        "43 06 15",
        "43:06:15",
        "43d06m15s",
        "43°06'15\" с.ш.",
        "43°06'15\" сш",
        "С 43°06'15\"",
        "北纬43°06′15″",
        "北緯43度06分15秒",
        "북위 43도 6분 15초",
        "43°06'15\" хойд өргөрөг",
        "４３°０６′１５″",
        "43°06’15”",
    ],
)
def test_degrees_minutes_and_seconds(cell):
    text, problem = read_degree(cell, "latitude", Setting(notation="dms"))
    assert problem is None
    assert float(text or "nan") == pytest.approx(LATITUDE, abs=1e-12)


@pytest.mark.parametrize(
    "cell", ["131°12.5'E", "东经131°12.5′", "東経131度12.5分", "동경 131도 12.5분", "131°12.5' в.д.", "В 131°12.5'"]
)
def test_degrees_and_minutes(cell):
    assert read_degree(cell, "longitude", Setting(notation="dm")) == (repr(131 + 12.5 / 60), None)


@pytest.mark.parametrize(
    ("cell", "axis", "text"),
    [
        ("43,1042", "latitude", "43.1042"),
        ("43,1042°", "latitude", "43.1042"),
        ("-61,2", "latitude", "-61.2"),
        ("61,2 S", "latitude", "-61.2"),
        ("61,2 ю.ш.", "latitude", "-61.2"),
        ("175,5 з.д.", "longitude", "-175.5"),
        ("W175,5", "longitude", "-175.5"),
        ("西经175,5", "longitude", "-175.5"),
        ("179,99 зүүн уртраг", "longitude", "179.99"),
        ("-89,999", "latitude", "-89.999"),
        ("190,2", "longitude", "190.2"),  # no place on Earth: the cast says so
    ],
)
def test_decimal_degrees(cell, axis, text):
    assert read_degree(cell, axis, Setting(decimal=",")) == (text, None)


@pytest.mark.parametrize(
    ("cell", "notation", "problem"),
    [
        ("43°61'00\"", "dms", "coordinates-no-such-minute"),
        ("43°06'60\"", "dms", "coordinates-no-such-minute"),
        ("115°98'", "dm", "coordinates-no-such-minute"),
        ("43.1°06'15\"", "dms", "coordinate-unread"),
        ("43.1", "dms", "coordinate-unread"),
        ("43°06'15\"", "decimal", "coordinate-unread"),
        ("-43°06'15\" N", "dms", "coordinate-unread"),
        ("131°12'00\" E", "dms", "hemisphere-wrong"),
        ("ridge", "decimal", "coordinate-unread"),
    ],
)
def test_what_is_no_latitude(cell, notation, problem):
    assert read_degree(cell, "latitude", Setting(notation=notation)) == (None, problem)


def test_the_part_that_does_not_exist_is_named():
    assert wrong_part("43°06'75\" N") == "75"
