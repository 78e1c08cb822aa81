"""The words of findings about thresholds and population estimates."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
