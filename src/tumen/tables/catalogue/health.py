"""The words of findings about tests, assays and health events."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
