"""What tests, assays and health events say against themselves, their samples and their animals."""

import polars as pl

from tumen.tables import findings
from tumen.tables.health import ASSAYS, DEATHS, FALLING, HEALTH_EVENTS, TESTS, TITRATIONS
from tumen.tables.observations import OBSERVATIONS
from tumen.tables.package import Package
from tumen.tables.rows import numbered
from tumen.tables.schema import OFFSET


def check(package: Package) -> list[pl.DataFrame]:
    """Return every finding about tests, assays and health events; none where the package has none."""
    found: list[pl.DataFrame] = []
    if "tests" in package.tables:
        found += [
            *assays_listed(package),
            *tests_cut_off(package),
            *outcomes_follow_titres(package),
            *tested_after_collection(package),
            *outcomes_decided(package),
        ]
    if "assays" in package.tables:
        found += assays_validated(package)
    if "health_events" in package.tables:
        found += [*events_placed(package), *events_in_life(package), *dead_once(package), *dead_unseen(package)]
    return found


def assays_listed(package: Package) -> list[pl.DataFrame]:
    """Find tests in a package that does not list its assays or its samples."""
    if package.table("tests").is_empty():
        return []
    found = []
    if "assays" not in package.tables:
        found.append(findings.finding("assays-unlisted", table="tests", column="assayID"))
    if "samples" not in package.tables:
        found.append(findings.finding("samples-unlisted", table="tests", column="sampleID"))
    return found


def _with_assay(package: Package) -> pl.DataFrame:
    """Return the tests with the method of their assay, and the cut-off that holds for them as `limit`."""
    assays = package.table("assays").unique("assayID", keep="first")
    said = assays.select("assayID", "method", assayCutoff="cutoff")
    tests = numbered(package, TESTS).join(said, on="assayID", how="left", maintain_order="left")
    return tests.with_columns(limit=pl.coalesce("cutoff", "assayCutoff"))


def tests_cut_off(package: Package) -> list[pl.DataFrame]:
    """Find results of a measurement without a cut-off; one finding for each assay and laboratory."""
    measured = pl.col("method").is_in(TITRATIONS).fill_null(False) | pl.col("titre").is_not_null()
    said = (pl.col("outcome") != "invalid").fill_null(True)
    lacking = (
        _with_assay(package)
        .filter(measured & said & pl.col("limit").is_null())
        .group_by("assayID", "laboratory", maintain_order=True)
        .agg(pl.col("row").min(), count=pl.len())
    )
    return [
        findings.rows(
            "test-without-cutoff",
            lacking,
            table="tests",
            column="cutoff",
            value="assayID",
            arguments=("assayID", "laboratory", "count"),
        )
    ]


def outcomes_follow_titres(package: Package) -> list[pl.DataFrame]:
    """Find outcomes that say the contrary of titre and cut-off; cycle thresholds, which fall, are not judged."""
    frame = _with_assay(package).filter(~pl.col("method").is_in(FALLING).fill_null(False))
    reaches = pl.col("titre") >= pl.col("limit")
    other = pl.when(reaches).then(pl.lit("positive")).when(~reaches).then(pl.lit("negative"))
    frame = frame.with_columns(other=other).filter(
        pl.col("outcome").is_in(("positive", "negative")) & (pl.col("outcome") != pl.col("other"))
    )
    shown = frame.with_columns(_plain("titre").alias("titre"), _plain("limit").alias("cutoff"))
    return [
        findings.rows(
            "outcome-contradicts-titre",
            shown,
            table="tests",
            column="outcome",
            value="outcome",
            arguments=("titre", "cutoff", "other"),
        )
    ]


def _plain(name: str) -> pl.Expr:
    """Write a number as a person would: 32, not 32.0."""
    return pl.col(name).cast(pl.String).str.strip_suffix(".0")


def tested_after_collection(package: Package) -> list[pl.DataFrame]:
    """Find tests done before their sample was collected."""
    collected = package.table("samples").unique("sampleID", keep="first").select("sampleID", "collectedOn")
    frame = numbered(package, TESTS).join(collected, on="sampleID", how="inner", maintain_order="left")
    return [
        findings.rows(
            "test-before-sample",
            frame.filter(pl.col("testedOn") < pl.col("collectedOn")),
            table="tests",
            column="testedOn",
            value="testID",
            arguments=("testedOn", "sampleID", "collectedOn"),
        )
    ]


def outcomes_decided(package: Package) -> list[pl.DataFrame]:
    """Count undecided results of each assay, and note samples whose repeated tests disagree."""
    tests = numbered(package, TESTS)
    open_ = pl.col("outcome").is_in(("inconclusive", "invalid"))
    undecided = (
        tests.group_by("assayID", maintain_order=True)
        .agg(pl.lit(None, dtype=pl.Int64).alias("row"), tested=pl.len(), count=open_.sum())
        .filter(pl.col("count") > 0)
    )
    repeated = (
        tests.filter(~open_)
        .group_by("sampleID", "assayID", maintain_order=True)
        .agg(pl.col("row").max(), pl.col("outcome").unique().sort().alias("outcomes"))
        .filter(pl.col("outcomes").list.len() > 1)
        .with_columns(pl.col("outcomes").list.join(", "))
    )
    return [
        findings.rows(
            "tests-inconclusive",
            undecided,
            table="tests",
            column="outcome",
            value="assayID",
            arguments=("count", "tested"),
        ),
        findings.rows(
            "tests-disagree",
            repeated,
            table="tests",
            column="outcome",
            value="sampleID",
            arguments=("assayID", "outcomes"),
        ),
    ]


def assays_validated(package: Package) -> list[pl.DataFrame]:
    """Note assays of which it is not known how often they are right."""
    counts = pl.col("sensitivityPositive", "sensitivityTested", "specificityNegative", "specificityTested")
    unknown = numbered(package, ASSAYS).filter(pl.any_horizontal(counts.is_null()))
    return [findings.rows("assay-accuracy-unknown", unknown, table="assays", column="source", value="assayID")]


def events_placed(package: Package) -> list[pl.DataFrame]:
    """Find events of which not even the country is known."""
    point = pl.all_horizontal(pl.col("latitude", "longitude").is_not_null())
    frame = numbered(package, HEALTH_EVENTS).filter(~point & pl.col("countryCode").is_null())
    return [findings.rows("event-without-place", frame, table="health_events", column="latitude", value="eventID")]


def events_in_life(package: Package) -> list[pl.DataFrame]:
    """Find events before the birth of their animal, and deaths reported before its deathDate."""
    animals = package.table("individuals").filter(pl.col("individualID").is_not_null())
    known = animals.unique("individualID", keep="first").select("individualID", "birthDate", "deathDate")
    frame = numbered(package, HEALTH_EVENTS).join(known, on="individualID", how="inner", maintain_order="left")
    died = pl.col("kind").is_in(DEATHS)
    return [
        findings.rows(
            "event-before-birth",
            frame.filter(pl.col("eventDate") < pl.col("birthDate")),
            table="health_events",
            column="eventDate",
            value="eventID",
            arguments=("eventDate", "individualID", "birthDate"),
        ),
        findings.rows(
            "dead-before-death",
            frame.filter(died & (pl.col("eventDate") < pl.col("deathDate"))),
            table="health_events",
            column="eventDate",
            value="eventDate",
            arguments=("individualID", "deathDate"),
        ),
    ]


def _deaths(package: Package) -> pl.DataFrame:
    """Return the events in which a known animal was dead, the earliest first."""
    frame = numbered(package, HEALTH_EVENTS)
    dead = pl.col("kind").is_in(DEATHS) & pl.all_horizontal(pl.col("individualID", "eventDate").is_not_null())
    return frame.filter(dead).sort("eventDate", "row")


def dead_once(package: Package) -> list[pl.DataFrame]:
    """Find animals that are reported dead or killed more than once."""
    deaths = _deaths(package).with_columns(pl.col("eventDate").first().over("individualID").alias("first"))
    again = deaths.filter(~pl.col("individualID").is_first_distinct())
    again = again.with_columns(pl.col("eventDate").alias("value"), pl.col("first").alias("eventDate"))
    return [
        findings.rows(
            "died-twice",
            again,
            table="health_events",
            column="individualID",
            arguments=("individualID", "eventDate"),
        )
    ]


def dead_unseen(package: Package) -> list[pl.DataFrame]:
    """Find observations of an animal on a local day after it was reported dead or killed."""
    if "observations" not in package.tables:
        return []
    deaths = _deaths(package).unique("individualID", keep="first", maintain_order=True)
    local = pl.col("eventStart") + pl.duration(minutes=pl.col("eventStart" + OFFSET).fill_null(0))
    seen = numbered(package, OBSERVATIONS).with_columns(seenOn=local.dt.date())
    frame = seen.select("row", "observationID", "individualID", "seenOn").join(
        deaths.select("individualID", "eventDate", "kind"), on="individualID", how="inner", maintain_order="left"
    )
    return [
        findings.rows(
            "seen-after-death-event",
            frame.filter(pl.col("seenOn") > pl.col("eventDate")),
            table="observations",
            column="individualID",
            value="observationID",
            arguments=("individualID", "seenOn", "kind", "eventDate"),
        )
    ]
