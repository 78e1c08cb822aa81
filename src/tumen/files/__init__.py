"""Which outside formats can we read and write?

One module per format: bytes <-> tables. No analysis happens here, and no format is recognised by guessing: a caller
names the format. What cannot be read at all raises an error of `tumen.errors`; everything else is a row of findings.
"""
