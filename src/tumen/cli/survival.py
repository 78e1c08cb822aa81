"""`tumen survival`: will they last?"""

from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.language import help_text, text
from tumen.cli.population_files import ask_files, either
from tumen.cli.species import FORMAT, LANGUAGE, OR_STUDY, SPECIES, SPOKEN, Question, Wish, ask
from tumen.cli.tables import Format

NAME = "survival"
SHORT = text("Estimate survival, recruits and numbers over the sessions of a study.")
HELP = help_text(
    text(
        "Estimate how many animals of each species survive from one session to the next, how many come, and how many "
        "there are: from the histories of animals that all parties know under joint names."
    ),
    text("Sessions and models are those of [survival] in the study; see docs/answers/population.md."),
    text("In place of a study it takes capture histories as MARK has them, a CSV with words of 0 and 1: --histories."),
    examples=(
        "tumen survival examples/lower-tumen/study.toml",
        'tumen survival study.toml --species "Panthera pardus" --table survival --format csv',
        "tumen survival --histories dipper.csv --interval 1 --phi 1 --phi sex --p 1",
    ),
)
QUESTION = Question(
    "survival",
    (
        "survival",
        "detection",
        "population",
        "models",
        "spatial",
        "populationModels",
        "goodness",
        "histories",
    ),
    ("survival", "detection", "population", "models", "spatial"),
    {"survival": ("estimate",), "population": ("estimate",), "spatial": ("estimate",)},
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
    histories: Annotated[
        Path | None,
        typer.Option("--histories", help=text("CSV with a column ch of 0 and 1, or a column for each occasion.")),
    ] = None,
    interval: Annotated[
        list[float] | None,
        typer.Option("--interval", help=text("Years between occasions: one for all, or repeated, one for each.")),
    ] = None,
    occasions: Annotated[
        Path | None,
        typer.Option("--occasions", help=text("CSV with occasion, time in years and covariates, for --interval.")),
    ] = None,
    phi: Annotated[
        list[str] | None, typer.Option("--phi", help=text("What survival depends on: 1, sex, time. Repeatable."))
    ] = None,
    p: Annotated[
        list[str] | None, typer.Option("--p", help=text("What capture depends on: 1, sex, time. Repeatable."))
    ] = None,
    bootstraps: Annotated[
        int | None, typer.Option("--bootstraps", min=0, help=text("Draws of the deviance. [default: none]"))
    ] = None,
) -> None:
    """Answer and print."""
    wish = Wish(table, species, format, language)
    timed = {"--interval": interval, "--occasions": occasions}
    models = {"--phi": phi, "--p": p, "--bootstraps": bootstraps}
    if either(study, {"--histories": histories, **timed, **models}, ("--histories",)):
        from functools import partial

        from tumen.tasks.survival_files import SurvivalFiles, survival_of_files

        asked = SurvivalFiles(
            histories=histories or Path(),
            intervals=tuple(interval or ()),
            occasions=occasions,
            phi=tuple(phi or ()),
            p=tuple(p or ()),
            bootstraps=bootstraps or 0,
        )
        ask_files(QUESTION, asked.histories.name, wish, partial(survival_of_files, asked))
        return
    from tumen.tasks.survival import survival

    ask(QUESTION, study or Path(), wish, survival)
