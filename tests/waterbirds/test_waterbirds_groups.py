"""Sites that the same birds use: sums of one day, bounds of different days."""

import csv
from datetime import date, timedelta

import polars as pl
import pytest

from tumen.errors import MisuseError
from tumen.waterbirds.groups import groups
from tumen.waterbirds.occasion import OCCASIONS
from tumen.waterbirds.seasons import seasons

DAY = date(2024, 1, 15)
MOUTH = {"tumen/a": "mouth", "hunchun/b": "mouth", "rason/c": None}


def sites(members=MOUTH, parts=()):
    rows = [(name, dict(parts).get(name), group) for name, group in members.items()]
    return pl.DataFrame(rows, schema={"siteID": pl.String, "partOf": pl.String, "countGroup": pl.String}, orient="row")


def seen(*rows):
    """Occasions: place, day, low, and perhaps high and reason."""
    table = []
    for place, day, low, *rest in rows:
        high, reason = [*rest, "", ""][:2] if rest else (low, "")
        table.append(
            {
                "place": place,
                "kind": "site",
                "measure": "waterbirds",
                "date": DAY + timedelta(days=day),
                "low": low,
                "high": high,
                "complete": high is not None,
                "synchronous": True,
                "visits": f"{place[0]}{day}",
                "unitsMissing": 0,
                "reason": reason,
            }
        )
    return pl.DataFrame(table, schema=OCCASIONS)


def bounds(table, **windows):
    found = groups(sites(), table, **windows)
    return {(d - DAY).days: tuple(rest) for d, *rest in found.select("date", "low", "high", "reason").rows()}


def test_counts_of_one_day_are_added():
    """V5: 3,000 and 2,500 on the same day are 5,500."""
    found = groups(sites(), seen(("tumen/a", 0, 3000), ("hunchun/b", 0, 2500)))
    assert found.schema == pl.Schema(OCCASIONS)
    assert found.select("place", "kind", "low", "high", "complete", "synchronous", "visits", "reason").rows() == [
        ("mouth", "group", 5500, 5500, True, True, "h0|t0", "")
    ]


def test_counts_of_different_days_are_bounds():
    """V5: three days apart they are at least 3,000 and at most 5,500."""
    table = seen(("tumen/a", 0, 3000), ("hunchun/b", 3, 2500))
    assert bounds(table) == {0: (3000, 5500, "notSynchronous"), 3: (3000, 5500, "notSynchronous")}
    winter = seasons(groups(sites(), table))
    assert winter.select("low", "high", "state", "reason").rows() == [(3000, 5500, "complete", "notSynchronous")]


def test_a_window_may_be_declared():
    table = seen(("tumen/a", 0, 3000), ("hunchun/b", 1, 2500))
    assert bounds(table, synchronous=timedelta(days=1)) == {
        0: (5500, 5500, ""),
        # The window opens on the day of the anchor: the count of the day before is only set beside it.
        1: (3000, 5500, "notSynchronous"),
    }


def test_days_further_apart_than_the_pairing_window_are_not_held_together():
    table = seen(("tumen/a", 0, 3000), ("hunchun/b", 8, 2500))
    assert bounds(table) == {0: (3000, None, "membersMissing"), 8: (2500, None, "membersMissing")}
    assert groups(sites(), table)["unitsMissing"].to_list() == [1, 1]
    assert bounds(table, pairing=timedelta(days=8))[0] == (3000, 5500, "notSynchronous")


def test_the_nearest_count_is_taken_and_the_earlier_of_two():
    table = seen(("tumen/a", 0, 100), ("hunchun/b", -2, 10), ("hunchun/b", 2, 20), ("hunchun/b", -5, 30))
    assert bounds(table)[0] == (100, 110, "notSynchronous")
    assert bounds(seen(("tumen/a", 0, 100), ("hunchun/b", -3, 10), ("hunchun/b", 2, 20)))[0] == (
        100,
        120,
        "notSynchronous",
    )


def test_what_says_nothing_is_no_count_and_what_has_no_upper_end_leaves_none():
    silent = seen(("tumen/a", 0, 3000), ("hunchun/b", 0, 0, None, "notSurveyed"))
    assert bounds(silent) == {0: (3000, None, "membersMissing")}
    partly = seen(("tumen/a", 0, 3000), ("hunchun/b", 0, 200, None, "partialCoverage"))
    assert bounds(partly) == {0: (3200, None, "partialCoverage")}


def test_units_are_no_members_and_sites_without_a_group_make_none():
    members = {"tumen/a": "mouth", "hunchun/b": "mouth", "tumen/a1": "mouth"}
    table = seen(("tumen/a", 0, 3000), ("hunchun/b", 0, 2500))
    found = groups(sites(members, {"tumen/a1": "tumen/a"}.items()), table)
    assert found["high"].to_list() == [5500]
    assert groups(sites({"rason/c": None}), seen(("rason/c", 0, 5))).is_empty()


def test_windows_that_cannot_be():
    with pytest.raises(MisuseError, match="windows of zero days or more"):
        groups(sites(), seen(), synchronous=timedelta(days=8))


def test_the_census_of_black_faced_spoonbills(shared_data):
    """V6: the areas of the census of 2025 add up to 7,081, 1.33 % more than 6,988; those of 2014 to 2,726."""
    with (shared_data / "H1_birds_sites_network_facts" / "bfs_census_by_area.csv").open(encoding="utf-8") as file:
        areas = {row["area_as_published"]: int(row["count"]) for row in csv.DictReader(file)}
    census = groups(sites(dict.fromkeys(areas, "census")), seen(*((area, 0, n) for area, n in areas.items())))
    assert census.select("low", "high").rows() == [(7_081, 7_081)]
    assert round(100 * (7_081 / 6_988 - 1), 2) == 1.33 and round(100 * areas["Taiwan"] / 7_081, 1) == 58.9
    earlier = {f"area-{n}": n for n in (1659, 339, 252, 350, 60, 40, 26)}
    census = groups(sites(dict.fromkeys(earlier, "census")), seen(*((area, 0, n) for area, n in earlier.items())))
    assert census["low"].to_list() == [2_726]


def test_a_member_that_withholds_its_number_leaves_the_group_open():
    kept = (0, None, "withheld")
    same = seen(("tumen/a", 0, 5000), ("hunchun/b", 0, *kept))
    found = groups(sites(), same)
    assert found.select("low", "high", "unitsMissing", "reason").rows() == [(5000, None, 0, "withheld")]
    # Only a number that is withheld is known of the whole group: the day is there to say so.
    assert bounds(seen(("hunchun/b", 0, *kept))) == {0: (0, None, "withheld")}
    # A count of the same member nearer by is taken, and the day of the withheld one is a day of its own.
    near = seen(("tumen/a", 0, 3000), ("hunchun/b", 0, 40), ("hunchun/b", 3, *kept))
    assert bounds(near) == {0: (3040, 3040, ""), 3: (3000, None, "withheld")}
    assert seasons(groups(sites(), near)).select("low", "high", "reason").rows() == [(3040, None, "withheld")]
