"""`tumen simulate`: a world with known truth."""

from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.language import help_text, text

NAME = "simulate"
SHORT = text("Make a world with known truth.")
HELP = help_text(
    text(
        "Make a world with known truth: packages of several parties, countries, links, a study, and truth/ beside them."
    ),
    examples=("tumen simulate lower-tumen world/ --seed 7 && tumen report world/study.toml -o report/",),
)


def command(
    world: Annotated[str, typer.Argument(metavar="WORLD", help=text("Which world: lower-tumen."))],
    out: Annotated[Path, typer.Argument(metavar="OUT", help=text("Folder to make."))],
    seed: Annotated[int, typer.Option("--seed", help=text("Another seed, another world."))] = 1,
    small: Annotated[bool, typer.Option("--small", help=text("A small world that takes a moment."))] = False,
    snap: Annotated[
        float | None, typer.Option("--snap", help=text("Snap stations to a grid of so many degrees, such as 0.1."))
    ] = None,
    unlinked: Annotated[
        bool, typer.Option("--unlinked", help=text("Leave the register empty: nobody has compared the catalogues yet."))
    ] = False,
    photos: Annotated[bool, typer.Option("--photos", help=text("Draw the photographs too; takes minutes."))] = False,
    width: Annotated[int, typer.Option("--width", min=320, max=2048, help=text("Width of photographs, pixels."))] = 800,
    workers: Annotated[int, typer.Option("--workers", min=0, help=text("Processes; 0 is one per core."))] = 1,
    replace: Annotated[bool, typer.Option("--replace", help=text("Replace OUT if simulate made it before."))] = False,
) -> None:
    """Make the world and say where its study is."""
    from tumen.cli.progress import shown
    from tumen.tasks.simulate import Asked, simulate

    asked = Asked(small=small, snap=snap, unlinked=unlinked, photos=width if photos else 0, workers=workers)
    with shown(text("pictures")) as progress:
        simulate(world, out, seed=seed, asked=asked, replace=replace, progress=progress)
    print(out / "study.toml")
