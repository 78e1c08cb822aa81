"""Put pooled packages and answers into the one value a report is drawn from."""

from importlib.metadata import version

import polars as pl

from tumen.measure.night import night
from tumen.report.population import parameters as of_population
from tumen.report.source import (
    EFFORT,
    OPERATING,
    PARTIES,
    SIGHTINGS,
    STATIONS,
    TRACKS,
    Input,
    Provenance,
    Region,
    ReportSource,
)
from tumen.report.source import Shape as TableShape
from tumen.tables import findings
from tumen.tables.answer import Answer
from tumen.tables.cameras import NOT_OPERATING
from tumen.tables.detections import believed, once
from tumen.tables.package import Package
from tumen.tasks.disclosed import disclosed
from tumen.tasks.pool import Pool

PLACE = ["party", "place"]
SECONDS_A_DAY = 86_400
MOST = 4
"""Species that effort is shown for where a study names none and nobody was identified."""


def report_source(
    pooled: Pool, crossings: Answer, pace: pl.DataFrame, study_digest: str, population: tuple[Answer, ...] = ()
) -> ReportSource:
    """Return everything a report shows, each number once. `population`: density, survival and diversity."""
    study = pooled.study
    species = _species(pooled)
    period = study.period
    if period is not None:
        days = (period[0].date(), (period[1] - (period[1] - period[0]).resolution).date())
    return ReportSource(
        title=study.title,
        species=species,
        period=days if period is not None else None,
        languages=study.languages,
        parties=_parties(pooled),
        stations=_stations(pooled),
        sightings=_sightings(pooled, species),
        effort=_effort(pooled),
        operating=_operating(pooled),
        tracks=_tracks(pooled),
        findings=findings.gather(
            [pooled.findings, pace, *(each.findings for each in population if each.findings is not None)]
        ),
        population=population,
        disclosed=disclosed(pooled, population),
        crossings=crossings,
        region=Region(
            countries=pooled.area.polygons,
            border=tuple((_pair(pair), line) for pair, line in pooled.area.border.lines()),
            origin=pooled.area.origin,
        ),
        provenance=Provenance(
            version=version("tumen"),
            seed=study.seed,
            parameters={**crossings.parameters, **_parameters(pooled), **of_population(population)},
            inputs=_inputs(pooled, study_digest),
        ),
    )


def _pair(pair: str) -> tuple[str, str]:
    one, other = pair.split("|")
    return one, other


def _parameters(pooled: Pool) -> dict[str, float | str]:
    area = pooled.area
    return {
        "waterMarginMetres": area.water_margin,
        "mapAccuracyMetres": area.accuracy,
    }


def _inputs(pooled: Pool, study_digest: str) -> tuple[Input, ...]:
    own = {pooled.study.path.name: study_digest, **pooled.area.digests, **pooled.register.digests}
    return (
        *(Input("", "study", name, digest) for name, digest in sorted(own.items())),
        *(
            Input(package.party, package.name, name, digest)
            for package in pooled.packages
            for name, digest in sorted(package.digests.items())
        ),
    )


def _cut(pooled: Pool) -> tuple[pl.Expr, pl.Expr]:
    """Return start and end of a deployment inside the study's period."""
    start, end = pl.col("deploymentStart"), pl.col("deploymentEnd")
    if pooled.study.period is None:
        return start, end
    first, last = (pl.lit(instant).cast(pl.Datetime("us", "UTC")) for instant in pooled.study.period)
    return pl.max_horizontal(start, first), pl.min_horizontal(end, last)


def _stations(pooled: Pool) -> pl.DataFrame:
    """Return one row per place at which a camera was set."""
    start, end = _cut(pooled)
    worked = pooled.operating.group_by("party", "deploymentID").agg(pl.col("days").sum())
    return _shaped(
        pooled.deployments.join(worked, on=["party", "deploymentID"], how="left", maintain_order="left")
        .with_columns(stood=((end - start).dt.total_seconds() / SECONDS_A_DAY).clip(0))
        .group_by(PLACE, maintain_order=True)
        .agg(
            pl.col("countryCode").first(),
            pl.col("possibleCountries").first(),
            pl.col("longitude").first(),
            pl.col("latitude").first(),
            pl.col("coordinateUncertainty").first(),
            pl.len().cast(pl.Int64).alias("deployments"),
            # A deployment whose dates cannot be used has no known effort, which is not none.
            pl.when(pl.col("days").is_not_null().all()).then(pl.col("days").sum()).alias("cameraDays"),
            pl.when(pl.col("failuresKnown").all() & pl.col("days").is_not_null().all())
            .then((pl.col("stood") - pl.col("days")).clip(0).sum())
            .alias("failedDays"),
        )
        .sort(PLACE),
        STATIONS,
    )


def _sightings(pooled: Pool, species: tuple[str, ...]) -> pl.DataFrame:
    """Return how often and in how many nights each station saw each species, named animals or not."""
    where = pooled.deployments.select("party", "deploymentID", "place", "longitude", "deploymentStart", "deploymentEnd")
    seen = pl.concat([_observed(package) for package in pooled.packages]).join(
        where, on=["party", "deploymentID"], how="inner"
    )
    if pooled.study.period is not None:
        first, last = pooled.study.period
        seen = seen.filter((pl.col("eventStart") >= first) & (pl.col("eventStart") < last))
    return _shaped(
        seen.filter(pl.col("scientificName").is_in(species), believed())
        .group_by("party", "place", "scientificName")
        .agg(
            pl.len().cast(pl.Int64).alias("detections"),
            night(pl.col("eventStart"), pl.col("longitude").fill_null(0.0)).n_unique().cast(pl.Int64).alias("nights"),
        )
        .sort("party", "place", "scientificName"),
        SIGHTINGS,
    )


def _observed(package: Package) -> pl.DataFrame:
    """Return the observations of animals, with when and by which deployment."""
    return (
        once(package.table("observations"))
        .filter(pl.col("observationType") == "animal", pl.col("eventStart").is_not_null())
        .select(pl.lit(package.party).alias("party"), "deploymentID", "scientificName", "eventStart")
    )


def _species(pooled: Pool) -> tuple[str, ...]:
    """Return the study's species; if it names none, those of the named animals, else the most often observed."""
    if pooled.study.species:
        return pooled.study.species
    named = pooled.detections["scientificName"].drop_nulls().unique().sort()
    if named.len():
        return tuple(named)
    every = pl.concat([_observed(package) for package in pooled.packages])["scientificName"].drop_nulls()
    counted = every.value_counts().sort("count", "scientificName", descending=[True, False])
    return tuple(counted["scientificName"].head(MOST))


def _effort(pooled: Pool) -> pl.DataFrame:
    """Return the effort in each country: by deployment, for a place may have been moved over a border."""
    days = pooled.operating.group_by("party", "deploymentID").agg(pl.col("days").sum())
    return _shaped(
        pooled.deployments.join(days, on=["party", "deploymentID"], how="left")
        .group_by("countryCode")
        .agg(
            pl.col("place").n_unique().cast(pl.Int64).alias("stations"),
            pl.len().cast(pl.Int64).alias("deployments"),
            pl.col("days").sum().alias("cameraDays"),
            pl.col("failuresKnown").all(),
        )
        .sort("countryCode", nulls_last=True),
        EFFORT,
    )


def _parties(pooled: Pool) -> pl.DataFrame:
    """Return what each party brought."""
    # Null where not one deployment has dates that can be used: unknown, not none.
    known = pl.when(pl.col("days").is_not_null().any()).then(pl.col("days").sum())
    days = pooled.operating.group_by("party").agg(known.alias("cameraDays"))
    cameras = pooled.deployments.group_by("party").agg(
        pl.col("place").n_unique().cast(pl.Int64).alias("stations"),
        pl.len().cast(pl.Int64).alias("deployments"),
        pl.col("failuresKnown").all(),
    )
    seen = (
        pooled.detections.filter(pl.col("certainty").ne_missing("possible"))
        .group_by("party")
        .agg(
            pl.len().cast(pl.Int64).alias("detections"),
            pl.col("localID").n_unique().cast(pl.Int64).alias("individuals"),
        )
    )
    named = pl.DataFrame(
        [
            {"party": p.party, "country": p.country, "format": p.format, "tracks": p.table("positions").height > 0}
            for p in pooled.packages
        ],
        schema={"party": pl.String, "country": pl.String, "format": pl.String, "tracks": pl.Boolean},
    )
    return _shaped(
        named.group_by("party")
        .agg(
            pl.when(pl.col("country").n_unique() == 1).then(pl.col("country").first()).alias("countryCode"),
            pl.col("format").unique().sort().str.join(", "),
            pl.col("tracks").any(),
        )
        .join(cameras, on="party", how="left")
        .join(days, on="party", how="left")
        .join(seen, on="party", how="left")
        .with_columns(
            pl.col("stations", "deployments", "detections", "individuals").fill_null(0),
            pl.col("failuresKnown").fill_null(False),
            effortKnown=pl.col("cameraDays").is_not_null() & ~pl.col("tracks"),
        )
        .sort("party"),
        PARTIES,
    )


def _operating(pooled: Pool) -> pl.DataFrame:
    """Return when cameras worked and when they are said not to have."""
    start, end = _cut(pooled)
    worked = pooled.operating.filter(pl.col("days") > 0).select(
        *PLACE, "start", "end", pl.lit("operating").alias("status")
    )
    failed = [
        package.table("operating_periods")
        .filter(pl.col("status").is_in(NOT_OPERATING))
        .select(pl.lit(package.party).alias("party"), "deploymentID", "start", "end", "status")
        for package in pooled.packages
    ]
    stood = pooled.deployments.select("party", "deploymentID", "place", start.alias("from"), end.alias("to"))
    failures = (
        pl.concat(failed)
        .join(stood, on=["party", "deploymentID"], how="inner")
        .with_columns(pl.max_horizontal("start", "from").alias("start"), pl.min_horizontal("end", "to").alias("end"))
        .filter(pl.col("start") < pl.col("end"))
        .select(*PLACE, "start", "end", "status")
    )
    return _shaped(pl.concat([worked, failures]).sort(*PLACE, "start", "status"), OPERATING)


def _tracks(pooled: Pool) -> pl.DataFrame:
    """Return the positions of tracked animals, in order of time."""
    return _shaped(
        pooled.detections.filter(pl.col("source") == "position")
        .with_columns(instant="eventStart")
        .sort("individualID", "instant", "longitude", "latitude"),
        TRACKS,
    )


def _shaped(frame: pl.DataFrame, shape: TableShape) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in shape.items())
