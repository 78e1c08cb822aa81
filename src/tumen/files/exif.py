"""What one picture says of itself: when it was taken, how it was exposed, and the tags that people gave it.

Only what the protocol uses is read, by name. Positions, serial numbers, owners, comments and makers' notes are left
where they are, and so is every tag nobody has named here.
"""

import hashlib
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from xml.etree import ElementTree

from PIL import Image, UnidentifiedImageError
from PIL.ExifTags import IFD, Base

KEPT: Mapping[str, int] = MappingProxyType(
    {
        "Make": Base.Make,
        "Model": Base.Model,
        "ExposureTime": Base.ExposureTime,
        "FNumber": Base.FNumber,
        "ISOSpeedRatings": Base.ISOSpeedRatings,
        "BrightnessValue": Base.BrightnessValue,
        "Flash": Base.Flash,
        "SubsecTimeOriginal": Base.SubsecTimeOriginal,
    }
)
"""Names and numbers of the EXIF tags that are copied (CIPA DC-008, EXIF 2.32)."""

_TIME = re.compile(r"^(\d{4}):(\d{2}):(\d{2}) (\d{2}:\d{2}:\d{2})")
_OFFSET = re.compile(r"^[+-]\d{2}:\d{2}$")
_LISTS = (
    "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject",
    "{http://www.digikam.org/ns/1.0/}TagsList",
)
"""Where photo managers keep hierarchical tags; the first that is there is read. digiKam parts levels with a slash."""
_ITEM = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}li"


@dataclass(frozen=True)
class Picture:
    """One file.

    `time` is ISO 8601, with the offset where the picture states one, None where it states no time; `tags` are paths of
    a hierarchy such as ("individual", "T07"). `problem` says why the file, and `tag_problem` why its tags, could not be
    read. `position` is (latitude, longitude) and None unless it was asked for; `has_position` is always told.
    """

    time: str | None = None
    changed: str | None = None
    exif: Mapping[str, str | int | float] = field(default_factory=dict)
    tags: tuple[tuple[str, ...], ...] = ()
    digest: str = ""
    has_position: bool = False
    position: tuple[float, float] | None = None
    problem: str = ""
    tag_problem: str = ""


def read_picture(path: Path, *, digest: bool = True, position: bool = False) -> Picture:
    """Return what a picture says of itself; the image itself is not decoded. A damaged file has a `problem`."""
    try:
        sha256 = file_digest(path) if digest else ""
        with warnings.catch_warnings():
            # A huge picture is no bomb here: its pixels are not unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            warnings.simplefilter("ignore", UserWarning)
            with Image.open(path) as image:
                found = image.getexif()
                packet = image.info.get("xmp")
                return _picture(found, packet, sha256, position=position)
    except UnidentifiedImageError:
        return Picture(problem="it is no picture that can be read")
    except (
        OSError,
        ValueError,
        SyntaxError,
        OverflowError,
        KeyError,
        TypeError,
        Image.DecompressionBombError,
    ) as error:
        return Picture(problem=str(error).partition("\n")[0] or type(error).__name__)


def _picture(found: Image.Exif, packet: object, sha256: str, *, position: bool) -> Picture:
    inner = found.get_ifd(IFD.Exif)
    every = {**found, **inner}
    places = found.get_ifd(IFD.GPSInfo)
    tags, tag_problem = hierarchical_tags(packet) if isinstance(packet, bytes | str) else ((), "")
    return Picture(
        time=_instant(inner.get(Base.DateTimeOriginal), inner.get(Base.OffsetTimeOriginal)),
        changed=_instant(found.get(Base.DateTime), None),
        exif={name: value for name, tag in KEPT.items() if (value := _plain(every.get(tag))) is not None},
        tags=tags,
        digest=sha256,
        has_position=_is_position(places),
        position=_degrees(places) if position else None,
        tag_problem=tag_problem,
    )


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hexadecimal digits; empty if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _instant(time: object, offset: object) -> str | None:
    """Return `2014-10-26T02:30:00`, with the offset if there is one; None for no time or a clock that was never set.

    >>> _instant("2014:10:26 02:30:00", "+10:00"), _instant("0000:00:00 00:00:00", None)
    ('2014-10-26T02:30:00+10:00', None)
    """
    if not isinstance(time, str) or not (parts := _TIME.match(time)) or parts[1] == "0000":
        return None
    zone = offset if isinstance(offset, str) and _OFFSET.match(offset) else ""
    return f"{parts[1]}-{parts[2]}-{parts[3]}T{parts[4]}{zone}"


def _plain(value: Any) -> str | int | float | None:
    """Return a value that JSON can hold; None for what is empty, undefined or no plain value."""
    if isinstance(value, str):
        return value.replace("\x00", "").strip() or None
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, tuple) and len(value) == 1:
        return _plain(value[0])
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if abs(number) < float("inf") else None


def _is_position(places: Mapping[int, Any]) -> bool:
    """Say whether latitude and longitude are there at all, readable or not."""
    return bool(places.get(2)) or bool(places.get(4))


def _degrees(places: Mapping[int, Any]) -> tuple[float, float] | None:
    try:
        latitude, longitude = (sum(float(part) / 60**power for power, part in enumerate(places[tag])) for tag in (2, 4))
        return (
            -latitude if places[1] == "S" else latitude,
            -longitude if places[3] == "W" else longitude,
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def hierarchical_tags(packet: bytes | str) -> tuple[tuple[tuple[str, ...], ...], str]:
    """Return the tags of an XMP packet as paths, and why they could not be read.

    A packet with a document type is refused unread: entities could make it unfold without end.

    >>> hierarchical_tags('<a xmlns:lr="http://ns.adobe.com/lightroom/1.0/" '
    ...     'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><lr:hierarchicalSubject><r:Bag>'
    ...     '<r:li>individual|T07</r:li></r:Bag></lr:hierarchicalSubject></a>')
    ((('individual', 'T07'),), '')
    """
    text = packet.decode("utf-8", "replace") if isinstance(packet, bytes) else packet
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        return (), "it declares a document type, which is not read"
    try:
        root = ElementTree.fromstring(text.strip("\x00\ufeff \r\n\t"))  # noqa: S314 - no document type, so no entities
    except ElementTree.ParseError as error:
        return (), str(error)
    for name in _LISTS:
        items = [item.text or "" for holder in root.iter(name) for item in holder.iter(_ITEM)]
        if items:
            return tuple(dict.fromkeys(_path(item, "/" if "digikam" in name else "|") for item in items)), ""
    return (), ""


def _path(item: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in item.split(separator) if part.strip())


def values(tags: Iterable[tuple[str, ...]], category: str) -> list[str]:
    """Return what stands below a category, whatever its case; deeper levels are joined with a colon.

    >>> values([("Species", "Leopard Cat"), ("individual", "T07")], "species")
    ['Leopard Cat']
    """
    return [":".join(path[1:]) for path in tags if len(path) > 1 and path[0].lower() == category.lower()]
