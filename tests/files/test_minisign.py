import base64
import shutil
import subprocess
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import KeyFileError, LimitError, OutputError, SignatureError, TumenError
from tumen.files.minisign import (
    Cost,
    PublicKey,
    Signature,
    new_key,
    read_secret_key,
    secret_from_file,
    stamped,
    write_private,
)

KEY = new_key(bytes(range(40)))
CHEAP = Cost(1 << 15, 1 << 20)
NOW = datetime(2026, 11, 23, tzinfo=UTC)

# Made by Debian's minisign 0.11 for this test, with the password "pw"; it signs nothing.
THEIR_SECRET = b"""untrusted comment: minisign encrypted secret key
RWRTY0Iy1e0PEIrBH5LXjvEe7oWe/3rK5XBllrF16u/phi4IxnQAAAACAAAAAAAAAEAAAAAAUBEkaimW8zWFKdkTQ1w9qGsx2ocCTlklkQCMd/LOIBN9xopsCZcBI9tb8+34gp8iwL81Qljg1l7Pfbm1w4RtEsve9iRnVql+mvTG4lP7i1VzlpxJAyOSUJ41VHpf9qIRrQ6u6Gc/LuI=
"""
THEIR_PUBLIC = """untrusted comment: minisign public key 3FDF20936B20AD6C
RWRsrSBrkyDfP7vWmNaK5Lb6inQSbv4ABmg4C9TktuXRqAOFoyKlKigB
"""
THEIR_SIGNATURE = b"""untrusted comment: signature from minisign secret key
RURsrSBrkyDfPwvxpGJc1JbwR1JS/xj54lxBPQlqlk74MvfKid919GQmuWVEc+k7nFyK2JZHUy+0GTFccdmaf6tMLwCN4wpCWgI=
trusted comment: timestamp:1795415823\tfile:f\thashed
xEUK97mmdnB2JR+c7zW8rKHKFZAe5EYlT+fuWwi3AUm24TksfYcoSMKYeS8VqVo6cERdQvcgEWMSZvglFnJ2BQ==
"""


def test_their_key_and_signature_are_read():
    public = PublicKey.from_text(THEIR_PUBLIC)
    assert public.to_file().decode() == THEIR_PUBLIC
    signature = Signature.from_bytes(THEIR_SIGNATURE)
    signature.check(b"hello\n", public.key)
    assert signature.comment == "timestamp:1795415823\tfile:f\thashed"
    with pytest.raises(SignatureError):
        signature.check(b"hello", public.key)


@pytest.mark.slow
def test_their_encrypted_secret_key_is_opened():
    """Their scrypt takes a gigabyte of memory and two seconds; ours opens the same file."""
    assert secret_from_file(THEIR_SECRET, lambda: "pw").public == PublicKey.from_text(THEIR_PUBLIC)


@pytest.fixture
def tool(tmp_path):
    """The small tool itself, in a folder; skip, saying so, where it is not installed."""
    if shutil.which("minisign") is None:
        pytest.skip("the tool minisign is not installed (apt-get install minisign)")

    def run(*said, typed=""):
        call = ["minisign", *said]
        return subprocess.run(call, cwd=tmp_path, input=typed.encode(), capture_output=True)  # noqa: S603

    return run


def test_the_tool_verifies_ours_and_signs_with_our_encrypted_key(tool, tmp_path):
    (tmp_path / "a.pub").write_bytes(KEY.public.to_file())
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "a.minisig").write_bytes(KEY.sign(b"text", stamped(NOW, "a")).to_bytes())
    seen = tool("-Vm", "a", "-p", "a.pub")
    assert seen.returncode == 0, seen.stderr
    assert b"Trusted comment: timestamp:1795392000\tfile:a\thashed" in seen.stdout
    write_private(tmp_path / "a.key", KEY.to_file("тигр 虎", b"s" * 32, CHEAP))
    seen = tool("-Sm", "a", "-s", "a.key", "-x", "b.minisig", typed="тигр 虎\n")
    assert seen.returncode == 0, seen.stderr
    Signature.from_bytes((tmp_path / "b.minisig").read_bytes()).check(b"text", KEY.public.key)
    (tmp_path / "a").write_bytes(b"other")
    assert tool("-Vm", "a", "-p", "a.pub").returncode != 0


def test_a_secret_key_comes_back_with_its_password_only(tmp_path):
    path = tmp_path / "own.key"
    write_private(path, KEY.to_file("pass", b"s" * 32, CHEAP))
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_secret_key(path, lambda: "pass") == KEY
    with pytest.raises(KeyFileError) as caught:
        read_secret_key(path, lambda: "other")
    assert caught.value.needed == "the password of this secret key"
    with pytest.raises(OutputError):
        write_private(path, b"")
    with pytest.raises(KeyFileError):
        KEY.to_file("", b"s" * 32, CHEAP)


def test_a_key_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "own.key"
    write_private(path, KEY.to_file("pass", b"s" * 32, CHEAP))
    path.chmod(0o640)
    with pytest.raises(KeyFileError) as caught:
        read_secret_key(path, lambda: "pass")
    assert "640" in caught.value.found
    assert "chmod 600" in caught.value.cure


def test_a_secret_key_is_never_printed():
    assert repr(KEY) == str(KEY) == f"{KEY}" == "SecretKey(0706050403020100)"


def test_a_key_file_that_would_stop_the_computer_is_refused():
    head, line = KEY.to_file("x", b"s" * 32, CHEAP).decode().splitlines()
    body = bytearray(base64.b64decode(line))
    body[46:54] = (1 << 62).to_bytes(8, "little")
    with pytest.raises(LimitError):
        secret_from_file(f"{head}\n{base64.b64encode(body).decode()}\n".encode(), lambda: "x")


def test_no_byte_of_a_signature_is_free():
    data = KEY.sign(b"text", "timestamp:0").to_bytes()
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1
        try:
            read = Signature.from_bytes(bytes(changed))
        except SignatureError:
            continue
        if read.key_id == KEY.key_id:
            with pytest.raises(SignatureError):
                read.check(b"text", KEY.public.key)


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_in_words(data):
    for read in (
        lambda: Signature.from_bytes(data),
        lambda: PublicKey.from_text(data.decode("latin-1")),
        lambda: secret_from_file(data, lambda: ""),
    ):
        with pytest.raises(TumenError):
            read()
