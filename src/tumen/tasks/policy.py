"""Read a policy file, and say in words what it gives to a party."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from tumen.errors import FormatError, Text
from tumen.report.policy import explained
from tumen.report.words import Words
from tumen.sharing.explain import Line, explain
from tumen.sharing.policy import Policy, read_policy
from tumen.tasks import clock

LARGEST = 1_000_000
"""Bytes of a policy that people can still read."""


def policy_of(path: Path) -> Policy:
    """Return the policy in a file; raise `FormatError` where it cannot be read or is none."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise FormatError(
                "a policy of at most 1 MB", Text("{size} bytes", size=size), "Give the policy's own file."
            )
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError("a policy that can be read as UTF-8", str(error), Text("Check {path}.", path=path)) from error
    return read_policy(text)


def lines_for(policy: Policy, party: str, *, roles: Sequence[str] = (), on: date | None = None) -> tuple[Line, ...]:
    """Return what a policy gives to a party on a day (None: today)."""
    return explain(policy, party, on or clock.now().date(), roles)


def explain_policy(
    path: Path, party: str, *, roles: Sequence[str] = (), on: date | None = None, language: str = "en"
) -> tuple[str, ...]:
    """Return in words what a policy gives to a party, and what not."""
    policy = policy_of(path)
    return explained(policy, lines_for(policy, party, roles=roles, on=on), party, Words(language))
