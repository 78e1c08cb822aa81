"""`tumen convert`: from one format to another."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli.entries import entry, with_entry_options
from tumen.cli.language import help_text, text

NAME = "convert"
SHORT = text("Read a package in one format, write it in another.")
HELP = help_text(
    text("Read a package in one format and write it in another; print what had to be changed."),
    text(
        "Reads camtrap-dp (1.0.x, and 0.1.6 with migration), camtrapr, movebank; writes camtrap-dp (1.0.2; a folder, "
        "or a zip if OUT ends in .zip) and gpkg."
    ),
    examples=(
        "tumen convert old-package/ new-package/ --to camtrap-dp",
        "tumen convert stations.csv package.zip --records records.csv --party reserve --country RU "
        "--time-zone Asia/Vladivostok --crs EPSG:32652 --date-format %d/%m/%Y",
    ),
)


@with_entry_options
def command(
    src: Annotated[Path, typer.Argument(metavar="SRC", help=text("The package or table to read."))],
    out: Annotated[Path, typer.Argument(metavar="OUT", help=text("What to write."))],
    said: Mapping[str, Any],
    to: Annotated[str, typer.Option("--to", help=text("camtrap-dp or gpkg."))] = "camtrap-dp",
    replace: Annotated[
        bool, typer.Option("--replace", help=text("Replace OUT: a file, or a folder that convert made before."))
    ] = False,
) -> None:
    """Read, write, and print the findings of reading."""
    from tumen.tasks.check import findings_as
    from tumen.tasks.convert import convert

    found = convert(entry(src, said), out, to, replace=replace)
    print(findings_as(found, "text", "en", every=False), end="")
    print(out)
