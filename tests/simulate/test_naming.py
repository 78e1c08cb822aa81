from dataclasses import replace

import polars as pl

from tumen.simulate.settings import WorldSettings
from tumen.simulate.world import World, world
from tumen.tables.individuals import LINKS


def test_a_name_is_unique_within_its_party_and_means_nothing_outside(made: World) -> None:
    assert made.names.select("party", "individualID").is_unique().all()
    assert made.names.select("party", "truthID").is_unique().all()
    for package in made.packages:
        listed = package.table("individuals")["individualID"]
        assert listed.is_unique().all()
        used = package.table("observations")["individualID"].drop_nulls()
        assert set(used) == set(listed)


def test_names_follow_the_pattern_of_the_party(made: World) -> None:
    patterns = {
        "north-reserve": r"^[TL]\d\d[FM]?$",
        "south-institute": r"^HC[TL]-\d\d$",
        "east-university": r"^[TL]\d\d$",
    }
    for party, pattern in patterns.items():
        own = made.names.filter(pl.col("party") == party)["individualID"]
        assert own.str.contains(pattern).all()


def test_only_a_part_of_the_sightings_is_named(made: World) -> None:
    assert 0.3 < made.detections["identified"].mean() < 0.9  # type: ignore[operator]


def test_links_say_which_names_are_one_animal(made: World) -> None:
    LINKS.require(made.links)
    one = made.names.rename({"truthID": "first"})
    other = made.names.rename({"party": "otherParty", "individualID": "otherIndividualID", "truthID": "second"})
    linked = made.links.join(one, on=["party", "individualID"]).join(other, on=["otherParty", "otherIndividualID"])
    assert linked.height == made.links.height > 0
    assert (linked["first"] == linked["second"]).all()
    assert (linked["party"] != linked["otherParty"]).all()


def test_every_animal_known_to_two_parties_is_linked(made: World) -> None:
    parties = made.names.group_by("truthID").len()["len"]
    assert made.links.height == sum(n * (n - 1) // 2 for n in parties)


def test_nothing_is_mistaken_unless_asked_for(true_world: World) -> None:
    named = true_world.detections.drop_nulls("individualID")
    truth = named.join(true_world.names, on=["party", "individualID"], suffix="Named")
    assert (truth["truthID"] == truth["truthIDNamed"]).all()
    assert true_world.planted.is_empty()


def test_mistakes_are_made_at_their_rate_and_listed(true_world: World, honest: WorldSettings) -> None:
    made = world(true_world.countries, seed=16, settings=replace(honest, misidentified=0.3))
    named = made.detections.drop_nulls("individualID")
    wrong = named.filter(~pl.col("identified"))
    assert 0.1 < wrong.height / named.height < 0.5
    planted = made.planted.filter(pl.col("kind") == "misidentified")
    assert set(planted.select("party", "key").rows()) == set(wrong.select("party", "observationID").rows())
    assert made.paths.equals(true_world.paths)


def test_links_are_lost_and_wrong_at_their_rates_and_listed(true_world: World, honest: WorldSettings) -> None:
    lost = world(true_world.countries, seed=16, settings=replace(honest, links_missing=1.0))
    assert lost.links.is_empty()
    assert lost.planted["kind"].to_list() == ["link-missing"] * true_world.links.height
    wrong = world(true_world.countries, seed=16, settings=replace(honest, links_wrong=1.0))
    assert wrong.planted["kind"].unique().to_list() == ["link-wrong"]
    first = wrong.links.join(wrong.names, on=["party", "individualID"]).select("linkID", "truthID")
    other = wrong.links.join(
        wrong.names, left_on=["otherParty", "otherIndividualID"], right_on=["party", "individualID"]
    ).select("linkID", otherID="truthID")
    # Where the other party names no second animal of the species, there is nobody to confuse it with.
    both = first.join(other, on="linkID")
    assert set(both.filter(pl.col("truthID") != pl.col("otherID"))["linkID"]) == set(wrong.planted["key"])
    assert len(wrong.planted) > 1
