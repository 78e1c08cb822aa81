import numpy as np
import polars as pl
import pytest

from tumen.errors import ColumnError, MisuseError
from tumen.individuals.genotype_evidence import (
    GENOTYPE_EVIDENCE,
    PAIR,
    SUBJECTS,
    Evidence,
    contradictions,
    evidence,
)
from tumen.individuals.genotype_group import Grouping, Settings, group, identity_of
from tumen.individuals.genotype_matrix import from_arrays

Column = list[tuple[str, str] | None]


def strangers(samples: int, loci: int = 14, seed: int = 1) -> list[Column]:
    rng = np.random.default_rng(seed)
    draw = rng.integers(0, 6, (loci, samples, 2))
    return [[(str(a), str(b)) for a, b in column.tolist()] for column in draw]


def twice(columns: list[Column], sample: int = 0, loci: int = 99) -> list[Column]:
    """Add a second sample of one of the animals, with so many of its loci."""
    return [[*column, column[sample] if number < loci else None] for number, column in enumerate(columns)]


def grouped(columns: list[Column], bound: float = 0.01) -> Grouping:
    return group(from_arrays(*columns), Settings(bound=bound), np.random.default_rng(1))


def whose(*rows: tuple[str, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SUBJECTS, orient="row")


def nobody(samples: int) -> list[tuple[str, str, str | None]]:
    return [(str(number + 1), "north", None) for number in range(samples)]


def codes(found: Evidence) -> list[str]:
    return found.findings["code"].to_list()


def test_two_samples_of_one_animal_are_a_pair_of_two_parties():
    rows = nobody(7)
    rows[0], rows[6] = ("1", "south", "22"), ("7", "north", "T7")
    found = evidence(grouped(twice(strangers(6))), whose(*rows))
    assert dict(found.table.schema) == GENOTYPE_EVIDENCE
    row = found.table.row(0, named=True)
    assert [row[name] for name in PAIR] == ["north", "individual", "T7", "south", "individual", "22"]
    assert (row["sampleID"], row["otherSampleID"]) == ("7", "1")
    assert (row["lociCompared"], row["mismatches"], row["relation"]) == (14, 0, "same")
    assert row["probability"] > 0.99
    assert row["identityAllowed"] is True
    assert row["sexes"] is None
    assert found.findings.is_empty()


def test_mismatches_count_only_where_both_have_the_locus():
    columns = twice(strangers(6))
    a = columns[0][0][0]
    columns[0][6], columns[1][6] = (a, "9"), None
    found = evidence(grouped(columns), whose(*nobody(7)))
    row = found.table.row(0, named=True)
    assert (row["lociCompared"], row["mismatches"]) == (13, 1)


def test_ratios_are_those_of_one_animal_over_each_relation():
    found = evidence(grouped(twice(strangers(6))), whose(*nobody(7)))
    row = found.table.row(0, named=True)
    assert 0 < row["logRatioSibling"] < row["logRatioParent"] < row["logRatioUnrelated"]


def test_identity_is_refused_where_siblings_would_agree_too_often_and_said():
    found = evidence(grouped(twice(strangers(12), loci=8), bound=1e-6), whose(*nobody(13)))
    row = found.table.row(0, named=True)
    assert row["probability"] > 0.5
    assert row["pidSib"] > 1e-6
    assert row["identityAllowed"] is False
    assert codes(found) == ["genotype-identity-refused"]
    assert found.findings["arguments"][0] == '{"count": 1, "times": 1000000}'


def test_identity_at_another_bound():
    columns = twice(strangers(12), loci=4)
    found = evidence(grouped(columns, bound=0.5), whose(*nobody(13)))
    assert found.table.row(0, named=True)["identityAllowed"] is True
    assert "genotype-identity-refused" not in codes(found)


def test_sexes_that_differ_are_shown_and_forbid_identity_and_change_no_probability():
    said = pl.DataFrame({"sampleID": ["1", "7", "2", "7"], "sex": ["female", "male", "male", None]})
    grouping = grouped(twice(strangers(6)))
    without, found = evidence(grouping, whose(*nobody(7))), evidence(grouping, whose(*nobody(7)), sexes=said)
    row = found.table.row(0, named=True)
    assert row["sexes"] == "female, male"
    assert row["identityAllowed"] is False
    assert row["probability"] == without.table["probability"][0]


def test_samples_of_one_animal_by_name_are_no_pair():
    rows = nobody(7)
    rows[0], rows[6] = ("1", "north", "T7"), ("7", "north", "T7")
    assert evidence(grouped(twice(strangers(6))), whose(*rows)).table.is_empty()


def test_one_name_for_two_animals_is_a_finding():
    rows = nobody(6)
    rows[0], rows[1] = ("1", "north", "T7"), ("2", "north", "T7")
    found = evidence(grouped(strangers(6)), whose(*rows))
    assert codes(found) == ["genotype-name-differs"]
    assert found.findings.select("value", "arguments").row(0) == (
        "1",
        '{"individualID": "T7", "other": "2", "probability": "0.0"}',
    )


def test_the_same_name_of_two_parties_is_a_pair():
    rows = nobody(7)
    rows[0], rows[6] = ("1", "south", "T7"), ("7", "north", "T7")
    assert evidence(grouped(twice(strangers(6))), whose(*rows)).table.height == 1


def test_a_pair_that_was_asked_for_is_written_whatever_it_says():
    rows = nobody(6)
    rows[0], rows[1] = ("1", "south", "22"), ("2", "north", "T7")
    asked = pl.DataFrame([("south", "individual", "22", "north", "individual", "T7")], schema=list(PAIR), orient="row")
    grouping = grouped(strangers(6))
    assert evidence(grouping, whose(*rows)).table.is_empty()
    found = evidence(grouping, whose(*rows), asked=asked).table
    assert found.select("subjectID", "otherID", "sampleID").rows() == [("T7", "22", "2")]
    assert found["probability"][0] < 0.01


def test_a_sample_of_nobody_and_one_without_loci_are_findings():
    columns = [[*column, None] for column in strangers(3)]
    found = evidence(grouped(columns), whose(*nobody(3)))
    assert codes(found) == ["genotype-subject-unknown", "genotype-no-loci"]
    assert found.findings["value"][0] == "4"
    assert found.findings["arguments"][1] == '{"count": 1, "samples": 4}'


def test_a_locus_that_nobody_has_changes_no_evidence():
    rows = nobody(7)
    plain, more = (evidence(grouped(twice(c)), whose(*rows)) for c in (strangers(6), [*strangers(6), [None] * 6]))
    assert plain.table.height
    assert more.table.equals(plain.table)


def test_samples_of_which_no_locus_is_known_are_said_and_no_pair():
    found = evidence(grouped([[None] * 3] * 2), whose(*nobody(3)))
    assert found.table.height == 0
    assert codes(found) == ["genotype-no-loci"]
    named = evidence(grouped([[None] * 2]), whose(("1", "north", "T7"), ("2", "north", "T7")))
    assert named.table.height == 0


def test_a_sample_keeps_its_partys_own_name():
    grouping = grouped(twice(strangers(6)))
    subjects = whose(*nobody(7)).with_columns(name=pl.format("NR-{}", "sampleID"))
    assert evidence(grouping, subjects).table.select("subjectID", "otherID").rows() == [("NR-1", "NR-7")]


def test_two_subjects_for_one_sample_are_refused():
    with pytest.raises(MisuseError, match="several for 1"):
        evidence(grouped(strangers(2)), whose(("1", "north", None), ("1", "south", None)))


def test_subjects_without_party_are_refused():
    with pytest.raises(ColumnError):
        evidence(grouped(strangers(2)), pl.DataFrame({"sampleID": ["1"]}))


def test_groups_and_pairs_that_disagree_are_findings():
    grouping = grouped(twice(strangers(6)))
    assert contradictions(grouping).is_empty()
    torn = Grouping(**{**vars(grouping), "labels": np.arange(7)})
    found = contradictions(torn)
    assert found["code"].to_list() == ["genotype-pair-apart"]
    assert found["value"][0] == "1"
    assert '"other": "7"' in found["arguments"][0]
    forced = Grouping(**{**vars(grouping), "labels": np.array([0, 0, 2, 3, 4, 5, 0])})
    assert contradictions(forced)["code"].to_list() == ["genotype-group-contradiction"] * 2


def test_identity_of_the_panel_is_that_of_its_frequencies():
    grouping = grouped(strangers(6))
    share = grouping.model.loci[0].frequencies
    two, four = (share**2).sum(), (share**4).sum()
    found = identity_of(grouping)
    assert found["pid"][0] == pytest.approx(2 * two**2 - four)
    assert found["pidSib"][0] == pytest.approx(0.25 + 0.5 * two + 0.5 * two**2 - 0.25 * four)


def test_nothing_gives_an_empty_table():
    grouping = group(from_arrays([("1", "2")]).of(np.arange(0)), Settings(), np.random.default_rng(1))
    found = evidence(grouping, whose())
    assert found.table.is_empty()
    assert dict(found.table.schema) == GENOTYPE_EVIDENCE
