"""Three invented parties with their keys, two holders of root keys, and the trust list they publish."""

import hashlib
from datetime import UTC, datetime, timedelta

from tumen.files.minisign import Cost, SecretKey, new_key
from tumen.sharing.trust import PartyKey, Root, TrustList

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=300)
QUICK = Cost(1 << 15, 1 << 20)
"""What a password costs in tests."""

NAMES = ("north-reserve", "south-institute", "east-university")


def key(name: str) -> SecretKey:
    """The same secret key for the same name."""
    return new_key(hashlib.sha512(name.encode()).digest()[:40])


def root(*names: str, threshold: int = 2) -> Root:
    return Root(tuple(sorted(key(name).public.to_text() for name in names)), threshold)


def party_key(name, **said):
    fields = {"party": name, "public": key(name).public.to_text(), "roles": ("owner",), "valid_from": LONG_AGO, **said}
    return PartyKey(**fields)


def trust_list(*keys, **said):
    """Version 1, expiring in a year, unless said otherwise."""
    keys = keys or tuple(party_key(name) for name in NAMES)
    fields = {"version": 1, "created": NOW, "expires": NOW + timedelta(days=365), "root": root("ann", "bob"), **said}
    return TrustList(keys=tuple(sorted(keys, key=lambda each: (each.party, each.public))), **fields)


def signed(data: bytes, *names: str):
    return [key(name).sign(data, "timestamp:0") for name in names]
