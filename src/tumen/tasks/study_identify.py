"""Read [register] and [identify] of a study: which judgements stand, and what photographs and genotypes are told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tumen.errors import StudyError, Text
from tumen.tasks.study_values import Reader, a_duration, a_path, a_share, a_text, a_truth, a_whole


def _three(value: Any, what: str, _: Path) -> tuple[float, ...]:
    """Read three numbers."""
    fine = isinstance(value, list) and all(isinstance(v, int | float) and not isinstance(v, bool) for v in value)
    if not fine or len(value) != 3:
        cure = "Write for example [0.485, 0.456, 0.406]."
        raise StudyError(Text("three numbers for {what}", what=what), f"{value!r}", cure)
    return tuple(float(each) for each in value)


REGISTER_KEYS: Mapping[str, tuple[str, Reader]] = {
    "links": ("links", a_path),
    "events": ("events", a_path),
    "observers": ("observers", a_whole),
    "blind": ("blind", a_truth),
    "adjudicator": ("adjudicator", a_truth),
    "draws": ("draws", a_whole),
    "training": ("training", a_path),
}
PHOTO_KEYS: Mapping[str, tuple[str, Reader]] = {
    "burst": ("burst", a_duration),
    "backend": ("backend", a_text),
    "size": ("size", a_whole),
    "points": ("points", a_whole),
    "margin": ("margin", a_share),
    "shortlist": ("shortlist", a_whole),
    "candidates": ("candidates", a_whole),
    "model": ("model", a_path),
    "modelSize": ("model_size", a_whole),
    "modelMean": ("model_mean", _three),
    "modelDeviation": ("model_deviation", _three),
}
GENOTYPE_KEYS: Mapping[str, tuple[str, Reader]] = {
    "pidSib": ("pid_sib", a_share),
    "heterozygote": ("heterozygote", a_whole),
    "homozygote": ("homozygote", a_whole),
    "referenceLaboratory": ("reference", a_text),
}
IDENTIFY_KEYS = {**PHOTO_KEYS, **GENOTYPE_KEYS}
