"""Scats and hairs from the animals of a world: what each party collected, and what its laboratory read.

Cubs inherit from their mothers, and those of a litter have one father, an adult male of the world. Samples lie where
their animal walked, in the country of the party and near one of its stations. Each country has its laboratory; both
typed the same twelve animals. Only captured animals have their name on the sample.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.simulate.genetic_tables import Typing, calibration_text, controls_text, genotypes_text, loci_text, map_truth
from tumen.simulate.laboratories import Errors, LabMap, readings, reference_map, shifted_map
from tumen.simulate.panels import SEXES, Panel, Sizes, children, chosen_controls, founders, of_other_species, panel
from tumen.simulate.settings import Party
from tumen.simulate.streams import stream
from tumen.tables.protocol import TABLES

Row = dict[str, str | None]
POINTS = 40
"""Points of a path among which the place of a sample is chosen."""
DEGREE_KM = 111.2
METRES = 20


@dataclass(frozen=True, kw_only=True)
class WorldFrames:
    """The tables of a world that samples come from: its `animals`, `paths`, `stations` and `names`."""

    animals: pl.DataFrame
    paths: pl.DataFrame
    stations: pl.DataFrame
    names: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class SampleSettings:
    """How much is collected and how well it is read.

    `samples` for each party; an animal is sampled only within `reach` km of a station of the party. `captured` is the
    share of samples that are blood of a named animal. `exact` says whether coordinates are given beside the station.
    """

    samples: int = 20
    loci: int = 12
    replicates: int = 3
    reach: float = 8.0
    captured: float = 0.1
    mixed: float = 0.03
    controls: int = 12
    exact: bool = True
    heterozygosity: tuple[float, float] = (0.35, 0.43)
    errors: Errors = field(default_factory=lambda: Errors(missing=0.15))


@dataclass(frozen=True)
class WorldSamples:
    """What each party writes down (party -> table -> text), and the truth beside it.

    Truth: `genetic_samples` (party, sampleID, truthID, otherTruthID: whose DNA is in it besides), `genetic_animals`
    (truthID, mother, father, controlID), `genotypes` (truthID, locus, allele1, allele2 in true sizes), `laboratories`
    (laboratory, referenceLaboratory, locus, allele, referenceAllele).
    """

    tables: Mapping[str, Mapping[str, pl.DataFrame]]
    truth: Mapping[str, pl.DataFrame]


@dataclass(frozen=True)
class _Lineage:
    """Every animal's genotype (animals x L x 2), father, and the panel of its species."""

    truth_ids: tuple[str, ...]
    species: tuple[str, ...]
    genotypes: Sizes
    fathers: tuple[str | None, ...]
    panels: Mapping[str, Panel]


def world_samples(
    frames: WorldFrames, parties: Sequence[Party], seed: int, settings: SampleSettings | None = None
) -> WorldSamples:
    """Collect and type samples in a world.

    The country of the first party has `lab-1`, whose sizes are the true ones; all others share `lab-2`. Text tables
    `samples`, `genotypes`, `controls` and `loci` per party. The same world and seed give the same samples. Raises
    `MisuseError` where a party has no animals near its stations.
    """
    settings = settings or SampleSettings()
    lineage = _lineage(frames.animals, settings, seed)
    first = next(iter(lineage.panels.values()))
    home = parties[0].country
    labs = {
        True: reference_map("lab-1", first),
        False: shifted_map("lab-2", first, stream(seed, "samples/laboratories")),
    }
    chosen = chosen_controls(lineage.genotypes, settings.controls)
    tables, truth = {}, []
    for party in parties:
        rows, numbers, other = _collected(frames, lineage, party, settings, seed)
        laboratory = labs[party.country == home]
        tables[party.name] = {
            "samples": _samples_text(rows),
            **_typed(lineage, laboratory, chosen, settings, (party, seed, rows, numbers, other)),
        }
        truth += [
            (party.name, row["sampleID"], lineage.truth_ids[one], lineage.truth_ids[two] if two >= 0 else None)
            for row, one, two in zip(rows, numbers, other, strict=True)
        ]
    return WorldSamples(tables, _truth(truth, frames.animals, lineage, chosen, labs[False]))


def _lineage(animals: pl.DataFrame, settings: SampleSettings, seed: int) -> _Lineage:
    """Give every animal its genotype: of its own draw, or from its parents."""
    species = animals["scientificName"].unique(maintain_order=True).to_list()
    first = panel(settings.loci, settings.heterozygosity, stream(seed, f"samples/panel/{species[0]}"))
    panels = {species[0]: first} | {
        name: of_other_species(first, settings.heterozygosity, stream(seed, f"samples/panel/{name}"))
        for name in species[1:]
    }
    known: dict[str, Sizes] = {}
    fathers: dict[str, str | None] = {}
    males = animals.filter(pl.col("stage") == "adult", pl.col("sex") == "male")
    grown_first = animals.sort(pl.col("mother").is_not_null(), maintain_order=True)
    for truth_id, name, sex, mother in grown_first.select("truthID", "scientificName", "sex", "mother").iter_rows():
        rng = stream(seed, f"samples/genotype/{truth_id}")
        sexes = np.array([SEXES.index(sex)])
        fathers[truth_id] = None
        if mother is None:
            known[truth_id] = founders(panels[name], sexes, rng)
            continue
        mates = males.filter(scientificName=name)["truthID"].to_list()
        litter = stream(seed, f"samples/father/{mother}")
        stranger = founders(panels[name], np.array([SEXES.index("male")]), litter)
        if mates:
            fathers[truth_id] = mates[int(litter.integers(len(mates)))]
        father = known[fathers[truth_id] or ""] if mates else stranger
        known[truth_id] = children(known[mother], father, sexes, rng)
    names = animals["truthID"].to_list()
    return _Lineage(
        tuple(names),
        tuple(animals["scientificName"].to_list()),
        np.concatenate([known[name] for name in names]),
        tuple(fathers[name] for name in names),
        panels,
    )


def _collected(
    frames: WorldFrames, lineage: _Lineage, party: Party, settings: SampleSettings, seed: int
) -> tuple[list[Row], list[int], list[int]]:
    """Return the party's samples, the number of each one's animal, and of a second animal in it or -1."""
    rng = stream(seed, f"samples/collected/{party.name}")
    stations = frames.stations.filter(party=party.name)
    near = _near_points(frames.paths.filter(countryCode=party.country), stations, settings.reach, rng)
    if near.is_empty():
        raise MisuseError(
            Text("animals within {reach} km of the stations of {party}", reach=f"{settings.reach:g}", party=party.name),
            "none",
            "Give more reach, or more stations.",
        )
    index = {name: number for number, name in enumerate(lineage.truth_ids)}
    names = dict(frames.names.filter(party=party.name).select("truthID", "individualID").iter_rows())
    by_animal = near.partition_by("truthID", as_dict=True, maintain_order=True)
    sampled = list(by_animal)
    drawn = []
    for _ in range(settings.samples):
        points = by_animal[sampled[int(rng.integers(len(sampled)))]]
        drawn.append(points.row(int(rng.integers(points.height)), named=True))
    drawn.sort(key=lambda point: (point["instant"], point["truthID"]))
    rows, numbers, other = [], [], []
    for number, point in enumerate(drawn, 1):
        animal = index[point["truthID"]]
        own_name = names.get(point["truthID"])
        captured = own_name is not None and bool(rng.random() < settings.captured)
        rows.append(_sample_row(point, (f"{party.prefix}-S{number:03d}", party.country), settings, rng))
        rows[-1] |= {"scientificName": lineage.species[animal]}
        if captured:
            rows[-1] |= {"individualID": own_name, "material": "blood", "ageDays": "0"}
            rows[-1]["collectedOn"] = point["instant"].date().isoformat()
        numbers.append(animal)
        kin = [one for one, name in enumerate(lineage.species) if name == lineage.species[animal] and one != animal]
        mixed = bool(rng.random() < settings.mixed) and bool(kin) and not captured
        other.append(int(rng.choice(kin)) if mixed else -1)
    return rows, numbers, other


def _near_points(paths: pl.DataFrame, stations: pl.DataFrame, reach: float, rng: np.random.Generator) -> pl.DataFrame:
    """Return some points of each path near a station, with that station."""
    if paths.is_empty() or stations.is_empty():
        return paths.clear()
    some = paths.filter(pl.Series(rng.random(paths.height) < min(1.0, 50_000 / paths.height)))
    x, y = some["longitude"].to_numpy(), some["latitude"].to_numpy()
    to_x, to_y = stations["longitude"].to_numpy(), stations["latitude"].to_numpy()
    # A plane is good enough to say what is near.
    wide = DEGREE_KM * np.cos(np.radians(to_y.mean()))
    far = np.hypot((x[:, None] - to_x) * wide, (y[:, None] - to_y) * DEGREE_KM)
    nearest = far.argmin(axis=1)
    found = some.with_columns(
        stationID=stations["stationID"].gather(nearest), far=pl.Series(far[np.arange(len(far)), nearest])
    ).filter(pl.col("far") <= reach)
    return found.filter(pl.int_range(pl.len()).over("truthID") % (pl.len().over("truthID") // POINTS + 1) == 0)


def _sample_row(
    point: Mapping[str, object], names: tuple[str, str], settings: SampleSettings, rng: np.random.Generator
) -> Row:
    left = point["instant"]
    age = int(rng.integers(0, 14))
    row: Row = {
        "sampleID": names[0],
        "collectedOn": (date.fromisoformat(str(left)[:10]) + timedelta(days=age)).isoformat(),
        "countryCode": names[1],
        "locationID": str(point["stationID"]),
        "material": "hair" if rng.random() < 0.15 else "faeces",
        "ageDays": str(age),
    }
    if settings.exact:
        row |= {
            "latitude": f"{float(str(point['latitude'])):.5f}",
            "longitude": f"{float(str(point['longitude'])):.5f}",
            "coordinateUncertainty": str(METRES),
        }
    return row


def _samples_text(rows: Sequence[Row]) -> pl.DataFrame:
    columns = [name for name in TABLES["samples"].names if any(name in row for row in rows)]
    return pl.DataFrame({c: [row.get(c) for row in rows] for c in columns}, schema=dict.fromkeys(columns, pl.String))


def _typed(
    lineage: _Lineage,
    laboratory: LabMap,
    chosen: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    settings: SampleSettings,
    held: tuple[Party, int, list[Row], list[int], list[int]],
) -> dict[str, pl.DataFrame]:
    """Return genotypes, controls and loci of one party."""
    party, seed, rows, numbers, other = held
    first = next(iter(lineage.panels.values()))
    second = np.where((np.array(other) >= 0)[:, None, None], lineage.genotypes[other], 0).astype(np.int16)
    rng = stream(seed, f"samples/read/{party.name}")
    read = readings(lineage.genotypes[numbers], first, settings.errors, settings.replicates, rng, second)
    days = [date.fromisoformat(str(row["collectedOn"])) for row in rows]
    runs = [f"{laboratory.name}-{party.prefix}{number // 8 + 1:02d}" for number in range(len(rows))]
    typing = Typing(laboratory, [str(row["sampleID"]) for row in rows], read, runs, max(days) + timedelta(days=60))
    reference = lineage.genotypes[chosen]
    names = [f"REF-{number:02d}" for number in range(1, len(chosen) + 1)]
    twice = np.repeat(reference[:, None], 2, axis=1)
    controls = [
        controls_text(first, laboratory, reference[0], sorted(set(runs))),
        calibration_text(first, laboratory, names, twice, reference),
    ]
    return {
        "genotypes": genotypes_text(first, typing),
        "controls": pl.concat(controls),
        "loci": loci_text(list(lineage.panels.values()), laboratory),
    }


def _truth(
    samples: list[tuple[str, str | None, str, str | None]],
    animals: pl.DataFrame,
    lineage: _Lineage,
    chosen: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    shifted: LabMap,
) -> dict[str, pl.DataFrame]:
    names = ("party", "sampleID", "truthID", "otherTruthID")
    control = {int(animal): f"REF-{number:02d}" for number, animal in enumerate(chosen, 1)}
    loci = next(iter(lineage.panels.values())).loci
    count = len(lineage.truth_ids)
    return {
        "genetic_samples": pl.DataFrame(samples, schema=dict.fromkeys(names, pl.String), orient="row"),
        "genetic_animals": animals.select("truthID", "mother").with_columns(
            father=pl.Series(lineage.fathers, dtype=pl.String),
            controlID=pl.Series([control.get(number) for number in range(count)], dtype=pl.String),
        ),
        "genotypes": pl.DataFrame(
            {
                "truthID": np.repeat(np.array(lineage.truth_ids), len(loci)),
                "locus": np.tile(np.array(loci), count),
                "allele1": lineage.genotypes[..., 0].ravel().astype(str),
                "allele2": lineage.genotypes[..., 1].ravel().astype(str),
            }
        ),
        "laboratories": map_truth(list(lineage.panels.values()), shifted, "lab-1"),
    }
