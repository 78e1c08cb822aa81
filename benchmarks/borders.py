"""Time a million points against a border: CPU seconds and memory. Run by hand; never by the tests.

python benchmarks/borders.py                            a made-up river border of 10 m detail, some 2,000 km long
python benchmarks/borders.py --border countries.geojson polygons with a country code (iso_a2, iso_a3 or countryCode)
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import polars as pl
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseGeometry

from tumen.measure.border import Border, derive
from tumen.measure.sides import POINTS, Countries, locate

POINTS_ASKED = 1_000_000
STATIONS = 5_000


def made_up(rng: np.random.Generator) -> dict[str, BaseGeometry]:
    """Two countries parted by a crooked river, 80 m wide, with an edge every 100 m or so."""
    count = 12_000
    course = np.column_stack((130 + np.cumsum(rng.normal(0, 0.0009, count)), np.linspace(40, 47, count)))
    course[:, 0] -= np.linspace(0, course[-1, 0] - course[0, 0], count)
    other = np.add(course, [0.001, 0.0])[::-1]
    west = Polygon([(126, 40), *course, (126, 47)]).buffer(0)
    east = Polygon([(134, 47), *other, (134, 40)]).buffer(0)
    return {"CN": west, "RU": east}


def given(path: Path) -> dict[str, BaseGeometry]:
    """The polygons of a GeoJSON file, by two-letter codes."""
    short = {"CHN": "CN", "RUS": "RU", "PRK": "KP", "MLI": "ML", "BFA": "BF", "NER": "NE", "MNG": "MN"}
    polygons = {}
    for feature in json.loads(path.read_text())["features"]:
        properties = feature["properties"]
        code = next(properties[key] for key in ("countryCode", "iso_a2", "iso_a3") if key in properties)
        polygons[short.get(code, code[:2])] = shape(feature["geometry"])
    return polygons


def frame(lon: np.ndarray, lat: np.ndarray) -> pl.DataFrame:
    """Points as `locate` takes them, with nothing recorded but where they are."""
    return pl.DataFrame({"longitude": lon, "latitude": lat}).with_columns(
        pl.lit(None, dtype=POINTS[name]).alias(name) for name in ("coordinateUncertainty", "declaredCountry")
    )


def timed(what: str, run: Callable[[], object]) -> None:
    """Print the CPU seconds of one piece of work."""
    start = time.process_time()
    run()
    print(f"{time.process_time() - start:7.2f} CPU s  {what}")


def main() -> None:
    """Print a line per case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--border", type=Path, help="GeoJSON with country polygons")
    chosen = parser.parse_args().border
    rng = np.random.default_rng(1)
    polygons: Mapping[str, BaseGeometry] = made_up(rng) if chosen is None else given(chosen)
    made: list[Border] = []
    timed("derive the border", lambda: made.append(derive(polygons)))
    border = Border.from_lines(made[0].lines())
    corners = sum(len(line.coords) for _, line in border.lines())
    print(f"           {len(border.lines())} lines, {corners:,} corners, countries {', '.join(border.codes)}")
    west, south, east, north = np.array([polygon.bounds for polygon in polygons.values()]).T
    lon = rng.uniform(west.min(), east.max(), POINTS_ASKED)
    lat = rng.uniform(south.min(), north.max(), POINTS_ASKED)
    at = rng.integers(0, STATIONS, POINTS_ASKED)
    timed("distances of 1,000,000 distinct points, the border not yet prepared", lambda: border.distances(lon, lat))
    timed("distances of 1,000,000 distinct points, again", lambda: border.distances(lon, lat))
    spots, many = frame(lon[at], lat[at]), frame(lon, lat)
    timed(
        f"sides and distances of 1,000,000 points at {STATIONS:,} stations",
        lambda: locate(spots, Countries(polygons), border),
    )
    fresh, countries = Border.from_lines(border.lines()), Countries(polygons)
    timed("sides and distances of 1,000,000 distinct points, nothing prepared", lambda: locate(many, countries, fresh))
    timed("sides and distances of 1,000,000 distinct points, again", lambda: locate(many, countries, fresh))
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:7.0f} MB  largest resident set")


if __name__ == "__main__":
    main()
