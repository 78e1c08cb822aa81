"""The one place that reads the clock."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return this instant in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251
