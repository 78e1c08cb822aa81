"""What may we rely on?

The protocol: each table declares once its columns, types, units, vocabularies, requirements and rules; validation,
reading, documentation and the texts of findings follow from the declaration. No input or output happens here.
"""
