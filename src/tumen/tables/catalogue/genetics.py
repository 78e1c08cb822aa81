"""The words of findings about samples, genotypes and controls."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
