"""The values that published protocols ask for, each with who says so.

Only values that were read in their source are here, and what follows from them by arithmetic. What is common knowledge
and was not read (a buffer of three or four sigma, a heterozygote seen twice) is no rule: it is shown, and judged where
a study declares it.
"""

from collections.abc import Mapping
from math import log, pi, sqrt
from types import MappingProxyType

from tumen.tables.design import ANY_SPECIES, DesignRule, HomeRange

PROTOCOLS: Mapping[str, str] = MappingProxyType(
    {
        "northChinaLeopard": "Leopard survey in northern China, 2017-2019",
        "primoryeTiger": "Amur tiger surveys in south-west Primorye, 2013-2016",
        "centralIndiaTiger": "Tiger surveys in central India",
        "laboratoryExchange": "Calibration of microsatellites between laboratories",
        "amurLeopardScats": "Amur leopard scats for genotyping",
        "asianWaterbirdCensus": "Asian Waterbird Census",
        "synchronousCount": "Synchronous counts of sites within one daily flight",
        "midMonthCounts": "Waterbird counts of Flanders",
    }
)
"""The sets of rules, by what a study calls them."""

USUAL = (
    "northChinaLeopard",
    "primoryeTiger",
    "laboratoryExchange",
    "amurLeopardScats",
    "asianWaterbirdCensus",
    "synchronousCount",
)
"""The sets that hold where a study names none; a study in another country or habit names its own."""

_LEOPARD = "Leopard survey in northern China 2017-2019, authorea.com/users/456467/articles/553491, section on cameras"
_TIGER = "Matiukhina 2016, Nature Conservation Research, doi 10.24189/ncr.2016.025"
_INDIA = "Tadoba and Navegaon-Nagzira survey, authorea.com/users/344662/articles/471086, section 2.4"
_HERRING = (
    "Inter-calibration of herring microsatellites, CORDIS result 44175, cordis.europa.eu/result/rcn/44175_en.html"
)
_SCATS = "Cho et al. 2022, PLoS ONE 17, 0270217"
_AWC = "Asian Waterbird Census, eaaflyway.net/asian-waterbird-census; IWC Field Protocol 2010, revised December 2018"
_SPOONBILL = "Black-faced Spoonbill census 2004: Mai Po, Futian and Taipa are counted at the same time"
_INBO = "INBO Watervogels, github.com/inbo/data-publication"

RULES: tuple[DesignRule, ...] = (
    DesignRule(
        protocol="northChinaLeopard",
        species="Panthera pardus",
        quantity="locationsPerCell",
        at_least=2,
        at_most=5,
        source=_LEOPARD,
        evidence="seen",
        why="Cells of 4 by 4 km, two to five camera locations in each.",
    ),
    DesignRule(
        protocol="northChinaLeopard",
        species="Panthera pardus",
        quantity="paired",
        at_least=1,
        source=_LEOPARD,
        evidence="seen",
        why="Two cameras face each other at every station, so that both flanks are seen at once.",
    ),
    DesignRule(
        protocol="northChinaLeopard",
        species="Panthera pardus",
        quantity="cameraHeight",
        at_least=0.45,
        at_most=0.5,
        source=_LEOPARD,
        evidence="seen",
        why="Cameras 45 to 50 cm above the ground.",
    ),
    DesignRule(
        protocol="northChinaLeopard",
        species="Panthera pardus",
        quantity="checkInterval",
        at_most=62,
        source=_LEOPARD,
        evidence="derived",
        why="Each camera was visited about every two months; two months are 62 days at most.",
    ),
    DesignRule(
        protocol="northChinaLeopard",
        species="Panthera pardus",
        quantity="window",
        at_most=134,
        source=_LEOPARD,
        evidence="seen",
        why="The longest of its three sessions (131, 120 and 134 consecutive days).",
    ),
    DesignRule(
        protocol="primoryeTiger",
        species="Panthera tigris",
        quantity="window",
        at_most=92,
        source=_TIGER,
        evidence="seen",
        why="Surveys of 92 days at most.",
    ),
    DesignRule(
        protocol="primoryeTiger",
        species="Panthera tigris",
        quantity="working",
        at_least=0.8,
        source=_TIGER,
        evidence="seen",
        why="At least 80 % of the stations were active (55 % in the last year, which the authors report apart).",
    ),
    DesignRule(
        protocol="centralIndiaTiger",
        species="Panthera tigris",
        quantity="spacing",
        at_least=1,
        at_most=1.5,
        source=_INDIA,
        evidence="seen",
        why="Stations 1 to 1.5 km apart; tigers live far more densely there than in the north-east of Asia.",
    ),
    DesignRule(
        protocol="centralIndiaTiger",
        species="Panthera tigris",
        quantity="window",
        at_most=30,
        source=_INDIA,
        evidence="seen",
        why="A closing period of 30 days.",
    ),
    DesignRule(
        protocol="laboratoryExchange",
        species=ANY_SPECIES,
        quantity="heterozygousControls",
        at_least=2,
        source=_HERRING,
        evidence="seen",
        why="Two heterozygous animals of known genotype run beside the samples, so that a shift of sizes is seen.",
    ),
    DesignRule(
        protocol="laboratoryExchange",
        species=ANY_SPECIES,
        quantity="sharedReferences",
        at_least=40,
        source=_HERRING,
        evidence="seen",
        why="The laboratories typed the same 40 animals before they compared sizes.",
    ),
    DesignRule(
        protocol="amurLeopardScats",
        species="Panthera pardus",
        quantity="faecesAge",
        at_most=14,
        source=_SCATS,
        evidence="seen",
        why="Scats younger than two weeks were genotyped more often (Fisher's exact test, p = 0.014).",
    ),
    DesignRule(
        protocol="asianWaterbirdCensus",
        species=ANY_SPECIES,
        quantity="midwinterVisits",
        at_least=1,
        source=_AWC,
        evidence="seen",
        why="One count of a site in the middle of January; dates from December to February are accepted.",
    ),
    DesignRule(
        protocol="synchronousCount",
        species=ANY_SPECIES,
        quantity="sameDay",
        at_least=1,
        source=_SPOONBILL,
        evidence="seen",
        why="Birds that fly between the sites within a day are counted on all of them at once, or twice.",
    ),
    DesignRule(
        protocol="midMonthCounts",
        species=ANY_SPECIES,
        quantity="daysFromMidMonth",
        at_most=4,
        source=_INBO,
        evidence="derived",
        why="The weekend nearest the 15th: neither of its days is more than four days from it.",
    ),
)

_GPS = "GPS collars, Hernandez-Blanco 2015"
_VHF = "VHF collars, Sikhote-Alin"
_SCR = "spatial capture-recapture, known from a citing text only"

HOME_RANGES: tuple[HomeRange, ...] = tuple(
    HomeRange(species="Panthera tigris", sex=sex, square_kilometres=area, source=source)
    for sex, area, source in (
        ("female", 401, _GPS),
        ("male", 778, _GPS),
        ("female", 390, _VHF),
        ("male", 1385, _VHF),
        ("female", 458, _SCR),
        ("male", 1818, _SCR),
    )
)
"""Published home ranges of adult Amur tigers. Methods differ by more than half in sigma, so all are shown."""


def sigma(square_kilometres: float) -> float:
    """Return sigma in km of a half-normal use of space whose 95 % home range has the given area.

    Distances from the centre then follow a Rayleigh distribution, 95 % of which lies within sqrt(-2 ln 0.05) sigma; the
    circle of that radius holds -2 pi ln(0.05) = 18.82 square sigmas.

    >>> [round(sigma(area), 2) for area in (401, 778, 458, 1818)]
    [4.62, 6.43, 4.93, 9.83]
    """
    return sqrt(square_kilometres / (-2 * pi * log(0.05)))
