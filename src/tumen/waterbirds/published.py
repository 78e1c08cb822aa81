"""Which estimates come with the product?  Only numbers that were read in the source that each row names.

They are few: a study brings the tables of its own edition (format `population-tables`), and these stand in for species
of which it has none. Names of editions are those of the sources. Thresholds are empty where none was published, and are
then computed. Not everything that is known is here: nothing that was only remembered, and nothing without a source.
"""

from collections.abc import Sequence

import polars as pl

from tumen.tables.protocol import TABLES
from tumen.waterbirds.populations import taxa

TABLE = TABLES["population_estimates"]

EAST = "POLYGON((100 -50, 180 -50, 180 80, 100 80, 100 -50))"
"""Our own coarse cut, of no source: it only keeps a number for East Asia from being held against another continent."""

_CRANES = ("2025 (doi:10.3390/d17100682)", "https://doi.org/10.3390/d17100682")
_CHAN = ("Chan 2013", "S. Chan, slides for NEASPEC, 2013, https://docslib.org/doc/4148144")
_JIA = ("Jia et al. 2016", "Jia et al. 2016, Bird Conservation International")

_Row = tuple[str, str, tuple[str, str], int | None, int | None, dict[str, object]]

_ROWS: tuple[_Row, ...] = (
    ("Antigone vipio", "East Asia, all", _CRANES, 13_100, 13_100, {}),
    ("Antigone vipio", "East Asia, all", _CHAN, 6_000, 7_000, {}),
    ("Grus japonensis", "all", _CRANES, 4_600, 4_600, {}),
    ("Grus monacha", "all", _CRANES, 19_300, 19_300, {}),
    (
        "Grus monacha",
        "all",
        ("IUCN 2016", "IUCN 2016, as a later text cites it"),
        11_600,
        11_600,
        {"comments": "Not read in the Red List itself."},
    ),
    (
        "Platalea minor",
        "all",
        ("International census 2025", "International Black-faced Spoonbill Census 2025"),
        7_081,
        7_081,
        {"quality": "census", "comments": "Minimum count of a coordinated census."},
    ),
    ("Platalea minor", "all", _CHAN, 2_725, 2_725, {}),
    ("Cygnus cygnus", "East Asia", _JIA, 42_000, 47_000, {"range": EAST}),
    ("Cygnus columbianus", "bewickii, East Asia", _JIA, 99_000, 141_000, {"range": EAST}),
    ("Anser cygnoides", "East Asia", _JIA, 56_000, 98_000, {"range": EAST}),
    (
        "Anser fabalis/serrirostris",
        "East Asia",
        _JIA,
        157_000,
        194_000,
        {"range": EAST, "comments": "One number for both species of bean geese."},
    ),
    ("Anser albifrons", "frontalis, East Asia", _JIA, 231_000, 283_000, {"range": EAST}),
    ("Anser erythropus", "East Asia", _JIA, 14_000, 19_000, {"range": EAST}),
    (
        "Saundersilarus saundersi",
        "all",
        ("Cao et al. 2008", "Cao et al. 2008"),
        14_400,
        None,
        {"comments": "At least 14,400."},
    ),
    ("Saundersilarus saundersi", "all", ("WPE4", "Wetlands International 2006"), 7_100, 9_600, {}),
    (
        "Mergus squamatus",
        "all",
        ("Solovyeva et al. 2014", "Solovyeva et al. 2014"),
        4_660,
        4_660,
        {"comments": "The same source has 1,940 pairs; times 3 that would be 5,820 birds."},
    ),
    (
        "Aythya baeri",
        "all",
        ("Wang et al. 2012", "Wang et al. 2012, Bird Conservation International"),
        None,
        1_000,
        {"endYear": 2011, "comments": "Fewer than 1,000."},
    ),
    (
        "Haematopus ostralegus",
        "osculans",
        ("Bamford et al. 2008", "Bamford et al. 2008"),
        10_000,
        10_000,
        {"range": EAST, "onePercent": 100, "comments": "Threshold on migration as published: 25."},
    ),
    (
        "Limosa lapponica baueri",
        "baueri",
        ("Schuckard et al. 2020", "Schuckard et al. 2020, Notornis 67:643"),
        126_000,
        126_000,
        {"range": EAST, "comments": "116,446 counted, and an allowance for birds not counted."},
    ),
)


def shipped() -> pl.DataFrame:
    """Return the estimates that come with the product, typed as `population_estimates`; evidence is published.

    `endYear` is empty where a source's year is only that of its publication, which stands in the edition.

    >>> rows = shipped()
    >>> rows["evidence"].unique().to_list(), rows.filter(pl.col("onePercent").is_not_null())["populationName"].to_list()
    (['published'], ['osculans'])
    """
    rows = [
        {
            "populationID": f"{name}: {population}",
            "scientificName": name,
            "populationName": population,
            "edition": edition,
            "minimum": low,
            "maximum": high,
            "unit": "individuals",
            "evidence": "published",
            "source": source,
            **more,
        }
        for name, population, (edition, source), low, high, more in _ROWS
    ]
    schema = TABLE.empty().schema
    return pl.DataFrame([dict.fromkeys(schema) | row for row in rows], schema=schema)


def beside(estimates: pl.DataFrame) -> pl.DataFrame:
    """Return estimates and, of the shipped ones, those of species that these do not have.

    A table of a study is not mixed with ours: two editions of one species under different identifiers would look like
    two populations.

    >>> beside(shipped()).height == shipped().height, beside(TABLE.empty()).height == shipped().height
    (True, True)
    """
    have = {species for name in estimates["scientificName"].drop_nulls().unique() for species in _species(name)}
    ours = shipped()
    missing = [not have.intersection(_species(name)) for name in ours["scientificName"]]
    own = estimates.select(pl.col(name).cast(dtype) for name, dtype in ours.schema.items())
    return pl.concat([own, ours.filter(pl.Series(missing, dtype=pl.Boolean))])


def _species(name: str) -> Sequence[str]:
    """Return the species that a name of a row is about."""
    return [" ".join(taxon.split(" ")[:2]) for taxon in taxa(name)]
