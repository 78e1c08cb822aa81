"""Every detection of a named individual, from cameras and from tracks, in one shape.

A derived table: questions start from it. Names are still the party's own; the register turns them into joint ones.
"""

from datetime import timedelta

import polars as pl

from tumen.tables.individuals import CERTAINTIES
from tumen.tables.package import Package
from tumen.tables.schema import UTC, require

DETECTIONS: dict[str, pl.DataType | type[pl.DataType]] = {
    "detectionID": pl.String,
    "party": pl.String,
    "individualID": pl.String,
    "scientificName": pl.String,
    "sex": pl.String,
    "lifeStage": pl.String,
    "certainty": pl.String,
    "eventStart": UTC,
    "eventEnd": UTC,
    "place": pl.String,
    "deploymentID": pl.String,
    "longitude": pl.Float64,
    "latitude": pl.Float64,
    "coordinateUncertainty": pl.Float64,
    "declaredCountry": pl.String,
    "source": pl.String,
}
"""Columns and types. `place` is "party/locationID" (or "party/deploymentID"), null for tracked positions."""

_TAG = r"(?:^|\|)\s*countryCode\s*:\s*([A-Za-z]{2})\s*(?:\||$)"
_RANK = pl.Enum(CERTAINTIES)

OUTSIDE = timedelta(days=1)
"""How far outside its deployment an instant may lie: visits are often written down to the day. Beyond, the camera's
clock is in doubt, and an order of events made with it could invent a crossing."""


def declared_country(package: Package) -> pl.Expr:
    """Return the country a deployment declares with its tag `countryCode`, else the package's."""
    tagged = pl.col("deploymentTags").str.extract(_TAG).str.to_uppercase()
    return pl.coalesce(tagged, pl.lit(package.country, dtype=pl.String))


def place(party: str) -> pl.Expr:
    """Return the name of a deployment's place, unique over the parties."""
    return pl.concat_str(pl.lit(party + "/"), pl.coalesce("locationID", "deploymentID"))


def detections(package: Package) -> pl.DataFrame:
    """Return one row per observation or position of a named individual, in the order of the tables.

    An observation's name is its `individualID`; where that is empty, the surest judgement in `identifications` for the
    observation or its media file. Positions marked as outliers, rows without an instant and rows without a name are
    left out, and so are instants more than a day outside their deployment, which a wrong clock gave; `left_out` counts
    them.
    """
    return require(pl.concat([_of_cameras(package), _of_tracks(package)]), DETECTIONS, "detections")


def left_out(package: Package, species: tuple[str, ...] = ()) -> dict[str, int]:
    """Count what `detections` does not use, by the code of the note that says so.

    Of animals without a name only those of `species` are counted, or of every species if none is given.
    """
    observations, positions = package.table("observations"), package.table("positions")
    wanted = pl.col("scientificName").is_in(species).fill_null(False) if species else pl.lit(True)
    animal = (pl.col("observationType") == "animal") & wanted
    named = _named(package)
    dated = named.join(_spans(package), on="deploymentID", how="inner")
    return {
        "left-out-unnamed": once(observations).filter(animal).height - once(named).filter(animal).height,
        "left-out-doubtful-instant": dated.filter(~believed()).height,
        "left-out-outliers": int(positions["outlier"].fill_null(False).sum()),
        "left-out-without-instant": named["eventStart"].null_count()
        + positions.filter(~pl.col("outlier").fill_null(False))["timestamp"].null_count(),
    }


def once(observations: pl.DataFrame) -> pl.DataFrame:
    """Return observations without those of single pictures whose event has a row of its own.

    >>> rows = [("o1", "e1", "event"), ("o2", "e1", "media"), ("o3", "e2", "media"), ("o4", None, "media")]
    >>> frame = pl.DataFrame(rows, schema=["observationID", "eventID", "observationLevel"], orient="row")
    >>> once(frame)["observationID"].to_list()
    ['o1', 'o3', 'o4']
    """
    events = observations.filter(pl.col("observationLevel") == "event")["eventID"].drop_nulls().unique()
    if events.is_empty():
        return observations
    again = (pl.col("observationLevel") == "media") & pl.col("eventID").is_in(events.implode())
    return observations.filter(~again.fill_null(False))


def judgements(package: Package) -> pl.DataFrame:
    """Return the surest judgement per observation: observationID, judgedID, certainty, judged (distinct names)."""
    given = package.table("identifications").select("observationID", "mediaID", "individualID", "certainty")
    by_media = (
        given.filter(pl.col("observationID").is_null() & pl.col("mediaID").is_not_null())
        .drop("observationID")
        .join(package.table("observations").select("observationID", "mediaID"), on="mediaID", how="inner")
        .select("observationID", "individualID", "certainty")
    )
    given = given.filter(pl.col("observationID").is_not_null()).select("observationID", "individualID", "certainty")
    ranked = (
        pl.concat([given, by_media])
        .filter(pl.col("certainty").is_in(CERTAINTIES))
        .with_columns(rank=pl.col("certainty").cast(_RANK).to_physical())
        .sort("observationID", "rank", "individualID")
    )
    return ranked.group_by("observationID", maintain_order=True).agg(
        pl.col("individualID").first().alias("judgedID"),
        pl.col("certainty").first(),
        pl.col("individualID").filter(pl.col("rank") == pl.col("rank").min()).unique().sort().alias("judged"),
    )


def _named(package: Package) -> pl.DataFrame:
    """Return the observations of named individuals with the certainty of the name."""
    observations = package.table("observations")
    return (
        observations.join(judgements(package), on="observationID", how="left", maintain_order="left")
        .with_columns(
            certainty=pl.when(pl.col("individualID").is_null() | (pl.col("individualID") == pl.col("judgedID"))).then(
                "certainty"
            ),
            individualID=pl.coalesce("individualID", "judgedID"),
        )
        .filter(pl.col("individualID").is_not_null())
    )


def _spans(package: Package) -> pl.DataFrame:
    """Return when each deployment is said to have stood."""
    return (
        package.table("deployments")
        .select("deploymentID", "deploymentStart", "deploymentEnd")
        .unique("deploymentID", keep="first", maintain_order=True)
    )


def believed() -> pl.Expr:
    """Say whether an instant lies in its deployment, or near enough to it; true where the deployment does not tell."""
    early = pl.col("eventStart") < pl.col("deploymentStart") - OUTSIDE
    late = pl.col("eventStart") > pl.col("deploymentEnd") + OUTSIDE
    return ~(early | late).fill_null(False)


def _of_cameras(package: Package) -> pl.DataFrame:
    deployments = package.table("deployments").select(
        "deploymentID",
        "longitude",
        "latitude",
        pl.col("coordinateUncertainty").cast(pl.Float64),
        place(package.party).alias("place"),
        declared_country(package).alias("declaredCountry"),
    )
    known = package.table("individuals").select("individualID", knownSpecies="scientificName", knownSex="sex")
    return (
        _named(package)
        .filter(pl.col("eventStart").is_not_null())
        .join(_spans(package), on="deploymentID", how="left", maintain_order="left")
        .filter(believed())
        .join(
            deployments.unique("deploymentID", keep="first", maintain_order=True),
            on="deploymentID",
            how="left",
            maintain_order="left",
        )
        .join(known.unique("individualID", keep="first"), on="individualID", how="left", maintain_order="left")
        .select(
            pl.col("observationID").alias("detectionID"),
            pl.lit(package.party).alias("party"),
            "individualID",
            pl.coalesce("scientificName", "knownSpecies").alias("scientificName"),
            pl.coalesce("sex", "knownSex").alias("sex"),
            "lifeStage",
            "certainty",
            "eventStart",
            # An end that is missing or before the start is a finding; the instant of the start is what is known.
            pl.max_horizontal("eventStart", "eventEnd").alias("eventEnd"),
            pl.coalesce("place", pl.concat_str(pl.lit(package.party + "/"), "deploymentID")),
            "deploymentID",
            "longitude",
            "latitude",
            "coordinateUncertainty",
            "declaredCountry",
            pl.lit("camera").alias("source"),
        )
    )


def _of_tracks(package: Package) -> pl.DataFrame:
    known = package.table("individuals").select("individualID", knownSpecies="scientificName", sex="sex")
    return (
        package.table("positions")
        .filter(~pl.col("outlier").fill_null(False), pl.col("timestamp").is_not_null())
        .filter(pl.col("individualID").is_not_null())
        .join(known.unique("individualID", keep="first"), on="individualID", how="left", maintain_order="left")
        .select(
            pl.col("positionID").alias("detectionID"),
            pl.lit(package.party).alias("party"),
            "individualID",
            pl.coalesce("scientificName", "knownSpecies").alias("scientificName"),
            "sex",
            pl.lit(None, dtype=pl.String).alias("lifeStage"),
            pl.lit(None, dtype=pl.String).alias("certainty"),
            pl.col("timestamp").alias("eventStart"),
            pl.col("timestamp").alias("eventEnd"),
            pl.lit(None, dtype=pl.String).alias("place"),
            pl.lit(None, dtype=pl.String).alias("deploymentID"),
            "longitude",
            "latitude",
            "coordinateUncertainty",
            # A tracked animal walks where it likes: the party's country says nothing about its side.
            pl.lit(None, dtype=pl.String).alias("declaredCountry"),
            pl.lit("position").alias("source"),
        )
    )
