"""The birds that were truly there: flocks arrive, stay and leave, so that each day has a number of its own.

A species passes a place in flocks. A flock arrives on a day of a normal distribution around the peak of the season and
stays a geometrically distributed number of days; so birds turn over, and more pass than are there on any one day. How
many pass in a year varies as a negative binomial does; in winter the flocks are there throughout. Everything here is
known to the world alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.simulate.estuary_sites import (
    COMPLEX,
    COUNTED,
    KINDS,
    PLACES,
    SEASONS,
    SITES,
    EstuarySettings,
    Kind,
    peak,
    top,
)
from tumen.simulate.streams import stream

Whole = npt.NDArray[np.int64]
SPREAD = 8.0
"""Standard deviation of the days of arrival, in days. Assumed."""
EVENNESS = 60.0
"""Size of the negative binomial: a year's number varies by 13 % beside the flocks. Assumed."""
FLOCKS = 0.5
"""Standard deviation of the logarithm of the size of flocks. Assumed."""
WEEKS = 60
"""Days before and after the peak that are simulated; a season of passage is over by then."""
WINTERED = 44
"""Days before and after the middle of a winter that its birds are there: from the first of December."""
SPANS = {"winter": ((-1, 12, 1), (0, 3, 0)), "spring": ((0, 3, 1), (0, 5, 31)), "autumn": ((0, 8, 1), (0, 11, 30))}
"""First and last day of each season: year (0: that which names the season), month, day (0: the last before it)."""


@dataclass(frozen=True)
class Presence:
    """`days[place, species]`: birds present on each day from `first` on; `passed`: (place, species, season, year)."""

    first: date
    days: Mapping[tuple[str, str], Whole]
    passed: Mapping[tuple[str, str, str, int], int]

    def at(self, place: str, species: str, day: date) -> int:
        """Return the birds of a species at a place on a day."""
        return int(self.days[place, species][(day - self.first).days])


def presence(settings: EstuarySettings, seed: int) -> Presence:
    """Return the birds of every day, species and counted place; each place and species has its own random numbers."""
    first, last = date(settings.span[0] - 1, 1, 1), date(settings.last + 1, 3, 1)
    length = (last - first).days
    days: dict[tuple[str, str], Whole] = {}
    passed: dict[tuple[str, str, str, int], int] = {}
    for site in COUNTED:
        for kind in KINDS:
            rng = stream(seed, f"estuary/{site.name}/{kind.name}")
            changes = np.zeros(length + 1, np.int64)
            for year in settings.span:
                for season in SEASONS:
                    size = _expected(site.name, kind, season, year, settings)
                    middle = (peak(season, year, kind) - first).days
                    passed[site.name, kind.name, season, year] = _season(changes, size, middle, season, kind, rng)
            days[site.name, kind.name] = np.cumsum(changes)[:-1]
    return Presence(first, days, passed)


def _expected(place: str, kind: Kind, season: str, year: int, settings: EstuarySettings) -> float:
    """Return the mean number of birds at the peak of a season."""
    parent = top(place)
    share = {"RM-N1": 0.55, "RM-N2": 0.45}.get(place, 1.0)
    of_season = {"winter": kind.winter, "spring": kind.spring, "autumn": 1.0}[season]
    frozen = 0.0 if season == "winter" and year == settings.ice else 1.0
    # The trend is counted from the last year of the full example, so that a shorter one has the same numbers in it.
    since = year - (settings.last - 11)
    return kind.peaks[PLACES.index(parent)] * share * of_season * frozen * kind.slope**since


def _season(changes: Whole, size: float, middle: int, season: str, kind: Kind, rng: np.random.Generator) -> int:
    """Add a season's arrivals and departures to `changes`; return how many birds passed."""
    if size == 0:
        return 0
    staying = season == "winter"
    wanted = size if staying else size / at_peak(kind.stay)
    birds = int(rng.poisson(wanted * rng.gamma(EVENNESS, 1 / EVENNESS)))
    flocks = _flocks(birds, kind.flock, rng)
    if staying:
        arrivals = np.full(flocks.size, middle - WINTERED)
        leaves = np.full(flocks.size, middle + WINTERED)
    else:
        arrivals = middle - round(kind.stay / 2) + np.rint(rng.normal(0, SPREAD, flocks.size)).astype(np.int64)
        stays = rng.geometric(1 / kind.stay, flocks.size)
        leaves = np.minimum(arrivals + stays, middle + WEEKS)
    np.add.at(changes, arrivals, flocks)
    np.subtract.at(changes, leaves, flocks)
    return birds


def _flocks(birds: int, mean: float, rng: np.random.Generator) -> Whole:
    """Return the sizes of flocks, lognormal and 1 or more, that make up so many birds."""
    sizes: list[Whole] = []
    left = birds
    while left > 0:
        drawn = rng.lognormal(np.log(mean) - FLOCKS**2 / 2, FLOCKS, int(left / mean * 1.2) + 4)
        some = np.maximum(1, np.rint(drawn)).astype(np.int64)
        sums = np.cumsum(some)
        keep = int(np.searchsorted(sums, left))
        some = some[: keep + 1]
        if keep < sums.size:
            some[-1] -= sums[keep] - left
        sizes.append(some[some > 0])
        left -= int(some.sum())
    return np.concatenate(sizes) if sizes else np.zeros(0, np.int64)


def at_peak(stay: float) -> float:
    """Return the share of a season's birds that is there on the day when most are.

    >>> round(at_peak(12.0), 2), round(at_peak(1.0), 3)
    (0.41, 0.05)
    """
    days = np.arange(-WEEKS, WEEKS + 1)
    arrived = np.exp(-((days / SPREAD) ** 2) / 2)
    arrived /= arrived.sum()
    remains = (1 - 1 / stay) ** np.arange(days.size)
    return float(np.convolve(arrived, remains).max())


TRUTH: dict[str, pl.DataType | type[pl.DataType]] = {
    "place": pl.String,
    "kind": pl.String,
    "season": pl.String,
    "year": pl.Int64,
    "measure": pl.String,
    "maximum": pl.Int64,
    "day": pl.Date,
    "passed": pl.Int64,
}


def truth(birds: Presence, settings: EstuarySettings) -> pl.DataFrame:
    """Return, of every place, season and measure, the most birds that were there at one time, and how many passed.

    `place` is `party/site` as in answers, or the count group; `measure` a species, or `waterbirds` for all of them
    but the introduced; `day` the first day with that number. `passed` is empty for several species or count units
    together: the same bird may have passed two places.
    """
    rows: list[tuple[object, ...]] = []
    members: dict[str, list[str]] = {}
    for site in COUNTED:
        members.setdefault(top(site.name), []).append(site.name)
    members[COMPLEX] = [name for name in members if name.startswith("RM-")]
    members[COMPLEX] = [unit for name in members[COMPLEX] for unit in members[name]]
    for place, units in members.items():
        kind = "group" if place == COMPLEX else "site"
        name = named(place)
        series = {one.name: _summed(birds, units, [one.name]) for one in KINDS}
        series["waterbirds"] = _summed(birds, units, [one.name for one in KINDS if not one.introduced])
        for measure, days in series.items():
            for year in settings.span:
                for season in SEASONS:
                    start, stop = (bound(birds.first, year, end) for end in SPANS[season])
                    some = days[start : stop + 1]
                    at = int(some.argmax())
                    alone = len(units) == 1 and measure != "waterbirds"
                    passed = birds.passed[units[0], measure, season, year] if alone else None
                    day = date.fromordinal(birds.first.toordinal() + start + at)
                    rows.append((name, kind, season, year, measure, int(some[at]), day, passed))
    return pl.DataFrame(rows, schema=TRUTH, orient="row")


def named(place: str) -> str:
    """Return the name that answers give a place: that of a site with its party, that of the count group as it is.

    >>> named("RM-C"), named("river-mouth")
    ('coast-office/RM-C', 'river-mouth')
    """
    return next((f"{site.party}/{place}" for site in SITES if site.name == place), place)


def bound(first: date, year: int, end: tuple[int, int, int]) -> int:
    """Return the number of the day, counted from `first`, of an end of a season."""
    years, month, day = end
    return date(year + years, month, max(day, 1)).toordinal() - int(day == 0) - first.toordinal()


def _summed(birds: Presence, places: list[str], species: list[str]) -> Whole:
    found: Whole = np.sum([birds.days[place, one] for place in places for one in species], axis=0)
    return found
