"""The waterbirds of the shipped example alone: its packages without cameras and genotypes, which take long to read."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from tumen.tasks.waterbird_survey import OWN

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "lower-tumen"
PARTIES = ("north-reserve", "south-institute", "coast-office")
COUNTRY = {"north-reserve": "RU", "south-institute": "CN", "coast-office": "KP"}
SECTIONS = """
[waterbirds]
editions = ["Example edition A (simulated)", "Example edition B (simulated)"]
assessedOn = 2016-01-01
[trends]
species = ["Cygnus cygnus", "Anser cygnoides", "Antigone vipio"]
season = "autumn"
places = "all"
"""


def copied(folder: Path, parties: Sequence[str] = PARTIES, sections: str = SECTIONS) -> Path:
    """Write a study of the waterbirds of some parties, with these sections; return its file."""
    for party in PARTIES:
        _package(EXAMPLE / "packages" / party, folder / party)
    lines = ["[study]", 'title = "An estuary (simulated)"', "seed = 1"]
    for party in parties:
        lines += ["[[package]]", f'path = "{party}"', f'party = "{party}"', f'country = "{COUNTRY[party]}"']
    file = folder / "study.toml"
    file.write_text("\n".join(lines) + "\n" + sections, encoding="utf-8")
    return file


def _package(source: Path, target: Path) -> None:
    if target.exists():
        return
    target.mkdir(parents=True)
    described = json.loads((source / "datapackage.json").read_text(encoding="utf-8"))
    # Without its profile: a package of counts alone is no Camtrap DP.
    described = {name: described[name] for name in ("name", "tumen", "resources")}
    described["resources"] = [one for one in described["resources"] if one["name"] in OWN]
    for one in described["resources"]:
        shutil.copy(source / one["path"], target / one["path"])
    (target / "datapackage.json").write_text(json.dumps(described), encoding="utf-8")
