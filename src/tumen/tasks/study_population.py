"""Read [density], [survival] and [diversity] of a study: which models are fitted to which sessions on which ground."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tumen.errors import MisuseError, StudyError, Text
from tumen.population.scr.model import Model, model
from tumen.tasks.study_values import (
    Reader,
    a_duration,
    a_path,
    a_positive,
    a_share,
    a_text,
    a_whole,
    a_word,
    names,
    sessions,
    texts,
)

FEWEST = 20
"""Simulated surveys by which goodness of fit can be judged at all."""


def _models(value: Any, what: str, folder: Path) -> tuple[Model, ...]:
    """Read models, each a line such as "HN: D ~ 1, g0 ~ sex, sigma ~ sex, classes by sex"."""
    return tuple(_model(line, what) for line in texts(value, what, folder))


def _model(line: str, what: str) -> Model:
    try:
        return model(line)
    except MisuseError as error:
        raise StudyError(Text("a model for {what}", what=what), f"'{line}'", str(error)) from error


def _draws(value: Any, what: str, folder: Path) -> int:
    """Read a number of simulated surveys: none, or enough to judge by."""
    count = a_whole(value, what, folder)
    if 0 < count < FEWEST:
        raise StudyError(
            Text("0 or at least {fewest} for {what}", fewest=FEWEST, what=what), f"{count}", "Write for example 99."
        )
    return int(count)


def _files(value: Any, what: str, folder: Path) -> dict[str, Path]:
    """Read a table of files, by the names that formulas give them."""
    return {name: folder / path for name, path in names(value, what, folder).items()}


def _numbers(value: Any, what: str, _: Path) -> tuple[float, ...]:
    """Read a list of numbers."""
    fine = isinstance(value, list) and value
    if not fine or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in value):
        raise StudyError(Text("numbers for {what}", what=what), f"{value!r}", "Write for example [4, 5, 8].")
    return tuple(float(each) for each in value)


DENSITY_KEYS: Mapping[str, tuple[str, Reader]] = {
    "sessions": ("sessions", sessions),
    "species": ("species", texts),
    "detector": ("detector", a_word("proximity", "count", "multi")),
    "occasion": ("occasion", a_duration),
    "independence": ("independence", a_duration),
    "telemetry": ("telemetry", a_duration),
    "join": ("join", a_positive),
    "models": ("models", _models),
    "spacing": ("spacing", a_positive),
    "buffer": ("buffer", a_positive),
    "habitat": ("habitat", a_path),
    "habitatClasses": ("habitat_classes", _numbers),
    "habitatLeast": ("habitat_least", a_positive),
    "rasterCrs": ("raster_crs", a_text),
    "covariates": ("covariates", _files),
    "protectedAreas": ("protected_areas", a_path),
    "borderCells": ("border_cells", a_word("centre", "share")),
    "cells": ("cells", a_whole),
    "goodness": ("goodness", _draws),
}
"""`join` is the distance in metres up to which cameras are one station, `cells` the most cells of a mask."""
SURVIVAL_KEYS: Mapping[str, tuple[str, Reader]] = {
    "sessions": ("sessions", sessions),
    "species": ("species", texts),
    "phi": ("phi", texts),
    "p": ("p", texts),
    "spatial": ("spatial", a_word("none", "static", "normal")),
    "spacing": ("spacing", a_positive),
    "buffer": ("buffer", a_positive),
    "bootstraps": ("bootstraps", a_whole),
}
DIVERSITY_KEYS: Mapping[str, tuple[str, Reader]] = {
    "species": ("species", texts),
    "groups": ("groups", a_word("country", "party", "none")),
    "permutations": ("permutations", a_whole),
    "generation": ("generation", a_positive),
    "pcrit": ("pcrit", a_share),
}
POPULATION_KEYS: Mapping[str, Mapping[str, tuple[str, Reader]]] = {
    "density": DENSITY_KEYS,
    "survival": SURVIVAL_KEYS,
    "diversity": DIVERSITY_KEYS,
}
