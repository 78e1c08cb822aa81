"""`tumen package open`: what was received, and what is in it?"""

from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.language import help_text, text
from tumen.cli.package_receive import said_of

NAME = "open"
SHORT = text("List what a node received, or write one package to a folder.")
HELP = help_text(
    text("List what a node received: which version is the newest, who signed it, and what the checks found."),
    text("With PACKAGE and --out, write what can be read of it into a new folder, to work with."),
    examples=("tumen package open node/", "tumen package open node/ lynx-2026 --out work/lynx"),
)


def command(
    node: Annotated[Path, typer.Argument(metavar="NODE", help=text("The folder of the node."))],
    package: Annotated[str | None, typer.Argument(metavar="PACKAGE", help=text("The package's id."))] = None,
    out: Annotated[Path | None, typer.Option("--out", help=text("A new folder."))] = None,
    version: Annotated[int | None, typer.Option("--version", help=text("Not the newest, but this version."))] = None,
    party: Annotated[str | None, typer.Option("--party", help=text("Of this party."))] = None,
) -> None:
    """List, or write."""
    from tumen.errors import MisuseError
    from tumen.tasks.package_receive import holdings, holdings_sha256, open_package, verified_log

    if (package is None) != (out is None):
        lacking = "no --out" if out is None else "no package"
        raise MisuseError("a package and a folder to write it to", lacking, "Give both, or neither to list.")
    if package is not None and out is not None:
        opened = open_package(node, package, out, version=version, party=party)
        print(text("version {version} of {party}", version=opened.record.version, party=opened.record.party))
        print(out)
        return
    for each in holdings(node):
        record = each.record
        print(
            text("{package} {version} of {party}", package=record.package, version=record.version, party=record.party)
        )
        print(f"  {_STANDING[each.standing]}; {text('levels: {levels}', levels=', '.join(record.levels))}")
        print("  " + text("received {when} from {source}", when=record.received_at, source=record.source))
        print("  " + text("signed by: {names}", names=", ".join(record.signers)))
        print("  " + said_of(record.errors, record.warnings, record.unread))
        print(f"  {each.data}")
    head = verified_log(node)
    print(text("log: {head}", head=f"{head.lines} {head.digest}"))
    print(text("all newest packages: {digest}", digest=holdings_sha256(node)))


_STANDING = {"newest": text("the newest version"), "superseded": text("superseded")}
