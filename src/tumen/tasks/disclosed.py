"""At which level did each party disclose what a section of the report rests on?"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from tumen.report.population import section_name
from tumen.report.source import DISCLOSED
from tumen.sharing.levels import LEVELS
from tumen.tables.answer import Answer
from tumen.tasks.density_cells import level_of
from tumen.tasks.pool import Pool

_ANIMALS = ("encounters", "observations", "positions")
_CAMERAS = ("deployments", "operating_periods", "camera_days")
_BIRDS = ("counts", "visits", "sites")
USED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "transborder": _ANIMALS,
        "animals": _ANIMALS,
        "map": ("deployments", "observations", "positions"),
        "timelines": (*_ANIMALS, "operating_periods"),
        "effort": ("deployments", "operating_periods", "observations", "camera_days"),
        "density": ("observations", "deployments"),
        "survival": ("observations", "deployments"),
        "diversity": ("genotypes", "samples"),
        "waterbirds": _BIRDS,
        "trends": _BIRDS,
        "indicators": _BIRDS,
    }
)
"""The tables a section is made from; `results`, `pooled` and `quality` are made from all."""


def disclosed(pooled: Pool, population: tuple[Answer, ...]) -> pl.DataFrame:
    """Return the levels (`DISCLOSED`): one row for each section and each party that gave it a row.

    A party whose packages are of several levels has them all, the least first.
    """
    sections = {
        name: tables
        for name, tables in USED.items()
        if name in ("transborder", "animals", "map", "timelines", "effort")
    }
    sections |= {section_name(answer): USED[answer.name] for answer in population}
    every = tuple(dict.fromkeys(table for tables in (_ANIMALS, _CAMERAS, *sections.values()) for table in tables))
    sections |= {"results": every, "pooled": every, "quality": ()}
    rows = []
    for section, tables in sections.items():
        levels: dict[str, set[str]] = {}
        for package in pooled.packages:
            if not tables or any(package.table(table).height for table in tables):
                levels.setdefault(package.party, set()).add(level_of(package))
        for party, own in sorted(levels.items()):
            rows.append((section, party, ", ".join(sorted(own, key=LEVELS.index))))
    return pl.DataFrame(rows, schema=dict(DISCLOSED), orient="row")
