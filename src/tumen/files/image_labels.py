"""A list beside a folder of pictures that says who is on each: file, individual, flank, species, event.

Each row is one animal in one picture and becomes an observation. Names are matched by the whole path below the folder,
or by the file's name where only one file bears it. What a word for a view means is not guessed: left, right, both,
front and rear are known, in any case of letters.
"""

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from tumen.errors import FormatError, MisuseError, Text, nearest
from tumen.files.columns import in_order
from tumen.files.text_table import read_text_table
from tumen.tables.findings import finding, gather, rows
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES
from tumen.tables.schema import MISSING

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "file": "The picture's path below the folder, or its name.",
        "individual": "Who it is.",
        "flank": "Which side is seen.",
        "species": "The scientific name.",
        "event": "Pictures of one event bear one.",
    }
)
"""What a list may hold. It holds `file` at least; a column is called so, or as `columns` says."""

VIEWS = ("left", "right", "both", "front", "rear")
SHOWN = 5


def with_labels(
    pictures: Package, data: bytes, *, columns: Mapping[str, str] | None = None, species: str | None = None
) -> Package:
    """Return a package of pictures with the observations of a list (CSV in UTF-8) in place of those of their tags.

    `columns` says what a column of `COLUMNS` is called in the list; `species` is the scientific name where the list
    has no column of it. Raises `FormatError` for a list without the column of files, `MisuseError` for a column that
    is not among `COLUMNS` or not in the list.
    """
    table, found = read_text_table(data, name="labels")
    named = _named(table, dict(columns or {}))
    if "file" not in named.columns:
        raise FormatError(
            "a list with a column file",
            Text("the columns {names}", names=", ".join(table.columns) or "none"),
            'Say what it is called, for example columns = { file = "path" }.',
        )
    media = pictures.received["media"]
    placed, missing = _placed(named, media)
    observations, views = _observations(placed, media, species)
    texts = {**pictures.received, "observations": in_order(TABLES["observations"], observations)}
    joined = assemble(
        pictures.name,
        texts,
        party=pictures.party,
        country=pictures.country,
        format=pictures.format,
        time_zone=pictures.time_zone,
        descriptor=pictures.descriptor,
        kept=pictures.kept,
        rows=pictures.rows,
        digests=pictures.digests,
        findings=gather([pictures.findings.filter(pl.col("table") != "observations"), found, missing, views]),
    )
    return joined


def _named(table: pl.DataFrame, columns: dict[str, str]) -> pl.DataFrame:
    """Return the columns of a list under our names, missing cells null."""
    for name, theirs in columns.items():
        if name not in COLUMNS:
            raise MisuseError("a column that a list of pictures may have", f"'{name}'", nearest(name, COLUMNS))
        if theirs not in table.columns:
            raise MisuseError(
                Text("the column {name} in the list", name=theirs),
                Text("the columns {names}", names=", ".join(table.columns)),
                "Correct columns.",
            )
    ours = {name: columns.get(name, name) for name in COLUMNS}
    kept = [pl.col(theirs).alias(name) for name, theirs in ours.items() if theirs in table.columns]
    stripped = table.select(kept).with_columns(pl.all().str.strip_chars())
    return stripped.with_columns(
        pl.when(~pl.all().is_in(MISSING)).then(pl.all()), row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64)
    )


def _placed(labels: pl.DataFrame, media: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add mediaID to the rows whose picture is there; the others are a finding."""
    known = media.select("mediaID", "filePath", "fileName")
    single = known.filter(pl.len().over("fileName") == 1).select("fileName", byName="mediaID")
    path = pl.col("file").str.replace_all("\\", "/", literal=True).str.strip_prefix("./")
    joined = (
        labels.with_columns(path=path)
        .join(known.select(path="filePath", byPath="mediaID"), on="path", how="left", maintain_order="left")
        .join(single, left_on="path", right_on="fileName", how="left", maintain_order="left")
        .with_columns(mediaID=pl.coalesce("byPath", "byName"))
    )
    lost = joined.filter(pl.col("mediaID").is_null()).select("row", value="file")
    found = rows("label-without-picture", lost, table="labels", column="file")
    return joined.filter(pl.col("mediaID").is_not_null()), found


def _observations(labels: pl.DataFrame, media: pl.DataFrame, species: str | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one observation for each row of a list, and the finding on words for views that are not known."""
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in COLUMNS if name not in labels.columns]
    full = labels.with_columns(absent).with_columns(view=pl.col("flank").str.to_lowercase())
    strange = full.filter(pl.col("view").is_not_null() & ~pl.col("view").is_in(VIEWS))
    found = []
    if strange.height:
        words = strange["flank"].unique().sort().to_list()
        told = ", ".join(words[:SHOWN]) + (", ..." if len(words) > SHOWN else "")
        found.append(finding("label-view-unknown", table="labels", column="flank", count=strange.height, words=told))
    view = pl.when(pl.col("view").is_in(VIEWS)).then("view")
    taken = media.select("mediaID", "deploymentID", "timestamp")
    made = (
        full.join(taken, on="mediaID", how="left", maintain_order="left")
        .with_columns(order=pl.int_range(1, pl.len() + 1).over("mediaID"))
        .select(
            pl.concat_str("mediaID", pl.lit("-"), "order").alias("observationID"),
            "deploymentID",
            "mediaID",
            pl.col("event").alias("eventID"),
            pl.col("timestamp").alias("eventStart"),
            pl.col("timestamp").alias("eventEnd"),
            pl.lit("media").alias("observationLevel"),
            pl.lit("animal").alias("observationType"),
            pl.coalesce("species", pl.lit(species, dtype=pl.String)).alias("scientificName"),
            pl.col("individual").alias("individualID"),
            pl.concat_str(pl.lit("flank:"), view).alias("observationTags"),
        )
    )
    return made, gather(found)
