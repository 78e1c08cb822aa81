"""Real countries, and the slow way to a border."""

import json
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import LineString, shape
from shapely.geometry.base import BaseGeometry

from tumen.measure.geodesy import WGS84, Numbers, densify, ecef

ALPHA2 = {"CHN": "CN", "RUS": "RU", "PRK": "KP", "MLI": "ML", "BFA": "BF", "NER": "NE"}


def countries(data: Path, region: str) -> dict[str, BaseGeometry]:
    """Country polygons of OpenStreetMap at 10 m tolerance, inland water cut out."""
    text = (data / "F1_borders_OSM_10m" / f"{region}.geojson").read_text()
    return {ALPHA2[f["properties"]["iso_a3"]]: shape(f["geometry"]) for f in json.loads(text)["features"]}


class SlowLine:
    """Distances to lines the obvious way: measure to many points of them, then to many more around the nearest."""

    def __init__(self, lines: list[LineString], step: float = 20.0) -> None:
        self.pieces = [densify(shapely.get_coordinates(line), step) for line in lines]
        self.points = np.concatenate(self.pieces)
        self.chords = ecef(*self.points.T)
        self.piece = np.repeat(np.arange(len(self.pieces)), [len(p) for p in self.pieces])
        self.within = np.concatenate([np.arange(len(p)) for p in self.pieces])

    def distance(self, lon: float, lat: float) -> float:
        chord = np.linalg.norm(self.chords - ecef(np.array([lon]), np.array([lat])), axis=1)
        # A geodesic of 1,000 km is 1 km longer than its chord, and that differs by less than 3 % between directions.
        near = np.flatnonzero(chord <= chord.min() + 50.0 + 40.0 * (chord.min() / 1e6) ** 3)
        metres = _inverse(lon, lat, self.points[near])
        best = np.inf
        for k in near[metres <= metres.min() + 25.0]:
            piece, at = self.pieces[self.piece[k]], self.within[k]
            close = densify(piece[max(at - 1, 0) : at + 2], 0.2) if len(piece) > 1 else piece
            best = min(best, float(_inverse(lon, lat, close).min()))
        return best


def _inverse(lon: float, lat: float, points: Numbers) -> Numbers:
    metres: Numbers = WGS84.inv(
        np.full(len(points), lon), np.full(len(points), lat), points[:, 0].copy(), points[:, 1].copy()
    )[2]
    return metres
