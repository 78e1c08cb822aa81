"""Can these cameras have stood so?  Overlapping deployments, and media that are there twice.

Two cameras at one station at once are what the field asks for (one for each flank); one camera at two stations is not
possible. A table of a million media is grouped once for each question; nothing is compared pair by pair.
"""

import polars as pl

from tumen.tables import findings
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES
from tumen.tables.rows import ROW, numbered

VISIT = pl.duration(days=1)
"""Overlap that is let be: many tables give only the day of the visit that ends one deployment and starts the next."""

DIGEST = r'"FileSHA256"\s*:\s*"([0-9A-Fa-f]{64})"'
"""Where EXIF data, as JSON text, hold the digest of the file."""

ALIKE = (
    (pl.col("filePath"),),
    (pl.col("deploymentID"), pl.col("fileName"), pl.col("timestamp")),
    (pl.col("exifData").str.extract(DIGEST).str.to_lowercase(),),
)
"""What two rows of media must have in common for these checks to speak of them."""


def check(package: Package) -> list[pl.DataFrame]:
    """Return the findings about deployments that overlap and media that occur twice."""
    return [*_overlaps(package), *_media(package)]


def _overlaps(package: Package) -> list[pl.DataFrame]:
    """Find deployments that begin while another of the same camera, or of the same unnamed place, still lasts."""
    if "deployments" not in package.tables:
        return []
    deployments = (
        numbered(package, TABLES["deployments"])
        .filter(pl.col("deploymentStart") <= pl.col("deploymentEnd"))
        .with_columns(place=pl.coalesce("locationID", pl.concat_str("latitude", pl.lit(", "), "longitude")))
    )
    named = _begun_too_early(deployments.filter(pl.col("cameraID").is_not_null()), "cameraID")
    elsewhere = pl.col("place").ne_missing(pl.col("otherPlace"))
    unnamed = deployments.filter(pl.col("cameraID").is_null() & pl.col("locationID").is_not_null())
    places = (
        _begun_too_early(unnamed, "locationID")
        .sort("row")
        .group_by("locationID", maintain_order=True)
        .agg(pl.col("row").first(), pl.len().alias("count"), pl.col("deploymentID").min().alias("deployment"))
        .with_columns(value="locationID")
    )
    return [
        findings.rows(
            "camera-in-two-deployments",
            named.filter(elsewhere),
            table="deployments",
            column="cameraID",
            arguments=("camera", "start", "other", "end"),
        ),
        findings.rows(
            "deployments-overlap",
            named.filter(~elsewhere),
            table="deployments",
            column="deploymentStart",
            arguments=("start", "other", "end"),
        ),
        findings.rows(
            "cameras-unnamed-overlap",
            places,
            table="deployments",
            column="locationID",
            arguments=("count", "deployment"),
        ),
    ]


def _begun_too_early(deployments: pl.DataFrame, by: str) -> pl.DataFrame:
    """Return the deployments that start before the one of the same `by` that lasts longest of those begun before."""
    lasting = deployments.sort("deploymentStart", "deploymentEnd", "deploymentID").with_columns(
        pl.col("deploymentEnd").cum_max().over(by).alias("longest")
    )
    newest = pl.col("deploymentEnd") == pl.col("longest")

    def of_longest(column: str) -> pl.Expr:
        return pl.when(newest).then(pl.col(column)).forward_fill().shift(1).over(by)

    return (
        lasting.with_columns(
            otherEnd=pl.col("longest").shift(1).over(by),
            other=of_longest("deploymentID"),
            otherPlace=of_longest("place"),
            end=of_longest("text_deploymentEnd"),
        )
        .filter(pl.col("otherEnd") - pl.col("deploymentStart") > VISIT)
        .with_columns(value="deploymentID", camera="cameraID", start="text_deploymentStart")
        .sort("row")
    )


def _media(package: Package) -> list[pl.DataFrame]:
    """Find files, pictures and names that stand in several rows; each is told once, at its second row."""
    if "media" not in package.tables:
        return []
    media = (
        package.table("media").select("deploymentID", "filePath", "fileName", "timestamp", "exifData").with_columns(ROW)
    )
    by_path = _repeated(media.filter(pl.col("filePath").is_not_null()), ["filePath"], "filePath")
    by_name = _repeated(
        media.filter(pl.all_horizontal(pl.col("deploymentID", "fileName", "timestamp").is_not_null())),
        ["deploymentID", "fileName", "timestamp"],
        "fileName",
    ).filter(pl.col("files") > 1)
    found = [
        findings.rows("media-file-twice", by_path, table="media", column="filePath", arguments=("count", "firstRow")),
        findings.rows("media-name-twice", by_name, table="media", column="fileName", arguments=("count", "firstRow")),
    ]
    if media["exifData"].null_count() < media.height:
        digests = media.with_columns(pl.col("exifData").str.extract(DIGEST).str.to_lowercase().alias("digest"))
        same = _repeated(digests.filter(pl.col("digest").is_not_null()), ["digest"], "digest").filter(
            pl.col("files") > 1
        )
        found.append(
            findings.rows(
                "media-picture-twice",
                same,
                table="media",
                column="exifData",
                arguments=("count", "firstRow", "deployment"),
            )
        )
    return found


def _repeated(media: pl.DataFrame, by: list[str], shown: str) -> pl.DataFrame:
    """Return what occurs several times: value, row (the second), firstRow, count, files, deployment."""
    again = media.filter(pl.struct(by).is_duplicated() if len(by) > 1 else pl.col(by[0]).is_duplicated())
    return (
        again.group_by(by, maintain_order=True)
        .agg(
            pl.len().alias("count"),
            pl.col("row").first().alias("firstRow"),
            pl.col("row").get(1).alias("\x00row"),
            pl.col("filePath").n_unique().alias("files"),
            pl.col("deploymentID").first().alias("deployment"),
        )
        .select(
            "count",
            "firstRow",
            "files",
            pl.col("\x00row").alias("row"),
            pl.col(shown).alias("value"),
            *([] if "deploymentID" in by else ["deployment"]),
        )
        .sort("row")
    )
