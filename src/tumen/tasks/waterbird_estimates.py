"""Gather the population estimates that counts are held against: of the packages, of a file of the study, and ours."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from tumen.errors import StudyError, Text
from tumen.files.text_table import read_text_table
from tumen.tables import findings
from tumen.tables.cast import cast
from tumen.tables.populations import POPULATION_ESTIMATES
from tumen.tasks.waterbird_survey import Survey, sound
from tumen.waterbirds.published import beside


def estimates(read: Survey, asked: Mapping[str, Any]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return every population estimate once, and what is wrong with those of the study's own file."""
    tables = [read.table("population_estimates").select(*POPULATION_ESTIMATES.dtypes)]
    said = findings.empty()
    if "estimates" in asked:
        own, said = _file(asked["estimates"])
        tables.append(own)
    # The same row may come in the packages of several parties.
    given = pl.concat(tables).unique(maintain_order=True, keep="first")
    return (beside(given).select(given.columns) if asked.get("shipped", True) else given), said


def _file(path: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise StudyError(
            "a file of population estimates", str(error), Text("Check estimates in [waterbirds]: {path}.", path=path)
        ) from error
    text, reading = read_text_table(data, name=POPULATION_ESTIMATES.name)
    typed, casting = cast(POPULATION_ESTIMATES, text)
    return sound(typed.select(*POPULATION_ESTIMATES.dtypes), casting), findings.gather([reading, casting])
