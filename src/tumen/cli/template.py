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
        "tumen template --protocol awc --country KP -o january.xlsx --language ko",
    ),
)


def command(
    output: Annotated[
        Path, typer.Option("-o", "--output", help=text("A file .xlsx, or a folder for CSV."), show_default=False)
    ],
    language: Annotated[
        str, typer.Option("--language", help=text("Language of the guide: en, ru, zh-Hans, ko, ja or mn."))
    ] = language(),
    tables: Annotated[
        list[str] | None, typer.Argument(metavar="[TABLE...]", help=text("Tables, or groups of tables."))
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option("--protocol", help=text("The forms of a protocol: awc (mid-January), passage or dossier.")),
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", help=text("ISO code of the country whose names of species are printed."))
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help=text("Replace what template made before."))] = False,
) -> None:
    """Write the forms and say where they are."""
    from tumen.errors import MisuseError
    from tumen.tasks.template import template

    if not tables and protocol is None:
        raise MisuseError("a table, or a protocol", "none", "Name for example visits counts, or --protocol awc.")
    template(tables or [], output, language, replace=replace, protocol=protocol, country=country)
    print(output)
