"""The invented estuary: its sites, how many birds of each species come, and when people count them.

The species are real. Sites, numbers, trends and dates are invented for this example: they are no counts, and nobody may
cite them.
"""

from dataclasses import dataclass
from datetime import date

from tumen.errors import MisuseError

COMPLEX = "river-mouth"
"""The count group of the three sites at the mouth."""
SEASONS = {"winter": (1, 14), "spring": (4, 10), "autumn": (10, 19)}
"""The seasons in which birds are counted, and the day about which most geese and ducks are there."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """A site, or a count unit of one (`part_of`); `hectares` is the area that its party reports."""

    name: str
    title: str
    party: str
    country: str
    longitude: float
    latitude: float
    hectares: int
    part_of: str = ""
    group: str = ""


SITES = (
    Site(name="RM-N", title="Whistling Lagoon", party="north-reserve", country="RU", longitude=130.705, latitude=42.38,
         hectares=2900, group=COMPLEX),
    Site(name="RM-N1", title="Whistling Lagoon, west basin", party="north-reserve", country="RU", longitude=130.69,
         latitude=42.38, hectares=1600, part_of="RM-N"),
    Site(name="RM-N2", title="Whistling Lagoon, east basin", party="north-reserve", country="RU", longitude=130.72,
         latitude=42.38, hectares=1300, part_of="RM-N"),
    Site(name="RM-S", title="Long Reed Fields", party="south-institute", country="CN", longitude=130.56, latitude=42.58,
         hectares=2400, group=COMPLEX),
    Site(name="RM-C", title="Sickle Ponds", party="coast-office", country="KP", longitude=130.52, latitude=42.4,
         hectares=1850, group=COMPLEX),
    Site(name="GB", title="Grey Heron Meadows", party="north-reserve", country="RU", longitude=130.71, latitude=42.51,
         hectares=700),
    Site(name="ML", title="Mirror Lake", party="south-institute", country="CN", longitude=130.46, latitude=42.65,
         hectares=450),
    Site(name="OS", title="Old Salt Pans", party="coast-office", country="KP", longitude=130.45, latitude=42.45,
         hectares=300),
)  # fmt: skip
"""None of them exists; they stand on real ground so that maps and borders work."""
COUNTED = tuple(site for site in SITES if site.name != "RM-N")
"""The sites and units that people count."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A species: how many are there at the peak of autumn in the first year, and how they move.

    `peaks` are those numbers at each place of `PLACES`; `slope` is the true factor from year to year; `flock` the mean
    flock; `stay` the mean days of a stay on passage. `shift` is how many days the passage of autumn is later (and of
    spring earlier) than that of the geese. `spring` and `winter` are shares of the autumn's number. `unlisted` are the
    countries whose form has no line for it: it does not come there.
    """

    name: str
    group: str
    peaks: tuple[int, int, int, int, int, int]
    slope: float = 1.0
    flock: float = 20.0
    stay: float = 12.0
    shift: int = 0
    spring: float = 0.35
    winter: float = 0.02
    introduced: bool = False
    unlisted: tuple[str, ...] = ()


PLACES = ("RM-N", "RM-S", "RM-C", "GB", "ML", "OS")
RISING, FALLING, STEADY = "Cygnus cygnus", "Anser cygnoides", "Antigone vipio"
"""The species with planted trends."""
INTRODUCED = "Branta canadensis"
"""Brought by people: no part of a total of waterbirds."""
KINDS = (
    Kind(name=STEADY, group="cranes", peaks=(300, 100, 40, 30, 40, 15), flock=3, shift=4, spring=0.6),
    Kind(name="Grus japonensis", group="cranes", peaks=(20, 16, 8, 4, 6, 3), flock=2.5, shift=4, spring=0.4,
         winter=0.2),
    Kind(name="Grus monacha", group="cranes", peaks=(165, 40, 15, 10, 20, 5), flock=3, shift=2, spring=0.5),
    Kind(name=FALLING, group="geese", peaks=(1300, 500, 0, 150, 200, 0), slope=0.93, flock=25, spring=0.5),
    Kind(name="Anser albifrons", group="geese", peaks=(9000, 4600, 700, 500, 600, 200), flock=60),
    Kind(name="Anser fabalis", group="geese", peaks=(600, 1150, 450, 200, 300, 150), flock=12),
    Kind(name=RISING, group="swans", peaks=(500, 200, 60, 80, 60, 30), slope=1.06, flock=5, spring=0.5, winter=0.3),
    Kind(name="Platalea minor", group="ibises", peaks=(25, 8, 0, 6, 0, 0), flock=3, spring=0.8, winter=0.0),
    Kind(name="Haematopus ostralegus osculans", group="shorebirds", peaks=(60, 0, 35, 15, 0, 12), flock=4, stay=20,
         shift=-10, spring=1.2, winter=0.1),
    Kind(name="Numenius madagascariensis", group="shorebirds", peaks=(110, 0, 60, 25, 0, 15), flock=5, shift=-14,
         spring=2.6, winter=0.0),
    Kind(name="Larus crassirostris", group="gulls", peaks=(4000, 500, 900, 600, 200, 300), flock=30, stay=25,
         spring=0.7, winter=0.3),
    Kind(name="Anas platyrhynchos", group="ducks", peaks=(7000, 12500, 1200, 700, 1200, 500), flock=35, winter=0.05),
    Kind(name="Anas crecca", group="ducks", peaks=(7000, 12500, 0, 500, 1000, 0), flock=35, winter=0.01,
         unlisted=("KP",)),
    Kind(name=INTRODUCED, group="geese", peaks=(200, 0, 0, 0, 0, 0), flock=10, stay=30, spring=0.8, winter=0.1,
         introduced=True, unlisted=("KP",)),
)  # fmt: skip
UNNAMED = {"geese": 0.04, "ducks": 0.08}
"""Groups of which a share of the birds is written down without a species."""


@dataclass(frozen=True, kw_only=True)
class EstuarySettings:
    """Which years are counted, and what goes wrong in them. `years` before `last` and `last` itself, both counted.

    `unvisited` are planned visits that nobody made (site, season, years); `unit_missing` autumns in which one unit of
    the lagoon was not reached; `some_groups` autumns in which only some groups were counted there. `whole` are the
    autumns in which the Chinese site was counted completely, `together` those in which the three countries counted on
    one day. `ice` is the winter in which all water was frozen. Years outside `years` are of no effect.
    """

    last: int = 2015
    years: int = 12
    unvisited: tuple[tuple[str, str, tuple[int, ...]], ...] = (
        ("RM-N", "autumn", (2005,)),
        ("RM-S", "autumn", (2004, 2006)),
        ("RM-S", "winter", (2004, 2005, 2006, 2007, 2008, 2012)),
        ("RM-S", "spring", (2009,)),
        ("RM-C", "autumn", (2007,)),
        ("RM-C", "winter", (2013,)),
        ("GB", "autumn", (2006, 2010)),
        ("ML", "autumn", (2005, 2013)),
        ("OS", "autumn", (2009,)),
        ("OS", "spring", (2012,)),
    )
    unit_missing: tuple[int, ...] = (2009,)
    some_groups: tuple[int, ...] = (2012,)
    whole: tuple[int, ...] = (2011, 2014)
    together: tuple[int, ...] = (2008, 2010, 2011, 2012, 2014)
    ice: int = 2010
    withheld: tuple[tuple[str, str, str], ...] = (
        ("RM-N", "Platalea minor", "spring"),
        ("OS", "Grus japonensis", "winter"),
    )
    withheld_years: tuple[int, ...] = (2012, 2013)

    def __post_init__(self) -> None:
        """Refuse a world in which nothing could become regular."""
        if self.years < 4:
            raise MisuseError("an estuary of 4 years or more", str(self.years), "Give more years.")

    @property
    def span(self) -> range:
        """The years, each with a winter (named by its January), a spring and an autumn."""
        return range(self.last - self.years + 1, self.last + 1)


def small_estuary() -> EstuarySettings:
    """Return an estuary of five years, quick to make.

    >>> list(small_estuary().span)
    [2011, 2012, 2013, 2014, 2015]
    """
    return EstuarySettings(years=5)


def top(place: str) -> str:
    """Return the site of which a place is a unit, or the place itself.

    >>> top("RM-N2"), top("ML")
    ('RM-N', 'ML')
    """
    return next((site.part_of for site in SITES if site.name == place and site.part_of), place)


def peak(season: str, year: int, kind: Kind) -> date:
    """Return the middle of a season's passage of a species."""
    month, day = SEASONS[season]
    shift = {"winter": 0, "spring": -kind.shift, "autumn": kind.shift}[season]
    return date.fromordinal(date(year, month, day).toordinal() + shift)
