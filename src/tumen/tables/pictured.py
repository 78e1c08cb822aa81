"""Which pictures of a package show whom? Chosen from its tables; no picture is opened here.

A picture shows an observation that names it (`mediaID`), or one of an event in which it was taken at the same
deployment. A row for a picture alone, such as a detector writes, stands for the row of its event, where that is one
animal of the same species: it gives the box, the event gives the name. Whom a picture shows is the observation's
`individualID` or its surest identification; a name that is only 'possible', or that two records give differently, is
not used, and the observation stands for itself.
"""

import polars as pl

from tumen.tables import findings
from tumen.tables.detections import judgements
from tumen.tables.package import Package

BOX = ("bboxX", "bboxY", "bboxWidth", "bboxHeight")
FLANKS = ("left", "right", "both", "front", "rear")
_TAG = r"(?:^|\|)\s*flank\s*:\s*([a-z]+)\s*(?:\||$)"
"""The tag `flank:left` in observationTags; identifications know left, right and both only."""


def shown(package: Package, species: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row per picture and animal of the wanted species (all, if none is named), and the findings.

    Columns: party, kind, subjectID, mediaID, observationID, scientificName, flank, deploymentID, eventID, instant,
    filePath, row (of media, as a spreadsheet counts), and the four of the box.
    """
    observations = _with_events(_observed(package, species))
    media = package.table("media").with_columns(row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
    moving = ~pl.col("fileMediatype").fill_null("image/").str.starts_with("image/")
    recordings = media.filter(moving)
    pictures = _joined(observations, media.filter(~moving))
    recorded = _joined(observations, recordings)
    found = []
    if recorded.height:
        found.append(findings.finding("photo-recordings", table="media", count=recorded["mediaID"].n_unique()))
    single, crowd = _single(pictures)
    found.append(findings.rows("photo-several-animals", crowd, table="media", column="filePath"))
    single, conflicts = _flanks(package, single)
    found.append(conflicts)
    frame = single.select(
        pl.lit(package.party).alias("party"),
        pl.when(pl.col("name").is_null()).then(pl.lit("observation")).otherwise(pl.lit("individual")).alias("kind"),
        pl.coalesce("name", "stands").alias("subjectID"),
        "mediaID",
        "observationID",
        "scientificName",
        "flank",
        "deploymentID",
        "eventID",
        pl.coalesce("timestamp", "eventStart").alias("instant"),
        "filePath",
        "row",
        *BOX,
    )
    found.append(_names_in_conflict(observations, single))
    return frame.sort("row", "observationID"), findings.gather(found)


def _observed(package: Package, species: tuple[str, ...]) -> pl.DataFrame:
    """Return the observations of animals of the species, with the name that is used and whether names disagree."""
    wanted = pl.col("scientificName").is_in(species) if species else pl.lit(True)
    known = package.table("individuals").select("individualID", knownSpecies="scientificName")
    own, judged = pl.col("individualID"), pl.col("judgedID")
    sure = pl.col("certainty").is_in(("certain", "probable")).fill_null(False)
    several = pl.col("judged").list.len().fill_null(0) > 1
    # A judgement that is only 'possible' neither gives a name nor takes one away; it makes its own name doubtful.
    differs = sure & (several | (own.is_not_null() & (own != judged)).fill_null(False))
    doubtful = own.is_not_null() & (own == judged).fill_null(False) & ~sure
    name = pl.when(differs | doubtful).then(None).otherwise(pl.coalesce(own, pl.when(sure).then(judged)))
    return (
        package.table("observations")
        .with_columns(observationRow=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
        .filter(pl.col("observationType") == "animal", pl.col("observationID").is_not_null())
        .unique("observationID", keep="first", maintain_order=True)
        .join(judgements(package), on="observationID", how="left", maintain_order="left")
        .with_columns(
            name=name,
            differs=differs,
            names=pl.concat_list(own, pl.col("judged").fill_null([])).list.drop_nulls().list.unique().list.sort(),
        )
        .join(known.unique("individualID", keep="first"), on="individualID", how="left", maintain_order="left")
        .with_columns(pl.coalesce("scientificName", "knownSpecies").alias("scientificName"))
        .filter(wanted.fill_null(False))
    )


def _with_events(observations: pl.DataFrame) -> pl.DataFrame:
    """Add which observation a row stands for (`stands`), and give rows of pictures the name that their event has.

    Which of several animals of an event a box shows nobody has said; such rows stand for themselves.
    """
    key = ["eventID", "scientificName"]
    level = pl.col("observationLevel")
    single = (pl.len().over(key) == 1) & (pl.col("count").fill_null(1) == 1)
    events = (
        observations.filter(level == "event", pl.col("eventID").is_not_null())
        .filter(single)
        .select(*key, ofEvent="observationID", eventName="name", eventDiffers="differs", eventTags="observationTags")
    )
    alone = pl.len().over("mediaID", "scientificName") == 1
    bare = (level == "media") & pl.col("mediaID").is_not_null() & pl.col("name").is_null() & ~pl.col("differs")
    joined = observations.with_columns(bare=bare & alone).join(events, on=key, how="left", maintain_order="left")
    stands = pl.col("bare") & pl.col("ofEvent").is_not_null()
    made = joined.with_columns(
        name=pl.when(stands).then("eventName").otherwise("name"),
        stands=pl.when(stands).then("ofEvent").otherwise("observationID"),
        eventTags=pl.when(stands).then("eventTags"),
    )
    # Somebody, or something, looked at the pictures of these events one by one: where it saw nothing is nothing.
    told = made.filter(stands)["ofEvent"].unique()
    return made.with_columns(lookedAt=pl.col("observationID").is_in(told.implode()))


def _joined(observations: pl.DataFrame, media: pl.DataFrame) -> pl.DataFrame:
    """Return every picture with every observation of it: by its name, else by its event."""
    own = media.select("mediaID", "timestamp", "filePath", "row", pl.col("deploymentID").alias("at"))
    own = own.filter(pl.col("mediaID").is_not_null()).unique("mediaID", keep="first", maintain_order=True)
    named = observations.filter(pl.col("mediaID").is_not_null()).join(own, on="mediaID", how="inner")
    events = observations.filter(
        pl.col("mediaID").is_null(), pl.col("deploymentID").is_not_null(), ~pl.col("lookedAt")
    ).drop("mediaID")
    spans = events.select(
        "observationID", "deploymentID", "eventStart", end=pl.max_horizontal("eventStart", "eventEnd")
    )
    # Only what is compared goes into this join: a camera may have taken ten thousand pictures.
    taken = spans.join(own, left_on="deploymentID", right_on="at", how="inner").filter(
        pl.col("timestamp").is_between(pl.col("eventStart"), pl.col("end"))
    )
    during = events.join(taken.drop("deploymentID", "eventStart", "end"), on="observationID", how="inner")
    # Somebody who judged the picture itself knows more than somebody who judged the event.
    during = during.join(named.select("mediaID", "scientificName"), on=["mediaID", "scientificName"], how="anti")
    wanted = [*named.drop("at").columns]
    return pl.concat([named.select(wanted), during.select(wanted)])


def _single(pictures: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the pictures of which it is clear where in them the animal is, and those of which it is not."""
    boxed = pl.any_horizontal(pl.col(BOX).is_not_null())
    alone = (pl.len().over("mediaID") == 1) & (pl.col("count").fill_null(1) == 1)
    clear = boxed | alone
    crowd = pictures.filter(~clear).unique("mediaID", keep="first", maintain_order=True)
    return pictures.filter(clear), crowd.select("row", value="filePath").sort("row")


def _flanks(package: Package, pictures: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the flank that identifications by photograph and tags tell; null where none or two are told."""
    given = package.table("identifications").filter(pl.col("method") == "photo", pl.col("flank").is_not_null())
    keys = pictures.select("mediaID", "observationID", judged="observationID")
    keys = pl.concat([keys, pictures.select("mediaID", "observationID", judged="stands")]).unique(maintain_order=True)
    given = given.select("mediaID", "flank", judged="observationID")
    tags = pl.concat_list(pl.col("observationTags", "eventTags").str.extract(_TAG)).list.drop_nulls()
    told = [
        given.filter(pl.col("mediaID").is_null()).drop("mediaID").join(keys, on="judged", how="inner"),
        given.filter(pl.col("judged").is_null()).drop("judged").join(keys, on="mediaID", how="inner"),
        given.join(keys, on=["mediaID", "judged"], how="inner"),
        pictures.select("mediaID", "observationID", flank=tags).explode("flank").drop_nulls("flank"),
    ]
    every = pl.concat([part.select("mediaID", "observationID", "flank") for part in told])
    every = every.filter(pl.col("flank").is_in(FLANKS)).group_by("mediaID", "observationID").agg(pl.col("flank"))
    sides = pl.col("flank").list.unique().list.sort()
    both = sides.list.contains("both")
    every = every.with_columns(
        flank=pl.when(both).then(pl.lit("both")).when(sides.list.len() == 1).then(sides.list.first()),
        flanks=sides.list.join(", "),
    )
    joined = pictures.join(every, on=["mediaID", "observationID"], how="left", maintain_order="left")
    doubtful = joined.filter(pl.col("flank").is_null() & pl.col("flanks").is_not_null())
    doubtful = doubtful.select(row="observationRow", value="observationID", flanks="flanks").unique(maintain_order=True)
    found = findings.rows(
        "photo-flank-conflict", doubtful, table="observations", column="observationID", arguments=("flanks",)
    )
    return joined, found


def _names_in_conflict(observations: pl.DataFrame, pictures: pl.DataFrame) -> pl.DataFrame:
    used = observations.filter("differs").join(pictures, left_on="observationID", right_on="stands", how="semi")
    told = used.select(row="observationRow", value="observationID", names=pl.col("names").list.join(", "))
    return findings.rows(
        "photo-names-conflict", told, table="observations", column="individualID", arguments=("names",)
    )
