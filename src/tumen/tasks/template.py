"""Make forms to be filled in: the protocol's tables as a workbook or as CSV, with a guide in one language."""

import codecs
import dataclasses
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from tumen.errors import MisuseError, nearest
from tumen.files.atomic import writing_file, writing_folder
from tumen.files.spreadsheet_write import harmless
from tumen.files.template import write_template
from tumen.files.text_table import write_csv
from tumen.report import count_protocols
from tumen.report.form import form, guide
from tumen.report.words import Words
from tumen.tables.protocol import TABLES
from tumen.tables.schema import GROUPS, Table
from tumen.tables.taxa import TAXA
from tumen.tables.waterbirds import BIRD_GROUPS
from tumen.waterbirds.birds import GROUP_OF_GENUS


def template(
    names: Sequence[str],
    out: Path,
    language: str,
    *,
    replace: bool = False,
    protocol: str | None = None,
    country: str | None = None,
) -> None:
    """Write the forms of tables, or of whole groups of tables, to a workbook, or to a folder of CSV files.

    With a `protocol` the forms are those that it asks for, with no other columns; `names` are then empty or its group.
    A workbook of a protocol that has a list of species gets one, in the names of `country` where usages differ.

    `out` ending in .xlsx is a workbook; without an ending it is a folder: one CSV a table with its header, and
    guide.csv. Raises `MisuseError` for another ending, and for names of no table.
    """
    if out.suffix.lower() not in (".xlsx", ""):
        needed = "an output that ends in .xlsx, or a folder (a name without a dot)"
        raise MisuseError(needed, f"'{out.name}'", "Name it for example forms.xlsx, or forms for CSV files.")
    words = Words(language, region=country or "")
    if protocol is None:
        tables = chosen(names)
        forms = [form(table, words) for table in tables]
        told: tuple[str, ...] = ()
    else:
        asked = count_protocols.protocol(protocol)
        _only_its_own(names)
        listed = _waterbirds() if out.suffix.lower() == ".xlsx" else {}
        tables = count_protocols.tables_of(asked)
        forms, told = count_protocols.forms_of(asked, words, listed), asked.guidance
    explained = guide(tables, words)
    explained = dataclasses.replace(explained, lines=(*map(words.text, told), *explained.lines))
    if out.suffix.lower() == ".xlsx":
        data = write_template(forms, explained, language=language)
        with writing_file(out, replace=replace) as path:
            path.write_bytes(data)
        return
    rows = pl.DataFrame(list(explained.rows), schema=dict.fromkeys(explained.headings, pl.String), orient="row")
    with writing_folder(out, made="template", replace=replace) as folder:
        for each in forms:
            header = pl.DataFrame(schema=dict.fromkeys((field.name for field in each.fields), pl.String))
            (folder / f"{each.name}.csv").write_bytes(write_csv(header))
        # The guide is for people: spreadsheet programs see by the mark that it is UTF-8, and find no formula in it.
        (folder / "guide.csv").write_bytes(codecs.BOM_UTF8 + write_csv(harmless(rows)))


def _only_its_own(names: Sequence[str]) -> None:
    """Refuse tables beside a protocol, which says itself which ones it has."""
    if set(names) - {"waterbirds"}:
        raise MisuseError(
            "the tables of the protocol alone",
            ", ".join(sorted(set(names) - {"waterbirds"})),
            "Leave the tables out, or make them in a second form.",
        )


def _waterbirds() -> dict[str, str]:
    """Return the species of waterbirds in the list of the region, group by group, each with its group."""
    names = [name for name, taxon in TAXA.items() if taxon.rank == "species" and name.split()[0] in GROUP_OF_GENUS]
    found = {name: GROUP_OF_GENUS[name.split()[0]] for name in names}
    return {name: group for wanted in BIRD_GROUPS for name, group in found.items() if group == wanted}


def chosen(names: Sequence[str]) -> list[Table]:
    """Return the tables that names of tables and of groups mean, once each, in the order of the protocol.

    >>> [table.name for table in chosen(["cameras", "individuals"])][:4]
    ['deployments', 'media', 'observations', 'individuals']
    """
    known = {*TABLES, *GROUPS}
    for name in names:
        if name not in known:
            raise MisuseError("a table or a group of tables", f"'{name}'", nearest(name, known))
    tables = [table for table in TABLES.values() if table.name in names]
    groups = [table for table in TABLES.values() if table.group in names and table.name not in GROUPS]
    return [table for table in TABLES.values() if table in tables or table in groups]
