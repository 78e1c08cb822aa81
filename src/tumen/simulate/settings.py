"""What a world is made of: every number that may be changed, with its reason.

Numbers with a source name it. The others are assumptions, and say so.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from tumen.errors import MisuseError, Text, nearest

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""


@dataclass(frozen=True, kw_only=True)
class Species:
    """One species of the world.

    `sigma_*` are standard deviations of an animal's position around its activity centre along each axis, in km, so that
    95 % of its time is spent within 18.82 sigma squared (half-normal home range). `crossers` is the share of the adults
    whose centre lies nearer to the border than `near` sigma; the centres of the others lie `far` sigma away or more.
    """

    name: str
    label: str
    females: int
    males: int
    dispersers: int
    sigma_female: float
    sigma_male: float
    litters: float
    litter_mean: float
    litter_sd: float
    crossers: float = 0.4
    near: float = 0.6
    far: float = 2.0
    cub_deaths: float = 0.44
    independence: tuple[float, float] = (18.8, 1.5)


TIGER = Species(
    name="Panthera tigris",
    label="tiger",
    females=6,
    males=4,
    dispersers=2,
    # Computed by 95 % range = 18.82 sigma squared from published ranges of 458 (F) and 1818 km2 (M), both SCR-derived.
    # GPS collars gave 401 +- 205 and 778 +- 267 km2 (Hernandez-Blanco 2015), that is 4.6 and 6.4 km.
    sigma_female=4.93,
    sigma_male=9.83,
    litters=0.35,
    # Kerley 2003: litter 2.4 +- 0.6, 41-47 % of cubs die in their first year, independent at 18.8 +- 1.5 months.
    litter_mean=2.4,
    litter_sd=0.6,
)

LEOPARD = Species(
    name="Panthera pardus",
    label="leopard",
    females=13,
    males=9,
    dispersers=2,
    # Assumed: 118 and 301 km2 by the same rule. No table of sigma for the Amur leopard could be read.
    sigma_female=2.5,
    sigma_male=4.0,
    litters=0.25,
    # Vitkalova and Shevtsova 2016: 5 females with 11 cubs and 9 with 16, so 27 / 14. The spread, the deaths of cubs and
    # the age of independence are assumed to be the tiger's.
    litter_mean=1.93,
    litter_sd=0.7,
)


@dataclass(frozen=True, kw_only=True)
class Party:
    """One organisation with cameras: where it works and how it writes.

    `south` and `north` bound its ground in degrees. `zone` is a tz database name, or "" for a party that writes every
    time as UTC (`Z`). `names` gives each species label the pattern of its local names, with {number} and {sex}.
    `identified` is the share of encounters with adults that it can put a name to.
    """

    name: str
    country: str
    prefix: str
    stations: int
    south: float
    north: float
    zone: str
    names: tuple[tuple[str, str], ...]
    identified: float = 0.75
    keeps_identifications: bool = True


NORTH = Party(
    name="north-reserve",
    country="RU",
    prefix="N",
    stations=40,
    south=42.5,
    north=43.5,
    zone="Asia/Vladivostok",
    names=(("tiger", "T{number:02d}{sex}"), ("leopard", "L{number:02d}{sex}")),
)
SOUTH = Party(
    name="south-institute",
    country="CN",
    prefix="S",
    stations=26,
    south=42.5,
    north=43.0,
    zone="Asia/Shanghai",
    names=(("tiger", "HCT-{number:02d}"), ("leopard", "HCL-{number:02d}")),
    keeps_identifications=False,
)
EAST = Party(
    name="east-university",
    country="CN",
    prefix="E",
    stations=24,
    south=43.0,
    north=43.6,
    zone="",
    # The same words as the northern reserve's for other animals, as happens.
    names=(("tiger", "T{number:02d}"), ("leopard", "L{number:02d}")),
    identified=0.65,
)


@dataclass(frozen=True, kw_only=True)
class WorldSettings:
    """All numbers of a world. Lengths are km, durations hours or days as named, shares and chances 0 to 1.

    Motion: `homing` and `persistence` are the two relaxation times (hours) of position and velocity; `step` is the
    grid of time (minutes). Cameras: in every step an animal at distance d (km) from a station meets it with
    chance `encounter` * exp(-d^2 / (2 `kernel`^2)), none beyond 2.5 `kernel`.

    `failures`, `clocks`: whether cameras fail, and whether parties overlook wrong clocks. `wrong_clocks` is the
    number of deployments with each kind of clock error in each party. `snap` (degrees, 0 = exact) rounds the
    coordinates that parties give away. `misidentified`, `links_missing` and `links_wrong` are error rates.

    >>> WorldSettings(end=date(2013, 8, 1))
    Traceback (most recent call last):
    tumen.errors.MisuseError: a world that ends after it starts; found 2013-08-01 to 2013-08-01. Give a later end.
    """

    start: date = date(2013, 8, 1)
    end: date = date(2015, 8, 1)
    sides: tuple[str, str] = ("CN", "RU")
    area: Box = (129.6, 42.2, 132.1, 44.1)
    core: Box = (130.2, 42.5, 131.75, 43.55)
    reach: float = 32.0
    species: tuple[Species, ...] = (TIGER, LEOPARD)
    parties: tuple[Party, ...] = (NORTH, SOUTH, EAST)
    homing: float = 48.0
    persistence: float = 3.0
    step: float = 30.0
    pace: float = 5.0
    encounter: float = 0.15
    kernel: float = 0.3
    paired: float = 0.35
    cell: float = 4.0
    service: tuple[float, float] = (110.0, 190.0)
    both_cameras: float = 0.85
    cub_seen: float = 0.6
    cub_identified: float = 0.4
    failures: bool = True
    stolen: float = 0.04
    failed: float = 0.12
    obstructed: float = 0.06
    clocks: bool = True
    wrong_clocks: int = 1
    others: tuple[tuple[str, float], ...] = (
        ("Cervus nippon", 0.5),
        ("Sus scrofa", 0.2),
        ("human", 0.25),
        ("blank", 0.35),
    )
    snap: float = 0.0
    misidentified: float = 0.0
    links_missing: float = 0.0
    links_wrong: float = 0.0

    def __post_init__(self) -> None:
        """Refuse settings that no world can have."""
        if self.end <= self.start:
            raise MisuseError("a world that ends after it starts", f"{self.start} to {self.end}", "Give a later end.")
        for name in SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise MisuseError(Text("{name} between 0 and 1", name=name), str(getattr(self, name)), "Give a share.")
        for name in POSITIVE:
            if getattr(self, name) <= 0:
                raise MisuseError(
                    Text("{name} above 0", name=name), str(getattr(self, name)), "Give a positive number."
                )
        if self.homing <= self.persistence:
            raise MisuseError(
                "homing longer than persistence",
                Text("{homing} and {persistence} h", homing=f"{self.homing:g}", persistence=f"{self.persistence:g}"),
                "Exchange them?",
            )
        self._check_pace()
        self._check_parties()

    def _check_pace(self) -> None:
        """Keep six standard deviations of speed below the pace, since a Gaussian speed has no limit."""
        for species in self.species:
            sigma = max(species.sigma_female, species.sigma_male)
            speed = 6 * sigma / math.sqrt(self.homing * self.persistence)
            if speed > self.pace:
                raise MisuseError(
                    Text("a {label} that walks below {pace} km/h", label=species.label, pace=f"{self.pace:g}"),
                    Text(
                        "sigma {sigma} km with relaxation times {homing} and {persistence} h",
                        sigma=f"{sigma:g}",
                        homing=f"{self.homing:g}",
                        persistence=f"{self.persistence:g}",
                    ),
                    "Lengthen the times, or allow more pace.",
                )

    def _check_parties(self) -> None:
        for field in ("name", "prefix"):
            words = [getattr(party, field) for party in self.parties]
            if len(set(words)) < len(words):
                raise MisuseError(
                    Text("parties with a {field} of their own", field=field), ", ".join(words), "Rename one."
                )
        for party in self.parties:
            if party.country not in self.sides:
                raise MisuseError(
                    Text("{name} on a side of the border", name=party.name),
                    party.country,
                    nearest(party.country, self.sides),
                )

    @property
    def begins(self) -> datetime:
        """The first instant, UTC."""
        return datetime.combine(self.start, time(), UTC)

    @property
    def ends(self) -> datetime:
        """The last instant, UTC."""
        return datetime.combine(self.end, time(), UTC)

    @property
    def days(self) -> int:
        """Length of the world."""
        return (self.end - self.start).days

    @property
    def steps(self) -> int:
        """Number of points of the time grid, both ends included."""
        return round(self.days * 24 * 60 / self.step) + 1


SHARES = (
    "encounter", "paired", "both_cameras", "cub_seen", "cub_identified", "stolen", "failed", "obstructed",
    "misidentified", "links_missing", "links_wrong",
)  # fmt: skip
POSITIVE = ("reach", "homing", "persistence", "step", "pace", "kernel", "cell")


def small() -> WorldSettings:
    """Return settings of a small world for tests and first steps: four months, some twenty stations, quick to make.

    It spans 26 October 2014, when Vladivostok's clocks changed. Encounters are made three times as likely, so that the
    few animals still cross before cameras.

    >>> small().days
    122
    """
    tiger = replace(TIGER, females=2, males=1, dispersers=1, litters=0.5, crossers=0.7)
    leopard = replace(LEOPARD, females=3, males=2, dispersers=1, litters=0.5, crossers=0.7)
    parties = (replace(NORTH, stations=10), replace(SOUTH, stations=7), replace(EAST, stations=6))
    return WorldSettings(
        start=date(2014, 9, 1),
        end=date(2015, 1, 1),
        species=(tiger, leopard),
        parties=parties,
        core=(130.5, 42.72, 131.35, 43.12),
        reach=22.0,
        encounter=0.5,
        service=(45.0, 75.0),
    )
