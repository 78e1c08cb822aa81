"""Open the zip of a workbook and read its XML in one pass, within limits, with nothing run or fetched.

The XML of a workbook declares no entities; a document type is refused, and with it every bomb made of them.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from tumen.errors import FormatError, Text
from tumen.files.archive import LIMITS, Limits

_CHUNK = 1 << 18

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Characters = Callable[[str], None]


class Parts:
    """The named parts of a workbook."""

    def __init__(self, source: Path | bytes, limits: Limits = LIMITS) -> None:
        """Open the zip; raise `FormatError` where it is damaged, encrypted, or inflates beyond the limits."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise damaged(str(error)) from error
        infos = self._zip.infolist()
        total = sum(info.file_size for info in infos)
        for info in infos:
            bomb = info.file_size > limits.ratio_from and info.file_size > limits.ratio * max(info.compress_size, 1)
            if bomb or info.file_size > limits.member or total > limits.total:
                raise FormatError(
                    Text("a workbook whose parts have at most {most} bytes", most=limits.member),
                    Text("{part}, which would inflate to {bytes} bytes", part=info.filename, bytes=info.file_size),
                    "If you trust the file, open it in a spreadsheet program and save the table as CSV.",
                )
            if info.flag_bits & 0x1:
                raise locked()

    def __contains__(self, name: str) -> bool:
        """Say whether there is a part of this name."""
        return name in self._zip.namelist()

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def read(self, name: str) -> bytes:
        """Return the bytes of a small part."""
        try:
            return self._zip.read(name)
        except (KeyError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, OSError) as e:
            raise damaged(f"{name}: {e}") from e

    def parse(self, name: str, start: Start, end: End, characters: Characters) -> None:
        """Send the elements of a part to three functions, names without prefix; the document is never held whole."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = characters
        parser.StartDoctypeDeclHandler = _refuse_document_type
        try:
            with self._zip.open(name) as stream:
                while chunk := stream.read(_CHUNK):
                    parser.Parse(chunk, False)
                parser.Parse(b"", True)
        except (
            KeyError,
            expat.ExpatError,
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
            EOFError,
            NotImplementedError,
            OSError,
            ValueError,
        ) as error:
            raise damaged(f"{name}: {error}") from error


def local(name: str) -> str:
    """Return the name of an element without its prefix."""
    return name.rpartition(":")[2]


def damaged(reason: str) -> FormatError:
    """Say that a workbook is not whole."""
    return FormatError(
        "a whole XLSX, ODS or XLS workbook", Text("one that cannot be read ({reason})", reason=reason), "Save it again."
    )


def locked() -> FormatError:
    """Say that a workbook cannot be read without its password."""
    return FormatError(
        "a workbook without password", "one that is encrypted", "Open it with its password and save it without one."
    )


def _refuse_document_type(*_: object) -> None:
    raise FormatError(
        "a workbook as spreadsheet programs write it",
        "one that declares a document type, which can hide attacks",
        "Open it in a spreadsheet program and save it again.",
    )
