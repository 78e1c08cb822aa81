"""Scats and hairs of a small population, and what two laboratories read from them, with the truth beside it.

`panel_survey` makes arrays, in milliseconds, for tests that need hundreds of worlds; `tables` and `packages` write the
same as a party would. The panel is like the Amur leopard's: 12 to 13 loci, expected heterozygosity 0.35 (Cho 2022) to
0.43 (Sugimoto 2014). Animals have a pedigree: mothers and fathers that share no parent, each with one litter.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.simulate.genetic_tables import (
    Typing,
    calibration_text,
    controls_text,
    genotypes_text,
    loci_text,
    map_truth,
)
from tumen.simulate.laboratories import Errors, LabMap, readings, reference_map, shifted_map
from tumen.simulate.panels import FEMALE, MALE, SEXES, Numbers, Panel, Sizes, children, chosen_controls, founders, panel
from tumen.simulate.samples import described
from tumen.simulate.streams import stream
from tumen.tables.package import Package, assemble

SPECIES = "Panthera pardus"
PARTIES, COUNTRIES, LABORATORIES = ("north-laboratory", "south-laboratory"), ("RU", "CN"), ("lab-1", "lab-2")
START, TYPED = date(2023, 1, 10), date(2023, 9, 1)
PER_RUN = 24
UNRELATED, FULL_SIBLING, PARENT_OFFSPRING, SAME = 0, 1, 2, 3
"""Numbers in `PanelSurvey.relations`."""
RELATIONS = ("unrelated", "fullSibling", "parentOffspring", "same")


@dataclass(frozen=True, kw_only=True)
class PanelSettings:
    """What a survey is made of.

    `animals` include `families` litters of `cubs`; the rest are unrelated. `samples` are shared out unevenly among the
    animals; a share `second` of them is typed in the second laboratory, `both` (a number) in both. `mixed` is the share
    of samples with the DNA of a second animal. `controls` animals are typed by both laboratories `control_runs` times;
    `controls_chosen` says whether they are chosen among the animals, to carry as many alleles as possible, or are other
    animals of the population, taken as they come. `shifted` says
    whether the second laboratory has sizes of its own.
    """

    loci: int = 13
    heterozygosity: tuple[float, float] = (0.35, 0.43)
    animals: int = 40
    families: int = 6
    cubs: int = 3
    samples: int = 120
    replicates: int = 3
    errors: Errors = field(default_factory=Errors)
    mixed: float = 0.01
    second: float = 0.5
    both: int = 0
    shifted: bool = True
    controls: int = 12
    controls_chosen: bool = True
    control_runs: int = 3
    control_errors: Errors = field(
        default_factory=lambda: Errors(dropout=0.01, false_allele=0.005, missing=0.0, failed=0.02)
    )

    def __post_init__(self) -> None:
        """Refuse settings that no survey can have."""
        shares = {"mixed": self.mixed, "second": self.second}
        for errors in (self.errors, self.control_errors):
            shares |= {name: getattr(errors, name) for name in ("dropout", "false_allele", "missing", "failed")}
            for name, share in shares.items():
                if not 0 <= share <= 1 or (name == "missing" and share == 1):
                    raise MisuseError(Text("{name} between 0 and 1", name=name), str(share), "Give a share.")
        if self.families * 2 > self.founders:
            raise MisuseError(
                "two unrelated parents for each family",
                Text("{founders} animals for {families} families", founders=self.founders, families=self.families),
                "Give more animals, or fewer families or cubs.",
            )
        for name in ("loci", "samples", "replicates", "control_runs"):
            if getattr(self, name) < 1:
                raise MisuseError(Text("{name} above 0", name=name), str(getattr(self, name)), "Give a number.")

    @property
    def founders(self) -> int:
        """Number of animals without parents among them."""
        return self.animals - self.families * self.cubs


@dataclass(frozen=True, kw_only=True)
class PanelSurvey:
    """A survey and its truth. Sizes are int16 base pairs, 0 where nothing is; A animals, n samples, L loci.

    - `genotypes` A x L x 2: what the animals truly have; `sexes` A (0 female, 1 male); `parents` A x 2: numbers of
      mother and father, -1 where they are not among the animals.
    - `animal` n: whose sample it is; `other` n: whose DNA is in it besides, or -1.
    - `laboratory` n: 0 or 1, where it is typed; `both` n: whether it is typed in the other one, too.
    - `readings` n x replicates x L x 2 in true sizes; `again` the same for the second typing of samples in `both`.
    - `control_genotypes` C x L x 2, `controls` laboratories x C x runs x L x 2, in true sizes.
    - `maps`: how each laboratory names the true sizes: `survey.maps[1].read(survey.readings)`.
    """

    settings: PanelSettings
    seed: int
    panel: Panel
    genotypes: Sizes
    sexes: Numbers
    parents: Numbers
    animal: Numbers
    other: Numbers
    laboratory: Numbers
    both: np.ndarray[tuple[int], np.dtype[np.bool_]]
    readings: Sizes
    again: Sizes
    control_genotypes: Sizes
    controls: Sizes
    maps: tuple[LabMap, LabMap]

    @cached_property
    def relations(self) -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
        """Return how animals are related, A x A: 0 unrelated, 1 full siblings, 2 parent and offspring, 3 the same."""
        count = len(self.parents)
        found = np.zeros((count, count), dtype=np.int8)
        known = self.parents[:, 0] >= 0
        found[(self.parents[:, None] == self.parents[None]).all(axis=2) & known[:, None]] = FULL_SIBLING
        for side in (0, 1):
            found[np.flatnonzero(known), self.parents[known, side]] = PARENT_OFFSPRING
            found[self.parents[known, side], np.flatnonzero(known)] = PARENT_OFFSPRING
        np.fill_diagonal(found, SAME)
        return found

    @property
    def read(self) -> Sizes:
        """The readings as each sample's laboratory names the sizes."""
        second = self.laboratory[:, None, None, None] == 1
        return np.where(second, self.maps[1].read(self.readings), self.maps[0].read(self.readings))

    def sample_id(self, number: int) -> str:
        """Return the name of a sample."""
        return f"{'NS'[self.laboratory[number]]}-{number + 1:04d}"

    def tables(self) -> tuple[dict[str, pl.DataFrame], ...]:
        """Return the text tables samples, genotypes, controls and loci of the two parties, north then south."""
        return tuple(_party_tables(self, number) for number in range(len(PARTIES)))

    def packages(self) -> tuple[Package, ...]:
        """Return the packages of the two parties."""
        return tuple(
            assemble(
                party, tables, party=party, country=country, format="simulated",
                descriptor=described(party, "Simulated samples and genotypes"),
            )
            for party, country, tables in zip(PARTIES, COUNTRIES, self.tables(), strict=True)
        )  # fmt: skip

    def truth(self) -> Mapping[str, pl.DataFrame]:
        """Return the truth as tables: samples, animals, relations (related pairs only), genotypes and laboratories."""
        return _truth(self)


def panel_survey(settings: PanelSettings, seed: int) -> PanelSurvey:
    """Make a survey: the panel, the animals, their samples, and what the laboratories read. Same seed, same survey.

    >>> made = panel_survey(PanelSettings(samples=300), seed=1)
    >>> made.readings.shape, made.panel.loci[:2], made.packages()[0].findings.height
    ((300, 3, 14, 2), ('TM01', 'TM02'), 0)
    """
    loci = panel(settings.loci, settings.heterozygosity, stream(seed, "genetics/panel"))
    genotypes, sexes, parents = _animals(loci, settings, stream(seed, "genetics/animals"))
    rng = stream(seed, "genetics/samples")
    animal = rng.choice(settings.animals, size=settings.samples, p=rng.dirichlet(np.full(settings.animals, 2.0)))
    stranger = (animal + rng.integers(1, max(2, settings.animals), size=settings.samples)) % settings.animals
    other = np.where(rng.random(settings.samples) < settings.mixed, stranger, -1)
    other = np.where(other == animal, -1, other)
    laboratory = (rng.random(settings.samples) < settings.second).astype(np.int64)
    both = np.zeros(settings.samples, dtype=bool)
    both[rng.permutation(settings.samples)[: settings.both]] = True
    second = np.where((other >= 0)[:, None, None], genotypes[other], 0).astype(np.int16)
    maps = stream(seed, "genetics/laboratories")
    reference = reference_map(LABORATORIES[0], loci)
    shifted = shifted_map(LABORATORIES[1], loci, maps)
    controls = _control_animals(loci, genotypes, settings, stream(seed, "genetics/control-animals"))
    typed = stream(seed, "genetics/controls")
    return PanelSurvey(
        settings=settings,
        seed=seed,
        panel=loci,
        genotypes=genotypes,
        sexes=sexes,
        parents=parents,
        animal=animal,
        other=other,
        laboratory=laboratory,
        both=both,
        readings=readings(
            genotypes[animal], loci, settings.errors, settings.replicates, stream(seed, "genetics/readings"), second
        ),
        again=readings(
            genotypes[animal], loci, settings.errors, settings.replicates, stream(seed, "genetics/again"), second
        ),
        control_genotypes=controls,
        controls=np.stack(
            [readings(controls, loci, settings.control_errors, settings.control_runs, typed) for _ in LABORATORIES]
        ),
        maps=(reference, shifted if settings.shifted else reference_map(LABORATORIES[1], loci)),
    )


def _animals(loci: Panel, settings: PanelSettings, rng: np.random.Generator) -> tuple[Sizes, Numbers, Numbers]:
    """Return genotypes, sexes and parents: founders 0 and 1 are the parents of the first litter, and so on."""
    sexes = rng.integers(0, 2, size=settings.founders)
    sexes[: 2 * settings.families] = np.tile((FEMALE, MALE), settings.families)
    grown = founders(loci, sexes, rng)
    mothers = np.repeat(2 * np.arange(settings.families), settings.cubs)
    young_sexes = rng.integers(0, 2, size=len(mothers))
    young = children(grown[mothers], grown[mothers + 1], young_sexes, rng)
    parents = np.full((settings.animals, 2), -1)
    parents[settings.founders :] = np.column_stack([mothers, mothers + 1])
    return np.concatenate([grown, young]), np.concatenate([sexes, young_sexes]), parents


def _control_animals(loci: Panel, genotypes: Sizes, settings: PanelSettings, rng: np.random.Generator) -> Sizes:
    if settings.controls_chosen:
        return genotypes[chosen_controls(genotypes, settings.controls)]
    return founders(loci, rng.integers(0, 2, size=settings.controls), rng)


def _party_tables(made: PanelSurvey, party: int) -> dict[str, pl.DataFrame]:
    """Return what one party hands over: samples it typed first are its own; the other's come as typings only there."""
    own = np.flatnonzero(made.laboratory == party)
    laboratory, other = made.maps[party], made.maps[1 - party]
    names = [made.sample_id(int(number)) for number in own]
    runs = [f"{laboratory.name}-R{number // PER_RUN + 1:02d}" for number in range(len(own))]
    shared = made.both[own]
    again = [f"{other.name}-X{party + 1:02d}"] * int(shared.sum())
    typings = (
        Typing(laboratory, names, made.readings[own], runs, TYPED),
        Typing(other, [name for name, twice in zip(names, shared, strict=True) if twice],
               made.again[own[shared]], again, TYPED),
    )  # fmt: skip
    positive = made.control_genotypes[0] if len(made.control_genotypes) else made.genotypes[0]
    control_names = [f"REF-{number:02d}" for number in range(1, len(made.control_genotypes) + 1)]
    controls = [controls_text(made.panel, typing.laboratory, positive, sorted(set(typing.runs))) for typing in typings]
    controls.append(calibration_text(made.panel, laboratory, control_names, made.controls[party]))
    return {
        "samples": _samples(made, own, party),
        "genotypes": pl.concat([genotypes_text(made.panel, typing) for typing in typings]),
        "controls": pl.concat(controls),
        "loci": loci_text([made.panel], laboratory),
    }


def _samples(made: PanelSurvey, own: Numbers, party: int) -> pl.DataFrame:
    rng = stream(made.seed, f"genetics/days/{party}")
    days = rng.integers(0, 200, size=len(own))
    hairs = rng.random(len(own)) < 0.15
    return pl.DataFrame(
        {
            "sampleID": [made.sample_id(int(number)) for number in own],
            "scientificName": [SPECIES] * len(own),
            "collectedOn": [(START + timedelta(days=int(day))).isoformat() for day in days],
            "countryCode": [COUNTRIES[party]] * len(own),
            "material": ["hair" if hair else "faeces" for hair in hairs],
        },
        schema=dict.fromkeys(("sampleID", "scientificName", "collectedOn", "countryCode", "material"), pl.String),
    )


def _truth(made: PanelSurvey) -> dict[str, pl.DataFrame]:
    animals = np.array([f"A{number:03d}" for number in range(1, len(made.sexes) + 1)])
    one, two = np.nonzero(np.triu(np.isin(made.relations, (FULL_SIBLING, PARENT_OFFSPRING))))
    loci = len(made.panel.loci)
    return {
        "samples": pl.DataFrame(
            {
                "party": [PARTIES[number] for number in made.laboratory],
                "sampleID": [made.sample_id(number) for number in range(len(made.animal))],
                "truthID": animals[made.animal],
                "otherTruthID": [str(animals[number]) if number >= 0 else None for number in made.other],
            },
            schema_overrides={"otherTruthID": pl.String},
        ),
        "animals": pl.DataFrame({"truthID": animals, "sex": [SEXES[number] for number in made.sexes]}),
        "relations": pl.DataFrame(
            {
                "truthID": animals[one],
                "otherTruthID": animals[two],
                "relation": [RELATIONS[number] for number in made.relations[one, two]],
            },
            schema=dict.fromkeys(("truthID", "otherTruthID", "relation"), pl.String),
        ),
        "genotypes": pl.DataFrame(
            {
                "truthID": np.repeat(animals, loci),
                "locus": np.tile(made.panel.loci, len(animals)),
                "allele1": made.genotypes[..., 0].ravel().astype(str),
                "allele2": made.genotypes[..., 1].ravel().astype(str),
            }
        ),
        "laboratories": map_truth([made.panel], made.maps[1], made.maps[0].name),
    }
