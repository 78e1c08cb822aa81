"""How sure is a share?  Intervals for a proportion."""

from math import nan, sqrt

from scipy.special import ndtri

from tumen.errors import MisuseError


def wilson(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of a proportion: lower and upper bound, both between 0 and 1.

    No trials say nothing about a share: the bounds are then `nan`, not 0 and 1. Raises `MisuseError` where the counts
    or the level make no sense. Source: Wilson EB (1927), J Am Stat Assoc 22:209-212, without continuity correction.

    >>> low, high = wilson(19, 45)
    >>> f"{low:.1%} to {high:.1%}"
    '29.0% to 56.7%'
    """
    if not 0 <= successes <= trials:
        raise MisuseError("successes between 0 and trials", f"{successes} of {trials}", "Count again.")
    if not 0 < level < 1:
        raise MisuseError("a level between 0 and 1", f"{level}", "Give 0.95 for 95 %.")
    if trials == 0:
        return nan, nan
    z = float(ndtri(0.5 + level / 2))
    share, weight = successes / trials, z * z / trials
    middle = share + weight / 2
    half = z * sqrt((share * (1 - share) + weight / 4) / trials)
    # The bounds at 0 and at all successes are 0 and 1 exactly; rounding must not push them past.
    low = 0.0 if successes == 0 else (middle - half) / (1 + weight)
    high = 1.0 if successes == trials else (middle + half) / (1 + weight)
    return low, high
