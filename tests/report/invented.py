"""A small invented study: three parties, two countries, twenty stations, six tigers, eight leopards, some crossers."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from math import cos, hypot, radians, sqrt

import polars as pl
from shapely.geometry import LineString, Polygon

from tumen.report.source import SHAPES, Input, Provenance, Region, ReportSource
from tumen.tables.answer import Answer, Note
from tumen.tables.findings import finding, gather, of_package

DAY_0 = datetime(2013, 8, 1, 12, tzinfo=UTC)
BORDER = [
    (130.64, 42.42),
    (130.43, 42.60),
    (130.58, 42.67),
    (130.55, 42.79),
    (130.40, 42.73),
    (130.43, 42.81),
    (130.60, 42.88),
    (131.02, 42.86),
    (131.11, 43.03),
    (131.20, 43.45),
    (131.31, 43.80),
]
COAST = [(132.6, 43.8), (132.3, 43.2), (131.95, 43.05), (131.6, 43.0), (131.5, 42.7), (131.2, 42.6)]
RUSSIA = Polygon([*BORDER, *COAST, (130.86, 42.62), (130.9, 42.35), (130.70, 42.29)])
KOREA = Polygon(
    [
        (130.64, 42.42),
        (130.70, 42.29),
        (130.3, 42.1),
        (129.6, 41.4),
        (128.6, 41.4),
        (128.6, 42.0),
        (129.9, 43.0),
        (130.25, 42.9),
        (130.43, 42.60),
    ]
)
CHINA = Polygon(
    [*BORDER, (128.6, 43.8), (128.6, 42.0), (129.9, 43.0), (130.25, 42.9), (130.43, 42.60), (130.64, 42.42)]
).buffer(0)
NORTH, SOUTH, FAR = "Northern Reserve", "Southern Institute", "Far Hills Institute"
COUNTRY = {NORTH: "RU", SOUTH: "CN", FAR: "CN"}

STATIONS = (
    [
        (NORTH, f"N{n:02}", lon, lat, days, failed)
        for n, (lon, lat, days, failed) in enumerate(
            [
                (130.72, 42.50, 410.0, 12.0),
                (130.70, 42.62, 512.5, 0.0),
                (130.78, 42.72, 388.0, 40.0),
                (130.68, 42.77, 498.0, 0.0),
                (130.90, 42.80, 240.0, 88.0),
                (131.15, 42.83, 505.0, 0.0),
                (131.18, 42.97, 470.0, 3.0),
                (131.26, 43.06, 0.0, 512.0),
                (131.30, 43.20, 333.0, 0.0),
            ],
            1,
        )
    ]
    + [
        (SOUTH, f"cam {n}", lon, lat, days, None)
        for n, (lon, lat, days) in enumerate(
            [
                (130.48, 42.68, 700.0),
                (130.36, 42.80, 690.0),
                (130.50, 42.93, 655.0),
                (130.71, 42.96, 701.0),
                (130.88, 42.93, 640.0),
                (130.98, 43.02, 612.0),
            ],
            1,
        )
    ]
    + [
        (FAR, f"F-{n}", lon, lat, days, 5.0 * n)
        for n, (lon, lat, days) in enumerate(
            [
                (131.02, 43.20, 301.0),
                (131.10, 43.36, 290.0),
                (130.85, 43.28, 122.0),
                (130.92, 43.45, 310.0),
                (130.75, 43.13, 205.0),
            ],
            1,
        )
    ]
)
PLACE = {f"{party}/{name}": (lon, lat) for party, name, lon, lat, *_ in STATIONS}

TIGER, LEOPARD = "Panthera tigris", "Panthera pardus"
# who, sex, stage, [(day, party, station)]
SEEN = [
    (
        "T01",
        TIGER,
        "male",
        "adult",
        [
            (3, NORTH, "N02"),
            (40, NORTH, "N03"),
            (77, SOUTH, "cam 1"),
            (90, SOUTH, "cam 2"),
            (160, NORTH, "N04"),
            (300, SOUTH, "cam 4"),
            (420, NORTH, "N05"),
        ],
    ),
    ("T02", TIGER, "female", "adult", [(10, NORTH, "N06"), (55, NORTH, "N07"), (130, NORTH, "N06")]),
    (
        "T03",
        TIGER,
        "female",
        "adult",
        [(20, SOUTH, "cam 3"), (65, SOUTH, "cam 4"), (200, NORTH, "N04"), (230, SOUTH, "cam 4")],
    ),
    ("T04", TIGER, None, "adult", [(100, FAR, "F-1"), (260, FAR, "F-2")]),
    ("T05", TIGER, "male", "adult", [(33, NORTH, "N09"), (210, FAR, "F-2"), (330, FAR, "F-4"), (402, FAR, "F-3")]),
    ("T06", TIGER, None, "cub", [(130, NORTH, "N06")]),
    ("L01", LEOPARD, "male", "adult", [(2, NORTH, "N01"), (18, NORTH, "N02"), (350, NORTH, "N01")]),
    (
        "L02",
        LEOPARD,
        "female",
        "adult",
        [(5, NORTH, "N03"), (48, NORTH, "N04"), (95, SOUTH, "cam 4"), (140, NORTH, "N05")],
    ),
    ("L03", LEOPARD, "female", "adult", [(60, SOUTH, "cam 5"), (120, SOUTH, "cam 6"), (310, SOUTH, "cam 5")]),
    ("L04", LEOPARD, "male", "adult", [(70, SOUTH, "cam 2"), (222, SOUTH, "cam 3")]),
    ("L05", LEOPARD, None, "adult", [(81, FAR, "F-5")]),
    ("L06", LEOPARD, "female", "adult", [(90, NORTH, "N08"), (280, NORTH, "N07")]),
    (
        "L07",
        LEOPARD,
        "male",
        "adult",
        [(15, NORTH, "N07"), (22, SOUTH, "cam 6"), (29, NORTH, "N06"), (370, SOUTH, "cam 5"), (500, NORTH, "N07")],
    ),
    ("L08", LEOPARD, None, "cub", [(140, NORTH, "N05")]),
]


def wilson(successes, trials, z=1.959963984540054):
    """The textbook's formula, written out."""
    if trials == 0:
        return None, None
    share = successes / trials
    middle = share + z * z / (2 * trials)
    spread = z * sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    return (middle - spread) / (1 + z * z / trials), (middle + spread) / (1 + z * z / trials)


def border_distance(lon, lat):
    """Metres to the nearest corner of the invented border; near enough for a picture."""
    scale = cos(radians(lat))
    dense = LineString(BORDER).segmentize(0.005).coords
    return min(hypot((lon - x) * scale, lat - y) * 111_195.0 for x, y in dense)


def encounter_rows():
    for who, species, sex, stage, track in SEEN:
        for day, party, station in track:
            place = f"{party}/{station}"
            lon, lat = PLACE[place]
            start = DAY_0 + timedelta(days=day)
            away = border_distance(lon, lat)
            yield {
                "individualID": who,
                "scientificName": species,
                "party": party,
                "place": place,
                "countryCode": COUNTRY[party],
                "possibleCountries": COUNTRY[party],
                "start": start,
                "end": start + timedelta(minutes=10),
                "detections": 2,
                "lifeStage": stage,
                "longitude": lon,
                "latitude": lat,
                "borderDistance": away,
                "borderDistanceLow": away - 30,
                "borderDistanceHigh": away + 30,
                "sex": sex,
            }


def crossing_rows(encounters):
    for before, after in pairwise(encounters):
        if before["individualID"] == after["individualID"] and before["countryCode"] != after["countryCode"]:
            hours = (after["start"] - before["end"]).total_seconds() / 3600
            metres = (
                hypot(
                    (after["longitude"] - before["longitude"]) * cos(radians(42.8)),
                    after["latitude"] - before["latitude"],
                )
                * 111_195.0
            )
            yield {
                "individualID": before["individualID"],
                "scientificName": before["scientificName"],
                "fromCountry": before["countryCode"],
                "toCountry": after["countryCode"],
                "notBefore": before["end"],
                "notAfter": after["start"],
                "fromPlace": before["place"],
                "toPlace": after["place"],
                "distance": metres,
                "elapsedHours": hours,
                "speed": metres / 1000 / hours,
                "impossible": False,
            }


def individual_row(who, species, sex, stage, mine, crossed):
    codes = sorted({row["countryCode"] for row in mine})
    returned = len(crossed) > 1
    status = ("bothSides" if returned else "disperser") if len(codes) > 1 else "resident"
    return {
        "individualID": who,
        "scientificName": species,
        "names": f"{mine[0]['party']}/{who.lower()}",
        "sex": sex,
        "stage": stage,
        "countries": "|".join(codes),
        "possibleCountries": "|".join(codes),
        "encounters": len(mine),
        "nights": len(mine),
        "crossings": len(crossed),
        "crossingsHigh": len(crossed),
        "status": status,
        "homeCountry": mine[0]["countryCode"] if status == "disperser" else None,
        "watchedBehindDays": 333.0 if status == "disperser" else None,
        "firstSeen": mine[0]["start"],
        "lastSeen": mine[-1]["end"],
    }


def per_country_rows(who, mine):
    for code in sorted({row["countryCode"] for row in mine}):
        here = [row for row in mine if row["countryCode"] == code]
        yield {
            "individualID": who,
            "countryCode": code,
            "encounters": len(here),
            "nights": len(here),
            "firstSeen": here[0]["start"],
            "lastSeen": here[-1]["end"],
            "maxBorderDistance": max(row["borderDistance"] for row in here),
            "maxBorderDistanceLow": max(row["borderDistanceLow"] for row in here),
            "maxBorderDistanceHigh": max(row["borderDistanceHigh"] for row in here),
        }


def joint_and_summary(individuals):
    joint, summary = [], []
    for species, stage in [(s, g) for s in (TIGER, LEOPARD) for g in ("adult", "cub")]:
        mine = [row for row in individuals if (row["scientificName"], row["stage"]) == (species, stage)]
        both = sum("|" in row["countries"] for row in mine)
        counts = {code: sum(code in row["countries"] for row in mine) for code in ("CN", "RU")}
        for area, count in {**counts, "CN|RU": both, "union": len(mine), "sideUnknown": 0}.items():
            joint.append({"scientificName": species, "stage": stage, "area": area, "individuals": count})
        low, high = wilson(both, len(mine))
        adding = sum(counts.values())
        summary.append(
            {
                "scientificName": species,
                "stage": stage,
                "union": len(mine),
                "onBothSides": both,
                "share": both / len(mine),
                "shareLow": low,
                "shareHigh": high,
                "addingCountries": adding,
                "addingParties": adding + 1,
                "excessCountries": adding - len(mine),
                "excessParties": adding + 1 - len(mine),
                "crossings": sum(row["crossings"] for row in mine),
                "crossingsHigh": sum(row["crossingsHigh"] for row in mine),
            }
        )
    return joint, summary


def crossings_answer():
    encounters = list(encounter_rows())
    crossings = list(crossing_rows(encounters))
    individuals, per_country = [], []
    for who, species, sex, stage, _ in SEEN:
        mine = [row for row in encounters if row["individualID"] == who]
        crossed = [row for row in crossings if row["individualID"] == who]
        individuals.append(individual_row(who, species, sex, stage, mine, crossed))
        per_country.extend(per_country_rows(who, mine))
    joint, summary = joint_and_summary(individuals)
    tables = {
        "encounters": encounters,
        "crossings": crossings,
        "individuals": individuals,
        "perCountry": per_country,
        "joint": joint,
        "summary": summary,
    }
    return Answer(
        "crossings",
        {name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in tables.items()},
        (Note("sides-uncertain", {"encounters": 3}),),
        {
            "independenceMinutes": 30.0,
            "maxSpeedKmPerHour": 10.0,
            "clockSlackMinutes": 10.0,
            "reachMetres": 10000.0,
            "watchDays": 30.0,
        },
    )


def station_frame():
    rows = [
        {
            "party": party,
            "place": f"{party}/{name}",
            "countryCode": COUNTRY[party],
            "possibleCountries": COUNTRY[party],
            "longitude": lon,
            "latitude": lat,
            "coordinateUncertainty": 30.0,
            "deployments": 2,
            "cameraDays": days,
            "failedDays": failed,
        }
        for party, name, lon, lat, days, failed in STATIONS
    ]
    return pl.DataFrame(rows, schema=dict(SHAPES["stations"]))


def sightings_frame():
    counts = {}
    for row in encounter_rows():
        key = (row["party"], row["place"], row["scientificName"])
        counts[key] = counts.get(key, 0) + 1
    rows = [(*key, 2 * count, count) for key, count in sorted(counts.items())]
    return pl.DataFrame(rows, schema=dict(SHAPES["sightings"]), orient="row")


def operating_frame():
    rows = []
    for party, name, _, _, days, failed in STATIONS:
        split, end = DAY_0 + timedelta(days=days), DAY_0 + timedelta(days=days + (failed or 0))
        if days:
            rows.append((party, f"{party}/{name}", DAY_0, split, "operating"))
        if failed:
            rows.append((party, f"{party}/{name}", split, end, "stolen" if failed > 80 else "failed"))
    return pl.DataFrame(rows, schema=dict(SHAPES["operating"]), orient="row")


def party_frame(stations):
    rows = []
    for party, form, local in ((NORTH, "camtrap-dp", 9), (SOUTH, "camtrap-dp", 7), (FAR, "camtrapr", 4)):
        mine = stations.filter(pl.col("party") == party)
        rows.append(
            (
                party,
                COUNTRY[party],
                form,
                mine.height,
                2 * mine.height,
                mine["cameraDays"].sum(),
                40,
                local,
                True,
                party != SOUTH,
            )
        )
    return pl.DataFrame(rows, schema=dict(SHAPES["parties"]), orient="row")


def effort_frame(stations):
    return (
        stations.group_by("countryCode")
        .agg(pl.len().alias("stations"), pl.col("deployments").sum(), pl.col("cameraDays").sum())
        .with_columns(failuresKnown=pl.col("countryCode") == "RU")
        .cast(dict(SHAPES["effort"]))
        .sort("countryCode")
        .select(list(SHAPES["effort"]))
    )


def finding_frame():
    return gather(
        [
            of_package(
                finding("coordinates-zero", table="deployments", row=4, column="longitude", value="0, 0"),
                NORTH,
                "north",
            ),
            of_package(
                finding(
                    "event-outside-deployment",
                    table="observations",
                    row=61,
                    column="eventStart",
                    value="2013-01-01T00:00:00Z",
                    deploymentStart="2013-08-01T00:00:00Z",
                    deploymentEnd="2014-12-25T00:00:00Z",
                ),
                NORTH,
                "north",
            ),
            *[
                of_package(
                    finding(
                        "cell-vocabulary",
                        table="individuals",
                        row=r,
                        column="sex",
                        value="femelle",
                        words="female, male",
                    ),
                    SOUTH,
                    "south",
                )
                for r in range(2, 8)
            ],
            of_package(finding("failures-unreported", table="operating_periods"), SOUTH, "south"),
        ]
    )


def make_source(**changes) -> ReportSource:
    stations = station_frame()
    values = {
        "title": "Tigers and leopards of the Lower Tumen",
        "species": (TIGER, LEOPARD),
        "period": (date(2013, 8, 1), date(2015, 12, 31)),
        "languages": ("en", "ru"),
        "parties": party_frame(stations),
        "stations": stations,
        "sightings": sightings_frame(),
        "effort": effort_frame(stations),
        "operating": operating_frame(),
        "tracks": pl.DataFrame(schema=dict(SHAPES["tracks"])),
        "findings": finding_frame(),
        "crossings": crossings_answer(),
        "region": Region(
            {"RU": RUSSIA, "CN": CHINA, "KP": KOREA},
            ((("CN", "RU"), LineString(BORDER)), (("KP", "RU"), LineString([(130.64, 42.42), (130.70, 42.29)]))),
            "Invented for this test.",
        ),
        "provenance": Provenance(
            "0.1.0",
            7,
            {"crossings.independence": "30min"},
            (Input(NORTH, "north", "deployments.csv", "a" * 64), Input(SOUTH, "south", "deployments.csv", "b" * 64)),
        ),
        **changes,
    }
    return ReportSource(**values)
