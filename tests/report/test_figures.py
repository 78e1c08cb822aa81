"""Every figure is drawn from the tables, the same way each time, and says what it cannot show."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import matplotlib as mpl
import numpy as np
import polars as pl
import pytest
from matplotlib.figure import Figure as Canvas
from tests.report.invented import DAY_0, LEOPARD, TIGER, make_source

from tumen.report.effort import cell_size
from tumen.report.figure import Figure
from tumen.report.figures import figures
from tumen.report.ground import Atlas, Sheet, draw_names, frame_around
from tumen.report.palette import Palette
from tumen.report.places import drawable
from tumen.report.source import Region, ReportSource
from tumen.report.words import Words
from tumen.tables.answer import Answer

NAMES = [
    "lists",
    "map-panthera-tigris",
    "map-panthera-pardus",
    "timeline-panthera-tigris",
    "timeline-panthera-pardus",
    "effort",
    "calendar",
]


def texts(figure: Figure) -> list[str]:
    return ["".join(node.itertext()) for node in ET.fromstring(figure.svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


def only(drawn, name: str) -> Figure:
    (figure,) = [figure for figure in drawn if figure.name == name]
    return figure


def with_tables(source: ReportSource, **tables) -> ReportSource:
    answer = source.crossings
    return make_source(crossings=Answer("crossings", {**answer.tables, **tables}, answer.notes, answer.parameters))


def test_a_study_of_two_species_has_seven_figures(drawn):
    assert [figure.name for figure in drawn] == NAMES


def test_the_same_source_gives_the_same_bytes(source, drawn):
    assert [f.svg for f in figures(source, Words("en"))] == [f.svg for f in drawn]


def test_drawing_leaves_no_setting_behind(source):
    before = dict(mpl.rcParams)
    figures(source, Words("ru"))
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("language", ["en", "ru"])
def test_text_stays_text_in_the_reader_s_language(source, language):
    words = Words(language)
    drawn = figures(source, words)
    assert words.country("CN") in texts(only(drawn, "map-panthera-tigris"))
    assert words.text("joint list") in texts(only(drawn, "lists"))
    assert words.missing == ()


def test_ids_do_not_meet_on_one_page(drawn):
    ids = [name for figure in drawn for name in re.findall(r' id="([^"]+)"', figure.svg)]
    assert len(ids) == len(set(ids)) > 0
    for figure in drawn:
        assert set(re.findall(r'(?:url\(|href=")#([^")]+)', figure.svg)) <= set(
            re.findall(r' id="([^"]+)"', figure.svg)
        )


def test_no_date_and_no_maker_is_written(drawn):
    assert not any("<metadata" in figure.svg or "<?xml" in figure.svg for figure in drawn)


def test_the_bars_carry_the_numbers_of_the_joint_table(source, drawn):
    joint = source.crossings.tables["joint"].filter(pl.col("stage") == "adult")
    shown = texts(only(drawn, "lists"))
    for species in (TIGER, LEOPARD):
        count = dict(joint.filter(pl.col("scientificName") == species).select("area", "individuals").rows())
        for number in (count["CN"], count["RU"], count["union"], count["CN"] + count["RU"]):
            assert str(number) in shown
    assert "national lists added up 8" in only(drawn, "lists").alternative


def test_the_map_says_how_many_crossings_it_draws(source, drawn):
    crossings = source.crossings.tables["crossings"]
    for species, name in ((TIGER, "map-panthera-tigris"), (LEOPARD, "map-panthera-pardus")):
        count = crossings.filter(pl.col("scientificName") == species).height
        assert f"{count} crossings are drawn" in only(drawn, name).caption


def test_only_crossers_have_a_timeline_row(drawn):
    labels = [text.split(" ")[0] for text in texts(only(drawn, "timeline-panthera-tigris"))]
    assert [label for label in labels if re.fullmatch(r"T\d\d", label)] == ["T01", "T03", "T05"]


def test_more_than_forty_crossers_go_on_to_a_second_figure(source):
    tables = source.crossings.tables
    many = {
        name: pl.concat(
            [
                tables[name].filter(pl.col("individualID") == "T01").with_columns(individualID=pl.lit(f"T{number:03}"))
                for number in range(45)
            ]
        )
        for name in ("encounters", "crossings", "individuals", "perCountry")
    }
    drawn = [figure for figure in figures(with_tables(source, **many), Words("en")) if figure.section == "timelines"]
    assert [figure.name for figure in drawn] == ["timeline-panthera-tigris-1", "timeline-panthera-tigris-2"]
    rows = [sum(text.startswith("T0") for text in texts(figure)) for figure in drawn]
    assert rows == [40, 5]
    assert drawn[1].caption.endswith("Part 2 of 2.")


def test_effort_tells_no_camera_from_no_animal(source, drawn):
    figure = only(drawn, "effort")
    said = " ".join(texts(figure))
    for part in ("operated and saw", "operated and did not see", "never operated", "no camera stood in this cell"):
        assert part in said
    seen = source.sightings.filter(pl.col("scientificName") == TIGER)["place"].n_unique()
    assert f"tiger: stations that saw it: {seen}; all stations: 20." in figure.alternative
    assert "whether or not anyone recognised the animal" in figure.caption


def test_without_individuals_only_effort_is_drawn(source):
    empty = {name: frame.clear() for name, frame in source.crossings.tables.items()}
    drawn = figures(with_tables(source, **empty), Words("en"))
    assert [figure.name for figure in drawn] == ["map", "effort", "calendar"]


def test_a_track_alone_has_a_map_and_a_timeline(source):
    steps = 60
    track = pl.DataFrame(
        {
            "individualID": ["E1"] * steps,
            "scientificName": ["Loxodonta africana"] * steps,
            "instant": [DAY_0 + timedelta(hours=k) for k in range(steps)],
            "longitude": [130.5 + k / 100 for k in range(steps)],
            "latitude": [42.9] * steps,
            "countryCode": ["CN"] * 20 + [None] * 5 + ["RU"] * 35,
        },
        schema=dict(source.tracks.schema),
    )
    tables = source.crossings.tables
    me = {"individualID": "E1", "scientificName": "Loxodonta africana", "place": None}
    encounters = (
        tables["encounters"]
        .head(2)
        .with_columns(
            **{name: pl.lit(value) for name, value in me.items()},
            countryCode=pl.Series(["CN", "RU"]),
            start=pl.Series([DAY_0, DAY_0 + timedelta(hours=25)]).cast(pl.Datetime("us", "UTC")),
            end=pl.Series([DAY_0 + timedelta(hours=19), DAY_0 + timedelta(hours=59)]).cast(pl.Datetime("us", "UTC")),
        )
    )
    individuals = (
        tables["individuals"]
        .head(1)
        .with_columns(individualID=pl.lit("E1"), scientificName=pl.lit("Loxodonta africana"), countries=pl.lit("CN|RU"))
    )
    empty = {name: getattr(source, name).clear() for name in ("stations", "sightings", "effort", "operating")}
    answer = Answer(
        "crossings",
        {
            **{name: frame.clear() for name, frame in tables.items()},
            "encounters": encounters,
            "individuals": individuals,
        },
    )
    tracked = make_source(species=("Loxodonta africana",), tracks=track, crossings=answer, **empty)
    drawn = figures(tracked, Words("en"))
    assert [figure.name for figure in drawn] == ["map-loxodonta-africana", "timeline-loxodonta-africana"]
    assert "positions and the side they were on" in drawn[0].caption
    assert "side not certain" in texts(drawn[0])


def test_one_wrong_coordinate_does_not_shrink_the_map_and_is_counted(source):
    stations = source.stations.with_columns(
        longitude=pl.when(pl.col("place") == "Northern Reserve/N01").then(0.0).otherwise("longitude"),
        latitude=pl.when(pl.col("place") == "Northern Reserve/N01").then(0.0).otherwise("latitude"),
    )
    figure = only(figures(make_source(stations=stations), Words("en")), "map-panthera-tigris")
    assert "1 station is not drawn: its coordinates are unusable" in figure.caption
    assert any(text.startswith("131.0") for text in texts(figure))


def stations_at(source: ReportSource, *places: tuple[str | None, str, float | None, float | None]) -> ReportSource:
    """The invented study, its first stations moved: country, possible countries, longitude, latitude."""
    moved = source.stations.with_row_index().with_columns(
        **{
            name: pl.Series([place[k] for place in places] + source.stations[name][len(places) :].to_list())
            for k, name in enumerate(("countryCode", "possibleCountries", "longitude", "latitude"))
        }
    )
    return make_source(stations=moved.drop("index").cast(dict(source.stations.schema)))


def test_places_that_cannot_be_used_do_not_stretch_the_maps(source):
    moved = stations_at(
        source,
        ("RU", "RU", 0.0, 0.0),
        ("RU", "RU", 130.7, 95.0),
        ("RU", "RU", 330.7, 42.6),
        ("RU", "RU", None, None),
        (None, "", 121.0, 43.0),  # at sea, or off the map
        (None, "KZ", 121.1, 43.0),  # declared Russian: a conflict
    )
    kept = source.stations.tail(14)
    operating = source.operating.filter(pl.col("place").is_in(kept["place"].to_list()))
    without = figures(make_source(stations=kept, operating=operating), Words("en"))
    shown = figures(moved, Words("en"))
    for name in ("map-panthera-tigris", "map-panthera-pardus", "effort"):
        figure = only(shown, name)
        assert texts(figure) == texts(only(without, name))
        assert "6 stations are not drawn: their coordinates are unusable" in figure.caption
        assert "far outside" not in figure.caption


def test_a_near_or_uncertain_station_is_drawn(source):
    kept = stations_at(source, (None, "", 132.5, 42.5), (None, "CN|RU", 121.0, 43.0), ("RU", "RU", 121.0, 43.0))
    stations, left_out = drawable(kept.stations)
    assert (stations.height, left_out) == (20, 0)


def test_stations_of_a_study_off_the_map_are_drawn_but_for_the_one_far_from_all(source):
    off = source.stations.with_columns(
        countryCode=pl.lit(None, pl.String), possibleCountries=pl.lit(""), longitude=pl.col("longitude") - 130.7
    )
    assert drawable(off)[1] == 0
    far = off.with_columns(longitude=pl.when(pl.int_range(pl.len()) == 3).then(60.0).otherwise("longitude"))
    assert drawable(far)[1] == 1
    assert drawable(far.filter(pl.col("longitude") == 60.0))[1] == 0
    two = pl.concat([far.filter(pl.col("longitude") == 60.0), off.head(1)])
    assert drawable(two)[1] == 0


@pytest.mark.parametrize("move", [-125.0, -3.0, -2.2])
def test_stations_off_the_map_have_figures(source, move):
    off = source.stations.with_columns(
        countryCode=pl.lit(None, pl.String),
        possibleCountries=pl.lit(""),
        longitude=pl.col("longitude") + move,
        latitude=pl.col("latitude") + move / 20,
    )
    assert [figure.name for figure in figures(make_source(stations=off), Words("en"))] == NAMES


@pytest.mark.parametrize("place", [(10.0, 10.0), (131.0, 43.0), (130.6, 42.6), (-179.99, 89.9), (179.99, -89.9)])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_one_camera_anywhere_has_figures(source, place, language):
    one = source.stations.head(1).with_columns(
        countryCode=pl.lit(None, pl.String),
        possibleCountries=pl.lit(""),
        longitude=pl.lit(place[0]),
        latitude=pl.lit(place[1]),
    )
    places = pl.col("place").is_in(one["place"].to_list())
    alone = make_source(stations=one, operating=source.operating.filter(places))
    assert [figure.name for figure in figures(alone, Words(language))] == NAMES


def test_a_country_s_name_wider_than_the_map_is_not_written(source):
    region = Region({"CD": source.region.countries["RU"]})
    canvas = Canvas(figsize=(0.5, 0.5))
    axes = canvas.add_subplot()
    frame = frame_around([131.5], [43.3], tall=(0.7, 1.2))
    axes.set_xlim(frame.west, frame.east)
    axes.set_ylim(frame.south, frame.north)
    sheet = Sheet(Words("en"), Palette(("CD",), ()), Atlas(region))
    draw_names(axes, sheet.atlas.land(frame), sheet, (np.empty(0), np.empty(0)))
    assert list(sheet.atlas.land(frame)) == ["CD"]
    assert list(axes.texts) == []


def test_positions_without_a_place_are_counted(source):
    rows = {"individualID": "T01", "scientificName": TIGER, "instant": DAY_0, "countryCode": "RU"}
    spots = [(131.0, 43.0), (131.1, 43.1), (0.0, 0.0), (None, None)]
    track = pl.DataFrame(
        [{**rows, "longitude": lon, "latitude": lat} for lon, lat in spots], schema=dict(source.tracks.schema)
    )
    figure = only(figures(make_source(tracks=track), Words("en")), "map-panthera-tigris")
    assert figure.caption.endswith("2 positions with unusable coordinates are not drawn.")


def test_cubs_are_left_out_only_where_there_are_any(source, drawn):
    joint = source.crossings.tables["joint"].filter(pl.col("stage") != "cub")
    assert only(drawn, "lists").caption.endswith("Cubs are left out.")
    assert "Cubs" not in only(figures(with_tables(source, joint=joint), Words("en")), "lists").caption


def test_a_degree_of_longitude_is_narrower_in_the_north():
    frame = frame_around([130.0, 131.0], [59.5, 60.5], tall=(0.1, 10.0))
    assert frame.squeeze == pytest.approx(0.5, abs=1e-9)


def test_one_point_has_a_map_too():
    frame = frame_around([130.0], [42.0], tall=(0.7, 1.2))
    assert frame.east > 130.0 > frame.west and frame.north > 42.0 > frame.south


def test_the_ground_is_cut_once_for_a_frame(source):
    atlas, frame = Atlas(source.region), frame_around([130.5, 131.2], [42.5, 43.4], tall=(0.7, 1.2))
    assert atlas.land(frame) is atlas.land(frame)
    assert sorted(atlas.land(frame)) == ["CN", "KP", "RU"]


def test_colour_says_country_and_shape_says_party():
    palette = Palette(("CN", "KP", "RU"), ("a", "b", "c"))
    assert len({palette.country(code) for code in ("CN", "KP", "RU", None)}) == 4
    assert len({palette.shape(party) for party in ("a", "b", "c")}) == 3


@pytest.mark.parametrize(("kilometres", "cell"), [(90, 10), (160, 10), (161, 20), (8, 1)])
def test_cells_are_ten_kilometres_unless_the_map_is_very_wide_or_narrow(kilometres, cell):
    assert cell_size(kilometres) == cell
