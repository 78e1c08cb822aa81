"""Files for their recipients only, which the tool `age` opens, as we open its."""

import shutil
import subprocess
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.errors import DecryptError, KeyFileError, LimitError
from tumen.files.age_files import (
    Identity,
    decrypt,
    encrypt,
    identity_from_file,
    new_identity,
    require_recipient,
)

MINE, OTHERS = new_identity(), new_identity()


def sealed(data, *to):
    out = BytesIO()
    encrypt(BytesIO(data), out, [each.recipient for each in to or (MINE,)])
    return out.getvalue()


def opened(data, *keys, largest=1 << 20):
    out = BytesIO()
    decrypt(BytesIO(data), out, keys or (MINE,), largest=largest)
    return out.getvalue()


@settings(max_examples=30)
@given(data=st.binary(max_size=200_000))
def test_what_goes_in_comes_out(data):
    assert opened(sealed(data, MINE, OTHERS), OTHERS) == data


def test_others_open_nothing_and_nobody_either():
    for keys in ((OTHERS,), ()):
        with pytest.raises(DecryptError):
            decrypt(BytesIO(sealed(b"place")), BytesIO(), keys, largest=100)
    with pytest.raises(KeyFileError):
        encrypt(BytesIO(b""), BytesIO(), [])


SEALED = sealed(b"x" * 70_000)


@settings(max_examples=40)
@given(at=st.integers(0, len(SEALED) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_found(at, bit):
    data = bytearray(SEALED)
    data[at] ^= 1 << bit
    with pytest.raises(DecryptError):
        opened(bytes(data))


@pytest.mark.parametrize("data", [b"", b"age", SEALED[:-1], SEALED[:66_000], SEALED + b"x"])
def test_a_cut_or_longer_file_is_found(data):
    with pytest.raises(DecryptError):
        opened(data)


def test_no_more_is_written_than_allowed():
    out = BytesIO()
    with pytest.raises(LimitError):
        decrypt(BytesIO(SEALED), out, (MINE,), largest=69_999)
    assert len(out.getvalue()) <= 69_999


def test_what_a_stream_complains_of_is_said():
    class Full(BytesIO):
        def write(self, _):
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        encrypt(BytesIO(b"x" * 100_000), Full(), [MINE.recipient])
    with pytest.raises(OSError, match="No space"):
        decrypt(BytesIO(SEALED), Full(), (MINE,), largest=100_000)


def test_a_secret_key_is_never_shown():
    assert MINE.secret not in f"{MINE} {MINE!r}"
    assert repr(MINE) == f"Identity({MINE.recipient})"


def test_a_secret_key_file_needs_its_password():
    data = MINE.to_file("word")
    assert MINE.secret.encode() not in data
    with pytest.raises(KeyFileError, match="another password"):
        identity_from_file(data, lambda: "other")
    with pytest.raises(KeyFileError):
        MINE.to_file("")


@pytest.mark.parametrize("data", [b"", b"AGE-SECRET-KEY-1QQ", b"x" * 9000, b"\xff", b"# only words"])
def test_what_is_no_secret_key(data):
    with pytest.raises(KeyFileError, match="a secret key of age"):
        identity_from_file(data, lambda: "")


@pytest.mark.parametrize("text", ["", "age1", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA", "age1" + "q" * 58])
def test_what_is_no_recipient(text):
    with pytest.raises(KeyFileError):
        require_recipient(text)


def test_the_tool_age_opens_ours_and_we_open_its(tmp_path):
    age, keygen = shutil.which("age"), shutil.which("age-keygen")
    if age is None or keygen is None:
        pytest.skip("the tool age is not installed")
    made = tmp_path / "tool.key"
    subprocess.run([keygen, "-o", made], check=True, capture_output=True)  # noqa: S603
    tool = identity_from_file(made.read_bytes(), lambda: "")
    (tmp_path / "ours.age").write_bytes(sealed(b"place", tool))
    run = subprocess.run([age, "-d", "-i", made, tmp_path / "ours.age"], check=True, capture_output=True)  # noqa: S603
    assert run.stdout == b"place"
    run = subprocess.run([age, "-r", MINE.recipient], input=b"answer", check=True, capture_output=True)  # noqa: S603
    assert opened(run.stdout) == b"answer"
    assert isinstance(tool, Identity)
