"""The words of findings about how a file is written: encodings, delimiters, spreadsheets, two header rows."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
