"""The words of findings about what a disclosed package may still give away."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
