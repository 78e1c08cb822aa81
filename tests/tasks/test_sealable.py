"""What is refused before anything is sealed: keys, secrets, ledgers, strangers, and terms nobody can read."""

import json

import pytest
from tests.tasks.test_package_seal import KEY, package

from tumen.errors import ExtraFileError, SealError
from tumen.files.age_files import new_identity
from tumen.files.minisign import Cost
from tumen.sharing.ledger import RELEASES
from tumen.tasks.package_encrypt import seal_encrypted
from tumen.tasks.package_seal import seal
from tumen.tasks.release_files import new_secret
from tumen.tasks.sealable import grant_in, refuse_strangers

SOUTH = new_identity()
EVERYBODY = {"full": [SOUTH.recipient]}


def minisign(path):
    path.write_bytes(KEY.to_file("word", b"s" * 32, Cost(1 << 15, 1 << 20)))


def bare_minisign(path):
    minisign(path)
    path.write_bytes(b"untrusted comment: mine\n" + path.read_bytes().splitlines()[1])


def age(path):
    path.write_text(f"# created today\n{SOUTH.secret}\n")


def encrypted_age(path):
    path.write_bytes(b"age-encryption.org/v1\n-> scrypt c2FsdA 18\n")


def pseudonyms(path):
    path.unlink()
    new_secret(path)


def ledger(path):
    path.write_text(",".join([*RELEASES, "secret"]) + "\n")


@pytest.mark.parametrize(
    ("write", "what"),
    [
        (minisign, "a secret key"),
        (bare_minisign, "a secret key"),
        (age, "a secret key"),
        (encrypted_age, "a file that is encrypted already"),
        (pseudonyms, "the secret of your pseudonyms"),
        (ledger, "the ledger of your releases"),
    ],
)
def test_what_stays_at_home_is_known_by_its_content(tmp_path, write, what):
    # Named as data, it is refused all the same.
    source = package(tmp_path / "north")
    write(source / "data" / "seen.csv")
    for call in (
        lambda: seal(source, tmp_path / "out", KEY),
        lambda: seal_encrypted(source, tmp_path / "out", KEY, EVERYBODY),
    ):
        with pytest.raises(SealError) as caught:
            call()
        assert str(caught.value.found) == f"data/seen.csv: {what}"
    assert [path.name for path in tmp_path.iterdir()] == ["north"]


def test_a_file_that_nobody_names_is_not_sealed(tmp_path):
    source = package(tmp_path / "north")
    refuse_strangers(source)
    (source / "data" / "seen.csv").write_text("n,filePath\n1,media/a.jpg\n2,./media/b.jpg\n")
    (source / "media").mkdir()
    for name in ("a.jpg", "b.jpg"):
        (source / "media" / name).write_bytes(b"picture")
    refuse_strangers(source)
    (source / "password.txt").write_text("secret word")
    with pytest.raises(ExtraFileError) as caught:
        seal_encrypted(source, tmp_path / "out", KEY, EVERYBODY)
    assert str(caught.value.found) == "password.txt, of 1 that it does not name"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("level", ["full"]),
        ("level", {"full": 1}),
        ("receiver", ""),
        ("until", "x"),
        ("until", 5),
        ("columns", 5),
        ("columns", [["place"]]),
        ("columns", ["places"]),
        ("denied", "place"),
        ("category", True),
        ("category", 9),
        ("category", [1]),
        ("borderStep", "1"),
        ("borderStep", 10**400),
        ("borderStep", float("nan")),
    ],
)
def test_terms_that_cannot_be_understood_are_refused(key, value):
    said = {"level": "generalised", "receiver": "south", "until": "2099-01-01", "columns": ["place", "text"]}
    grant = grant_in({"tumen": {"disclosure": said}})
    assert (grant.level, grant.receiver, grant.columns, grant.text) == ("generalised", "south", {"place"}, True)
    with pytest.raises(SealError):
        grant_in({"tumen": {"disclosure": {**said, key: value}}})


@pytest.mark.parametrize(
    "descriptor", [{"tumen": "x"}, {"tumen": {"disclosure": 3}}, {"name": "view-1a"}, {"id": "view-1a"}]
)
def test_a_view_without_terms_is_refused(tmp_path, descriptor):
    assert grant_in({"name": "north"}) is None
    source = package(tmp_path / "north", **descriptor)
    assert json.loads((source / "datapackage.json").read_text())
    for call in (
        lambda: seal(source, tmp_path / "out", KEY),
        lambda: seal_encrypted(source, tmp_path / "out", KEY, EVERYBODY),
    ):
        with pytest.raises(SealError):
            call()
