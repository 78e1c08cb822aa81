"""camtrapR's record table: observations, the files they were read from, and the individuals in them."""

import re

import polars as pl

from tumen.files.archive import is_safe
from tumen.files.camtrapr_stations import Setting, as_instant, need, pick
from tumen.files.local_time import find_format, with_offset
from tumen.files.tags import joined, tag
from tumen.tables.findings import finding, gather, rows
from tumen.tables.schema import MISSING

_COMPUTED = re.compile(r"^(date|time|delta\.time\.(secs|mins|hours|days))$", re.IGNORECASE)
_SCIENTIFIC = r"^[A-Z][a-z-]+ [a-z-]+( [a-z-]+)?$"
_MEDIATYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "avi": "video/x-msvideo",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "m4v": "video/x-m4v",
    "wav": "audio/wav",
}

Texts = dict[str, pl.DataFrame]


def read_records(table: pl.DataFrame, keys: pl.DataFrame, setting: Setting) -> tuple[Texts, pl.DataFrame]:
    """Return observations, media and individuals as text, and the findings. One observation per record, in order."""
    station, species = need(table, "record", "station"), need(table, "record", "species")
    time = need(table, "record", "datetimeoriginal", "datetime")
    individual = pick(table, "individual", "metadata_individual", "individualid")
    date_format, found = _time_format(table[time], setting)
    findings = [found]
    instant, found = with_offset(
        table[time], date_format, setting.zone, day="start", where=("observations", "eventStart")
    )
    deployment, more = _deployments(table, (station, time), as_instant(instant), keys)
    findings += [found, more]
    frame = table.with_columns(instant.alias("\x00time"), deployment.alias("\x00deployment"))
    frame, found = _names(frame, species, individual, setting)
    findings.append(found)
    media, media_ids, found = _media(frame, station)
    findings.append(found)
    known = {station, species, time, individual, pick(table, "filename"), pick(table, "directory")}
    computed = [name for name in table.columns if _COMPUTED.match(name)]
    if computed:
        findings.append(finding("column-computed", table="observations", value=", ".join(computed)))
    others = [name for name in table.columns if name not in known and name not in computed]
    observations = frame.select(
        pl.concat_str(pl.lit("record-"), pl.int_range(2, pl.len() + 2)).alias("observationID"),
        pl.col("\x00deployment").alias("deploymentID"),
        pl.lit(media_ids).alias("mediaID"),
        pl.col("\x00time").alias("eventStart"),
        pl.col("\x00time").alias("eventEnd"),
        pl.lit("event" if media is None else "media").alias("observationLevel"),
        pl.lit("animal").alias("observationType"),
        pl.col("\x00species").alias("scientificName"),
        pl.col("\x00individual").alias("individualID"),
        joined(pl.lit(None, pl.String), *(tag(name) for name in others)).alias("observationTags"),
    )
    texts = {"media": _no_media() if media is None else media, "observations": observations}
    if individual is not None:
        texts["individuals"] = (
            observations.select("individualID", "scientificName").drop_nulls("individualID").unique(maintain_order=True)
        )
    return texts, gather(findings)


def _time_format(times: pl.Series, setting: Setting) -> tuple[str, pl.DataFrame]:
    """Return the format of the records' dates: camtrapR's own where it fits, else the declared one."""
    present = times.drop_nulls().filter(~times.drop_nulls().is_in(MISSING))
    if setting.date_format is not None and present.str.contains(r"^\d{4}-\d{2}-\d{2}").all():
        return "%Y-%m-%d", gather([])
    return find_format([times], setting.date_format, times.name)


def _deployments(
    table: pl.DataFrame, columns: tuple[str, str], instants: pl.Series, keys: pl.DataFrame
) -> tuple[pl.Series, pl.DataFrame]:
    """Return the deployment of each record: the only one of its station, session and camera, or the one at its time.

    A record that fits several or none of its station's deployments, or whose station is unknown, bears the station's
    name, which is no deployment then; the checks report it.
    """
    station, time = columns
    records = table.select(pl.col(station).alias("station"), pl.col(time).alias("value")).with_columns(
        instants.alias("t"), pl.int_range(pl.len()).alias("n")
    )
    pairs = records.join(keys.rename({"session": "s", "camera": "c"}), on="station", how="inner")
    for name, key in (("session", "s"), ("camera", "c")):
        column = pick(table, name)
        if column is not None:
            stated = table.select(pl.col(column).alias("stated"), pl.int_range(pl.len()).alias("n"))
            agrees = (pl.col("stated") == pl.col(key)).fill_null(True)
            pairs = pairs.join(stated, on="n").filter(agrees).drop("stated")
    pairs = pairs.with_columns(pl.len().over("n").alias("candidates"))
    during = (pl.col("t") >= pl.col("start")) & (pl.col("t") <= pl.col("end"))
    chosen = pairs.filter((pl.col("candidates") == 1) | during)
    chosen = chosen.filter(pl.len().over("n") == 1).select("n", "deploymentID")
    result = records.join(chosen, on="n", how="left").sort("n")
    counts = pairs.select("n", "candidates").unique()
    undecided = (
        result.filter(pl.col("deploymentID").is_null())
        .join(counts, on="n", how="inner")
        .select(pl.col("n").cast(pl.Int64) + 2, "value", "station", count="candidates")
        .rename({"n": "row"})
        .sort("row")
    )
    found = rows(
        "record-without-deployment", undecided, table="observations", column="deploymentID",
        arguments=("count", "station"),
    )  # fmt: skip
    return result.select(pl.coalesce("deploymentID", "station")).to_series(), found


def _names(
    frame: pl.DataFrame, species: str, individual: str | None, setting: Setting
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the scientific and the individual name of each record.

    camtrapR numbers the individuals of each species by themselves. Where one number occurs with two species, every
    individual is called `species:number`.
    """
    findings = []
    named = frame.with_columns(pl.col(species).replace(dict(setting.species)).alias("\x00species"))
    strange = named.filter(~pl.col("\x00species").str.contains(_SCIENTIFIC))["\x00species"].value_counts(sort=True)
    for name, count in strange.sort("\x00species").rows():
        findings.append(
            finding("species-undeclared", table="observations", column="scientificName", value=name, count=count)
        )
    if individual is None:
        return named.with_columns(pl.lit(None, pl.String).alias("\x00individual")), gather(findings)
    present = pl.col(individual).is_not_null() & ~pl.col(individual).is_in(MISSING)
    shared = named.filter(present).group_by(individual).agg(pl.col("\x00species").n_unique().alias("n"))
    name = pl.col(individual)
    if (shared["n"] > 1).any():
        name = pl.concat_str("\x00species", pl.lit(":"), individual)
        findings.append(
            finding(
                "individuals-qualified", table="observations", column="individualID", count=int((shared["n"] > 1).sum())
            )
        )
    return named.with_columns(pl.when(present).then(name).alias("\x00individual")), gather(findings)


def _media(frame: pl.DataFrame, station: str) -> tuple[pl.DataFrame | None, pl.Series, pl.DataFrame]:
    """Return one row per file, the file of each record, and the finding; nothing without file names."""
    file, folder = pick(frame, "filename"), pick(frame, "directory")
    if file is None:
        return None, pl.Series([None] * frame.height, dtype=pl.String), gather([])
    names = frame.select(
        pl.col(station).alias("station"),
        (pl.col(folder).str.strip_chars_end("/") if folder else pl.lit(None, pl.String)).alias("folder"),
        pl.col(file).alias("file"),
        "\x00deployment",
        "\x00time",
    )
    names, found = _portable(names)
    files = names.drop_nulls("path").unique("path", maintain_order=True, keep="first")
    plain = not files["file"].is_duplicated().any()
    ending = pl.col("file").str.extract(r"\.([A-Za-z0-9]+)$").str.to_lowercase()
    media = files.select(
        pl.col("file" if plain else "path").alias("mediaID"),
        pl.col("\x00deployment").alias("deploymentID"),
        pl.col("\x00time").alias("timestamp"),
        pl.col("path").alias("filePath"),
        # The record table does not say who may see the files; claiming "public" would be the dangerous mistake.
        pl.lit("false").alias("filePublic"),
        pl.col("file").alias("fileName"),
        ending.replace_strict(_MEDIATYPES, default=None, return_dtype=pl.String).alias("fileMediatype"),
    )
    return media, names["file" if plain else "path"], found


def _portable(names: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Add the `path` of each file: its folder and name, or for folders of somebody's computer its station and name.

    Such folders (C:/Users/NAME/..., any absolute one, any that leads out of the package) tell who sat there and mean
    nothing elsewhere. Where a station has one file name in several folders, its folders are numbered.
    """
    stated = names.with_columns(path=pl.concat_str("folder", pl.lit("/"), "file")).with_columns(
        path=pl.coalesce("path", "file"),
    )
    paths = stated["path"].drop_nulls().unique(maintain_order=True)
    foreign = [path for path in paths if not (is_safe(path) or path.startswith(("https://", "http://")))]
    if not foreign:
        return stated, gather([])
    bare = pl.col("file").str.extract(r"([^/\\]+)$")
    chosen = stated.with_columns(
        file=pl.when(pl.col("path").is_in(foreign)).then(bare).otherwise("file"),
        number=pl.col("path").str.replace(r"[^/\\]*$", "").rank("dense").over("station").cast(pl.String),
    ).with_columns(several=pl.col("path").n_unique().over("station", "file") > 1)
    number = pl.when(pl.col("several").any().over("station")).then("number")
    short = pl.concat_str("station", number, "file", separator="/", ignore_nulls=True)
    found = finding("path-shortened", table="media", column="filePath", count=len(foreign))
    return chosen.with_columns(path=pl.when(pl.col("path").is_in(foreign)).then(short).otherwise("path")), found


def _no_media() -> pl.DataFrame:
    columns = ("mediaID", "deploymentID", "timestamp", "filePath", "filePublic", "fileMediatype")
    return pl.DataFrame(schema=dict.fromkeys(columns, pl.String))
