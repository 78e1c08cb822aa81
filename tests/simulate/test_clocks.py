from datetime import UTC, datetime

import polars as pl
import pytest

from tumen.errors import MisuseError
from tumen.simulate.clocks import offsets
from tumen.simulate.world import World

MOMENTS = pl.Series([datetime(2014, 10, 25, 14, 59, tzinfo=UTC), datetime(2014, 10, 25, 16, tzinfo=UTC)])


@pytest.mark.parametrize(
    ("zone", "minutes"), [("Asia/Vladivostok", [660, 600]), ("Asia/Shanghai", [480, 480]), ("", [0, 0])]
)
def test_offsets_follow_tzdata(zone: str, minutes: list[int]) -> None:
    assert offsets(MOMENTS, zone).to_list() == minutes


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(MisuseError, match="an IANA time zone"):
        offsets(MOMENTS, "Asia/Hunchun")


def recorded(made: World) -> pl.DataFrame:
    """Join every observation of an animal of the world with the truth behind it."""
    observations = pl.concat(
        package.table("observations").select(
            pl.lit(package.party).alias("party"), "observationID", "eventStart", "eventStart_offset", "eventEnd"
        )
        for package in made.packages
    )
    errors = made.planted.select("party", "kind", "seconds", deploymentID="key")
    return made.detections.join(observations, on=["party", "observationID"]).join(
        errors, on=["party", "deploymentID"], how="left"
    )


def test_every_kind_of_clock_error_is_planted(made: World) -> None:
    assert set(made.planted["kind"]) == {"clock-hours", "clock-year", "offset-stale"}


def test_recorded_times_are_off_by_what_is_listed_and_no_other(made: World) -> None:
    rows = recorded(made)
    off = (rows["eventStart"] - rows["start"]).dt.total_seconds()
    assert off.to_list() == rows["seconds"].fill_null(0).to_list()
    assert ((rows["eventEnd"] - rows["end"]).dt.total_seconds() == rows["seconds"].fill_null(0)).all()
    assert (off != 0).any()


def test_only_the_stale_offset_breaks_the_rule_of_the_zone(made: World) -> None:
    rows = recorded(made)
    zones = {party.name: party.zone for party in made.settings.parties}
    for (party,), own in rows.group_by("party"):
        stale = own["kind"].eq_missing(pl.lit("offset-stale")) if own.is_empty() else own["kind"] == "offset-stale"
        off_rule = own["eventStart_offset"] != offsets(own["eventStart"], zones[str(party)])
        assert (off_rule == stale.fill_null(False)).all()
    assert rows.filter(pl.col("kind") == "offset-stale")["eventStart_offset"].unique().to_list() == [660]


def test_a_world_with_right_clocks_has_the_same_truth(made: World, true_world: World) -> None:
    assert made.detections.equals(true_world.detections)
    assert made.paths.equals(true_world.paths)
