"""Does every party write the same bytes?  JSON as RFC 8785 spells it, read strictly.

What is signed is bytes. So there is one way only to write a manifest or a list of keys, and what is written in any
other way is refused: keys twice, keys unsorted, blanks, escapes that are not needed, numbers with a fraction.
"""

import json
from collections.abc import Sequence
from typing import Any, NoReturn

from tumen.errors import ExtraError, LimitError, ManifestError, Text


def to_bytes(value: Any) -> bytes:
    """Return the RFC 8785 bytes of a value of dictionaries, lists, texts, whole numbers, true, false and null.

    >>> to_bytes({"b": 1, "a": ["Ө", None]}).decode()
    '{"a":["Ө",null],"b":1}'
    """
    try:
        import rfc8785
    except ImportError as error:
        cure = "Install it with: pip install 'tumen[exchange]'."
        raise ExtraError("the package rfc8785 to write what is signed", "it is not installed", cure) from error
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise ManifestError(
            "text and whole numbers that JSON can hold", "a value that it cannot", "Correct the value."
        ) from error


def from_bytes(data: bytes, *, largest: int, what: str = "manifest") -> Any:
    """Return the value of RFC 8785 bytes; raise `ManifestError` for bytes that are spelled in any other way.

    `largest` is the greatest number of bytes that is looked at; more is a `LimitError`.

    >>> from_bytes(b'{"a":1}', largest=100)
    {'a': 1}
    >>> from_bytes(b'{"a":1, "a":2}', largest=100)
    Traceback (most recent call last):
    tumen.errors.ManifestError: a manifest that is JSON; found a key twice. Ask its sender for it anew.
    """
    if len(data) > largest:
        found = Text("{size} bytes", size=len(data))
        raise LimitError(Text("a {what} of at most {largest} bytes", what=what, largest=largest), found, _ANEW)
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_float=_no_fraction, parse_constant=_no_fraction
        )
    except _SpellingError as error:
        raise ManifestError(Text("a {what} that is JSON", what=what), str(error), _ANEW) from None
    except (ValueError, RecursionError) as error:
        raise ManifestError(Text("a {what} that is JSON", what=what), "something else", _ANEW) from error
    if to_bytes(value) != data:
        raise ManifestError(Text("a {what} spelled as RFC 8785 asks", what=what), "another spelling", _ANEW)
    return value


_ANEW = "Ask its sender for it anew."


class _SpellingError(Exception):
    """JSON that is none of ours; never leaves this module."""


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _SpellingError("a key twice")
    return found


def _no_fraction(_: str) -> NoReturn:
    raise _SpellingError("a number that is not whole")
