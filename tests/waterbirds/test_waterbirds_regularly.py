"""The engine of "regularly", against the cases derived from the definition and against every small world."""

import itertools
from fractions import Fraction

import polars as pl
import pytest

from tumen.waterbirds.regularly import Regularity, regularly, standing

SCHEMA = {"place": pl.String, "low": pl.Int64, "high": pl.Int64, "state": pl.String}
LEVEL = 20_000


def exactly(birds):
    return (birds, birds, "complete")


def between(low, high):
    return (low, high, "complete")


def part(birds):
    return (birds, None, "partial")


MISSING = (None, None, "missing")


def judged(*seasons, level=LEVEL, rule=None):
    frame = pl.DataFrame([("lake", *season) for season in seasons], schema=SCHEMA, orient="row")
    cases = pl.DataFrame({"place": ["lake"], "threshold": [level]}, schema={"place": pl.String, "threshold": pl.Int64})
    return regularly(frame, cases, rule).row(0, named=True)


def counts(*birds):
    return judged(*(exactly(number) for number in birds))


def short(row):
    return row["verdict"], row["way"], row["seasons"], row["reached"], row["reason"]


def test_two_thirds_of_three_seasons_are_enough():
    assert short(counts(25_000, 18_000, 22_000)) == ("met", "twoThirds", 3, 2, "")


def test_the_mean_of_five_maxima_is_enough_where_two_thirds_are_not_reached():
    row = counts(19_000, 19_500, 25_000, 24_000, 18_000)
    assert short(row) == ("met", "meanOfMaxima", 5, 2, "")
    assert row["meanLow"] == row["meanHigh"] == 21_100


def test_the_mean_of_four_maxima_is_provisional_and_one_more_season_settles_it():
    row = counts(19_000, 19_500, 25_000, 24_000)
    assert short(row) == ("provisional", "meanOfMaxima", 4, 2, "provisionalMean")
    assert (row["meanLow"], row["toMeet"]) == (21_875, 1)


@pytest.mark.parametrize(("birds", "more"), [((50_000,), 2), ((40_000, 50_000), 1), ((), 3)])
def test_fewer_than_three_seasons_establish_nothing(birds, more):
    row = counts(*birds)
    reason = "tooFewSeasons" if birds else "noData"
    assert short(row) == ("undecided", "", len(birds), len(birds), reason)
    assert row["toMeet"] == more


def test_after_rason_three_empty_seasons_would_settle_it():
    # After one, two of three reached; after two, the mean of four is 22,500; after three, that of five is 18,000.
    assert counts(40_000, 50_000)["toFail"] == 3
    assert counts(40_000, 50_000, 0)["verdict"] == "met"
    assert counts(40_000, 50_000, 0, 0)["verdict"] == "provisional"
    assert counts(40_000, 50_000, 0, 0, 0)["verdict"] == "notMet"


def test_a_missing_season_is_left_out_and_is_no_zero():
    row = judged(exactly(30_000), MISSING, exactly(10_000), MISSING, exactly(25_000))
    assert short(row) == ("met", "twoThirds", 3, 2, "")
    assert row["missing"] == 2
    with_zeros = counts(30_000, 0, 10_000, 0, 25_000)
    assert (with_zeros["verdict"], with_zeros["meanLow"]) == ("notMet", 13_000)


def test_a_number_equal_to_the_level_reaches_it():
    assert short(counts(20_000, 20_000, 20_000)) == ("met", "twoThirds", 3, 3, "")
    assert counts(19_999, 19_999, 19_999)["verdict"] == "notMet"


def test_not_met_on_few_seasons_says_so():
    assert counts(1, 2, 3)["reason"] == "fewSeasons"
    assert counts(1, 2, 3, 4, 5)["reason"] == ""


def test_without_a_threshold_nothing_is_decided():
    for level in (None, 0):
        assert short(judged(*[exactly(1)] * 9, level=level)) == ("undecided", "", 9, 0, "thresholdMissing")


def test_bounds_on_either_side_of_the_level_leave_it_open():
    open_season = between(3_000, 25_000)
    assert judged(exactly(30_000), open_season, open_season)["reason"] == "openBounds"
    row = judged(exactly(30_000), exactly(30_000), open_season)
    assert (*short(row), row["open"]) == ("met", "twoThirds", 3, 2, "", 1)
    assert judged(exactly(3), between(3, 19_999), exactly(3))["verdict"] == "notMet"
    assert judged(exactly(3), (3, None, "complete"), exactly(3))["verdict"] == "undecided"


def test_partial_seasons_below_the_level_are_missing_unless_others_are_used():
    alone = judged(exactly(3), exactly(3), exactly(3), part(19_000))
    assert (*short(alone), alone["missing"]) == ("notMet", "", 3, 0, "fewSeasons", 1)
    used = judged(exactly(3), exactly(3), exactly(3), part(21_000), part(19_000))
    assert (*short(used), used["open"]) == ("undecided", "", 5, 1, "partialCounts", 1)
    lifted = judged(exactly(21_000), part(22_000), part(23_000), part(5))
    assert short(lifted) == ("met", "twoThirds", 4, 3, "partialCounts")


def test_partial_seasons_never_lower_what_full_counts_give():
    full = [exactly(19_000), exactly(19_500), exactly(25_000), exactly(24_000)]
    row = judged(*full, part(21_000), part(0), part(0))
    assert (*short(row)[:3], row["missing"]) == ("provisional", "meanOfMaxima", 4, 3)


def test_a_withheld_season_is_open_and_not_missing():
    rows = [("lake", 3, 3, "complete", "")] * 3 + [("lake", None, None, "missing", "withheld")] * 3
    frame = pl.DataFrame(rows, schema={**SCHEMA, "reason": pl.String}, orient="row")
    row = regularly(frame, pl.DataFrame({"place": ["lake"], "threshold": [LEVEL]})).row(0, named=True)
    assert (*short(row), row["open"]) == ("undecided", "", 6, 0, "openBounds", 3)
    assert standing(frame.with_columns(level=LEVEL), "level")["standing"].to_list() == ["below"] * 3 + ["open"] * 3


def test_another_rule_can_be_set():
    assert judged(exactly(LEVEL), rule=Regularity(seasons=1, reached=1, of=1))["verdict"] == "met"


def test_standing_of_each_season():
    frame = pl.DataFrame(
        [exactly(20_000), exactly(5), between(5, 20_000), part(5), part(20_000), MISSING],
        schema=["low", "high", "state"],
        orient="row",
    )
    said = standing(frame.with_columns(level=LEVEL), "level")["standing"].to_list()
    assert said == ["reached", "below", "open", "partial", "reached", "missing"]


GRADES = {"met": 3, "provisional": 2, "notMet": 0, "undecided": 1}


def slow_world(birds, level):
    """One world in which every number is known."""
    n, k = len(birds), sum(b >= level for b in birds)
    if n < 3:
        return "undecided"
    if Fraction(k, n) >= Fraction(2, 3):
        return "met"
    if Fraction(sum(birds), n) >= level:
        return "met" if n >= 5 else "provisional"
    return "notMet"


def slow(seasons, level):
    """Say it the obvious way: every season as low and as high as it may be."""
    full = [s for s in seasons if s[2] == "complete"]
    partial = [s for s in seasons if s[2] == "partial"]
    far = 10**6
    lower = slow_world([s[0] for s in full], level)
    upper = slow_world([far if s[1] is None else s[1] for s in full], level)
    if any(s[0] >= level for s in partial):
        with_partial = slow_world([s[0] for s in full + partial], level)
        best = max(lower, with_partial, key=GRADES.get)
        return best if GRADES[best] > 1 else "undecided"
    if lower == upper or GRADES[lower] > 1:
        return lower
    return "undecided"


def slow_more(seasons, level, extra, wanted):
    """The smallest number of further seasons that makes it so, or None."""
    for more in range(0, 40):
        if slow(seasons + [extra] * more, level) == wanted:
            return more
    return None


KINDS = [exactly(0), exactly(2), exactly(3), exactly(7), between(2, 3), between(0, None), part(2), part(4), MISSING]


def test_agrees_with_the_slow_version_in_every_small_world():
    worlds = [w for n in range(7) for w in itertools.combinations_with_replacement(KINDS, n)]
    assert len(worlds) > 5_000
    rows = [(str(at), *season) for at, world in enumerate(worlds) for season in world]
    cases = pl.DataFrame({"place": [str(at) for at in range(len(worlds))]}).with_columns(threshold=3)
    found = regularly(pl.DataFrame(rows, schema=SCHEMA, orient="row"), cases)
    assert found["verdict"].to_list() == [slow(list(world), 3) for world in worlds]
    for at, row in enumerate(found.iter_rows(named=True)):
        if at % 7 == 0:
            world = list(worlds[at])
            meet = None if row["verdict"] == "met" else slow_more(world, 3, exactly(3), "met")
            assert row["toMeet"] == meet, world
            settled = row["verdict"] in ("met", "notMet")
            assert row["toFail"] == (None if settled else slow_more(world, 3, exactly(0), "notMet")), world


def test_series_of_other_places_and_seasons_stay_apart():
    frame = pl.DataFrame(
        {
            "place": ["a", "b"] * 3,
            "season": ["winter"] * 4 + ["spring"] * 2,
            "low": [9] * 6,
            "high": [9] * 6,
            "state": ["complete"] * 6,
        }
    )
    cases = pl.DataFrame({"place": ["a", "a", "c"], "season": ["winter", "spring", "spring"], "threshold": [9, 9, 9]})
    assert regularly(frame, cases)["seasons"].to_list() == [2, 1, 0]
