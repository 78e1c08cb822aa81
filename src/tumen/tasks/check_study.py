"""Check what a command names: packages, and studies with their packages, their ground and their rules."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tumen import engine
from tumen.errors import MisuseError
from tumen.tables import findings
from tumen.tables.answer import Answer
from tumen.tasks.area import read_area
from tumen.tasks.check import check_packages, check_paths
from tumen.tasks.entries import PackageEntry
from tumen.tasks.study import read_study


def check_named(
    studies: Sequence[Path],
    entries: Sequence[PackageEntry],
    countries: Path | None = None,
    *,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> pl.DataFrame:
    """Return every finding of the packages, and of the packages of the studies on the ground these declare."""
    found = [check_paths(entries, countries, workers=workers, progress=progress)] if entries else []
    for path in studies:
        study = read_study(path)
        area = None if study.countries is None and study.region is None else read_area(study)
        found.append(check_packages(study.packages, area, workers=workers, progress=progress))
    return findings.gather(found)


def design_named(
    studies: Sequence[Path],
    entries: Sequence[PackageEntry],
    countries: Path | None = None,
    *,
    progress: engine.Progress = engine.silent,
) -> Answer:
    """Return the design of packages, judged by the rules that ship, or of one study, judged by its own."""
    # Its figures take half a second to import, which those who only check need not wait for.
    from tumen.tasks.design import design_of_entries, design_of_study

    if len(studies) > 1 or (studies and entries):
        raise MisuseError(
            "packages or one study for --design", f"{len(studies)} + {len(entries)}", "Name them one after another."
        )
    if studies:
        return design_of_study(read_study(studies[0]), progress=progress)
    return design_of_entries(entries, countries, progress=progress)
