"""Do the metadata of a view hold more than disclosure writes into them?"""

from collections.abc import Iterator
from typing import Any

import polars as pl

from tumen.sharing.leaks_texts import DESCRIPTOR
from tumen.tables.findings import finding
from tumen.tables.package import Package

MADE = (
    "name",
    "created",
    "dataGeneralizations",
    "informationWithheld",
    "contributors",
    "tumen",
    "licenses",
    "coordinatePrecision",
    "project",
    "profile",
    "resources",
)
"""What disclosure and the writer put there. Where, when and which taxa the writer reads off the tables afterwards."""
CONTRIBUTOR = ("title", "role")
PROJECT = ("title", "samplingDesign", "captureMethod", "individualAnimals", "observationLevel")
RESOURCE = ("name", "path", "profile", "format", "mediatype", "encoding", "schema")
OWN = ("party", "country", "protocol", "disclosure")


def descriptor_leaks(disclosed: Package) -> Iterator[pl.DataFrame]:
    """Return findings on metadata that disclosure does not write."""
    for key, value in disclosed.descriptor.items():
        if not _fine(key, value):
            yield finding("leak-descriptor", table=DESCRIPTOR, column=key)


def _fine(key: str, value: Any) -> bool:
    inner = {"project": PROJECT, "tumen": OWN, "contributors": CONTRIBUTOR, "resources": RESOURCE}
    if key not in MADE:
        return False
    if key not in inner:
        return True
    parts = value if isinstance(value, list) else [value]
    return all(isinstance(part, dict) and part.keys() <= {*inner[key]} for part in parts)
