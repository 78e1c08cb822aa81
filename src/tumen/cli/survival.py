"""`tumen survival`: will they last?"""

from typing import Annotated

import typer

from tumen.cli.language import help_text, text
from tumen.cli.species import FORMAT, LANGUAGE, SPECIES, SPOKEN, STUDY, Question, Wish, ask
from tumen.cli.tables import Format

NAME = "survival"
SHORT = text("Estimate survival, recruits and numbers over the sessions of a study.")
HELP = help_text(
    text(
        "Estimate how many animals of each species survive from one session to the next, how many come, and how many "
        "there are: from the histories of animals that all parties know under joint names."
    ),
    text("Sessions and models are those of [survival] in the study; see docs/answers/population.md."),
    examples=(
        "tumen survival examples/lower-tumen/study.toml",
        'tumen survival study.toml --species "Panthera pardus" --table survival --format csv',
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
    study: STUDY,
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
) -> None:
    """Answer and print."""
    from tumen.tasks.survival import survival

    ask(QUESTION, study, Wish(table, species, format, language), survival)
