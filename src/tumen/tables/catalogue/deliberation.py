"""The words of findings about proposals, views, decisions and contributions."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
