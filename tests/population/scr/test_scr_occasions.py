"""Sessions cut into occasions."""

from datetime import UTC, datetime, timedelta

import pytest

from tumen.errors import MisuseError
from tumen.population.scr.occasions import A_DAY, Cut, Window

MIDNIGHT = datetime(2014, 3, 1, tzinfo=UTC)


def starts(cut: Cut, first: datetime, last: datetime) -> list[datetime]:
    return [datetime.fromtimestamp(at / 1e6, UTC) for at in cut.starts(Window("a", first, last)).tolist()]


def test_days_begin_at_midnight_and_the_last_one_is_whole():
    assert starts(Cut(), MIDNIGHT + A_DAY / 2, MIDNIGHT + 1.25 * A_DAY) == [MIDNIGHT + k * A_DAY for k in range(3)]


def test_a_session_that_ends_at_midnight_has_no_day_more():
    assert len(starts(Cut(), MIDNIGHT, MIDNIGHT + 2 * A_DAY)) == 3


def test_nights_run_from_noon_to_noon():
    cut = Cut(clock=-timedelta(hours=12))
    assert starts(cut, MIDNIGHT, MIDNIGHT + A_DAY)[0] == MIDNIGHT - A_DAY / 2
    assert len(starts(cut, MIDNIGHT, MIDNIGHT + A_DAY)) - 1 == 2


def test_half_days_begin_with_the_half_that_holds_the_start():
    made = starts(Cut(length=A_DAY / 2), MIDNIGHT + A_DAY * 0.75, MIDNIGHT + 2 * A_DAY)
    assert made[0] == MIDNIGHT + A_DAY / 2 and len(made) - 1 == 3


def test_occasions_need_a_length():
    with pytest.raises(MisuseError, match="length"):
        Cut(length=timedelta(0))
