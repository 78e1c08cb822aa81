"""Identity error in the transborder table: what is certain stays, what may be wrong gets an interval."""

from dataclasses import replace

import polars as pl
import pytest

from tumen.errors import StudyError
from tumen.tasks import crossings
from tumen.tasks.pool import pool
from tumen.tasks.simulate import Asked, simulate
from tumen.tasks.study import read_study

EVENT = (
    "eventID,kind,party,individualID,otherParty,otherIndividualID,observer,role,blind,probability,evidence,decidedAt\n"
)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world") / "small"
    simulate("lower-tumen", folder, seed=16, asked=Asked(small=True, unlinked=True))
    return read_study(folder / "study.toml")


def judged(study, probability):
    """Write a register in which two names of one animal wait for an adjudicator."""
    names = pl.read_csv(study.path.parent / "truth" / "names.csv", infer_schema=False)
    both = names.join(names, on="truthID", suffix="Other").filter(pl.col("party") < pl.col("partyOther"))
    party, name, _, other, other_name = both.sort("party", "individualID").row(0)
    rows = [
        f"e{number},agree,{party},{name},{other},{other_name},{who},observer,true,{probability},left flank,"
        f"2015-0{number}-01T00:00:00Z"
        for number, who in ((1, "O. Kim"), (2, "A. Ivanova"))
    ]
    study.events.write_text(EVENT + "\n".join(rows) + "\n")
    found = pool(replace(study, draws=100))
    answer = crossings.answer(found)
    species = names.join(found.register.known, on=["party", "individualID"]).filter(
        pl.col("party") == party, pl.col("individualID") == name
    )["scientificName"][0]
    row = answer.tables["identityError"].filter(scientificName=species, quantity="union")
    return row.row(0, named=True), answer


@pytest.fixture(scope="module")
def perhaps(study):
    """The answer where a link is as likely true as not."""
    return judged(study, 0.5)


def test_a_link_that_may_be_true_widens_the_number_of_animals(perhaps):
    row, _ = perhaps
    assert row["high"] == row["recorded"]
    assert row["low"] == row["recorded"] - 1
    assert row["draws"] == 100


def test_a_link_that_is_hardly_true_changes_nothing(study):
    row, _ = judged(study, 0.0001)
    assert (row["low"], row["median"], row["high"]) == (row["recorded"],) * 3


def test_where_nobody_knows_how_often_observers_err_a_note_says_so(perhaps):
    _, answer = perhaps
    codes = {note.code for note in answer.notes}
    assert {"identity-error-carried", "identity-error-names-right"} <= codes


def test_a_study_that_asks_for_no_draws_has_no_such_table(study):
    assert "identityError" not in crossings.answer(pool(study)).tables


def test_judgements_on_known_animals_give_the_error_rates(study, tmp_path):
    file = tmp_path / "training.csv"
    judgements = [("O. Kim", f"m{k}", f"zoo-{k % 4}", f"{k % 4}" if k else "ghost") for k in range(16)]
    file.write_text("observer,object,animal,name\n" + "".join(",".join(row) + "\n" for row in judgements))
    study.events.unlink(missing_ok=True)
    answer = crossings.answer(pool(replace(study, draws=50, training=file)))
    table = answer.tables["identityError"].filter(quantity="union")
    assert "identity-error-names-right" not in {note.code for note in answer.notes}
    # One name in sixteen was a ghost: some of the recorded animals may be others seen before.
    assert (table["low"] < table["recorded"]).any()
    assert (table["low"] <= table["median"]).all()


def test_a_file_of_training_without_its_columns_is_refused(study, tmp_path):
    file = tmp_path / "training.csv"
    file.write_text("observer,animal\nO. Kim,zoo-1\n")
    with pytest.raises(StudyError, match="object"):
        crossings.answer(pool(replace(study, draws=50, training=file)))
