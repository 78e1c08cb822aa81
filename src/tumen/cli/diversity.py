"""`tumen diversity`: what do their genes say?"""

from typing import Annotated

import typer

from tumen.cli.language import help_text, text
from tumen.cli.species import FORMAT, LANGUAGE, SPECIES, SPOKEN, STUDY, Question, Wish, ask
from tumen.cli.tables import Format

NAME = "diversity"
SHORT = text("Measure the genetic diversity of each side, and exchange between sides.")
HELP = help_text(
    text(
        "Measure genetic diversity from the genotypes of all parties, in the sizes of one laboratory and one genotype "
        "an animal: alleles, heterozygosity, inbreeding, difference between sides, effective size, migrants."
    ),
    text("Groups are the sides of the border unless [diversity] says otherwise; see docs/answers/population.md."),
    examples=(
        "tumen diversity examples/lower-tumen/study.toml",
        'tumen diversity study.toml --species "Panthera pardus" --table migrants --format csv',
    ),
)
QUESTION = Question(
    "diversity",
    (
        "groups",
        "differentiation",
        "effectiveSize",
        "bottleneck",
        "relatedness",
        "migrants",
        "loci",
        "ordination",
        "hardyWeinberg",
        "linkage",
        "association",
        "genotypes",
    ),
    ("groups", "differentiation", "effectiveSize", "bottleneck", "relatedness"),
    {"groups": ("A", "AR", "He", "Ho"), "differentiation": ("FST",)},
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
    from tumen.tasks.diversity import diversity

    ask(QUESTION, study, Wish(table, species, format, language), diversity)
