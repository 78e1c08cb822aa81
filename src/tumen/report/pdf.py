"""The report as a printed document: A4, set by Typst from the same structure as the web page."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import typst

from tumen.report.contents import contents
from tumen.report.document import Block, Cell, Document, Grid, Picture
from tumen.report.figure import Figure
from tumen.report.fonts import folders, is_wide, serif
from tumen.report.lines import pieces
from tumen.report.source import ReportSource
from tumen.report.templates import read
from tumen.report.words.render import Words

_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_NARROWEST, _WIDEST, _WORD = 4, 60, 18
_ROOM, _GUTTER = 118, 2.3
"""Letters on a line of a table over the whole page, and in the gap between two columns."""
_CODE, _BOLD = 1.18, 1.12
"""How much wider than others the letters of identifiers and of headings run."""
_TOGETHER = 4
"""Wide letters that stay on one line, so that short words are not torn."""
_BREAKS = re.compile(r"([/_.·|-])(?=\w)")
_LONG = re.compile(r"(\w{18})(?=\w)")
_ZERO_WIDTH_SPACE = "\u200b"


def pdf(source: ReportSource, figures: Sequence[Figure], words: Words) -> bytes:
    """Return the report as PDF. The same source gives the same bytes; no font needs to be installed."""
    return printed(contents(source, figures, words), words, f"Tumen {source.provenance.version}")


def printed(document: Document, words: Words, made: str) -> bytes:
    """Return a document as PDF; `made` stands at the foot of every page."""
    data = {
        "title": document.title,
        "kicker": document.kicker,
        "lang": words.locale.language,
        "serif": serif(words.language),
        "made": made,
        "facts": document.facts,
        "notice": document.notice,
        "sections": [
            {"title": section.title, "blocks": [_block(block, words) for block in section.blocks]}
            for section in document.sections
        ],
    }
    # Typst takes a mapping of names to contents, which its types do not say; nothing touches the disk.
    files: Any = {
        "main.typ": read("report.typ").encode(),
        "data.json": json.dumps(data, ensure_ascii=False).encode(),
    }
    paths = [str(path) for path in folders(words.language)]
    compiled = typst.compile(files, format="pdf", font_paths=paths, ignore_system_fonts=True)
    return bytes(compiled)


def _together(grid: Grid) -> Grid:
    """Keep every number with its unit: cells that stand on the right do not break at spaces."""
    right = [column.align == "right" for column in grid.columns]
    rows = tuple(
        tuple(
            cell.replace(" ", "\u00a0") if kept and isinstance(cell, str) else cell
            for cell, kept in zip(row, right, strict=True)
        )
        for row in grid.rows
    )
    return replace(grid, rows=rows)


def column_widths(grid: Grid) -> list[float]:
    """Return the widths of a table's columns in letters: what their longest line asks for, if the page has room.

    Where it has not, every column keeps its longest word, and the longest columns give way first.

    >>> from tumen.report.document import Column
    >>> column_widths(Grid("", (Column("N"), Column("What to do")), (("1", "ab"), ("12", "b")), ()))
    [4.0, 4.48]
    >>> column_widths(Grid("", (Column("N"), Column("What to do")), (("1", "ab " * 90), ("12", "b")), ()))
    [4.0, 60.0]
    """
    least, wanted = [], []
    for number, column in enumerate(grid.columns):
        wide = _CODE if column.style == "code" else 1.0
        lines = [line for row in grid.rows for line in _lines(row[number])]
        words = max((_run(word.strip()) for line in lines for word in _wholes(_BREAKS.sub(r"\1 ", line))), default=0)
        heading = max((_run(word.strip()) for word in _wholes(column.title)), default=0) * _BOLD
        low = max(min(words, _WORD) * wide, heading, _NARROWEST)
        least.append(float(low))
        wanted.append(float(max(min(max(map(_run, lines), default=0) * wide, _WIDEST), low)))
    room = _ROOM - _GUTTER * len(grid.columns)
    return [round(width, 2) for width in _fitted(least, wanted, room)]


def _fitted(least: Sequence[float], wanted: Sequence[float], room: float) -> list[float]:
    """Return widths that fill the room: short columns have what they want, the long ones share what is left.

    >>> _fitted([4, 4, 4], [5, 6, 60], 41)
    [5, 6, 30.0]
    """
    if sum(wanted) <= room:
        return list(wanted)
    low, high = 0.0, max(wanted)
    for _ in range(40):
        level = (low + high) / 2
        widths = [max(little, min(much, level)) for little, much in zip(least, wanted, strict=True)]
        low, high = (level, high) if sum(widths) <= room else (low, level)
    return [round(width, 1) if width not in wanted else width for width in widths]


def _wholes(text: str) -> list[str]:
    """Return the parts of a text that stay on one line: words, and Chinese or Japanese letters by fours.

    >>> _wholes("ab cd"), _wholes("中国で確認")
    (['ab ', 'cd'], ['中国で確', '認'])
    """
    joined: list[str] = []
    for piece in pieces(text):
        if joined and not joined[-1].endswith(" ") and is_wide(piece[0]) and len(joined[-1]) < _TOGETHER:
            joined[-1] += piece
        else:
            joined.append(piece)
    return joined


def _run(text: str) -> float:
    """Return how far a text runs, in Latin letters; Cyrillic ones are wider, Chinese ones as wide as two.

    >>> _run("Tumen"), _run("图们")
    (5.0, 4.0)
    """
    return len(text) + sum(0.17 * ("\u0400" <= letter <= "\u04ff") + is_wide(letter) for letter in text)


def _block(block: Block, words: Words) -> Mapping[str, Any]:
    if isinstance(block, Grid):
        block = _together(block)
        rows = [[_breakable(cell) for cell in row] for row in block.rows]
        foot = f"{block.note} {_cited(block.cite, words)}".strip()
        return {**asdict(block), "rows": rows, "widths": column_widths(block), "foot": foot}
    if isinstance(block, Picture):
        size = _SIZE.search(block.figure.svg)
        wide, high = (float(size[1]), float(size[2])) if size else (1.0, 1.0)
        return {
            "kind": block.kind,
            "label": block.label,
            "caption": block.figure.caption,
            "alternative": block.figure.alternative,
            "foot": _cited(block.figure.tables, words),
            "svg": block.figure.svg,
            "wide": wide,
            "high": high,
        }
    return asdict(block)


def _cited(names: Sequence[str], words: Words) -> str:
    if not names:
        return ""
    return words.text("Source:") + " " + words.listing(f"tables/{name}.csv" for name in names)


def _breakable(cell: Cell) -> str | list[str]:
    """Let long identifiers and file names break inside a narrow column, at their own joints first."""
    if isinstance(cell, str):
        return _LONG.sub(rf"\1{_ZERO_WIDTH_SPACE}", _BREAKS.sub(rf"\1{_ZERO_WIDTH_SPACE}", cell))
    return [str(_breakable(line)) for line in cell]


def _lines(cell: Cell) -> Sequence[str]:
    return [cell] if isinstance(cell, str) else cell
