"""The command `tumen`: gather the commands, and say errors in three parts."""

import sys
from typing import Annotated

import typer

from tumen.cli import (
    check,
    convert,
    crossings,
    density,
    diversity,
    exercise,
    federated,
    identify,
    key,
    memory,
    package,
    report,
    simulate,
    survival,
    template,
    trends,
    waterbirds,
)
from tumen.cli.language import explained, help_text, require_language, text
from tumen.errors import TumenError

app = typer.Typer(
    name="tumen",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
ANSWERS = (crossings, density, survival, diversity, waterbirds, trends)
for command in (simulate, template, check, convert, *ANSWERS, report, exercise):
    app.command(command.NAME, help=command.HELP, short_help=command.SHORT, no_args_is_help=True)(command.command)
for group in (identify, package, key, federated):
    app.add_typer(group.app, name=group.NAME, help=group.HELP, short_help=group.SHORT)


def _version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        print(f"tumen {version('tumen')}")
        raise typer.Exit


@app.callback(
    help=help_text(
        text("Joint monitoring of wildlife that crosses borders: check, join, answer, report. Works offline."),
        text("Speaks English, Russian, Chinese, Korean, Japanese and Mongolian: TUMEN_LANGUAGE, else the system's."),
        examples=("tumen report examples/lower-tumen/study.toml -o report/",),
    )
)
def tumen(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help=text("Print the version and stop."))
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def run() -> None:
    """Run the command; end with 2 and one error in three parts when it was misused."""
    memory.keep()
    try:
        require_language()
        app(prog_name="tumen")
    except TumenError as error:
        print(explained(error), file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print(text("stopped; nothing half-written was left"), file=sys.stderr)
        sys.exit(130)


if __name__ == "__main__":
    run()
