"""The words of findings about forms of counts and TRIM files."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
