"""What an answer about crossings depends on besides the data."""

from dataclasses import dataclass
from datetime import timedelta

from tumen.errors import MisuseError, Text


@dataclass(frozen=True, kw_only=True)
class CrossingParameters:
    """The choices behind an answer about crossings.

    `independence` is the field's usual half hour. The others are limits of our own, chosen to be plausible for large
    cats and stated with every answer; none is a published value.
    """

    independence: timedelta = timedelta(minutes=30)
    """Detections of one individual at one place with a shorter gap are one encounter."""
    max_speed: float = 10.0
    """km/h over the shortest way; a faster crossing means that a clock or an identity is wrong."""
    clock_slack: timedelta = timedelta(minutes=10)
    """How far two cameras' clocks may disagree before a time between them is doubted."""
    assumed_uncertainty: float = 30.0
    """m by which coordinates that state no uncertainty are taken to be uncertain."""
    reach: float = 10_000.0
    """m around the places where an individual was seen before it crossed, within which a camera could see it return."""
    watch_days: float = 30.0
    """Camera-days behind an individual that make "not seen again" mean that it stayed away."""

    def __post_init__(self) -> None:
        """Refuse values that mean nothing."""
        if self.independence < timedelta(0) or self.clock_slack < timedelta(0):
            raise MisuseError("a length of time of zero or more", f"{min(self.independence, self.clock_slack)}", SIGN)
        for name in ("max_speed", "assumed_uncertainty", "reach", "watch_days"):
            least = getattr(self, name)
            if not least > 0:
                raise MisuseError(
                    Text("{name} above zero", name=name), f"{least:g}", "Leave it out to use the default."
                )

    def values(self) -> dict[str, float]:
        """Return the parameters as plain numbers, with their units in their names.

        >>> CrossingParameters().values()["independenceMinutes"]
        30.0
        """
        return {
            "independenceMinutes": self.independence.total_seconds() / 60,
            "maxSpeedKmPerHour": float(self.max_speed),
            "clockSlackMinutes": self.clock_slack.total_seconds() / 60,
            "assumedUncertaintyMetres": float(self.assumed_uncertainty),
            "reachMetres": float(self.reach),
            "watchDays": float(self.watch_days),
        }


SIGN = "Give it without a minus sign, or leave it out to use the default."
