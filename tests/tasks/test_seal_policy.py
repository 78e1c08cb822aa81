"""A whole package leaves by a policy, a view to its receiver only."""

import pytest
from tests.sharing.release_worlds import World, reserve

from tumen.errors import MisuseError, RoleError
from tumen.files import camtrap_dp_write
from tumen.files.age_files import new_identity
from tumen.sharing.levels import Grant
from tumen.tasks.seal_policy import refuse_others, refuse_ungranted

POLICY = """[policy]
party = "north-reserve"
version = 1
[[grant]]
to = ["south"]
purposes = ["joint"]
tables = "all"
species = "all"
level = "{level}"
agreement = "A"
until = 2099-01-01
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("owner")
    camtrap_dp_write.write(reserve(stations=2, records=4), place / "north")
    view = World(reserve(stations=4, records=20)).release(Grant("south", "identity")).package
    camtrap_dp_write.write(view, place / "view")
    for level in ("full", "generalised"):
        (place / f"{level}.toml").write_text(POLICY.format(level=level))
    return place


def test_a_whole_package_leaves_to_whom_the_policy_grants_it(folder):
    refuse_ungranted(folder / "north", ["south"], folder / "full.toml", "joint")
    refuse_ungranted(folder / "north", [], None, None)
    refuse_ungranted(folder / "view", ["south"], None, None)


@pytest.mark.parametrize(
    ("policy", "receivers", "purpose", "error"),
    [
        ("generalised.toml", ["south"], "joint", RoleError),
        ("full.toml", ["south", "east"], "joint", RoleError),
        ("full.toml", ["south"], "other", RoleError),
        ("full.toml", ["age1x"], "joint", MisuseError),
        ("full.toml", ["south"], None, MisuseError),
        (None, ["south"], "joint", MisuseError),
    ],
)
def test_a_whole_package_is_not_sealed_for_others(folder, policy, receivers, purpose, error):
    with pytest.raises(error):
        refuse_ungranted(folder / "north", receivers, folder / policy if policy else None, purpose)


def test_a_view_is_encrypted_to_its_receiver_only(folder):
    refuse_others(folder / "view", ["south"])
    refuse_others(folder / "north", ["east"])
    for other in ("east", new_identity().recipient):
        with pytest.raises(RoleError, match="the receiver of the view, south"):
            refuse_others(folder / "view", ["south", other])
