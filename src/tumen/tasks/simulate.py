"""Make a world with known truth and write it as the parties would: packages, links, countries, a study."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import polars as pl
import shapely

from tumen import engine
from tumen.errors import MisuseError, nearest
from tumen.files import camtrap_dp_write, regions
from tumen.files.atomic import writing_folder
from tumen.files.picture_write import jpeg
from tumen.files.text_table import write_csv
from tumen.simulate.estuary import Estuary, estuary
from tumen.simulate.estuary_papers import EDITION_A, EDITION_B
from tumen.simulate.estuary_sites import FALLING, RISING, STEADY, EstuarySettings, small_estuary
from tumen.simulate.genetic_samples import SampleSettings, WorldFrames, WorldSamples, world_samples
from tumen.simulate.pictures import Picture, survey_pictures
from tumen.simulate.settings import WorldSettings
from tumen.simulate.settings import small as small_settings
from tumen.simulate.world import World, world
from tumen.tables.cast import to_text
from tumen.tables.individuals import LINKS
from tumen.tables.package import Package, assemble
from tumen.tasks.written import table_bytes

WORLDS = {"lower-tumen": "northeast_asia"}
"""Worlds by name, with the shipped region they stand on."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which world is wanted: `small` takes a moment, `snap` rounds coordinates to a grid (degrees).

    `unlinked` leaves the register empty: the parties have their catalogues and have not compared them. `photos` is the
    width in pixels of the pictures to draw, 0 for none; `workers` processes draw them.
    """

    small: bool = False
    snap: float | None = None
    unlinked: bool = False
    photos: int = 0
    workers: int = 1


def simulate(
    name: str,
    folder: Path,
    *,
    seed: int,
    asked: Asked | None = None,
    replace: bool = False,
    progress: engine.Progress = engine.silent,
) -> None:
    """Write the world `name` into a new folder."""
    asked = asked or Asked()
    if name not in WORLDS:
        raise MisuseError("the name of a world", f"'{name}'", nearest(name, WORLDS))
    settings = small_settings() if asked.small else WorldSettings()
    if asked.snap is not None:
        settings = changed(settings, snap=asked.snap)
    if asked.unlinked:
        settings = changed(settings, links_missing=1.0)
    made = world(regions.region(WORLDS[name]), seed=seed, settings=settings)
    birds = estuary(seed, small_estuary() if asked.small else EstuarySettings())
    with writing_folder(folder, made="world", replace=replace) as part:
        taken = list(survey_pictures(made, width=asked.photos)) if asked.photos else []
        drawn = engine.run(partial(_draw, folder=part), taken, workers=asked.workers, progress=progress)
        _write(made, birds, part, WORLDS[name], _boxes(list(zip(taken, drawn, strict=True))))
        for package in made.packages:
            if (part / "drawn" / package.party).is_dir():
                (part / "drawn" / package.party / "media").replace(part / "packages" / package.name / "media")
        shutil.rmtree(part / "drawn", ignore_errors=True)


Box = tuple[float, float, float, float]


def _draw(picture: Picture, folder: Path) -> tuple[Box | None, ...]:
    """Draw one picture and return the boxes of the animals in it."""
    path = folder / "drawn" / picture.party / picture.path
    path.parent.mkdir(parents=True, exist_ok=True)
    taken = picture.take()
    path.write_bytes(jpeg(taken.image))
    return taken.boxes


def _boxes(drawn: Sequence[tuple[Picture, tuple[Box | None, ...]]]) -> dict[str, pl.DataFrame]:
    """Return, per party, rows of observations as a detector writes them: where in each picture an animal is."""
    rows: dict[str, list[tuple[str, ...]]] = {}
    for picture, boxes in drawn:
        for one, box in zip(picture.shown, boxes, strict=True):
            if box is not None and " " in one.species:  # people have no scientific name here
                of_party = rows.setdefault(picture.party, [])
                cells = tuple(f"{value:.4f}" for value in box)
                of_party.append((f"b{len(of_party) + 1:05d}", picture.media, picture.event, one.species, *cells))
    return {party: pl.DataFrame(some, schema=_BOX, orient="row") for party, some in rows.items()}


_BOX = dict.fromkeys(
    ("observationID", "mediaID", "eventID", "scientificName", "bboxX", "bboxY", "bboxWidth", "bboxHeight"), pl.String
)


def _with_boxes(observations: pl.DataFrame, media: pl.DataFrame, boxes: pl.DataFrame | None) -> pl.DataFrame:
    """Return observations with the detector's rows behind them, all as text."""
    if boxes is None:
        return observations
    when = media.select("mediaID", "deploymentID", eventStart="timestamp", eventEnd="timestamp")
    rows = boxes.join(when, on="mediaID", how="left", maintain_order="left").with_columns(
        observationLevel=pl.lit("media"),
        observationType=pl.lit("animal"),
        count=pl.lit("1"),
        classificationMethod=pl.lit("machine"),
        classifiedBy=pl.lit("simulated detector"),
    )
    return pl.concat([observations, rows], how="diagonal")


def _whole(package: Package, text: Mapping[str, pl.DataFrame], boxes: pl.DataFrame | None) -> Package:
    """Return a package with other tables of its party, and what a detector found in its pictures."""
    seen = _with_boxes(package.received["observations"], package.received["media"], boxes)
    return assemble(
        package.name,
        {**package.received, "observations": seen, **text},
        party=package.party,
        country=package.country,
        format=package.format,
        time_zone=package.time_zone,
        descriptor=package.descriptor,
    )


def _samples(made: World) -> WorldSamples:
    frames = WorldFrames(animals=made.animals, paths=made.paths, stations=made.stations, names=made.names)
    # Whoever snaps the places of cameras gives no exact places of scats away either.
    settings = SampleSettings(exact=not made.settings.snap)
    return world_samples(frames, made.settings.parties, made.seed, settings)


def _write(made: World, birds: Estuary, folder: Path, region: str, boxes: Mapping[str, pl.DataFrame]) -> None:
    (folder / "countries.geojson").write_text(regions.text_as_truth(region), encoding="utf-8")
    (folder / "habitat.geojson").write_text(_habitat(made), encoding="utf-8")
    (folder / "packages").mkdir()
    sampled = _samples(made)
    for package in made.packages:
        read = {**sampled.tables[package.party], **birds.tables.get(package.party, {})}
        whole = _whole(package, read, boxes.get(package.party))
        camtrap_dp_write.write(whole, folder / "packages" / package.name)
    coast = birds.coast()
    camtrap_dp_write.write(coast, folder / "packages" / coast.name)
    (folder / "links.csv").write_bytes(write_csv(to_text(LINKS, made.links)))
    (folder / "truth").mkdir()
    for name, frame in {**made.truth(), **sampled.truth, **birds.truth}.items():
        if name == "paths":  # as large as all else together; the same seed gives them again
            continue
        (folder / "truth" / f"{name}.csv").write_bytes(table_bytes(frame))
    (folder / "study.toml").write_text(_study(made, birds), encoding="utf-8")
    (folder / "README.md").write_text(_readme(made), encoding="utf-8")


def _habitat(made: World) -> str:
    """Return the ground on which the world's animals have their centres, as GeoJSON."""
    feature = {
        "type": "Feature",
        "properties": {"name": "habitat of the simulated animals"},
        "geometry": json.loads(shapely.to_geojson(made.habitat)),
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}) + "\n"


SEASON = 3
"""Months of a season of survey; one begins every half year."""


def _seasons(start: date, end: date) -> list[tuple[date, date]]:
    """Return the seasons of survey that lie between two days, `end` not counted; the whole time if there is none."""
    found: list[tuple[date, date]] = []
    month = start.month - 1 + 12 * start.year
    while True:
        first = date(month // 12, month % 12 + 1, 1)
        after = date((month + SEASON) // 12, (month + SEASON) % 12 + 1, 1)
        if after > end:
            return found or [(start, end - timedelta(days=1))]
        if first >= start:
            found.append((first, after - timedelta(days=1)))
        month += 6


def _shown(seasons: Sequence[tuple[date, date]]) -> str:
    return json.dumps([[f"{first}", f"{last}"] for first, last in seasons])


def _study(made: World, birds: Estuary) -> str:
    """Return the study of a world; texts are quoted as JSON, which TOML's basic strings are read alike."""
    settings = made.settings
    last = settings.end - timedelta(days=1)
    seasons = _seasons(settings.start, settings.end)
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
    for package in (*made.packages, birds.coast()):
        lines += [
            "[[package]]",
            f"path = {json.dumps('packages/' + package.name)}",
            f"party = {json.dumps(package.party)}",
            f"country = {json.dumps(package.country)}",
            "",
        ]
    lines += [
        "[register]",
        'links = "links.csv"',
        'events = "register.csv"',
        "",
        "[crossings]",
        'independence = "30min"',
        "",
        "[density]  # one joint fit for each species; the sessions are short, for nobody may be born or die in them",
        f"sessions = {_shown(seasons[1::2] or seasons)}",
        'habitat = "habitat.geojson"  # the simulated animals live nowhere else',
        "",
        "[survival]",
        f"sessions = {_shown(seasons)}",
        "",
        "[diversity]",
        'groups = "country"',
        "",
        "[waterbirds]  # invented sites, counts and estimates; nothing in them is official",
        f"editions = {json.dumps([EDITION_A, EDITION_B])}",
        f"assessedOn = {birds.last + 1}-01-01",
        "",
        "[trends]  # one rises, one falls, one is stable: truth/waterbird_trends.csv",
        f"species = {json.dumps([RISING, FALLING, STEADY])}",
        'season = "autumn"',
        'places = "all"',
        "",
    ]
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
            "Three parties also counted the waterbirds of an estuary, one of them (`coast-office`) nothing else. The",
            "species are real; sites, counts, population estimates, lists and persons are invented, and nothing of",
            "them may be cited. How many birds were there is in `truth/waterbirds.csv`, and which part of the estuary",
            "qualifies, does not, or cannot be judged from what was counted, in `truth/waterbird_verdicts.csv`.",
            "",
            "    tumen check packages/*",
            "    tumen report study.toml -o report/",
            "    tumen identify genotypes study.toml",
            "",
        ]
    )
