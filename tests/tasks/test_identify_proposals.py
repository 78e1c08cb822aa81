"""The queue of a study: what the register has decided is not asked again."""

import polars as pl
import pytest
from tests.builders import package

from tumen.individuals.place_time import PAIR
from tumen.individuals.register_events import crosswalk_at
from tumen.tables.findings import empty
from tumen.tables.individuals import LINKS, REGISTER_EVENTS
from tumen.tasks.identify_genotypes import samples
from tumen.tasks.identify_proposals import settled, shares
from tumen.tasks.pool import Registered


def pair(one, other):
    party, name = one.split("/")
    other_party, other_name = other.split("/")
    return (party, "individual", name, other_party, "individual", other_name)


def pairs(*some):
    return pl.DataFrame([pair(*each) for each in some], schema=dict.fromkeys(PAIR, pl.String), orient="row")


def registered(*links):
    """A register of links (one, verdict, other, day of September 2015)."""
    names = ["north/T1", "north/T2", "south/1", "south/2", "east/a"]
    known = pl.DataFrame(
        [(*name.split("/"), "Panthera tigris", None) for name in names],
        schema=dict.fromkeys(("party", "individualID", "scientificName", "sex"), pl.String),
        orient="row",
    )
    rows = [
        dict(
            zip(
                ("linkID", "party", "individualID", "otherParty", "otherIndividualID", "verdict"),
                (str(number), *one.split("/"), *other.split("/"), verdict),
                strict=True,
            )
        )
        | {"decidedAt": f"2015-09-{day:02d}"}
        for number, (one, verdict, other, day) in enumerate(links)
    ]
    table = pl.DataFrame(rows, schema={**dict.fromkeys(LINKS.names, pl.String)}) if rows else LINKS.empty()
    if rows:
        table = table.with_columns(
            pl.col("decidedAt").str.to_datetime("%Y-%m-%d", time_zone="UTC", time_unit="us"),
            decidedAt_offset=pl.lit(0, dtype=pl.Int32),
        ).select(*LINKS.dtypes)
    events = REGISTER_EVENTS.empty()
    walk = crosswalk_at(known, table, events)
    return Registered(known=known, links=table, events=events, walk=walk, findings=empty(), digests={})


ASKED = pairs(("north/T1", "south/1"), ("north/T1", "south/2"), ("east/a", "south/1"), ("north/T2", "south/2"))


def left(*links):
    gone = settled(ASKED, registered(*links))
    return [f"{row[0]}/{row[2]} {row[3]}/{row[5]}" for row in ASKED.join(gone, on=PAIR, how="anti").rows()]


def test_without_decisions_every_pair_is_asked():
    assert len(left()) == 4


def test_names_that_are_joined_are_not_asked_again():
    assert "north/T1 south/1" not in left(("north/T1", "same", "south/1", 1))


def test_names_judged_different_in_the_older_links_are_not_asked_again():
    assert "north/T2 south/2" not in left(("south/2", "different", "north/T2", 1))


def test_a_later_link_overrides_an_earlier_one():
    assert "north/T2 south/2" in left(("north/T2", "different", "south/2", 1), ("south/2", "undecided", "north/T2", 2))


def test_what_parts_one_name_parts_its_whole_joint_animal():
    # T1 is 1, and 1 is not a: T1 is not a either.
    said = left(("north/T1", "same", "south/1", 1), ("north/T1", "different", "east/a", 1))
    assert "east/a south/1" not in said
    assert "north/T2 south/2" in said


def test_the_share_of_true_pairs_is_that_of_the_species(tmp_path):
    (tmp_path / "calibration.csv").write_text(
        "scientificName,pairs,same\nPanthera tigris,60,3\nPanthera tigris,40,7\nPanthera pardus,10,0\n"
    )
    assert shares(tmp_path) == {"Panthera tigris": pytest.approx(0.1)}
    assert shares(tmp_path / "nothing") == {}


def test_a_sample_with_two_names_stands_for_itself():
    made = package(
        genotypes=[
            {"sampleID": sample, "laboratory": "lab", "replicate": "1", "locus": "F42", "kind": "size"}
            for sample in ("s1", "s2", "s3")
        ],
        samples=[
            {"sampleID": "s1", "individualID": "T1", "scientificName": "Panthera tigris"},
            {"sampleID": "s2", "individualID": "T1", "scientificName": "Panthera tigris"},
            {"sampleID": "s3", "scientificName": "Panthera tigris"},
        ],
        identifications=[
            {"identificationID": "1", "sampleID": "s1", "individualID": "T2", "certainty": "certain"},
            {"identificationID": "2", "sampleID": "s2", "individualID": "T9", "certainty": "possible"},
            {"identificationID": "3", "sampleID": "s3", "individualID": "T3", "certainty": "probable"},
        ],
    )
    study = type("Study", (), {"species": ()})()
    found = samples([made], study)
    assert dict(found.used.select("name", "individualID").iter_rows()) == {"s1": None, "s2": "T1", "s3": "T3"}
    assert found.findings.select("code", "value").rows() == [("genotype-names-conflict", "s1")]
