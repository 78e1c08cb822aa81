"""`tumen waterbirds`: does the site qualify?"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli.language import help_text, text
from tumen.cli.population_files import ask_files
from tumen.cli.species import FORMAT, LANGUAGE, SPOKEN, STUDY, Question, Wish
from tumen.cli.tables import Format

NAME = "waterbirds"
SHORT = text("Judge sites by the criteria of Ramsar and of the flyway, with reasons.")
HELP = help_text(
    text(
        "Hold the counts of all parties against the numerical criteria of the Ramsar Convention and of the flyway "
        "partnership, season by season and edition by edition of the population estimates: met, provisional, not met, "
        "undecided, or needs a statement; and what further survey would decide it."
    ),
    text(
        "Sites of one countGroup are judged together, too: counts of the same day are added over a border, others give "
        "a lower and an upper bound. A season that nobody counted is missing and not zero."
    ),
    text(
        "With --dossier it writes the draft of a site's sheet (PDF, DOCX, JSON): each field with its source, or as a "
        "gap with who must fill it. SITE is party/siteID, or the name of a countGroup."
    ),
    examples=(
        "tumen waterbirds examples/lower-tumen/study.toml",
        "tumen waterbirds study.toml --table verdicts --format csv",
        "tumen waterbirds study.toml --dossier tumen-mouth --sheet RIS -o dossier/",
    ),
)


def _in_words(tables: Mapping[str, Any], words: Any) -> dict[str, Any]:
    from tumen.report.waterbird_lines import in_words

    return in_words(tables, words)


QUESTION = Question(
    "waterbirds",
    ("summary", "numbers", "verdicts", "seasons", "occasions", "assigned", "turnover", "places"),
    ("summary", "numbers"),
    {"summary": ("verdict",)},
    in_words=_in_words,
)


def command(
    study: STUDY,
    table: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            help=text("One of {tables}; may be repeated. [default: the first two]", tables=", ".join(QUESTION.tables)),
        ),
    ] = None,
    place: Annotated[
        str | None, typer.Option("--place", help=text("One site or complex only: party/siteID, or a countGroup."))
    ] = None,
    format: FORMAT = Format.text,
    language: LANGUAGE = SPOKEN,
    dossier: Annotated[
        str | None, typer.Option("--dossier", metavar="SITE", help=text("Write the dossier of a site or complex."))
    ] = None,
    sheet: Annotated[str, typer.Option("--sheet", help=text("RIS (Ramsar) or SIS (flyway), for the dossier."))] = "RIS",
    party: Annotated[
        str | None,
        typer.Option("--party", help=text("Whose own parts the dossier shows before they are released.")),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=text("The folder that the dossier is written to."))
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help=text("Replace the folder, if a dossier was written to it before."))
    ] = False,
) -> None:
    """Answer and print, or write a dossier."""
    from tumen.tasks.study import read_study

    read = read_study(study)
    if dossier is not None:
        _dossier(read, dossier, (sheet, party), output, (language, replace))
        return
    from tumen.tasks.waterbirds import waterbirds

    ask_files(QUESTION, read.title, Wish(table, None, format, language), partial(waterbirds, read, place=place))


def _dossier(study: Any, place: str, which: tuple[str, str | None], output: Path | None, how: tuple[str, bool]) -> None:
    from tumen.cli.progress import shown
    from tumen.errors import MisuseError
    from tumen.tasks.dossier import Asked, write_dossier

    if output is None:
        raise MisuseError("a folder for the dossier", "none", "Add -o FOLDER.")
    sheet, party = which
    language, replace = how
    asked = Asked(place=place, sheet=sheet, party=party, language=language)
    with shown("dossier") as progress:
        written = write_dossier(study, asked, output, replace=replace, progress=progress)
    for name in written:
        print(output / name)
