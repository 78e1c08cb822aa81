"""Did it cross?  The whole answer."""

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.crossings.sightings import START, Sighting, seen, stood, walk
from tests.crossings.strategies import sighting, sightings

from tumen.crossings.answer import SHAPES, transborder
from tumen.crossings.behind import EFFORT
from tumen.errors import ColumnError
from tumen.tables.answer import Answer

BOTH = stood(("north/r1", "RU", 0, 500), ("south/c1", "CN", 0, 500))
UNKNOWN = pl.DataFrame(schema=EFFORT)
SURVEYED = {"countryCode": pl.String, "cameraDays": pl.Float64}

few = settings(max_examples=40, deadline=None)
"""A whole answer takes some 30 ms; each law gets about a second."""


def areas(answer: Answer, stage: str = "adult") -> dict[str, int | None]:
    joint = answer.tables["joint"].filter(pl.col("stage") == stage)
    return dict(joint.select("area", "individuals").rows())


def notes(answer: Answer) -> list[str]:
    return [note.code for note in answer.notes]


def population(crossers: int, north: int, south: int, species: str) -> list[Sighting]:
    said = []
    for k in range(crossers + north + south):
        places = ["north/r1"] * (k < crossers + north) + ["south/c1"] * (k < crossers or k >= crossers + north)
        said += walk(f"{species}-{k:03d}", *places, species=species)
    return said


def test_the_published_arithmetic():
    """NEASPEC study 2013-2015: 19 of 45 tigers and 15 of 89 leopards on both sides."""
    said = population(19, 14, 12, "Panthera tigris") + population(15, 30, 44, "Panthera pardus")
    answer = transborder(seen(*said), BOTH)
    leopards, tigers = answer.tables["summary"].iter_rows(named=True)
    assert (tigers["union"], tigers["onBothSides"], tigers["addingCountries"], tigers["excessCountries"]) == (
        45,
        19,
        64,
        19,
    )
    assert [round(100 * tigers[c], 1) for c in ("share", "shareLow", "shareHigh")] == [42.2, 29.0, 56.7]
    assert (leopards["union"], leopards["onBothSides"], leopards["addingCountries"]) == (89, 15, 104)
    assert [round(100 * leopards[c], 1) for c in ("share", "shareLow", "shareHigh")] == [16.9, 10.5, 26.0]
    joint = answer.tables["joint"].filter(pl.col("scientificName") == "Panthera tigris")
    assert joint.select("area", "individuals").rows() == [
        ("CN", 31),
        ("RU", 33),
        ("CN|RU", 19),
        ("union", 45),
        ("sideUnknown", 0),
    ]


def test_a_leopard_crosses_and_comes_back():
    answer = transborder(seen(*walk("L9", "north/r1", "south/c1", "north/r2")), BOTH)
    day = timedelta(days=1)
    columns = [
        "individualID",
        "scientificName",
        "fromCountry",
        "toCountry",
        "notBefore",
        "notAfter",
        "fromPlace",
        "toPlace",
    ]
    assert answer.tables["crossings"].select(columns).rows() == [
        ("L9", "Panthera tigris", "RU", "CN", START, START + day, "north/r1", "south/c1"),
        ("L9", "Panthera tigris", "CN", "RU", START + day, START + 2 * day, "south/c1", "north/r2"),
    ]
    assert answer.tables["summary"].select("crossings", "crossingsHigh").row(0) == (2, 2)
    assert notes(answer) == ["limits-declared"]


def test_three_countries():
    said = [*walk("T1", "north/r1", "south/c1", "east/k1"), *walk("T2", "south/c1"), *walk("T3", "south/c1", "east/k1")]
    answer = transborder(seen(*said), UNKNOWN)
    assert areas(answer) == {"CN": 3, "KP": 2, "RU": 1, "CN|KP": 1, "CN|KP|RU": 1, "union": 3, "sideUnknown": 0}
    assert answer.tables["summary"].select("onBothSides", "addingCountries", "excessCountries").row(0) == (2, 6, 3)


def test_who_has_no_certain_side_is_in_no_national_list():
    answer = transborder(seen(*walk("T1", "north/r1", "south/c1"), *walk("T2", "north/edge")), BOTH)
    assert areas(answer) == {"CN": 1, "RU": 1, "CN|RU": 1, "union": 2, "sideUnknown": 1}
    columns = ["union", "onBothSides", "share", "addingCountries", "excessCountries", "excessParties"]
    assert answer.tables["summary"].select(columns).row(0) == (2, 1, 0.5, 2, 1, 1)


def test_one_party_alone_sees_no_crossing_and_says_so():
    answer = transborder(seen(*walk("T1", "north/r1")), stood(("north/r1", "RU", 0, 9)))
    assert areas(answer) == {"RU": 1, "union": 1, "sideUnknown": 0}
    row = answer.tables["summary"].row(0, named=True)
    assert (row["onBothSides"], row["share"], row["shareLow"], row["shareHigh"]) == (None, None, None, None)
    assert (row["addingCountries"], row["addingParties"]) == (1, 1)
    assert "one-side-surveyed" in notes(answer)


def test_a_country_without_cameras_is_not_surveyed_rather_than_empty():
    surveyed = pl.DataFrame([("RU", 40.0), ("CN", 20.0), ("KP", 0.0), ("MN", None)], schema=SURVEYED, orient="row")
    answer = transborder(seen(*walk("T1", "north/r1")), UNKNOWN, surveyed=surveyed)
    assert areas(answer) == {"CN": 0, "KP": None, "MN": None, "RU": 1, "union": 1, "sideUnknown": 0}
    assert answer.tables["summary"]["onBothSides"].item() == 0
    assert "one-side-surveyed" not in notes(answer)


def test_a_track_is_its_own_survey_and_its_effort_is_unknown():
    track = [
        Sighting("E1", 60 * k, None, sides=side, species="Loxodonta africana") for k, side in enumerate(["RU", "CN"])
    ]
    answer = transborder(seen(*track), UNKNOWN)
    assert areas(answer) == {"CN": 1, "RU": 1, "CN|RU": 1, "union": 1, "sideUnknown": 0}
    assert answer.tables["individuals"].select("status", "watchedBehindDays").row(0) == ("crossedOnce", None)
    assert notes(answer)[0] == "effort-unknown"
    assert answer.tables["crossings"].select("fromPlace", "toPlace").row(0) == (None, None)


def test_several_parties_in_one_country_count_an_animal_each():
    said = [*walk("T1", "north/r1"), Sighting("T1", 900, "northeast/x", sides="RU"), *walk("T2", "south/c1")]
    summary = transborder(seen(*said), BOTH).tables["summary"].row(0, named=True)
    assert (summary["union"], summary["addingCountries"], summary["addingParties"], summary["excessParties"]) == (
        2,
        2,
        3,
        1,
    )


def test_cubs_are_counted_apart_and_unknown_stages_with_the_adults():
    said = [
        *walk("C1", "north/r1", stage="juvenile"),
        *walk("T1", "north/r1"),
        *walk("U1", "south/c1", stage=None),
    ]
    answer = transborder(seen(*said), BOTH)
    assert areas(answer, "adult")["union"] == 2
    assert areas(answer, "cub") == {"CN": 0, "RU": 1, "union": 1, "sideUnknown": 0}
    assert dict(answer.tables["individuals"].select("individualID", "stage").rows())["U1"] == "unknown"
    assert [n.arguments for n in answer.notes if n.code == "stage-unknown"] == [{"individuals": 1}]


def test_possible_identifications_are_left_out_and_counted():
    said = [
        *walk("T1", "north/r1", certainty="certain"),
        Sighting("T1", 9000, "south/c1", certainty="possible"),
        Sighting("T1", 9500, "north/r1", certainty="probable"),
        *walk("T2", "north/r1", certainty="possible"),
    ]
    answer = transborder(seen(*said), BOTH)
    assert answer.tables["individuals"].select("individualID", "countries", "encounters").rows() == [("T1", "RU", 2)]
    assert [n.arguments for n in answer.notes if n.code.startswith("possible")] == [{"detections": 2}]


def test_rows_without_an_instant_or_an_individual_are_counted():
    frame = seen(*walk("T1", "north/r1", "north/r1", "north/r1"))
    frame = frame.with_columns(
        eventStart=pl.when(pl.int_range(3) != 0).then("eventStart"),
        individualID=pl.when(pl.int_range(3) != 1).then("individualID"),
    )
    answer = transborder(frame, BOTH)
    assert answer.tables["individuals"]["encounters"].to_list() == [1]
    assert [n.arguments for n in answer.notes if n.code == "detections-incomplete"] == [{"detections": 2}]


def test_uncertain_sides_are_counted_and_widen_the_bounds():
    answer = transborder(seen(*walk("T1", "north/r1", "north/edge", "north/r1", "east/sea")), BOTH)
    assert {n.code: dict(n.arguments) for n in answer.notes if "encounters" in n.arguments} == {
        "sides-uncertain": {"encounters": 1},
        "encounters-in-no-country": {"encounters": 1},
    }
    assert answer.tables["summary"].select("crossings", "crossingsHigh").row(0) == (0, 2)


def test_a_crossing_that_must_have_happened_is_counted_though_its_direction_is_unknown():
    answer = transborder(seen(Sighting("T1", 0), Sighting("T1", 900, "east/x", sides="CN|KP")), BOTH)
    assert answer.tables["crossings"].is_empty()
    assert answer.tables["individuals"]["crossings"].to_list() == [1]
    assert "crossings-unlisted" in notes(answer)


def test_a_declared_country_that_contradicts_the_coordinates_forces_no_crossing():
    frame = seen(Sighting("T1", 0), Sighting("T1", 900, "north/r3", sides="CN"), Sighting("T1", 1800))
    torn = pl.col("place") == "north/r3"
    frame = frame.with_columns(
        declaredCountry=pl.when(torn).then(pl.lit("RU")), countryCode=pl.when(~torn).then("countryCode")
    )
    answer = transborder(frame, BOTH)
    assert answer.tables["encounters"]["possibleCountries"].to_list() == ["RU", "CN|RU", "RU"]
    assert answer.tables["individuals"].select("countries", "crossings", "crossingsHigh").row(0) == ("RU", 0, 2)


def test_one_animal_on_both_sides_at_once_is_impossible():
    answer = transborder(seen(Sighting("T1", 0, "north/r1", lasts=30), Sighting("T1", 20, "south/c1")), BOTH)
    assert answer.tables["crossings"].select("elapsedHours", "impossible").row(0) == (-10 / 60, True)
    assert "crossings-impossible" in notes(answer)
    assert answer.findings is not None
    assert answer.findings.select("code", "value").rows() == [("individual-too-fast", "T1")]


def test_nobody_at_all():
    answer = transborder(seen(), UNKNOWN)
    assert notes(answer) == ["no-individuals"]
    assert {name: dict(table.schema) for name, table in answer.tables.items()} == SHAPES


def test_tables_have_the_declared_columns_and_types():
    answer = transborder(seen(*walk("T1", "north/r1", "south/c1", "north/edge")), BOTH)
    assert {name: dict(table.schema) for name, table in answer.tables.items()} == SHAPES
    assert answer.tables["encounters"]["lifeStage"].to_list() == ["adult"] * 3
    assert answer.parameters["reachMetres"] == 10_000


def test_a_missing_column_is_named():
    with pytest.raises(ColumnError, match="located detections needs column 'names'"):
        transborder(seen().drop("names"), UNKNOWN)
    with pytest.raises(ColumnError, match="effort needs column 'days'"):
        transborder(seen(), UNKNOWN.drop("days"))


def same(one: Answer, other: Answer) -> bool:
    tables = all(one.tables[name].equals(other.tables[name]) for name in SHAPES)
    return tables and one.notes == other.notes and one.parameters == other.parameters


@few
@given(sightings(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_packages_does_not_matter(rows, random):
    effort = stood(("north/r1", "RU", 0, 40), ("north/r2", "RU", 1, 50), ("south/c1", "CN", 0, 50))
    answer = transborder(seen(*rows), effort)
    assert same(transborder(seen(*random.sample(rows, len(rows))), effort[[2, 0, 1]]), answer)


@few
@given(
    sightings(),
    st.sampled_from(["Asia/Vladivostok", "Asia/Pyongyang", "America/St_Johns"]),
    st.sampled_from(["ms", "ns"]),
)
def test_the_time_zone_of_the_same_instants_does_not_matter(rows, zone, unit):
    frame = seen(*rows)
    elsewhere = frame.with_columns(pl.col("eventStart", "eventEnd").dt.convert_time_zone(zone).dt.cast_time_unit(unit))
    assert same(transborder(elsewhere, BOTH), transborder(frame, BOTH))


@few
@given(st.lists(st.tuples(sighting(), st.booleans()), min_size=1, max_size=9))
def test_splitting_a_package_in_two_does_not_matter(rows):
    """Two packages of one party are two runs of rows with the same party and the same names of places."""
    first, second = ([row for row, mine in rows if mine is half] for half in (True, False))
    split = transborder(pl.concat([seen(*second), seen(*first)]), BOTH)
    assert same(split, transborder(seen(*(row for row, _ in rows)), BOTH))


@few
@given(sightings())
def test_what_is_always_true(rows):
    answer = transborder(seen(*rows), BOTH)
    individuals, joint, summary = (answer.tables[name] for name in ("individuals", "joint", "summary"))
    assert (individuals["crossings"] <= individuals["crossingsHigh"]).all()
    assert answer.tables["encounters"]["detections"].sum() == len(rows)
    assert answer.tables["encounters"].height == individuals["encounters"].sum()
    assert joint.filter(pl.col("area") == "union")["individuals"].sum() == individuals.height
    assert summary["union"].sum() == individuals.height
    assert ((summary["addingCountries"] - summary["excessCountries"]) <= summary["union"]).all()
    assert answer.tables["crossings"].height <= individuals["crossings"].sum()
