"""The country polygons that ship with Tumen: one GeoJSON file for each region.

A shipped region is a convenience for examples, training and tests, at the accuracy its file states. A study that
decides anything near a border brings its own polygons.
"""

import json
from collections.abc import Mapping
from importlib import resources
from typing import Any

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from tumen.errors import PlaceError, nearest
from tumen.files.topojson import cut, feature_collection, polygons

_SUFFIX = ".geojson"

NORTHEAST_ASIA = (125.0, 38.0, 138.0, 48.0)
"""West, south, east, north of the region `northeast_asia`, in degrees."""

_NUMBERS = {"156": "CN", "408": "KP", "410": "KR", "643": "RU", "496": "MN", "392": "JP"}
_ABOUT: Mapping[str, str | int] = {
    "name": "northeast_asia",
    "title": "Countries of northeast Asia, 125-138 E, 38-48 N",
    "source": "Natural Earth 4.1.0, admin 0 countries, 1:10m, as in the npm package world-atlas 2.0.2, "
    "countries-10m.json",
    "licence": "public domain (Natural Earth)",
    "conversion": "world-atlas 2.0.2, ISC licence, Copyright 2013-2019 Michael Bostock; cut and rounded to 5 decimals "
    "by tumen.files.regions.northeast_asia",
    "accuracy": "Generalised for maps of 1:10 million, then quantised to 0.0036 degree of longitude by 0.0017 of "
    "latitude (290 m by 190 m at 43 N). Along the Lower Tumen (130-131.5 E, 42.3-43.6 N) the CN-RU line lies 1.2 km "
    "(median) and 2.9 km (95 %) from OpenStreetMap's; China's narrow tongue along the river ends some 15 km too far "
    "north. Fit for simulated worlds and overview maps; not for deciding on which side of a border a camera stands.",
    "accuracyMetres": 3_000,
    "disclaimer": "The lines are those of the source and express no opinion on the status of any territory or border.",
}

_TRUTH: Mapping[str, str | int] = {
    "accuracy": "Exact: in the simulated world that stands on this map the animals live by its lines. For the real "
    "world the lines are far coarser; do not use them there.",
    "accuracyMetres": 0,
}

ACCURACY: Mapping[str, float] = {"northeast_asia": float(_ABOUT["accuracyMetres"])}
"""m: how far the lines of a region may be from the true ones; a point nearer to a border has no certain side."""


def names() -> list[str]:
    """Return the names of the shipped regions.

    >>> names()
    ['northeast_asia']
    """
    folder = resources.files("tumen") / "files" / "regions"
    return sorted(entry.name.removesuffix(_SUFFIX) for entry in folder.iterdir() if entry.name.endswith(_SUFFIX))


def region(name: str = "northeast_asia") -> dict[str, BaseGeometry]:
    """Return the countries of a shipped region: ISO 3166-1 alpha-2 code -> polygon in WGS84 longitude and latitude.

    Neighbours share their border points exactly. The polygons end at the edge of the region, which is no border.
    Raises `PlaceError` for a region that is not there.

    >>> sorted(region())
    ['CN', 'KP', 'KR', 'RU']
    """
    return {
        feature["properties"]["countryCode"]: shape(feature["geometry"]) for feature in _collection(name)["features"]
    }


def about(name: str = "northeast_asia") -> dict[str, str]:
    """Return what the file of a region says of itself: title, source, licence, accuracy, disclaimer.

    >>> about()["licence"]
    'public domain (Natural Earth)'
    """
    return {key: text for key, text in _collection(name).items() if isinstance(text, str) and key != "type"}


def text(name: str = "northeast_asia") -> str:
    """Return the file of a region as it stands, to be written beside a study.

    >>> text().startswith('{"type": "FeatureCollection"')
    True
    """
    known = names()
    if name not in known:
        raise PlaceError("the name of a shipped region", repr(name), nearest(name, known))
    source = resources.files("tumen") / "files" / "regions" / f"{name}{_SUFFIX}"
    return source.read_text(encoding="utf-8")


def text_as_truth(name: str = "northeast_asia") -> str:
    """Return the file of a region for a simulated world that stands on it: there the map is the truth.

    >>> json.loads(text_as_truth())["accuracyMetres"]
    0
    """
    said = {key: value for key, value in _collection(name).items() if key not in ("type", "features")}
    return feature_collection(region(name), {**said, **_TRUTH})


def northeast_asia(topology: Mapping[str, Any]) -> str:
    """Return the text of the shipped file `northeast_asia`, made anew from world-atlas 2.0.2 `countries-10m.json`.

    `topology` is that file as `tumen.files.topojson.read_topology` returns it. The shipped text is this one, byte for
    byte.
    """
    return feature_collection(cut(polygons(topology, "countries", _NUMBERS), NORTHEAST_ASIA), _ABOUT)


def _collection(name: str) -> dict[str, Any]:
    collection: dict[str, Any] = json.loads(text(name))
    return collection
