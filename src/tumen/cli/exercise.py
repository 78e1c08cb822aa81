"""`tumen exercise`: training on invented data with known errors."""

from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.language import help_text, text
from tumen.cli.language import language as spoken

NAME = "exercise"
SHORT = text("Make an exercise with planted errors, or mark its answers.")
HELP = help_text(
    text(
        "Make a folder with a task, packages in which errors were planted, and a sheet for answers; or mark it. "
        "1 clocks, 2 places, 3 effort, 4 animals, 5 samples and tests, 6 waterbirds."
    ),
    examples=("tumen exercise 1 clocks/ --language ru", "tumen exercise 1 clocks/ --mark"),
)


def command(
    number: Annotated[int, typer.Argument(metavar="N", help=text("Which exercise: 1 to 6."))],
    out: Annotated[Path, typer.Argument(metavar="OUT", help=text("Folder to make, or to mark."))],
    marks: Annotated[bool, typer.Option("--mark", help=text("Mark answers.csv in OUT."))] = False,
    key: Annotated[bool, typer.Option("--key", help=text("Print the key of OUT, for those who teach."))] = False,
    language: Annotated[
        str | None,
        typer.Option("--language", help=text("Language: en, ru, zh-Hans, ko, ja or mn."), show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help=text("Another seed, another exercise."))] = 1,
) -> None:
    """Make the exercise and say where its task is, or print the marks or the key."""
    from tumen.tasks import exercise

    if key:
        print(exercise.key(number, out, language=language), end="")
    if marks:
        print(exercise.marked(number, out, language=language), end="")
    if not (key or marks):
        exercise.exercise(number, out, language=language or spoken(), seed=seed)
        print(out / "TASK.md")
