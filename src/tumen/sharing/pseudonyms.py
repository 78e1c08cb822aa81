"""Which name does a receiver see?

A name is replaced by a keyed digest (HMAC-SHA-256, RFC 2104) of the owner's secret, the receiver, the kind of name and
the name. So one receiver sees one thing under one name in every release and can join tables; two receivers see
different names that nobody without the secret can join; and nobody can try out likely names.
"""

import hashlib
import hmac
from collections.abc import Callable

import polars as pl

from tumen.errors import MisuseError, Text

SECRET_BYTES = 32
LENGTH = 20
"""Hexadecimal digits of a pseudonym: 80 bits, so that a million names collide with a chance below 1e-12."""
BLOCK = 64
"""Bytes of a block of SHA-256."""


def name_of(secret: bytes, receiver: str, kind: str) -> Callable[[str], str]:
    """Return the function that names things of one kind for one receiver.

    `secret`: 32 bytes that only the owner knows. Raises `MisuseError` for a secret of another length.

    >>> north, south = (name_of(bytes(32), receiver, "deployment") for receiver in ("north", "south"))
    >>> north("Ridge 12") == north("Ridge 12"), north("Ridge 12") == south("Ridge 12"), len(north("Ridge 12"))
    (True, False, 20)
    """
    if len(secret) != SECRET_BYTES:
        raise MisuseError(
            Text("a secret of {count} bytes", count=SECRET_BYTES),
            Text("{count} bytes", count=len(secret)),
            "Make one with: tumen package disclose --new-secret FILE; keep it, or names change.",
        )
    key = hmac.digest(secret, b"\x00".join((b"tumen-pseudonym/1", receiver.encode(), kind.encode())), "sha256")
    # HMAC written out: a million names cost half of what the library's function takes, and a test compares them.
    padded = key.ljust(BLOCK, b"\x00")
    inner, outer = (bytes(byte ^ mask for byte in padded) for mask in (0x36, 0x5C))
    digest = hashlib.sha256

    def name(value: str) -> str:
        return digest(outer + digest(inner + value.encode()).digest()).hexdigest()[:LENGTH]

    return name


def renamed(names: pl.Series, secret: bytes, receiver: str, kind: str) -> pl.Series:
    """Return a column of names as one receiver sees them; empty cells stay empty.

    >>> seen = renamed(pl.Series("deploymentID", ["a", None, "a"]), bytes(32), "north", "deployment")
    >>> seen[0] == seen[2], seen[1], seen.name
    (True, None, 'deploymentID')
    """
    name = name_of(secret, receiver, kind)
    distinct = names.drop_nulls().unique(maintain_order=True)
    said = pl.Series([name(value) for value in distinct], dtype=pl.String)
    if len(distinct) == len(names):
        return said.alias(names.name)
    return names.replace_strict(distinct, said, default=None, return_dtype=pl.String)
