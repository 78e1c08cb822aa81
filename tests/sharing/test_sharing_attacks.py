"""Attackers who have several views, a map and the owner's public tables: they come no nearer than was promised.

Each attack is given for free what it would need guessing for, such as which names are one station; each is shown to
work on views that are made naively, and the leak check finds those.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from tests.builders import codes, package
from tests.sharing.release_worlds import SECRET, World, changed, owned, reserve, sides

from tumen.measure.geodesy import distances
from tumen.sharing.generalise import WIDTHS
from tumen.sharing.leaks import Around, leaks
from tumen.sharing.leaks_others import Earlier
from tumen.sharing.levels import Grant
from tumen.sharing.pseudonyms import renamed
from tumen.tables import findings

KM = 1000.0
CELL = 0.1
CELL_M = 8 * KM
"""The narrower side of a cell of 0.1 degree at 43 N, in metres."""
PLACES = Grant("south", "generalised", category=2, tables=("deployments", "observations", "media"))


@cache
def world():
    return World(reserve())


@cache
def south():
    return world().release(PLACES)


def true_places(truth):
    return truth.table("deployments").select("deploymentID", trueLongitude="longitude", trueLatitude="latitude")


def told_places(made, receiver, truth):
    """The cells of a view, beside the true places: the attacker is told which name is which."""
    names = truth.table("deployments").select(
        own="deploymentID",
        deploymentID=renamed(truth.table("deployments")["deploymentID"], SECRET, receiver, "deployment"),
    )
    told = made.package.tables["deployments"].join(names, on="deploymentID")
    return told.select(deploymentID="own", longitude="longitude", latitude="latitude").join(
        true_places(truth), on="deploymentID"
    )


def errors(told):
    """Metres between what the attacker guesses and the truth."""
    columns = ("longitude", "latitude", "trueLongitude", "trueLatitude")
    return distances(*(told[name].to_numpy() for name in columns))


def test_the_promise_itself_a_single_view_tells_a_cell():
    missed = errors(told_places(south(), "south", world().truth))
    assert missed.mean() > CELL_M / 4
    assert (missed < CELL_M).all()


def test_averaging_over_releases_does_not_help():
    """The owner measures its stations anew before each release; a naive view follows, ours does not."""
    rng = np.random.default_rng(4)
    now, views, naive = world(), [], []
    for receiver in ("a", "b", "c", "d", "e"):
        # 300 m of new error each time: enough to change cells at their edges.
        places = now.truth.tables["deployments"].with_columns(
            pl.col("longitude") + pl.Series(rng.normal(0, 0.004, 30)),
            pl.col("latitude") + pl.Series(rng.normal(0, 0.003, 30)),
        )
        truth = replace(now.truth, tables={**now.truth.tables, "deployments": places})
        made = replace(now, truth=truth).release(replace(PLACES, receiver=receiver))
        views.append(told_places(made, receiver, world().truth))
        # The naive owner shifts at random, which is advised against.
        naive.append(
            true_places(world().truth).with_columns(longitude=places["longitude"], latitude=places["latitude"])
        )
        now = now.after(made)
    every = pl.concat(views)
    assert every.group_by("deploymentID").agg(pl.struct("longitude", "latitude").n_unique())["longitude"].max() == 1
    mean = every.group_by("deploymentID", maintain_order=True).mean()
    assert errors(mean).mean() == pytest.approx(errors(views[0]).mean())
    averaged = pl.concat(naive).group_by("deploymentID", maintain_order=True).mean()
    assert errors(averaged).mean() < errors(naive[0]).mean()
    assert "leak-cells-overlap" not in codes(world().found(made.package, replace(PLACES, receiver="e"), now.ledger))


def test_cells_of_all_grids_intersect_in_the_finest_that_was_granted():
    now, low, high = world(), [], []
    for receiver, category in (("a", 1), ("b", 2), ("c", 1), ("d", 2)):
        made = now.release(replace(PLACES, receiver=receiver, category=category))
        now = now.after(made)
        cells = told_places(made, receiver, world().truth).sort("deploymentID")
        centre, half = cells.select("longitude", "latitude").to_numpy(), WIDTHS[category] / 2
        low.append(centre - half)
        high.append(centre + half)
    width = np.min(high, axis=0) - np.max(low, axis=0)
    assert width == pytest.approx(np.full((30, 2), CELL))
    # A finer one to the same receiver, without a new agreement, does not leave at all.
    assert codes(findings.errors(now.release(replace(PLACES, receiver="b", category=3)).findings))[0] == "release-finer"


def test_cells_of_a_shifted_grid_would_pin_and_are_found():
    shifted = changed(south().package, "deployments", longitude=pl.col("longitude") + CELL / 2)
    assert "leak-cell-finer" in codes(world().found(shifted, PLACES, south().ledger))


def test_times_of_another_release_join_nothing_but_the_cell():
    """East has exact times without places, south has cells without times; they put their views together."""
    times = Grant("east", "generalised", category=1, columns=frozenset({"time"}), tables=PLACES.tables)
    east = world().release(times).package.tables["observations"]
    mine = south().package.tables["observations"]
    assert not set(mine["observationID"]) & set(east["observationID"])
    month = pl.col("eventStart").dt.truncate("1mo")
    counts = [t.group_by("individualID", month.alias("month")).len() for t in (mine, east)]
    joined = counts[0].join(counts[1], on=["month", "len"], suffix="East")
    assert joined.height
    # Whatever is joined, the place it leads to is a cell of 0.1 degree, or of 1.
    cells = south().package.tables["deployments"].select("longitude", "latitude").unique()
    off = (cells.to_numpy() / CELL) % 1
    assert off == pytest.approx(np.full(off.shape, 0.5), abs=1e-6)
    # A naive view with its times would be found.
    exact = changed(south().package, "observations", eventStart=pl.col("eventStart").dt.offset_by("7h"))
    assert "leak-instant" in codes(world().found(exact, PLACES, south().ledger))


def test_a_public_table_of_crossings_names_animals_and_places_nothing():
    """The owner publishes day and name of every encounter; who has the cells learns who was in which cell, no more."""
    public = owned(world().truth).seen.select("individualID", month=pl.col("start").dt.truncate("1mo"), spot="location")
    mine = south().package.tables["observations"].with_columns(month=pl.col("eventStart").dt.truncate("1mo"))
    by_name = public.group_by("individualID", "month").len()
    by_mask = mine.group_by(mask="individualID", month="month").len()
    guess = by_name.join(by_mask, on=["month", "len"]).group_by("individualID", "mask").len("hits")
    best = guess.sort("hits", descending=True).unique("individualID", keep="first", maintain_order=True)
    truly = renamed(best["individualID"], SECRET, "south", "individual")
    # The animals are recognised: that is what a public table does, and no view can prevent it.
    assert (truly == best["mask"]).mean() > 0.5
    cells = told_places(south(), "south", world().truth)
    assert errors(cells).mean() > CELL_M / 4


def test_the_order_of_rows_tells_nothing_of_times():
    truth = world().truth.table("observations")
    order = truth.select(
        observationID=renamed(truth["observationID"], SECRET, "south", "observation"), time=pl.col("eventStart").rank()
    )
    shown = south().package.tables["observations"].join(order, on="observationID", maintain_order="left")
    assert abs(np.corrcoef(np.arange(len(shown)), shown["time"])[0, 1]) < 0.15
    naive = shown.sort("time").drop("time")
    made = replace(south().package, tables={**south().package.tables, "observations": naive}, received={})
    assert "leak-order" in codes(world().found(made, PLACES, south().ledger))


def test_names_of_two_receivers_cannot_be_joined():
    east = replace(PLACES, receiver="east")
    other = world().release(east).package
    for table in ("deployments", "observations"):
        for column in ("deploymentID", "observationID", "individualID", "locationID"):
            if column in other.tables[table].columns:
                mine, theirs = (set(p.tables[table][column].drop_nulls()) for p in (south().package, other))
                assert mine
                assert not mine & theirs
    found = world().found(other, east, south().ledger, earlier=(Earlier("south", 2, south().package),))
    assert "leak-name-shared" not in codes(found)
    # One set of names for both is what platforms do.
    found = world().found(south().package, east, south().ledger, earlier=(Earlier("south", 2, south().package),))
    assert "leak-name-shared" in codes(found)


def left_of(area, distance, step, country="RU"):
    """What a map leaves of an area, given side and distance: the points of a fine lattice that fit."""
    west, south_edge, east, north = area
    lon, lat = (axis.ravel() for axis in np.meshgrid(np.arange(west, east, 0.004), np.arange(south_edge, north, 0.004)))
    points = pl.DataFrame({"longitude": lon, "latitude": lat}).with_columns(
        coordinateUncertainty=pl.lit(0.0), declaredCountry=pl.lit(None, dtype=pl.String)
    )
    placed = sides(points)
    metres = pl.col("borderDistance")
    return placed.filter((pl.col("countryCode") == country) & (metres <= distance) & (metres > distance - step))


def test_distances_to_the_border_leave_a_strip_as_long_as_the_reserve():
    grant = Grant("south", "crossing", step=2 * KM)
    made = world().release(grant)
    for distance in made.package.tables["encounters"]["borderDistance"].unique().drop_nulls().to_list()[:4]:
        left = left_of((131.0, 43.0, 131.7, 43.5), distance, 2 * KM)
        assert left["latitude"].max() - left["latitude"].min() > 0.45
    found = world().found(made.package, grant, made.ledger)
    assert "leak-border-pins" not in codes(found)
    assert findings.errors(found).is_empty()


def test_distances_of_several_releases_are_no_narrower_than_the_smallest_step():
    now = world()
    for receiver, step in (("a", 4 * KM), ("b", 2 * KM), ("c", 4 * KM)):
        grant = Grant(receiver, "crossing", step=step)
        made = now.release(grant)
        now = now.after(made)
        assert "leak-distances-narrow" not in codes(world().found(made.package, grant, now.ledger))
    bands = (
        now.ledger.releases.drop_nulls("borderDistance")
        .group_by("location")
        .agg(width=pl.col("borderDistance").min() - (pl.col("borderDistance") - pl.col("step")).max())
    )
    assert bands["width"].min() == 2 * KM
    # Steps that do not divide each other would be narrower together: refused.
    assert codes(findings.errors(now.release(Grant("d", "crossing", step=3 * KM)).findings))[0] == "release-steps-cross"


def test_a_cell_and_a_distance_together_are_told_to_the_owner_before_they_leave():
    grant = Grant("south", "generalised", category=2, step=1 * KM)
    made = world().release(grant)
    found = world().found(made.package, grant, made.ledger)
    assert "leak-border-narrows" in codes(found)
    # Even so a strip remains whose length is that of the cell.
    placed = made.ledger.releases.row(0, named=True)
    west, low = placed["column"] // 100 * 0.1 - 180, placed["row"] // 100 * 0.1 - 90
    left = left_of((west, low, west + CELL, low + CELL), placed["borderDistance"], 1 * KM)
    assert left["latitude"].max() - left["latitude"].min() > CELL * 0.9


def test_a_corner_between_two_borders_is_refused():
    """Where the border turns round a place, few points are as far from it: the check says so before sealing."""
    truth = package(deployments=[{"latitude": "43.25", "longitude": "131.3", "locationID": "horn"}])

    def horn(points):
        lon, lat = points["longitude"].to_numpy(), points["latitude"].to_numpy()
        far = distances(lon, lat, np.full(len(lon), 131.3), np.full(len(lon), 43.25))
        inside = pl.Series(6200.0 - far)
        return points.with_columns(
            pl.when(inside > 0).then(pl.lit("RU")).otherwise(pl.lit("CN")).alias("countryCode"),
            borderDistance=inside.abs(),
        )

    from tests.sharing.test_leaks import told

    made = World(truth).release(Grant("south", "crossing", step=1 * KM))
    ledger = told((1, "south", "place/horn", -1, -1, 0, 1 * KM, 7 * KM))
    found = leaks(made.package, Grant("south", "crossing"), truth=truth, ledger=ledger, around=Around(locate=horn))
    assert "leak-border-pins" in codes(found)
