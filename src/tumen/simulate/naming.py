"""What the parties make of what their cameras hold: local names, judgements, and the links between the names.

A party puts a name to a share of its sightings. It numbers an animal when it first names one, so the same tiger is
`T03F` here and `HCT-11` there, and one party's `T07` is not another's. The truth behind every name is kept in the
table `names`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.simulate.animals import Animal
from tumen.simulate.encounters import Sighting
from tumen.simulate.settings import Party, WorldSettings
from tumen.simulate.streams import stream
from tumen.tables.individuals import LINKS

CERTAIN, PROBABLE = 0.72, 0.94
"""Upper bounds of the draws that make a judgement certain, or probable; the rest is only possible and gives no name."""
SEX_KNOWN, CUB_SEX_KNOWN = 0.85, 0.35
DECIDED_DAYS = 45
"""Days after the world's end on which the parties sat together."""


@dataclass(frozen=True)
class Judged:
    """A sighting and what its party says of it.

    `number` is its place among all sightings of the world, `meant` the true animal the party took it for (None without
    a judgement). A judgement that is only possible names nobody.
    """

    number: int
    sighting: Sighting
    meant: Animal | None
    certainty: str

    @property
    def animal(self) -> Animal:
        """The animal that truly was there."""
        return self.sighting.meeting.animal

    @property
    def party(self) -> Party:
        """Whose camera it was."""
        return self.sighting.deployment.station.party

    @property
    def flank(self) -> str:
        """The flank the camera saw."""
        return self.sighting.meeting.flanks[self.sighting.deployment.camera]

    @property
    def named(self) -> Animal | None:
        """The animal whose name it was given, if any."""
        return self.meant if self.certainty != "possible" else None


@dataclass(frozen=True)
class Catalogue:
    """The names of one party: truthID -> local name, and the sex it knows, in order of the names."""

    party: Party
    names: dict[str, str]
    sexes: dict[str, str | None]
    animals: dict[str, Animal]


def judge(held: list[Sighting], settings: WorldSettings) -> list[Judged]:
    """Return what the parties say of every sighting, in the order given.

    Both cameras of a station judge one meeting alike. With `misidentified` above 0 some sightings are given to another
    animal of the species that was seen somewhere in the world.
    """
    found = []
    for number, sighting in enumerate(held):
        animal, party = sighting.meeting.animal, sighting.deployment.station.party
        named, sure, wrong = sighting.meeting.names
        meant: Animal | None = None
        if named < (settings.cub_identified if animal.stage == "cub" else party.identified):
            mistaken = wrong < settings.misidentified
            meant = _other(animal, held, wrong / settings.misidentified) if mistaken else animal
        certainty = "certain" if sure < CERTAIN else "probable" if sure < PROBABLE else "possible"
        found.append(Judged(number, sighting, meant, certainty))
    return found


def _other(animal: Animal, held: list[Sighting], share: float) -> Animal | None:
    """Return another animal of the species, chosen by a share of the list of those ever seen."""
    others = {s.meeting.animal.truth_id: s.meeting.animal for s in held if s.meeting.animal.species == animal.species}
    rest = [others[name] for name in sorted(others) if name != animal.truth_id]
    return rest[int(share * len(rest))] if rest else None


def catalogue(party: Party, judged: list[Judged], seed: int) -> Catalogue:
    """Return the catalogue of a party; `judged` are all sightings in order of time."""
    names: dict[str, str] = {}
    sexes: dict[str, str | None] = {}
    animals: dict[str, Animal] = {}
    numbers: dict[str, int] = {}
    patterns = dict(party.names)
    for one in judged:
        animal = one.named
        if one.party != party or animal is None or animal.truth_id in names:
            continue
        label = animal.species.label
        numbers[label] = numbers.get(label, 0) + 1
        known = CUB_SEX_KNOWN if animal.stage == "cub" else SEX_KNOWN
        sex = animal.sex if stream(seed, f"sex/{party.name}/{animal.truth_id}").random() < known else None
        letter = {"female": "F", "male": "M", None: ""}[sex]
        names[animal.truth_id] = patterns[label].format(number=numbers[label], sex=letter)
        sexes[animal.truth_id] = sex
        animals[animal.truth_id] = animal
    return Catalogue(party, names, sexes, animals)


def names_table(catalogues: Iterable[Catalogue]) -> pl.DataFrame:
    """Return the truth behind the names: party, individualID, truthID."""
    rows = [(one.party.name, name, truth) for one in catalogues for truth, name in one.names.items()]
    return pl.DataFrame(
        rows, schema={"party": pl.String, "individualID": pl.String, "truthID": pl.String}, orient="row"
    )


def links(
    catalogues: list[Catalogue], settings: WorldSettings, seed: int
) -> tuple[pl.DataFrame, list[dict[str, object]]]:
    """Return the register's links between the catalogues (typed LINKS), and the errors planted in them.

    Every pair of parties that both name an animal has a link, save those that `links_missing` leaves out; `links_wrong`
    gives some to another animal of the species that the other party names.
    """
    rows: list[dict[str, object]] = []
    planted: list[dict[str, object]] = []
    decided = settings.ends.replace(hour=2)
    for number, one in enumerate(catalogues):
        for other in catalogues[number + 1 :]:
            rng = stream(seed, f"links/{one.party.name}/{other.party.name}")
            for truth_id in sorted(set(one.names) & set(other.names)):
                missing, wrong, pick = rng.random(3)
                rivals = _rivals(one, other, truth_id)
                target, kind = truth_id, ""
                if missing < settings.links_missing:
                    kind = "link-missing"
                elif wrong < settings.links_wrong and rivals:
                    target, kind = rivals[int(pick * len(rivals))], "link-wrong"
                pair = (one.party.name, one.names[truth_id], other.party.name, other.names[target])
                link_id = f"link-{len(rows) + 1:04d}"
                if kind:
                    planted.append(_planted_link(kind, link_id, pair))
                if kind != "link-missing":
                    rows.append(dict(zip(_LINK, (link_id, *pair), strict=True)))
    frame = pl.DataFrame(rows, schema=dict.fromkeys(_LINK, pl.String)).with_columns(
        verdict=pl.lit("same"),
        certainty=pl.lit("certain"),
        evidence=pl.lit("stripe or rosette pattern, photographs of both parties"),
        observer=pl.lit("Joint workshop"),
        decidedAt=pl.lit(decided + DECIDED_DAYS * _DAY).dt.cast_time_unit("us"),
        decidedAt_offset=pl.lit(0, dtype=pl.Int32),
        comments=pl.lit(None, dtype=pl.String),
    )
    return LINKS.require(frame.select(*LINKS.dtypes)), planted


_LINK = ("linkID", "party", "individualID", "otherParty", "otherIndividualID")
_DAY = np.timedelta64(1, "D").astype("timedelta64[us]").item()


def _rivals(one: Catalogue, other: Catalogue, truth_id: str) -> list[str]:
    """Return the animals a wrong link may name: of the same species, in the other catalogue."""
    species = one.animals[truth_id].species
    return sorted(name for name, animal in other.animals.items() if animal.species == species and name != truth_id)


def _planted_link(kind: str, link_id: str, pair: tuple[str, str, str, str]) -> dict[str, object]:
    return {
        "party": "",
        "package": "",
        "table": "links",
        "key": "" if kind == "link-missing" else link_id,
        "kind": kind,
        "detail": f"{pair[0]}/{pair[1]} = {pair[2]}/{pair[3]}",
        "seconds": None,
    }
