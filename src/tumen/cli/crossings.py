"""`tumen crossings`: did it cross?"""

from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.language import help_text, language, text
from tumen.cli.tables import Format

NAME = "crossings"
SHORT = text("Print the transborder tables of a study.")
HELP = help_text(
    text("Print the transborder tables of a study: who is on which side, who crossed, and between when and when."),
    examples=("tumen crossings examples/lower-tumen/study.toml --table summary",),
)

TABLES = ("summary", "joint", "individuals", "perCountry", "crossings", "encounters", "identityError")


def command(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help=text("The study file, study.toml."))],
    table: Annotated[
        list[str] | None,
        typer.Option(
            "--table",
            help=text("One of {tables}; may be repeated. [default: the first five]", tables=", ".join(TABLES)),
        ),
    ] = None,
    draws: Annotated[
        int | None,
        typer.Option(
            "--draws",
            min=0,
            help=text("Resampled registers that carry identity error into the table identityError; such as 200."),
        ),
    ] = None,
    format: Annotated[Format, typer.Option("--format", help=text("text, json or csv (one table)."))] = Format.text,
    language: Annotated[
        str, typer.Option("--language", help=text("Language of the notes: en, ru, zh-Hans, ko, ja or mn."))
    ] = language(),
) -> None:
    """Answer and print."""
    from dataclasses import replace

    from tumen.cli.progress import shown
    from tumen.cli.tables import show
    from tumen.errors import MisuseError, nearest
    from tumen.tasks.crossings import crossings
    from tumen.tasks.names import notes_in
    from tumen.tasks.study import read_study

    wanted = tuple(table) if table else TABLES[:5]
    for name in wanted:
        if name not in TABLES:
            raise MisuseError("a table of the answer", f"'{name}'", nearest(name, TABLES))
    if format is Format.csv and len(wanted) != 1:
        raise MisuseError("one table for CSV", f"{len(wanted)}", "Name it with --table summary.")
    with shown("packages") as progress:
        read = read_study(study)
        if draws is not None:
            read = replace(read, draws=draws)
        answer = crossings(read, progress=progress)
    if "identityError" in answer.tables and not table:
        wanted = (*wanted, "identityError")
    if "identityError" in wanted and "identityError" not in answer.tables:
        cure = "Say --draws 200, or draws = 200 below [register] of the study."
        raise MisuseError("draws for the table identityError", "none", cure)
    show({name: answer.tables[name] for name in wanted}, format, notes_in(answer, read, language))
