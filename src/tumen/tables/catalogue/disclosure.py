"""The words of findings about what is disclosed, and what is withheld."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
