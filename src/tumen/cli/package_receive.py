"""`tumen package receive`: take in what came."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from tumen.cli.key import PASSPHRASE, password
from tumen.cli.language import explained, help_text, text

NAME = "receive"
SHORT = text("Verify packages, open what is ours, check them and keep them.")
HELP = help_text(
    text(
        "Verify packages by the trust list of a node, open what is encrypted to us, check the data and keep all of it, "
        "unchanged, with where it came from."
    ),
    text(
        "What cannot be verified is refused and not kept. Errors in the data are kept with the package: tumen package "
        "open shows them. The order in which packages come does not matter."
    ),
    examples=("tumen package receive north.zip south.zip --node node/ --identity keys/east.age",),
)


def command(
    packages: Annotated[list[Path], typer.Argument(metavar="PACKAGE...", help=text("Sealed packages."))],
    node: Annotated[Path, typer.Option("--node", metavar="NODE", help=text("The folder of the node."))],
    identity: Annotated[
        list[Path] | None, typer.Option("--identity", metavar="FILE", help=text("Your secret key of age. Repeatable."))
    ] = None,
    passphrase_file: PASSPHRASE = None,
) -> None:
    """Receive one after the other; refusals are said, the others are received."""
    from tumen.cli.progress import shown
    from tumen.errors import TumenError
    from tumen.tasks.keys import identity as read_identity
    from tumen.tasks.package_receive import holdings_sha256, receive

    keys = [read_identity(each, password(passphrase_file)) for each in identity or ()]
    refused, head = 0, ""
    for package in packages:
        try:
            with shown(text("files")) as progress:
                received = receive(package, node, identities=keys, progress=progress)
        except TumenError as error:
            print(package, file=sys.stderr)
            print(explained(error), file=sys.stderr)
            refused += 1
            continue
        record, head = received.record, f"{received.head.lines} {received.head.digest}"
        print(
            text("{package} {version} of {party}", package=record.package, version=record.version, party=record.party)
        )
        print("  " + _STANDING[received.standing])
        if received.for_another:
            print("  " + text("warning: the manifest says it is for {receiver}", receiver=record.receiver or ""))
        print("  " + text("signed by: {names}", names=", ".join(record.signers)))
        if record.opened or record.closed:
            opened, closed = len(record.opened), len(record.closed)
            print("  " + text("opened: {opened} files; for others: {closed}", opened=opened, closed=closed))
        print("  " + said_of(record.errors, record.warnings, record.unread))
    if head:
        print(text("log: {head}", head=head))
        print(text("all newest packages: {digest}", digest=holdings_sha256(node)))
    if refused:
        raise typer.Exit(2)


_STANDING = {
    "newest": text("kept; the newest version"),
    "superseded": text("kept; a newer version is here"),
    "known": text("received before; nothing changed"),
}


def said_of(errors: int, warnings: int, unread: str | None) -> str:
    """Return what the checks found, in words."""
    if unread == "closed":
        return text("not checked: encrypted to others")
    if unread is not None:
        return text("cannot be read as a package: {why}", why=unread)
    return text("checked: {errors} errors, {warnings} warnings", errors=errors, warnings=warnings)
