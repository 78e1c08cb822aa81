"""Which arithmetic do the answers share?

`instants` (what the clock said), `effort` (when a camera worked), `geodesy` (how far), `lines` (how far from a line),
`border` (how far from the border), `sides` (in which country), `pace` (how fast), `intervals` (how sure).
"""
