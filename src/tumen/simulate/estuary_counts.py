"""What people wrote down at the invented estuary: visits and counts of each party, with everything that goes wrong.

Planned visits that nobody made, a unit that was not reached, half a site, some groups only, numbers withheld, zeros,
estimates with a range, birds known by their group alone, and three countries on one day or days apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from tumen.simulate.estuary_birds import Presence
from tumen.simulate.estuary_sites import COUNTED, KINDS, SEASONS, UNNAMED, EstuarySettings, Site, top
from tumen.simulate.samples import Row
from tumen.simulate.streams import stream

ZONES = {"RU": "Asia/Vladivostok", "CN": "Asia/Shanghai", "KP": "Asia/Pyongyang"}
OFFSETS = {"winter": (0,), "spring": (-7, 4, 14), "autumn": (-30, -6, 7)}
"""Days of the planned visits of a season around its middle."""
APART = {"RU": (0, 1), "CN": (3, 6), "KP": (-4, -1)}
"""Days by which a country's count differs from the plan, in years without one common day."""
PARTLY = (40, 50)
"""Percent of the Chinese site that is seen in an ordinary year."""
SOME = ("geese", "swans", "cranes")
COUNTED_OUT = 200
"""Birds up to which they are counted out; larger flocks are estimated."""
ERROR, RANGE = 0.04, 0.1
"""Standard deviation of the logarithm of an estimate, and what the observer says it may be wrong by. Assumed."""


@dataclass(frozen=True)
class Visit:
    """A planned visit: where, when, and how much was covered (percent; 0 for a visit that nobody made)."""

    site: Site
    season: str
    year: int
    day: date
    percent: int
    groups: tuple[str, ...]
    number: int

    @property
    def name(self) -> str:
        """The visitID."""
        return f"{self.site.name}-{self.year}-{self.season}-{self.number}"


def visits(settings: EstuarySettings, seed: int) -> list[Visit]:
    """Return all planned visits, in the order of sites and days."""
    days = {
        (year, season, number): int(stream(seed, f"estuary/days/{year}/{season}/{number}").integers(-1, 2))
        for year in settings.span
        for season in SEASONS
        for number in range(len(OFFSETS[season]))
    }
    found = []
    for site in COUNTED:
        for (year, season, number), moved in days.items():
            rng = stream(seed, f"estuary/visits/{site.party}/{top(site.name)}/{year}/{season}/{number}")
            late = int(rng.integers(*APART[site.country]))
            percent = int(rng.integers(*PARTLY))
            alone = site.name.startswith("RM-") and year in settings.together
            month, middle = SEASONS[season]
            shift = OFFSETS[season][number] + moved + (0 if alone else late)
            day = date(year, month, middle) + timedelta(days=shift)
            covered = _covered(site, season, year, percent, settings)
            groups = SOME if _some(site, season, year, settings) else ("all",)
            found.append(Visit(site, season, year, day, covered, groups, number + 1))
    return found


def _covered(site: Site, season: str, year: int, percent: int, settings: EstuarySettings) -> int:
    if any((top(site.name), season) == (place, when) and year in years for place, when, years in settings.unvisited):
        return 0
    if site.name == "RM-N2" and season == "autumn" and year in settings.unit_missing:
        return 0
    if site.name == "RM-S" and not (season == "autumn" and year in settings.whole):
        return percent
    return 100


def _some(site: Site, season: str, year: int, settings: EstuarySettings) -> bool:
    return top(site.name) == "RM-N" and season == "autumn" and year in settings.some_groups


def visit_row(visit: Visit, settings: EstuarySettings, seed: int) -> Row:
    """Return the row of a visit."""
    row = {"visitID": visit.name, "siteID": visit.site.name, "visitDate": visit.day.isoformat()}
    if not visit.percent:
        return row | {"coverage": "notSurveyed", "comments": "planned; the road was under water"}
    rng = stream(seed, f"estuary/hours/{visit.name}")
    begun = datetime(visit.day.year, visit.day.month, visit.day.day, tzinfo=UTC) + timedelta(
        minutes=int(rng.integers(0, 30))
    )
    zone = ZoneInfo(ZONES[visit.site.country])
    ends = begun + timedelta(minutes=int(rng.integers(100, 240)))
    row |= {"visitStart": begun.astimezone(zone).isoformat(), "visitEnd": ends.astimezone(zone).isoformat()}
    row |= {"method": "ground", "observers": str(int(rng.integers(2, 6)))}
    if visit.season == "winter":
        row["ice"] = "frozen" if visit.year == settings.ice else "half frozen"
    row["groupsCounted"] = "|".join(visit.groups)
    if visit.percent < 100:
        return row | {"coverage": "partial", "coveragePercent": str(visit.percent)}
    return row | {"coverage": "complete" if visit.groups == ("all",) else "partial"}


def count_rows(visit: Visit, birds: Presence, settings: EstuarySettings, seed: int) -> list[Row]:
    """Return the counts of a visit: a row of every species, and of birds that were known by their group alone."""
    if not visit.percent:
        return []
    rng = stream(seed, f"estuary/counts/{visit.name}")
    seen = {kind: int(rng.binomial(birds.at(visit.site.name, kind.name, visit.day), visit.percent / 100))
            for kind in KINDS}  # fmt: skip
    unnamed = dict.fromkeys(UNNAMED, 0)
    rows = []
    for kind, number in seen.items():
        if visit.site.country in kind.unlisted:
            continue
        if kind.group in UNNAMED and not kind.introduced:
            lost = int(rng.binomial(number, UNNAMED[kind.group]))
            unnamed[kind.group] += lost
            number -= lost
        row = {"visitID": visit.name, "scientificName": kind.name, "taxonGroup": kind.group}
        rows.append(row | _said(visit, kind.name, kind.group, number, settings, rng))
    rows += [
        {"visitID": visit.name, "taxonGroup": group, "comments": "not identified"}
        | _said(visit, "", group, number, settings, rng)
        for group, number in unnamed.items()
    ]
    return rows


def _said(
    visit: Visit, species: str, group: str, number: int, settings: EstuarySettings, rng: np.random.Generator
) -> Row:
    """Return the status and the numbers of one count."""
    if visit.groups != ("all",) and group not in visit.groups:
        return {"status": "notCounted"}
    if (top(visit.site.name), species, visit.season) in settings.withheld and visit.year in settings.withheld_years:
        return {"status": "withheld"}
    if number <= COUNTED_OUT:
        return {"status": "counted", "count": str(number)}
    step = 10 if number < 2000 else 50
    guess = max(step, step * round(number * rng.lognormal(0, ERROR) / step))
    least, most = step * int(guess * (1 - RANGE) / step), step * -int(-guess * (1 + RANGE) // step)
    numbers = {"count": str(guess), "minimum": str(least), "maximum": str(most), "estimated": "true"}
    return {"status": "counted", **numbers}


def numbered(rows: Iterator[Row], prefix: str) -> list[Row]:
    """Give counts their identifiers.

    >>> numbered(iter([{"status": "counted"}]), "RU")
    [{'countID': 'RU-00001', 'status': 'counted'}]
    """
    return [{"countID": f"{prefix}-{number:05d}", **row} for number, row in enumerate(rows, 1)]
