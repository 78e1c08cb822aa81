"""The section on density says how many, where, and what adding national fits would have given; or why it cannot."""

from xml.etree import ElementTree as ET

import numpy as np
import polars as pl
import pytest
from tests.report.invented import STATIONS, make_source
from tests.report.invented_population import density_answer, frame, nothing, surface_rows
from tests.report.test_report_population import sheet_of

from tumen.report.density import density, estimated, sentences, unwatched
from tumen.report.density_charts import draw_countries
from tumen.report.density_detection import draw_detection
from tumen.report.density_diagnostics import draw_diagnostics
from tumen.report.density_map import _colours, _limits, _squares, draw_density_maps
from tumen.report.document import Grid, Points, Text, Warn
from tumen.report.figure import Figure
from tumen.report.source import ReportSource
from tumen.report.words import Words
from tumen.tables.answer import Answer, Note


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def texts(figure: Figure) -> list[str]:
    nodes = ET.fromstring(figure.svg).iter("{http://www.w3.org/2000/svg}text")  # noqa: S314
    return [plain("".join(node.itertext())) for node in nodes]


def changed(**tables) -> Answer:
    answer = density_answer()
    return Answer("density", {**answer.tables, **tables}, answer.notes, answer.parameters)


def grid_of(answer: Answer, title: str) -> Grid:
    (grid,) = [block for block in density(answer, (), Words("en")) if isinstance(block, Grid) and block.title == title]
    return grid


def test_the_section_opens_with_the_number_and_its_interval():
    first, second, third, *_ = density(density_answer(), (), Words("en"))
    assert isinstance(first, Text) and plain(first.text) == (
        "Tiger: the number of animals on 8,950 km² is estimated at 32 (95 % interval 26–41); per 100 km² that is "
        "0.38 (0.27–0.53)."
    )
    assert second.text == "Of them by country: China 16 (14–21), Russia 13 (11–17), DPR Korea 2.2 (1.8–2.9)."
    assert third.text.startswith("Fitting each country alone and adding up would have given 46 (35–61): 15 more")


def test_only_animals_that_cameras_of_two_countries_saw_are_said_to_be_counted_twice(source: ReportSource):
    # Of the 15 that the sum is greater by, three were seen on both sides: 16 + 14 on national lists, 27 on the joint.
    third = sentences(density_answer(), Words("en"))[2]
    assert "and so counted twice: 3." in third
    assert "since animals that use both sides" not in third
    (figure,) = draw_countries(density_answer(), sheet_of(source))
    said = texts(figure)
    assert said[said.index("counted twice") :].count("15") == 0 and "counted twice 3" in plain(figure.alternative)


def test_where_nobody_was_seen_on_both_sides_nothing_is_called_counted_twice(source: ReportSource):
    apart = density_answer().tables["doubleCount"].with_columns(
        animals=pl.when(pl.col("kind") == "joint").then(30).otherwise("animals")
    )  # fmt: skip
    assert "and so counted twice: 0." in sentences(changed(doubleCount=apart), Words("en"))[2]
    (figure,) = draw_countries(changed(doubleCount=apart), sheet_of(source))
    assert "counted twice" not in texts(figure)


def test_animals_of_no_certain_country_do_not_make_fewer_than_none_counted_twice():
    fits = density_answer().tables["doubleCount"].with_columns(
        animals=pl.when(pl.col("kind") == "joint").then(33).otherwise("animals")
    )  # fmt: skip
    assert "and so counted twice: 0." in sentences(changed(doubleCount=fits), Words("en"))[2]
    unknown = fits.with_columns(animals=pl.lit(None, pl.Int64))
    assert "and so counted twice: –." in sentences(changed(doubleCount=unknown), Words("en"))[2]


def ground_of_none_and_two(share=0.2) -> Answer:
    """The answer with ground in no country and ground that two claim, and animals with such a share of their centre."""
    tables = density_answer().tables
    china = tables["abundance"].filter(pl.col("region") == "CN")
    more = [china.with_columns(region=pl.lit(name)) for name in ("no country", "CN|RU")]
    one = tables["shares"].filter(pl.col("individualID") == "T01", pl.col("countryCode") == "CN")
    parts = [
        one.with_columns(countryCode=pl.lit(name), share=pl.lit(share), timeShare=pl.lit(share))
        for name in ("no country", "CN|RU")
    ]
    return changed(abundance=pl.concat([tables["abundance"], *more]), shares=pl.concat([tables["shares"], *parts]))


@pytest.mark.parametrize(("language", "neither", "both"), [
    ("en", "side not certain", "China / Russia"), ("ru", "сторона не установлена", "Китай / Россия"),
])  # fmt: skip
def test_ground_of_no_country_and_of_two_is_named_in_the_language_of_the_report(language, neither, both):
    words = Words(language)
    assert neither in sentences(ground_of_none_and_two(), words)[1]
    assert both in sentences(ground_of_none_and_two(), words)[1]
    said = repr(density(ground_of_none_and_two(), (), words))
    assert neither in said and both in said
    assert "no country" not in said and "CN|RU" not in said


def test_ground_of_no_country_and_of_two_is_in_the_figures_too(source: ReportSource):
    for figure in (
        *draw_countries(ground_of_none_and_two(), sheet_of(source)),
        *draw_diagnostics(ground_of_none_and_two(), sheet_of(source)),
    ):
        assert {"side not certain", "China / Russia"} <= set(texts(figure))
        assert "no country" not in figure.svg and "CN|RU" not in figure.svg


def test_ground_of_no_country_and_of_two_is_no_country_without_cameras():
    assert unwatched(ground_of_none_and_two()) == ("KP",)


def test_shares_in_no_country_have_a_column_only_where_any_is_half_a_per_cent():
    titles = [column.title for column in grid_of(ground_of_none_and_two(), "Animals of more than one country").columns]
    assert titles[3:] == [
        "centre in China", "centre in Russia", "centre in China / Russia", "centre elsewhere",
        "time in China", "time in Russia", "time in China / Russia", "time elsewhere",
    ]  # fmt: skip
    few = [
        column.title for column in grid_of(ground_of_none_and_two(0.004), "Animals of more than one country").columns
    ]
    assert few[3:] == ["centre in China", "centre in Russia", "time in China", "time in Russia"]


def test_nothing_is_said_of_which_interval_is_wider():
    # By country the realised number may have the wider one.
    assert "wider interval" not in repr(density(density_answer(), (), Words("en"))[-1])


def test_the_expected_number_stands_in_where_the_realised_one_is_not_known():
    abundance = density_answer().tables["abundance"]
    gone = [pl.lit(None, pl.Float64).alias(f"realised{part}") for part in ("", "Se", "Low", "High")]
    assert "estimated at 34 (95 % interval 24–48)" in plain(
        sentences(changed(abundance=abundance.with_columns(gone)), Words("en"))[0]
    )


def test_a_sum_that_is_no_greater_is_not_called_a_double_count(source: ReportSource):
    fits = (
        density_answer()
        .tables["doubleCount"]
        .with_columns(estimate=pl.when(pl.col("kind") == "sum").then(30.9).otherwise("estimate"))
    )
    answer = changed(doubleCount=fits)
    assert sentences(answer, Words("en"))[2] == "Fitting each country alone and adding up would have given 31 (35–61)."
    (figure,) = draw_countries(answer, sheet_of(source))
    assert "counted twice" not in texts(figure)


def test_sessions_have_a_sentence_each_and_many_only_the_first_and_last():
    two = sentences(density_answer(("2013", "2014")), Words("en"))
    assert [line.split(":")[0] for line in two if line.startswith("Tiger")] == ["Tiger, 2013", "Tiger, 2014"]
    many = sentences(density_answer(("a", "b", "c", "d")), Words("en"))
    assert [line.split(":")[0] for line in many if line.startswith("Tiger")] == ["Tiger, a", "Tiger, d"]


def test_what_cannot_be_estimated_is_said_first_and_why():
    warn, reasons, *rest = density(nothing(density_answer(), Note("no-individuals")), (), Words("en"))
    assert isinstance(warn, Warn) and "could not be estimated" in warn.text and "not an estimate of none" in warn.text
    assert isinstance(reasons, Points) and any("No detection of an identified" in item for item in reasons.items)
    assert [block.title for block in rest if isinstance(block, Grid)] == [
        "Models compared",
        "What the fit was made from",
    ]
    assert not any(isinstance(block, Text) and block.text.startswith("What to know") for block in rest)


def test_an_answer_without_tables_says_so_too():
    empty = Answer("density", {})
    assert not estimated(empty)
    assert isinstance(density(empty, (), Words("en"))[0], Warn)


def test_notes_stand_under_the_tables_and_before_what_is_assumed():
    blocks = density(density_answer(), (), Words("en"))
    said = [block.text for block in blocks if isinstance(block, Text)][-2:]
    assert said == ["What to know of these numbers:", "What the method assumes:"]
    notes, assumptions = [block for block in blocks if isinstance(block, Points)]
    assert "200 resampled registers" in notes.items[0]
    assert "The border is no barrier in it" in " ".join(assumptions.items)


def test_a_country_without_cameras_is_said_to_rest_on_the_model():
    assert unwatched(density_answer()) == ("KP",)
    assert "No camera stood in DPR Korea" in " ".join(density(density_answer(), (), Words("en"))[-1].items)


def test_what_is_not_estimable_is_not_zero():
    abundance = density_answer().tables["abundance"].with_columns(
        realisedHigh=pl.when(pl.col("region") == "KP").then(None).otherwise("realisedHigh"),
        density=pl.when(pl.col("region") == "KP").then(None).otherwise("density"),
        densityLow=pl.when(pl.col("region") == "KP").then(None).otherwise("densityLow"),
        densityHigh=pl.when(pl.col("region") == "KP").then(None).otherwise("densityHigh"),
    )  # fmt: skip
    rows = {row[0]: row for row in grid_of(changed(abundance=abundance), "How many animals, by region").rows}
    assert rows["DPR Korea"][-1] == "–" and rows["DPR Korea"][2] == "2.2 (1.8 – –)"


def test_animals_whose_centre_may_be_on_either_side_are_listed_the_least_certain_first():
    grid = grid_of(density_answer(), "Animals of more than one country")
    assert [row[0] for row in grid.rows] == ["T01", "T03", "T05"]
    assert [plain(cell) for cell in grid.rows[0]] == ["T01", "male", "41", "38 %", "62 %", "45 %", "55 %"]
    assert "not shown: 2." in grid.note


def test_identity_error_has_a_column_only_where_it_was_carried():
    titles = [column.title for column in grid_of(density_answer(), "How many animals, by region").columns]
    assert "the same with identity error" in titles
    without = (
        density_answer()
        .tables["abundance"]
        .with_columns(identityLow=pl.lit(None, pl.Float64), identityHigh=pl.lit(None, pl.Float64))
    )
    titles = [column.title for column in grid_of(changed(abundance=without), "How many animals, by region").columns]
    assert "the same with identity error" not in titles


def test_the_map_shows_the_border_the_stations_and_classes_from_zero(source: ReportSource):
    (figure,) = draw_density_maps(density_answer(), source, sheet_of(source))
    assert figure.name == "density-panthera-tigris-map" and figure.section == "density-panthera-tigris"
    assert {"Animals per 100 km²", "≥ 1", "0–0.2", "station", "border", "China", "Russia"} <= set(texts(figure))
    assert figure.tables == ("density-panthera-tigris-surface", "stations")
    assert "up to 1.21 animals per 100 km²" in plain(figure.alternative)


def test_a_surface_is_not_drawn_where_no_station_may_be(source: ReportSource):
    hidden = make_source(
        stations=source.stations.with_columns(longitude=pl.lit(None, pl.Float64), latitude=pl.lit(None, pl.Float64))
    )
    assert draw_density_maps(density_answer(), hidden, sheet_of(hidden)) == ()


def test_the_map_has_no_station_that_the_other_maps_leave_out(source: ReportSource):
    lost = source.stations.with_columns(
        longitude=pl.when(pl.col("place").str.ends_with("N01")).then(0.0).otherwise("longitude"),
        latitude=pl.when(pl.col("place").str.ends_with("N01")).then(0.0).otherwise("latitude"),
    )
    (figure,) = draw_density_maps(density_answer(), make_source(stations=lost), sheet_of(source))
    assert f"stations: {len(STATIONS) - 1}." in figure.alternative
    assert "1 station is not drawn" in figure.caption


def test_the_map_names_no_animal(source: ReportSource):
    (figure,) = draw_density_maps(density_answer(), source, sheet_of(source))
    assert not any(name in figure.svg for name in ("T01", "T02", "L01"))


def test_every_session_has_a_map_in_the_same_colours_and_more_than_four_are_said(source: ReportSource):
    drawn = draw_density_maps(density_answer(("a", "b", "c", "d", "e")), source, sheet_of(source))
    assert [figure.name for figure in drawn][:2] == [
        "density-panthera-tigris-map-1-a",
        "density-panthera-tigris-map-2-b",
    ]
    assert len(drawn) == 4 and all("Shown: the first 4 sessions" in figure.caption for figure in drawn)
    assert all("≥ 1" in texts(figure) for figure in drawn)


def test_cells_without_a_value_are_marked_not_left_white(source: ReportSource):
    rows = [(*row[:6], None if number % 9 == 0 else row[6]) for number, row in enumerate(surface_rows("a"))]
    answer = changed(surface=frame("density", "surface", rows))
    (figure,) = draw_density_maps(answer, source, sheet_of(source))
    assert "not estimable" in texts(figure)


def test_the_expected_surface_is_drawn_and_called_so_where_there_is_no_other(source: ReportSource):
    surface = density_answer().tables["surface"].with_columns(realised=pl.lit(None, pl.Float64))
    (figure,) = draw_density_maps(changed(surface=surface), source, sheet_of(source))
    assert "that the model expects" in figure.caption


def test_a_map_of_nothing_is_not_drawn(source: ReportSource):
    assert draw_density_maps(nothing(density_answer()), source, sheet_of(source)) == ()
    assert draw_density_maps(Answer("density", {}), source, sheet_of(source)) == ()


@pytest.mark.parametrize("values", [[0.0, 0.003], [1.0], [0.0] * 500 + [40.0], list(np.linspace(0, 900, 50))])
def test_every_value_has_a_class_and_a_colour(values):
    limits = _limits(values)
    assert limits[0] == 0.0 and limits[-1] == float("inf") and 2 <= len(limits) <= 9
    assert list(limits) == sorted(limits)
    assert len(_colours(limits)) == len(limits) - 1


def test_colours_grow_darker_class_by_class():
    def light(colour: str) -> float:
        red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    shades = [light(colour) for colour in _colours((0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, float("inf")))]
    steps = -np.diff(shades)
    assert (steps > 8).all()


def test_cells_tile_the_ground_of_a_grid_turned_against_the_meridians():
    cells = frame("density", "surface", list(surface_rows("a")))
    squares = _squares(cells)
    ground = sum(square.area for square in squares) * 111.195**2 * np.cos(np.radians(42.95))
    assert ground == pytest.approx(cells["areaKm2"].sum() * 1.04**2, rel=0.02)
    spots = zip(cells["longitude"], cells["latitude"], squares, strict=True)
    assert all(square.centroid.distance(square.centroid.__class__(lon, lat)) < 1e-9 for lon, lat, square in spots)


def test_the_chart_sets_the_joint_fit_beside_the_national_ones(source: ReportSource):
    (figure,) = draw_countries(density_answer(), sheet_of(source))
    said = texts(figure)
    for text in ("one joint fit", "China", "Russia", "together", "each country fitted alone", "added up", "46 (35–61)",
                 "one joint fit, same ground", "31 (25–41)", "counted twice", "3"):  # fmt: skip
        assert text in said
    assert said.count("China") == 2
    assert figure.tables == ("density-panthera-tigris-abundance", "density-panthera-tigris-doubleCount")


def test_without_national_fits_the_chart_has_the_countries_alone(source: ReportSource):
    answer = changed(doubleCount=density_answer().tables["doubleCount"].clear())
    (figure,) = draw_countries(answer, sheet_of(source))
    assert "one joint fit" not in texts(figure) and texts(figure).count("China") == 1
    assert figure.tables == ("density-panthera-tigris-abundance",)


def test_the_detection_figure_has_a_curve_for_each_sex(source: ReportSource):
    (figure,) = draw_detection(density_answer(), sheet_of(source))
    said = texts(figure)
    assert said.count("females") == 2 and said.count("males") == 2
    assert "4.82 (4.08–5.69)" in said and "chance of a detection" in said
    assert "wider than a 95\u00a0% interval" in figure.caption


def test_hazard_forms_are_drawn_as_expected_detections(source: ReportSource):
    answer = density_answer()
    given = answer.tables["parameters"].with_columns(parameter=pl.col("parameter").replace("g0", "lambda0"))
    hazard = Answer("density", {**answer.tables, "parameters": given}, (), {**answer.parameters, "detection": "HHN"})
    (figure,) = draw_detection(hazard, sheet_of(source))
    assert "expected detections" in texts(figure)


def test_an_unknown_form_or_no_sigma_has_no_curve(source: ReportSource):
    answer = density_answer()
    unknown = Answer("density", answer.tables, (), {**answer.parameters, "detection": "XYZ"})
    assert draw_detection(unknown, sheet_of(source)) == ()
    none = changed(parameters=answer.tables["parameters"].filter(pl.col("parameter") != "sigma"))
    assert draw_detection(none, sheet_of(source)) == ()


def test_sessions_that_differ_have_curves_of_their_own(source: ReportSource):
    one = density_answer().tables["parameters"]
    other = one.with_columns(session=pl.lit("2015"), estimate=pl.col("estimate") * 1.2)
    (figure,) = draw_detection(changed(parameters=pl.concat([one, other])), sheet_of(source))
    assert {"2013-2014, females", "2015, females", "2015, males"} <= set(texts(figure))
    same = one.with_columns(session=pl.lit("2015"))
    (figure,) = draw_detection(changed(parameters=pl.concat([one, same])), sheet_of(source))
    assert "females" in texts(figure) and "2015, females" not in texts(figure)


def test_an_estimate_without_an_interval_has_a_curve_without_a_band(source: ReportSource):
    bare = (
        density_answer().tables["parameters"].with_columns(low=pl.lit(None, pl.Float64), high=pl.lit(None, pl.Float64))
    )
    (figure,) = draw_detection(changed(parameters=bare), sheet_of(source))
    assert "band" not in figure.caption


def test_diagnostics_show_buffer_fit_and_where_effort_was(source: ReportSource):
    (figure,) = draw_diagnostics(density_answer(), sheet_of(source))
    said = texts(figure)
    assert {"Density by buffer", "used: 25 km", "Survey against simulated surveys", "p 0.012"} <= set(said)
    assert {"area", "camera-days", "DPR Korea"} <= set(said)


def test_diagnostics_leave_out_what_there_is_not(source: ReportSource):
    empty = density_answer().tables
    answer = changed(buffer=empty["buffer"].clear(), goodness=empty["goodness"].clear())
    (figure,) = draw_diagnostics(answer, sheet_of(source))
    assert "Density by buffer" not in texts(figure) and "area" in texts(figure)
    assert draw_diagnostics(Answer("density", {}), sheet_of(source)) == ()


def test_a_table_of_models_says_how_each_fit_ended():
    grid = grid_of(density_answer(), "Models compared")
    assert [row[-1] for row in grid.rows][:3] == ["converged"] * 3
    assert grid.rows[3][2:6] == ("–", "–", "–", "–")
