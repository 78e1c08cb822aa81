"""A list of keys is taken only if enough root keys signed it, and if it follows on the one before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sharing.parties import LONG_AGO, NOW, key, party_key, root, signed, trust_list

from tumen.errors import (
    ExpiredKeyError,
    FreezeError,
    LimitError,
    ManifestError,
    MixedPackagesError,
    RevokedKeyError,
    RollbackError,
    SealError,
    SignatureError,
    UnknownKeyError,
)
from tumen.sharing.trust import LARGEST, Seen, TrustList, verify_list

FIRST = trust_list()
DAY = timedelta(days=1)


def taken(made, *signers, known=None, now=NOW, seen=None):
    data = made.to_bytes()
    return verify_list(data, signed(data, *signers), known or root("ann", "bob"), now, seen=seen)


def second(**said):
    return trust_list(version=2, previous=FIRST.seen.digest, **said)


def test_two_root_keys_make_a_list_good():
    assert taken(FIRST, "ann", "bob") == FIRST
    known = FIRST.key(key("north-reserve").key_id, NOW)
    assert (known.party, known.roles) == ("north-reserve", {"owner"})
    assert known.public == key("north-reserve").public.key


@pytest.mark.parametrize("signers", [(), ("ann",), ("ann", "ann"), ("ann", "north-reserve"), ("eve", "mallory")])
def test_one_root_key_is_not_enough(signers):
    with pytest.raises(SignatureError, match="signatures by 2 of the root keys"):
        taken(FIRST, *signers)


def test_a_signature_of_other_bytes_is_refused():
    data = FIRST.to_bytes()
    wrong = [*signed(data, "ann"), *signed(data + b" ", "bob")]
    with pytest.raises(SignatureError, match="these bytes"):
        verify_list(data, wrong, root("ann", "bob"), NOW)


def test_nothing_is_parsed_before_it_is_verified():
    with pytest.raises(SignatureError):
        verify_list(b"{", signed(b"{", "ann"), root("ann", "bob"), NOW)
    with pytest.raises(ManifestError):
        verify_list(b"{", signed(b"{", "ann", "bob"), root("ann", "bob"), NOW)
    with pytest.raises(LimitError):
        verify_list(b" " * (LARGEST + 1), [], root("ann", "bob"), NOW)


def test_a_signature_by_nobody_known_is_refused():
    with pytest.raises(UnknownKeyError, match="root keys only"):
        taken(FIRST, "ann", "bob", "eve")


def test_new_root_keys_need_the_old_and_the_new():
    rotated = second(root=root("bob", "cy", "dee"))
    with pytest.raises(SignatureError, match="known before"):
        taken(rotated, "bob", "cy", "dee", seen=FIRST.seen)
    with pytest.raises(SignatureError, match="of the new list"):
        taken(rotated, "ann", "bob", seen=FIRST.seen)
    assert taken(rotated, "ann", "bob", "cy", seen=FIRST.seen).root == root("bob", "cy", "dee")


def test_a_root_that_one_person_could_sign_for_is_none():
    for names, threshold in ((("ann", "bob"), 1), (("ann",), 2), (("ann", "bob"), 3)):
        with pytest.raises(ManifestError, match="at least 2 must sign"):
            root(*names, threshold=threshold)


def test_an_older_list_is_refused_and_the_same_is_taken_again():
    newer = second()
    with pytest.raises(RollbackError, match="version 2 of the trust list"):
        taken(FIRST, "ann", "bob", seen=newer.seen)
    assert taken(newer, "ann", "bob", seen=newer.seen) == newer


def test_two_lists_of_one_number_or_one_that_does_not_follow_are_refused():
    with pytest.raises(MixedPackagesError):
        taken(trust_list(party_key("north-reserve")), "ann", "bob", seen=FIRST.seen)
    with pytest.raises(MixedPackagesError):
        taken(second(), "ann", "bob", seen=Seen(1, "0" * 64))
    assert taken(trust_list(version=3, previous="0" * 64), "ann", "bob", seen=FIRST.seen).version == 3


def test_an_expired_list_is_refused_and_answers_no_more():
    late = FIRST.expires
    with pytest.raises(FreezeError, match="valid on 2027-11-23"):
        taken(FIRST, "ann", "bob", now=late)
    with pytest.raises(FreezeError):
        FIRST.key(key("north-reserve").key_id, late)
    assert FIRST.key(key("north-reserve").key_id, late - timedelta(seconds=1)).party == "north-reserve"


def test_a_clock_a_year_behind_is_noticed():
    with pytest.raises(ManifestError, match="made before now"):
        taken(FIRST, "ann", "bob", now=NOW - 365 * DAY)


@pytest.mark.parametrize(
    ("said", "now", "error"),
    [
        ({"valid_until": NOW}, NOW, ExpiredKeyError),
        ({"valid_from": NOW + DAY}, NOW, ExpiredKeyError),
        ({"revoked_on": NOW}, NOW, RevokedKeyError),
        ({"revoked_on": NOW + DAY, "valid_until": NOW + DAY}, NOW, None),
        ({"valid_until": NOW, "revoked_on": LONG_AGO}, NOW, RevokedKeyError),
    ],
)
def test_a_key_has_its_time(said, now, error):
    listed = trust_list(party_key("north-reserve", **said))
    if error is None:
        assert listed.key(key("north-reserve").key_id, now).party == "north-reserve"
        return
    with pytest.raises(error):
        listed.key(key("north-reserve").key_id, now)


def test_a_key_that_is_not_listed_is_unknown():
    with pytest.raises(UnknownKeyError):
        FIRST.key(key("eve").key_id, NOW)


def test_recipients_are_those_of_valid_keys():
    one, other = "age1" + "q" * 58, "age1" + "p" * 58
    old = replace(party_key("north-reserve", recipient=other, valid_until=NOW), public=key("older").public.to_text())
    listed = trust_list(party_key("north-reserve", recipient=one), old, party_key("south-institute"))
    assert listed.recipients("north-reserve", NOW) == (one,)
    with pytest.raises(UnknownKeyError):
        listed.recipients("south-institute", NOW)


@pytest.mark.parametrize(
    "said",
    [
        {"party": "a/b"},
        {"party": ""},
        {"party": "a\nb"},
        {"roles": ()},
        {"roles": ("king",)},
        {"roles": ("owner", "courier")},
        {"recipient": "AGE-SECRET-KEY-1"},
        {"public": "RW"},
        {"valid_until": LONG_AGO},
    ],
)
def test_what_no_list_may_say(said):
    with pytest.raises(ManifestError):
        party_key("north-reserve", **said)


@given(at=st.integers(0, len(FIRST.to_bytes()) - 1), bit=st.integers(0, 7))
def test_a_flipped_bit_is_never_taken(at, bit):
    data = bytearray(FIRST.to_bytes())
    data[at] ^= 1 << bit
    with pytest.raises(SignatureError):
        verify_list(bytes(data), SIGNED, root("ann", "bob"), NOW)
    try:
        read = TrustList.from_bytes(bytes(data))
    except SealError:
        return
    assert read.to_bytes() == bytes(data)


SIGNED = signed(FIRST.to_bytes(), "ann", "bob")
