"""The words of findings about the survey design a protocol asks for."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
