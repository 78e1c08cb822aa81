"""What do findings and notes say?

The words of findings and notes: one English message and one cure per code.

`{named}` parts are filled from the finding itself (`table`, `row`, `column`, `value`) and from its arguments. The
English texts are the message ids that `tumen.report.words` translates. Severities: an error cannot be used as it is, a
warning can but is doubtful, a note is something a reader should know.
"""

from collections.abc import Mapping
from types import MappingProxyType

from tumen.tables.catalogue import (
    archives,
    cameras,
    capture,
    clocks,
    count_forms,
    deliberation,
    design,
    disclosure,
    diversity,
    diversity_size,
    dossier,
    files,
    genetics,
    health,
    identity_genes,
    images,
    leaks,
    lives,
    mapping,
    mask,
    network,
    photographs,
    places,
    population_files,
    protocol,
    register,
    review,
    scr,
    scr_inference,
    standard,
    stations,
    survival,
    survival_open,
    text,
    thresholds,
    trends,
    verdicts,
    waterbirds,
)
from tumen.tables.catalogue.notes import NOTES as NOTES
from tumen.tables.code import Code as Code

SUBJECTS: Mapping[str, tuple[Code, ...]] = MappingProxyType(
    {
        "standard": standard.CODES,
        "cameras": cameras.CODES,
        "register": register.CODES,
        "review": review.CODES,
        "files": files.CODES,
        "text": text.CODES,
        "mapping": mapping.CODES,
        "images": images.CODES,
        "photographs": photographs.CODES,
        "archives": archives.CODES,
        "clocks": clocks.CODES,
        "stations": stations.CODES,
        "lives": lives.CODES,
        "genetics": genetics.CODES,
        "identity_genes": identity_genes.CODES,
        "health": health.CODES,
        "waterbirds": waterbirds.CODES,
        "count_forms": count_forms.CODES,
        "thresholds": thresholds.CODES,
        "verdicts": verdicts.CODES,
        "trends": trends.CODES,
        "dossier": dossier.CODES,
        "places": places.CODES,
        "network": network.CODES,
        "mask": mask.CODES,
        "deliberation": deliberation.CODES,
        "design": design.CODES,
        "diversity": diversity.CODES,
        "diversity_size": diversity_size.CODES,
        "survival": survival.CODES,
        "protocol": protocol.CODES,
        "survival_open": survival_open.CODES,
        "capture": capture.CODES,
        "population_files": population_files.CODES,
        "disclosure": disclosure.CODES,
        "leaks": leaks.CODES,
        "scr": scr.CODES,
        "scr_inference": scr_inference.CODES,
    }
)
"""What findings are about, in the order in which they are explained."""

CATALOGUE: Mapping[str, Code] = MappingProxyType({code.code: code for codes in SUBJECTS.values() for code in codes})
