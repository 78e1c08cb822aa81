"""Write the results of `tumen identify` to their folder: whole files, replaced by the next run, apart from the data."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from tumen.errors import OutputError, Text
from tumen.files.atomic import writing_file
from tumen.tasks.study import Study
from tumen.tasks.written import table_bytes


def write_results(folder: Path, study: Study, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write each table as `NAME.csv`; raise `OutputError` for a folder inside a package, or one that cannot be made."""
    refuse_inside(folder, study)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            Text("a folder for results, {folder}", folder=folder),
            error.strerror or type(error).__name__,
            "Name another folder with -o.",
        ) from error
    for name, frame in tables.items():
        with writing_file(folder / f"{name}.csv", replace=True) as part:
            part.write_bytes(table_bytes(frame))


def refuse_inside(folder: Path, study: Study) -> None:
    """Raise `OutputError` if results would be written into a package: nothing that was read is changed."""
    target = folder.resolve()
    for entry in study.packages:
        source = entry.path.resolve()
        if target.is_relative_to(source if source.is_dir() else source / "-"):
            raise OutputError(
                "a folder for results outside the packages",
                Text("{folder}, in the package {source}", folder=folder, source=source),
                "Name another folder with -o.",
            )
