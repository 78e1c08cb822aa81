"""What goes into the sheet? Fields of a designation, filled from data or listed as gaps, and the steps of its parts."""

from tumen.waterbirds.dossier.compose import TABLES, Dossier, Shown, canonical, content_of, dossier, plain
from tumen.waterbirds.dossier.conflicts import conflicts
from tumen.waterbirds.dossier.inputs import SHAPES, Inputs

__all__ = [
    "SHAPES",
    "TABLES",
    "Dossier",
    "Inputs",
    "Shown",
    "canonical",
    "conflicts",
    "content_of",
    "dossier",
    "plain",
]
