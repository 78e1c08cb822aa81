"""The words of findings about seasons, criteria and verdicts."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
