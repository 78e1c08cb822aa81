"""The pictures of a study that can be compared, and what became of the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tumen import engine
from tumen.files.archive import Source, is_safe, is_url
from tumen.files.pictures import MOST_BYTES, MOST_PIXELS, SMALLEST
from tumen.individuals.photo_gallery import PICTURES
from tumen.tables import findings
from tumen.tables.answer import Note
from tumen.tables.pictured import BOX
from tumen.tasks.identify_features import Job, Outcome, PhotoSettings, Stored, features_of, opened, vectors
from tumen.tasks.identify_pictures import PORTRAITS, bursts, shown
from tumen.tasks.identify_results import refuse_inside
from tumen.tasks.packages import read_package
from tumen.tasks.study import Study

FEATURES = "features"
"""Name of the folder of kept features, in the folder of results."""

SHOWN = 5
"""Names that a finding on many files lists."""


@dataclass(frozen=True)
class Shelf:
    """The pictures that are on hand, none of them opened yet: `table` and `jobs` have the same order.

    `table` has what `shown` returns, and the name of the package. `counts` says how many fell away before.
    """

    table: pl.DataFrame
    jobs: tuple[Job, ...]
    findings: pl.DataFrame
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Album:
    """The pictures that can be compared: `pictures` (`PICTURES`), `features` and `vectors` in the same order."""

    pictures: pl.DataFrame
    features: Stored
    vectors: NDArray[np.float32] | None
    jobs: tuple[Job, ...]
    findings: pl.DataFrame
    notes: tuple[Note, ...]
    counts: Mapping[str, int]


def shelf(study: Study, *, workers: int = 1, progress: engine.Progress = engine.silent) -> Shelf:
    """Read the packages of a study and look which pictures of its species are there."""
    packages = engine.run(partial(read_package, workers=workers), study.packages, progress=progress)
    parts, jobs, found = [], [], []
    counts = {"named": 0, "missing": 0, "crowded": 0, "portraits": 0}
    for package, entry in zip(packages, study.packages, strict=True):
        table, said = shown(package, study.species)
        counts["portraits"] += table.filter(pl.col("table") == PORTRAITS).height
        counts["crowded"] += said.filter(pl.col("code") == "photo-several-animals").height
        counts["named"] += table.height
        here, absent = _on_hand(table, entry.path)
        counts["missing"] += table.height - here.height
        found.append(findings.of_package(findings.gather([said, *absent]), package.party, package.name))
        parts.append(here.with_columns(package=pl.lit(package.name)))
        jobs += [Job(entry.path, row[0], (row[1], row[2], row[3], row[4])) for row in _cells(here)]
    counts["named"] += counts["crowded"]
    table = pl.concat(parts)
    order = table.select("party", "package", "mediaID", "observationID").with_row_index().sort(pl.exclude("index"))
    places = order["index"]
    return Shelf(table[places], tuple(jobs[place] for place in places), findings.gather(found), counts)


def _cells(table: pl.DataFrame) -> list[tuple[str, float | None, float | None, float | None, float | None]]:
    return table.select("filePath", *BOX).rows()


def _on_hand(table: pl.DataFrame, path: Path) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the rows whose pictures are files of the package, and one finding for each way of not being one."""
    source = opened(path)
    kinds: dict[str | None, str] = {}
    found = []
    for (named,), part in table.group_by("table", maintain_order=True):
        names = part["filePath"].unique(maintain_order=True).to_list()
        kinds |= {name: _absence(name, source) for name in names}
        for code in ("photo-missing", "photo-remote", "photo-outside"):
            those = [name or "" for name in names if kinds[name] == code]
            if those:
                found.append(_counted(code, those, str(named)))
    here = [kinds[name] == "" for name in table["filePath"].to_list()]
    return table.filter(pl.Series(here, dtype=pl.Boolean)), found


def _absence(name: str | None, source: Source) -> str:
    """Return the code of the finding on a picture that is no file of the package; nothing for one that is."""
    if name is None:
        return "photo-missing"
    if is_url(name):
        return "photo-remote"
    if not is_safe(name):
        return "photo-outside"
    return "" if name in source else "photo-missing"


def _counted(code: str, names: Sequence[str], table: str) -> pl.DataFrame:
    """Return one finding on many files, with the first of their names."""
    some = ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
    return findings.finding(code, table=table, column="filePath", count=len(names), names=some)


def album(
    study: Study,
    folder: Path,
    settings: PhotoSettings,
    *,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> Album:
    """Return the pictures of a study with their features; those kept in `folder` are not computed again."""
    refuse_inside(folder, study)
    on_hand = shelf(study, workers=workers)
    outcomes = features_of(on_hand.jobs, settings, folder / FEATURES, workers=workers, progress=progress)
    table = on_hand.table.with_columns(
        pl.Series("problem", [done.problem for done in outcomes], dtype=pl.String),
        pl.Series("notes", [list(done.notes) for done in outcomes], dtype=pl.List(pl.String)),
        pl.Series("digest", [done.digest for done in outcomes], dtype=pl.String),
        pl.Series("width", [done.width for done in outcomes], dtype=pl.Int64),
        pl.Series("height", [done.height for done in outcomes], dtype=pl.Int64),
    )
    fine = table["problem"] == ""
    used = table.filter(fine)
    pictures = used.with_columns(
        picture=pl.int_range(1, pl.len() + 1, dtype=pl.Int64), burst=bursts(used, settings.burst)
    ).select(pl.col(name).cast(dtype) for name, dtype in PICTURES.items())
    jobs = tuple(job for job, kept in zip(on_hand.jobs, fine, strict=True) if kept)
    done = [outcome for outcome, kept in zip(outcomes, fine, strict=True) if kept]
    features = Stored(jobs, done, settings, folder / FEATURES)
    whole = vectors(jobs, done, settings, folder / FEATURES)
    found = findings.gather([on_hand.findings, _about(table, outcomes)])
    counts = {**on_hand.counts, **_problems(table), "used": pictures.height}
    return Album(pictures, features, whole, jobs, found, _notes(pictures, counts, settings), counts)


def _problems(table: pl.DataFrame) -> dict[str, int]:
    plain = int((table["problem"] == "photo-without-features").sum())
    return {"plain": plain, "unreadable": int((table["problem"] != "").sum()) - plain}


def _about(table: pl.DataFrame, outcomes: Sequence[Outcome]) -> pl.DataFrame:
    """Return what is to be said of the pictures that were opened, package by package."""
    found = []
    for (party, package, named), part in table.group_by("party", "package", "table", maintain_order=True):
        told = part.with_columns(
            value="filePath",
            pixels=pl.lit(SMALLEST),
            megapixels=pl.lit(MOST_PIXELS // 1_000_000),
            megabytes=pl.lit(MOST_BYTES >> 20),
        )
        here = [
            findings.rows(
                code,
                told.filter(pl.col("problem") == code),
                table=str(named),
                column="filePath",
                arguments=_ARGUMENTS.get(code, ()),
            )
            for code in told["problem"].unique().sort()
            if code
        ]
        noted = told.explode("notes")
        cut = noted.filter(pl.col("notes") == "photo-box-cut")
        here.append(findings.rows("photo-box-cut", cut, table=str(named), column="filePath"))
        for code in ("photo-extension", "photo-frames"):
            names = noted.filter(pl.col("notes") == code)["filePath"].unique(maintain_order=True).to_list()
            if names:
                here.append(_counted(code, names, str(named)))
        found.append(findings.of_package(findings.gather(here), str(party), str(package)))
    again = sum(done.again for done in outcomes)
    if again:
        found.append(findings.finding("photo-features-again", count=again))
    return findings.gather(found)


_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "photo-too-large": ("megapixels", "megabytes"),
    "photo-small": ("pixels",),
}


def _notes(pictures: pl.DataFrame, counts: Mapping[str, int], settings: PhotoSettings) -> tuple[Note, ...]:
    """Say how many pictures were used, how many not, and what was never compared."""
    seconds = settings.burst.total_seconds()
    notes = [Note("photos-used", {"pictures": counts["named"], "used": counts["used"]})]
    for code, key in (
        ("photos-missing", "missing"),
        ("photos-unreadable", "unreadable"),
        ("photos-without-features", "plain"),
        ("photos-several-animals", "crowded"),
    ):
        if counts[key]:
            notes.append(Note(code, {"pictures": counts[key]}))
    sideless = pictures["flank"].null_count()
    if sideless:
        notes.append(Note("photos-without-flank", {"pictures": sideless}))
    without = pictures["scientificName"].null_count()
    if without:
        notes.append(Note("photos-without-species", {"pictures": without}))
    notes.append(Note("photos-bursts", {"seconds": f"{seconds:g}", "bursts": pictures["burst"].n_unique()}))
    if counts["portraits"]:
        notes.append(Note("photos-portraits", {"pictures": counts["portraits"]}))
    notes.append(Note("photos-places-unused", {}))
    return tuple(notes)
