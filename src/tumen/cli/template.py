"""`tumen template`: forms to be filled in."""

from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.language import help_text, language, text

NAME = "template"
SHORT = text("Make forms to be filled in, with a guide in your language.")
HELP = help_text(
    text(
        "Make forms for tables, or for groups of tables: cameras, effort, individuals, genetics, health, waterbirds, "
        "places, network, deliberation. A filled form is read by every command as it is."
    ),
    examples=(
        "tumen template cameras effort -o cameras.xlsx --language mn",
        "tumen template visits counts -o forms/",
    ),
)


def command(
    tables: Annotated[list[str], typer.Argument(metavar="TABLE...", help=text("Tables, or groups of tables."))],
    output: Annotated[
        Path, typer.Option("-o", "--output", help=text("A file .xlsx, or a folder for CSV."), show_default=False)
    ],
    language: Annotated[
        str, typer.Option("--language", help=text("Language of the guide: en, ru, zh-Hans, ko, ja or mn."))
    ] = language(),
    replace: Annotated[bool, typer.Option("--replace", help=text("Replace what template made before."))] = False,
) -> None:
    """Write the forms and say where they are."""
    from tumen.tasks.template import template

    template(tables, output, language, replace=replace)
    print(output)
