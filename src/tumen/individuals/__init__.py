"""Who is it?

Photographs (`photo_*`) and genotypes (`genotype_*`, in the sizes of one laboratory by `lab_*`) say which subjects may
be one animal, `place_time` what speaks against it, and `proposals` puts it all into one queue for people. What they
decide are events (`register_*`), which `register` turns into joint names on any date. `identity_*` says how far wrong
names and links may move an answer. Nothing here reads or writes.
"""
