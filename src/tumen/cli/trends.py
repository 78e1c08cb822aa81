"""`tumen trends`: how do the numbers change?"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli.language import help_text, text
from tumen.cli.population_files import ask_files, either, pairs
from tumen.cli.species import FORMAT, LANGUAGE, OR_STUDY, SPECIES, SPOKEN, Question, Wish, ask
from tumen.cli.tables import Format

NAME = "trends"
SHORT = text("Estimate trends of counts with gaps, and indicators of several species.")
HELP = help_text(
    text(
        "Estimate indices, totals and the yearly change of each species from the counts of all parties, as TRIM does: "
        "missing counts are filled in by the model and never averaged away."
    ),
    text("Species, season, sites and model are those of [trends] in the study; see docs/answers/waterbirds.md."),
    text(
        "In place of a study it takes a file of counts: a CSV with site, time and count (and month, weight, "
        "covariates), or a TRIM command file (.tcf) that names its counts."
    ),
    examples=(
        "tumen trends examples/lower-tumen/study.toml",
        'tumen trends study.toml --species "Anser albifrons" --table index --format csv',
        "tumen trends --counts counts.csv --model 3 --serial",
        "tumen trends --counts counts.csv --model 2 --change-points all --stepwise --column year=time",
    ),
)


def _in_words(tables: Mapping[str, Any], words: Any) -> dict[str, Any]:
    from tumen.report.waterbird_lines import in_words

    return in_words(tables, words)


QUESTION = Question(
    "trends",
    ("data", "slopes", "index", "totals", "tests", "coefficients", "smooth", "counts", "indicator"),
    ("data", "slopes", "index", "tests", "indicator"),
    {"slopes": ("multiplicative",), "indicator": ("index",)},
    alone=True,
    in_words=_in_words,
)


def command(
    study: OR_STUDY = None,
    table: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            help=text(
                "One of {tables}; may be repeated. [default: {printed}]",
                tables=", ".join(QUESTION.tables),
                printed=", ".join(QUESTION.printed),
            ),
        ),
    ] = None,
    species: SPECIES = None,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
    counts: Annotated[
        Path | None, typer.Option("--counts", help=text("Counts: CSV, TRIM's data, or a TRIM command file (.tcf)."))
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="HERE=MEANING",
            help=text("What a column is called: year=time; site, time, month, count or weight. Repeatable."),
        ),
    ] = None,
    model: Annotated[
        int | None,
        typer.Option(
            "--model", min=1, max=3, help=text("1: no change, 2: slopes, 3: every year on its own. [default: 3]")
        ),
    ] = None,
    change_points: Annotated[
        str | None,
        typer.Option("--change-points", help=text("Years in which the slope may change: 2004,2009 or all (model 2).")),
    ] = None,
    stepwise: Annotated[
        bool, typer.Option("--stepwise", help=text("Keep only the change points that matter (model 2)."))
    ] = False,
    overdispersion: Annotated[
        bool | None,
        typer.Option(
            "--overdispersion/--no-overdispersion", help=text("Whether counts vary more than by chance. [default: yes]")
        ),
    ] = None,
    serial: Annotated[
        bool | None,
        typer.Option(
            "--serial/--no-serial", help=text("Whether years of a site resemble the year before. [default: yes]")
        ),
    ] = None,
    covariate: Annotated[
        list[str] | None, typer.Option("--covariate", help=text("A column of kinds of sites. Repeatable."))
    ] = None,
    base: Annotated[
        int | None, typer.Option("--base", help=text("The year whose index is 1. [default: the first]"))
    ] = None,
    smooth: Annotated[
        float | None, typer.Option("--smooth", help=text("Degrees of freedom of a smooth trend beside it."))
    ] = None,
) -> None:
    """Answer and print."""
    wish = Wish(table, species, format, language)
    asked = {
        "--column": column,
        "--model": model,
        "--change-points": change_points,
        "--stepwise": stepwise or None,
        "--overdispersion": overdispersion,
        "--serial": serial,
        "--covariate": covariate,
        "--base": base,
        "--smooth": smooth,
    }
    if either(study, {"--counts": counts, **asked}, ("--counts",)):
        from tumen.tasks.trends_files import TrendFile, trend_of_file

        given = TrendFile(
            counts=counts or Path(),
            columns=pairs(column),
            model=model,
            change_points=change_points,
            stepwise=stepwise,
            overdispersion=overdispersion,
            serial=serial,
            covariates=tuple(covariate or ()),
            base=base,
            smooth=smooth,
        )
        ask_files(QUESTION, given.counts.name, wish, partial(trend_of_file, given))
        return
    from tumen.tasks.trends import trends

    ask(QUESTION, study or Path(), wish, trends)
