"""The words of findings about clocks: jumps, drift between paired cameras, daylight at midnight."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = ()
