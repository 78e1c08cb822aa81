"""Wrong clocks that a party did not notice.

- `clock-hours`: the camera's clock was hours off (noon for midnight, another time zone), so every recorded instant is.
- `clock-year`: the clock was set to another year.
- `offset-stale`: the instants are right, and written with the offset that held before the zone changed its rule.

An error concerns one deployment. `seconds` is recorded minus true instant.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.measure.instants import zone_offset
from tumen.simulate.cameras import Deployment
from tumen.simulate.settings import Party, WorldSettings
from tumen.simulate.streams import stream
from tumen.simulate.walks import instants

HOURS = (-12, -8, 7, 12)
YEAR = 365 * 86_400


@dataclass(frozen=True)
class WrongClock:
    """What is wrong with the times of one deployment: shifted by `seconds`, or written with the offset `minutes`."""

    deployment: Deployment
    kind: str
    seconds: int
    minutes: int | None = None

    @property
    def detail(self) -> str:
        """Say it in words."""
        if self.kind == "offset-stale":
            return f"offset {self.minutes} min after the zone changed"
        hours = self.seconds / 3600
        return f"{hours:+g} h" if self.kind == "clock-hours" else f"{self.seconds / 86_400:+g} days"


def wrong_clocks(used: Sequence[Deployment], party: Party, settings: WorldSettings, seed: int) -> dict[str, WrongClock]:
    """Return the clock errors of a party by deployment, planted in those of its deployments that are `used`."""
    if not settings.clocks:
        return {}
    rng = stream(seed, f"clocks/{party.name}")
    free = [used[number] for number in rng.permutation(len(used))]
    found: list[WrongClock] = []
    stale = _stale_offsets(free, party, settings)
    for deployment in [one for one in free if one.name in stale][: settings.wrong_clocks]:
        found.append(WrongClock(deployment, "offset-stale", 0, stale[deployment.name]))
        free.remove(deployment)
    for deployment in free[: settings.wrong_clocks]:
        found.append(WrongClock(deployment, "clock-hours", int(rng.choice(HOURS)) * 3600))
    for deployment in free[settings.wrong_clocks : 2 * settings.wrong_clocks]:
        found.append(WrongClock(deployment, "clock-year", int(rng.choice((-1, 1))) * YEAR))
    return {error.deployment.name: error for error in found}


def offsets(moments: pl.Series, zone: str) -> pl.Series:
    """Return the minutes east of UTC that the rules of a zone give at UTC instants; 0 for a party that writes UTC.

    Raises `MisuseError` for a zone that tzdata does not have.

    >>> from datetime import UTC, datetime
    >>> offsets(pl.Series([datetime(2014, 10, 25, 14, tzinfo=UTC), datetime(2014, 10, 25, 16, tzinfo=UTC)]),
    ...         "Asia/Vladivostok").to_list()
    [660, 600]
    """
    return zone_offset(moments, zone) if zone else pl.Series(np.zeros(len(moments), np.int32))


def _stale_offsets(free: list[Deployment], party: Party, settings: WorldSettings) -> dict[str, int]:
    """Return the deployments wholly after a change of the zone's offset, with the offset at the world's start."""
    if not party.zone or not free:
        return {}
    before = offsets(instants(np.array([0.0]), settings), party.zone)[0]
    at_start = offsets(instants(np.array([one.start for one in free], float), settings), party.zone)
    return {one.name: before for one, minutes in zip(free, at_start, strict=True) if minutes != before}
