"""Exercise 4: lives that cannot have been lived, and how many animals there are when names are joined."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import polars as pl

from tumen.simulate.exercises.key import Decoy, Made, Number, Planted
from tumen.simulate.exercises.plant import Row, Sheets, instant, name, opened, shuffled
from tumen.simulate.world import World

CAUSES = dict.fromkeys(("grewYounger", "motherYounger", "seenAfterDeath", "twoSexes", "linkBetweenSpecies"), "")
STATEMENTS = {"jointIsSmaller": "true", "noCrossingSeen": "unclear"}

LEAST = 3
"""Records of an animal in whose life something is planted."""
OTHER = {"female": "male", "male": "female"}
DAY = timedelta(days=1)


def make(made: World, rng: np.random.Generator) -> Made | None:
    """Plant impossible lives in the packages of a world, and a link between two species; ask how many animals."""
    every = tuple(opened(package) for package in made.packages)
    _born(every, made)
    clean = tuple(sheets.closed() for sheets in every)
    taken: set[str] = set()
    planted: list[Planted] = []
    for plant, times in ((_grew_younger, 1), (_after_death, 2), (_two_sexes, 2), (_mother, 1)):
        for _ in range(times):
            one = plant(every, taken, rng)
            if one is None:
                return None
            planted.append(_unambiguous(one, every))
            taken.add(one.item)
    linked = _link(made, rng)
    if linked is None:
        return None
    links, between = linked
    taken |= {*between.also}
    return Made(
        packages=tuple(sheets.closed() for sheets in every),
        clean=clean,
        causes=CAUSES,
        planted=(*planted, between),
        decoys=tuple(one for one in _decoys(made) if one.item not in taken),
        statements=STATEMENTS,
        numbers=_numbers(made),
        links=links,
        study=True,
    )


def _joint(sheets: Sheets, animal: str) -> str:
    return f"{sheets.package.party}/{animal}"


def _seen(sheets: Sheets, animal: str) -> list[Row]:
    """Return the records of an animal in order of time."""
    rows = sheets.find("observations", individualID=animal)
    return sorted(rows, key=lambda row: instant(row["eventStart"]))


def _lasting(every: tuple[Sheets, ...], taken: set[str], rng: np.random.Generator) -> list[tuple[Sheets, Row]]:
    """Return the animals that were recorded often enough and over days, save those taken, in a drawn order."""
    found = []
    for sheets in every:
        for row in sheets.tables["individuals"]:
            seen = _seen(sheets, name(row, "individualID"))
            if len(seen) >= LEAST and _joint(sheets, name(row, "individualID")) not in taken:
                lasted = instant(seen[-1]["eventStart"]) - instant(seen[0]["eventStart"])
                if lasted > 9 * DAY:
                    found.append((sheets, row))
    return shuffled(found, rng)


def _born(every: tuple[Sheets, ...], made: World) -> None:
    """Write down, rightly, when the young were born whose mother the party knows: it saw them small."""
    births: dict[str, date] = dict(made.animals.select("truthID", "birth").iter_rows())
    for sheets in every:
        names = made.names.filter(party=sheets.package.party)
        for local, truth in names.select("individualID", "truthID").iter_rows():
            row = sheets.find("individuals", individualID=local)[0]
            if row["motherID"]:
                row["birthDate"] = births[truth].isoformat()


def _error(sheets: Sheets, row: Row, cause: str, finding: str) -> Planted:
    animal = name(row, "individualID")
    rows = sheets.rows("individuals", individualID=animal)
    return Planted(item=_joint(sheets, animal), cause=cause, finding=finding, table="individuals", rows=rows)


def _unambiguous(planted: Planted, every: tuple[Sheets, ...]) -> Planted:
    """Let an animal be named without its party where no other party has that name."""
    bare = planted.item.split("/")[-1]
    owners = [sheets for sheets in every if sheets.find("individuals", individualID=bare)]
    return replace(planted, also=(bare,)) if len(owners) == 1 else planted


def _grew_younger(every: tuple[Sheets, ...], taken: set[str], rng: np.random.Generator) -> Planted | None:
    for sheets, row in _lasting(every, taken, rng):
        seen = _seen(sheets, name(row, "individualID"))
        if seen[0]["lifeStage"] == "adult":
            seen[-1]["lifeStage"] = "juvenile"
            return _error(sheets, row, "grewYounger", "individual-grew-younger")
    return None


def _after_death(every: tuple[Sheets, ...], taken: set[str], rng: np.random.Generator) -> Planted | None:
    for sheets, row in _lasting(every, taken, rng):
        first = instant(_seen(sheets, name(row, "individualID"))[0]["eventStart"])
        row["deathDate"] = (first + 2 * DAY).date().isoformat()
        return _error(sheets, row, "seenAfterDeath", "seen-after-death")
    return None


def _two_sexes(every: tuple[Sheets, ...], taken: set[str], rng: np.random.Generator) -> Planted | None:
    for sheets, row in _lasting(every, taken, rng):
        if row["sex"] is not None:
            _seen(sheets, name(row, "individualID"))[1]["sex"] = OTHER[row["sex"]]
            return _error(sheets, row, "twoSexes", "individual-two-sexes")
    return None


def _mother(every: tuple[Sheets, ...], taken: set[str], rng: np.random.Generator) -> Planted | None:
    """Give an animal a mother who was born after it."""
    for sheets, row in _lasting(every, taken, rng):
        for mother in shuffled(sheets.tables["individuals"], rng):
            fits = mother["scientificName"] == row["scientificName"] and mother["sex"] == "female"
            free = mother is not row and not mother["birthDate"] and not row["birthDate"]
            if fits and free and not row["motherID"] and _joint(sheets, name(mother, "individualID")) not in taken:
                row |= {"motherID": mother["individualID"], "birthDate": "2012-06-14"}
                mother["birthDate"] = "2013-05-20"
                return _error(sheets, row, "motherYounger", "mother-not-older")
    return None


def _link(made: World, rng: np.random.Generator) -> tuple[pl.DataFrame, Planted] | None:
    """Return the links with one more, between a tiger of one party and a leopard of another."""
    known = made.names.join(made.animals.select("truthID", "scientificName"), on="truthID", how="left")
    parties = [package.party for package in made.packages]
    cats = {
        (party, species): known.filter(party=party, scientificName=species)["individualID"].to_list()
        for party in parties
        for species in ("Panthera tigris", "Panthera pardus")
    }
    for one, other in shuffled([(a, b) for a in parties for b in parties if a != b], rng):
        tigers, leopards = cats[one, "Panthera tigris"], cats[other, "Panthera pardus"]
        if tigers and leopards and made.links.height:
            ends = (one, tigers[int(rng.integers(len(tigers)))], other, leopards[int(rng.integers(len(leopards)))])
            return _linked(made.links, ends, int(rng.integers(made.links.height + 1)))
    return None


def _linked(links: pl.DataFrame, ends: tuple[str, str, str, str], at: int) -> tuple[pl.DataFrame, Planted]:
    names = ("party", "individualID", "otherParty", "otherIndividualID")
    row = links[:1].with_columns(pl.lit(end).alias(column) for column, end in zip(names, ends, strict=True))
    joined = pl.concat([links[:at], row, links[at:]]).with_columns(
        linkID=pl.format("link-{}", pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(4))
    )
    item = str(joined["linkID"][at])
    also = (f"{ends[0]}/{ends[1]}", f"{ends[2]}/{ends[3]}")
    return joined, Planted(
        item=item, cause="linkBetweenSpecies", finding="link-between-species", table="links", rows=(at + 2,), also=also
    )


def _decoys(made: World) -> list[Decoy]:
    """Return names that two parties give to different animals, and animals that crossed the border and came back."""
    shared = made.names.filter(pl.col("truthID").n_unique().over("individualID") > 1)
    seen = made.detections.filter("identified").group_by("truthID").agg(pl.col("countryCode").n_unique())
    both = made.names.join(seen.filter(pl.col("countryCode") > 1), on="truthID", how="semi")
    joint = pl.concat_str("party", pl.lit("/"), "individualID")
    found = [Decoy(item, "sameName") for item in shared.select(joint).to_series()]
    return found + [Decoy(item, "bothSides") for item in both.select(joint).to_series()]


def _numbers(made: World) -> tuple[Number, ...]:
    """Return how many animals the parties named together, and how many of them in both countries."""
    sides = made.detections.filter("identified").group_by("truthID").agg(pl.col("countryCode").n_unique())
    return (
        Number("jointAnimals", "", float(made.names["truthID"].n_unique())),
        Number("onBothSides", "", float(sides.filter(pl.col("countryCode") > 1).height)),
    )
