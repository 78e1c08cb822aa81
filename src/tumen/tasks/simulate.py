"""Make a world with known truth and write it as the parties would: packages, links, countries, a study."""

import json
from dataclasses import replace as changed
from datetime import timedelta
from pathlib import Path

from tumen.errors import MisuseError, nearest
from tumen.files import camtrap_dp_write, regions
from tumen.files.atomic import writing_folder
from tumen.files.text_table import write_csv
from tumen.simulate.settings import WorldSettings
from tumen.simulate.settings import small as small_settings
from tumen.simulate.world import World, world
from tumen.tables.cast import to_text
from tumen.tables.individuals import LINKS
from tumen.tasks.report import table_bytes

WORLDS = {"lower-tumen": "northeast_asia"}
"""Worlds by name, with the shipped region they stand on."""


def simulate(
    name: str, folder: Path, *, seed: int, small: bool = False, snap: float | None = None, replace: bool = False
) -> None:
    """Write the world `name` into a new folder."""
    if name not in WORLDS:
        raise MisuseError("the name of a world", f"'{name}'", nearest(name, WORLDS))
    settings = small_settings() if small else WorldSettings()
    if snap is not None:
        settings = changed(settings, snap=snap)
    made = world(regions.region(WORLDS[name]), seed=seed, settings=settings)
    with writing_folder(folder, made="world", replace=replace) as part:
        _write(made, part, WORLDS[name])


def _write(made: World, folder: Path, region: str) -> None:
    (folder / "countries.geojson").write_text(regions.text_as_truth(region), encoding="utf-8")
    (folder / "packages").mkdir()
    for package in made.packages:
        camtrap_dp_write.write(package, folder / "packages" / package.name)
    (folder / "links.csv").write_bytes(write_csv(to_text(LINKS, made.links)))
    (folder / "truth").mkdir()
    for name, frame in made.truth().items():
        if name == "paths":  # as large as all else together; the same seed gives them again
            continue
        (folder / "truth" / f"{name}.csv").write_bytes(table_bytes(frame))
    (folder / "study.toml").write_text(_study(made), encoding="utf-8")
    (folder / "README.md").write_text(_readme(made), encoding="utf-8")


def _study(made: World) -> str:
    """Return the study of a world; texts are quoted as JSON, which TOML's basic strings are read alike."""
    settings = made.settings
    last = settings.end - timedelta(days=1)
    lines = [
        "# An invented world on real geography: no animal, camera or organisation in it exists.",
        "[study]",
        'title = "Tigers and leopards of the Lower Tumen (simulated)"',
        f"species = {json.dumps([species.name for species in settings.species])}",
        f'period = ["{settings.start}", "{last}"]',
        f"seed = {made.seed}",
        'languages = ["en", "ru"]',
        "",
        "[area]",
        'countries = "countries.geojson"  # Natural Earth, public domain; the simulated animals live on this map',
        "",
    ]
    for package in made.packages:
        lines += [
            "[[package]]",
            f"path = {json.dumps('packages/' + package.name)}",
            f"party = {json.dumps(package.party)}",
            f"country = {json.dumps(package.country)}",
            "",
        ]
    lines += ["[register]", 'links = "links.csv"', "", "[crossings]", 'independence = "30min"', ""]
    return "\n".join(lines)


def _readme(made: World) -> str:
    return "\n".join(
        [
            "# A simulated world",
            "",
            f"Made with `tumen simulate` from seed {made.seed}. Animals, cameras and organisations are invented; the",
            "countries are Natural Earth's (public domain). What the parties know is in `packages/` and `links.csv`;",
            "what truly happened is in `truth/`, planted errors (wrong clocks) in `truth/planted.csv`.",
            "",
            "    tumen check packages/*",
            "    tumen report study.toml -o report/",
            "",
        ]
    )
