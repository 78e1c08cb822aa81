"""The words of findings about folders of images and what they say of themselves."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
