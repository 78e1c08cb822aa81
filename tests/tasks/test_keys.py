"""Keys lie encrypted where only their owner can read them; the newest list is remembered."""

import json
from datetime import timedelta

import pytest
from tests.sharing.parties import NOW, QUICK, key

from tumen.errors import KeyFileError, ManifestError, MisuseError, OutputError, RollbackError, SignatureError
from tumen.store import log
from tumen.tasks.keys import draft, identity, listed, new, own_keys, passphrase, sign, trust, trusted
from tumen.tasks.package_seal import secret_key


def test_a_new_key_is_encrypted_private_and_opens_with_its_password(tmp_path):
    made = new("north", tmp_path / "keys", "word", cost=QUICK)
    private = [path for path in made.files if path.suffix != ".pub"]
    assert [path.stat().st_mode & 0o777 for path in private] == [0o600, 0o600]
    assert secret_key(made.files[0], lambda: "word").public.to_text() == made.public
    assert identity(made.files[1], lambda: "word").recipient == made.recipient
    with pytest.raises(KeyFileError, match="another password"):
        secret_key(made.files[0], lambda: "other")
    shown = own_keys(tmp_path / "keys")
    assert [(each.party, each.public, each.recipient) for each in shown] == [("north", made.public, made.recipient)]
    for path in private:
        path.chmod(0o640)
        with pytest.raises(KeyFileError, match="others can read"):
            own_keys(tmp_path / "keys")
        path.chmod(0o600)
    with pytest.raises(OutputError):
        new("north", tmp_path / "keys", "word", cost=QUICK)


@pytest.mark.parametrize("name", ["", "../north", "a/b", "con", "x" * 400])
def test_a_name_that_no_file_can_have(tmp_path, name):
    with pytest.raises(KeyFileError):
        new(name, tmp_path, "word", cost=QUICK)


def test_a_password_file_is_private_too(tmp_path):
    file = tmp_path / "word"
    file.write_text("word\nmore\n")
    file.chmod(0o644)
    with pytest.raises(KeyFileError):
        passphrase(file)
    file.chmod(0o600)
    assert passphrase(file) == "word"


def written(tmp_path, **said):
    fields = {"expires": "2027-11-23", "root": [key(name).public.to_text() for name in ("ann", "bob")], **said}
    lines = [f"expires = {fields['expires']}", f"root = {json.dumps(fields['root'])}", "[[key]]"]
    lines += ['party = "north-reserve"', f'public = "{key("north-reserve").public.to_text()}"', 'roles = ["owner"]']
    file = tmp_path / "keys.toml"
    file.write_text("\n".join([*lines, "validFrom = 2026-01-01"]))
    return file


def roots():
    return [key(name).public.to_text() for name in ("ann", "bob")]


def test_a_list_is_drafted_signed_taken_in_and_never_rolled_back(tmp_path):
    node, first, second = tmp_path / "node", tmp_path / "trust.json", tmp_path / "trust-2.json"
    draft(written(tmp_path), first, now=NOW)
    sign(first, key("ann"), now=NOW)
    with pytest.raises(SignatureError):
        trust(first, node, roots(), now=NOW)
    sign(first, key("bob"), now=NOW)
    with pytest.raises(MisuseError, match="root keys"):
        trust(first, node, now=NOW)
    assert trust(first, node, roots(), now=NOW) == trusted(node)
    draft(written(tmp_path), second, previous=first, now=NOW)
    for name in ("ann", "bob"):
        sign(second, key(name), now=NOW)
    assert trust(second, node, now=NOW + timedelta(days=1)).version == 2
    trust(second, node, roots(), now=NOW)
    with pytest.raises(RollbackError):
        trust(first, node, now=NOW)
    with pytest.raises(MisuseError, match="root keys of the list before"):
        trust(second, node, [key("eve").public.to_text()], now=NOW)
    assert trusted(node).version == 2
    assert [each["version"] for each in log.lines(node)] == [1, 2]
    assert listed(trusted(node))[0].valid == "2026-01-01/"


@pytest.mark.parametrize(
    ("text", "found"),
    [("expires = 2027-01-01\nrot = []", "rot"), ("root = []", "none"), ("x", "TOML"), ("expires = 3", "a day")],
)
def test_what_no_list_can_be_made_of(tmp_path, text, found):
    (tmp_path / "keys.toml").write_text(text)
    with pytest.raises(ManifestError, match=found):
        draft(tmp_path / "keys.toml", tmp_path / "trust.json", now=NOW)
