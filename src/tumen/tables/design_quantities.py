"""What can be measured of a survey's design: each quantity, on what, and which number of many a rule judges."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

METHODS = ("cameraTrap", "genetics", "waterbirdCount")


@dataclass(frozen=True)
class Quantity:
    """A quantity of a design.

    It is measured on many units (`of`: stations, deployments, runs ...). `statistic` of them is what a rule judges:
    median, minimum, maximum, mean; or `range`, where the values are those of one number under choices nobody made: a
    rule then fails only if all of them fail. `code` is that of the finding of a failed rule.
    """

    name: str
    method: str
    label: str
    of: str
    unit: str
    statistic: str
    code: str
    meaning: str


_ALL = (
    Quantity(
        "spacing",
        "cameraTrap",
        "distance to the nearest other station",
        "station",
        "km",
        "median",
        "design-spacing",
        "Geodesic distance from a station to the nearest other one; cameras within 30 m are one station.",
    ),
    Quantity(
        "locationsPerCell",
        "cameraTrap",
        "stations per cell that has any",
        "position of the grid",
        "",
        "range",
        "design-cells",
        "Stations divided by the grid cells that hold one, for 64 positions of the grid.",
    ),
    Quantity(
        "paired",
        "cameraTrap",
        "share of stations with two cameras at once",
        "station",
        "share",
        "mean",
        "design-unpaired",
        "1 for a station at which two cameras worked at the same time, else 0.",
    ),
    Quantity(
        "pairedTime",
        "cameraTrap",
        "share of the time with two cameras at once",
        "station",
        "share",
        "mean",
        "design-unpaired",
        "Time in which two cameras or more worked at a station, of the time in which one did.",
    ),
    Quantity(
        "cameraHeight",
        "cameraTrap",
        "height of the camera",
        "deployment",
        "m",
        "median",
        "design-height",
        "deployments.cameraHeight.",
    ),
    Quantity(
        "working",
        "cameraTrap",
        "share of stations that worked",
        "station",
        "share",
        "mean",
        "design-working",
        "1 for a station of which a camera worked in the session, 0 for one that only stood.",
    ),
    Quantity(
        "nights",
        "cameraTrap",
        "nights a station worked",
        "station",
        "d",
        "median",
        "design-nights",
        "Time in which at least one camera of the station worked, in days of 24 hours.",
    ),
    Quantity(
        "lost",
        "cameraTrap",
        "share of camera time lost",
        "station",
        "share",
        "mean",
        "design-lost",
        "Camera time in which a camera stood and did not work, of the time in which it stood.",
    ),
    Quantity(
        "window",
        "cameraTrap",
        "length of the session",
        "session",
        "d",
        "maximum",
        "design-window",
        "Time from the first to the last work of any camera: in it the population is taken for closed.",
    ),
    Quantity(
        "checkInterval",
        "cameraTrap",
        "time between visits to a camera",
        "deployment",
        "d",
        "median",
        "design-check-interval",
        "deploymentEnd minus deploymentStart; visits in between that nobody recorded make it too long.",
    ),
    Quantity(
        "unattended",
        "cameraTrap",
        "time without a camera between deployments",
        "gap at a station",
        "d",
        "median",
        "design-gaps",
        "Time between two deployments of a station in which no camera stood there.",
    ),
    Quantity(
        "occasions",
        "cameraTrap",
        "whole occasions in the session",
        "session",
        "",
        "minimum",
        "design-occasions",
        "Length of the session divided by the declared length of an occasion, rounded down.",
    ),
    Quantity(
        "borderDistance",
        "cameraTrap",
        "distance of stations to the border",
        "station",
        "km",
        "median",
        "design-border-distance",
        "Geodesic distance of a station to the border.",
    ),
    Quantity(
        "stripSigma",
        "cameraTrap",
        "depth of the sampled strip in sigmas",
        "home range",
        "sigma",
        "minimum",
        "design-strip",
        "Distance of the farthest station from the border, divided by sigma.",
    ),
    Quantity(
        "bufferSigma",
        "cameraTrap",
        "declared buffer in sigmas",
        "home range",
        "sigma",
        "minimum",
        "design-buffer",
        "The buffer that the study declares, divided by sigma.",
    ),
    Quantity(
        "replicates",
        "genetics",
        "typings of a sample at a locus",
        "sample and locus",
        "",
        "minimum",
        "design-replicates",
        "Distinct replicates of one sample at one locus in one laboratory, failed ones among them.",
    ),
    Quantity(
        "heterozygousControls",
        "genetics",
        "heterozygous reference animals in a run",
        "laboratory run",
        "",
        "minimum",
        "design-controls",
        "Distinct controls of a run, positive or for calibration, that are expected heterozygous at some "
        "locus, or were read so where nothing is said to be expected.",
    ),
    Quantity(
        "negativeControls",
        "genetics",
        "negative controls in a run",
        "laboratory run",
        "",
        "minimum",
        "design-controls",
        "Distinct negative controls of a run.",
    ),
    Quantity(
        "sharedReferences",
        "genetics",
        "reference animals typed in several laboratories",
        "pair of laboratories",
        "",
        "minimum",
        "design-shared-references",
        "Distinct controls, positive or for calibration, that two laboratories have both typed.",
    ),
    Quantity(
        "faecesAge",
        "genetics",
        "age of faeces when collected",
        "sample",
        "d",
        "median",
        "design-sample-age",
        "samples.ageDays of faeces.",
    ),
    Quantity(
        "midwinterVisits",
        "waterbirdCount",
        "visits of a site in a winter (December to February)",
        "site and winter",
        "",
        "minimum",
        "design-count-window",
        "Visits with a count, for sites that were ever counted in winter, in each winter from the first "
        "to the last that their party counted.",
    ),
    Quantity(
        "sameDay",
        "waterbirdCount",
        "share of a count group's sites counted on one day",
        "count group and season",
        "share",
        "minimum",
        "design-synchrony",
        "Sites of a count group that were counted on one day, of its sites: the best day of the season "
        "(spring March to May, summer, autumn, winter).",
    ),
    Quantity(
        "daysFromMidMonth",
        "waterbirdCount",
        "days from the 15th of the month",
        "visit",
        "d",
        "maximum",
        "design-count-window",
        "Days between a visit and the nearest 15th.",
    ),
    Quantity(
        "seasonsCounted",
        "waterbirdCount",
        "years in which a site was counted in a season",
        "site and season",
        "",
        "minimum",
        "design-years",
        "Years with a visit of complete coverage, for each season apart. 'Regularly' is judged on them.",
    ),
)

QUANTITIES: Mapping[str, Quantity] = MappingProxyType({quantity.name: quantity for quantity in _ALL})
"""What is measured, by name, in the order in which it is shown."""
