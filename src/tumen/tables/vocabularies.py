"""What the words of the protocol's vocabularies mean: a label in English for each, which the words translate."""

from collections.abc import Mapping
from types import MappingProxyType

from tumen.tables import (
    cameras,
    deliberation,
    designation,
    effort,
    encounters,
    genetics,
    health,
    individuals,
    network,
    observations,
    places,
    populations,
    waterbirds,
)

LABELS: Mapping[str, str] = MappingProxyType(
    {
        **cameras.LABELS,
        **observations.LABELS,
        **effort.LABELS,
        **encounters.LABELS,
        **individuals.LABELS,
        **genetics.LABELS,
        **health.LABELS,
        **waterbirds.LABELS,
        **populations.LABELS,
        **designation.LABELS,
        **places.LABELS,
        **network.LABELS,
        **deliberation.LABELS,
    }
)
"""By the word as it stands in a cell."""
