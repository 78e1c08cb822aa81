"""May a whole package leave, and to these? What is asked of the policy before a package is sealed for somebody."""

from collections.abc import Sequence
from pathlib import Path

from tumen.errors import MisuseError, RoleError, Text
from tumen.sharing.levels import rank
from tumen.tables.file_names import shown
from tumen.tasks import clock
from tumen.tasks.disclose import Asked, grant_of
from tumen.tasks.entries import PackageEntry
from tumen.tasks.keys import trusted
from tumen.tasks.package_seal import FULL
from tumen.tasks.packages import read_package
from tumen.tasks.policy import policy_of
from tumen.tasks.sealable import stated_grant

AGE = "age1"


def refuse_others(folder: Path, receivers: Sequence[str], node: Path | None = None) -> None:
    """Raise `RoleError` where a view is to be encrypted to another than its receiver; a whole package has none.

    A bare age recipient is the receiver's where the trust list of `node` says so.
    """
    grant = stated_grant(folder)
    if grant is None:
        return
    keys: tuple[str, ...] = ()
    if node is not None and any(one.startswith(AGE) for one in receivers):
        keys = trusted(node).recipients(grant.receiver, clock.now())
    others = [one for one in receivers if one != grant.receiver and one not in keys]
    if others:
        needed = Text("the receiver of the view, {receiver}", receiver=shown(grant.receiver))
        cure = "Name that party and a node with --node, or make a view for the other with tumen package disclose."
        raise RoleError(needed, shown(others[0]), cure)


def refuse_ungranted(folder: Path, receivers: Sequence[str], policy: Path | None, purpose: str | None) -> None:
    """Raise where a whole package is sealed for parties to whom the policy does not grant all of it.

    A view is let through: it was made by a policy. Raises `MisuseError` without a policy or a purpose, and for a
    receiver that is no party; `RoleError` for one who may have less.
    """
    if not receivers or stated_grant(folder) is not None:
        return
    if policy is None or not purpose:
        needed = "the policy by which a whole package leaves, and the purpose"
        cure = "Say --policy and --purpose, or --without-policy if no policy is to be asked."
        raise MisuseError(needed, "none", cure)
    said, package = policy_of(policy), read_package(PackageEntry(path=folder))
    for receiver in receivers:
        if receiver.startswith(AGE):
            raise MisuseError("a party, which the policy knows", shown(receiver), "Name the party and --node.")
        asked = Asked(policy=policy, receiver=receiver, purpose=purpose, secret=policy, ledger=policy)
        grant, _ = grant_of(said, package, asked)
        if rank(grant.level) < rank(FULL) or grant.tables is not None or grant.species is not None:
            needed = Text("a policy that grants all of the package to {receiver}", receiver=shown(receiver))
            found = Text("the level {level}, or parts of it", level=grant.level)
            raise RoleError(needed, found, "Make the view that it grants with tumen package disclose, and seal that.")
