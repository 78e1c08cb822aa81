"""What does an owner compute so that its data can stay at home?

Encounters with the side and a rounded distance to the border, camera-days, cut-outs of pictures, and what is held at
all. Everything is computed from the exact data; only what the level lets out is in the tables returned.
"""

from collections.abc import Mapping

import polars as pl

from tumen.sharing.generalise import rounded_up
from tumen.sharing.ledger import Ledger
from tumen.sharing.levels import at_most
from tumen.tables import pictured
from tumen.tables.detections import declared_country, judgements
from tumen.tables.encounters import CAMERA_DAYS, ENCOUNTERS, HOLDINGS, PORTRAITS
from tumen.tables.package import Package
from tumen.tables.pictured import BOX
from tumen.tables.schema import UTC, require

FLANKS = ("left", "right", "both")
"""What a portrait is said to show; front and rear are not told."""

SEEN: dict[str, pl.DataType | type[pl.DataType]] = {
    "individualID": pl.String,
    "scientificName": pl.String,
    "sex": pl.String,
    "lifeStage": pl.String,
    "source": pl.String,
    "location": pl.String,
    "start": UTC,
    "end": UTC,
    "detections": pl.Int64,
    "countryCode": pl.String,
    "possibleCountries": pl.String,
    "borderDistance": pl.Float64,
}
"""Exact encounters, as the owner derives them: `source` is camera or position, `location` that of a camera
("place/..." as in the ledger, null for positions), `borderDistance` in m, null where it is not known."""

WORKED: dict[str, pl.DataType | type[pl.DataType]] = {
    "deploymentID": pl.String,
    "countryCode": pl.String,
    "start": UTC,
    "end": UTC,
}
"""Intervals in which a camera worked, with its country where that is certain."""


def encounters(seen: pl.DataFrame, step: float, ledger: Ledger) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the table `encounters` under the owner's names, and what it tells of each location.

    `seen`: `SEEN`. A location has one distance, the largest of its encounters, and the one told before where the ledger
    has one: so many encounters tell no more of a place than one. The second frame has location, step, borderDistance.
    """
    require(seen, SEEN, "encounters of the owner")
    if seen.is_empty():
        return ENCOUNTERS.empty(), pl.DataFrame(schema={"location": pl.String, "step": pl.Float64, "told": pl.Float64})
    own = pl.col("borderDistance").max().over("location")
    spread = seen.with_columns(pl.when(pl.col("location").is_null()).then("borderDistance").otherwise(own))
    up = rounded_up(spread["borderDistance"].fill_null(float("nan")).to_numpy().copy(), step)
    placed = spread.with_columns(pl.Series("borderDistance", up, dtype=pl.Float64).fill_nan(None)).join(
        ledger.distances(step), on="location", how="left", maintain_order="left"
    )
    placed = placed.with_columns(borderDistance=pl.coalesce("told", "borderDistance"))
    own_name = pl.concat_str("individualID", pl.col("start").dt.timestamp("us"), "source", separator="/")
    placed = placed.with_columns(encounterID=own_name)
    if placed["encounterID"].n_unique() < placed.height:
        # In one order whatever the order of rows was: the number is part of the name.
        placed = placed.sort("encounterID", "end", "location", "borderDistance", "countryCode", "lifeStage")
        again = pl.int_range(pl.len()).over("encounterID")
        placed = placed.with_columns(encounterID=pl.concat_str("encounterID", pl.lit("/"), again))
    table = placed.select(
        "encounterID",
        "individualID",
        "scientificName",
        "sex",
        "lifeStage",
        "source",
        pl.col("start").dt.date().alias("startDate"),
        pl.max_horizontal("start", "end").dt.date().alias("endDate"),
        "detections",
        "countryCode",
        "possibleCountries",
        "borderDistance",
        pl.when(pl.col("borderDistance").is_not_null()).then(pl.lit(float(step))).alias("borderStep"),
    )
    told = placed.drop_nulls(["location", "borderDistance"]).unique("location", keep="first").sort("location")
    return table, told.select("location", pl.lit(float(step)).alias("step"), told="borderDistance")


def camera_days(worked: pl.DataFrame, level: str) -> pl.DataFrame:
    """Return the table `camera_days`: per country and month, from `generalised` per deployment. `worked`: `WORKED`.

    >>> from datetime import UTC as utc, datetime
    >>> worked = pl.DataFrame([("d1", "RU", datetime(2014, 1, 30, tzinfo=utc), datetime(2014, 2, 2, 12, tzinfo=utc))],
    ...                       schema=WORKED, orient="row")
    >>> camera_days(worked, "crossing").select("countryCode", "month", "cameraDays").rows()
    [('RU', datetime.date(2014, 1, 1), 2), ('RU', datetime.date(2014, 2, 1), 2)]
    """
    require(worked, WORKED, "intervals in which cameras worked")
    known = worked.drop_nulls(["start", "end"]).filter(pl.col("end") > pl.col("start"))
    if known.is_empty():
        return CAMERA_DAYS.empty()
    months = known.with_columns(
        month=pl.datetime_ranges(pl.col("start").dt.truncate("1mo"), "end", "1mo", time_unit="us", time_zone="UTC")
    ).explode("month")
    begin = pl.max_horizontal("start", "month")
    stop = pl.min_horizontal("end", pl.col("month").dt.offset_by("1mo"))
    days = months.with_columns(days=(stop - begin).dt.total_seconds() / 86_400).filter(pl.col("days") > 0)
    by = ["deploymentID", "countryCode", "month"] if at_most("generalised", level) else ["countryCode", "month"]
    # Summed in order of size, so that the order of rows does not matter.
    summed = days.sort("days").group_by(by).agg(pl.col("days").sum().round(0).cast(pl.Int64).alias("cameraDays"))
    if "deploymentID" not in by:
        summed = summed.with_columns(deploymentID=pl.lit(None, dtype=pl.String))
    return summed.with_columns(pl.col("month").dt.date()).select(CAMERA_DAYS.names).sort(CAMERA_DAYS.names)


def portraits(package: Package) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """Return the table `portraits` under the owner's names, what to cut out of which file, and how many have no box.

    One row per picture of one animal with a box around it, named as `tables.pictured` names it. The second frame has
    portraitID, filePath (of the owner), and the box as shares of width and height.
    """
    media = package.table("media").select("mediaID", "deploymentID", "filePath", "fileMediatype", "timestamp")
    shown = package.table("observations").filter(
        (pl.col("observationType") == "animal") & pl.col("mediaID").is_not_null()
    )
    known = shown.join(media, on="mediaID", how="semi")
    boxed = known.drop_nulls(BOX)
    named = judgements(package).select("observationID", "judgedID", "certainty")
    # Names, species and flanks as whoever has the whole package would use them to compare its pictures.
    told, _ = pictured.shown(package, ())
    told = told.select("observationID", "mediaID", "kind", "subjectID", "flank", species="scientificName")
    where = package.table("deployments").select("deploymentID", country=declared_country(package))
    files = media.join(boxed, on="mediaID", how="semi").unique("mediaID", keep="first").drop("deploymentID")
    frame = (
        boxed.join(files, on="mediaID", how="inner")
        .join(named, on="observationID", how="left")
        .join(told, on=["observationID", "mediaID"], how="left")
        .join(where.unique("deploymentID", keep="first"), on="deploymentID", how="left")
        .sort("observationID")
    )
    own = pl.coalesce("individualID", "judgedID")
    sure = pl.when(pl.col("individualID").is_null() | (pl.col("individualID") == pl.col("judgedID"))).then("certainty")
    # A name that is only possible goes with its certainty; one that two records give differently does not go.
    maybe = (sure == "possible").fill_null(False) | pl.col("kind").is_null()
    name = pl.when(pl.col("kind") == "individual").then("subjectID").when(maybe).then(own)
    table = frame.select(
        pl.col("observationID").alias("portraitID"),
        name.alias("individualID"),
        pl.coalesce("scientificName", "species").alias("scientificName"),
        "sex",
        "lifeStage",
        pl.when(pl.col("flank").is_in(FLANKS)).then("flank").alias("flank"),
        pl.when(name == own).then(sure).alias("certainty"),
        pl.coalesce("timestamp", "eventStart").dt.year().cast(pl.Int64).alias("year"),
        pl.col("country").alias("countryCode"),
        "filePath",
    )
    return (
        table.select(PORTRAITS.names),
        frame.select(pl.col("observationID").alias("portraitID"), "filePath", *BOX),
        known.height - boxed.height,
    )


def holdings(package: Package, disclosed: Mapping[str, pl.DataFrame], species: tuple[str, ...] | None) -> pl.DataFrame:
    """Return the table `holdings`: rows, years and species of every table that is held; `species` limits the names."""
    rows = []
    for name, frame in sorted(package.tables.items()):
        if frame.is_empty():
            continue
        names = frame["scientificName"].drop_nulls().unique().sort() if "scientificName" in frame.columns else None
        allowed = [] if names is None else [one for one in names if species is None or one in species]
        first, last = _years(frame)
        shown = disclosed[name].height if name in disclosed else 0
        rows.append((name, frame.height, shown, first, last, "|".join(allowed) or None))
    return pl.DataFrame(rows, schema=HOLDINGS.dtypes, orient="row")


RECORDED = ("deploymentStart", "timestamp", "eventStart", "collectedOn", "visitDate", "eventDate", "searchStart")
"""Columns that say when something was recorded in the field."""


def _years(frame: pl.DataFrame) -> tuple[int | None, int | None]:
    for name in RECORDED:
        if name in frame.columns:
            year = frame[name].dt.year()
            first, last = year.min(), year.max()
            return (int(str(first)), int(str(last))) if first is not None else (None, None)
    return None, None
