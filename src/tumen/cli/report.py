"""`tumen report`: the joint report of a study."""

from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.language import help_text, text

NAME = "report"
SHORT = text("Write the joint report of a study.")
HELP = help_text(
    text("Write the joint report of a study: report.html, report.pdf, tables/, figures/, provenance.json."),
    examples=("tumen report examples/lower-tumen/study.toml -o report/",),
)


def command(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help=text("The study file, study.toml."))],
    output: Annotated[Path, typer.Option("-o", "--output", help=text("Folder to make."), show_default=False)],
    replace: Annotated[
        bool, typer.Option("--replace", help=text("Replace the folder if report made it before."))
    ] = False,
) -> None:
    """Read the study, write the report, say where it is."""
    from tumen.cli.progress import shown
    from tumen.tasks.report import report
    from tumen.tasks.study import read_study

    with shown("report") as progress:
        report(read_study(study), output, replace=replace, progress=progress)
    print(output / "report.html")
    print(output / "report.pdf")
