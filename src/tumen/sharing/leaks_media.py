"""Is a picture nothing but a picture? Its bytes are walked, part by part; nothing is decoded.

JPEG: ISO/IEC 10918-1, JFIF 1.02; PNG: ISO/IEC 15948. Whatever is not needed to show the pixels is too much: EXIF, XMP,
IPTC, comments, profiles, thumbnails, and bytes after the end.
"""

import re
from collections.abc import Iterable, Mapping

import polars as pl

from tumen.tables import findings
from tumen.tables.package import Package

JPEG_PARTS = frozenset({0xDB, 0xC4, 0xDA, 0xDD, *range(0xC0, 0xC4), *range(0xC5, 0xC8), *range(0xC9, 0xCC), 0xCC})
"""Markers of a JPEG without which there is no picture: tables, frames, scans, restart intervals."""
JFIF = 0xE0
NAMES = {0xE1: "EXIF or XMP", 0xE2: "a profile", 0xED: "IPTC", 0xFE: "a comment"}
PNG_START = b"\x89PNG\r\n\x1a\n"
PNG_PARTS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"sBIT", b"pHYs"})
SCAN_END = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
PLAIN = ("portraits", "media")
"""Tables that name files."""


def media_leaks(
    disclosed: Package, files: Mapping[str, bytes] | Iterable[tuple[str, bytes]]
) -> tuple[list[str], pl.DataFrame]:
    """Return the paths of the files of a view, and findings on them; `files` may come one by one."""
    listed = {path for name in PLAIN if name in disclosed.tables for path in disclosed.tables[name]["filePath"]}
    paths, found = [], []
    for path, data in files.items() if isinstance(files, Mapping) else files:
        paths.append(path)
        number = len(paths)
        if path not in listed:
            found.append(findings.finding("leak-file-unlisted", table="files", row=number, column="path"))
        what = beside_pixels(data)
        if what is None:
            found.append(findings.finding("leak-media-unknown", table="files", row=number, column="path"))
        elif what:
            told = ", ".join(what)
            found.append(findings.finding("leak-media-metadata", table="files", row=number, column="path", what=told))
    return paths, findings.join(found)


def beside_pixels(data: bytes) -> list[str] | None:
    """Return what a picture holds beside its pixels; None where it is no whole JPEG or PNG.

    >>> beside_pixels(b"GIF89a") is None
    True
    """
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:8] == PNG_START:
        return _png(data)
    return None


def _jpeg(data: bytes) -> list[str] | None:
    found: list[str] = []
    at = 2
    while at + 2 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # filling before a marker
            at += 1
            continue
        if marker == 0xD9:
            return [*found, *(["bytes after the picture"] if at + 2 < len(data) else [])]
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        if size < 2 or at + 2 + size > len(data):
            return None
        found += _jpeg_part(marker, data[at + 4 : at + 2 + size])
        at += 2 + size
        if marker == 0xDA:
            end = SCAN_END.search(data, at)
            if end is None:
                return None
            at = end.start()
    return None


def _jpeg_part(marker: int, body: bytes) -> list[str]:
    if marker in JPEG_PARTS:
        return []
    if marker == JFIF and body[:5] == b"JFIF\x00" and len(body) <= 14:
        return []
    return ["a thumbnail" if marker == JFIF else NAMES.get(marker, "data of a program")]


def _png(data: bytes) -> list[str] | None:
    found: list[str] = []
    at = len(PNG_START)
    while at + 12 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        at += 12 + size
        if at > len(data):
            return None
        if kind not in PNG_PARTS:
            found.append({b"eXIf": "EXIF", b"tIME": "a time"}.get(kind, "a text or a profile"))
        if kind == b"IEND":
            return [*found, *(["bytes after the picture"] if at < len(data) else [])]
    return None
