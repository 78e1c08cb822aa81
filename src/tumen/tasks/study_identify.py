"""Read [register] and [identify] of a study: which judgements stand, and what photographs and genotypes are told."""

from collections.abc import Mapping

from tumen.tasks.study_values import Reader, a_path, a_truth, a_whole

REGISTER_KEYS: Mapping[str, tuple[str, Reader]] = {
    "links": ("links", a_path),
    "events": ("events", a_path),
    "observers": ("observers", a_whole),
    "blind": ("blind", a_truth),
    "adjudicator": ("adjudicator", a_truth),
}
IDENTIFY_KEYS: Mapping[str, tuple[str, Reader]] = {}
