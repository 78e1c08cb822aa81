"""Does the site qualify: a flyway judged under every criterion, in CPU seconds and memory.

    python benchmarks/waterbirds.py
    python benchmarks/waterbirds.py --sites 1000 --species 100 --years 20 --counts

Worlds are made up here: every species is counted at every site in one winter and one spring visit a year, numbers vary
around a level of the species, one season in ten is partial and one in ten bounded. Three editions of the thresholds,
one in force. With --counts, the seasons and thresholds are made from visits, counts and estimates, each timed apart.
One small world is judged first, so that compiling is not counted.
"""

import argparse
import datetime as dt
import resource
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import polars as pl

from tumen.tables.protocol import TABLES
from tumen.waterbirds.counts import occasions
from tumen.waterbirds.levels import WATERBIRDS
from tumen.waterbirds.populations import assign
from tumen.waterbirds.seasons import seasons
from tumen.waterbirds.verdicts import Evidence, verdicts

KINDS = ("winter", "spring")
EDITIONS = ("first", "second", "third")
DAYS = {"winter": "01-15", "spring": "04-15"}

Made = TypeVar("Made")


def main() -> None:
    """Print every number."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sites", type=int, default=1000)
    options.add_argument("--species", type=int, default=100)
    options.add_argument("--years", type=int, default=20)
    options.add_argument("--kinds", type=int, default=2, choices=(1, 2), help="kinds of season")
    options.add_argument("--counts", action="store_true", help="begin with visits and counts")
    given = options.parse_args()
    kinds = KINDS[-given.kinds :]
    verdicts(Evidence(seasons=world(3, 3, 5, kinds), assigned=thresholds(3, 3), animals=("other",)))
    if given.counts:
        rows = counted(given.sites, given.species, given.years, kinds)
        assigned = timed("thresholds of three editions", lambda: assigned_to(rows, given.species))
    else:
        rows = world(given.sites, given.species, given.years, kinds)
        assigned = thresholds(given.sites, given.species)
    print(f"{rows.height:,} seasons, {assigned.height:,} thresholds")
    found = timed("every criterion", lambda: verdicts(Evidence(seasons=rows, assigned=assigned)))
    print(f"{found.rows.height:,} verdicts, {found.summary.height:,} rows of summary")
    print(found.summary.group_by("criterion", "verdict").len().sort("criterion", "verdict").rows())


def world(sites: int, species: int, years: int, kinds: tuple[str, ...]) -> pl.DataFrame:
    """Return seasons of every site, species, kind and year."""
    rng = np.random.default_rng(1)
    shape = (sites, species + 1, len(kinds), years)
    at = [axis.ravel() for axis in np.indices(shape, dtype=np.int32)]
    scale = np.where(at[1] == species, 15_000, 100 * (1 + at[1] % 50))
    low = rng.poisson(rng.gamma(2.0, scale / 2.0))
    luck = rng.random(low.size)
    high = np.where(luck > 0.9, low * 2, low)
    names = pl.Series([*(f"Avis species{n}" for n in range(species)), WATERBIRDS])
    frame = pl.DataFrame({"site": at[0], "low": low, "high": high, "partial": luck < 0.1})
    return frame.select(
        pl.format("party/site{}", "site").alias("place"),
        pl.lit("site").alias("kind"),
        names.gather(pl.Series(at[1])).alias("measure"),
        pl.Series(kinds).gather(pl.Series(at[2])).alias("season"),
        pl.Series(at[3]).cast(pl.Int64).alias("year") + 2000,
        pl.col("low").cast(pl.Int64),
        pl.when(~pl.col("partial")).then("high").cast(pl.Int64).alias("high"),
        pl.when("partial").then(pl.lit("partial")).otherwise(pl.lit("complete")).alias("state"),
        pl.date(pl.lit(pl.Series(at[3])) + 2000, 1, 15).alias("date"),
        pl.format("v{}-{}", "site", pl.Series(at[3])).alias("visits"),
        pl.lit("").alias("reason"),
    )


def thresholds(sites: int, species: int) -> pl.DataFrame:
    """Return three editions of the threshold of every species at every site."""
    at = [axis.ravel() for axis in np.indices((sites, species, len(EDITIONS)), dtype=np.int32)]
    level = (80 * (1 + at[1] % 50) * (1 + at[2] / 4)).astype(np.int64)
    return pl.DataFrame({"site": at[0], "species": at[1], "edition": at[2], "onePercent": level}).select(
        pl.format("party/site{}", "site").alias("place"),
        pl.format("Avis species{}", "species").alias("scientificName"),
        pl.format("p{}", "species").alias("populationID"),
        pl.Series(EDITIONS).gather(pl.Series(at[2])).alias("edition"),
        "onePercent",
        (pl.col("onePercent") // 4).alias("quarter"),
        pl.lit("published").alias("basis"),
        (pl.col("edition") == len(EDITIONS) - 1).alias("inForce"),
        pl.lit("").alias("reason"),
    )


def assigned_to(rows: pl.DataFrame, species: int) -> pl.DataFrame:
    """Return the thresholds that the program assigns to every place, season and species."""
    at = [axis.ravel() for axis in np.indices((species, len(EDITIONS)), dtype=np.int32)]
    estimates = pl.DataFrame({"species": at[0], "edition": at[1]}).select(
        pl.format("p{}", "species").alias("populationID"),
        pl.format("Avis species{}", "species").alias("scientificName"),
        pl.lit("all").alias("populationName"),
        pl.format("edition {}", 2006 + 6 * pl.col("edition")).alias("edition"),
        (8_000 * (1 + pl.col("species") % 50) * (1 + pl.col("edition") / 4)).cast(pl.Int64).alias("minimum"),
    )
    estimates = estimates.with_columns(pl.col("minimum").alias("maximum"))
    sites = (
        rows.select("place")
        .unique(maintain_order=True)
        .with_columns(
            pl.lit("KP").alias("countryCode"), pl.lit(130.5).alias("longitude"), pl.lit(42.3).alias("latitude")
        )
    )
    wanted = rows.filter(pl.col("measure") != WATERBIRDS).select(
        "place", "season", pl.col("measure").alias("scientificName")
    )
    table = pl.concat([TABLES["population_estimates"].empty(), estimates], how="diagonal")
    return assign(table, sites, wanted.unique(maintain_order=True), dt.date(2024, 1, 1))


def counted(sites: int, species: int, years: int, kinds: tuple[str, ...]) -> pl.DataFrame:
    """Return the seasons made from visits and counts of such a world."""
    at = [axis.ravel() for axis in np.indices((sites, len(kinds), years), dtype=np.int32)]
    days = pl.Series([DAYS[kind] for kind in kinds]).gather(pl.Series(at[1]))
    visits = pl.DataFrame({"site": at[0], "year": at[2], "day": days}).select(
        pl.format("v{}-{}-{}", "site", "year", "day").alias("visitID"),
        pl.format("party/site{}", "site").alias("siteID"),
        pl.format("{}-{}", pl.col("year") + 2000, "day").str.to_date().alias("visitDate"),
        pl.lit("complete").alias("coverage"),
        pl.lit("all").alias("groupsCounted"),
    )
    rng = np.random.default_rng(1)
    names = pl.DataFrame({"scientificName": [f"Avis species{n}" for n in range(species)]})
    counts = visits.select("visitID").join(names, how="cross").with_row_index("row")
    counts = counts.select(
        pl.format("c{}", "row").alias("countID"),
        "visitID",
        "scientificName",
        pl.lit("ducks").alias("taxonGroup"),
        pl.lit("counted").alias("status"),
        pl.Series(rng.negative_binomial(1, 0.005, counts.height), dtype=pl.Int64).alias("count"),
    )
    places, visits, counts = (
        pl.concat([TABLES[name].empty(), frame], how="diagonal")
        for name, frame in (
            ("sites", visits.select("siteID").unique(maintain_order=True)),
            ("visits", visits),
            ("counts", counts),
        )
    )
    print(f"{visits.height:,} visits, {counts.height:,} counts")
    made = timed("occasions", lambda: occasions(places, visits, counts))
    return timed("seasons", lambda: seasons(made))


def timed(name: str, work: Callable[[], Made]) -> Made:
    """Print the CPU seconds of some work, and the largest memory so far; return what it made."""
    wall, start = time.perf_counter(), time.process_time()
    made = work()
    seconds, passed = time.process_time() - start, time.perf_counter() - wall
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {name:34s} {seconds:6.2f} CPU s, {passed:6.2f} s, {memory:,.0f} MB so far")
    return made


if __name__ == "__main__":
    main()
