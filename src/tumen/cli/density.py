"""`tumen density`: how many are there?"""

from typing import Annotated

import typer

from tumen.cli.language import help_text, text
from tumen.cli.species import FORMAT, LANGUAGE, SPECIES, SPOKEN, STUDY, Question, Wish, ask
from tumen.cli.tables import Format

NAME = "density"
SHORT = text("Estimate numbers and density of a study's species, by country.")
HELP = help_text(
    text(
        "Estimate how many animals of each species live on the ground of a study, from one fit of spatial "
        "capture-recapture to the cameras of all parties, split by country."
    ),
    text("Sessions, models and the ground are those of [density] in the study; see docs/answers/population.md."),
    examples=(
        "tumen density examples/lower-tumen/study.toml",
        'tumen density study.toml --species "Panthera pardus" --table abundance --format csv',
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
    from tumen.tasks.density import density

    ask(QUESTION, study, Wish(table, species, format, language), density)
