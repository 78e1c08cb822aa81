"""What an owner keeps at home to release by: the secret of its pseudonyms, and the ledger of what has left."""

import hmac
import secrets
import stat
from pathlib import Path

import polars as pl

from tumen.errors import KeyFileError, Text
from tumen.files.atomic import writing_file
from tumen.files.text_table import read_text_table, write_csv
from tumen.sharing.ledger import RELEASES, Ledger
from tumen.sharing.pseudonyms import SECRET_BYTES

FIRST_LINE = "tumen secret of pseudonyms/1"
WORDS = ("purpose", "agreement", "location")
"""Columns of a ledger that may be empty words, which a CSV cannot tell from nothing."""
EARLIER = "Give the ledger of your earlier releases; never begin a new one while those are out."
KEEP = "Name the file you have used before: with another secret all names change."


def new_secret(path: Path) -> bytes:
    """Make a secret for pseudonyms and write it to a new file that only its owner may read."""
    secret = secrets.token_bytes(SECRET_BYTES)
    with writing_file(path) as part:
        part.chmod(0o600)
        part.write_text(f"{FIRST_LINE}\n{secret.hex()}\n", encoding="ascii")
    return secret


def read_secret(path: Path) -> bytes:
    """Return the secret in a file; raise `KeyFileError` where others may read the file, or it holds none."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError("the secret of your pseudonyms", Text("no readable file {path}", path=path), KEEP) from error
    if mode & 0o077:
        found = Text("a file with mode {mode}", mode=f"{mode:o}")
        raise KeyFileError("a secret that only you can read", found, Text("Run: chmod 600 {path}", path=path))
    try:
        secret = bytes.fromhex(lines[1]) if len(lines) == 2 and lines[0] == FIRST_LINE else b""
    except ValueError:
        secret = b""
    if len(secret) != SECRET_BYTES:
        raise KeyFileError("the secret of your pseudonyms", Text("another file, {path}", path=path), KEEP)
    return secret


def check_bound(secret: Path, ledger: Path, *, new: bool) -> None:
    """Raise `KeyFileError` where a ledger is missing and not said to be new, or is not the one of this secret.

    A ledger holds a digest keyed by its secret, and beside the secret stands a mark that it has a ledger.
    """
    there = ledger.exists()
    if there and new:
        raise KeyFileError("a new ledger", Text("a file at {path}", path=ledger), "Leave out --new-ledger.")
    if not there and _mark(secret).exists():
        found = Text("no file {path}, and a secret that has a ledger", path=ledger)
        raise KeyFileError("the ledger of releases", found, EARLIER)
    if not there and not new:
        found = Text("no file {path}", path=ledger)
        raise KeyFileError("the ledger of releases", found, "For the first release with this secret: --new-ledger.")
    if there:
        read_ledger(ledger)
        text, _ = read_text_table(ledger.read_bytes(), name="ledger")
        if "secret" not in text.columns or set(text["secret"]) != {_keyed(read_secret(secret))}:
            found = Text("a ledger of another secret, {path}", path=ledger)
            raise KeyFileError("the ledger of releases", found, EARLIER)


def _mark(secret: Path) -> Path:
    return secret.with_name(f"{secret.name}.ledger")


def _keyed(secret: bytes) -> str:
    """Return what tells the ledgers of two secrets apart, and tells nothing of either secret."""
    return hmac.new(secret, b"tumen ledger/1", "sha256").hexdigest()


def read_ledger(path: Path) -> Ledger:
    """Return the ledger in a file; an empty one where there is no file yet. Raises `KeyFileError` for another file."""
    if not path.exists():
        return Ledger()
    try:
        text, _ = read_text_table(path.read_bytes(), name="ledger")
        values = text.with_columns(
            pl.col("on").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", time_unit="us", time_zone="UTC"),
            *(pl.col(name).cast(RELEASES[name]) for name in RELEASES if name not in ("on", *WORDS)),
            *(pl.col(name).fill_null("") for name in WORDS),
        )
        return Ledger(values.select(*RELEASES))
    except (OSError, pl.exceptions.PolarsError, ValueError) as error:
        raise KeyFileError("the ledger of releases", Text("another file, {path}", path=path), EARLIER) from error


def write_ledger(ledger: Ledger, path: Path, secret: Path) -> None:
    """Write the ledger of a secret in the place of the one before: whole, or not at all; mark the secret with it."""
    frame = ledger.releases.with_columns(
        pl.col("on").dt.strftime("%Y-%m-%dT%H:%M:%SZ"), secret=pl.lit(_keyed(read_secret(secret)))
    )
    with writing_file(path, replace=True) as part:
        part.chmod(0o600)
        part.write_bytes(write_csv(frame.select(pl.all().cast(pl.String))))
    if not _mark(secret).exists():
        with writing_file(_mark(secret)) as part:
            part.chmod(0o600)
            part.write_text("this secret has a ledger\n", encoding="ascii")
