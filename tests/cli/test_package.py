"""`tumen package init`, `seal` and `verify`, as a person types them."""

import io
import json

import pytest

from tumen.files.minisign import Cost, new_key, write_private

KEY = new_key(b"1" * 40)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a package, its party's keys, and the password waiting to be read."""
    (tmp_path / "north").mkdir()
    said = {"id": "tigers", "tumen": {"party": "north"}, "licenses": [{"name": "CC0-1.0"}], "resources": []}
    (tmp_path / "north" / "datapackage.json").write_text(json.dumps(said))
    write_private(tmp_path / "north.key", KEY.to_file("secret word", b"s" * 32, Cost(1 << 15, 1 << 20)))
    (tmp_path / "north.pub").write_bytes(KEY.public.to_file())
    monkeypatch.setattr("sys.stdin", io.StringIO("secret word\n"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_package_is_prepared_sealed_and_verified(tumen, place):
    said = tumen("package", "init", "north")
    assert said.code == 0
    assert "nothing is missing" in said.out
    assert (place / "north" / "policy.toml").is_file()
    call = ("package", "seal", "north", "north.zip", "--key", "north.key", "--for", "south")
    said = tumen(*call)
    assert (said.code, (place / "north.zip").exists()) == (2, False)
    assert "--policy and --purpose, or --without-policy" in said.err
    said = tumen(*call, "--without-policy")
    assert said.code == 0, said.err
    assert "left out: policy.toml" in said.out
    assert "secret" not in said.out + said.err
    for key in ("north.pub", KEY.public.to_text()):
        said = tumen("package", "verify", "north.zip", "--key", key)
        assert said.code == 0
        assert "package tigers, version 1\nparty: north\n" in said.out
        assert "for: south\nlevels: full\nfiles: 1, bytes: " in said.out
        assert "signed by: north\n" in said.out


def test_a_package_is_not_sealed_at_a_level_that_it_does_not_have(tumen, place):
    said = tumen("package", "seal", "north", "out", "--key", "north.key", "--level", "crossing")
    assert said.code != 0
    assert "needed a view at the level crossing\n" in said.err
    assert "found  a package of which nothing was withheld\n" in said.err
    assert not (place / "out").exists()


def test_what_is_wrong_is_said_in_three_parts(tumen, place):
    tumen("package", "seal", "north", "out", "--key", "north.key")
    (place / "out" / "datapackage.json").write_text("{}")
    said = tumen("package", "verify", "out", "--key", "north.pub")
    assert (said.code, said.out) == (2, "")
    assert "needed files as they were sealed\n       found  another datapackage.json\n" in said.err


def test_a_wrong_password_opens_nothing(tumen, place, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("other\n"))
    said = tumen("package", "seal", "north", "out", "--key", "north.key")
    assert said.code == 2
    assert "another password" in said.err
    assert not (place / "out").exists()


def test_verify_needs_one_key_or_one_node(tumen, place):
    tumen("package", "seal", "north", "out", "--key", "north.key")
    said = tumen("package", "verify", "out")
    assert (said.code, said.out) == (2, "")
    assert "--key or --node" in said.err
    said = tumen("package", "verify", "out", "--node", "node")
    assert said.code == 2
    assert "a trust list in the node" in said.err


@pytest.mark.parametrize("command", ["init", "seal", "verify"])
def test_help_has_an_example(tumen, command):
    assert "Example: tumen package" in tumen("package", command, "--help").out
