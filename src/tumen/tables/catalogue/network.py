"""The words of findings about ties, indicators, law, assessments and statements."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
