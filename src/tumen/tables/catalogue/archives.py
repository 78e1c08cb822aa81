"""The words of findings about Darwin Core archives and patrol exports."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
