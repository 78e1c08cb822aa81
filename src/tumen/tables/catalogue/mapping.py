"""The words of findings about bringing foreign columns into the protocol by a declared mapping."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
