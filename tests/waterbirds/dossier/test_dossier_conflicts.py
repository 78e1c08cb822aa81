"""Sources that disagree stay side by side: V11 of the facts."""

import polars as pl
import pytest
from tests.builders import codes
from tests.report.invented_estuary import frame

from tumen.waterbirds.dossier.conflicts import conflicts, number, point, span


def stated(*rows: tuple[str, str, str | None], subject: str = "Site") -> pl.DataFrame:
    """Statements of one attribute: attribute, value, unit."""
    return frame(
        "statements",
        [
            {"subject": subject, "attribute": attribute, "value": value, "unit": unit, "source": f"S{n}", "party": "p"}
            for n, (attribute, value, unit) in enumerate(rows)
        ],
    )


def test_two_areas_of_one_reserve_are_300_hectares_apart():
    found, problems = conflicts(stated(("area", "~3,200", "ha"), ("area", "3,500-odd", "ha"), ("area", "32", "km2")))
    assert found.select("value", "unit", "apart", "apartUnit", "source").rows() == [
        ("~3,200", "ha", 300.0, "ha", "S0"),
        ("3,500-odd", "ha", 300.0, "ha", "S1"),
        ("32", "km2", 300.0, "ha", "S2"),
    ]
    assert codes(problems) == ["dossier-conflict-area"]
    assert problems["value"][0] == "~3,200 ha; 3,500-odd ha; 32 km2"


def test_one_page_gives_two_coordinates_22_kilometres_apart():
    given = stated(("coordinates", "48 33 N 117 30 E", None), ("coordinates", "48 45 N 117 28 E", None))
    found, problems = conflicts(given)
    assert found["apart"].to_list() == [pytest.approx(22.376, abs=0.001)] * 2
    assert found["apartUnit"].to_list() == ["km", "km"]
    assert codes(problems) == ["dossier-conflict-point"]


def test_april_and_may_2018_disagree_and_a_day_in_april_agrees_with_april():
    found, problems = conflicts(stated(("accession", "April 2018", None), ("accession", "2018-05", None)))
    assert (codes(problems), found["kind"].to_list()) == (["dossier-conflict-date"], ["date", "date"])
    agreed, none = conflicts(stated(("accession", "April 2018", None), ("accession", "2018-04-11", None)))
    assert agreed.is_empty() and none.is_empty()


def test_98_minutes_are_no_minutes_and_are_not_guessed():
    found, problems = conflicts(stated(("coordinates", "50°05'N 115°98'E", None)))
    assert found.is_empty()
    assert problems.select("code", "value").rows() == [("dossier-coordinate-unreadable", "50°05'N 115°98'E")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("area", "32", "km2"), ("area", "3,200", "ha")),
        (("coordinates", "48 33 N 117 30 E", None), ("coordinates", "48.55, 117.5", None)),
        (("species", "228", None), ("species", "228", None)),
        (("authority", "Ministry", None), ("authority", "Ministry", None)),
    ],
)
def test_what_says_the_same_in_other_words_is_no_conflict(one, other):
    found, problems = conflicts(stated(one, other))
    assert found.is_empty() and problems.is_empty()


def test_numbers_of_other_units_and_words_are_told_apart_as_words():
    found, _ = conflicts(
        stated(("depth", "2", "m"), ("depth", "6", "feet"), ("name", "Rason", None), ("name", "Rajin", None))
    )
    assert found.select("attribute", "kind", "apart").unique().sort("attribute").rows() == [
        ("depth", "text", None),
        ("name", "text", None),
    ]


def test_rows_in_another_order_give_the_same_conflicts():
    given = stated(("area", "3200", "ha"), ("area", "3500", "ha"), ("name", "A", None), ("name", "B", None))
    assert conflicts(given)[0].equals(conflicts(given.reverse())[0])


@pytest.mark.parametrize("text", ["", "48 33 117 30", "91 00 N 10 00 E", "10 N 20 N", "95.0, 10.0", "117 30 E"])
def test_half_a_coordinate_is_none(text):
    assert point(text) is None


def test_south_and_west_are_negative_and_seconds_count():
    assert point("10°30'36\"S 20°15'W") == (-10.51, -20.25)


def test_a_day_that_does_not_exist_is_none_and_several_numbers_are_none():
    assert (span("2018-02-30"), span("soon"), number("20-30"), number("none")) == (None, None, None, None)


def test_a_decimal_comma_is_not_taken_for_a_number_and_a_sign_counts():
    assert [number(text) for text in ("3,5", "1.234.567", "3,200", "3,200.5")] == [None, None, 3200.0, 3200.5]
    found, _ = conflicts(stated(("elevation", "-5", "m"), ("elevation", "5", "m")))
    assert found["apart"].to_list() == [10.0, 10.0]
