"""Which animals might it have been?"""

import numpy as np
import polars as pl
import pytest
from tests.individuals.test_register_events import FOUR, agreed, event, events, link

from tumen.errors import MisuseError
from tumen.individuals.identity_rates import rates_of
from tumen.individuals.register_draws import DRAWS, LINK_CHANCES, NAMED_EVENTS, draws, link_chances
from tumen.individuals.register_events import crosswalk_at
from tumen.tables.individuals import LINKS

RATES = rates_of(
    {"observer": "A"}, {"split": 10, "combine": 2, "shift": 2}, {"split": 100, "combine": 100, "shift": 100}
)


def seen(*rows: str, species: str = "Panthera tigris") -> pl.DataFrame:
    """Detections as "party/local event"; the event may be missing."""
    parts = [(*row.split(" ")[0].split("/"), row.split(" ")[1] if " " in row else None) for row in rows]
    return pl.DataFrame(
        [(party, f"d{k}", local, species, its) for k, (party, local, its) in enumerate(parts)],
        schema=NAMED_EVENTS,
        orient="row",
    )


def chances(*links: tuple[str, str, float]) -> pl.DataFrame:
    return pl.DataFrame([(*a.split("/"), *b.split("/"), p) for a, b, p in links], schema=LINK_CHANCES, orient="row")


def share(drawn: pl.DataFrame, detection: str, joint: str) -> float:
    return drawn.filter(detectionID=detection).select((pl.col("jointID") == joint).cast(pl.Float64).mean()).item()


def test_links_are_true_with_their_probability_and_join_through():
    links = chances(("n/1", "s/1", 0.9), ("s/1", "t/1", 0.5))
    drawn = draws(seen("n/1", "s/1", "t/1", "t/2"), links, None, 4000, np.random.default_rng(1))
    assert drawn.schema == pl.Schema(DRAWS)
    assert drawn.height == 16_000
    assert share(drawn, "d1", "n/1") == pytest.approx(0.9, abs=0.02)
    assert share(drawn, "d2", "n/1") == pytest.approx(0.45, abs=0.03)
    assert share(drawn, "d2", "s/1") == pytest.approx(0.05, abs=0.02)
    assert share(drawn, "d3", "t/2") == 1


def test_certain_links_and_certain_names_give_the_crosswalk():
    said = events(*agreed(1, "n/1", "s/1"), *agreed(2, "n/2", "s/2"))
    walk = crosswalk_at(FOUR, LINKS.empty(), said)
    links, found = link_chances(walk, LINKS.empty())
    assert found.select("code", "row", "value").rows() == [
        ("link-without-probability", 4, "n/1, s/1"),
        ("link-without-probability", 7, "n/2, s/2"),
    ]
    drawn = draws(seen("n/1", "n/2", "s/1", "s/2"), links, None, 3, np.random.default_rng(1))
    assert drawn.filter(draw=2)["jointID"].to_list() == ["n/1", "n/2", "n/1", "n/2"]


def test_the_probability_of_links_comes_from_their_events():
    said = events(
        event(0, "propose", "n/1", "s/1", probability=0.8),
        event(1, "propose", "n/2", "s/2", probability=0.3),
        event(2, "propose", "n/2", "s/1"),
        *agreed(3, "n/1", "s/1"),
        event(4, "disagree", "n/1", "s/2", role="adjudicator", probability=0.1),
    )
    older = link("s/2", "n/2", "same", 1)
    links, found = link_chances(crosswalk_at(FOUR, LINKS.empty(), said), LINKS.empty())
    assert links.rows() == [("n", "1", "s", "1", 0.8), ("n", "2", "s", "2", 0.3)]
    assert found.is_empty()
    # The table `links` joined this pair; the register's event on it says how sure that is.
    assert link_chances(crosswalk_at(FOUR, older, said), older)[0].height == 2
    alone, found = link_chances(crosswalk_at(FOUR, older, events()), older)
    assert alone.rows() == [("s", "2", "n", "2", 1.0)]
    assert found["value"].to_list() == ["s/2, n/2"]


def test_detections_of_one_event_stay_together_and_others_may_part():
    detections = seen(*["n/1"] * 6, "n/2 e", "n/2 e", *["n/3"] * 6)
    drawn = draws(detections, chances(), RATES, 400, np.random.default_rng(2))
    wide = drawn.filter(pl.col("detectionID").is_in(["d6", "d7"])).pivot("detectionID", index="draw", values="jointID")
    assert (wide["d6"] == wide["d7"]).all()
    # The animal met once may be a ghost of one of the others.
    assert 0.02 < 1 - share(drawn, "d6", "n/2") < 0.9
    assert set(drawn.filter(detectionID="d6")["jointID"]) == {"n/1", "n/2"}
    # Joined with n/3 it is called n/2, the smaller name.
    assert {"n/2", "n/3"} <= set(drawn.filter(detectionID="d8")["jointID"])


def test_a_ghost_takes_its_links_with_it():
    detections = seen(*["n/1"] * 9, "n/2", "s/7")
    drawn = draws(detections, chances(("n/2", "s/7", 1.0)), RATES, 400, np.random.default_rng(2))
    ghost = drawn.filter(detectionID="d9")["jointID"]
    assert (drawn.filter(detectionID="d10")["jointID"] == ghost).all()
    assert 0 < (ghost == "n/1").sum() < 400


def test_an_event_of_an_animal_without_a_name_is_called_by_the_event():
    wrong = rates_of({"observer": "A"}, {"split": 0, "combine": 40, "shift": 40}, dict.fromkeys(RATES["kind"], 100))
    drawn = draws(seen("n/1 e1", "n/1 e2", "n/2 e3", "n/3 e4"), chances(), wrong, 200, np.random.default_rng(1))
    assert "n/1 (event e2)" in set(drawn["jointID"])


def test_species_and_parties_are_not_mixed_up():
    tigers, leopards = seen("n/1", "n/1", "n/2"), seen("n/3", species="Panthera pardus")
    both = pl.concat([tigers, leopards.with_columns(detectionID=pl.lit("leopard"))])
    drawn = draws(both, chances(("n/1", "n/3", 1.0)), RATES, 100, np.random.default_rng(1))
    assert share(drawn, "leopard", "n/3") == 1


def test_no_detections_no_draws_and_the_same_seed_the_same_draws():
    empty = pl.DataFrame(schema=NAMED_EVENTS)
    assert draws(empty, chances(), RATES, 10, np.random.default_rng(1)).is_empty()
    with pytest.raises(MisuseError, match="at least one draw"):
        draws(empty, chances(), RATES, 0, np.random.default_rng(1))
    detections = seen("n/1", "n/1", "n/2", "s/1")
    links = chances(("n/1", "s/1", 0.5))
    first = draws(detections, links, RATES, 20, np.random.default_rng(1))
    again = draws(detections.sample(fraction=1, shuffle=True, seed=3), links, RATES, 20, np.random.default_rng(1))
    order = ["draw", "detectionID"]
    assert first.sort(order).equals(again.sort(order))
