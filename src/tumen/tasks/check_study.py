"""Check what a command names: packages, and studies with their packages, their ground and their rules."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tumen import engine
from tumen.tables import findings
from tumen.tasks.check import check_packages, check_paths
from tumen.tasks.entries import PackageEntry
from tumen.tasks.study import read_study


def check_named(
    studies: Sequence[Path],
    entries: Sequence[PackageEntry],
    countries: Path | None = None,
    *,
    quick: bool = False,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> pl.DataFrame:
    """Return every finding of the packages, and of the packages of the studies on the ground these declare."""
    found = [check_paths(entries, countries, quick=quick, workers=workers, progress=progress)] if entries else []
    for path in studies:
        from tumen.tasks.area import read_area

        study = read_study(path)
        area = None if study.countries is None and study.region is None else read_area(study)
        found.append(check_packages(study.packages, area, quick=quick, workers=workers, progress=progress))
    return findings.gather(found)
