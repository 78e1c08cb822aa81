"""Folders that become sealed packages, and come back."""

import json
import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from frictionless import Package, system
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import (
    ContainerError,
    DigestError,
    ExtraFileError,
    FormatError,
    ManifestError,
    MissingFileError,
    MixedPackagesError,
    RoleError,
    SealError,
    SignatureError,
    UnknownKeyError,
    UnsafePathError,
)
from tumen.files.minisign import new_key
from tumen.sharing.policy import read_policy
from tumen.sharing.verify import Known
from tumen.tasks.package_encrypt import seal_encrypted
from tumen.tasks.package_seal import OneKey, Plain, Terms, countersign, init, public_key, seal, verify, verify_with_key

KEY, SOUTH = new_key(b"1" * 40), new_key(b"2" * 40)
KEYS = OneKey(KEY.public, "north")
NOW = datetime.now(UTC).replace(microsecond=0)
DESCRIPTOR = {
    "name": "tigers",
    "id": "tigers-2015",
    "created": "2015-12-31T00:00:00Z",
    "licenses": [{"name": "CC0-1.0", "scope": "data"}, {"path": "https://example.org/l", "scope": "media"}],
    "tumen": {"party": "north"},
    "resources": [{"name": "seen", "path": "data/seen.csv", "schema": {"fields": [{"name": "n", "type": "integer"}]}}],
}


def package(folder, **changes):
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "seen.csv").write_text("n\n1\n")
    (folder / "datapackage.json").write_text(json.dumps({**DESCRIPTOR, **changes}))
    return folder


@pytest.fixture
def source(tmp_path):
    return package(tmp_path / "north")


@pytest.fixture(params=["out", "out.zip"])
def out(request, tmp_path):
    return tmp_path / request.param


def test_what_is_sealed_says_what_the_descriptor_said(source, out):
    sealed = seal(
        source,
        out,
        KEY,
        terms=Terms(created=NOW, agreement="M", receiver="south", levels={"data/seen.csv": "crossing"}),
    )
    verified = verify(out, KEYS)
    assert verified.manifest == sealed.manifest
    assert verified.digest == sealed.digest
    assert verified.signers == ("north",)
    said = sealed.manifest
    assert (said.package, said.party, said.version, said.previous) == ("tigers-2015", "north", 1, None)
    assert (said.licence, said.agreement, said.receiver) == (
        "CC0-1.0 (data); https://example.org/l (media)",
        "M",
        "south",
    )
    assert [(each.path, each.level) for each in said.resources] == [
        ("data/seen.csv", "crossing"),
        ("datapackage.json", "full"),
    ]


def at_level(level):
    return {"party": "north", "disclosure": {"level": level, "receiver": "south"}}


@pytest.mark.parametrize("level", ["identity", "generalised", "full"])
def test_a_view_is_sealed_at_its_own_level(tmp_path, level):
    # A view without tables leaks nothing.
    source = package(tmp_path / "view", tumen=at_level(level), resources=[])
    (source / "data" / "seen.csv").unlink()
    for said in (None, level):
        sealed = seal(source, tmp_path / f"{said}.zip", KEY, terms=Terms(created=NOW, level=said))
        assert {each.level for each in sealed.manifest.resources} == {level}
        assert sealed.manifest.receiver == "south"
    with pytest.raises(SealError, match="the receiver of the view, south"):
        seal(source, tmp_path / "east.zip", KEY, terms=Terms(created=NOW, receiver="east"))
    assert not (tmp_path / "east.zip").exists()


@pytest.mark.parametrize(
    ("stated", "said", "needed"),
    [
        (None, "crossing", "a view at the level crossing"),
        ("full", "crossing", "a view at the level crossing"),
        ("crossing", "identity", "the level of the view, crossing"),
        ("crossing", "full", "the level of the view, crossing"),
        ("secret", None, "one of the levels nothing, catalogue"),
        (7, "full", "one of the levels nothing, catalogue"),
    ],
)
def test_a_level_that_the_package_does_not_have_is_refused(tmp_path, stated, said, needed):
    source = package(tmp_path / "view", **({"tumen": at_level(stated)} if stated else {}))
    with pytest.raises(SealError, match=needed):
        seal(source, tmp_path / "out", KEY, terms=Terms(created=NOW, level=said))
    with pytest.raises(SealError, match=needed):
        seal_encrypted(source, tmp_path / "out", KEY, {}, terms=Terms(created=NOW, level=said))
    assert [path.name for path in tmp_path.iterdir()] == ["view"]


def test_others_read_a_sealed_folder(source, tmp_path):
    seal(source, tmp_path / "out", KEY)
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "out" / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])
    if shutil.which("minisign") is None:
        pytest.skip("the tool minisign is not installed (apt-get install minisign)")
    call = ["minisign", "-Vm", "manifest.json", "-P", KEY.public.to_text()]
    assert subprocess.run(call, cwd=tmp_path / "out", capture_output=True).returncode == 0  # noqa: S603


def test_the_same_package_is_sealed_to_the_same_bytes(source, tmp_path):
    for name in ("one.zip", "two.zip"):
        seal(source, tmp_path / name, KEY, terms=Terms(created=NOW))
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_correction_is_a_version_that_cites_the_one_before(source, tmp_path):
    first = seal(source, tmp_path / "one.zip", KEY)
    second = seal(source, tmp_path / "two", KEY, terms=Terms(previous=tmp_path / "one.zip"))
    assert (second.manifest.version, second.manifest.previous) == (2, first.digest)
    seen = {"tigers-2015": (1, first.digest)}
    assert verify(tmp_path / "two", KEYS, newest=seen).manifest.version == 2
    with pytest.raises(MixedPackagesError):
        seal(source, tmp_path / "x", KEY, terms=Terms(previous=tmp_path / "one.zip", package="other"))


def add(folder):
    (folder / "z").write_text("")


def remove(folder):
    (folder / "data" / "seen.csv").unlink()
    (folder / "data").rmdir()


def rename(folder):
    (folder / "datapackage.json").rename(folder / "package.json")


def longer(folder):
    with (folder / "data" / "seen.csv").open("a") as file:
        file.write("2\n")


def other_cell(folder):
    (folder / "data" / "seen.csv").write_text("n\n7\n")


def link(folder):
    (folder / "data" / "seen.csv").rename(folder.parent / "seen.csv")
    (folder / "data" / "seen.csv").symlink_to(folder.parent / "seen.csv")


def no_signature(folder):
    (folder / "manifest.json.minisig").unlink()


def no_manifest(folder):
    (folder / "manifest.json").unlink()


def litter(folder):
    (folder / ".DS_Store").write_bytes(b"")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (add, ExtraFileError),
        (litter, ExtraFileError),
        (remove, MissingFileError),
        (rename, MissingFileError),
        (longer, DigestError),
        (other_cell, DigestError),
        (link, UnsafePathError),
        (no_signature, SignatureError),
        (no_manifest, ManifestError),
    ],
)
def test_a_changed_folder_is_refused(source, tmp_path, change, error):
    seal(source, tmp_path / "out", KEY)
    change(tmp_path / "out")
    for check in (lambda: verify(tmp_path / "out", KEYS), lambda: verify_with_key(tmp_path / "out", KEY.public)):
        with pytest.raises(SealError) as caught:
            check()
        assert type(caught.value) is error
        assert str(tmp_path) not in str(caught.value)


@pytest.fixture(scope="module")
def zipped(tmp_path_factory):
    folder = tmp_path_factory.mktemp("zipped")
    seal(package(folder / "north"), folder / "out.zip", KEY, terms=Terms(created=NOW))
    return folder / "out.zip", (folder / "out.zip").read_bytes()


@given(st.randoms(use_true_random=False))
def test_a_single_flipped_byte_of_a_zip_is_refused(zipped, random):
    path, data = zipped
    changed = bytearray(data)
    changed[random.randrange(len(data))] ^= 1 << random.randrange(8)
    path.with_name("changed.zip").write_bytes(changed)
    with pytest.raises((ContainerError, DigestError, SignatureError, UnknownKeyError)):
        verify(path.with_name("changed.zip"), KEYS)


def test_parts_of_two_packages_are_refused(source, tmp_path):
    for name, changes in (("a", {}), ("b", {"id": "lynx"})):
        seal(package(tmp_path / f"from-{name}", **changes), tmp_path / name, KEY)
    for name, error in (
        ("manifest.json.minisig", SignatureError),
        ("manifest.json", SignatureError),
        ("datapackage.json", DigestError),
    ):
        shutil.rmtree(tmp_path / "mixed", ignore_errors=True)
        shutil.copytree(tmp_path / "a", tmp_path / "mixed")
        shutil.copyfile(tmp_path / "b" / name, tmp_path / "mixed" / name)
        with pytest.raises(error):
            verify(tmp_path / "mixed", KEYS)


def test_a_package_of_another_key_or_party_is_refused(source, out):
    seal(source, out, KEY)
    with pytest.raises(UnknownKeyError):
        verify_with_key(out, SOUTH.public)
    with pytest.raises(RoleError):
        verify(out, OneKey(KEY.public, "south"))
    assert verify_with_key(out, KEY.public).signers == ("north",)


def test_several_parties_sign(source, tmp_path):
    class Both:
        def key(self, key_id, now):
            if key_id == SOUTH.key_id:
                return Known("south", frozenset({"countersigner"}), SOUTH.public.key)
            return KEYS.key(key_id, now)

    seal(source, tmp_path / "out", KEY)
    assert countersign(tmp_path / "out", SOUTH, "south").name == "manifest.json.south.minisig"
    assert verify(tmp_path / "out", Both()).signers == ("north", "south")
    assert verify_with_key(tmp_path / "out", KEY.public).signers == ("north",)
    with pytest.raises(UnknownKeyError):
        verify(tmp_path / "out", KEYS)


def test_what_is_encrypted_is_stated(source, tmp_path):
    inside = {"data/seen.csv": (Plain(4, "ab" * 32, "c2FsdA=="), ("age1south",))}
    sealed = seal(source, tmp_path / "out", KEY, terms=Terms(encrypted=inside))
    assert sealed.manifest.alg.encryption == "age-v1"
    assert verify(tmp_path / "out", KEYS).manifest.files["data/seen.csv"].recipients == ("age1south",)
    with pytest.raises(MissingFileError):
        seal(source, tmp_path / "x", KEY, terms=Terms(encrypted={"other": inside["data/seen.csv"]}))
    assert not (tmp_path / "x").exists()


def test_a_clock_that_is_wrong_by_a_year_is_refused(source, tmp_path):
    year = timedelta(days=365)
    seal(source, tmp_path / "one", KEY, terms=Terms(created=NOW))
    with pytest.raises(SealError) as caught:
        seal(source, tmp_path / "x", KEY, terms=Terms(created=NOW - year))
    assert "datapackage.json" in caught.value.found
    assert "Correct the date of this computer" in caught.value.cure
    os.utime(source / "datapackage.json", (0, 0))
    with pytest.raises(SealError) as caught:
        seal(source, tmp_path / "x", KEY, terms=Terms(created=NOW - year, previous=tmp_path / "one"))
    assert "the version before" in caught.value.found
    seal(source, tmp_path / "ahead", KEY, terms=Terms(created=NOW + year))
    with pytest.raises(ManifestError) as caught:
        verify(tmp_path / "ahead", KEYS)
    assert "Check the date of this computer" in caught.value.cure


@pytest.mark.parametrize(
    "changes", [{"id": "", "name": ""}, {"tumen": {}}, {"id": "a\nb"}, {"tumen": {"party": "a/b"}}]
)
def test_a_package_without_a_usable_name_is_not_sealed(tmp_path, changes):
    with pytest.raises(ManifestError):
        seal(package(tmp_path / "north", **changes), tmp_path / "out", KEY)
    assert not (tmp_path / "out").exists()


def test_init_says_what_is_missing_and_writes_a_policy(tmp_path):
    bare = {
        "id": "",
        "name": "",
        "licenses": [],
        "tumen": {},
        "resources": [{"path": "lost.csv"}, {"path": "https://x/y"}],
    }
    folder = package(tmp_path / "north", **bare)
    (folder / "aux.csv").write_text("")
    ready = init(folder)
    assert ready.policy == folder / "policy.toml"
    assert [line.split(":")[0] for line in ready.missing] == [
        "an id",
        "whose it is",
        "a licence",
        "the file lost.csv, which datapackage.json names",
        "the file https",
        "names that every computer can hold",
    ]
    read = read_policy(ready.policy.read_text(encoding="utf-8"))
    assert (read.party, read.rules) == ("your-party", ())
    assert init(folder).policy is None


def test_the_example_of_a_policy_can_be_used(source):
    lines = init(source).policy.read_text(encoding="utf-8").splitlines()
    used = [line.removeprefix("# ") for line in lines if " = " in line or "]" in line[-3:]]
    read = read_policy("\n".join(used))
    assert [(rule.grants, rule.level) for rule in read.rules] == [(True, "crossing"), (False, "catalogue")]
    assert init(source).missing == ()


def test_init_needs_a_package(tmp_path):
    with pytest.raises(SealError):
        init(tmp_path / "nowhere")
    (tmp_path / "datapackage.json").write_text("[]")
    with pytest.raises(FormatError):
        init(tmp_path)


def test_a_public_key_is_a_line_or_a_file(tmp_path):
    (tmp_path / "a.pub").write_bytes(KEY.public.to_file() + b"# age1north\n")
    assert public_key(str(tmp_path / "a.pub")) == public_key(KEY.public.to_text()) == KEY.public
