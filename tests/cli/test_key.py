"""`tumen key`, and `tumen package receive` and `open`, as a person types them."""

import io
import json

import pytest
from tests.sharing.parties import QUICK, key

from tumen.files.minisign import write_private
from tumen.tasks.package_seal import seal


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Two root keys, a list to be drafted, and a sealed package."""
    for name in ("ann", "bob"):
        write_private(tmp_path / f"{name}.key", key(name).to_file("secret word", name.encode() * 10 + b"ss", QUICK))
        (tmp_path / f"{name}.pub").write_bytes(key(name).public.to_file())
    roots = json.dumps([key(name).public.to_text() for name in ("ann", "bob")])
    north = f'party = "north-reserve"\npublic = "{key("north-reserve").public.to_text()}"\nroles = ["owner"]'
    (tmp_path / "keys.toml").write_text(
        f"expires = 2999-01-01\nroot = {roots}\n[[key]]\n{north}\nvalidFrom = 2026-01-01\n"
    )
    write_private(tmp_path / "word", b"secret word\n")
    (tmp_path / "north").mkdir()
    said = {"id": "lynx", "tumen": {"party": "north-reserve"}, "licenses": [{"name": "CC0-1.0"}], "resources": []}
    (tmp_path / "north" / "datapackage.json").write_text(json.dumps(said))
    seal(tmp_path / "north", tmp_path / "north.zip", key("north-reserve"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_list_is_drafted_signed_trusted_and_packages_are_received_by_it(tumen, place):
    assert tumen("key", "draft", "keys.toml", "trust.json").out.endswith("to be signed\ntrust.json\n")
    for name in ("ann", "bob"):
        said = tumen("key", "sign", "trust.json", "--key", f"{name}.key", "--passphrase-file", "word")
        assert said.code == 0, said.err
    said = tumen("key", "trust", "trust.json", "--node", "node", "--root", "ann.pub", "--root", "bob.pub")
    assert said.out.startswith("trust list version 1: verified\n"), said.err
    listed = tumen("key", "list", "--node", "node").out
    assert "signed by 2 of 2 root keys\nnorth-reserve  " in listed
    (place / "bad.zip").write_bytes((place / "north.zip").read_bytes().replace(b"lynx", b"lion"))
    said = tumen("package", "receive", "bad.zip", "north.zip", "--node", "node")
    assert said.code == 2
    assert said.err.startswith("bad.zip\nerror: needed ")
    assert "lynx 1 of north-reserve\n  kept; the newest version\n  signed by: north-reserve\n" in said.out
    said = tumen("package", "open", "node")
    assert "the newest version; levels: full" in said.out
    assert tumen("package", "open", "node", "lynx", "--out", "work").code == 0
    assert (place / "work" / "datapackage.json").read_bytes() == (place / "north" / "datapackage.json").read_bytes()
    assert tumen("package", "open", "node", "lynx").code == 2


def test_two_passwords_make_no_key(tumen, place, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("one word\nanother word\n"))
    said = tumen("key", "new", "east")
    assert said.code == 2
    assert "the same password twice" in said.err
    assert "word" not in (said.out + said.err).replace("password", "")
    assert not (place / "keys").exists()


@pytest.mark.parametrize("command", ["new", "list", "trust", "draft", "sign"])
def test_help_has_an_example(tumen, command):
    assert "Example: tumen key" in tumen("key", command, "--help").out
