"""Every code of the leak check: a view in which it is found, and one in which it is not."""

import io
from dataclasses import replace
from functools import cache

import polars as pl
import pytest
from PIL import Image
from tests.builders import codes, package
from tests.sharing.release_worlds import World, changed, reserve, sides, told

from tumen.files.media_clean import clean
from tumen.measure.gcj02 import to_gcj02
from tumen.sharing.leaks import Around, leaks
from tumen.sharing.leaks_media import beside_pixels
from tumen.sharing.leaks_others import Earlier
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import Grant
from tumen.tables import findings
from tumen.tables.catalogue import leaks as words

GENERALISED = Grant("south", "generalised", category=2, step=5000)
CROSSING = Grant("south", "crossing", step=5000)
TEXTS = replace(GENERALISED, columns=frozenset({"text"}))


@cache
def world():
    return World(reserve(stations=8, records=60))


@cache
def view(grant):
    return world().release(grant)


def found(made, grant=GENERALISED, **around):
    return leaks(made, grant, truth=world().truth, ledger=view(grant).ledger, around=Around(**around))


def errors(made, grant=GENERALISED, **around):
    return codes(findings.errors(found(made, grant, **around)))


@pytest.mark.parametrize(
    "grant", [Grant("south", "catalogue"), Grant("south", "identity"), CROSSING, GENERALISED, TEXTS]
)
def test_a_view_made_by_the_program_has_no_error(grant):
    assert errors(view(grant).package, grant, locate=sides) == []


def test_at_full_nothing_is_held_back_and_nothing_is_searched():
    assert leaks(world().truth, Grant("south", "full"), truth=world().truth, ledger=Ledger()).is_empty()


SPELLINGS = {
    "{lat:.5f}, {lon:.5f}": "leak-coordinates",
    "{lat:.2f} N {lon:.2f} E": "leak-coordinates",
    "lon {lon:.4f}; lat {lat:.4f}": "leak-coordinates",
    "N {d:.0f}°{m:.3f}' E {e:.0f}°{n:.3f}'": "leak-coordinates",
    "gcj {glat:.5f} {glon:.5f}": "leak-coordinates",
    "{lat:.5f} only": "leak-coordinate-alone",
    "about 43, 131": None,
    "12.5 and 0.25": None,
    "seen at Barabash spring 03": "leak-name",
    "RIDGE_03 battery low": "leak-name",
    "ridge03.jpg": "leak-name",
    "tiger-2 again": "leak-name",
    "told by Ivan Petrov": "leak-name",
    "told by Ivan": None,
    "a ridge, a valley": None,
    "{day} early": "leak-day",
    "IMG_{plain}_0417": "leak-day",
    "on {dmy}": "leak-day",
    "on {named}": "leak-day",
    "bought 1999-01-01": None,
}


def test_a_text_that_says_more_than_the_level_is_found_in_every_spelling():
    truth = world().truth
    lat, lon = truth.table("deployments").select("latitude", "longitude").row(3)
    shifted = to_gcj02([lon], [lat])
    day = truth.table("observations")["eventStart"][10].date()
    degrees = {"lat": lat, "lon": lon, "d": int(lat), "m": lat % 1 * 60, "e": int(lon), "n": lon % 1 * 60}
    degrees |= {"glat": shifted.lat[0], "glon": shifted.lon[0]}
    days = {"day": day, "plain": f"{day:%Y%m%d}", "dmy": f"{day:%d.%m.%Y}", "named": f"{day:%d %b %Y}"}
    said = [spelling.format(**degrees, **days) for spelling in SPELLINGS]
    made = view(TEXTS).package
    blank = [None] * (made.tables["observations"].height - len(said))
    result = found(changed(made, "observations", observationComments=pl.Series([*said, *blank])), TEXTS)
    result = result.filter(pl.col("column") == "observationComments")
    by_row = dict(result.select("row", "code").rows())
    assert {row: by_row.get(row) for row in range(2, len(said) + 2)} == dict(enumerate(SPELLINGS.values(), 2))
    assert len(result) == len(by_row)
    # What leaks is never printed.
    assert result["value"].unique().to_list() == [""]
    assert not any(one in arguments for arguments in result["arguments"] for one in said)


def test_coordinates_hidden_in_columns_of_numbers_are_found():
    places = world().truth.table("deployments")
    many = view(GENERALISED).package.tables["observations"].height
    made = changed(
        view(GENERALISED).package,
        "observations",
        bboxX=pl.Series([places["longitude"][0]] * many),
        bboxY=pl.Series([places["latitude"][0]] * many),
    )
    result = found(made)
    assert result.filter((pl.col("code") == "leak-coordinates") & (pl.col("column") == "bboxX")).height == 1
    assert "leak-column-withheld" in codes(result)
    alone = changed(view(GENERALISED).package, "observations", bboxX=pl.Series([places["longitude"][0]] * many))
    assert "leak-coordinate-alone" in codes(found(alone))


@pytest.mark.parametrize(
    ("table", "column", "cell", "code"),
    [
        ("deployments", "latitude", pl.col("latitude") + 0.01, "leak-cell-finer"),
        ("deployments", "latitude", pl.col("latitude") + 1.0, "leak-cell-unrecorded"),
        ("deployments", "coordinateUncertainty", pl.lit(100, dtype=pl.Int64), "leak-cell-radius"),
        ("deployments", "locationName", pl.lit("somewhere"), "leak-column-withheld"),
        ("deployments", "setupBy", pl.lit("somebody"), "leak-column-withheld"),
        ("deployments", "cameraHeight", pl.lit(0.45), "leak-column-withheld"),
        (
            "deployments",
            "deploymentID",
            pl.lit("dep-") + pl.int_range(10, pl.len() + 10).cast(pl.String),
            "leak-name-not-keyed",
        ),
        ("deployments", "extra", pl.lit("x"), "leak-column-undeclared"),
        ("observations", "eventStart", pl.col("eventStart").dt.offset_by("4d"), "leak-instant"),
        ("observations", "eventEnd_offset", pl.lit(600, dtype=pl.Int32), "leak-instant"),
        ("observations", "individualID", pl.lit("A1"), "leak-name-not-keyed"),
        ("observations", "observationID", pl.col("observationID").reverse(), "leak-order"),
        ("observations", "behavior", pl.lit("walks"), "leak-column-withheld"),
    ],
)
def test_a_table_that_has_not_the_form_of_its_level_is_found(table, column, cell, code):
    result = found(changed(view(GENERALISED).package, table, **{column: cell}))
    assert codes(findings.errors(result)).count(code) == 1
    if code not in (
        "leak-column-undeclared",
        "leak-order",
        "leak-cell-finer",
        "leak-cell-unrecorded",
        "leak-cell-radius",
    ):
        assert result.filter(pl.col("code") == code)["column"].item() == column.removesuffix("_offset")


def test_a_table_above_the_level_is_found():
    made = view(CROSSING).package
    with_places = replace(made, tables={**made.tables, "deployments": view(GENERALISED).package.tables["deployments"]})
    result = findings.errors(found(with_places, CROSSING))
    assert result.select("code", "table").rows() == [("leak-table", "deployments")]


def test_what_is_written_must_be_what_was_checked():
    made = view(GENERALISED).package
    received = made.received["observations"].with_columns(eventStart=pl.lit("2014-02-03T04:05:06Z"))
    assert errors(replace(made, received={**made.received, "observations": received})) == ["leak-text-differs"]


def test_a_word_shorter_than_four_letters_is_only_doubtful_where_facts_stand():
    truth = package(deployments=[{"deploymentID": "d1"}], assays=[{"assayID": "x"}])
    made = view(GENERALISED).package
    assays = truth.tables["assays"].with_columns(assayID=pl.lit("D-1"))
    shown = replace(made, tables={"assays": assays}, received={})
    result = leaks(shown, GENERALISED, truth=package(deployments=[{"deploymentID": "d 1"}]), ledger=Ledger())
    assert codes(result) == ["leak-name-short"]


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        ("spatial", {"type": "Point", "coordinates": [131.5, 43.2]}, False),
        ("contributors", [{"title": "north-reserve", "email": "a@b.org"}], False),
        ("keywords", ["tiger"], False),
        ("project", {"title": "x", "acronym": "y"}, False),
        ("project", {"title": "x", "samplingDesign": "targeted"}, True),
    ],
)
def test_metadata_hold_only_what_disclosure_writes(key, value, right):
    made = view(GENERALISED).package
    result = found(replace(made, descriptor={**made.descriptor, key: value}))
    leaked = result.filter(pl.col("code") == "leak-descriptor")
    assert leaked["column"].to_list() == ([] if right else [key])


def test_a_place_named_in_the_metadata_is_found():
    made = view(GENERALISED).package
    result = found(replace(made, descriptor={**made.descriptor, "project": {"title": "Barabash spring 01"}}))
    assert codes(findings.errors(result)) == ["leak-name"]


def jpeg(**more):
    buffer = io.BytesIO()
    Image.effect_noise((60, 40), 50).save(buffer, "JPEG", **more)
    return buffer.getvalue()


def exif():
    made = Image.Exif()
    made[0x010F] = "Maker"
    return made


PNG = io.BytesIO()
Image.new("RGB", (4, 4)).save(PNG, "PNG")


THUMBNAIL = b"\xff\xd8\xff\xe0\x00\x12JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01\x00\x00"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (jpeg(), []),
        (jpeg(progressive=True), []),
        (clean(jpeg(comment=b"Ridge", exif=exif())), []),
        (PNG.getvalue(), []),
        (clean(PNG.getvalue()), []),
        (jpeg(exif=exif()), ["EXIF or XMP"]),
        (jpeg(xmp=b"<x:xmpmeta/>"), ["EXIF or XMP"]),
        (jpeg(comment=b"43.1 131.2"), ["a comment"]),
        (jpeg() + b"GPS 43.1", ["bytes after the picture"]),
        (PNG.getvalue() + b"x", ["bytes after the picture"]),
        (PNG.getvalue()[:33] + b"\x00\x00\x00\x01tEXtx\x00\x00\x00\x00" + PNG.getvalue()[33:], ["a text or a profile"]),
        (THUMBNAIL + jpeg()[2:], ["a thumbnail"]),
        (jpeg()[:-2], None),
        (b"<gpx/>", None),
        (b"\xff\xd8", None),
    ],
)  # fmt: skip
def test_a_picture_is_nothing_but_a_picture(data, what):
    assert beside_pixels(data) == what


def test_files_are_listed_clean_and_named_by_key():
    grant = replace(GENERALISED, columns=frozenset({"media"}))
    made = world().release(grant)
    path = "media/" + "a" * 20 + ".jpg"
    row = {"mediaID": "a" * 20, "filePath": path, "filePublic": False, "fileMediatype": "image/jpeg"}
    listed = pl.concat([made.package.tables["media"], pl.DataFrame([row], schema_overrides={})], how="diagonal_relaxed")
    shown = replace(made.package, tables={**made.package.tables, "media": listed}, received={})

    def of(**files):
        return codes(findings.errors(leaks(shown, grant, truth=world().truth, ledger=made.ledger, media=dict(files))))

    assert of(**{path: jpeg()}) == []
    assert of(**{path: jpeg(comment=b"x")}) == ["leak-media-metadata"]
    assert of(**{path: jpeg(), "track.gpx": b"<gpx/>"}) == ["leak-file-unlisted", "leak-media-unknown"]
    assert of(**{"media/ridge-03.jpg": jpeg()}) == ["leak-file-unlisted", "leak-name"]
    named = replace(shown, tables={**shown.tables, "media": listed.with_columns(filePath=pl.lit("media/x.jpg"))})
    assert "leak-column-withheld" in codes(leaks(named, grant, truth=world().truth, ledger=made.ledger))
    said = replace(shown, tables={**shown.tables, "media": listed.with_columns(fileMediatype=pl.lit("image/jpeg; x"))})
    assert "leak-column-withheld" in codes(leaks(said, grant, truth=world().truth, ledger=made.ledger))


P = ("p", 311220, 133104, 2, None, None)
FINER = ("p", 311220, 133104, 4, None, None)
BESIDE = ("p", 311330, 133104, 2, None, None)


def border(step, distance):
    return ("p", -1, -1, 0, step, distance)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (P, FINER, []),
        (P, BESIDE, ["leak-cells-overlap"]),
        (border(1000, 4000), border(2000, 4000), []),
        (border(1000, 2000), border(1500, 3000), ["leak-distances-narrow"]),
        (border(1000, 4000), border(1000, 5000), ["leak-distances-narrow"]),
    ],
)
def test_all_releases_together_tell_no_more_than_one(one, other, expected):
    ledger = told((1, "a", *one), (2, "b", *other))
    made = view(Grant("south", "catalogue"))
    result = leaks(made.package, Grant("south", "catalogue"), truth=world().truth, ledger=ledger)
    assert codes(result) == expected


def test_two_receivers_share_no_name():
    other = Earlier("east", 2, world().release(replace(GENERALISED, receiver="east")).package)
    same = Earlier("east", 2, view(GENERALISED).package)
    assert errors(view(GENERALISED).package, earlier=(other,)) == []
    assert set(errors(view(GENERALISED).package, earlier=(same,))) == {"leak-name-shared"}


def test_names_recognised_by_their_records_are_told_as_a_warning():
    other = Earlier("east", 2, world().release(replace(GENERALISED, receiver="east")).package)
    assert "leak-linkable" in codes(found(view(GENERALISED).package, earlier=(other,)))
    few = World(reserve(stations=2, records=2))
    other = Earlier("east", 2, few.release(replace(GENERALISED, receiver="east")).package)
    made = few.release(GENERALISED)
    assert "leak-linkable" not in codes(few.found(made.package, GENERALISED, made.ledger, earlier=(other,)))


def test_a_place_told_elsewhere_to_the_same_receiver_is_found():
    made = view(GENERALISED).package
    before = changed(made, "deployments", latitude=pl.col("latitude") + 0.1)
    assert "leak-cells-overlap" in errors(made, earlier=(Earlier("south", 2, before),))
    assert errors(made, earlier=(Earlier("south", 2, made),)) == []


def test_single_records_and_single_cameras_are_told_as_warnings():
    lonely = World(reserve(stations=1, records=1))
    grant = replace(GENERALISED, category=2)
    made = lonely.release(grant)
    assert {"leak-rare"} <= set(codes(lonely.found(made.package, grant, made.ledger)))
    crossing = lonely.release(CROSSING)
    assert "leak-few-cameras" in codes(lonely.found(crossing.package, CROSSING, crossing.ledger))
    many = found(view(CROSSING).package, CROSSING)
    assert "leak-few-cameras" not in codes(many)
    crowd = World(reserve(stations=1, records=900))
    shown = crowd.release(grant)
    assert "leak-rare" not in codes(crowd.found(shown.package, grant, shown.ledger))


def test_what_the_border_leaves_of_a_cell_is_told():
    narrow = replace(GENERALISED, step=1000)
    made = world().release(narrow)
    result = world().found(made.package, narrow, made.ledger)
    assert "leak-border-narrows" in codes(result)
    wide = replace(GENERALISED, category=4, step=5000)
    made = world().release(wide)
    assert "leak-border-narrows" not in codes(world().found(made.package, wide, made.ledger))
    assert "leak-border-unchecked" in codes(leaks(made.package, wide, truth=world().truth, ledger=made.ledger))


def test_a_band_that_only_touches_the_corner_of_a_cell_pins_the_place():
    # The cell of 1 degree begins 100 m beyond the border, and the distance is told in steps of 150 m.
    def shifted(points):
        given = sides(points.with_columns(pl.col("longitude") - 0.999))
        return points.with_columns(given.select("countryCode", "possibleCountries", "borderDistance"))

    truth = package(deployments=[{"latitude": "43.2", "longitude": "132.0005", "locationID": "p"}])
    ledger = told((1, "south", "place/p", 312000, 133200, 2, 200.0, 200.0))
    grant = Grant("south", "generalised", category=2, step=200)
    made = World(truth).release(replace(grant, step=5000))
    result = leaks(made.package, grant, truth=truth, ledger=ledger, around=Around(locate=shifted))
    # 0 to 200 m from the border is 20 km long inside the cell: narrow, not pinned.
    assert "leak-border-pins" not in codes(result)

    def corner(points):
        lon, lat = points["longitude"], points["latitude"]
        metres = ((lon - 132.0).abs() + (lat - 43.2).abs()) * 100_000
        return points.with_columns(countryCode=pl.lit("RU"), borderDistance=metres)

    result = leaks(made.package, grant, truth=truth, ledger=ledger, around=Around(locate=corner))
    assert "leak-border-pins" in codes(result)


def test_a_distance_that_only_an_enclave_holds_pins_the_place():
    ledger = told((1, "south", "place/valley 00", -1, -1, 0, 500.0, 3000.0))
    made = view(CROSSING)
    at = world().truth.table("deployments").row(0, named=True)

    def enclave(points):
        far = ((points["longitude"] - at["longitude"]) ** 2 + (points["latitude"] - at["latitude"]) ** 2).sqrt()
        return points.with_columns(countryCode=pl.lit("RU"), borderDistance=(2600 - far * 100_000).clip(0.0))

    def plain(points):
        return points.with_columns(countryCode=pl.lit("RU"), borderDistance=(points["longitude"] - 131) * 81_000)

    pinned = leaks(
        made.package, replace(CROSSING, step=2000), truth=world().truth, ledger=ledger, around=Around(locate=enclave)
    )
    del pinned
    close = ledger.releases.with_columns(step=pl.lit(2500.0))
    for locate, hit in ((enclave, True), (plain, False)):
        result = leaks(made.package, CROSSING, truth=world().truth, ledger=Ledger(close), around=Around(locate=locate))
        assert ("leak-border-pins" in codes(result)) is hit


def test_no_message_prints_what_leaks():
    for code in words.CODES:
        assert "{value}" not in code.message or code.code in ("leak-name-shared", "leak-linkable")
