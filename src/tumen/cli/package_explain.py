"""`tumen package explain`: what would this party receive?"""

from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.language import help_text, language, text

NAME = "explain"
SHORT = text("Say in words what a policy gives to a party, and what not.")
HELP = help_text(
    text(
        "Say in words what a party would receive by a policy, for each purpose and species, and that nothing else "
        "leaves."
    ),
    examples=(
        "tumen package explain policy.toml --for south-institute",
        "tumen package explain policy.toml --for office --role secretariat --on 2026-01-01",
    ),
)


def command(
    policy: Annotated[Path, typer.Argument(metavar="POLICY", help=text("The policy, policy.toml."))],
    party: Annotated[str, typer.Option("--for", metavar="PARTY", help=text("Who would receive it."))],
    role: Annotated[list[str] | None, typer.Option("--role", help=text("A role of theirs. Repeatable."))] = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DAY", help=text("On which day. [default: today]"))] = None,
    spoken: Annotated[
        str, typer.Option("--language", help=text("Language: en, ru, zh-Hans, ko, ja or mn."))
    ] = language(),
) -> None:
    """Read and print."""
    from datetime import date

    from tumen.errors import MisuseError
    from tumen.tasks.policy import explain_policy

    try:
        day = date.fromisoformat(on) if on is not None else None
    except ValueError as error:
        raise MisuseError("a day for --on", f"'{on}'", "Write for example 2026-01-31.") from error
    for line in explain_policy(policy, party, roles=tuple(role or ()), on=day, language=spoken):
        print(line)
