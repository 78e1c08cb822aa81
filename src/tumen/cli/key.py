"""`tumen key`: whose key is this?"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tumen.cli.language import help_text, text
from tumen.cli.password import ask

if TYPE_CHECKING:
    from tumen.tasks.keys import Shown

NAME = "key"
SHORT = text("Make keys, and keep the list of whose key is whose.")
HELP = help_text(
    text("Make the keys of a party, and keep the list that says whose key is whose."),
    text(
        "The list is signed by at least two root keys, which different people hold. A node remembers the newest list "
        "it saw: an older one is refused."
    ),
    examples=("tumen key new north-reserve --keys keys/",),
)

app = typer.Typer(
    name=NAME,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

PASSPHRASE = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="FILE", help=text("The password, in a file only you can read.")),
]
KEYS = Annotated[Path, typer.Option("--keys", metavar="FOLDER", help=text("The folder of your keys."))]
LIST = Annotated[Path, typer.Argument(metavar="LIST", help=text("The trust list; its signatures lie beside it."))]

NEW = text("Make a key that signs and one that opens, protected by a password.")
LISTED = text("Show the public parts of your keys, or what the trust list of a node says.")
TRUST = text("Verify a trust list and remember it as the newest one of a node.")
DRAFT = text("Write the trust list that a TOML file says, to be signed by the root keys.")
SIGN = text("Add the signature of a root key to a trust list.")


def password(file: Path | None) -> Callable[[], str]:
    """Return what gives the password of a key when it is needed: from a file, or asked."""
    if file is None:
        return ask
    from tumen.tasks.keys import passphrase

    return lambda: passphrase(file)


@app.command(
    "new",
    short_help=NEW,
    no_args_is_help=True,
    help=help_text(
        NEW,
        text("NAME.key signs (minisign), NAME.age opens (age), NAME.pub is what others are told. No file is replaced."),
        examples=("tumen key new north-reserve --keys keys/",),
    ),
)
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help=text("The name of the files, such as your party's."))],
    keys: KEYS = Path("keys"),
    passphrase_file: PASSPHRASE = None,
) -> None:
    """Make both keys, and print what others are told."""
    from tumen.errors import KeyFileError
    from tumen.tasks.keys import new

    if passphrase_file is not None:
        chosen = password(passphrase_file)()
    else:
        chosen = ask(text("A new password: "))
        if ask(text("The same again: ")) != chosen:
            raise KeyFileError("the same password twice", "two passwords", "Try again; nothing was made.")
    made = new(name, keys, chosen)
    print(text("public key: {key}", key=made.public))
    print(text("recipient: {recipient}", recipient=made.recipient))
    for path in made.files:
        print(path)


@app.command(
    "list",
    short_help=LISTED,
    help=help_text(LISTED, examples=("tumen key list --keys keys/", "tumen key list --node node/")),
)
def listed(
    keys: KEYS = Path("keys"),
    node: Annotated[
        Path | None, typer.Option("--node", metavar="NODE", help=text("The folder of a node: show its trust list."))
    ] = None,
) -> None:
    """Print a line for each key."""
    from tumen.tasks.keys import listed, own_keys, trusted

    if node is None:
        _print(own_keys(keys))
        return
    found = trusted(node)
    print(text("version {version}, expires {day}", version=found.version, day=f"{found.expires:%Y-%m-%d}"))
    count = len(found.root.keys)
    print(text("signed by {least} of {count} root keys", least=found.root.threshold, count=count))
    _print(listed(found))


def _print(rows: "tuple[Shown, ...]") -> None:
    for each in rows:
        said = (each.party, each.key_id, each.roles, each.valid, each.public, each.recipient)
        print("  ".join(part for part in said if part))


@app.command(
    "trust",
    short_help=TRUST,
    no_args_is_help=True,
    help=help_text(
        TRUST,
        text("The first list of a node needs the root keys, told by voice or on paper: --root, twice or more."),
        examples=(
            "tumen key trust trust.json --node node/ --root RWQ... --root RWT...",
            "tumen key trust trust-2.json --node node/",
        ),
    ),
)
def trust(
    path: LIST,
    node: Annotated[Path, typer.Option("--node", metavar="NODE", help=text("The folder of the node."))],
    root: Annotated[
        list[str] | None, typer.Option("--root", metavar="KEY", help=text("A root key: a file, or the line RW..."))
    ] = None,
) -> None:
    """Verify, remember and print."""
    from tumen.tasks.keys import trust

    found = trust(path, node, tuple(root or ()))
    print(text("trust list version {version}: verified", version=found.version))
    print(text("SHA-256 of the list: {digest}", digest=found.seen.digest))
    print(text("keys: {count}; expires {day}", count=len(found.keys), day=f"{found.expires:%Y-%m-%d}"))


@app.command(
    "draft",
    short_help=DRAFT,
    no_args_is_help=True,
    help=help_text(
        DRAFT,
        examples=(
            "tumen key draft keys.toml trust.json",
            "tumen key draft keys.toml trust-2.json --previous trust.json",
        ),
    ),
)
def draft(
    source: Annotated[Path, typer.Argument(metavar="TOML", help=text("Who has which key."))],
    out: Annotated[Path, typer.Argument(metavar="LIST", help=text("The new trust list."))],
    previous: Annotated[Path | None, typer.Option("--previous", help=text("The list before this one."))] = None,
) -> None:
    """Write the list."""
    from tumen.tasks.keys import draft

    made = draft(source, out, previous=previous)
    print(text("trust list version {version}: to be signed", version=made.version))
    print(out)


@app.command(
    "sign",
    short_help=SIGN,
    no_args_is_help=True,
    help=help_text(SIGN, examples=("tumen key sign trust.json --key root.key",)),
)
def sign(
    path: LIST,
    key: Annotated[Path, typer.Option("--key", metavar="FILE", help=text("The secret root key."))],
    passphrase_file: PASSPHRASE = None,
) -> None:
    """Sign, and print the signature's file."""
    from tumen.tasks.keys import sign
    from tumen.tasks.package_seal import secret_key

    print(sign(path, secret_key(key, password(passphrase_file))))
