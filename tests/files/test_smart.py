import contextlib
import struct
import zipfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from shapely import LineString, MultiLineString, to_wkb

from tumen.errors import FormatError, MisuseError, PlaceError
from tumen.files.smart import read
from tumen.files.smart_methods import methods_of
from tumen.measure.geodesy import distances
from tumen.tables.checks import check
from tumen.tables.package import Package

SPACE = "http://www.smartconservationsoftware.org/xml/1.3/patrol"
WEST, EAST = (131.20, 43.10), (131.21, 43.10)
STEP = float(distances(*WEST, *EAST))


def line(*points: tuple[float, float]) -> str:
    """A track as SMART writes it: hexadecimal big-endian WKB, the local time in milliseconds as third coordinate."""
    timed = LineString([(lon, lat, 1_390_000_000_000.0 + n) for n, (lon, lat) in enumerate(points)])
    return to_wkb(MultiLineString([timed]), hex=True, byte_order=0, output_dimension=3)


def day(date: str = "2014-02-01", start: str = "08:10:00", end: str = "16:30:00", inside: str = "") -> str:
    return f'<p:days date="{date}" startTime="{start}" endTime="{end}" restMinutes="30.0">{inside}</p:days>'


def track(*points: tuple[float, float], km: float | None = None) -> str:
    return f'<p:track geom="{line(*points)}" distance="{STEP / 1000 if km is None else km}"/>'


def patrol(*days: str, name: str = "P1", kind: str = "GROUND", transport: str = "Foot") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<p:patrol xmlns:p="{SPACE}" patrolType="{kind}" startDate="2014-02-01" endDate="2014-02-02" isArmed="true" id="{name}">
<p:objective><p:description>Ridge | north</p:description></p:objective>
<p:team languageCode="ru" value="Патруль 3"/><p:station languageCode="ru" value="Кордон"/>
<p:legs startDate="2014-02-01" endDate="2014-02-02" id="1"><p:transportType languageCode="en" value="{transport}"/>
<p:members givenName="A" familyName="B" employeeId="1" isPilot="false" isLeader="true"/>
<p:members givenName="C" familyName="D" employeeId="2" isPilot="false" isLeader="false"/>
{"".join(days)}<p:mandate languageCode="en" value="Anti-poaching"/></p:legs><p:comment>cold</p:comment></p:patrol>"""


PLACE = """<p:waypoints id="1" x="131.3" y="43.2" time="09:00:00"><p:groups><p:observations categoryKey="animals."/>
<p:observations categoryKey="snare."/></p:groups></p:waypoints>"""
OLD_PLACE = """<p:waypoints id="2" x="131.25" y="43.15" time="08:30:00"><p:observations categoryKey="animals."/>
</p:waypoints>"""


def of_xml(folder: Path, text: str, **said) -> Package:
    (folder / "patrol.xml").write_text(text, encoding="utf-8")
    return read(folder / "patrol.xml", party="reserve", country="RU", time_zone="Asia/Vladivostok", **said)


def found(package: Package, code: str) -> pl.DataFrame:
    return package.findings.filter(code=code)


def test_each_day_of_a_leg_is_a_search(tmp_path):
    given = of_xml(tmp_path, patrol(day(inside=track(WEST, EAST)), day("2014-02-02", inside=track(WEST, EAST))))
    assert given.received["searches"].select("searchID", "searchStart", "searchEnd").rows() == [
        ("P1/1/2014-02-01", "2014-02-01T08:10:00+11:00", "2014-02-01T16:30:00+11:00"),
        ("P1/1/2014-02-02", "2014-02-02T08:10:00+11:00", "2014-02-02T16:30:00+11:00"),
    ]
    first = given.table("searches").row(0, named=True)
    assert (first["method"], first["observers"], first["team"]) == ("footPatrol", 2, "Патруль 3")
    assert first["target"] == "Anti-poaching"
    assert first["comments"] == (
        "transport:Foot | patrolType:GROUND | station:Кордон | armed:true | restMinutes:30.0 | "
        "objective:Ridge / north | comment:cold"
    )
    assert set(check(given)["severity"]) == {"note"}
    assert found(given, "patrol-rest")["arguments"].item() == '{"count": 2, "minutes": 60}'


def test_distance_is_the_geodesic_length_of_the_track_and_only_its_start_is_copied(tmp_path):
    given = of_xml(tmp_path, patrol(day(inside=track(WEST, EAST, WEST, km=2 * STEP / 1000))))
    search = given.table("searches").row(0, named=True)
    assert search["distance"] == pytest.approx(2 * STEP, abs=0.001)
    assert (search["longitude"], search["latitude"]) == WEST
    assert found(given, "patrol-tracks-not-copied")["arguments"].item() == '{"count": 1, "points": 3}'
    assert not given.kept


def test_a_gap_between_two_tracks_is_no_way(tmp_path):
    far = ((131.5, 43.1), (131.51, 43.1))
    given = of_xml(tmp_path, patrol(day(inside=track(WEST, EAST) + track(*far))))
    assert given.table("searches")["distance"].item() == pytest.approx(2 * STEP, abs=0.1)


def test_a_real_track(tmp_path):
    # The track of SMART's test patrol in gc-scripts-hub (ConservationMetrics), and the length that SMART states.
    geometry = (
        "008000000500000001008000000200000007c0534ca6327979e94043615d5dbea2124279b2e1239b0000c0534ca7deabc76f4043615e53"
        "726ddc4279b2e144ce9000c0534ca7deabc76f4043615e53726ddc4279b2e144d02000c0534ca7df375d8f4043615e60f3e0b84279b2e1"
        "52b91000c0534ca7df375d8f4043615e60f3e0b84279b2e152bb2000c0534ca7da4459a14043615e620b0cf94279b2e156df8000c0534c"
        "a7da4459a14043615e620b0cf94279b2e156e10000"
    )
    inside = f'<p:track geom="{geometry}" distance="0.009733034297823906"/>'
    given = of_xml(tmp_path, patrol(day(inside=inside)))
    assert given.table("searches")["distance"].item() == 9.733
    assert found(given, "patrol-distance-differs").is_empty()


def test_a_length_that_differs_from_the_stated_one(tmp_path):
    given = of_xml(tmp_path, patrol(day(inside=track(WEST, EAST, km=5.0))))
    assert found(given, "patrol-distance-differs").select("value", "arguments").row(0) == (
        "P1/1/2014-02-01", f'{{"measured": {STEP:.0f}, "stated": 5000}}',
    )  # fmt: skip
    assert given.table("searches")["distance"].item() == pytest.approx(STEP, abs=0.001)


def test_without_a_track_the_distance_is_unknown_and_the_first_place_is_the_place(tmp_path):
    given = of_xml(tmp_path, patrol(day(inside=PLACE + OLD_PLACE)))
    search = given.table("searches").row(0, named=True)
    assert search["distance"] is None
    assert (search["longitude"], search["latitude"]) == (131.25, 43.15)
    assert found(given, "patrol-track-missing")["arguments"].item() == '{"count": 1}'
    assert found(given, "patrol-observations-not-copied")["arguments"].item() == '{"count": 3, "points": 2}'


def test_a_patrol_that_found_nothing_is_a_search(tmp_path):
    given = of_xml(tmp_path, patrol(day()))
    assert given.table("searches").height == 1
    assert found(given, "patrol-observations-not-copied").is_empty()


@pytest.mark.parametrize("geometry", ["", "zz", "00", struct.pack(">BI", 0, 99).hex()])
def test_a_track_that_is_none(tmp_path, geometry):
    given = of_xml(tmp_path, patrol(day(inside=f'<p:track geom="{geometry}" distance="1"/>')))
    assert found(given, "patrol-track-unreadable")["value"].to_list() == ["P1/1/2014-02-01"]
    assert given.table("searches")["distance"].item() is None


def test_times_that_are_none(tmp_path):
    given = of_xml(tmp_path, patrol(day(), day("2014-02-02", start="25:00:00", end="")))
    assert found(given, "patrol-times-unread").select("row", "column", "value").rows() == [
        (3, "searchEnd", "2014-02-02 ?"),
        (3, "searchStart", "2014-02-02 25:00:00"),
    ]
    assert found(of_xml(tmp_path, patrol(day())), "patrol-times-unread").is_empty()


def test_names_are_not_copied_and_the_export_only_on_request(tmp_path):
    given = of_xml(tmp_path, patrol(day()))
    assert found(given, "patrol-names-not-copied")["arguments"].item() == '{"count": 2}'
    assert set(of_xml(tmp_path, patrol(day()), keep=True).kept) == {"patrol.xml"}


@pytest.mark.parametrize(
    ("kind", "transport", "method"),
    [
        ("GROUND", "Foot", "footPatrol"),
        ("GROUND", "Пешком", "footPatrol"),
        ("GROUND", "汽车", "vehiclePatrol"),
        ("WATER", "", "boatPatrol"),
        ("AIR", "An-2", "aerialSurvey"),
        ("GROUND", "Elephant", "other"),
    ],
)
def test_methods(kind, transport, method):
    methods, doubts = methods_of([(kind, transport)], {})
    assert methods == [method]
    assert bool(doubts) == (method == "other")


def test_a_declared_transport(tmp_path):
    assert of_xml(tmp_path, patrol(day(), transport="Камаз")).table("searches")["method"].to_list() == ["other"]
    given = of_xml(tmp_path, patrol(day(), transport="Камаз"), methods={"КАМАЗ": "vehiclePatrol"})
    assert given.table("searches")["method"].to_list() == ["vehiclePatrol"]
    assert found(given, "patrol-transport-undeclared").is_empty()
    with pytest.raises(MisuseError, match="methods among"):
        of_xml(tmp_path, patrol(day()), methods={"Elephant": "elephantPatrol"})


def test_the_time_zone_must_be_said(tmp_path):
    (tmp_path / "patrol.xml").write_text(patrol(day()), encoding="utf-8")
    with pytest.raises(MisuseError, match="time_zone"):
        read(tmp_path / "patrol.xml", party="reserve", time_zone="")
    with pytest.raises(MisuseError, match="zone"):
        read(tmp_path / "patrol.xml", party="reserve", time_zone="Vladivostok")


def test_a_folder_or_a_zip_of_patrols(tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    texts = {
        "a.xml": patrol(day(), name="P1"),
        "b.xml": patrol(day(), name="P2"),
        "c.xml": "<DataModel/>",
        "d.xml": "<",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        for name, text in texts.items():
            packed.writestr(name, text)
    for path in (folder, tmp_path / "export.zip"):
        given = read(path, party="reserve", time_zone="Asia/Vladivostok")
        assert given.table("searches")["searchID"].to_list() == ["P1/1/2014-02-01", "P2/1/2014-02-01"]
        assert sorted(found(given, "resource-unreadable")["value"]) == ["c.xml", "d.xml"]


def test_a_patrol_exported_twice(tmp_path):
    given = of_xml(tmp_path, patrol(day(), day()))
    assert given.table("searches")["searchID"].to_list() == ["P1/1/2014-02-01", "P1/1/2014-02-01#2"]
    assert found(given, "patrol-legs-repeated")["value"].to_list() == ["P1/1/2014-02-01"]


@pytest.mark.parametrize("text", ["<DataModel/>", "<patrol/>", "<", '<!DOCTYPE a [<!ENTITY x "y">]><patrol/>'])
def test_what_is_no_patrol(tmp_path, text):
    with pytest.raises(FormatError):
        of_xml(tmp_path, text)
    with pytest.raises(FormatError):
        read(tmp_path / "nowhere.xml", party="reserve", time_zone="Asia/Vladivostok")


TABLE = """\
"Patrol ID","Type","Patrol Start Date","Patrol End Date","Station","Team","Objective","Mandate","Armed",\
"Patrol Leg ID","Leader","Pilot","Patrol Transport Type","Waypoint ID","Waypoint Date","Waypoint Time","X","Y"
"P1","Ground","2014-02-01","2014-02-02","Post","Team A","","Anti-poaching","true","1","N N","","Foot","2",\
"2014-02-01","04:30:00 PM","131.2","43.2"
"P1","Ground","2014-02-01","2014-02-02","Post","Team A","","Anti-poaching","true","1","N N","","Foot","1",\
"2014-02-01","08:10:00","131.1","43.1"
"P1","Ground","2014-02-01","2014-02-02","Post","Team A","","Anti-poaching","true","1","N N","","Foot","3",\
"2014-02-02","09:00:00","131.3","43.3"
"""


def of_csv(folder: Path, text: str = TABLE, **said) -> Package:
    (folder / "query.csv").write_text(text, encoding="utf-8")
    zone = {"party": "reserve", "country": "RU", "time_zone": "Asia/Vladivostok", "crs": "EPSG:4326"}
    return read(folder / "query.csv", **{**zone, **said})


def test_places_of_observation_give_a_search_per_day(tmp_path):
    given = of_csv(tmp_path)
    columns = ("searchID", "searchStart", "searchEnd", "longitude", "latitude", "method", "team", "distance")
    assert given.received["searches"].select(columns).rows() == [
        ("P1/1/2014-02-01", "2014-02-01T08:10:00+11:00", "2014-02-01T16:30:00+11:00", "131.1", "43.1", "footPatrol",
         "Team A", None),
        ("P1/1/2014-02-02", "2014-02-02T09:00:00+11:00", "2014-02-02T09:00:00+11:00", "131.3", "43.3", "footPatrol",
         "Team A", None),
    ]  # fmt: skip
    assert {"patrol-by-waypoints", "patrol-times-from-waypoints", "patrol-track-missing"} <= set(given.findings["code"])
    assert "N N" not in given.received["searches"].write_csv()


def test_a_time_that_is_none_is_found_by_its_row_in_the_export(tmp_path):
    given = of_csv(tmp_path, TABLE.replace("09:00:00", "soon"))
    unread = found(given, "patrol-waypoint-time-unread")
    assert unread.select("value", "arguments").row(0) == ("2014-02-02 soon", '{"line": "4"}')
    assert given.table("searches")["searchStart"].null_count() == 1


def test_a_table_of_patrols_gives_a_search_per_leg_in_whole_days(tmp_path):
    text = """\
Patrol_ID;Type;Patrol_Leg_ID;Patrol_Leg_Start_Date;Patrol_Leg_End_Date;Patrol_Transport_Type;Team
P1;Water;1;01.02.2014;02.02.2014;Inflatable;A
P1;Ground;2;13.02.2014;13.02.2014;Foot;A
"""
    given = of_csv(tmp_path, text, crs=None)
    assert given.received["searches"].select("searchID", "searchStart", "searchEnd", "method").rows() == [
        ("P1/1", "2014-02-01T00:00:00+11:00", "2014-02-02T23:59:59+11:00", "boatPatrol"),
        ("P1/2", "2014-02-13T00:00:00+11:00", "2014-02-13T23:59:59+11:00", "footPatrol"),
    ]
    assert {"date-format-found", "date-without-time"} <= set(given.findings["code"])


def test_headers_of_another_language_are_declared(tmp_path):
    text = "Код патруля,Начало,Конец\nP1,2014-02-01,2014-02-01\n"
    with pytest.raises(FormatError, match="Patrol ID"):
        of_csv(tmp_path, text)
    names = {"Patrol ID": "Код патруля", "Patrol Start Date": "Начало", "Patrol End Date": "Конец"}
    given = of_csv(tmp_path, text, columns=names, methods={"": "footPatrol"})
    assert given.table("searches").select("searchID", "method").rows() == [("P1", "footPatrol")]
    with pytest.raises(MisuseError, match="columns of SMART"):
        of_csv(tmp_path, text, columns={"Patrol": "Код патруля"})
    with pytest.raises(FormatError, match="Patrol Start Date"):
        of_csv(tmp_path, text, columns={"Patrol ID": "Код патруля"})


def test_coordinates_need_their_system(tmp_path):
    with pytest.raises(MisuseError, match="crs for the columns X and Y"):
        of_csv(tmp_path, crs=None)
    given = of_csv(tmp_path, crs="SK-42")
    assert given.table("searches")["longitude"][0] == pytest.approx(131.10107, abs=1e-5)
    assert given.table("searches")["coordinateUncertainty"].to_list() == [3.0, 3.0]
    with pytest.raises(PlaceError, match="mainland China only"):
        of_csv(tmp_path, crs="GCJ-02")


def test_coordinates_outside_their_system(tmp_path):
    given = of_csv(tmp_path, TABLE.replace('"131.3","43.3"', '"139.7","35.7"'), crs="CGCS2000")
    assert found(given, "coordinates-outside-system").select("value", "row").rows() == [("139.7 35.7", None)]
    assert given.table("searches")["longitude"].to_list() == [131.1, None]
    assert found(of_csv(tmp_path), "coordinates-outside-system").is_empty()


@settings(max_examples=25)
@drawn(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path_factory, data, as_table):
    path = tmp_path_factory.mktemp("smart") / ("query.csv" if as_table else "patrol.xml")
    path.write_bytes(data)
    with contextlib.suppress(FormatError, MisuseError):
        check(read(path, party="reserve", time_zone="Asia/Vladivostok", crs="EPSG:4326"))


CELL = st.text(st.characters(blacklist_characters='<>&"', blacklist_categories=["Cs", "Cc"]), max_size=12)


@settings(max_examples=25)
@drawn(CELL, CELL, CELL, CELL)
def test_any_values_are_findings(tmp_path_factory, date, start, geometry, transport):
    inside = f'<p:track geom="{geometry}" distance="{start}"/><p:waypoints x="{date}" y="{start}" time="{date}"/>'
    given = of_xml(tmp_path_factory.mktemp("smart"), patrol(day(date, start, inside=inside), transport=transport))
    assert given.table("searches").height == 1
    check(given)


@settings(max_examples=25)
@drawn(CELL, CELL, CELL)
def test_any_cells_are_findings_or_refused(tmp_path_factory, date, time, x):
    text = TABLE.replace('2014-02-02","09:00:00', f'{date}","{time}').replace('"131.3"', f'"{x}"')
    with contextlib.suppress(MisuseError):
        check(of_csv(tmp_path_factory.mktemp("smart"), text))
