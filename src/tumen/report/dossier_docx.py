"""A document as DOCX (extra `documents`): what the print shows, for people to write on.

The same document gives the same bytes: the dates inside the file and of its parts are constant. Pictures are set in PNG
by the program that sets the print, with its fonts.
"""

import io
import re
import zipfile
from datetime import datetime
from typing import Any

import typst

from tumen.errors import ExtraError
from tumen.report.document import Block, Cards, Cell, Document, Grid, Picture, Points, Text, Warn
from tumen.report.figure import Figure
from tumen.report.fonts import folders
from tumen.report.pdf import column_widths
from tumen.report.words.render import Words

_MADE = datetime(1980, 1, 1)  # noqa: DTZ001 - the format of the file has no zone
_ENTRY = (1980, 1, 1, 0, 0, 0)
_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
_DOTS = 200
_WIDE, _HIGH = 17.0, 23.0
"""Room on the page in centimetres."""
_TINY, _SMALL, _BODY = 7, 8.5, 10.5
_CELL, _CODE = "Cell", "Code"


def written(document: Document, words: Words, made: str) -> bytes:
    """Return a document as DOCX; `made` stands at its end.

    Raises `ExtraError` without python-docx.
    """
    try:
        import docx
    except ImportError as error:
        raise ExtraError(
            "python-docx to write a DOCX", "that it is not installed", 'Install "tumen[documents]".'
        ) from error
    file = docx.Document()
    _set_up(file, document, words)
    file.add_paragraph(document.kicker).runs[0].bold = True
    file.add_heading(document.title, 0)
    for label, value in document.facts:
        line = file.add_paragraph()
        line.add_run(f"{label}: ").bold = True
        line.add_run(value)
    if document.notice:
        file.add_paragraph(document.notice)
    for section in document.sections:
        file.add_heading(section.title, 1)
        for block in section.blocks:
            _add(file, block, words)
    file.add_paragraph(made)
    buffer = io.BytesIO()
    file.save(buffer)
    return _constant(buffer.getvalue())


def png(figure: Figure, language: str) -> bytes:
    """Return a figure as PNG, 200 dots an inch over the width of the page."""
    found = _SIZE.search(figure.svg)
    wide, high = (float(found[1]), float(found[2])) if found else (1.0, 1.0)
    page = (
        f'#set page(width: {_WIDE}cm, height: {_WIDE * high / wide:.3f}cm, margin: 0pt)\n#image("a.svg", width: 100%)'
    )
    files: Any = {"main.typ": page.encode(), "a.svg": figure.svg.encode()}
    paths = [str(path) for path in folders(language)]
    return bytes(typst.compile(files, format="png", ppi=_DOTS, font_paths=paths, ignore_system_fonts=True))


def _set_up(file: Any, document: Document, words: Words) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    section = file.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2.2)
    style = file.styles["Normal"]
    style.font.size = Pt(_BODY)
    style.paragraph_format.space_after = Pt(4)
    for name, size in ((_CELL, _SMALL), (_CODE, _TINY)):
        small = file.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        small.base_style, small.font.size = style, Pt(size)
        small.paragraph_format.space_after = Pt(0)
    language = style.element.get_or_add_rPr().makeelement(qn("w:lang"), {})
    for attribute in ("w:val", "w:eastAsia"):
        language.set(qn(attribute), words.language)
    style.element.get_or_add_rPr().append(language)
    core = file.core_properties
    core.title, core.author, core.comments, core.language = document.title, "Tumen", "", document.language
    core.created = core.modified = _MADE
    core.last_modified_by, core.revision = "Tumen", 1


def _add(file: Any, block: Block, words: Words) -> None:
    if isinstance(block, Grid):
        _add_grid(file, block)
    elif isinstance(block, Picture):
        _add_picture(file, block, words)
    elif isinstance(block, Points):
        for item in block.items:
            file.add_paragraph(item, style="List Bullet")
    elif isinstance(block, Warn):
        file.add_paragraph().add_run(block.text).bold = True
    elif isinstance(block, Text):
        file.add_paragraph(block.text)
    elif isinstance(block, Cards):
        for card in block.cards:
            file.add_paragraph(f"{card.title} {card.scientific}: {card.number}")
            for sentence in card.sentences:
                file.add_paragraph(sentence)


def _add_grid(file: Any, grid: Grid) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    file.add_heading(grid.title, 2)
    rows: list[tuple[Cell, ...]] = [tuple(column.title for column in grid.columns), *grid.rows]
    table = file.add_table(rows=len(rows), cols=len(grid.columns), style="Table Grid")
    table.autofit = False
    widths = column_widths(grid)
    cells = iter(table._cells)  # rows and their cells, one by one, are searched for anew each time
    for number, row in enumerate(rows):
        for column, cell, wide in zip(grid.columns, row, widths, strict=True):
            place = next(cells)
            place.width = Cm(_WIDE * wide / sum(widths))
            paragraph = place.paragraphs[0]
            # By its id: by its name it would be searched for among all styles, for each cell.
            paragraph._p.style = _CODE if column.style == "code" and number else _CELL
            lines = [cell] if isinstance(cell, str) else list(cell)
            run = paragraph.add_run("\n".join(lines))
            if number == 0:
                run.bold = True
            if column.align == "right":
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for number, line in enumerate(table._tbl.tr_lst):
        properties = line.get_or_add_trPr()
        properties.append(properties.makeelement(qn("w:cantSplit"), {}))
        if number == 0:
            properties.append(properties.makeelement(qn("w:tblHeader"), {}))
    note = file.add_paragraph(grid.note)
    for run in note.runs:
        run.font.size = Pt(_SMALL)


def _add_picture(file: Any, block: Picture, words: Words) -> None:
    from docx.shared import Cm, Pt

    found = _SIZE.search(block.figure.svg)
    share = float(found[2]) / float(found[1]) if found else 1.0
    wide = min(_WIDE, _HIGH / share)
    shape = file.add_picture(io.BytesIO(png(block.figure, words.language)), width=Cm(wide))
    shape._inline.docPr.set("descr", block.figure.alternative)
    file.paragraphs[-1].paragraph_format.keep_with_next = True
    line = file.add_paragraph()
    for text, bold in ((f"{block.label}. ", True), (block.figure.caption, False)):
        run = line.add_run(text)
        run.bold, run.font.size = bold, Pt(_SMALL)


def _constant(data: bytes) -> bytes:
    """Return a zip whose parts all have the same date, in their order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, _ENTRY)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            new.writestr(entry, old.read(name))
    return buffer.getvalue()
