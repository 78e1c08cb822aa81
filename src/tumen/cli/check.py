"""`tumen check`: what is wrong in these packages?"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli.entries import entry, with_entry_options
from tumen.cli.language import help_text, language, text

NAME = "check"
SHORT = text("Name everything that is wrong in packages.")
HELP = help_text(
    text("Name everything that is wrong in packages: by row, with value and cure. Ends with 1 when it found errors."),
    text(
        "PACKAGE is a Camtrap DP folder or zip, a filled form, a mapping, a table of another program, a folder of "
        "pictures, or a study.toml, which stands for its packages, its area and its rules."
    ),
    examples=(
        "tumen check packages/north packages/south.zip --country RU --countries northeast_asia",
        "tumen check stations.csv --records records.csv --party reserve --time-zone Asia/Vladivostok --crs EPSG:32652",
        "tumen check study.toml --design --language ru",
    ),
)


class Format(StrEnum):
    """How findings are printed."""

    text = "text"
    json = "json"
    csv = "csv"
    html = "html"


@with_entry_options
def command(
    packages: Annotated[
        list[Path], typer.Argument(metavar="PACKAGE...", help=text("Folders, zips, forms, mappings, tables, studies."))
    ],
    said: Mapping[str, Any],
    countries: Annotated[
        Path | None,
        typer.Option(
            "--countries",
            help=text("Polygons with country codes to check places against, or the name of the shipped region."),
        ),
    ] = None,
    design: Annotated[
        bool, typer.Option("--design", help=text("Hold the survey against its design, and show the effort."))
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help=text("Ask only what a schema can say: cells, keys and references."))
    ] = False,
    format: Annotated[Format, typer.Option("--format", help=text("text, json, csv or html."))] = Format.text,
    language: Annotated[
        str, typer.Option("--language", help=text("Language of messages and cures: en, ru, zh-Hans, ko, ja or mn."))
    ] = language(),
    every: Annotated[
        bool, typer.Option("--all", help=text("As text, show every row, not the first ten of a kind."))
    ] = False,
    workers: Annotated[int, typer.Option("--workers", help=text("Processes; 0 is one per core."))] = 1,
) -> None:
    """Check, print, and say by the exit code whether there were errors."""
    from tumen.cli.progress import shown
    from tumen.tasks.check import findings_as
    from tumen.tasks.check_study import check_named
    from tumen.tasks.packages import is_study

    studies = [path for path in packages if is_study(path)]
    entries = [entry(path, said) for path in packages if path not in studies]
    with shown(text("packages")) as progress:
        if design:
            from tumen.tasks.design import design_as, design_named

            answer = design_named(studies, entries, countries, progress=progress)
            print(design_as(answer, format.value, language), end="")
            return
        found = check_named(studies, entries, countries, quick=quick, workers=workers, progress=progress)
    print(findings_as(found, format.value, language, every=every), end="")
    raise typer.Exit(1 if (found["severity"] == "error").any() else 0)
