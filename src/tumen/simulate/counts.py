"""A census of waterbirds at six invented sites on three days: clean, and zero, gap and withheld are three things."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from tumen.simulate.samples import Row, described, frame
from tumen.simulate.streams import stream
from tumen.tables.package import Package, assemble

PARTY, COMPLEX = "bird-network", "river-mouth"
SITES = (
    ("RM1", "North lagoon", "RU", COMPLEX),
    ("RM2", "River bar", "KP", COMPLEX),
    ("RM3", "Rice fields", "CN", COMPLEX),
    ("UL1", "Upper lake", "CN", ""),
    ("SP1", "Salt pans", "RU", ""),
    ("RV1", "Reservoir", "CN", ""),
)
"""Identifier, name, country and complex of each site; none of them exists."""
SPECIES = {
    "Anser albifrons": "geese",
    "Cygnus cygnus": "swans",
    "Spatula clypeata": "ducks",
    "Antigone vipio": "cranes",
    "Ardea alba": "herons",
    "Numenius madagascariensis": "shorebirds",
}
COUNTED, FLOCKS = "Anser albifrons", "Cygnus cygnus"
"""The species whose largest total is asked for, and the one whose young are counted apart."""
DAYS = (date(2024, 10, 12), date(2024, 10, 26), date(2024, 11, 9))
LATE = ("RM3", 1)
"""The site and the number of the day on which it was visited a day after the others."""
UNVISITED = ("SP1", 2)
SOME = (("UL1", 0), ("RV1", 1), ("SP1", 0))
"""Visits at which only some groups were counted."""
GROUPS = ("geese", "swans", "ducks")
ABSENT = 0.25
"""Share of counts that are a zero: looked for, and none there."""


@dataclass(frozen=True)
class Census:
    """The clean package, and the largest number of `COUNTED` that was in the complex on one day."""

    package: Package
    together: int


def census(seed: int) -> Census:
    """Return sites, visits and counts of three days; the same seed gives the same package.

    >>> made = census(1)
    >>> {name: made.package.table(name).height for name in ("sites", "visits")}, made.package.findings.height
    ({'sites': 6, 'visits': 18}, 0)
    """
    rng = stream(seed, "census")
    visits = [_visit(site, number, rng) for number in range(len(DAYS)) for site, *_ in SITES]
    counts = [row for visit in visits for row in _counts(visit, rng)]
    for number, row in enumerate(counts, 1):
        row["countID"] = f"c{number:03d}"
    for total, part in pairwise(counts):
        if part.get("partOf"):
            part["partOf"] = total["countID"] if total["lifeStage"] == "" else total["partOf"]
    days = (_together(visits, counts, day.isoformat()) for day in DAYS)
    tables = {"sites": [_site(each, rng) for each in SITES], "visits": visits, "counts": [_kept(row) for row in counts]}
    package = assemble(
        PARTY, {name: frame(rows) for name, rows in tables.items()}, party=PARTY, country="RU", format="simulated",
        descriptor=described(PARTY, "Simulated census of waterbirds"),
    )  # fmt: skip
    return Census(package, max(days))


def _site(site: tuple[str, str, str, str], rng: np.random.Generator) -> Row:
    names = ("siteID", "siteName", "countryCode", "countGroup")
    place = {"latitude": f"{rng.uniform(42.3, 42.6):.3f}", "longitude": f"{rng.uniform(130.5, 130.7):.3f}"}
    return _kept({**dict(zip(names, site, strict=True)), **place, "coordinateUncertainty": "1000"})


def _kept(row: Row) -> Row:
    return {name: cell for name, cell in row.items() if cell}


def _visit(site: str, number: int, rng: np.random.Generator) -> Row:
    day = DAYS[number] + timedelta(days=int((site, number) == LATE))
    row = {"visitID": f"{site}-{number + 1}", "siteID": site, "visitDate": day.isoformat()}
    if (site, number) == UNVISITED:
        return row | {"coverage": "notSurveyed", "comments": "road under water"}
    # Three zones meet here; each team writes its own.
    zone = {"RU": "+10:00", "CN": "+08:00", "KP": "+08:30"}[next(one[2] for one in SITES if one[0] == site)]
    start = f"{day.isoformat()}T08:{int(rng.integers(0, 60)):02d}:00{zone}"
    told = {"method": "ground", "observers": str(int(rng.integers(2, 5))), "visitStart": start}
    if (site, number) in SOME:
        return row | told | {"coverage": "partial", "coveragePercent": "60", "groupsCounted": "|".join(GROUPS)}
    return row | told | {"coverage": "complete", "groupsCounted": "all"}


def _counts(visit: Row, rng: np.random.Generator) -> list[Row]:
    """Return a row of every species at a visit, whether or not it was counted."""
    rows: list[Row] = []
    for species, group in SPECIES.items():
        row = {"countID": "", "visitID": visit["visitID"], "scientificName": species, "taxonGroup": group}
        row |= {"status": "notCounted", "lifeStage": "", "partOf": "", "count": ""}
        counted = visit["coverage"] == "complete" or (visit["coverage"] == "partial" and group in GROUPS)
        absent, number = rng.random() < ABSENT, int(rng.integers(20, 900))
        if species == COUNTED:
            absent = False
        if counted and species == "Antigone vipio" and visit["siteID"] == "RM2":
            row["status"] = "withheld"
        elif counted:
            row |= {"status": "counted", "count": "0" if absent else str(number)}
        rows.append(row)
        if counted and species == FLOCKS and not absent:
            rows += _stages(row, number, rng)
    return rows


def _stages(total: Row, number: int, rng: np.random.Generator) -> list[Row]:
    young = int(rng.integers(1, number // 3))
    return [
        {**total, "lifeStage": stage, "partOf": "total", "count": str(count)}
        for stage, count in (("adult", number - young), ("juvenile", young))
    ]


def _together(visits: list[Row], counts: list[Row], day: str) -> int:
    """Return the birds of the complex on one day; 0 where not all of its sites were counted on it."""
    sites = [site for site, _, _, group in SITES if group == COMPLEX]
    names = [visit["visitID"] for visit in visits if visit["siteID"] in sites and visit["visitDate"] == day]
    if len(names) < len(sites):
        return 0
    return sum(int(row["count"]) for row in counts if row["visitID"] in names and row["scientificName"] == COUNTED)
