"""Read what a coordinator proposes for a joint fit: a TOML file with [plan], and the ground that it names.

The ground is a box in degrees, so the coordinator needs no station to draw it: cells lie in the box, on the land of the
countries, and in the habitat where one is named.
"""

import tomllib
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from tumen.errors import MisuseError, StudyError, Text
from tumen.files import geometry, regions
from tumen.population.scr.federated import FEWEST, KINDS, Agreement
from tumen.population.scr.mask import Wanted, mask
from tumen.population.scr.model import model
from tumen.population.scr.plane import Plane, plane_of
from tumen.population.scr.regions import countries, country_of
from tumen.population.scr.survey import Mask
from tumen.tasks.federated_files import Plan, closed
from tumen.tasks.study_values import (
    Reader,
    a_duration,
    a_path,
    a_positive,
    a_text,
    a_whole,
    a_word,
    section,
    sessions,
    texts,
)

MOST = 8_000
"""Cells of a mask: an answer has a row for each animal in each of them."""
NEEDED = ("species", "parties", "model", "sessions", "box", "spacing")


def _box(value: Any, what: str, _: Path) -> tuple[float, float, float, float]:
    """Read west, south, east and north in degrees."""
    fine = isinstance(value, list) and len(value) == 4
    if not fine or not all(isinstance(each, int | float) and not isinstance(each, bool) for each in value):
        raise StudyError(Text("four numbers for {what}", what=what), f"{value!r}", "Write [west, south, east, north].")
    west, south, east, north = map(float, value)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        cure = "Write [west, south, east, north] in degrees."
        raise StudyError(Text("west before east, south before north for {what}", what=what), f"{value!r}", cure)
    return west, south, east, north


KEYS: Mapping[str, tuple[str, Reader]] = {
    "species": ("species", a_text),
    "parties": ("parties", texts),
    "model": ("model", a_text),
    "sessions": ("sessions", sessions),
    "occasion": ("occasion", a_duration),
    "detector": ("detector", a_word(*KINDS)),
    "fewestStations": ("fewest", a_whole),
    "sexes": ("sexes", texts),
    "box": ("box", _box),
    "spacing": ("spacing", a_positive),
    "countries": ("countries", a_path),
    "region": ("region", a_text),
    "habitat": ("habitat", a_path),
}


def read_proposal(path: Path) -> Plan:
    """Read a proposal and lay out its mask; raise `StudyError` naming the first thing that is wrong."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StudyError("a plan in TOML", f"{error}", Text("Correct {path}.", path=path)) from error
    asked = section(given, "plan", KEYS, path.parent)
    lacking = [name for name in NEEDED if name not in asked]
    if lacking:
        raise StudyError("all that a plan says in [plan]", Text("no {names}", names=", ".join(lacking)), "Add it.")
    if len(set(asked["parties"])) < 2 or len(set(asked["parties"])) < len(asked["parties"]):
        raise StudyError("two parties or more, each once", ", ".join(asked["parties"]), "Correct parties in [plan].")
    west, south, east, north = asked["box"]
    plane = plane_of(np.array([west, west, east, east]), np.array([south, north, south, north]))
    occasion = asked.get("occasion", timedelta(days=1))
    agreed = Agreement(
        model(asked["model"]),
        _mask(asked, plane),
        closed(asked["sessions"], occasion),
        asked.get("detector", "proximity"),
        {"sex": tuple(asked["sexes"])} if "sexes" in asked else {},
        asked.get("fewest", FEWEST),
    )
    return Plan(asked["species"], tuple(sorted(asked["parties"])), asked["sessions"], occasion, plane, agreed)


def _mask(asked: Mapping[str, Any], plane: Plane) -> Mask:
    """Return the cells of the box that are land and habitat, each with its country."""
    if ("countries" in asked) == ("region" in asked):
        found = "both" if "region" in asked else "neither"
        raise StudyError("countries or region in [plan]", found, "Keep the one that is meant.")
    shapes = geometry.read_countries(asked["countries"]) if "countries" in asked else regions.region(asked["region"])
    box = plane.shape(shapely.box(*asked["box"]))
    polygons = {code: plane.shape(shape) for code, shape in shapes.items()}
    ground: BaseGeometry = shapely.intersection(box, shapely.unary_union(list(polygons.values())))
    if "habitat" in asked:
        named = geometry.read_areas(asked["habitat"]).values()
        ground = shapely.intersection(ground, shapely.unary_union([plane.shape(shape) for shape in named]))
    if shapely.area(ground) / asked["spacing"] ** 2 > MOST:
        found_ = Text("about {count}", count=round(shapely.area(ground) / asked["spacing"] ** 2))
        raise MisuseError(Text("a mask of {most} cells or fewer", most=MOST), found_, "Widen spacing in [plan].")
    cells, _ = mask(np.zeros((1, 2)), habitat=ground, wanted=Wanted(asked["spacing"], plane.reach, limit=2 * MOST))
    if not len(cells):
        raise MisuseError("a box with land and habitat in it", "none", "Correct box or habitat in [plan].")
    whose = country_of(cells, countries(cells, polygons))
    return Mask(cells.xy, cells.area, cells.spacing, {"country": whose})
