"""Will they last: histories under joint names, models compared, and what cannot be told said."""

from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest
from tests.tasks.border_worlds import camera, grid_survey, in_one, pooled, sighting

from tumen.errors import MisuseError, StudyError
from tumen.population.survival.fit import fit
from tumen.population.survival.histories import histories
from tumen.population.survival.models import Model
from tumen.report import population
from tumen.report.survival import sentences
from tumen.report.survival import survival as section
from tumen.report.words import Words
from tumen.tasks.survival import answers
from tumen.tasks.written import table_bytes

WINTERS = [[f"{year}-12-01", f"{year + 1}-02-28"] for year in range(2010, 2015)]
FIRST, LAST = datetime(2010, 12, 1, tzinfo=UTC), datetime(2015, 3, 1, tzinfo=UTC)
LIVES = {
    "L01": "11010", "L02": "01100", "L03": "11111", "L04": "10100", "L05": "01011", "L06": "00110", "L07": "11000",
    "L08": "10000", "L09": "01110", "L10": "00101", "L11": "10110", "L12": "00010", "L13": "01101", "L14": "11100",
}  # fmt: skip


def observed(lives, prefix="o", sexes=None, stage=None):
    """A sighting in the January of every winter in which the animal was seen."""
    return [
        sighting(
            f"{prefix}{animal}-{winter}",
            "c1",
            animal,
            datetime(2011 + winter, 1, 15, tzinfo=UTC),
            sex=(sexes or {}).get(animal),
            stage=stage,
        )
        for animal, life in lives.items()
        for winter, seen in enumerate(life)
        if seen == "1"
    ]


def winters(rows, **keys):
    return in_one([camera("c1", 3, 0, FIRST, LAST)], rows, **keys)


def answer(folder, monkeypatch, packages, survival, **sections):
    (one,) = answers(pooled(folder, monkeypatch, packages, survival=survival, **sections))
    return one


def test_the_models_are_those_of_the_library_on_the_same_histories(tmp_path, monkeypatch):
    found = answer(tmp_path, monkeypatch, [winters(observed(LIVES))], {"sessions": WINTERS, "phi": ["1"], "p": ["1"]})
    names = [f"{n}" for n in range(5)]
    seen = [(animal, names[k]) for animal, life in LIVES.items() for k, one in enumerate(life) if one == "1"]

    times = [datetime(2010 + n, 12, 1, tzinfo=UTC) for n in range(5)]
    data, _ = histories(
        pl.DataFrame(seen, schema=["individualID", "occasion"], orient="row"),
        pl.DataFrame({"occasion": names, "time": times}),
    )
    own = fit(data, Model())
    row = found.tables["models"].row(0, named=True)
    # Winters are a leap day apart at most.
    assert row["logLik"] == pytest.approx(own.log_likelihood, abs=1e-3)
    assert (row["parameters"], row["weight"], row["status"]) == (2, 1.0, "converged")
    assert found.tables["survival"]["estimate"].n_unique() == 1
    assert found.tables["survival"]["year"].to_list() == ["2010–2011", "2011–2012", "2012–2013", "2013–2014"]
    assert found.tables["histories"]["animals"].to_list() == [
        sum(life[k] == "1" for life in LIVES.values()) for k in range(5)
    ]
    population.check([found])


def test_an_animal_of_two_parties_lives_one_life(tmp_path, monkeypatch):
    north = winters(observed({**LIVES, "L20": "11000"}))
    east = in_one(
        [camera("e1", -3, 0, FIRST, LAST)],
        [{**row, "deploymentID": "e1"} for row in observed({"T7": "00011"}, prefix="e")],
        party="east-university",
        name="east",
    )
    head = "linkID,party,individualID,otherParty,otherIndividualID,verdict,certainty,evidence,observer,decidedAt"
    line = "k1,north-reserve,L20,east-university,T7,same,certain,both flanks,O. Kim,2015-04-01T00:00:00Z"
    (tmp_path / "links.csv").write_text(f"{head}\n{line}\n")
    asked = {"sessions": WINTERS}
    apart = answer(tmp_path, monkeypatch, [north, east], asked)
    joined = answer(tmp_path, monkeypatch, [north, east], asked, register={"links": "links.csv"})
    assert apart.parameters["animals"] == joined.parameters["animals"] + 1
    assert joined.tables["survival"]["estimate"][0] > apart.tables["survival"]["estimate"][0]


def test_dependent_young_have_no_history(tmp_path, monkeypatch):
    cubs = observed({"K1": "10000", "K2": "01000"}, prefix="k", stage="juvenile")
    found = answer(tmp_path, monkeypatch, [winters(observed(LIVES) + cubs)], {"sessions": WINTERS})
    assert found.parameters["animals"] == len(LIVES)
    assert [note.arguments["young"] for note in found.notes if note.code == "survival-of-grown-animals"] == [2]


def test_where_all_lived_survival_is_one_with_an_interval_below(tmp_path, monkeypatch):
    lives = {f"L{n}": "11111" if n % 3 else "10111" for n in range(12)}
    found = answer(tmp_path, monkeypatch, [winters(observed(lives))], {"sessions": WINTERS, "p": ["1"]})
    row = found.tables["survival"].row(0, named=True)
    assert row["estimate"] == pytest.approx(1.0, abs=1e-3)
    assert row["se"] is None
    assert 0.5 < row["low"] < 1.0
    assert row["status"] == "survival-boundary"
    assert "survival-boundary" in found.findings["code"]


def test_where_nobody_was_missed_the_number_of_animals_has_no_interval(tmp_path, monkeypatch):
    lives = {f"L{n}": "11111" for n in range(10)} | {"L20": "11000", "L21": "00011"}
    found = answer(tmp_path, monkeypatch, [winters(observed(lives))], {"sessions": WINTERS, "phi": ["1"], "p": ["1"]})
    numbers = found.tables["population"].filter(quantity="N")
    assert numbers["estimate"].is_between(9.9, 11.1).all()
    assert set(numbers["status"]) == {"survival-boundary"}
    assert numbers["low"].null_count() == 5


def test_what_the_last_winter_cannot_tell_is_null_and_not_zero(tmp_path, monkeypatch):
    asked = {"sessions": WINTERS, "phi": ["time"], "p": ["time"]}
    found = answer(tmp_path, monkeypatch, [winters(observed(LIVES))], asked)
    last = found.tables["survival"].row(-1, named=True)
    assert (last["estimate"], last["status"]) == (None, "survival-confounded")
    assert found.tables["survival"]["estimate"][0] is not None


@pytest.mark.parametrize(("sessions", "code"), [(WINTERS[:1], "survival-one-occasion"), (WINTERS[:2], None)])
def test_one_or_two_winters_are_a_stated_result(tmp_path, monkeypatch, sessions, code):
    found = answer(tmp_path, monkeypatch, [winters(observed(LIVES))], {"sessions": sessions})
    assert found.tables["survival"]["estimate"].drop_nulls().is_empty()
    assert found.tables["survival"].height == len(sessions) - 1
    if code:
        assert code in found.findings["code"]
        assert set(found.tables["models"]["status"]) == {code}
    else:
        assert set(found.tables["survival"]["status"]) == {"survival-confounded"}


def test_a_species_that_nobody_saw_is_a_stated_result(tmp_path, monkeypatch):
    asked = {"sessions": WINTERS, "species": ["Panthera tigris"]}
    found = answer(tmp_path, monkeypatch, [winters(observed(LIVES))], asked)
    assert "survival-no-animals" in found.findings["code"]
    assert found.tables["population"]["estimate"].drop_nulls().is_empty()
    population.check([found])


def test_a_study_without_sessions_is_refused(tmp_path, monkeypatch):
    with pytest.raises(StudyError, match=r"sessions in \[survival\] or \[density\]"):
        answer(tmp_path, monkeypatch, [winters(observed(LIVES))], {})


def test_the_sessions_of_density_serve(tmp_path, monkeypatch):
    found = answer(tmp_path, monkeypatch, [winters(observed(LIVES))], {}, density={"sessions": WINTERS})
    assert found.parameters["sessions"] == 5


def test_sessions_are_told_in_any_order(tmp_path, monkeypatch):
    whole = pooled(tmp_path, monkeypatch, [winters(observed(LIVES))], survival={"sessions": WINTERS})
    turned = {**whole.study.survival, "sessions": tuple(reversed(whole.study.survival["sessions"]))}
    (one,), (other,) = answers(whole), answers(replace(whole, study=replace(whole.study, survival=turned)))
    assert one.tables["population"].equals(other.tables["population"])


def test_sessions_that_share_days_are_refused(tmp_path, monkeypatch):
    whole = pooled(tmp_path, monkeypatch, [winters(observed(LIVES))], survival={"sessions": WINTERS})
    first, second, *rest = whole.study.survival["sessions"]
    shared = {**whole.study.survival, "sessions": (first, (first[1], second[1]), *rest)}
    with pytest.raises(MisuseError, match="sessions that do not share time"):
        answers(replace(whole, study=replace(whole.study, survival=shared)))
    asked = {"sessions": [WINTERS[0], [WINTERS[0][1], WINTERS[1][1]]]}
    with pytest.raises(StudyError, match="sessions that share no day"):
        answer(tmp_path, monkeypatch, [winters(observed(LIVES))], asked)


def test_where_nobody_was_seen_again_there_is_no_number_either(tmp_path, monkeypatch):
    lives = {f"L{n}": ("10000", "01000", "00010")[n % 3] for n in range(12)}
    found = answer(tmp_path, monkeypatch, [winters(observed(lives))], {"sessions": WINTERS})
    assert "survival-no-recaptures" in found.findings["code"]
    for name in ("survival", "population"):
        assert found.tables[name]["estimate"].drop_nulls().is_empty()
        assert set(found.tables[name]["status"]) == {"survival-no-recaptures"}
    assert set(found.tables["models"]["status"]) == {"survival-no-recaptures"}


def test_two_winters_tell_growth_but_no_numbers(tmp_path, monkeypatch):
    found = answer(tmp_path, monkeypatch, [winters(observed(LIVES))], {"sessions": WINTERS[:2]})
    table = found.tables["population"]
    unknown = table.filter(pl.col("quantity").is_in(["N", "births"]))
    assert unknown["estimate"].null_count() == unknown.height == 3
    assert set(unknown["status"]) == {"survival-confounded"}
    growth = table.filter(quantity="lambda").row(0, named=True)
    counts = [sum(life[k] == "1" for life in LIVES.values()) for k in (0, 1)]
    assert growth["estimate"] == pytest.approx(counts[1] / counts[0], rel=0.02)
    assert growth["status"] == "estimable"
    by_winter = {"sessions": WINTERS[:2], "p": ["time"]}
    free = answer(tmp_path, monkeypatch, [winters(observed(LIVES))], by_winter)
    assert free.tables["population"]["estimate"].drop_nulls().is_empty()
    assert "could not be estimated" in section(free, (), Words("en"))[0].text


def test_no_fewer_animals_than_were_seen_are_inside_an_interval(tmp_path, monkeypatch):
    lives = {f"always{n}": "11111" for n in range(6)}
    asked = {"sessions": WINTERS, "phi": ["1"], "p": ["1"]}
    found = answer(tmp_path, monkeypatch, [winters(observed(lives | LIVES))], asked)
    numbers = found.tables["population"].filter(quantity="N").with_columns(seen=found.tables["histories"]["animals"])
    assert set(numbers["status"]) == {"estimable"}
    assert (numbers["low"] > numbers["seen"]).all()
    assert (
        numbers.select((pl.col("low") < pl.col("estimate")) & (pl.col("estimate") < pl.col("high"))).to_series().all()
    )
    row = numbers.row(2, named=True)
    excess = row["estimate"] - row["seen"]
    assert excess**2 == pytest.approx((row["low"] - row["seen"]) * (row["high"] - row["seen"]))


def test_one_animal_is_too_little_and_no_model_of_it_counts_as_used(tmp_path, monkeypatch):
    found = answer(tmp_path, monkeypatch, [winters(observed({"L1": "11110"}))], {"sessions": WINTERS[:4]})
    assert {"survival-one-animal", "survival-few-sightings"} <= set(found.findings["code"])
    for name in ("survival", "population", "models", "populationModels"):
        assert set(found.tables[name]["status"]) == {"survival-few-sightings"}, name
    assert found.tables["population"]["estimate"].drop_nulls().is_empty()
    population.check([found])


def test_the_opening_is_not_about_a_winter_without_cameras(tmp_path, monkeypatch):
    stood = [camera("c1", 3, 0, FIRST, datetime(2014, 6, 1, tzinfo=UTC))]
    lives = {name: life[:4] + "0" for name, life in LIVES.items() if "1" in life[:4]}
    asked = {"sessions": WINTERS, "phi": ["1"], "p": ["1"]}
    found = answer(tmp_path, monkeypatch, [in_one(stood, observed(lives))], asked)
    assert found.tables["histories"]["cameraDays"].to_list()[-1] == 0
    assert found.tables["population"].filter(quantity="N", year="2014")["estimate"].item() > 0
    assert sentences(found, Words("en"))[-1].startswith("Estimated number of animals in 2013: ")


def test_sessions_in_one_month_have_names_of_their_own(tmp_path, monkeypatch):
    fortnights = [["2011-01-01", "2011-01-14"], ["2011-01-15", "2011-01-31"]]
    found = answer(tmp_path, monkeypatch, [winters(observed(LIVES))], {"sessions": fortnights})
    assert found.tables["histories"]["session"].to_list() == ["2011-01-01–2011-01-14", "2011-01-15–2011-01-31"]
    assert found.tables["histories"]["year"].to_list() == ["2011-01-01", "2011-01-15"]


def test_a_formula_that_means_nothing_is_refused(tmp_path, monkeypatch):
    with pytest.raises(StudyError, match="formulas in"):
        answer(tmp_path, monkeypatch, [winters(observed(LIVES))], {"sessions": WINTERS, "phi": ["weather"]})


def test_the_sexes_are_apart_where_there_are_enough_of_each(tmp_path, monkeypatch):
    sexes = {name: "female" if n % 2 else "male" for n, name in enumerate(LIVES)}
    found = answer(tmp_path, monkeypatch, [winters(observed(LIVES, sexes=sexes))], {"sessions": WINTERS})
    assert set(found.tables["survival"]["sex"]) == {"female", "male"}
    assert any("sex" in model for model in found.tables["models"]["model"])


def test_a_winter_without_cameras_is_no_winter_without_animals(tmp_path, monkeypatch):
    lives = {name: life[:2] + "0" + life[3:] for name, life in LIVES.items()}
    first = camera("c1", 3, 0, FIRST, datetime(2012, 6, 1, tzinfo=UTC))
    later = {**camera("c2", 3, 0, datetime(2013, 6, 1, tzinfo=UTC), LAST)}
    rows = [{**row, "deploymentID": "c1" if row["eventStart"] < "2013" else "c2"} for row in observed(lives)]
    found = answer(
        tmp_path, monkeypatch, [in_one([first, later], rows)], {"sessions": WINTERS, "phi": ["1"], "p": ["1"]}
    )
    idle = found.tables["detection"].filter(year="2012").row(0, named=True)
    assert (idle["estimate"], idle["status"]) == (None, "survival-occasion-idle")
    assert found.tables["histories"]["cameraDays"][2] == 0


def test_unknown_effort_is_said_and_not_used(tmp_path, monkeypatch):
    unknown = {**camera("c2", 4, 0, FIRST, LAST), "deploymentEnd": None}
    package = in_one([camera("c1", 3, 0, FIRST, LAST), unknown], observed(LIVES))
    found = answer(tmp_path, monkeypatch, [package], {"sessions": WINTERS})
    assert "survival-effort-unknown" in {note.code for note in found.notes}
    assert not any("effort" in model for model in found.tables["models"]["model"])
    assert found.tables["histories"]["cameraDays"].null_count() == 5


def test_a_bootstrap_gives_the_inflation_and_the_same_bytes_again(tmp_path, monkeypatch):
    asked = {"sessions": WINTERS, "phi": ["1"], "p": ["1", "time"], "bootstraps": 30}
    first, again = (answer(tmp_path, monkeypatch, [winters(observed(LIVES))], asked) for _ in range(2))
    row = first.tables["goodness"].filter(test="bootstrap").row(0, named=True)
    assert 0 < row["p"] <= 1
    assert row["inflation"] >= 1
    assert first.parameters["inflation"] == row["inflation"]
    for name, table in first.tables.items():
        assert table_bytes(table) == table_bytes(again.tables[name]), name


def test_a_spatial_model_says_survival_and_numbers(tmp_path, monkeypatch):
    stood, rows = grid_survey(nights=90, animals=12)
    asked = {
        "sessions": [["2014-01-01", "2014-01-30"], ["2014-02-01", "2014-02-28"], ["2014-03-01", "2014-03-30"]],
        "spatial": "static",
        "spacing": 2500,
        "buffer": 7000,
        "phi": ["1"],
        "p": ["1"],
    }
    found = answer(tmp_path, monkeypatch, [in_one(stood, rows)], asked)
    table = found.tables["spatial"]
    sigma = table.filter(parameter="sigma").row(0, named=True)
    assert sigma["low"] < 2000 < sigma["high"]
    assert table.filter(parameter="N")["session"].n_unique() == 3
    assert (table.filter(parameter="D")["estimate"] > 0).sum() == 3
    population.check([found])
