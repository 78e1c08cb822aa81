"""The words of findings about trends of counts."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
