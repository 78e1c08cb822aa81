"""Invented answers on numbers: plausible tables of the columns that `tumen.report.population.SHAPES` promises."""

from functools import cache
from math import cos, exp, hypot, radians

import polars as pl
from shapely.geometry import Point
from tests.report.invented import CHINA, KOREA, LEOPARD, RUSSIA, STATIONS, TIGER

from tumen.report.population import SHAPES
from tumen.tables.answer import Answer, Note

LAND = {"CN": CHINA, "RU": RUSSIA, "KP": KOREA}
CENTRES = [(130.74, 42.60), (130.60, 42.78), (130.80, 42.93), (131.15, 42.95), (131.05, 43.25), (130.85, 43.40)]


def frame(answer: str, table: str, rows) -> pl.DataFrame:
    shape = dict(SHAPES[answer][table])
    return pl.DataFrame([dict(zip(shape, row, strict=True)) for row in rows], schema=shape)


def surface_rows(session, spacing=4.0):
    """A grid of cells, turned a little against the meridians, 24 km around the stations."""
    return [(session, *cell) for cell in ground(spacing)]


@cache
def ground(spacing):
    """Place, area, country and densities of every cell."""
    cells = []
    stations = [(lon, lat) for _, _, lon, lat, *_ in STATIONS]
    for row in range(-24, 25):
        for column in range(-24, 25):
            x, y = column * spacing, row * spacing
            lat = 42.95 + (y - 0.02 * x) / 111.195
            scale = cos(radians(lat))
            lon = 130.85 + (x + 0.02 * y) / 111.195 / scale
            away = min(hypot((lon - a) * scale, lat - b) * 111.195 for a, b in stations)
            code = next((code for code, land in LAND.items() if land.contains(Point(lon, lat))), None)
            if away > 24 or code is None:
                continue
            near = sum(exp(-((hypot((lon - a) * scale, lat - b) * 111.195) ** 2) / 60) for a, b in CENTRES)
            unseen = 0.22 * (1 - exp(-((away / 9) ** 2)))
            cells.append((lon, lat, spacing**2, code, 0.31, 0.03 + unseen + 1.1 * near))
    return cells


def abundance_rows(session, scale=1.0):
    whole = [34.2, 6.1, 24.3, 48.0, 31.6, 3.9, 26.0, 41.2, 0.38, 0.27, 0.53, 24.8, 43.9]
    parts = [
        ("all", None, 8950.0, 1.0),
        ("country", "CN", 4210.0, 0.52),
        ("country", "RU", 3870.0, 0.41),
        ("country", "KP", 870.0, 0.07),
        ("protectedArea", "Land of the Leopard National Park", 2620.0, 0.3),
        ("protectedArea", "Hunchun Reserve", 1080.0, 0.12),
    ]
    for kind, region, area, share in parts:
        numbers = [value * share * scale for value in whole[:8]]
        per_area = [value * share * 8950 / area * scale for value in whole[8:11]]
        identity = [value * share * scale for value in whole[11:]]
        yield (session, kind, region, area, *numbers, *per_area, *identity)


def density_answer(sessions=("2013-2014",), species=TIGER, notes=()) -> Answer:
    tables = {
        "models": [
            ("D ~ 1, g0 ~ 1, sigma ~ sex, pmix", 5, -812.43, 1637.1, 0.0, 0.71, "converged"),
            ("D ~ 1, g0 ~ sex, sigma ~ sex, pmix", 6, -812.11, 1639.0, 1.9, 0.27, "converged"),
            ("D ~ 1, g0 ~ 1, sigma ~ 1, pmix", 4, -818.02, 1645.7, 8.6, 0.01, "converged"),
            ("D ~ forest, g0 ~ bk, sigma ~ sex, pmix", 8, None, None, None, None, "survival-no-animals"),
        ],
        "parameters": [
            ("D", sessions[0], None, 0.38, 0.066, 0.27, 0.53, "per 100 km2"),
            ("g0", sessions[0], None, 0.0182, 0.0031, 0.0130, 0.0254, "1"),
            ("sigma", sessions[0], "F", 4820.0, 410.0, 4081.0, 5693.0, "m"),
            ("sigma", sessions[0], "M", 8240.0, 690.0, 6994.0, 9708.0, "m"),
            ("pmix", sessions[0], "M", 0.41, 0.11, 0.22, 0.63, "1"),
        ],
        "abundance": [row for k, one in enumerate(sessions) for row in abundance_rows(one, 1 + 0.15 * k)],
        "shares": [
            (sessions[0], who, sex, count, code, share, time)
            for who, sex, count, north, stay in [
                ("T01", "M", 41, 0.62, 0.55),
                ("T02", "F", 12, 0.999, 0.97),
                ("T03", "F", 19, 0.31, 0.38),
                ("T04", None, 3, 0.002, 0.06),
                ("T05", "M", 22, 0.11, 0.21),
            ]
            for code, share, time in (("RU", north, stay), ("CN", 1 - north, 1 - stay))
        ],
        "doubleCount": [
            row
            for one in sessions
            for row in (
                (one, "CN", "national", 16, 24.1, 15.2, 38.4),
                (one, "RU", "national", 14, 21.8, 14.9, 31.9),
                (one, None, "sum", 30, 45.9, 34.6, 60.9),
                (one, None, "joint", 27, 30.9, 25.1, 40.6),
            )
        ],
        "buffer": [
            (b, 2500 + 0.26 * b, 0.38 + 0.21 * exp(-b / 6000), 0.01 * (2500 + 0.26 * b) * 0.39)
            for b in (5000.0, 10000.0, 15000.0, 20000.0, 25000.0, 30000.0, 35000.0)
        ],
        "goodness": [
            (None, "animals", 27.0, 26.4, 20.0, 33.0, 0.91),
            (None, "detections", 212.0, 198.0, 151.0, 247.0, 0.58),
            (None, "detections at each animal", 1.92, 1.41, 1.12, 1.79, 0.012),
            (None, "detections at each station", 1.33, 1.28, 1.02, 1.61, 0.74),
        ],
        "surface": [row for one in sessions for row in surface_rows(one)],
        "effort": [
            row
            for one in sessions
            for row in ((one, "CN", 11, 24, 5226.0, 16, 98, 41), (one, "RU", 9, 24, 3356.5, 14, 114, 52))
        ],
    }
    given = {"species": species, "detection": "HN", "buffer": 25000.0, "spacing": 4000.0}
    made = {name: frame("density", name, rows) for name, rows in tables.items()}
    return Answer("density", made, (Note("identity-error-carried", {"draws": 200, "links": 3}), *notes), given)


def survival_answer(species=TIGER) -> Answer:
    tables = {
        "survival": [
            (f"{year}–{year + 1}", sex, value, 0.06, value - 0.13, min(value + 0.1, 0.99))
            for year, female, male in [(2013, 0.84, 0.71), (2014, 0.88, 0.66), (2015, 0.79, 0.74), (2016, 0.86, 0.62)]
            for sex, value in (("F", female), ("M", male))
        ],
        "detection": [(str(year), None, 0.7 + 0.02 * (year - 2013), 0.05, 0.6, 0.82) for year in range(2014, 2018)],
        "population": [
            *((str(2013 + k), "N", n, 3.0, n - 6, n + 9) for k, n in enumerate((29.4, 31.0, 34.2, 33.1, 38.6))),
            *((str(2014 + k), "births", b, 2.0, b - 3, b + 5) for k, b in enumerate((6.2, 7.9, 4.4, 9.8))),
            *((str(2014 + k), "lambda", v, 0.1, v - 0.2, v + 0.24) for k, v in enumerate((1.05, 1.1, 0.97, 1.17))),
            ("2013", "births", None, None, None, None),
        ],
        "models": [
            ("phi ~ sex, p ~ year", 6, -148.2, 309.3, 0.0, 0.83, "converged"),
            ("phi ~ year, p ~ year", 8, -147.9, 313.4, 4.1, 0.11, "survival-not-converged"),
        ],
        "spatial": [
            ("phi", None, "F", 0.81, 0.05, 0.69, 0.89),
            ("gamma", None, None, 0.24, 0.06, 0.14, 0.37),
            ("sigma", None, None, 6120.0, 380.0, 5418.0, 6912.0),
            ("tau", None, None, 4810.0, 900.0, 3330.0, 6940.0),
        ],
    }
    made = {name: frame("survival", name, rows) for name, rows in tables.items()}
    return Answer("survival", made, (), {"species": species, "model": "POPAN"})


def diversity_answer(species=LEOPARD) -> Answer:
    ordination = [
        (f"L{k:02}", code, dx + 0.11 * ((k * 37) % 11 - 5) / 5, dy + 0.09 * ((k * 53) % 13 - 6) / 6, 0.182, 0.094)
        for k in range(34)
        for code, dx, dy in [("CN", -0.08, 0.01) if k % 3 == 0 else ("RU", 0.06, -0.02)]
    ]
    tables = {
        "groups": [
            ("CN", 12, 3.1, 2.94, 0.482, 0.451, 0.064, -0.02, 0.15, 3),
            ("RU", 22, 3.4, 3.01, 0.497, 0.489, 0.016, -0.05, 0.09, 6),
            ("all", 34, 3.6, 3.05, 0.499, 0.476, 0.046, -0.01, 0.1, None),
        ],
        "loci": [
            (f"Ppa{k}", 2 + k % 4, 34 - k % 3, 0.4 + 0.02 * k, 0.42 + 0.02 * k, 0.03, 0.5 if k != 4 else 0.0004)
            for k in range(1, 9)
        ],
        "differentiation": [("CN", "RU", 0.028, 0.004, 0.059, 0.011)],
        "effectiveSize": [
            ("CN", "LD", None, True, 11.2, None),
            ("RU", "LD", 24.6, False, 14.1, 58.3),
            ("all", "sibship", 31.0, False, 20.0, 52.0),
        ],
        "bottleneck": [("RU", "SMM", "Wilcoxon", 0.19), ("RU", "TPM", "Wilcoxon", 0.031)],
        "relatedness": [
            ("CN", "CN", "Wang", 0.11, 0.04, 0.19),
            ("RU", "RU", "Wang", 0.06, 0.03, 0.1),
            ("CN", "RU", "Wang", -0.02, -0.05, 0.02),
        ],
        "migrants": [
            ("L03", "CN", "RU", 2.31, 0.008),
            ("L09", "CN", "CN", -1.2, 0.6),
            ("L17", "RU", "CN", 0.44, 0.21),
        ],
        "ordination": ordination,
    }
    made = {name: frame("diversity", name, rows) for name, rows in tables.items()}
    return Answer("diversity", made, (), {"species": species})


def nothing(answer: Answer, *notes: Note, findings=None) -> Answer:
    """The same answer, with no number in any table."""
    tables = {
        name: table.with_columns(
            pl.lit(None, dtype).alias(column) for column, dtype in table.schema.items() if dtype == pl.Float64
        )
        for name, table in answer.tables.items()
    }
    return Answer(answer.name, tables, notes, answer.parameters, findings)
