"""Studies on real data, written for one test."""

import json
from pathlib import Path


def write_study(folder: Path, *, countries: Path, packages, species=(), links=None, **crossings) -> Path:
    """Write a study file; `packages` are (path, keys)."""
    lines = ["[study]", 'title = "A test"']
    if species:
        lines.append(f"species = {json.dumps(list(species))}")
    lines += ["[area]", f"countries = {json.dumps(str(countries))}"]
    for path, keys in packages:
        lines += ["[[package]]", f"path = {json.dumps(str(path))}"]
        lines += [f"{key} = {json.dumps(str(value))}" for key, value in keys.items()]
    if links is not None:
        lines += ["[register]", f"links = {json.dumps(str(links))}"]
    if crossings:
        lines += ["[crossings]", *(f"{key} = {json.dumps(value)}" for key, value in crossings.items())]
    study = folder / "study.toml"
    study.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return study
