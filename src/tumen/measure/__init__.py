"""Which arithmetic do the answers share?

`instants` (what the clock said), `night` (in which night), `effort` (when a camera worked), `geodesy` (how far),
`lines` and `balls` (how far from a line), `border` and `median` (where the border is, and how far), `sides` (in which
country), `pace` (how fast), `intervals` (how sure), `sun` (how high it stood), `clocks` (how far two drifted apart),
`neighbours` (what stands near), `gcj02` (the shifted coordinates of Chinese maps).
"""
