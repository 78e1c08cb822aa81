"""Which population, which edition: the threshold at a place in a season."""

import datetime as dt

import polars as pl
import pytest

from tumen.errors import MisuseError
from tumen.tables.protocol import TABLES
from tumen.waterbirds.editions import in_force
from tumen.waterbirds.populations import ASSIGNED, assign

DAY = dt.date(2026, 11, 1)
CRANES = {"populationID": "av", "scientificName": "Antigone vipio", "populationName": "East Asia", "source": "slides"}
OLD = {**CRANES, "edition": "2013", "minimum": 6_000, "maximum": 7_000}
NEW = {**CRANES, "edition": "2025", "minimum": 13_100, "maximum": 13_100}
LIMOSA = {"scientificName": "Limosa lapponica", "edition": "WPE5", "source": "x"}
BAUERI = {**LIMOSA, "populationID": "b", "populationName": "baueri", "minimum": 130_000, "maximum": 130_000}
MENZBIERI = {**LIMOSA, "populationID": "m", "populationName": "menzbieri", "minimum": 146_000, "maximum": 146_000}
SITES = pl.DataFrame(
    {
        "place": ["n/mouth", "s/mouth", "k/lake", "x/nowhere"],
        "countryCode": ["RU", "KP", "KE", None],
        "countGroup": ["tumen", "tumen", None, None],
        "longitude": [130.7, 130.6, 36.1, None],
        "latitude": [42.4, 42.3, -0.4, None],
    }
)


def estimates(*rows):
    schema = TABLES["population_estimates"].empty().schema
    return pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema)


def asked(*rows, species="Antigone vipio", season="autumn", place="n/mouth", **more):
    wanted = pl.DataFrame([{"place": place, "season": season, "scientificName": species}])
    made = assign(estimates(*rows), SITES, wanted, more.pop("day", DAY), **more)
    assert made.schema == ASSIGNED
    assert made.filter("inForce").height == 1
    return made


def ruling(*rows, **about):
    return asked(*rows, **about).filter("inForce").row(0, named=True)


def test_editions_stand_side_by_side_and_the_newest_rules_where_nobody_says():
    made = asked(OLD, NEW)
    assert made.select("edition", "onePercent", "inForce").rows() == [("2025", 130, True), ("2013", 65, False)]
    assert "threshold-edition-assumed" in made["said"][0]


def test_dates_decide_on_the_day_of_the_assessment():
    dated = ({**OLD, "inForceUntil": dt.date(2025, 6, 30)}, {**NEW, "inForceFrom": dt.date(2025, 7, 1)})
    assert ruling(*dated, day=dt.date(2025, 6, 30))["onePercent"] == 65
    later = ruling(*dated, day=dt.date(2025, 7, 1))
    assert (later["onePercent"], later["said"]) == (130, "")
    ended = ruling({**OLD, "inForceUntil": dt.date(2014, 1, 1)})
    assert (ended["onePercent"], ended["reason"]) == (None, "threshold-no-edition")
    # A row with dates that hold goes before a newer one without.
    assert ruling({**OLD, "inForceFrom": dt.date(2013, 1, 1)}, NEW)["edition"] == "2013"


@pytest.mark.parametrize(
    ("editions", "newest"),
    [(("WPE4", "WPE5"), "WPE5"), (("WPE2", "WPE3"), "WPE3"), (("CSR1", "WPE5"), "CSR1"), (("2025", "CSR1"), "2025")],
)
def test_the_newest_edition_by_its_name(editions, newest):
    made = in_force(estimates(*({**OLD, "edition": edition} for edition in editions)), DAY)
    assert made.filter("inForce")["edition"].to_list() == [newest]


def test_of_two_rows_that_contradict_each_other_the_larger_threshold_is_used():
    one = ruling(OLD, {**OLD, "minimum": 9_000, "maximum": 9_000})
    assert (one["onePercent"], one["candidates"], one["said"]) == (90, 1, "threshold-contradicted")
    assert ruling(OLD, OLD)["said"] == ""
    assert ruling(OLD, {**OLD, "maximum": 9_000, "evidence": "recalled"})["said"] == ""


def test_a_synonym_is_the_same_population():
    made = in_force(estimates(OLD, {**NEW, "scientificName": "Grus vipio"}), DAY)
    assert made["inForce"].to_list() == [False, True]
    assert ruling({**NEW, "scientificName": "Grus vipio"}, species="Antigone vipio")["onePercent"] == 130


def test_recalled_rows_never_decide():
    newer = {**NEW, "evidence": "recalled"}
    assert ruling(OLD, newer)["edition"] == "2013"
    alone = ruling(newer)
    assert (alone["basis"], alone["reason"]) == ("recalled", "threshold-recalled")
    beside = {**newer, "populationID": "other", "edition": "2013"}
    assert (ruling(OLD, beside)["onePercent"], ruling(OLD, beside)["basis"]) == (65, "computed")


def test_of_several_populations_the_larger_threshold_is_used_and_it_is_said():
    both = ruling(BAUERI, MENZBIERI, species="Limosa lapponica")
    assert (both["populationID"], both["onePercent"], both["candidates"]) == ("m", 1_500, 2)
    assert both["said"] == "threshold-populations-mixed"
    unknown = ruling(BAUERI, {**MENZBIERI, "minimum": None, "maximum": None}, species="Limosa lapponica")
    assert (unknown["onePercent"], unknown["reason"]) == (None, "threshold-size-unknown")


@pytest.mark.parametrize(
    "said",
    [
        {"countryCodes": "AU|NZ"},
        {"seasons": "winter"},
        {"range": "POLYGON((20 -10, 50 -10, 50 10, 20 10, 20 -10))"},
        {"scientificName": "Limosa lapponica menzbieri"},
    ],
)
def test_what_a_population_says_of_itself_decides(said):
    species = "Limosa lapponica baueri" if "scientificName" in said else "Limosa lapponica"
    one = ruling(BAUERI, {**MENZBIERI, **said}, species=species)
    assert (one["populationID"], one["candidates"], one["said"]) == ("b", 1, "")


def test_no_population_here_and_no_estimate_at_all():
    assert ruling({**BAUERI, "seasons": "winter"}, species="Limosa lapponica")["reason"] == "threshold-no-population"
    assert ruling(BAUERI, species="Limosa limosa")["reason"] == "threshold-no-estimate"
    assert ruling(species="Limosa limosa")["reason"] == "threshold-no-estimate"


def test_a_group_lies_where_its_sites_lie_and_an_unlocated_place_anywhere():
    here = {**OLD, "countryCodes": "KP", "range": "POLYGON((130 42, 131 42, 131 43, 130 43, 130 42))"}
    assert ruling(here, place="tumen")["onePercent"] == 65
    assert ruling(here, place="n/mouth")["reason"] == "threshold-no-population"
    assert ruling(here, place="x/nowhere")["said"] == "threshold-place-unlocated"


def test_one_number_for_two_species():
    geese = {"populationID": "g", "populationName": "East Asia", "edition": "2016", "source": "x", "minimum": 157_000}
    row = {**geese, "scientificName": "Anser fabalis/serrirostris", "maximum": 194_000}
    one = ruling(row, species="Anser serrirostris")
    assert (one["onePercent"], one["said"]) == (1_700, "threshold-of-several-species")


def test_a_subspecies_among_birds_counted_as_a_species_is_said():
    one = {**BAUERI, "scientificName": "Limosa lapponica baueri"}
    assert ruling(one, species="Limosa lapponica")["said"] == "threshold-of-subspecies"
    assert ruling(one, species="Limosa lapponica baueri")["said"] == ""
    assert ruling(one, species="Limosa lapponica menzbieri")["reason"] == "threshold-no-population"


def test_only_the_editions_that_are_asked_for():
    assert asked(OLD, NEW, editions=["2013"])["edition"].to_list() == ["2013"]
    with pytest.raises(MisuseError, match="2013"):
        asked(OLD, editions=["2031"])


def test_an_edition_that_was_not_there_yet_decides_nothing():
    assert ruling(OLD, NEW, day=dt.date(2016, 12, 31))["edition"] == "2013"
    before = ruling(NEW, day=dt.date(2016, 12, 31))
    assert (before["onePercent"], before["reason"]) == (None, "threshold-edition-later")
    assert ruling(NEW, day=dt.date(2025, 1, 1))["onePercent"] == 130
    # An edition of which nobody knows the year may have been there; dates go before every year.
    assert ruling({**NEW, "edition": "second"}, day=dt.date(2016, 12, 31))["onePercent"] == 130
    assert ruling({**NEW, "inForceFrom": dt.date(2016, 1, 1)}, day=dt.date(2016, 12, 31))["onePercent"] == 130


def test_a_threshold_is_doubtful_where_the_smaller_of_two_is_only_a_lower_bound():
    more = {**MENZBIERI, "minimum": 100_000}
    held = ruling(BAUERI, {**more, "maximum": None}, species="Limosa lapponica")
    assert (held["onePercent"], held["said"]) == (1300, "threshold-minimum-only|threshold-populations-mixed")
    assert (
        ruling(BAUERI, {**more, "maximum": 100_000}, species="Limosa lapponica")["said"]
        == "threshold-populations-mixed"
    )
