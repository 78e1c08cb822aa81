"""Read a folder of pictures into `media`, and the tags that people gave them into `observations`.

The folder is walked, never changed. Which deployment a picture belongs to is told by its path. Positions that cameras
or telephones wrote into the pictures are not copied unless they are asked for: a folder of pictures must not say more
than the table of deployments does.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import polars as pl

from tumen import engine
from tumen.errors import FormatError, MisuseError, Text
from tumen.files.columns import in_order
from tumen.files.exif import Picture, file_digest, read_picture, values
from tumen.files.local_time import read_local_times
from tumen.tables.findings import finding, gather, rows
from tumen.tables.package import Package, assemble
from tumen.tables.protocol import TABLES

MEDIA_TYPES: Mapping[str, str] = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
    ".avi": "video/x-msvideo",
    ".mpg": "video/mpeg",
    ".wav": "audio/wav",
}
"""Media types by the ending of a file's name; other files are counted and left alone."""

TOGETHER = 200
"""Files that one piece of work reads."""


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """What must be said about a folder of pictures.

    `deployment` finds the deployment in the path below the folder, written with slashes, by its group "deployment".
    `species_tag` and `individual_tag` are the categories of the tags; `species` gives scientific names of their words.
    `positions` asks for the positions in the pictures, `digests` for the SHA-256 of every file.
    """

    time_zone: str | None = None
    deployment: str = r"^(?P<deployment>[^/]+)/"
    species_tag: str = "Species"
    individual_tag: str = "individual"
    species: Mapping[str, str] = field(default_factory=dict)
    positions: bool = False
    digests: bool = True


def read(
    folder: Path | str,
    *,
    party: str,
    country: str | None = None,
    said: Pictures | None = None,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> Package:
    """Return the package of the pictures in a folder: `media`, and `observations` where there are tags.

    Raises `FormatError` if there is no such folder or nothing in it to read, `MisuseError` for a pattern that cannot
    find a deployment.
    """
    folder, said = Path(folder), said or Pictures()
    pattern = _pattern(said.deployment)
    if not folder.is_dir():
        raise FormatError("a folder of pictures", Text("none at {path}", path=str(folder)), "Check the path.")
    every = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    paths = [path for path in every if path.suffix.lower() in MEDIA_TYPES]
    if not paths:
        needed = Text("pictures, whose names end in one of {endings}", endings=", ".join(MEDIA_TYPES))
        raise FormatError(needed, Text("{count} files, none of them such", count=len(every)), "Check the path.")
    pictures = _read_all(paths, said, workers, progress)
    names = [path.relative_to(folder).as_posix() for path in paths]
    media = _media(names, pictures, pattern)
    texts = {"media": media}
    observations, found = _observations(media, pictures, said)
    if observations.height:
        texts["observations"] = observations
    findings: list[pl.DataFrame] = [found, *_about(media, pictures, len(every) - len(paths), said)]
    if said.time_zone is not None:
        texts, local = read_local_times(texts, said.time_zone)
        findings.append(local)
    return assemble(
        folder.name,
        {name: in_order(TABLES[name], text) for name, text in texts.items()},
        party=party,
        country=country,
        format="images",
        findings=gather(findings),
        time_zone=said.time_zone,
        digests={name: picture.digest for name, picture in zip(names, pictures, strict=True) if picture.digest},
    )


def is_folder_of(folder: Path) -> bool:
    """Say whether a folder holds media, at any depth, and no table or descriptor at its top."""
    tables = (".csv", ".tsv", ".txt", ".json", ".toml", ".xlsx", ".ods")
    if any(path.suffix.lower() in tables for path in folder.iterdir()):
        return False
    return any(path.suffix.lower() in MEDIA_TYPES for path in folder.rglob("*"))


def _pattern(text: str) -> re.Pattern[str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise MisuseError("a pattern for deployments", f"{text!r}: {error}", _WRITE) from error
    if "deployment" not in pattern.groupindex:
        raise MisuseError("a pattern with the group deployment", repr(text), _WRITE)
    return pattern


_WRITE = "Write for example ^(?P<deployment>[^/]+)/ for the first folder."


def _read_all(paths: Sequence[Path], said: Pictures, workers: int, progress: engine.Progress) -> list[Picture]:
    pieces = [paths[start : start + TOGETHER] for start in range(0, len(paths), TOGETHER)]
    work = partial(_read_some, digest=said.digests, position=said.positions)
    return [picture for piece in engine.run(work, pieces, workers=workers, progress=progress) for picture in piece]


def _read_some(paths: Sequence[Path], *, digest: bool, position: bool) -> list[Picture]:
    return [
        read_picture(path, digest=digest, position=position)
        if MEDIA_TYPES[path.suffix.lower()].startswith("image/")
        else Picture(digest=file_digest(path) if digest else "")
        for path in paths
    ]


def _media(names: Sequence[str], pictures: Sequence[Picture], pattern: re.Pattern[str]) -> pl.DataFrame:
    """Return the rows of `media`. The identifier follows from the path, so that it is the same at every reading."""
    placed = [pattern.search(name) for name in names]
    return pl.DataFrame(
        {
            "mediaID": [hashlib.sha256(name.encode()).hexdigest()[:20] for name in names],
            "deploymentID": [match["deployment"] or None if match else None for match in placed],
            "timestamp": [picture.time for picture in pictures],
            "filePath": list(names),
            "filePublic": ["false"] * len(names),
            "fileName": [name.rpartition("/")[2] for name in names],
            "fileMediatype": [MEDIA_TYPES["." + name.rpartition(".")[2].lower()] for name in names],
            "exifData": [_exif(picture) for picture in pictures],
        },
        schema_overrides={"deploymentID": pl.String, "timestamp": pl.String, "exifData": pl.String},
    )


def _exif(picture: Picture) -> str | None:
    held: dict[str, str | int | float] = dict(picture.exif)
    if picture.digest:
        held["FileSHA256"] = picture.digest
    if picture.position is not None:
        held["GPSLatitude"], held["GPSLongitude"] = picture.position
    return json.dumps(held, ensure_ascii=False, sort_keys=True) if held else None


def _observations(
    media: pl.DataFrame, pictures: Sequence[Picture], said: Pictures
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return one observation for every species and individual that the tags of a picture name."""
    made: list[dict[str, str | None]] = []
    doubtful: list[dict[str, object]] = []
    unnamed: dict[str, int] = {}
    for number, (medium, picture) in enumerate(zip(media.iter_rows(named=True), pictures, strict=True)):
        kinds, animals = values(picture.tags, said.species_tag), values(picture.tags, said.individual_tag)
        if len(kinds) > 1 and animals:
            # Which of the animals is of which species nobody has said.
            doubtful.append({"row": number + 2, "value": medium["filePath"], "tags": ", ".join([*kinds, *animals])})
            pairs: list[tuple[str | None, str | None]] = [(kind, None) for kind in kinds]
        else:
            pairs = [
                (kind or None, animal or None) for kind in kinds or [""] for animal in animals or [""] if kind or animal
            ]
        for order, (kind, animal) in enumerate(pairs, start=1):
            scientific = said.species.get(kind, kind) if kind else None
            if kind and kind not in said.species and not _is_scientific(kind):
                unnamed[kind] = unnamed.get(kind, 0) + 1
            made.append(_observation(medium, order, scientific, animal))
    found = [
        rows("image-tags-ambiguous", _frame(doubtful, "tags"), table="media", column="filePath", arguments=("tags",))
    ]
    found += [
        finding("species-undeclared", table="observations", column="scientificName", value=name, count=count)
        for name, count in sorted(unnamed.items())
    ]
    return pl.DataFrame(made, schema_overrides=dict.fromkeys(made[0], pl.String) if made else None), gather(found)


def _observation(
    medium: Mapping[str, str], order: int, species: str | None, animal: str | None
) -> dict[str, str | None]:
    return {
        "observationID": f"{medium['mediaID']}-{order}",
        "deploymentID": medium["deploymentID"],
        "mediaID": medium["mediaID"],
        "eventStart": medium["timestamp"],
        "eventEnd": medium["timestamp"],
        "observationLevel": "media",
        "observationType": "animal",
        "scientificName": species,
        "individualID": animal,
    }


def _is_scientific(name: str) -> bool:
    """Say whether a word is written as a scientific name: a genus, and small letters after it.

    >>> _is_scientific("Panthera pardus orientalis"), _is_scientific("Leopard Cat"), _is_scientific("PBE")
    (True, False, False)
    """
    return re.fullmatch(r"[A-Z][a-z]+( [a-z-]+){0,2}", name) is not None


def _about(media: pl.DataFrame, pictures: Sequence[Picture], others: int, said: Pictures) -> list[pl.DataFrame]:
    """Return what is to be said about the files: unreadable ones, clocks that say nothing, positions left behind."""
    numbered = media.with_row_index("row", 2).select(pl.col("row").cast(pl.Int64), value="filePath")
    facts = numbered.with_columns(
        pl.Series("problem", [picture.problem for picture in pictures], dtype=pl.String),
        pl.Series("reason", [picture.tag_problem for picture in pictures], dtype=pl.String),
        pl.Series("changed", [picture.changed or "" for picture in pictures], dtype=pl.String),
        kind=media["fileMediatype"],
        timeless=media["timestamp"].is_null(),
        adrift=media["deploymentID"].is_null(),
    )
    unreadable = facts.filter(pl.col("problem") != "").with_columns(reason="problem")
    recordings = ~pl.col("kind").str.starts_with("image/")
    timeless = facts.filter(pl.col("timeless") & (pl.col("problem") == "") & ~recordings)
    unopened = facts.filter(recordings).height
    told = dict(table="media", column="filePath")
    found = [
        rows("image-unreadable", unreadable, arguments=("reason",), **told),
        rows("image-tags-unreadable", facts.filter(pl.col("reason") != ""), arguments=("reason",), **told),
        rows("image-without-time", timeless, arguments=("changed",), **told),
        rows("image-without-deployment", facts.filter("adrift"), **told),
    ]
    positions = sum(picture.has_position for picture in pictures)
    if positions:
        code = "image-positions-copied" if said.positions else "image-positions-left"
        found.append(finding(code, table="media", column="exifData", count=positions))
    if unopened:
        found.append(finding("image-recordings", table="media", column="timestamp", count=unopened))
    if others:
        found.append(finding("image-other-files", table="media", count=others))
    return found


def _frame(records: Sequence[Mapping[str, object]], *arguments: str) -> pl.DataFrame:
    schema = {"row": pl.Int64, "value": pl.String, **dict.fromkeys(arguments, pl.String)}
    return pl.DataFrame(records, schema=schema)
