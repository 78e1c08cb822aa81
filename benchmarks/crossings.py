"""Crossings of 1,000,000 detections of 2,000 individuals, sides included, in CPU seconds.

    python benchmarks/crossings.py
    python benchmarks/crossings.py --border borders.geojson

Twice: detections at 5,000 stations, and every detection at coordinates of its own (tracks). The border is a line with a
vertex every 10 m, or that between the polygons of a GeoJSON file with the property `iso_a3` or `countryCode`.
What is made once per study (countries, border) is shown apart: it does not grow with the detections. CPU seconds are
those of all threads.
"""

import argparse
import resource
import time
from pathlib import Path

import numpy as np
import polars as pl
import shapely
from shapely.geometry.base import BaseGeometry

from tumen.crossings.answer import transborder
from tumen.crossings.behind import EFFORT
from tumen.files.geometry import read_countries
from tumen.measure.border import Border, derive
from tumen.measure.sides import Countries, locate
from tumen.tables.answer import Answer

BUDGET = 5.0
"""CPU seconds for sides and answer together."""
FIRST, LAST = 1_356_998_400, 1_451_606_400  # 2013 to 2015, in seconds
RANGE = 0.08  # degrees within which an individual roams


def main() -> None:
    """Time both kinds of detections."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--border", type=Path, help="GeoJSON polygons with iso_a3 or countryCode")
    options.add_argument("--detections", type=int, default=1_000_000)
    options.add_argument("--individuals", type=int, default=2_000)
    options.add_argument("--stations", type=int, default=5_000)
    given = options.parse_args()
    start = time.process_time()
    polygons = meandering() if given.border is None else from_file(given.border)
    countries = Countries(polygons)
    # One question each prepares what is prepared on first use.
    border = derive(polygons)
    middle = shapely.union_all(list(polygons.values())).centroid
    locate(points(np.array([middle.x]), np.array([middle.y])), countries, border)
    vertices = sum(shapely.get_num_coordinates(line) for _, line in border.lines())
    print(f"countries {'|'.join(countries.codes)}, border of {vertices:,} vertices")
    print(f"prepared once            {time.process_time() - start:6.2f} CPU s")
    for name, detections in (
        ("at stations", at_stations(given, border)),
        ("every place its own", on_tracks(given, border)),
    ):
        report(name, detections, countries, border)


def report(name: str, detections: pl.DataFrame, countries: Countries, border: Border) -> None:
    """Time one set of detections and print what was found."""
    effort = cameras(detections, countries, border)
    wall, start = time.perf_counter(), time.process_time()
    located = locate(detections, countries, border)
    between = time.process_time()
    answer = transborder(located, effort)
    end = time.process_time()
    verdict = "within" if end - start < BUDGET else "OVER"
    print(f"{name}: {detections.height:,} detections of {detections['individualID'].n_unique():,} individuals")
    print(f"  sides                  {between - start:6.2f} CPU s")
    print(f"  answer                 {end - between:6.2f} CPU s")
    print(
        f"  together               {end - start:6.2f} CPU s ({time.perf_counter() - wall:.2f} s), {verdict} {BUDGET:g}"
    )
    print(f"  max RSS so far         {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:6.0f} MB")
    print(f"  {found(answer)}")


def found(answer: Answer) -> str:
    """Say what the answer holds."""
    tables = answer.tables
    uncertain = tables["encounters"]["countryCode"].null_count()
    return (
        f"{tables['encounters'].height:,} encounters ({uncertain:,} of uncertain side), "
        f"{tables['crossings'].height:,} crossings, status "
        + ", ".join(
            f"{name} {count:,}" for name, count in tables["individuals"]["status"].value_counts().sort("status").rows()
        )
    )


def meandering() -> dict[str, BaseGeometry]:
    """Two countries along a winding line of 200 km with a vertex every 10 m."""
    lat = np.linspace(42.0, 43.8, 20_001)
    lon = 131.0 + 0.05 * np.sin(lat * 20) + 0.002 * np.sin(lat * 900)
    line = np.column_stack((lon, lat))
    west = np.vstack((line, [(129.0, 43.8), (129.0, 42.0)]))
    east = np.vstack((line, [(133.0, 43.8), (133.0, 42.0)]))
    return {"CN": shapely.Polygon(west), "RU": shapely.Polygon(east)}


def from_file(path: Path) -> dict[str, BaseGeometry]:
    """Read the polygons of a GeoJSON file."""
    return dict(read_countries(path))


def homes(border: Border, count: int, rng: np.random.Generator) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Places up to 0.3 degrees from the border."""
    line = np.concatenate([shapely.get_coordinates(line) for _, line in border.lines()])
    return line[rng.integers(0, len(line), count)] + rng.uniform(-0.3, 0.3, (count, 2))


def points(lon: np.ndarray, lat: np.ndarray) -> pl.DataFrame:
    """Points without a stated uncertainty or country."""
    return pl.DataFrame({"longitude": lon, "latitude": lat}).with_columns(
        coordinateUncertainty=pl.lit(None, dtype=pl.Float64), declaredCountry=pl.lit(None, dtype=pl.String)
    )


def at_stations(given: argparse.Namespace, border: Border) -> pl.DataFrame:
    """Every individual at the stations near its home."""
    rng = np.random.default_rng(1)
    stations, home = homes(border, given.stations, rng), homes(border, given.individuals, rng)
    who = rng.integers(0, given.individuals, given.detections)
    near = np.argsort(((stations[None] - home[:, None]) ** 2).sum(axis=2), axis=1)[:, :40]
    where = near[who, rng.integers(0, near.shape[1], given.detections)]
    return detections(who, stations[where, 0], stations[where, 1], rng, where)


def on_tracks(given: argparse.Namespace, border: Border) -> pl.DataFrame:
    """Every individual somewhere round its home."""
    rng = np.random.default_rng(2)
    home = homes(border, given.individuals, rng)
    who = rng.integers(0, given.individuals, given.detections)
    where = home[who] + rng.normal(0, RANGE, (given.detections, 2))
    return detections(who, where[:, 0], where[:, 1], rng, None)


def detections(
    who: np.ndarray, lon: np.ndarray, lat: np.ndarray, rng: np.random.Generator, station: np.ndarray | None
) -> pl.DataFrame:
    """Detections as the pool of packages hands them over: in no order, with joint names."""
    instants = pl.Series(rng.integers(FIRST, LAST, len(who)) * 1_000_000).cast(pl.Datetime("us", "UTC"))
    frame = points(lon, lat).with_columns(
        who=who, eventStart=instants, station=pl.lit(None, dtype=pl.Int64) if station is None else pl.Series(station)
    )
    return frame.select(
        pl.format("o{}", pl.int_range(pl.len())).alias("detectionID"),
        pl.format("party-{}", pl.coalesce("station", "who") % 4).alias("party"),
        pl.format("party-0/T{}", "who").alias("individualID"),
        pl.format("party-0/T{} = party-1/{}", "who", "who").alias("names"),
        pl.when(pl.col("who") % 3 == 0)
        .then(pl.lit("Panthera tigris"))
        .otherwise(pl.lit("Panthera pardus"))
        .alias("scientificName"),
        pl.when(pl.col("who") % 2 == 0).then(pl.lit("male")).alias("sex"),
        pl.when(pl.col("who") % 9 == 0).then(pl.lit("juvenile")).otherwise(pl.lit("adult")).alias("lifeStage"),
        pl.lit("certain").alias("certainty"),
        "eventStart",
        (pl.col("eventStart") + pl.duration(seconds=0 if station is None else 30)).alias("eventEnd"),
        pl.format("party-{}/S{}", pl.col("station") % 4, "station").alias("place"),
        pl.format("S{}-1", "station").alias("deploymentID"),
        "longitude",
        "latitude",
        "coordinateUncertainty",
        "declaredCountry",
        pl.lit("position" if station is None else "camera").alias("source"),
    )


def cameras(detections: pl.DataFrame, countries: Countries, border: Border) -> pl.DataFrame:
    """Every station worked for the whole time; tracks have none."""
    stood = detections.drop_nulls("place").unique("place").sort("place")
    instants = {
        name: pl.lit(when * 1_000_000).cast(pl.Datetime("us", "UTC"))
        for name, when in (("start", FIRST), ("end", LAST))
    }
    return (
        locate(stood, countries, border).with_columns(**instants, days=pl.lit((LAST - FIRST) / 86_400)).select(*EFFORT)
    )


if __name__ == "__main__":
    main()
