"""The words of findings about protected areas, borders and rasters."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
