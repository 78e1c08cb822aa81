"""`tumen simulate`: a world with known truth."""

from pathlib import Path
from typing import Annotated

import typer

NAME = "simulate"
SHORT = "Make a world with known truth."
HELP = """Make a world with known truth: packages of several parties, countries, links, a study, and truth/ beside them.

Example: tumen simulate lower-tumen world/ --seed 7 && tumen report world/study.toml -o report/"""


def command(
    world: Annotated[str, typer.Argument(metavar="WORLD", help="Which world: lower-tumen.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Folder to make.")],
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another world.")] = 1,
    small: Annotated[bool, typer.Option("--small", help="A small world that takes a moment.")] = False,
    snap: Annotated[
        float | None, typer.Option("--snap", help="Snap stations to a grid of so many degrees, such as 0.1.")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace OUT if simulate made it before.")] = False,
) -> None:
    """Make the world and say where its study is."""
    from tumen.tasks.simulate import simulate

    simulate(world, out, seed=seed, small=small, snap=snap, replace=replace)
    print(out / "study.toml")
