"""An estuary that three countries share: waterbirds with known truth, and what three parties wrote down of them.

One part surely qualifies as a wetland of international importance, of one nobody can say it from what was counted, and
one does not. Everything is invented, and independent of the world's cats: it has random numbers of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.simulate.estuary_birds import named, presence, truth
from tumen.simulate.estuary_counts import count_rows, numbered, visit_row, visits
from tumen.simulate.estuary_papers import (
    EDITION_A,
    EDITION_B,
    ESTIMATES,
    areas,
    estimates,
    site_row,
    statements,
    statuses,
    steps,
    texts,
)
from tumen.simulate.estuary_sites import (
    COMPLEX,
    FALLING,
    KINDS,
    RISING,
    SEASONS,
    SITES,
    STEADY,
    EstuarySettings,
)
from tumen.simulate.samples import Row, described, frame
from tumen.simulate.streams import stream
from tumen.tables.package import Package, assemble

PARTIES = {"north-reserve": "RU", "south-institute": "CN", "coast-office": "KP"}
"""The parties with sites, and their countries."""
COAST = "coast-office"
"""The party that has waterbirds and nothing else."""
LEVEL = 20_000
"""Waterbirds that make a wetland important."""
PLANTED = (
    ("RM-N", "R5", "waterbirds", "", "met", "nine complete autumns, all above"),
    ("RM-N", "R6", "Anser albifrons", EDITION_A, "met", "far above in every complete autumn"),
    ("RM-N", "R6", "Anser albifrons", EDITION_B, "met", "far above in every complete autumn"),
    ("RM-N", "R6", "Grus monacha", EDITION_A, "met", "the threshold of this edition is below the counts"),
    ("RM-N", "R6", "Grus monacha", EDITION_B, "notMet", "the threshold of this edition is above the counts"),
    ("RM-N", "R6", "", "", "met", "one population is enough"),
    ("RM-S", "R5", "waterbirds", "", "undecided", "two complete autumns; half of the site in the others"),
    ("RM-S", "R6", "Anser albifrons", EDITION_B, "undecided", "two complete autumns; half of the site in the others"),
    ("RM-S", "R6", "", "", "undecided", "no population was counted completely in three seasons"),
    ("RM-C", "R5", "waterbirds", "", "notMet", "complete and below"),
    ("RM-C", "R6", "Anser albifrons", EDITION_B, "notMet", "complete and below"),
    ("RM-C", "R6", "Grus monacha", EDITION_B, "notMet", "complete and below"),
    ("RM-C", "R6", "", "", "notMet", "complete and below for every population, in every season"),
    (COMPLEX, "R5", "waterbirds", "", "met", "the northern part alone is above"),
    (COMPLEX, "R6", "Anser fabalis", EDITION_B, "undecided",
     "no part alone is above; all of them on one day, and complete, in two autumns only"),
)  # fmt: skip
"""Place, criterion, measure, edition, what can be said from the counts of autumn, and why.

Without a measure it is what can be said of all populations, in all seasons, by edition B.
"""
VERDICTS = {name: pl.String for name in ("place", "kind", "criterion", "measure", "edition", "season")} | {
    name: pl.String for name in ("truth", "expected", "why")
}
SLOPES = {
    "scientificName": pl.String, "place": pl.String, "season": pl.String, "firstYear": pl.Int64, "lastYear": pl.Int64,
    "multiplicative": pl.Float64, "realised": pl.Float64,
}  # fmt: skip


@dataclass(frozen=True)
class Estuary:
    """`tables[party]`: frames of text by table name. `truth`: waterbirds, waterbird_trends and waterbird_verdicts.

    `last` is the last year that was counted.
    """

    last: int
    tables: Mapping[str, Mapping[str, pl.DataFrame]]
    truth: Mapping[str, pl.DataFrame]

    def coast(self) -> Package:
        """Return the package of the party that has no cameras."""
        return assemble(
            COAST, self.tables[COAST], party=COAST, country=PARTIES[COAST], format="simulated",
            descriptor=described(COAST, "Simulated waterbirds of a coast"),
        )  # fmt: skip


def estuary(seed: int, settings: EstuarySettings | None = None) -> Estuary:
    """Make the estuary; the same seed and settings give the same birds and the same counts.

    >>> from tumen.simulate.estuary_sites import small_estuary
    >>> made = estuary(1, small_estuary())
    >>> made.tables["coast-office"]["sites"]["siteName"].to_list()
    ['Sickle Ponds', 'Old Salt Pans']
    >>> made.coast().findings.height
    0
    """
    settings = settings or EstuarySettings()
    birds = presence(settings, seed)
    planned = visits(settings, seed)
    tables: dict[str, dict[str, pl.DataFrame]] = {}
    for party, country in PARTIES.items():
        own = sorted((one for one in planned if one.site.party == party), key=lambda one: (one.day, one.site.name))
        counts = (row for visit in own for row in count_rows(visit, birds, settings, seed))
        rows: dict[str, list[Row]] = {
            "areas": areas(party),
            "sites": [site_row(site) for site in SITES if site.party == party],
            "visits": [visit_row(visit, settings, seed) for visit in own],
            "counts": numbered(counts, country),
            "sheet_texts": texts(party),
            "site_steps": steps(party, country),
        }
        if party == "north-reserve":
            rows |= {"population_estimates": estimates(), "species_status": statuses(), "stays": [_stay(seed)]}
        if party == COAST:
            rows["statements"] = statements()
        tables[party] = {name: frame(some) for name, some in rows.items()}
    known = truth(birds, settings)
    return Estuary(
        settings.last,
        tables,
        {"waterbirds": known, "waterbird_trends": _trends(known), "waterbird_verdicts": _verdicts(known)},
    )


def _stay(seed: int) -> Row:
    """Return the stay of one species, from the stays of twelve marked birds."""
    kind = next(each for each in KINDS if each.name == STEADY)
    stays = stream(seed, "estuary/stays").geometric(1 / kind.stay, 12)
    spread = 2.2 * float(stays.std(ddof=1)) / np.sqrt(stays.size)
    mean = float(stays.mean())
    return {
        "siteID": "RM-N", "scientificName": STEADY, "season": "autumn", "meanStay": f"{mean:.1f}",
        "minimum": f"{max(mean - spread, 0.5):.1f}", "maximum": f"{mean + spread:.1f}", "birds": "12",
        "method": "resightings of rings", "source": "simulated",
    }  # fmt: skip


def _trends(known: pl.DataFrame) -> pl.DataFrame:
    """Return, for autumn and all sites together, the slope that was planted and the one that came about.

    `realised` is the slope of the logarithm of the sum of the true maxima of all sites.
    """
    kinds = {kind.name: kind for kind in KINDS}
    rows = []
    for name in (RISING, FALLING, STEADY):
        own = known.filter(pl.col("kind") == "site", pl.col("season") == "autumn", pl.col("measure") == name)
        sums = own.group_by("year").agg(pl.col("maximum").sum()).sort("year")
        slope = np.polyfit(sums["year"].to_numpy(), np.log(sums["maximum"].to_numpy()), 1)[0]
        years = (int(sums["year"][0]), int(sums["year"][-1]))
        rows.append((name, "all", "autumn", *years, kinds[name].slope, round(float(np.exp(slope)), 5)))
    return pl.DataFrame(rows, schema=SLOPES, orient="row")


def threshold(species: str, edition: str) -> int:
    """Return the 1 % of an invented edition; for edition B the geometric mean, rounded as the rule has it.

    >>> threshold("Grus monacha", "Example edition A (simulated)"), threshold("Grus monacha", EDITION_B)
    (110, 250)
    """
    published, estimate = ESTIMATES[species]
    if edition == EDITION_A:
        return published[2]
    percent = float(np.sqrt(estimate[0] * estimate[1])) / 100
    step = 1 if percent <= 10 else 5 if percent <= 100 else 10 if percent <= 1000 else 100
    return step * round(percent / step)


def _verdicts(known: pl.DataFrame) -> pl.DataFrame:
    """Return the planted verdicts: what is true of the birds, and what their counts allow to say."""
    rows = []
    for place, criterion, measure, edition, expected, why in PLANTED:
        own = known.filter(place=named(place))
        seasons = ("autumn",) if measure else tuple(SEASONS)
        measures = [measure] if measure else list(ESTIMATES)
        regular = any(_regular(own, one, edition, season) for one in measures for season in seasons)
        kind = "group" if place == COMPLEX else "site"
        says = "qualifies" if regular else "doesNot"
        season = "autumn" if measure else ""
        rows.append((named(place), kind, criterion, measure, edition, season, says, expected, why))
    return pl.DataFrame(rows, schema=VERDICTS, orient="row")


def _regular(own: pl.DataFrame, measure: str, edition: str, season: str) -> bool:
    """Say whether a threshold was truly reached regularly: in two of three years, or by the mean of five or more."""
    level = LEVEL if measure == "waterbirds" else threshold(measure, edition or EDITION_B)
    most = own.filter(measure=measure, season=season)["maximum"].to_numpy()
    return 3 * int((most >= level).sum()) >= 2 * most.size or (most.size >= 5 and float(most.mean()) >= level)
