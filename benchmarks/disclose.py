"""Disclose a package of 1,000,000 observations at 2,000 places, in CPU seconds of all threads, level by level.

python benchmarks/disclose.py
python benchmarks/disclose.py --observations 100000
"""

import argparse
import time
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from tumen.sharing.derived import SEEN, WORKED
from tumen.sharing.disclose import Derived, disclose
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import LEVELS, Grant
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.schema import OFFSET, Table
from tumen.tables.schema import UTC as INSTANT

BUDGET = 10.0
"""CPU seconds for one level."""
START = datetime(2013, 1, 1, tzinfo=UTC)
NAMED = 0.1
"""Share of the observations whose animal has a name; each is an encounter."""
NOW = datetime(2016, 1, 1, tzinfo=UTC)


def main() -> None:
    """Time every level."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--observations", type=int, default=1_000_000)
    options.add_argument("--places", type=int, default=2_000)
    given = options.parse_args()
    package, owned = made(given.observations, given.places)
    cases = [(level, frozenset[str]()) for level in LEVELS[1:]]
    for level, columns in [*cases, ("generalised", frozenset({"media"}))]:
        grant = Grant("south", level, columns=columns, category=2, agreement="A")
        start = time.process_time()
        view = disclose(package, grant, bytes(32), owned, Ledger(), NOW)
        used = time.process_time() - start
        rows = sum(frame.height for frame in view.package.tables.values())
        name = f"{level} and media" if columns else level
        verdict = "ok" if used < BUDGET else "OVER BUDGET"
        print(f"{name:22} {used:6.2f} CPU s  {rows:>10,} rows  {verdict}")


def made(count: int, places: int) -> tuple[Package, Derived]:
    """Return a package with a picture for each observation, and what its owner derived from it."""
    random = np.random.default_rng(7)
    at = random.integers(0, places, count)
    seconds = random.integers(0, 3 * 365 * 86_400, count)
    when = (pl.Series(seconds * 1_000_000) + int(START.timestamp()) * 1_000_000).cast(INSTANT)
    number = pl.int_range(count, eager=True).cast(pl.String)
    place = pl.Series(at).cast(pl.String)
    named = random.random(count) < NAMED
    deployments = pl.DataFrame({"deploymentID": pl.int_range(places, eager=True).cast(pl.String)}).with_columns(
        locationID=pl.col("deploymentID"),
        latitude=pl.Series(random.uniform(42, 44, places)),
        longitude=pl.Series(random.uniform(130, 132, places)),
        deploymentStart=pl.lit(START).cast(INSTANT),
        deploymentEnd=pl.lit(START + timedelta(days=3 * 365)).cast(INSTANT),
    )
    media = pl.DataFrame({"mediaID": "m" + number, "deploymentID": place, "timestamp": when}).with_columns(
        filePath="media/" + pl.col("mediaID") + ".jpg", filePublic=pl.lit(False), fileMediatype=pl.lit("image/jpeg")
    )
    observations = pl.DataFrame(
        {"observationID": "o" + number, "deploymentID": place, "mediaID": media["mediaID"], "eventStart": when}
    ).with_columns(
        eventEnd="eventStart",
        eventID=pl.lit("e") + pl.col("observationID"),
        observationLevel=pl.lit("media"),
        observationType=pl.lit("animal"),
        scientificName=pl.lit("Panthera pardus"),
        individualID=pl.Series(np.where(named, random.integers(0, 2_000, count), -1))
        .cast(pl.String)
        .replace("-1", None),
    )
    frames = {"deployments": deployments, "media": media, "observations": observations}
    tables = {name: complete(TABLES[name], frame) for name, frame in frames.items()}
    seen = pl.DataFrame({"individualID": observations["individualID"], "start": when, "end": when}).with_columns(
        scientificName=pl.lit("Panthera pardus"),
        source=pl.lit("camera"),
        location="place/" + place,
        detections=pl.lit(1, dtype=pl.Int64),
        countryCode=pl.lit("RU"),
        possibleCountries=pl.lit("RU"),
        borderDistance=pl.Series(at.astype(np.float64) * 7),
        sex=pl.lit(None, dtype=pl.String),
        lifeStage=pl.lit(None, dtype=pl.String),
    )
    worked = deployments.select(
        "deploymentID", pl.lit("RU").alias("countryCode"), start="deploymentStart", end="deploymentEnd"
    )
    seen = seen.filter(pl.col("individualID").is_not_null())
    package = Package(name="north", party="north", country="RU", format="", tables=tables, received={})
    return package, Derived(seen.select(*SEEN), worked.select(*WORKED))


def complete(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Return a frame with every declared column."""
    lacking = [pl.lit(None, dtype=dtype).alias(n) for n, dtype in table.dtypes.items() if n not in frame.columns]
    offsets = [pl.lit(0, dtype=pl.Int32).alias(n) for n in table.dtypes if n.endswith(OFFSET)]
    return frame.with_columns(lacking).with_columns(offsets).select(*table.dtypes)


if __name__ == "__main__":
    main()
