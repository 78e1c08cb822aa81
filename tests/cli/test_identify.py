"""`tumen identify` as a person uses it: match, judge, take back, and see the transborder table change."""

import json
from pathlib import Path

import polars as pl
import pytest

from tumen.tasks.crossings import crossings
from tumen.tasks.simulate import Asked, simulate
from tumen.tasks.study import read_study


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A small world in which nobody has compared the catalogues yet; made once."""
    folder = tmp_path_factory.mktemp("world") / "unlinked"
    simulate("lower-tumen", folder, seed=16, asked=Asked(small=True, unlinked=True))
    return folder


@pytest.fixture
def world(made):
    """The same world with an empty register."""
    (made / "register.csv").unlink(missing_ok=True)
    return made


@pytest.fixture(scope="module")
def alone(made):
    """How many animals the table counts before anyone has compared them."""
    (made / "register.csv").unlink(missing_ok=True)
    return crossings(read_study(made / "study.toml")).tables["summary"]["union"].sum()


def same_animals(world):
    """Two names that two parties gave to one animal, as "party/name"."""
    names = pl.read_csv(world / "truth" / "names.csv", infer_schema=False)
    both = names.join(names, on="truthID", suffix="Other").filter(pl.col("party") < pl.col("partyOther"))
    party, name, _, other, other_name = both.sort("party", "individualID").row(0)
    return f"{party}/{name}", f"{other}/{other_name}"


def union(tumen, world):
    said = tumen("crossings", world / "study.toml", "--table", "summary", "--format", "json")
    return sum(row["union"] for row in json.loads(said.out)["summary"])


def judge(tumen, world, kind, one, other, who, *more):
    blind = ["--blind"] if kind in ("agree", "disagree") and not more else []
    said = tumen(
        "identify", kind, world / "study.toml", one, other, "--observer", who, "--evidence", "left flank", *blind, *more
    )  # fmt: skip
    assert said.code == 0, said.err
    return said


def test_three_people_join_two_names_and_the_table_counts_one_animal_less(tumen, alone, world):
    one, other = same_animals(world)
    assert "awaitingSecondObserver" in judge(tumen, world, "agree", one, other, "O. Kim").out
    assert "awaitingAdjudicator" in judge(tumen, world, "agree", one, other, "A. Ivanova").out
    assert union(tumen, world) == alone
    assert "standing" in judge(tumen, world, "link", one, other, "Bat-Erdene").out
    assert union(tumen, world) == alone - 1


def test_judgements_that_nobody_calls_blind_do_not_add_up(tumen, world):
    one, other = same_animals(world)
    judge(tumen, world, "agree", one, other, "O. Kim", "--probability", "0.97")
    said = judge(tumen, world, "agree", one, other, "A. Ivanova", "--not-blind")
    assert "awaitingSecondObserver" in said.out
    assert "register-not-blind" in said.out
    events = pl.read_csv(world / "register.csv", infer_schema=False)
    assert events.select("blind", "probability").rows() == [(None, "0.97"), ("false", None)]


def test_what_was_known_on_a_past_day_is_what_it_was(tumen, world):
    one, other = same_animals(world)
    for kind, who in (("agree", "O. Kim"), ("agree", "A. Ivanova"), ("link", "Bat-Erdene")):
        judge(tumen, world, kind, one, other, who)
    now = tumen("identify", "names", world / "study.toml", "--format", "json")
    then = tumen("identify", "names", world / "study.toml", "--at", "2020-01-01", "--format", "json")
    joint = {name["jointID"] for name in json.loads(now.out)["names"]}
    assert len(json.loads(then.out)["names"]) == len({row["jointID"] for row in json.loads(then.out)["names"]})
    assert len(joint) == len(json.loads(now.out)["names"]) - 1


def test_an_undo_and_a_split_bring_both_animals_back(tumen, alone, world):
    one, other = same_animals(world)
    for kind, who in (("agree", "O. Kim"), ("agree", "A. Ivanova"), ("link", "Bat-Erdene")):
        judge(tumen, world, kind, one, other, who)
    events = pl.read_csv(world / "register.csv", infer_schema=False)
    link = events.filter(kind="link")["eventID"].item()
    said = tumen("identify", "undo", world / "study.toml", link, "--observer", "Bat-Erdene", "--evidence", "wrong row")
    assert said.code == 0
    assert union(tumen, world) == alone
    assert (world / "register.csv").read_text().count("\n") == 5


def test_the_story_of_an_animal_names_who_judged(tumen, world):
    one, other = same_animals(world)
    judge(tumen, world, "agree", one, other, "O. Kim")
    told = json.loads(tumen("identify", "history", world / "study.toml", other, "--format", "json").out)["history"]
    assert [(row["kind"], row["observer"]) for row in told] == [("agree", "O. Kim")]


def test_an_animal_that_nobody_knows_is_refused_and_nothing_is_written(tumen, world):
    said = tumen(
        "identify", "agree", world / "study.toml", "north-reserve/T99", "south-institute/HCT-01",
        "--observer", "O. Kim", "--evidence", "left flank",
    )  # fmt: skip
    assert said.code == 2
    assert "'north-reserve/T99'" in said.err
    assert not (world / "register.csv").exists()


def test_genotypes_then_proposals_then_a_blind_page(tumen, world):
    """Samples of one animal are together, and no other is."""
    out = world / "identify"
    said = tumen("identify", "genotypes", world / "study.toml", "-o", out, "--format", "json")
    assert said.code == 0, said.err
    animals = json.loads(said.out)["animals"]
    assert sum(animal["samples"] for animal in animals) == 60
    samples_are_with_their_animal(world, out)
    queue = tumen("identify", "proposals", world / "study.toml", "-o", out, "--format", "json")
    assert queue.code == 0, queue.err
    pairs = json.loads(queue.out)["proposals"]
    assert [pair["rank"] for pair in pairs] == list(range(1, len(pairs) + 1))
    assert pairs[0]["probability"] > 0.5
    page = tumen("identify", "review", world / "study.toml", "-o", out, "--observer", "O. Kim", "--limit", "5")
    file = Path(page.out.strip())
    assert (file.parent, file.name.startswith("review-O-Kim"), file.suffix) == (out, True, ".html")
    html = file.read_text(encoding="utf-8")
    assert "O. Kim" in html
    assert "genotypeProbability" not in html
    assert "logRatio" not in html


def samples_are_with_their_animal(world, out):
    found = pl.read_csv(out / "genotype_animals.csv").select("animal", sample=pl.col("sampleIDs").str.split(", "))
    truth = pl.read_csv(world / "truth" / "genetic_samples.csv").filter(pl.col("otherTruthID").is_null())
    named = found.explode("sample").join(
        truth.select(sample=pl.concat_str("party", pl.lit("/"), "sampleID"), animalTrue="truthID"), on="sample"
    )
    pairs = named.join(named, how="cross", suffix="Other").filter(pl.col("sample") < pl.col("sampleOther"))
    same, together = pl.col("animalTrue") == pl.col("animalTrueOther"), pl.col("animal") == pl.col("animalOther")
    counted = pairs.select(
        merged=(together & ~same).sum(), split=(~together & same).sum(), true=same.sum(), pairs=pl.len()
    ).row(0, named=True)
    assert counted["merged"] <= 0.01 * counted["pairs"]
    assert counted["split"] <= 0.15 * counted["true"]


def test_proposals_without_evidence_name_the_step_that_is_missing(tumen, world, tmp_path):
    said = tumen("identify", "proposals", world / "study.toml", "-o", tmp_path / "empty")
    assert said.code == 2
    assert "tumen identify photos" in said.err


def test_results_in_a_package_are_refused(tumen, world):
    said = tumen("identify", "genotypes", world / "study.toml", "-o", world / "packages" / "north-reserve" / "x")
    assert said.code == 2
    assert "outside the packages" in said.err


@pytest.mark.parametrize(
    "command",
    ["photos", "genotypes", "proposals", "review", "apply", "agree", "disagree", "split", "undo", "names", "history"],
)
def test_every_command_has_help_with_an_example(tumen, command):
    said = tumen("identify", command, "--help")
    assert said.code == 0
    assert f"tumen identify {command}" in said.out
