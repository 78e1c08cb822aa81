from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl
import pytest

from tumen.simulate.estuary import LEVEL, PARTIES, Estuary, estuary, threshold
from tumen.simulate.estuary_birds import at_peak, presence
from tumen.simulate.estuary_sites import INTRODUCED, KINDS, SEASONS, small_estuary
from tumen.simulate.flyway import flyway
from tumen.tables.checks import check
from tumen.tables.package import Package, assemble


@pytest.fixture(scope="module")
def shipped() -> Estuary:
    return estuary(1)


@pytest.fixture(scope="module")
def little() -> Estuary:
    return estuary(3, small_estuary())


@pytest.fixture(scope="module")
def packages(shipped: Estuary) -> dict[str, Package]:
    return {
        party: assemble(party, tables, party=party, country=PARTIES[party], format="simulated")
        for party, tables in shipped.tables.items()
    }


def days(package: Package, site: str, measure: str) -> Iterator[tuple[date, bool, int]]:
    """Yield, for every day with a count at a site: the day, whether all was counted, and the birds."""
    sites = package.table("sites")
    units = sites.filter(pl.col("partOf") == site)["siteID"].to_list() or [site]
    visits = package.table("visits").filter(pl.col("siteID").is_in(units))
    counts = package.table("counts").filter(pl.col("scientificName").fill_null("") != INTRODUCED)
    if measure != "waterbirds":
        counts = counts.filter(pl.col("scientificName") == measure)
    sums = counts.group_by("visitID").agg(pl.col("count").sum(), known=(pl.col("status") == "counted").all())
    went = visits.filter(pl.col("coverage") != "notSurveyed").join(sums, on="visitID")
    for (day,), own in went.group_by("visitDate"):
        whole = (own["coverage"] == "complete").all() and own["known"].all() and own.height == len(units)
        yield day, bool(whole), int(own["count"].sum())


def plainly(package: Package, site: str, measure: str, level: int) -> tuple[str, int, int]:
    """Judge the autumns of a site: what can be said, complete autumns, and the largest number of incomplete ones."""
    most: dict[int, int] = {}
    partly = 0
    for day, whole, number in days(package, site, measure):
        if day.month >= 8 and whole:
            most[day.year] = max(most.get(day.year, 0), number)
        elif day.month >= 8:
            partly = max(partly, number)
    n, reached = len(most), sum(number >= level for number in most.values())
    if n < 3:
        return "undecided", n, partly
    if 3 * reached >= 2 * n or (n >= 5 and np.mean(list(most.values())) >= level):
        return "met", n, partly
    return "notMet", n, partly


def test_one_seed_is_one_estuary(little: Estuary) -> None:
    first, again, other = little, *(estuary(seed, small_estuary()) for seed in (3, 4))
    assert first.truth["waterbirds"].equals(again.truth["waterbirds"])
    assert first.tables["coast-office"]["counts"].equals(again.tables["coast-office"]["counts"])
    assert not first.truth["waterbirds"].equals(other.truth["waterbirds"])


def test_the_packages_have_no_finding_but_the_sources_that_disagree(packages: dict[str, Package]) -> None:
    found = {party: check(package)["code"].to_list() for party, package in packages.items()}
    assert found == {
        "north-reserve": [],
        "south-institute": [],
        "coast-office": ["statements-disagree", "statements-disagree"],
    }


@pytest.mark.parametrize("which", ["shipped", "little"])
def test_what_was_planted_follows_from_the_counts(which: str, request: pytest.FixtureRequest) -> None:
    made: Estuary = request.getfixturevalue(which)
    known = made.truth["waterbird_verdicts"].filter(pl.col("kind") == "site", pl.col("measure") != "")
    assert set(known["expected"]) == {"met", "undecided", "notMet"}
    read = {party: assemble(party, made.tables[party], party=party, format="simulated") for party in PARTIES}
    for row in known.iter_rows(named=True):
        party, site = row["place"].split("/")
        package = read[party]
        level = threshold(row["measure"], row["edition"]) if row["edition"] else LEVEL
        says, autumns, partly = plainly(package, site, row["measure"], level)
        assert says == row["expected"], row
        # What cannot be judged is not decided by its incomplete counts either.
        assert says != "undecided" or (autumns == 2 and partly < level)


def test_one_part_qualifies_one_cannot_be_judged_and_one_does_not(shipped: Estuary) -> None:
    whole = shipped.truth["waterbird_verdicts"].filter(pl.col("criterion") == "R5").select("place", "truth", "expected")
    assert whole.rows() == [
        ("north-reserve/RM-N", "qualifies", "met"),
        ("south-institute/RM-S", "qualifies", "undecided"),
        ("coast-office/RM-C", "doesNot", "notMet"),
        ("river-mouth", "qualifies", "met"),
    ]


def test_between_the_editions_one_verdict_changes(shipped: Estuary) -> None:
    cranes = shipped.truth["waterbird_verdicts"].filter(
        pl.col("measure") == "Grus monacha", pl.col("place") == "north-reserve/RM-N"
    )
    assert cranes["truth"].to_list() == ["qualifies", "doesNot"]


def test_zero_gap_and_withheld_are_three_things(packages: dict[str, Package]) -> None:
    counts = pl.concat([package.table("counts") for package in packages.values()])
    visits = pl.concat([package.table("visits") for package in packages.values()])
    assert set(counts["status"]) == {"counted", "notCounted", "withheld"}
    assert counts.filter(pl.col("status") != "counted")["count"].is_null().all()
    assert (counts["count"] == 0).sum() > 1000
    assert set(visits["coverage"]) == {"complete", "partial", "notSurveyed"}
    unmade = visits.filter(pl.col("coverage") == "notSurveyed")["visitID"]
    assert not counts["visitID"].is_in(unmade.implode()).any()
    ranged = counts.filter("estimated")
    assert (
        ranged.select((pl.col("minimum") <= pl.col("count")) & (pl.col("count") <= pl.col("maximum"))).to_series().all()
    )
    frozen = visits.filter(pl.col("ice") == "frozen")["visitID"]
    assert counts.filter(pl.col("visitID").is_in(frozen.implode()), pl.col("status") == "counted")["count"].sum() == 0


def test_the_three_countries_count_on_one_day_in_some_years(packages: dict[str, Package]) -> None:
    autumns = {
        party: set(
            package.table("visits")
            .filter(pl.col("siteID").str.starts_with("RM-"), pl.col("visitDate").dt.month() >= 8)["visitDate"]
            .to_list()
        )
        for party, package in packages.items()
    }
    common = set.intersection(*autumns.values())
    assert {day.year for day in common} == {2008, 2010, 2011, 2012, 2014}
    assert len(common) == 15


def test_birds_turn_over() -> None:
    settings = small_estuary()
    birds = presence(settings, 5)
    ducks = next(kind for kind in KINDS if kind.name == "Anas platyrhynchos")
    most = birds.days["RM-S", ducks.name].max()
    passed = [birds.passed["RM-S", ducks.name, "autumn", year] for year in settings.span]
    assert min(passed) > most
    assert np.mean(passed) == pytest.approx(ducks.peaks[1] / at_peak(ducks.stay), rel=0.2)
    assert all((days >= 0).all() for days in birds.days.values())
    assert birds.days["RM-S", ducks.name][-1] == 0


def test_counts_never_exceed_the_truth_beyond_the_error_of_estimates(
    shipped: Estuary, packages: dict[str, Package]
) -> None:
    for party, site in (("coast-office", "RM-C"), ("north-reserve", "RM-N")):
        known = shipped.truth["waterbirds"].filter(
            pl.col("place") == f"{party}/{site}", pl.col("measure") == "waterbirds", pl.col("season") == "autumn"
        )
        true = dict(known.select("year", "maximum").iter_rows())
        for day, _, number in days(packages[party], site, "waterbirds"):
            if day.month >= 8:
                assert number < 1.1 * true[day.year]


def test_the_trends_that_were_planted_came_about(shipped: Estuary) -> None:
    slopes = shipped.truth["waterbird_trends"]
    assert slopes["multiplicative"].to_list() == [1.06, 0.93, 1.0]
    assert slopes["realised"].to_list() == pytest.approx([1.06, 0.93, 1.0], abs=0.03)


def test_every_season_is_in_the_truth(shipped: Estuary) -> None:
    known = shipped.truth["waterbirds"]
    assert known.group_by("place", "measure").len()["len"].unique().to_list() == [12 * len(SEASONS)]
    total = sum(len(frame.write_csv()) for tables in shipped.tables.values() for frame in tables.values())
    assert total + sum(len(frame.write_csv()) for frame in shipped.truth.values()) < 1_500_000


def test_a_flyway_is_as_large_as_was_asked_for() -> None:
    sites, visits, counts = flyway(30, 8, 5, np.random.default_rng(2))
    assert (sites.height, visits.height) == (30, 30 * 5 * 5)
    made = visits.filter(pl.col("coverage") != "notSurveyed")
    assert counts.height == made.height * 8
    assert counts["visitID"].unique().sort().to_list() == made["visitID"].sort().to_list()
    assert counts.filter(pl.col("status") == "withheld")["count"].is_null().all()
    assert sites["countGroup"].drop_nulls().value_counts()["count"].unique().to_list() == [3]
