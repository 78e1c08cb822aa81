"""Which pictures of a package show whom, and which were taken together? No picture is opened here.

Of a whole package its records tell (`tumen.tables.pictured`). A view at the level `identity` has portraits instead:
pictures of one animal each, cut out already, without camera and time.
"""

from datetime import timedelta

import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from tumen.tables import pictured
from tumen.tables.package import Package
from tumen.tables.pictured import BOX
from tumen.tables.schema import UTC

MEDIA, PORTRAITS = "media", "portraits"


def shown(package: Package, species: tuple[str, ...]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one row per picture and animal of the wanted species (all, if none is named), and the findings.

    Columns: those of `tumen.tables.pictured.shown`, and table: where the picture is named, media or portraits. A
    portrait whose picture is there whole is not taken again.
    """
    frame, found = pictured.shown(package, species)
    frame = frame.with_columns(table=pl.lit(MEDIA))
    portraits = _portraits(package, species).join(frame, on="observationID", how="anti")
    return pl.concat([frame, portraits.select(frame.columns)]), found


def _portraits(package: Package, species: tuple[str, ...]) -> pl.DataFrame:
    """Return the portraits of a view as pictures that are cut out already: without a box, a camera and a time."""
    wanted = pl.col("scientificName").is_in(species) if species else pl.lit(True)
    # A name that is only possible is not used, as in a whole package.
    sure = pl.col("individualID").is_not_null() & (pl.col("certainty") != "possible").fill_null(True)
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in ("deploymentID", "eventID")]
    return (
        package.table("portraits")
        .with_columns(row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
        .filter(pl.col("portraitID").is_not_null(), wanted.fill_null(False))
        .unique("portraitID", keep="first", maintain_order=True)
        .select(
            pl.lit(package.party).alias("party"),
            pl.when(sure).then(pl.lit("individual")).otherwise(pl.lit("observation")).alias("kind"),
            pl.when(sure).then("individualID").otherwise("portraitID").alias("subjectID"),
            pl.col("portraitID").alias("mediaID"),
            pl.col("portraitID").alias("observationID"),
            "scientificName",
            "flank",
            "filePath",
            "row",
            *absent,
            pl.lit(None, dtype=UTC).alias("instant"),
            *(pl.lit(None, dtype=pl.Float64).alias(name) for name in BOX),
            pl.lit(PORTRAITS).alias("table"),
        )
    )


def bursts(pictures: pl.DataFrame, gap: timedelta) -> pl.Series:
    """Return the burst of every picture: the number of its first picture, as text.

    Two pictures are of one burst if they bear one eventID of one party, or one file's digest of one party, or were
    taken at one deployment at most `gap` apart, or if a chain of such pictures connects them. `pictures` has party,
    deploymentID, eventID, instant and digest; a null connects nothing.

    >>> from datetime import UTC, datetime
    >>> at = [datetime(2014, 1, 1, 0, 0, second, tzinfo=UTC) for second in (0, 30, 59)]
    >>> frame = pl.DataFrame({"party": ["n"] * 3, "deploymentID": ["d", "d", "d2"], "eventID": [None] * 3,
    ...     "instant": at, "digest": ["a", "b", "c"]}, schema_overrides={"eventID": pl.String})
    >>> bursts(frame, timedelta(seconds=60)).to_list()
    ['1', '1', '3']
    """
    count = pictures.height
    numbered = pictures.with_columns(number=pl.int_range(count, dtype=pl.Int64))
    links = []
    timed = numbered.drop_nulls(["deploymentID", "instant"]).sort("party", "deploymentID", "instant", "number")
    before = timed.with_columns(
        other=pl.col("number").shift(1).over("party", "deploymentID"),
        apart=pl.col("instant").diff().over("party", "deploymentID"),
    )
    links.append(before.filter(pl.col("apart") <= gap).select("number", "other"))
    for key in ("eventID", "digest"):
        same = numbered.drop_nulls(key).with_columns(other=pl.col("number").first().over("party", key))
        links.append(same.select("number", "other"))
    pairs = pl.concat(links)
    graph = coo_array(
        (np.ones(pairs.height, np.int8), (pairs["number"].to_numpy(), pairs["other"].to_numpy())), shape=(count, count)
    )
    _, group = connected_components(graph, directed=False)
    first = numbered.select("number", group=pl.Series(group)).select(pl.col("number").min().over("group") + 1)
    return first.to_series().cast(pl.String).alias("burst")
