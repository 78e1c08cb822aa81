"""Write the sessions that a study's density is fitted to, for secr: so that others can check the answer in R."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from tumen import engine
from tumen.files.atomic import writing_folder
from tumen.files.secr_write import to_csv
from tumen.population.scr.tables import tables_of
from tumen.tables import findings
from tumen.tasks.density import answers
from tumen.tasks.density_survey import Survey, survey
from tumen.tasks.pool import Pool, pool
from tumen.tasks.study import Study


def write_secr(
    study: Study, folder: Path, *, replacing: bool = False, progress: engine.Progress = engine.silent
) -> tuple[tuple[str, ...], pl.DataFrame]:
    """Write captures, traps with usage, mask and individuals of each species as CSV; return the species and findings.

    Each species gets a folder below `folder`, named after it. The mask is the one that the answer was fitted on, its
    cells and the detectors with their country. Raises `OutputError` where nothing may be written, and `MisuseError`
    for names that no file of secr can hold.
    """
    asked = {**(study.density or {}), "goodness": 0}
    named: list[str] = []
    found: list[pl.DataFrame] = []
    # The folder comes first: what may not be written is said before models are fitted.
    with writing_folder(
        folder, made="secr", replace=replacing, inputs=[entry.path for entry in study.packages]
    ) as part:
        pooled = pool(replace(study, density=asked, draws=0))
        for answer in answers(pooled, progress=progress):
            species = str(answer.parameters["species"])
            ground = fitted_on(pooled, species, int(answer.parameters.get("buffer", 0)))
            files, lost = to_csv(tables_of(ground.sessions))
            target = part / folder_of(species)
            target.mkdir()
            for name, content in files.items():
                (target / name).write_bytes(content.encode())
            named.append(species)
            found.append(lost)
    return tuple(named), findings.gather(found)


def folder_of(species: str) -> str:
    """Return the name of a species' folder.

    >>> folder_of("Panthera pardus")
    'panthera-pardus'
    """
    return species.lower().replace(" ", "-")


def fitted_on(pooled: Pool, species: str, buffer: int) -> Survey:
    """Return the survey whose mask has the buffer (metres) that the answer was given on."""
    asked = dict(pooled.study.density or {})
    ground = survey(pooled, species, asked)
    if not buffer or round(ground.buffer) == buffer:
        return ground
    return survey(pooled, species, {**asked, "buffer": float(buffer)})
