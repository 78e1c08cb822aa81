"""`tumen diversity`: what do their genes say?"""

from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.language import help_text, text
from tumen.cli.population_files import ask_files, either
from tumen.cli.species import FORMAT, LANGUAGE, OR_STUDY, SPECIES, SPOKEN, Question, Wish, ask
from tumen.cli.tables import Format

NAME = "diversity"
SHORT = text("Measure the genetic diversity of each side, and exchange between sides.")
HELP = help_text(
    text(
        "Measure genetic diversity from the genotypes of all parties, in the sizes of one laboratory and one genotype "
        "an animal: alleles, heterozygosity, inbreeding, difference between sides, effective size, migrants."
    ),
    text("Groups are the sides of the border unless [diversity] says otherwise; see docs/answers/population.md."),
    text(
        "In place of a study it takes a file of genotypes, with its populations as groups: GENEPOP, GenAlEx, "
        "STRUCTURE, Cervus or GeneMapper, told by its content, or a sheet (--layout columns --sample id "
        "--population pop)."
    ),
    examples=(
        "tumen diversity examples/lower-tumen/study.toml",
        'tumen diversity study.toml --species "Panthera pardus" --table migrants --format csv',
        "tumen diversity --genotypes nancycats.gen --table groups",
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
    genotypes: Annotated[Path | None, typer.Option("--genotypes", help=text("A file of genotypes."))] = None,
    layout: Annotated[
        str | None,
        typer.Option("--layout", help=text("Its format: genepop, genalex, genemapper, cervus, structure or columns.")),
    ] = None,
    alleles: Annotated[
        str | None, typer.Option("--alleles", help=text("size (lengths of microsatellites) or snp. [default: size]"))
    ] = None,
    loci: Annotated[
        int | None, typer.Option("--loci", min=1, help=text("How many a STRUCTURE file without their names has."))
    ] = None,
    sample: Annotated[str | None, typer.Option("--sample", help=text("The column of samples in a sheet."))] = None,
    population: Annotated[
        str | None, typer.Option("--population", help=text("The column of populations in a sheet."))
    ] = None,
    missing: Annotated[
        list[str] | None, typer.Option("--missing", help=text("A word for no allele in a sheet. Repeatable."))
    ] = None,
    permutations: Annotated[
        int | None, typer.Option("--permutations", min=1, help=text("Of the tests between groups. [default: 999]"))
    ] = None,
) -> None:
    """Answer and print."""
    wish = Wish(table, species, format, language)
    sheet = {"--sample": sample, "--population": population, "--missing": missing}
    more = {"--layout": layout, "--alleles": alleles, "--loci": loci, "--permutations": permutations}
    if either(study, {"--genotypes": genotypes, **sheet, **more}, ("--genotypes",)):
        from functools import partial

        from tumen.tasks.diversity import PERMUTATIONS
        from tumen.tasks.diversity_files import DiversityFiles, diversity_of_files

        asked = DiversityFiles(
            genotypes=genotypes or Path(),
            layout=layout,
            kind=alleles or "size",
            loci=loci,
            sample=sample or "",
            population=population or "",
            missing=tuple(missing or ()),
            permutations=permutations or PERMUTATIONS,
        )
        ask_files(QUESTION, asked.genotypes.name, wish, partial(diversity_of_files, asked))
        return
    from tumen.tasks.diversity import diversity

    ask(QUESTION, study or Path(), wish, diversity)
