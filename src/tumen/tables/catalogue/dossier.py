"""The words of findings about sheets and dossiers."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
