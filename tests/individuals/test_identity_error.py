"""How often do observers err, and how many animals are there then?"""

from itertools import product
from math import inf, lgamma

import numpy as np
import polars as pl
import pytest
from benchmarks.identity_error import surveys
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import codes

from tumen.errors import ColumnError, MisuseError
from tumen.individuals.identity_error import EVEN, UNEVEN, animals, error_draws
from tumen.individuals.identity_moves import moves, populations
from tumen.individuals.identity_rates import (
    IDENTITY_RATES,
    error_counts,
    kinds,
    matcher_rates,
    new_observer,
    observer_rates,
    rates_of,
)
from tumen.simulate.misnaming import errors_of_observer, named
from tumen.tables.individuals import IDENTIFICATIONS


def judged(**observers: str) -> pl.DataFrame:
    """Blind judgements of pictures m1, m2, ...: A="xxy" gave the first two one name; "." was only possible."""
    rows = [
        {
            "identificationID": f"{who}{k}",
            "mediaID": f"m{k}",
            "individualID": name,
            "certainty": "possible" if name == "." else "certain",
            "identifiedBy": who,
            "blind": True,
            "method": "photo",
        }
        for who, names in observers.items()
        for k, name in enumerate(names, start=1)
    ]
    columns = {c: [row.get(c) for row in rows] for c in IDENTIFICATIONS.dtypes}
    return pl.DataFrame(columns, schema=IDENTIFICATIONS.dtypes)


def truth(animals: str) -> pl.DataFrame:
    return pl.DataFrame({"object": [f"m{k}" for k in range(1, len(animals) + 1)], "animal": list(animals)})


def counted(rates: pl.DataFrame) -> dict[tuple[str, str], tuple[int, int]]:
    return {(who, kind): (errors, trials) for who, kind, errors, trials in rates[:, :4].rows()}


RATES = rates_of(
    {"observer": "A"}, {"split": 40, "combine": 4, "shift": 4}, {"split": 400, "combine": 400, "shift": 400}
)
ALL = ("split", "combine", "shift")
NONE = rates_of({"observer": "A"}, dict.fromkeys(ALL, 0), dict.fromkeys(ALL, 10**7))


def test_the_four_kinds_of_error():
    animal = pl.Series(list("AAABBBCDD"))
    assert kinds(animal, pl.Series(list("112222233"))).to_list() == [
        *[None, None, "shift"], *[None] * 3, "combine", None, None,
    ]  # fmt: skip
    assert kinds(animal, pl.Series(list("118222433"))).to_list() == [None, None, "split", *[None] * 6]
    assert kinds(animal, pl.Series([*"11", None, *"222433"])).to_list() == [None, None, "exclude", *[None] * 6]


def test_other_names_for_the_same_animals_are_no_error():
    assert kinds(pl.Series(list("ABBA")), pl.Series(list("2112"))).null_count() == 4


def test_rates_of_observers_against_known_animals():
    rates, found = observer_rates(judged(A="xxyyz", B="xxqy."), truth("AABBC"))
    assert found.is_empty()
    assert counted(rates) == {
        ("A", "split"): (0, 4), ("A", "combine"): (0, 5), ("A", "shift"): (0, 5), ("A", "exclude"): (0, 5),
        ("B", "split"): (1, 4), ("B", "combine"): (0, 4), ("B", "shift"): (0, 4), ("B", "exclude"): (1, 5),
    }  # fmt: skip
    split = rates.row(4, named=True)
    # Beta(1.5, 3.5): the mean by hand, the bounds from the equation of its distribution.
    assert split["rate"] == pytest.approx(0.3)
    assert 0.02 < split["low"] < 0.04 and 0.70 < split["high"] < 0.73


def test_what_was_not_blind_says_nothing():
    seeing = judged(A="xx").with_columns(blind=pl.lit(False))
    assert observer_rates(seeing, truth("AA"))[0].is_empty()


def test_without_known_animals_the_majority_of_three_stands_for_the_truth():
    rates, found = observer_rates(judged(A="xxyy", B="xxyy", C="xqyp"))
    assert counted(rates)[("C", "split")] == (2, 4)
    assert counted(rates)[("A", "split")] == (0, 4)
    assert found.is_empty()
    two, found = observer_rates(judged(A="xx", B="xq"))
    assert two.is_empty()
    assert found.select("code", "value").rows() == [("identity-without-truth", "2")]


def test_rates_of_a_matcher_on_known_pairs():
    pairs = pl.DataFrame({"same": [True] * 4 + [False] * 6, "matched": [True] * 3 + [False] * 6 + [True]})
    assert counted(matcher_rates(pairs, "sift")) == {("sift", "missedPair"): (1, 4), ("sift", "falsePair"): (1, 6)}
    with pytest.raises(ColumnError, match="pairs needs column 'matched'"):
        matcher_rates(pairs.drop("matched"), "sift")


def test_a_new_observer_is_less_certain_than_one_whose_errors_are_counted():
    alike = pl.concat(rates_of({"observer": f"O{k}"}, {"split": 40}, {"split": 400}) for k in range(8))
    unlike = pl.concat(rates_of({"observer": f"O{k}"}, {"split": 10 + 60 * (k % 2)}, {"split": 400}) for k in range(8))
    rng = np.random.default_rng(1)
    spread = [new_observer(rates, ("split",), 4000, rng).std() for rates in (alike, unlike)]
    assert spread[0] < 0.03 < spread[1]
    own = new_observer(unlike, ("split",), 4000, rng, "O1")
    assert own.mean() == pytest.approx(70 / 400, abs=0.01)
    assert own.std() < spread[1]


def test_rates_are_asked_for_and_events_are():
    rng = np.random.default_rng(1)
    some = pl.DataFrame({"individualID": ["a"]})
    with pytest.raises(MisuseError, match="error rates of at least one observer"):
        animals(some, pl.DataFrame(schema=IDENTITY_RATES), rng=rng)
    with pytest.raises(MisuseError, match="events with a name"):
        animals(pl.DataFrame({"individualID": [None]}, schema={"individualID": pl.String}), RATES, rng=rng)
    with pytest.raises(MisuseError, match="at least one draw"):
        error_draws(RATES, 0, rng)
    bad = rates_of({"observer": "A"}, dict.fromkeys(ALL, 9), dict.fromkeys(ALL, 10))
    assert error_draws(bad, 500, rng).sum(axis=1).max() == pytest.approx(0.5)


def slow_posterior(
    names: list[int], rates: tuple[float, float], most: int, even: float
) -> tuple[dict[int, float], dict[int, float]]:
    """Weigh every animal of every event, every error and every number of animals."""
    split, wrong = rates
    weight = {"right": 1 - split - wrong, "split": split, "wrong": wrong / (len(set(names)) - 1)}
    behind: dict[int, float] = {}
    population: dict[int, float] = {}
    labels = sorted(set(names))
    for size in range(1, most + 1):
        for animal in product(range(size), repeat=len(names)):
            counts = [animal.count(one) for one in range(size)]
            if even == inf:
                prior = 1.0 / size ** len(names)
            else:
                prior = np.exp(
                    lgamma(size * even) - lgamma(size * even + len(names))
                    + sum(lgamma(even + k) - lgamma(even) for k in counts)
                )  # fmt: skip
            chance = sum(
                possible(names, animal, fate, labels) * np.prod([weight[f] for f in fate])
                for fate in product(("right", "split", "wrong"), repeat=len(names))
            )
            for found, value in ((behind, len(set(animal))), (population, size)):
                found[value] = found.get(value, 0.0) + prior * chance / size
    return ({k: v / sum(one.values()) for k, v in one.items()} for one in (behind, population))  # type: ignore[return-value]


def possible(names: list[int], animal: tuple[int, ...], fate: tuple[str, ...], labels: list[int]) -> bool:
    """Say whether these errors give these names."""
    home: dict[int, int] = {}
    owner: dict[int, int] = {}
    for label in labels:
        own = [k for k, name in enumerate(names) if name == label and fate[k] != "wrong"]
        if not own or len({animal[k] for k in own}) > 1:
            return False
        if any(fate[k] == "split" for k in own) and len(own) > 1:
            return False
        owner[label] = animal[own[0]]
        if fate[own[0]] == "right" and home.setdefault(owner[label], label) != label:
            return False
    return all(owner[names[k]] != animal[k] for k in range(len(names)) if fate[k] == "wrong")


@pytest.mark.parametrize("even", [inf, 0.5])
@pytest.mark.parametrize("rates", [(0.2, 0.0), (0.15, 0.2)])
def test_the_draws_are_those_of_the_model(rates, even):
    names, most = [0, 0, 1, 2], 4
    behind, population = slow_posterior(names, rates, most, even)
    drawn = moves(
        np.array(names), np.array([rates] * 30_000), 20, populations(4, 3, most, (even,)), np.random.default_rng(5)
    )
    for exact, values in ((behind, drawn.behind), (population, drawn.population)):
        shares = np.bincount(values, minlength=most + 1) / values.size
        assert shares[1:] == pytest.approx([exact.get(k, 0.0) for k in range(1, most + 1)], abs=0.012)


def test_without_errors_the_names_are_the_animals():
    events = pl.DataFrame({"individualID": [*"aaabbbccd", None]})
    found = animals(events, NONE, rng=np.random.default_rng(1))
    assert found.filter(quantity="behindEvents").select("estimate", "low", "high").rows() == [(4, 4, 4)] * 2
    naive, carried = found.filter(quantity="population").select("estimate", "low", "high").rows()
    assert carried == pytest.approx(naive, abs=1)


def test_many_animals_met_once_have_no_upper_bound_and_it_is_said():
    events = pl.DataFrame({"individualID": [f"a{k}" for k in range(12)]})
    naive = animals(events, NONE, rng=np.random.default_rng(1)).filter(quantity="population", identityError=False)
    assert naive["beyond"].item() > 0.002
    assert naive["high"].item() > 150


def test_uneven_animals_leave_room_for_animals_met_once():
    often = [f"a{k}" for k, times in enumerate((60, 25, 10, 4, 2)) for _ in range(times)]
    events = pl.DataFrame({"individualID": [*often, "rare"]})
    even, uneven = (
        animals(events, RATES, rng=np.random.default_rng(1), evenness=kind).filter(
            quantity="behindEvents", identityError=True
        )
        for kind in (EVEN, UNEVEN)
    )
    # Met once: a ghost if all animals are met alike, perhaps an animal if not.
    assert even["high"].item() == 5
    assert uneven["high"].item() == 6


@settings(deadline=None, max_examples=25)
@given(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=25), st.integers(0, 5))
def test_draws_hold_together(names, seed):
    frame = pl.DataFrame({"individualID": names})
    number = (frame["individualID"].rank("dense").cast(pl.Int64) - 1).to_numpy().copy()
    rng = np.random.default_rng(seed)
    drawn = moves(
        number, error_draws(RATES, 20, rng), 5, populations(len(names), int(number.max()) + 1, 200, UNEVEN), rng
    )
    for draw in range(20):
        assert len(set(drawn.animal[draw])) == drawn.behind[draw] <= drawn.population[draw]
        # Every name was made for the animal that owns it, at one of its events.
        assert all(
            (drawn.animal[draw][number == label] == owner).any() for label, owner in enumerate(drawn.owner[draw])
        )
    assert animals(frame, RATES, rng=np.random.default_rng(seed), count=20).equals(
        animals(frame.sample(fraction=1, shuffle=False), RATES, rng=np.random.default_rng(seed), count=20)
    )


def test_simulated_observers_err_as_often_as_asked():
    rng = np.random.default_rng(3)
    animal = np.repeat(np.arange(50), 40)
    events = named(animal, np.array([0.1, 0.02, 0.01]), rng)
    errors, trials = error_counts(events["animal"], events["individualID"])
    assert errors["split"] / trials["split"] == pytest.approx(0.1, abs=0.02)
    assert (errors["combine"] + errors["shift"]) / trials["shift"] == pytest.approx(0.02, abs=0.01)
    assert errors["exclude"] / trials["exclude"] == pytest.approx(0.01, abs=0.008)
    assert errors_of_observer(0.2, inf, (0.5, 0.25, 0.25), rng).tolist() == pytest.approx([0.1, 0.05, 0.05])


@pytest.mark.slow
def test_the_interval_that_carries_identity_error_covers_the_truth():
    shown = surveys("even", 120, 60.0, 2)
    assert pl.Series(shown["wrong"]).mean() == pytest.approx(0.125, abs=0.012)
    covered = {
        (quantity, carried): part["covered"].mean()
        for (quantity, carried), part in shown.partition_by("quantity", "identityError", as_dict=True).items()
    }
    for quantity in ("population", "behindEvents"):
        assert covered[quantity, True] >= 0.92
        assert covered[quantity, False] < 0.5


def test_codes_of_this_page_are_in_the_catalogue():
    assert codes(observer_rates(judged(A="x"))[1]) == ["identity-without-truth"]
