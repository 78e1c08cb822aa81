"""`tumen package disclose`: the view of a package that a policy grants one party."""

from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.language import help_text, language, text

NAME = "disclose"
SHORT = text("Write the view of a package that a policy grants one party.")
HELP = help_text(
    text(
        "Write the view of a package that a policy grants one party: places as cells or not at all, times as months or "
        "years, names as pseudonyms, pictures without metadata. The view is a package."
    ),
    text(
        "SECRET makes the pseudonyms, LEDGER remembers what has left; both stay with you. A release that together with "
        "earlier ones would tell more than the policy grants is refused."
    ),
    examples=(
        "tumen package disclose north/ for-south/ --policy policy.toml --for south-institute --purpose crossings "
        "--secret names.secret --ledger released.csv --countries northeast_asia",
        "tumen package disclose north/ for-south/ --policy policy.toml --for south-institute --purpose crossings "
        "--secret names.secret --new-secret --ledger released.csv --new-ledger",
    ),
)


def command(
    package: Annotated[Path, typer.Argument(metavar="PACKAGE", help=text("Your package."))],
    out: Annotated[Path, typer.Argument(metavar="OUT", help=text("A new folder, or a new zip."))],
    policy: Annotated[Path, typer.Option("--policy", help=text("Your policy, policy.toml."))],
    party: Annotated[str, typer.Option("--for", metavar="PARTY", help=text("Who receives it."))],
    purpose: Annotated[str, typer.Option("--purpose", help=text("For what."))],
    secret: Annotated[Path, typer.Option("--secret", metavar="FILE", help=text("The secret of your pseudonyms."))],
    ledger: Annotated[Path, typer.Option("--ledger", metavar="FILE", help=text("Your ledger of releases."))],
    role: Annotated[list[str] | None, typer.Option("--role", help=text("A role of theirs. Repeatable."))] = None,
    table: Annotated[list[str] | None, typer.Option("--table", help=text("Only this table. Repeatable."))] = None,
    countries: Annotated[
        Path | None,
        typer.Option("--countries", help=text("Countries, for sides and distances: a file, or a region's name.")),
    ] = None,
    new_secret: Annotated[
        bool, typer.Option("--new-secret", help=text("Make a new secret first; all names will be new."))
    ] = False,
    new_ledger: Annotated[
        bool, typer.Option("--new-ledger", help=text("Begin a ledger: nothing has left with this secret."))
    ] = False,
    node: Annotated[
        Path | None, typer.Option("--node", help=text("Your node: its trust list says the roles of PARTY."))
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help=text("Replace OUT."))] = False,
) -> None:
    """Disclose, and print what was withheld."""
    from tumen.tasks import release_files
    from tumen.tasks.check import findings_as
    from tumen.tasks.disclose import Asked, disclose_package
    from tumen.tasks.entries import PackageEntry

    if new_secret:
        release_files.new_secret(secret)
    asked = Asked(
        policy=policy,
        receiver=party,
        purpose=purpose,
        secret=secret,
        ledger=ledger,
        roles=tuple(role or ()),
        tables=tuple(table or ()),
        countries=countries,
        replace=replace,
        new_ledger=new_ledger,
        node=node,
    )
    made = disclose_package(PackageEntry(path=package), out, asked)
    print(findings_as(made.findings, "text", language(), every=False), end="")
    if made.refused:
        raise typer.Exit(1)
    print(out)
