"""What would we see if we knew the truth?

Worlds in which every animal, every step it takes and every mistake a party makes is known: for training, for survey
design and for tests. `tumen.simulate.world.world` makes one; `docs/methods/simulate.md` says what is in it and what
is not.
"""
