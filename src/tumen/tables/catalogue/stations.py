"""The words of findings about where and when cameras stand: overlaps, identical places, names, the sea."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
