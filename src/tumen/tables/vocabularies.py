"""What the words of the protocol's vocabularies mean: a label in English for each, which the words translate."""

from collections.abc import Mapping
from types import MappingProxyType

from tumen.tables import cameras, individuals, observations

LABELS: Mapping[str, str] = MappingProxyType({**cameras.LABELS, **observations.LABELS, **individuals.LABELS})
"""By the word as it stands in a cell."""
