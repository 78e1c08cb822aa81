"""Which pairs should people look at, and in which order?"""

import math
from datetime import UTC, date, datetime
from itertools import permutations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.errors import ColumnError, MisuseError
from tumen.individuals.place_time import PAIR, PLACE_TIME
from tumen.individuals.proposals import FACTS, GENOTYPE_EVIDENCE, PHOTO_EVIDENCE, PROPOSALS, proposals

SETTLED = dict.fromkeys(PAIR, pl.String)


def pair(one="T7", other="22"):
    """north/T7 and south/22."""
    return ("north", "individual", one, "south", "individual", other)


def photo(*rows):
    """Rows as (pair, flank, rank, probability)."""
    filled = [(*p, "Panthera tigris", flank, rank, probability) for p, flank, rank, probability in rows]
    return pl.DataFrame(filled, schema=PHOTO_EVIDENCE, orient="row")


def genes(*rows):
    """Rows as (pair, loci, probability, relation, sexes)."""
    filled = [(*p, f"s{n}", f"t{n}", *rest) for n, (p, *rest) in enumerate(rows)]
    return pl.DataFrame(filled, schema=GENOTYPE_EVIDENCE, orient="row")


def where(p, *, impossible):
    return pl.DataFrame([(*p, 12.5, 0.25, 31.0, 12.4, 0.3, impossible, 3, 4)], schema=PLACE_TIME, orient="row")


def facts(*subjects, **values):
    """Subjects as "party/name"; the values are lists in their order."""
    rows = [
        {
            **dict(zip(("party", "subjectID"), name.split("/"), strict=True)),
            "kind": "individual",
            **{column: given[number] for column, given in values.items()},
        }
        for number, name in enumerate(subjects)
    ]
    return pl.DataFrame(rows, schema=FACTS)


def proposed(photos=None, genotypes=None, places=None, known=None, settled=None, **options):
    return proposals(
        photo() if photos is None else photos,
        genes() if genotypes is None else genotypes,
        pl.DataFrame(schema=PLACE_TIME) if places is None else places,
        facts() if known is None else known,
        pl.DataFrame(settled or [], schema=SETTLED, orient="row"),
        **options,
    )


def only(*evidence, **options):
    return proposed(*evidence, **options).table.row(0, named=True)


CAT = "Panthera tigris"


def test_a_photograph_moves_what_genotypes_say_by_its_likelihood_ratio():
    row = only(photo((pair(), "left", 1, 0.5)), genes((pair(), 10, 0.5, "same", None)))
    odds = 1 * 99  # 0.5, learnt where one pair in a hundred is true, raises odds 99-fold
    assert row["probability"] == pytest.approx(odds / (1 + odds))
    assert (row["photoProbability"], row["genotypeProbability"]) == (pytest.approx(0.5), 0.5)


def test_a_photograph_as_probable_as_any_pair_says_nothing():
    row = only(photo((pair(), "left", 1, 0.3)), genes((pair(), 10, 0.05, "undecided", None)), shares={CAT: 0.3})
    assert row["probability"] == pytest.approx(0.05)


def test_one_kind_of_evidence_alone_keeps_its_own_probability():
    assert only(photo((pair(), "left", 1, 0.3)), shares={CAT: 0.2})["probability"] == pytest.approx(0.3)
    assert only(None, genes((pair(), 10, 0.7, "undecided", None)), shares={CAT: 0.2})["probability"] == pytest.approx(
        0.7
    )


def test_evidence_that_is_missing_adds_nothing():
    alone = only(photo((pair(), "left", 1, 0.5)))
    with_null = only(photo((pair(), "left", 1, 0.5)), genes((pair(), 3, None, "undecided", None)))
    assert alone["probability"] == with_null["probability"] == pytest.approx(0.5)
    assert with_null["genotypeProbability"] is None


def test_without_any_probability_there_is_none():
    row = only(photo((pair(), "left", 3, None)))
    assert (row["probability"], row["photoProbability"], row["photoRank"]) == (None, None, 3)


def test_two_flanks_speak_one_after_the_other():
    row = only(photo((pair(), "right", 2, 0.5), (pair(), "left", 1, 0.5)))
    odds = 0.01 / 0.99 * 99 * 99
    assert row["photoProbability"] == pytest.approx(odds / (1 + odds))
    assert (row["photoFlanks"], row["photoRank"]) == ("left|right", 1)


def test_a_view_that_is_not_known_counts_only_alone():
    row = only(photo((pair(), "left", 4, 0.3), (pair(), None, 1, 0.9)))
    assert (row["photoProbability"], row["photoFlanks"], row["photoRank"]) == (pytest.approx(0.3), "left", 4)
    assert only(photo((pair(), None, 1, 0.9)))["photoProbability"] == pytest.approx(0.9)


def test_one_pattern_is_counted_once():
    row = only(photo((pair(), "left", 2, 0.5), (pair(), "left", 1, 0.4)))
    assert row["photoProbability"] == pytest.approx(0.5)


def test_samples_of_one_animal_are_not_counted_twice():
    row = only(None, genes((pair(), 6, 0.99, "same", None), (pair(), 12, 0.4, "fullSibling", None)))
    assert (row["genotypeProbability"], row["genotypeRelation"]) == (0.4, "fullSibling")


def test_certainty_is_bounded_and_finite():
    row = only(photo((pair(), "left", 1, 1.0)), genes((pair(), 9, 0.0, "unrelated", None)))
    assert math.isfinite(row["probability"])
    assert row["probability"] == pytest.approx(
        0.99, abs=0.01
    )  # two sure and contrary kinds leave the share of truth out


@pytest.mark.parametrize("share", [0.0, 1.0, -0.2])
def test_a_prior_that_nothing_can_move_is_refused(share):
    with pytest.raises(MisuseError, match="between 0 and 1"):
        only(photo((pair(), "left", 1, 0.3)), shares={CAT: share})


def test_pairs_on_which_the_register_decided_are_left_out_and_counted():
    turned = (*pair()[3:], *pair()[:3])
    found = proposed(photo((pair(), "left", 1, 0.5), (pair("T8"), "left", 1, 0.5)), settled=[turned])
    assert found.table["subjectID"].to_list() == ["T8"]
    assert found.settled == 1


def test_a_pair_may_be_written_either_way():
    turned = (*pair()[3:], *pair()[:3])
    found = proposed(photo((turned, "left", 1, 0.5)), genes((pair(), 9, 0.5, "same", None)))
    assert found.table.height == 1
    assert found.table.row(0)[:6] == pair()


def test_place_and_time_alone_propose_nobody():
    assert proposed(places=where(pair(), impossible=True)).table.is_empty()


def test_place_and_time_are_shown_and_hide_nothing():
    row = only(photo((pair(), "left", 1, 0.5)), None, where(pair(), impossible=True))
    assert (row["kmApart"], row["daysApart"], row["speed"]) == (12.5, 0.25, 31.0)
    assert row["contradictions"] == "two-places-at-once"
    assert row["probability"] == pytest.approx(0.5)


BOTH = ("north/T7", "south/22")
EARLY, LATE = datetime(2014, 5, 1, tzinfo=UTC), datetime(2014, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("species-differ", {"scientificName": ["Panthera tigris", "Panthera pardus"]}),
        ("sexes-differ", {"sex": ["female", "male"]}),
        ("dead-before", {"deathDate": [date(2014, 6, 1), None], "lastSeen": [EARLY, LATE]}),
        ("dead-before", {"deathDate": [None, date(2010, 6, 1)], "birthDate": [date(2011, 1, 1), None]}),
        ("born-after", {"birthDate": [date(2014, 6, 1), None], "firstSeen": [LATE, EARLY]}),
        ("births-differ", {"birthDate": [date(2013, 6, 1), date(2013, 6, 3)]}),
        ("opposite-flanks", {"knownFlanks": ["left", "right"]}),
    ],
)
def test_records_that_contradict_each_other_are_named(code, values):
    assert only(photo((pair(), "left", 1, 0.5)), known=facts(*BOTH, **values))["contradictions"] == code


@pytest.mark.parametrize(
    "values",
    [
        {"scientificName": ["Panthera pardus", "Panthera pardus orientalis"]},
        {"sex": ["female", None]},
        {"sex": ["male", "male"]},
        {"deathDate": [date(2014, 6, 1), None], "lastSeen": [EARLY, EARLY]},
        {"deathDate": [date(2014, 8, 30), None], "lastSeen": [EARLY, LATE]},
        {"birthDate": [date(2014, 4, 1), None], "firstSeen": [LATE, EARLY]},
        {"birthDate": [date(2013, 6, 1), date(2013, 6, 2)]},
        {"knownFlanks": ["left", "both"]},
        {"knownFlanks": ["left", None]},
    ],
)
def test_records_that_can_be_of_one_animal_are_not(values):
    assert only(photo((pair(), "left", 1, 0.5)), known=facts(*BOTH, **values))["contradictions"] == ""


def test_a_subject_recorded_as_two_sexes_has_none():
    known = facts("north/T7", "north/T7", "south/22", sex=["female", "male", "male"])
    assert only(photo((pair(), "left", 1, 0.5)), known=known)["contradictions"] == ""


@pytest.mark.parametrize(
    ("photo_says", "gene_says", "relation", "code"),
    [
        (0.95, 0.05, "unrelated", "photos-same-genes-differ"),
        (0.95, 0.40, "fullSibling", "photos-same-genes-differ"),
        (0.05, 0.95, "same", "genes-same-photos-differ"),
        (0.95, 0.40, "undecided", ""),
        (0.95, 0.95, "same", ""),
        (0.60, 0.05, "unrelated", ""),
    ],
)
def test_photographs_and_genes_that_disagree_are_shown_never_averaged(photo_says, gene_says, relation, code):
    row = only(photo((pair(), "left", 1, photo_says)), genes((pair(), 12, gene_says, relation, None)))
    assert row["contradictions"] == code
    assert (row["photoProbability"], row["genotypeProbability"]) == (pytest.approx(photo_says), gene_says)


def test_sexes_by_genes_and_flanks_that_disagree():
    row = only(
        photo((pair(), "left", 1, 0.95), (pair(), "right", 7, 0.02)), genes((pair(), 9, 0.6, "same", "female, male"))
    )
    assert row["contradictions"] == "genes-sexes-differ|flanks-disagree"


def test_contradictions_come_first_where_something_says_same():
    photos = photo(
        (pair("A"), "left", 1, 0.99),
        (pair("B"), "left", 1, 0.60),
        (pair("C"), "left", 1, 0.02),
        (pair("D"), "left", 1, None),
        (pair("E"), "left", 5, None),
        (pair("F"), "left", 1, None),
    )
    sexes = ["male", "female", "female", None, None, "female", "male"]
    known = facts("north/A", "north/B", "north/C", "north/D", "north/E", "north/F", "south/22", sex=sexes)
    found = proposed(photos, known=known).table
    # B and F are contradicted and something says same; C is contradicted as well, and nothing says same.
    assert found["subjectID"].to_list() == ["B", "F", "A", "C", "D", "E"]
    assert found["rank"].to_list() == [1, 2, 3, 4, 5, 6]
    assert found.filter(pl.col("subjectID") == "C")["contradictions"].item() == "sexes-differ"


def test_the_order_of_rows_does_not_matter():
    rows = [(pair("A"), "left", 1, 0.5), (pair("B"), "left", 1, 0.5), (pair("A"), "right", 2, 0.2)]
    tables = [proposed(photo(*some)).table for some in permutations(rows)]
    assert all(table.equals(tables[0]) for table in tables)
    assert dict(tables[0].schema) == PROPOSALS


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(ColumnError, match="photo_evidence needs column 'rank'"):
        proposed(photo().drop("rank"))


@given(st.floats(0.001, 0.999), st.floats(0.001, 0.999), st.floats(0.001, 0.5))
def test_more_evidence_for_it_never_makes_it_less_probable(one, two, prior):
    low, high = sorted((one, two))
    first = only(photo((pair(), "left", 1, low)), shares={CAT: prior})["probability"]
    second = only(photo((pair(), "left", 1, high)), shares={CAT: prior})["probability"]
    assert first <= second + 1e-12
    assert first == pytest.approx(low, rel=1e-6)
