"""A view on disk is a package that others read; what stays at home is kept well."""

import io
import shutil
import stat
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace

import polars as pl
import pytest
from frictionless import Package as Judged
from PIL import Image
from tests.files.packages import faults
from tests.sharing.parties import party_key

from tumen.errors import KeyFileError, MisuseError
from tumen.files import camtrap_dp
from tumen.sharing.ledger import LOCATIONS, Ledger, record
from tumen.sharing.levels import Grant
from tumen.tables import findings
from tumen.tables.checks import check
from tumen.tasks import release_files
from tumen.tasks.disclose import Asked, _roles, disclose_package
from tumen.tasks.entries import PackageEntry
from tumen.tasks.simulate import Asked as World
from tumen.tasks.simulate import simulate

POLICY = """
[policy]
party = "north-reserve"
version = 1
[[grant]]
to = ["south-institute"]
purposes = ["crossings"]
tables = {tables}
species = {species}
level = "{level}"
category = 3
step = 1000
agreement = "A1"
until = 2099-01-01
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    simulate("lower-tumen", folder / "small", seed=16, asked=World(small=True))
    release_files.new_secret(folder / "names.secret")
    return folder


def own_secret(world, folder):
    secret = folder / "names.secret"
    if not secret.exists():
        shutil.copy(world / "names.secret", secret)
    return secret


def made(world, out, level, *, tables='"all"', species='"all"', receiver="south-institute", ledger=None):
    policy = out.parent / f"{out.name}.toml"
    policy.write_text(POLICY.format(level=level, tables=tables, species=species), encoding="utf-8")
    ledger = ledger or out.parent / f"{out.name}.csv"
    asked = Asked(
        policy=policy,
        receiver=receiver,
        purpose="crossings",
        secret=own_secret(world, out.parent),
        ledger=ledger,
        new_ledger=not ledger.exists(),
        countries=world / "small" / "countries.geojson",
    )
    return disclose_package(PackageEntry(path=world / "small" / "packages" / "north-reserve"), out, asked)


@pytest.mark.parametrize("level", ["crossing", "generalised", "full"])
def test_every_view_is_a_package_that_others_read(world, tmp_path, level, shared_data):
    view = made(world, tmp_path / "view", level)
    assert not view.refused
    if "deployments" in view.package.tables:
        assert faults(tmp_path / "view", shared_data) == []
    else:
        report = Judged(str(tmp_path / "view" / "datapackage.json")).validate()
        assert [error.message for task in report.tasks for error in task.errors] == []
    read = camtrap_dp.read(tmp_path / "view")
    assert findings.errors(check(read)).is_empty()
    assert all(read.table(name).equals(frame) for name, frame in view.package.tables.items())
    if level in ("crossing", "generalised"):
        met = read.table("encounters")
        assert met.height > 10
        assert (met["borderDistance"] % 1000 == 0).all()
        assert set(met["individualID"]) <= set(read.table("individuals")["individualID"])


def test_a_second_release_is_held_against_the_ledger(world, tmp_path):
    ledger = tmp_path / "released.csv"
    first = made(world, tmp_path / "one", "generalised", ledger=ledger)
    assert release_files.read_ledger(ledger).releases.equals(first.ledger.releases)
    finer = made(world, tmp_path / "three", "full", ledger=ledger)
    assert finer.refused
    assert set(finer.findings["code"]) == {"release-finer"}
    assert not (tmp_path / "three").exists()
    assert release_files.read_ledger(ledger).releases["release"].max() == 1


def test_a_policy_of_some_tables_and_one_species(world, tmp_path):
    view = made(
        world, tmp_path / "view", "generalised", tables='["observations", "individuals"]', species='["Panthera tigris"]'
    )
    tables = view.package.tables
    assert sorted(tables) == ["encounters", "holdings", "individuals", "observations"]
    assert set(tables["individuals"]["scientificName"]) == {"Panthera tigris"}
    assert set(tables["encounters"]["scientificName"]) == {"Panthera tigris"}


def test_who_is_not_named_gets_nothing(world, tmp_path):
    view = made(world, tmp_path / "view", "full", receiver="east-university")
    assert view.findings["code"].to_list() == ["release-nothing"]
    assert not (tmp_path / "view").exists()


def test_pictures_are_cut_out_and_written_anew(world, tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    names = {"datapackage.json", "deployments.csv", "media.csv", "observations.csv"}
    source = world / "small" / "packages" / "north-reserve"
    for name in names:
        (folder / name).write_bytes((source / name).read_bytes())
    given = camtrap_dp.read(source)
    medium = given.received["media"].row(0, named=True)
    file = folder / medium["filePath"]
    file.parent.mkdir(parents=True)
    Image.new("RGB", (40, 20), "red").save(file, "JPEG", comment=b"Ridge 12")
    observations = given.received["observations"]
    first = observations.filter(pl.col("observationType") == "animal").row(0, named=True)
    boxed = {"mediaID": medium["mediaID"], "bboxX": "0.5", "bboxY": "0", "bboxWidth": "0.5", "bboxHeight": "1"}
    pl.DataFrame([{**first, **boxed}], schema=observations.schema).write_csv(folder / "observations.csv")
    policy = tmp_path / "policy.toml"
    policy.write_text(POLICY.format(level="identity", tables='"all"', species='"all"'), encoding="utf-8")
    asked = Asked(
        policy=policy,
        receiver="south-institute",
        purpose="crossings",
        secret=own_secret(world, tmp_path),
        ledger=tmp_path / "ledger.csv",
        new_ledger=True,
    )
    view = disclose_package(PackageEntry(path=folder), tmp_path / "view", asked)
    portrait = view.package.tables["portraits"].row(0, named=True)
    data = (tmp_path / "view" / portrait["filePath"]).read_bytes()
    assert b"Ridge" not in data
    assert Image.open(io.BytesIO(data)).size == (20, 20)
    assert medium["mediaID"] not in (tmp_path / "view" / "portraits.csv").read_text(encoding="utf-8")


def test_the_policy_of_another_party_is_no_policy(world, tmp_path):
    with pytest.raises(MisuseError, match="a policy of"):
        disclose_package(
            PackageEntry(path=world / "small" / "packages" / "south-institute"),
            tmp_path / "view",
            Asked(
                policy=_written(tmp_path / "p.toml"),
                receiver="x",
                purpose="y",
                secret=world / "names.secret",
                ledger=tmp_path / "l.csv",
                new_ledger=True,
            ),
        )


def _written(path):
    path.write_text(POLICY.format(level="identity", tables='"all"', species='"all"'), encoding="utf-8")
    return path


def test_a_secret_is_for_its_owner_only(tmp_path):
    secret = release_files.new_secret(tmp_path / "a.secret")
    assert stat.S_IMODE((tmp_path / "a.secret").stat().st_mode) == 0o600
    assert release_files.read_secret(tmp_path / "a.secret") == secret
    (tmp_path / "a.secret").chmod(0o644)
    with pytest.raises(KeyFileError, match="only you can read") as raised:
        release_files.read_secret(tmp_path / "a.secret")
    assert secret.hex() not in str(raised.value)
    (tmp_path / "b.secret").write_text("something else", encoding="ascii")
    (tmp_path / "b.secret").chmod(0o600)
    with pytest.raises(KeyFileError, match="another file"):
        release_files.read_secret(tmp_path / "b.secret")
    with pytest.raises(KeyFileError, match="no readable file"):
        release_files.read_secret(tmp_path / "c.secret")


def test_denials_in_a_policy_hold_on_disk(world, tmp_path):
    policy = POLICY + '[[deny]]\nto = ["south-institute"]\ntables = ["encounters", "camera_days", "holdings"]\n'
    policy += '[[deny]]\nto = ["south-institute"]\nspecies = ["panthera tigris", "Panthera onca"]\n'
    (tmp_path / "p.toml").write_text(policy.format(level="crossing", tables='"all"', species='"all"'), encoding="utf-8")
    asked = Asked(
        policy=tmp_path / "p.toml",
        receiver="south-institute",
        purpose="crossings",
        secret=own_secret(world, tmp_path),
        ledger=tmp_path / "l.csv",
        countries=world / "small" / "countries.geojson",
        new_ledger=True,
    )
    view = disclose_package(PackageEntry(path=world / "small" / "packages" / "north-reserve"), tmp_path / "view", asked)
    assert not view.refused
    assert not {"encounters", "camera_days", "holdings"} & set(view.package.tables)
    assert set(view.package.tables["individuals"]["scientificName"]) == {"Panthera pardus"}
    absent = view.findings.filter(pl.col("code") == "policy-species-absent")
    assert absent["value"].to_list() == ["Panthera onca"]


def test_a_secret_has_one_ledger(world, tmp_path):
    secret = own_secret(world, tmp_path)
    ledger = tmp_path / "a.csv"
    with pytest.raises(KeyFileError, match="--new-ledger"):
        release_files.check_bound(secret, ledger, new=False)
    release_files.check_bound(secret, ledger, new=True)
    row = pl.DataFrame([("place/a", 1, 1, 1, None, None)], schema=LOCATIONS, orient="row")
    left = record(Ledger(), row, Grant("south", "generalised"), "north", datetime(2016, 1, 1, tzinfo=UTC))
    release_files.write_ledger(left, ledger, secret)
    release_files.check_bound(secret, ledger, new=False)
    with pytest.raises(KeyFileError, match="secret that has a ledger"):
        release_files.check_bound(secret, tmp_path / "b.csv", new=True)
    release_files.new_secret(tmp_path / "other.secret")
    with pytest.raises(KeyFileError, match="another secret"):
        release_files.check_bound(tmp_path / "other.secret", ledger, new=False)


def test_a_node_says_the_roles_and_nobody_else(world, tmp_path, monkeypatch):
    key = party_key("south-institute", roles=("courier",))
    monkeypatch.setattr("tumen.tasks.disclose.trusted", lambda node: SimpleNamespace(keys=(key,)))
    monkeypatch.setattr("tumen.tasks.disclose.clock.now", lambda: key.valid_from)
    asked = Asked(policy=tmp_path, receiver=key.party, purpose="x", secret=tmp_path, ledger=tmp_path, node=tmp_path)
    assert _roles(asked) == set(key.roles)
    with pytest.raises(MisuseError, match="trust list"):
        _roles(replace(asked, receiver="nobody"))
    with pytest.raises(MisuseError, match="not both"):
        _roles(replace(asked, roles=("courier",)))


def test_a_ledger_that_is_none_is_refused(tmp_path):
    assert release_files.read_ledger(tmp_path / "none.csv").releases.equals(Ledger().releases)
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(KeyFileError, match="ledger of releases"):
        release_files.read_ledger(tmp_path / "other.csv")


def test_denied_classes_are_not_on_disk_at_full(world, tmp_path):
    policy = POLICY + '[[deny]]\nto = ["south-institute"]\nlevel = "full"\ncolumns = ["person", "time", "media"]\n'
    (tmp_path / "p.toml").write_text(policy.format(level="full", tables='"all"', species='"all"'), encoding="utf-8")
    asked = Asked(
        policy=tmp_path / "p.toml",
        receiver="south-institute",
        purpose="crossings",
        secret=own_secret(world, tmp_path),
        ledger=tmp_path / "l.csv",
        new_ledger=True,
    )
    home = world / "small" / "packages" / "north-reserve"
    view = disclose_package(PackageEntry(path=home), tmp_path / "view", asked)
    assert not view.refused
    read, own = camtrap_dp.read(tmp_path / "view"), camtrap_dp.read(home)
    # The writer tells what the view itself covers.
    assert read.descriptor["temporal"]["start"].endswith("-01")
    assert "title" not in read.descriptor
    assert set(read.table("media")["filePath"]) <= {"withheld"}
    assert read.table("deployments")["latitude"].sort().equals(own.table("deployments")["latitude"].sort())
    assert set(read.table("observations")["eventStart"].dt.day()) == {1}
    wrong = findings.errors(check(read))
    assert wrong.select("code", "table", "column").unique().rows() == []
