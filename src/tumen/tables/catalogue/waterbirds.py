"""The words of findings about sites, visits, counts and population estimates."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
