"""`tumen convert`: from one format to another."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli.entries import entry, with_entry_options
from tumen.cli.language import help_text, language, text, words

NAME = "convert"
SHORT = text("Read a package in one format, write it in another.")
HELP = help_text(
    text("Read a package in one format and write it in another; print what had to be changed."),
    text(
        "Reads camtrap-dp (1.0.x, and 0.1.6 with migration), camtrapr, movebank, mapping (a TOML file that says how to "
        "read tables), template (a filled form), images (a folder of pictures), dwc-a (Darwin Core events), smart "
        "(patrols), genotypes, count-form (forms of waterbird counts) and population-tables (estimates of "
        "waterbird populations); writes camtrap-dp (1.0.2; a folder, or a zip "
        "if OUT ends in .zip), gpkg, of counts of waterbirds dwc-a (a Darwin Core archive), and, of genotypes, "
        "genepop, genalex, cervus, structure and genemapper."
    ),
    text("With --guess it reads tables and proposes a mapping for them, which you confirm line by line."),
    examples=(
        "tumen convert old-package/ new-package/ --to camtrap-dp",
        "tumen convert stations.csv package.zip --records records.csv --party reserve --country RU "
        "--time-zone Asia/Vladivostok --crs EPSG:32652 --date-format %d/%m/%Y",
        "tumen convert cameras.xlsx records.csv --guess > mapping.toml",
        "tumen convert mapping.toml package/",
    ),
)


@with_entry_options
def command(
    paths: Annotated[list[Path], typer.Argument(metavar="SRC OUT", help=text("What to read, and what to write."))],
    said: Mapping[str, Any],
    to: Annotated[
        str,
        typer.Option("--to", help=text("camtrap-dp, gpkg, dwc-a, genepop, genalex, cervus, structure or genemapper.")),
    ] = "camtrap-dp",
    guess: Annotated[
        bool, typer.Option("--guess", help=text("Propose a mapping for the tables SRC ..., and write nothing."))
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help=text("Replace OUT: a file, or a folder that convert made before."))
    ] = False,
    workers: Annotated[int, typer.Option("--workers", help=text("Processes; 0 is one per core."))] = 1,
) -> None:
    """Read, write, and print the findings of reading."""
    from tumen.cli.progress import shown
    from tumen.errors import MisuseError
    from tumen.tasks.check import findings_as
    from tumen.tasks.convert import convert
    from tumen.tasks.guess import guess as proposed

    if guess:
        print(proposed(paths, words().text), end="")
        return
    if len(paths) != 2:
        raise MisuseError("what to read and what to write", str(len(paths)), "Name SRC and OUT.")
    with shown(text("files")) as progress:
        found = convert(entry(paths[0], said), paths[1], to, replace=replace, workers=workers, progress=progress)
    print(findings_as(found, "text", language(), every=False), end="")
    print(paths[1])
