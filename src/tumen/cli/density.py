"""`tumen density`: how many are there?"""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli.language import help_text, text
from tumen.cli.population_files import ask_files, either, pairs
from tumen.cli.species import FORMAT, LANGUAGE, OR_STUDY, SPECIES, SPOKEN, Question, Wish, ask
from tumen.cli.tables import Format

NAME = "density"
SHORT = text("Estimate numbers and density of a study's species, by country.")
HELP = help_text(
    text(
        "Estimate how many animals of each species live on the ground of a study, from one fit of spatial "
        "capture-recapture to the cameras of all parties, split by country."
    ),
    text("Sessions, models and the ground are those of [density] in the study; see docs/answers/population.md."),
    text(
        "In place of a study it takes capture histories as secr has them, text or CSV: --captures, --traps and "
        "--detector, with a mask or a buffer. Density is per 100 km2; there are no countries then."
    ),
    examples=(
        "tumen density examples/lower-tumen/study.toml",
        'tumen density study.toml --species "Panthera pardus" --table abundance --format csv',
        "tumen density study.toml --write-secr for-r/",
        "tumen density --captures capt.txt --traps trap.txt --detector multi --mask mask.csv",
    ),
)
QUESTION = Question(
    "density",
    (
        "effort",
        "models",
        "parameters",
        "abundance",
        "doubleCount",
        "buffer",
        "goodness",
        "shares",
        "surface",
    ),
    ("effort", "models", "parameters", "abundance", "doubleCount"),
    {"abundance": ("expected", "realised")},
)


def command(
    study: OR_STUDY = None,
    table: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            help=text("One of {tables}; may be repeated. [default: the first five]", tables=", ".join(QUESTION.tables)),
        ),
    ] = None,
    species: SPECIES = None,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
    captures: Annotated[
        Path | None, typer.Option("--captures", help=text("Capture histories: secr's text, or CSV with a header."))
    ] = None,
    traps: Annotated[
        list[Path] | None,
        typer.Option("--traps", help=text("Detectors with places in metres and usage; repeated, one a session.")),
    ] = None,
    mask: Annotated[
        Path | None, typer.Option("--mask", help=text("Cells where animals may live: CSV. [default: made by rule]"))
    ] = None,
    individuals: Annotated[
        list[Path] | None, typer.Option("--individuals", help=text("CSV with what is known of animals, such as sex."))
    ] = None,
    detector: Annotated[
        str | None, typer.Option("--detector", help=text("multi, single, proximity, count or binomial."))
    ] = None,
    occasions: Annotated[
        int | None, typer.Option("--occasions", min=1, help=text("How many there were, where no usage tells."))
    ] = None,
    buffer: Annotated[
        float | None, typer.Option("--buffer", help=text("Metres of the mask beyond the detectors."))
    ] = None,
    spacing: Annotated[float | None, typer.Option("--spacing", help=text("Metres between cells of the mask."))] = None,
    model: Annotated[
        list[str] | None,
        typer.Option("--model", help=text('A model: "HN: D ~ 1, g0 ~ b, sigma ~ 1". Repeatable. [default: by rule]')),
    ] = None,
    goodness: Annotated[
        int | None, typer.Option("--goodness", min=0, help=text("Surveys simulated for goodness of fit. [default: 99]"))
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(
            "--draws",
            min=0,
            help=text("Resampled registers that carry identity error into the intervals; such as 100."),
        ),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=0, help=text("Processes; 0 is one per core."))] = 1,
    write_secr: Annotated[
        Path | None,
        typer.Option(
            "--write-secr", help=text("Write what is fitted to this folder as secr's CSV, and print no answer.")
        ),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help=text("Replace the folder, if density wrote it before."))
    ] = False,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="HERE=MEANING", help=text("What a column is called: ANIMAL_ID=animal. Repeatable.")
        ),
    ] = None,
) -> None:
    """Answer and print."""
    wish = Wish(table, species, format, language)
    files = {"--captures": captures, "--traps": traps, "--detector": detector}
    more = {"--mask": mask, "--individuals": individuals, "--occasions": occasions, "--buffer": buffer}
    others = {"--spacing": spacing, "--model": model, "--goodness": goodness, "--column": column}
    if either(study, {**files, **more, **others}, tuple(files)):
        from tumen.errors import MisuseError
        from tumen.population.scr.model import model as model_of
        from tumen.tasks.density import GOODNESS
        from tumen.tasks.density_files import DensityFiles, density_of_files

        if write_secr is not None:
            raise MisuseError("a study to write for secr", "files", "Leave --write-secr out: they are secr's already.")
        asked = DensityFiles(
            captures=captures or Path(),
            traps=tuple(traps or ()),
            detector=detector or "",
            mask=mask,
            individuals=tuple(individuals or ()),
            occasions=occasions,
            buffer=buffer,
            spacing=spacing,
            models=tuple(model_of(line) for line in model or ()),
            columns=pairs(column),
            goodness=GOODNESS if goodness is None else goodness,
        )
        ask_files(QUESTION, asked.captures.name, wish, partial(density_of_files, asked))
        return
    if write_secr is not None:
        write(study or Path(), write_secr, wish, replace=replace)
        return
    ask(QUESTION, study or Path(), wish, partial(_answered, draws=draws, workers=workers))


def _answered(study: Any, *, draws: int | None, workers: int, progress: Any) -> Any:
    """Answer a study, with the draws that were asked for here."""
    from dataclasses import replace as changed

    from tumen.tasks.density import density

    return density(study if draws is None else changed(study, draws=draws), workers=workers, progress=progress)


def write(path: Path, folder: Path, wish: Wish, *, replace: bool) -> None:
    """Write the sessions of a study for secr, and print the folders."""
    from dataclasses import replace as changed

    from tumen.cli.progress import shown
    from tumen.tasks.check import findings_as
    from tumen.tasks.density_export import folder_of, write_secr
    from tumen.tasks.study import read_study

    study = read_study(path)
    if wish.species is not None:
        study = changed(study, density={**(study.density or {}), "species": (wish.species,)})
    with shown("species") as progress:
        species, found = write_secr(study, folder, replacing=replace, progress=progress)
    if found.height:
        print(findings_as(found, "text", wish.language, every=False), end="")
    for name in species:
        print(folder / folder_of(name))
