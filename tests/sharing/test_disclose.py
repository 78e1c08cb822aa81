"""What leaves at each level, and what never does."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import package

from tumen.measure.geodesy import distances
from tumen.sharing.choose import allowed
from tumen.sharing.classes import CLASSES, Kept
from tumen.sharing.derived import SEEN, WORKED
from tumen.sharing.disclose import Derived, disclose
from tumen.sharing.kept import KEPT
from tumen.sharing.leaks import leaks
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import LEVELS, Grant
from tumen.sharing.view import Viewer, view
from tumen.tables.protocol import TABLES
from tumen.tables.schema import Kind

NOW = datetime(2016, 1, 1, tzinfo=UTC)
SECRET = bytes(range(32))
SECRETS_OF_NORTH = ("Ridge 12", "43.1", "131.2", "T07", "Ivanova", "2014-01-10", "d1", "o1", "den under the rock")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def north():
    return package(
        name="Ridge 12",
        deployments=[
            {"locationID": "Ridge 12", "locationName": "Ridge 12", "setupBy": "Ivanova", "latitude": "43.10422"},
            {"deploymentID": "d2", "latitude": "43.2", "longitude": "131.4", "coordinateUncertainty": "200"},
        ],
        observations=[
            {"individualID": "T07", "sex": "female", "observationComments": "den under the rock"},
            {"observationID": "o2", "deploymentID": "d2", "scientificName": "Panthera tigris", "individualID": "T9"},
            {"observationID": "o3", "observationType": "human", "scientificName": None},
        ],
        media=[{}],
        individuals=[
            {"individualID": "T07", "scientificName": "Panthera pardus", "sex": "female", "birthDate": "2009-05-17"},
            {"individualID": "T9", "scientificName": "Panthera tigris", "sex": None, "birthDate": None},
        ],
        links=[
            link("l1", "T07", "south", "22", "2014-01-10T08:00:00Z"),
            link("l2", "T07", "east", "E5", "2014-01-10T08:00:00Z"),
            link("l3", "T9", "south", "23", "2014-01-10T07:00:00Z"),
        ],
        counts=[
            {"countID": "c1", "visitID": "v1", "scientificName": "Anser fabalis", "status": "counted", "count": "0"},
            {"countID": "c2", "visitID": "v1", "scientificName": "Grus japonensis", "status": "counted", "count": "7"},
        ],
    )


def link(number, own, other, name, when):
    return {
        "linkID": number,
        "party": "north-reserve",
        "individualID": own,
        "otherParty": other,
        "otherIndividualID": name,
        "verdict": "same",
        "evidence": "Ridge 12",
        "observer": "Ivanova",
        "decidedAt": when,
    }


def derived():
    row = {
        "individualID": "T07",
        "scientificName": "Panthera pardus",
        "sex": "female",
        "lifeStage": None,
        "source": "camera",
        "location": "place/Ridge 12",
        "start": at("2014-01-10T05:06:07"),
        "end": at("2014-01-10T05:09:00"),
        "detections": 2,
        "countryCode": "RU",
        "possibleCountries": "RU",
        "borderDistance": 3_210.4,
    }
    late = {**row, "start": at("2014-02-01T23:00:00"), "end": at("2014-02-02T01:00:00"), "borderDistance": 3_190.0}
    worked = {"deploymentID": "d1", "countryCode": "RU", "start": at("2014-01-01"), "end": at("2014-03-01")}
    return Derived(pl.DataFrame([row, late], schema=SEEN), pl.DataFrame([worked], schema=WORKED))


def disclosed(level, made=None, ledger=None, owned=None, **grant):
    asked = Grant("south", level, **grant)
    return disclose(made or north(), asked, SECRET, owned or derived(), ledger or Ledger(), NOW)


def everything(made):
    """All that a view says, as text."""
    cells = [str(value) for frame in made.package.tables.values() for row in frame.rows() for value in row]
    return "\n".join([*cells, str(made.package.descriptor), made.package.name, *made.package.kept])


def test_every_column_of_the_protocol_has_a_class():
    assert {name: set(kept.columns) for name, kept in KEPT.items()} == {n: set(t.names) for n, t in TABLES.items()}
    assert {said for kept in KEPT.values() for said in kept.columns.values()} <= CLASSES.keys()


def test_what_nobody_has_classified_does_not_leave():
    frame = TABLES["individuals"].empty().with_columns(secret=pl.lit("x"))
    viewer = Viewer(Grant("south", "generalised"), SECRET, "north", pl.DataFrame())
    nothing = view(TABLES["individuals"], frame, Kept("identity", {}, {}), viewer)
    assert nothing.columns == list(TABLES["individuals"].dtypes)
    assert allowed("a table of tomorrow", Grant("south", "full")) is None


def test_a_cell_that_must_be_full_can_be_withheld():
    """Only words can be: a number, a day or an instant that is required and does not leave would be invented."""
    for name, kept in KEPT.items():
        if kept.level == "full" or kept.needs:
            continue
        for column in TABLES[name].columns:
            hidden = kept.columns[column.name] in ("place", "person", "text", "media", "detail")
            assert not (column.required and hidden and column.kind is not Kind.STRING), (name, column.name)
            assert not (column.required and hidden and column.vocabulary), (name, column.name)


@pytest.mark.parametrize("level", LEVELS[1:-1])
def test_no_secret_is_in_a_view(level):
    said = everything(disclosed(level))
    days = ("2014-01-10",) if level in ("crossing", "generalised") else ()
    assert [word for word in SECRETS_OF_NORTH if word in said and word not in days and word not in ("d1", "o1")] == []
    keys = {"d1", "d2", "o1", "o2", "m1", "T07", "T9", "l1"}
    told = disclosed(level).package.tables.values()
    assert not keys & {value for frame in told for row in frame.rows() for value in row if isinstance(value, str)}


def test_the_levels_one_by_one():
    assert {level: sorted(disclosed(level).package.tables) for level in LEVELS[1:4]} == {
        "catalogue": ["holdings"],
        "identity": ["holdings", "individuals", "links", "portraits"],
        "crossing": ["camera_days", "encounters", "holdings", "individuals", "links", "portraits"],
    }
    place = disclosed("generalised", category=2).package.table("deployments").sort("latitude")
    assert place.select("latitude", "longitude", "coordinateUncertainty").rows() == [
        (43.15, 131.25, 7000),
        (43.25, 131.45, 8000),
    ]
    assert place["deploymentStart"].to_list() == [at("2014-01-01"), at("2014-01-01")]
    assert place["deploymentEnd"].to_list() == [at("2014-03-31T23:59:59")] * 2


def test_crossing_tells_day_side_and_distance_and_no_place():
    met = disclosed("crossing", step=1000.0).package.table("encounters").sort("startDate")
    shown = met.select("startDate", "endDate", "detections", "countryCode", "borderDistance", "borderStep").rows()
    assert shown == [
        (date(2014, 1, 10), date(2014, 1, 10), 2, "RU", 4000.0, 1000.0),
        (date(2014, 2, 1), date(2014, 2, 2), 2, "RU", 4000.0, 1000.0),
    ]
    worked = disclosed("crossing").package.table("camera_days")
    assert worked.select("deploymentID", "month", "cameraDays").rows() == [
        (None, date(2014, 1, 1), 31),
        (None, date(2014, 2, 1), 28),
    ]


def test_one_distance_for_one_place_and_the_one_told_before():
    first = disclosed("crossing")
    near = derived().seen.with_columns(borderDistance=pl.lit(900.0))
    again = disclosed("crossing", ledger=first.ledger, owned=Derived(near))
    assert again.package.table("encounters")["borderDistance"].unique().to_list() == [4000.0]


def test_an_animal_has_one_name_in_all_tables_and_links_still_work():
    tables = disclosed("identity").package.tables
    animals = tables["individuals"].filter(pl.col("sex") == "female")["individualID"].item()
    links = tables["links"].sort("decidedAt")
    assert links.select("otherParty", "otherIndividualID", "evidence", "observer").rows() == [
        ("south", "23", "withheld", "withheld"),
        ("south", "22", "withheld", "withheld"),
    ]
    assert links["individualID"].to_list()[1] == animals
    assert links["decidedAt"].to_list() == [at("2014-01-01T00:00:00"), at("2014-01-01T00:00:01")]
    named = disclosed("identity", columns=frozenset({"name"})).package.table("links")
    assert sorted(named["otherIndividualID"]) == ["22", "23", "E5"]


def test_two_receivers_share_no_name():
    south = disclosed("generalised").package
    east = disclose(north(), Grant("east", "generalised"), SECRET, derived(), Ledger(), NOW).package
    for name in ("deployments", "observations", "individuals", "encounters"):
        key = TABLES[name].key
        assert not set(south.table(name)[key]) & set(east.table(name)[key])


def test_people_stay_at_home_and_withheld_counts_stay_as_withheld():
    assert disclosed("generalised").package.table("observations")["observationType"].to_list() == ["animal"] * 2
    counts = disclosed("generalised", species=("Anser fabalis",)).package.table("counts")
    assert sorted(counts.select("status", "count", "scientificName").rows()) == [
        ("counted", 0, "Anser fabalis"),
        ("withheld", None, None),
    ]


def test_a_species_that_is_not_granted_is_nowhere():
    said = disclosed("generalised", species=("Panthera pardus",))
    assert "tigris" not in everything(said)
    assert said.package.table("individuals").height == 1
    assert said.package.table("links").height == 1


def test_what_is_granted_beside_the_level_leaves_as_it_is():
    granted = frozenset({"place", "person", "time", "name"})
    shown = disclosed("generalised", columns=granted, text=True).package
    assert set(shown.table("deployments")["setupBy"]) == {"Ivanova", None}
    assert "den under the rock" in shown.table("observations")["observationComments"].to_list()
    assert shown.table("observations")["eventStart"].to_list() == [at("2014-01-10"), at("2014-01-10")]
    assert 43.10422 not in shown.table("deployments")["latitude"].to_list()


def test_full_is_the_package_itself():
    given, made = north(), disclosed("full", agreement="A")
    assert all(made.package.tables[name].equals(frame) for name, frame in given.tables.items())
    assert all(made.package.received[name].equals(frame) for name, frame in given.received.items())
    assert made.media["path"].to_list() == made.media["newPath"].to_list() == ["media/m1.jpg"]


def test_the_same_place_is_told_alike_in_every_release():
    first = disclosed("generalised", category=2)
    again = disclosed("generalised", category=2, ledger=first.ledger)
    assert all(again.package.tables[name].equals(frame) for name, frame in first.package.tables.items())


def test_a_location_that_moved_keeps_its_cell():
    first = disclosed("generalised", category=2)
    moved = package(deployments=[{"locationID": "Ridge 12", "latitude": "43.21"}])
    again = disclosed("generalised", made=moved, ledger=first.ledger, category=2)
    told = again.package.table("deployments").select("latitude", "longitude", "coordinateUncertainty").row(0)
    assert told[:2] == (43.15, 131.25)
    assert told[2] > 2 * 7000
    assert again.findings.filter(pl.col("code") == "disclosed-location-moved")["value"].to_list() == ["place/Ridge 12"]


def test_a_release_that_would_pinpoint_more_is_refused_whole():
    coarse = disclosed("generalised", category=1)
    fine = disclosed("generalised", category=3, ledger=coarse.ledger)
    assert fine.refused
    assert (dict(fine.package.tables), fine.ledger) == ({}, coarse.ledger)
    assert fine.findings["code"].unique().to_list() == ["release-finer"]
    assert not disclosed("generalised", category=3, agreement="new", ledger=coarse.ledger).refused


def test_nothing_is_nothing():
    assert disclosed("nothing").findings["code"].to_list() == ["release-nothing"]


@settings(max_examples=4)
@given(st.randoms(use_true_random=False), st.sampled_from(LEVELS[1:-1]))
def test_the_order_of_rows_does_not_matter(random, level):
    given = north()
    mixed = {}
    for name, frame in given.tables.items():
        order = list(range(frame.height))
        random.shuffle(order)
        mixed[name] = frame[order]
    one, two = disclosed(level, made=given), disclosed(level, made=replace(given, tables=mixed))
    assert all(one.package.tables[name].equals(two.package.tables[name]) for name in one.package.tables)
    assert one.ledger.releases.equals(two.ledger.releases)
    assert one.package.descriptor == two.package.descriptor


@settings(max_examples=10)
@given(
    st.lists(st.tuples(st.floats(-0.03, 0.03), st.floats(-0.03, 0.03)), min_size=1, max_size=5),
    st.sampled_from([0, 42.999, 68]),
    st.integers(1, 4),
)
def test_every_stated_circle_holds_the_true_point(moves, latitude, category):
    """Also of cameras and samples of one location that stand in other cells than it."""
    where = [{"latitude": str(latitude + north), "longitude": str(131.0 + east)} for north, east in moves]
    cameras = [{"deploymentID": f"d{k}", "locationID": "Ridge 12", **at} for k, at in enumerate(where)]
    samples = [
        {"sampleID": f"s{k}", "locationID": "Ridge 12", "material": "hair", "collectedOn": "2014-05-06", **at}
        for k, at in enumerate(reversed(where))
    ]
    given = package(deployments=cameras[:2], samples=samples)
    shown = disclosed("generalised", made=given, category=category)
    for name in ("deployments", "samples"):
        key = TABLES[name].key
        named = Viewer(Grant("south", "generalised"), SECRET, "north", pl.DataFrame())
        true = given.table(name).with_columns(named.renamed(given.table(name)[key], key.removesuffix("ID")))
        both = true.select(key, "latitude", "longitude").join(shown.package.table(name), on=key, suffix="_told")
        columns = ("longitude", "latitude", "longitude_told", "latitude_told")
        apart = distances(*(both[column].to_numpy() for column in columns))
        assert (apart + 30 <= both["coordinateUncertainty"].to_numpy()).all()


@settings(max_examples=5)
@given(st.lists(st.tuples(st.floats(42, 44), st.floats(130, 132)), min_size=1, max_size=3), st.integers(1, 4))
def test_a_lower_level_never_holds_more(places, category):
    """Every row of a lower view is one of the higher view, and every value of it is there or follows from it."""
    rows = [{"deploymentID": f"d{k}", "latitude": str(p[0]), "longitude": str(p[1])} for k, p in enumerate(places)]
    made = package(
        deployments=rows, individuals=[{"individualID": "T1", "scientificName": "a", "birthDate": "2010-03-04"}]
    )
    views = [disclosed(level, made=made, category=category).package.tables for level in LEVELS[1:-1]]
    for lower, higher in pairwise(views):
        assert set(lower) <= set(higher)
        for name in set(lower) - {"holdings", "camera_days"}:
            for column in TABLES[name].names:
                low, high = lower[name][column], higher[name][column]
                if low.null_count() < len(low):
                    coarse = high.dt.truncate("1y") if TABLES[name].column(column).kind is Kind.DATE else high
                    same = low.equals(high) or low.equals(coarse)
                    assert same, (name, column)
        if "camera_days" in lower and "camera_days" in higher:
            assert lower["camera_days"]["cameraDays"].sum() == higher["camera_days"]["cameraDays"].sum()


def event(number, party, own, other, name, members=None):
    return {
        "eventID": number,
        "kind": "joint" if members else "match",
        "party": party,
        "individualID": own,
        "otherParty": other,
        "otherIndividualID": name,
        "members": members,
        "observer": "Ivanova",
        "observerParty": "north-reserve",
        "decidedAt": "2014-01-10T08:00:00Z",
    }


def test_our_animals_are_named_anew_under_whatever_party_they_stand():
    links = [
        link("l1", "T07", "south", "t 9", "2014-01-10T08:00:00Z"),
        {**link("l2", "T9", "south", "22", "2014-01-10T08:00:00Z"), "party": "south", "individualID": "T07"},
        link("l3", "T07", None, "T9", "2014-01-10T08:00:00Z"),
        {**link("l4", "T07", "south", "23", "2014-01-10T08:00:00Z"), "party": None},
        link("l5", "T07", "south", "T-9 ", "2014-01-10T08:00:00Z"),
    ]
    events = [
        event("e1", None, None, None, None, "north-reserve/T07|south/22|south/T9"),
        event("e2", None, None, None, None, "T07|T9"),
        event("e3", None, None, None, None, "north-reserve/T07|east/E5"),
        event("e4", "north-reserve", "T07", "south", "22"),
    ]
    own = [{"individualID": name, "scientificName": "Panthera tigris"} for name in ("T07", "T 9", "T9")]
    truth = package(individuals=own, links=links, register_events=events)
    made = disclosed("identity", made=truth)
    shown = made.package.tables
    said = [name for table in ("links", "register_events") for name in shown[table]["otherIndividualID"]]
    assert sorted(name for name in said if name and len(name) < 20) == ["22", "22"]
    assert not {"T07", "T9", "t 9", "T-9 "} & {cell for frame in shown.values() for row in frame.rows() for cell in row}
    (members,) = shown["register_events"]["members"].drop_nulls()
    told = [member.split("/") for member in members.split("|")]
    assert [whose for whose, _ in told] == ["north-reserve", "south", "south"]
    assert [len(name) for _, name in told] == [20, 2, 20]
    withheld = made.findings.filter(pl.col("code") == "disclosed-rows-withheld")
    assert sorted(
        (row["table"], "without saying" in str(row["arguments"])) for row in withheld.iter_rows(named=True)
    ) == [("links", True), ("register_events", False), ("register_events", True)]
    check = leaks(made.package, Grant("south", "identity"), truth=truth, ledger=made.ledger)
    assert check.filter(pl.col("code").str.starts_with("leak-name"))["code"].to_list() == []


@pytest.mark.parametrize(
    ("table", "column", "cell"),
    [
        ("links", "otherIndividualID", "T07"),
        ("links", "otherIndividualID", " t07"),
        ("register_events", "members", "south/T07|south/22"),
        ("register_events", "members", "T07"),
    ],
)
def test_one_of_our_animals_among_those_of_others_is_found(table, column, cell):
    truth = package(
        individuals=[{"individualID": "T07"}],
        links=[link("l1", "T07", "south", "22", "2014-01-10T08:00:00Z")],
        register_events=[event("e1", None, None, None, None, "north-reserve/T07|south/22")],
    )
    made = disclosed("identity", made=truth)
    frames = made.package.tables
    shown = replace(
        made.package, tables={**frames, table: frames[table].with_columns(pl.lit(cell).alias(column))}, received={}
    )
    found = leaks(shown, Grant("south", "identity"), truth=truth, ledger=made.ledger)
    hit = found.filter((pl.col("code") == "leak-name") & (pl.col("column") == column))
    assert hit.select("table", "row").rows() == [(table, 2)]
    assert (
        not leaks(made.package, Grant("south", "identity"), truth=truth, ledger=made.ledger)["code"]
        .is_in(["leak-name", "leak-name-not-keyed"])
        .any()
    )


@pytest.mark.parametrize("name", ["encounters", "camera_days", "portraits", "holdings"])
def test_a_derived_table_that_is_denied_stays_at_home(name):
    assert name in disclosed("generalised").package.tables
    assert name not in disclosed("generalised", home=frozenset({name})).package.tables


def test_what_is_made_only_from_denied_tables_stays_at_home():
    denied = frozenset({"observations", "deployments"})
    tables = disclosed("generalised", home=denied).package.tables
    assert tables["encounters"].is_empty()
    assert "camera_days" not in tables


def test_denied_classes_are_empty_at_full_and_so_is_the_descriptor():
    given = replace(north(), descriptor={"title": "Ridge 12", "spatial": {"bbox": [131.2, 43.1, 131.2, 43.1]}})
    made = disclosed("full", given, denied=frozenset({"person", "text", "time", "place"}))
    said = everything(made)
    assert not [one for one in ("Ivanova", "den under", "Ridge 12", "05:06", "bbox") if one in said]
    assert made.package.table("deployments")["latitude"].to_list()[:1] == [43.10422]
    assert made.package.descriptor["tumen"]["disclosure"]["denied"] == ["person", "place", "text", "time"]
    assert made.media.is_empty()
    assert "Ivanova" not in str([frame.rows() for frame in made.package.received.values()])


def test_a_part_of_a_package_at_full_has_a_descriptor_of_its_own():
    given = replace(north(), descriptor={"title": "Ridge 12", "taxonomic": [{"scientificName": "Panthera tigris"}]})
    made = disclosed("full", given, species=("Panthera pardus",))
    assert "Panthera tigris" not in str(made.package.descriptor)
    assert "Ridge" not in str(made.package.descriptor)
    assert disclosed("full", given).package.descriptor["title"] == "Ridge 12"


def test_a_grant_of_a_species_opens_no_table_without_species():
    given = package(
        deployments=[{}],
        observations=[{}],
        sites=[{}],
        statements=[{}],
        operating_periods=[{}],
    )
    made = disclosed("full", given, species=("Panthera pardus",)).package.tables
    assert {"observations", "deployments", "operating_periods"} <= set(made)
    assert not {"sites", "statements"} & set(made)
    assert "sites" in disclosed("full", given, species=("Panthera pardus",), whole=frozenset({"sites"})).package.tables


def test_a_withheld_count_does_not_tell_of_what():
    counts = disclosed("generalised", species=("Anser fabalis",)).package.table("counts")
    hidden = counts.filter(pl.col("status") == "withheld")
    assert {n for n in hidden.columns if hidden[n].null_count() < hidden.height} == {"countID", "visitID", "status"}


def test_a_picture_that_shows_another_species_too_stays_at_home():
    given = package(
        media=[{"mediaID": "m1"}, {"mediaID": "m2"}],
        observations=[
            {"observationID": "o1", "mediaID": "m1", "scientificName": "Panthera pardus"},
            {"observationID": "o2", "mediaID": "m1", "scientificName": "Panthera tigris"},
            {"observationID": "o3", "mediaID": "m2", "scientificName": "Panthera pardus"},
        ],
    )
    assert disclosed("full", given, species=("Panthera pardus",)).package.table("media")["mediaID"].to_list() == ["m2"]
