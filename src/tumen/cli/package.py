"""`tumen package`: who may see it?"""

from pathlib import Path
from typing import Annotated, Any

import typer

from tumen.cli import package_disclose, package_explain, package_open, package_receive
from tumen.cli.key import PASSPHRASE, password
from tumen.cli.language import help_text, text

NAME = "package"
SHORT = text("Seal, verify and exchange packages; see what a policy gives.")
HELP = help_text(
    text(
        "Seal a package so that everybody can verify whose it is and that nothing in it was changed, and exchange it "
        "by any means: a stick, a mail, a shared folder."
    ),
    text("First init, then seal; whoever receives it uses verify. Nothing leaves that the policy does not grant."),
    examples=("tumen package verify north.zip --key north.pub",),
)

app = typer.Typer(
    name=NAME,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

FOLDER = Annotated[Path, typer.Argument(metavar="PACKAGE", help=text("The package folder, with datapackage.json."))]
SEALED = Annotated[Path, typer.Argument(metavar="PACKAGE", help=text("The sealed package, a folder or a zip."))]
SECRET = Annotated[Path, typer.Option("--key", metavar="FILE", help=text("Your secret key (tumen key new)."))]
WORKERS = Annotated[int, typer.Option("--workers", min=0, help=text("Threads; 0 for one on each core."))]

INIT = text("Say what a package lacks to be sealed, and put an example of a policy beside it.")
SEAL = text("Copy a package and sign what is in it: the copy can be verified by everybody.")
VERIFY = text("Check that a sealed package is whole, unchanged, and whose it is.")


@app.command(
    "init", short_help=INIT, no_args_is_help=True, help=help_text(INIT, examples=("tumen package init north/",))
)
def init(folder: FOLDER) -> None:
    """Print what is missing."""
    from tumen.tasks.package_seal import init

    ready = init(folder)
    print(text("package {package} of {party}", package=ready.package or "?", party=ready.party or "?"))
    for line in ready.missing:
        print(text("missing: {what}", what=text(line.template, **line.values)))
    if ready.policy is not None:
        print(text("written: {path}, to say who may have what", path=str(ready.policy)))
    if not ready.missing:
        print(text("nothing is missing: it can be sealed"))


@app.command(
    "seal",
    short_help=SEAL,
    no_args_is_help=True,
    help=help_text(
        SEAL,
        text(
            "OUT is a new folder, or a zip if its name ends in .zip. policy.toml stays at home. A correction is a new "
            "version: name the one before with --previous."
        ),
        examples=(
            "tumen package seal north/ north.zip --key north.key",
            "tumen package seal north/ north-2.zip --key north.key --previous north.zip",
            "tumen package seal for-south/ south.zip --key north.key --recipient south-institute --node node/",
        ),
    ),
)
def seal(
    folder: FOLDER,
    out: Annotated[Path, typer.Argument(metavar="OUT", help=text("A new folder, or a new zip."))],
    key: SECRET,
    previous: Annotated[
        Path | None, typer.Option("--previous", help=text("The sealed version that this one supersedes."))
    ] = None,
    receiver: Annotated[str | None, typer.Option("--for", help=text("The party it is for, if for one only."))] = None,
    agreement: Annotated[str, typer.Option("--agreement", help=text("Under which agreement it is given."))] = "",
    level: Annotated[
        str | None, typer.Option("--level", help=text("The level at which its files are disclosed."))
    ] = None,
    recipient: Annotated[
        list[str] | None,
        typer.Option("--recipient", metavar="WHO", help=text("Encrypt to: age1..., or a party of NODE. Repeatable.")),
    ] = None,
    node: Annotated[
        Path | None, typer.Option("--node", metavar="NODE", help=text("The node whose trust list says the keys."))
    ] = None,
    policy: Annotated[
        Path | None, typer.Option("--policy", help=text("Your policy: it has to grant a whole package."))
    ] = None,
    purpose: Annotated[str | None, typer.Option("--purpose", help=text("For what."))] = None,
    without_policy: Annotated[
        bool, typer.Option("--without-policy", help=text("Ask no policy: you alone say that all of it may leave."))
    ] = False,
    passphrase_file: PASSPHRASE = None,
    workers: WORKERS = 0,
) -> None:
    """Seal, and print what was sealed and what stayed."""
    from tumen.cli.progress import shown
    from tumen.tasks.package_encrypt import recipients, seal_encrypted
    from tumen.tasks.package_seal import Terms, level_of, seal, secret_key
    from tumen.tasks.seal_policy import refuse_others, refuse_ungranted

    refuse_others(folder, recipient or (), node)
    if not without_policy:
        refuse_ungranted(folder, [*([receiver] if receiver else []), *(recipient or ())], policy, purpose)
    terms = Terms(receiver=receiver, agreement=agreement, level=level, previous=previous)
    to = recipients(recipient or (), node)
    secret = secret_key(key, password(passphrase_file))
    with shown(text("bytes")) as progress:
        if to:
            sealed = seal_encrypted(folder, out, secret, {level_of(folder, level): to}, terms=terms, progress=progress)
        else:
            sealed = seal(folder, out, secret, terms=terms, workers=workers, progress=progress)
    for name in sealed.left_out:
        print(text("left out: {name}", name=name))
    _print(sealed.manifest, sealed.digest)
    print(out)


@app.command(
    "verify",
    short_help=VERIFY,
    no_args_is_help=True,
    help=help_text(
        VERIFY,
        text("Signatures are checked before anything in the package is read. Nothing is printed as right that is not."),
        examples=("tumen package verify north.zip --key north.pub", "tumen package verify north.zip --node node/"),
    ),
)
def verify(
    package: SEALED,
    key: Annotated[
        str | None,
        typer.Option("--key", metavar="KEY", help=text("Its party's public key: a file, or the line RW...")),
    ] = None,
    node: Annotated[
        Path | None, typer.Option("--node", metavar="NODE", help=text("Or the node whose trust list says the keys."))
    ] = None,
) -> None:
    """Verify, and print who signed what."""
    from tumen.cli.progress import shown
    from tumen.errors import MisuseError
    from tumen.tasks import package_seal
    from tumen.tasks.keys import trusted

    if (key is None) == (node is None):
        needed = "either the public key of its party or a node with a trust list"
        raise MisuseError(needed, "none" if key is None else "both", "Name one, with --key or --node.")
    with shown(text("files")) as progress:
        if key is not None:
            public = package_seal.public_key(key)
            verified = package_seal.verify_with_key(package, public, progress=progress)
        elif node is not None:
            verified = package_seal.verify(package, trusted(node), progress=progress)
    _print(verified.manifest, verified.digest)
    print(text("signed by: {names}", names=", ".join(verified.signers)))


# Commands with a module of their own.
for module in (package_disclose, package_explain, package_receive, package_open):
    app.command(module.NAME, help=module.HELP, short_help=module.SHORT, no_args_is_help=True)(module.command)


def _print(manifest: Any, digest: str) -> None:
    files, size = len(manifest.resources), sum(each.size for each in manifest.resources)
    print(text("package {package}, version {version}", package=manifest.package, version=manifest.version))
    print(text("party: {party}", party=manifest.party))
    print(text("created: {created}", created=f"{manifest.created:%Y-%m-%d %H:%M} UTC"))
    if manifest.receiver is not None:
        print(text("for: {receiver}", receiver=manifest.receiver))
    print(text("levels: {levels}", levels=", ".join(sorted({each.level for each in manifest.resources}))))
    print(text("files: {files}, bytes: {size}", files=files, size=size))
    print(text("SHA-256 of the manifest: {digest}", digest=digest))
