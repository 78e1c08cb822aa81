"""The invented estuary on paper: outlines, estimates, lists, texts, steps and statements that disagree.

Every edition, list and person here is invented and says so; the population estimates resemble no official ones on
purpose.
"""

import math

from tumen.simulate.estuary_sites import COMPLEX, INTRODUCED, SITES, Site
from tumen.simulate.samples import Row

EDITION_A, EDITION_B = "Example edition A (simulated)", "Example edition B (simulated)"
NOT_OFFICIAL = "Invented for this example; no official estimate"
LIST = "Example list (simulated)"
ESTIMATES: dict[str, tuple[tuple[int, int, int], tuple[int, int]]] = {
    "Antigone vipio": ((12_000, 14_000, 130), (8_000, 10_000)),
    "Grus japonensis": ((4_300, 4_700, 45), (4_800, 5_200)),
    "Grus monacha": ((10_000, 12_000, 110), (24_000, 26_000)),
    "Anser cygnoides": ((60_000, 80_000, 690), (56_000, 76_000)),
    "Anser albifrons": ((230_000, 270_000, 2_500), (260_000, 300_000)),
    "Anser fabalis": ((150_000, 180_000, 1_600), (160_000, 190_000)),
    "Cygnus cygnus": ((42_000, 48_000, 450), (45_000, 51_000)),
    "Platalea minor": ((2_600, 2_800, 25), (4_800, 5_200)),
    "Haematopus ostralegus osculans": ((9_500, 10_500, 100), (9_000, 10_000)),
    "Numenius madagascariensis": ((30_000, 34_000, 320), (33_000, 37_000)),
    "Larus crassirostris": ((900_000, 1_100_000, 9_900), (900_000, 1_100_000)),
    "Anas platyrhynchos": ((1_400_000, 1_600_000, 15_000), (1_500_000, 1_700_000)),
}
"""By species: minimum, maximum and 1 % in edition A; minimum and maximum in edition B, which publishes no 1 %.

Two species have no estimate.
"""
WIDE = 1.5
"""Width of an outline divided by its height."""
KM_PER_DEGREE = 111.19
"""Kilometres of a degree of latitude on a sphere."""


def site_row(site: Site) -> Row:
    """Return the row of a site."""
    row = {
        "siteID": site.name, "siteName": site.title, "countryCode": site.country, "latitude": f"{site.latitude:g}",
        "longitude": f"{site.longitude:g}", "coordinateUncertainty": "500", "area": str(site.hectares),
        "countGroup": site.group, "partOf": site.part_of, "areaID": "" if site.part_of else f"A-{site.name}",
        "comments": "invented",
    }  # fmt: skip
    return {name: cell for name, cell in row.items() if cell}


def area_row(site: Site) -> Row:
    """Return the row of the area of a site, with an outline of six corners."""
    square = site.hectares / 100
    # A hexagon with blunt ends: a rectangle of half its width, and two triangles; its area is 3/4 of its box.
    high = math.sqrt(square / 0.75 / WIDE)
    up = high / 2 / KM_PER_DEGREE
    out = high * WIDE / 2 / (KM_PER_DEGREE * math.cos(math.radians(site.latitude)))
    lon, lat = site.longitude, site.latitude
    corners = [(-1.0, 0.0), (-0.5, -1.0), (0.5, -1.0), (1.0, 0.0), (0.5, 1.0), (-0.5, 1.0), (-1.0, 0.0)]
    points = ", ".join(f"{lon + x * out:.5f} {lat + y * up:.5f}" for x, y in corners)
    return {
        "areaID": f"A-{site.name}", "name": site.title, "countryCode": site.country,
        "designation": "Wetland reserve (simulated)", "designationType": "national", "reportedArea": f"{square:g}",
        "geometry": f"POLYGON(({points}))", "source": "invented outline",
    }  # fmt: skip


def estimates() -> list[Row]:
    """Return two editions of population estimates: between them one verdict changes."""
    rows = []
    for species, (a, b) in ESTIMATES.items():
        head = {
            "populationID": "x-" + species.lower().replace(" ", "-"), "scientificName": species,
            "populationName": "Example population (simulated)", "countryCodes": "CN|KP|RU", "unit": "individuals",
            "meanRule": "geometric", "quality": "bestGuess", "source": NOT_OFFICIAL,
        }  # fmt: skip
        dates = {"inForceFrom": "2004-01-01", "inForceUntil": "2012-12-31"}
        rows.append(head | dates | {"edition": EDITION_A, "minimum": str(a[0]), "maximum": str(a[1]),
                                    "onePercent": str(a[2]), "evidence": "published"})  # fmt: skip
        rows.append(head | {"edition": EDITION_B, "inForceFrom": "2013-01-01", "minimum": str(b[0]),
                            "maximum": str(b[1]), "evidence": "published"})  # fmt: skip
    return rows


def statuses() -> list[Row]:
    """Return what an invented list says of the species; of one it says nothing."""
    of = dict.fromkeys([*ESTIMATES, "Haematopus ostralegus"], "LC") | {
        "Platalea minor": "EN",
        "Anser cygnoides": "VU",
        INTRODUCED: "introduced",
    }
    return [
        {"scientificName": name, "list": LIST, "category": category, "assessedOn": "2004-01-01",
         "source": "Invented for this example; no official list"}
        for name, category in of.items()
    ]  # fmt: skip


def statements() -> list[Row]:
    """Return two sources that disagree on the area and on the coordinates of one site."""
    said = (
        ("area", "1850", "ha", "Site sheet 2012 (invented)", "2012-03-01"),
        ("area", "2100", "ha", "Yearbook of wetlands 2014 (invented)", "2014-06-01"),
        ("coordinates", "42.40 N 130.52 E", "", "Site sheet 2012 (invented)", "2012-03-01"),
        ("coordinates", "42.46 N 130.47 E", "", "Yearbook of wetlands 2014 (invented)", "2014-06-01"),
    )
    names = ("attribute", "value", "unit", "source", "statedOn")
    return [
        {"statementID": f"st-{number}", "subject": "Sickle Ponds"}
        | {name: cell for name, cell in zip(names, cells, strict=True) if cell}
        for number, cells in enumerate(said, 1)
    ]


TEXTS = {
    "north-reserve": (
        ("RM-N", "RIS", "29", "Northern reserve (invented), department of wetlands.", "A. Example", "signed"),
        ("RM-N", "RIS", "32", "A management plan is being written.", "A. Example", "draft"),
        ("RM-N", "RIS", "C4", "Cranes rest on the west basin while the passes inland lie under snow (invented).",
         "A. Example", "signed"),
        ("RM-N", "RIS", "C1", "A lagoon behind a bar as few are left on this coast (invented).", "A. Example", "draft"),
    ),
    "south-institute": (
        ("RM-S", "RIS", "28", "Collective land, leased to farmers (invented).", "B. Example", "draft"),
    ),
    "coast-office": (
        ("RM-C", "RIS", "29", "Coast office (invented).", "C. Example", "signed"),
        ("RM-C", "RIS", "30", "Reeds are cut in autumn (invented).", "C. Example", "signed"),
        ("RM-C", "RIS", "C3", "The ponds hold plants of the old river arms (invented).", "C. Example", "signed"),
        ("RM-C", "SIS", "C", "Curlews moult here (invented).", "C. Example", "draft"),
    ),
}  # fmt: skip
STEPS = {
    "north-reserve": (
        ("RM-N", "surveyed", "done", "2012-12-01"), ("RM-N", "assessed", "done", "2014-03-01"),
        ("RM-N", "consulted", "underWay", "2015-02-01"),
    ),
    "south-institute": (("RM-S", "surveyed", "underWay", "2014-11-01"),),
    "coast-office": (
        ("RM-C", "surveyed", "done", "2010-12-01"), ("RM-C", "assessed", "done", "2011-05-01"),
        ("RM-C", "consulted", "done", "2011-09-01"), ("RM-C", "approved", "done", "2012-02-01"),
        ("RM-C", "designated", "done", "2012-06-01"), (COMPLEX, "jointNotification", "notBegun", "2015-01-15"),
    ),
}  # fmt: skip


def texts(party: str) -> list[Row]:
    """Return what a party wrote into the sheets of its sites."""
    names = ("siteID", "sheet", "field", "text", "author", "status")
    return [
        dict(zip(names, cells, strict=True)) | {"language": "en", "writtenOn": "2015-03-01", "source": "invented"}
        for cells in TEXTS[party]
    ]


def steps(party: str, country: str) -> list[Row]:
    """Return how far a party's sites have come."""
    names = ("siteID", "step", "state", "statedOn")
    return [
        dict(zip(names, cells, strict=True)) | {"countryCode": country, "actor": f"{party} (invented)"}
        for cells in STEPS[party]
    ]


def areas(party: str) -> list[Row]:
    """Return the areas of a party's sites; units have none of their own."""
    return [area_row(site) for site in SITES if site.party == party and not site.part_of]
