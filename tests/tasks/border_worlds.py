"""A square of land with a border in its middle, and studies on it whose packages are written down in a test."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
from tests.builders import package

from tumen.tasks import pool as pooling
from tumen.tasks.study import parse_study

LEOPARD = "Panthera pardus"
KILOMETRE = 1 / 111.2
"""A kilometre in degrees of latitude; `EAST` makes it one in degrees of longitude at 43 N."""
EAST = KILOMETRE / 0.7314


def square(west, east, south=42.5, north=43.5):
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def countries(folder):
    """China to the west of 131 E, Russia to the east."""
    sides = {"CN": square(130.3, 131.0), "RU": square(131.0, 131.7)}
    features = [
        {"type": "Feature", "properties": {"countryCode": code}, "geometry": shape} for code, shape in sides.items()
    ]
    file = folder / "countries.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file


def pooled(folder, monkeypatch, packages, **sections):
    """Pool packages that are only in memory, under a study with these sections."""
    by_name = {f"{number}": one for number, one in enumerate(packages)}
    monkeypatch.setattr(pooling, "read_package", lambda entry: by_name[entry.path.name])
    countries(folder)
    given = {
        "study": {"title": "A test", "species": [LEOPARD], "seed": 1, **sections.pop("study", {})},
        "area": {"countries": "countries.geojson"},
        "package": [{"path": name, "party": one.party} for name, one in by_name.items()],
        **sections,
    }
    return pooling.pool(parse_study(given, folder / "study.toml"))


def instant(day, hour=2):
    return f"{day:%Y-%m-%d}T{hour:02d}:00:00Z"


def camera(name, x, y, first, last):
    """A camera x km east of the border and y km north of 43 N."""
    return {
        "deploymentID": name,
        "longitude": f"{131.0 + x * EAST:.6f}",
        "latitude": f"{43.0 + y * KILOMETRE:.6f}",
        "coordinateUncertainty": "10",
        "deploymentStart": instant(first, 0),
        "deploymentEnd": instant(last, 0),
    }


def sighting(name, camera_, animal, when, sex=None, stage=None):
    return {
        "observationID": name,
        "deploymentID": camera_,
        "eventStart": instant(when),
        "eventEnd": instant(when),
        "individualID": animal,
        "sex": sex,
        "lifeStage": stage,
        "count": "1",
    }


def grid_survey(seed=5, nights=50, animals=30):
    """Thirty-six cameras 2.5 km apart on both sides of the border, and who passed them: (deployments, observations)."""
    rng = np.random.default_rng(seed)
    first = datetime(2014, 1, 1, tzinfo=UTC)
    places = [(2.5 * column - 6.25, 2.5 * row - 6.25) for row in range(6) for column in range(6)]
    stood = [camera(f"c{n:02d}", x, y, first, first + timedelta(days=nights)) for n, (x, y) in enumerate(places)]
    centres = rng.uniform(-11.0, 11.0, (animals, 2))
    chance = 0.06 * np.exp(-((centres[:, None] - np.array(places)[None]) ** 2).sum(axis=2) / (2 * 2.0**2))
    seen = rng.random((nights, animals, len(places))) < chance
    rows = [
        sighting(f"o{k}", f"c{place:02d}", f"L{animal:02d}", first + timedelta(days=int(night)))
        for k, (night, animal, place) in enumerate(zip(*np.nonzero(seen), strict=True))
    ]
    return stood, rows


def in_one(stood, rows, party="north-reserve", name="whole"):
    """One package of these cameras and sightings, which declares no country."""
    return package(party=party, country=None, name=name, deployments=stood, observations=rows)
