"""The words of findings about the lives of individuals: birth, mothers, death, stages; and about names of species."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
