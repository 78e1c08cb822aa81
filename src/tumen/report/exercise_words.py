"""What the exercises say: what each trains, its words and what they mean, its statements, and why they are so."""

from dataclasses import dataclass

from tumen.report.words.marking import mark


@dataclass(frozen=True)
class Lesson:
    """The texts of one exercise, all of them English texts to be put into words.

    `items` says what names an error. `causes`, `decoys`, `numbers` and `statements` are by their codes; a statement has
    its text and the reason of its answer. `shown` is the command that would have told.
    """

    title: str
    trains: str
    items: str
    causes: dict[str, str]
    decoys: dict[str, str]
    statements: dict[str, tuple[str, str]]
    shown: str
    numbers: dict[str, str]


UNITS = {
    "days": mark("days to add to the recorded times"),
    "years": mark("years to add to the recorded times"),
    "offset": mark("the offset that should stand there, in hours"),
    "hours": mark("hours between the two clocks, without sign"),
    "secondsPerDay": mark("seconds that one clock gained on the other each day, without sign"),
}
"""What is to be written in the column value, where a cause asks for it."""

TRUTHS = {
    "true": mark("it is always so"),
    "false": mark("it is not so"),
    "unclear": mark("it cannot be told from this"),
}

CHECK = "tumen check packages/*"
REPORT = "tumen report study.toml -o report/"
"""The command that shows what is wrong with links: they are of no one package."""

CLOCKS = Lesson(
    title=mark("Clocks"),
    trains=mark("Find cameras whose times cannot be right, and say by how much they are wrong."),
    items=mark(
        "Name the deployment (deploymentID). Cameras are set, and take their first picture of whoever sets them, at "
        "deploymentStart. Of two cameras side by side name either."
    ),
    causes={
        "reset": mark("The clock began again at 1 January 2000."),
        "yearWrong": mark("The clock was set to another year."),
        "offsetWrong": mark(
            "The clock was right, and its times carry an offset from UTC that no longer held. Vladivostok went from "
            "+11:00 to +10:00 on 26 October 2014."
        ),
        "hoursWrong": mark("The clock was hours away from that of the camera beside it, always by the same amount."),
        "drift": mark("The clock ran faster or slower than that of the camera beside it."),
    },
    decoys={
        "steadyPair": mark("The two cameras differ by less than a minute: that is the time of walking past both."),
        "legalChange": mark("Its offset changes on the day on which the law changed it, so it is right."),
    },
    statements={
        "sameInstant": (
            mark("12:00+11:00 and 11:00+10:00 are one instant."),
            mark("Both are 01:00 UTC. The offset tells how the clock was set, not another time."),
        ),
        "pairTellsWhich": (
            mark("Of two cameras side by side whose clocks differ, the later one is wrong."),
            mark("Their events only tell the difference. A picture of a watch tells which of them is wrong."),
        ),
    },
    numbers={},
    shown=CHECK,
)

PLACES = Lesson(
    title=mark("Places"),
    trains=mark("Find stations that are not where their coordinates say, and names that mean one station twice."),
    items=mark("Name the station (locationID). The country of a station is in deploymentTags."),
    causes={
        "exchanged": mark("Latitude and longitude are exchanged."),
        "degreesMinutes": mark("Degrees and minutes stand where decimal degrees belong."),
        "minutesAsDecimals": mark(
            "Minutes and seconds were written as decimals at one visit: 42°45′16″ became 42.4516, not 42.7544."
        ),
        "inSea": mark("The station stands in the sea."),
        "overBorder": mark("The station stands in another country than the one it is said to be in."),
        "lookalike": mark("The station has two names that look the same, or nearly, and are different to a computer."),
        "moved": mark(
            "At one visit the station has coordinates more than a kilometre from its own, for no clear reason."
        ),
    },
    decoys={
        "remeasured": mark("Its coordinates differ by some tens of metres between visits, as those of receivers do."),
        "atBorder": mark("It is the station nearest to the border, and it stands on its own side."),
    },
    statements={
        "moreDecimals": (
            mark("Coordinates with more decimals are more accurate."),
            mark("Decimals say how something was written. coordinateUncertainty says how well it is known."),
        ),
        "snappedSide": (
            mark("A station 300 m from a border, known to 1 km, is on the side on which its point lies."),
            mark("It may be on either side. A declared country decides, the point does not."),
        ),
    },
    numbers={},
    shown="tumen check packages/* --countries northeast_asia",
)

EFFORT = Lesson(
    title=mark("Effort"),
    trains=mark("Find what contradicts itself about when cameras worked, and count camera-nights."),
    items=mark(
        "Name the deployment (deploymentID); for duringFailure the observation (observationID). Nothing was planted in "
        "the package south-institute: it is for counting."
    ),
    causes={
        "overlap": mark("A deployment begins while the one before it of the same camera still lasts."),
        "cameraTwice": mark("One camera is at two stations at one time."),
        "duringFailure": mark("An observation was made while its camera is said not to have worked."),
        "periodOutside": mark("An operating period reaches outside its deployment."),
        "endsBeforeStart": mark("A deployment ends before it starts."),
    },
    decoys={
        "stolen": mark("The camera was stolen with its pictures: no records and no camera-nights, and that is right."),
        "pair": mark("Two cameras face each other at one station at one time, as they should."),
    },
    statements={
        "unreportedFailures": (
            mark("A package without operating periods comes from cameras that never failed."),
            mark("Nobody wrote down whether they failed. Its effort is an upper bound."),
        ),
        "pairCountsTwice": (
            mark("Two facing cameras that work for ten nights make twenty camera-nights."),
            mark("Every camera is counted by itself; how many stations there were is another number."),
        ),
    },
    numbers={
        "nightsOfStation": mark("How many camera-nights did the station {item} have?"),
        "nightsOfPackage": mark("How many camera-nights did the package {item} have?"),
    },
    shown=CHECK,
)

ANIMALS = Lesson(
    title=mark("Animals"),
    trains=mark("Find lives that cannot have been lived, and count animals that several parties named."),
    items=mark(
        "Name the animal as party/individualID, such as north-reserve/T01F, or the link (linkID in links.csv). Of a "
        "mother and her young name the young."
    ),
    causes={
        "grewYounger": mark("The animal was adult, and later it is recorded as a cub."),
        "motherYounger": mark("The mother was born after her young."),
        "seenAfterDeath": mark("The animal was seen after it had died."),
        "twoSexes": mark("The animal is recorded as female and as male."),
        "linkBetweenSpecies": mark("A link makes one animal of two species."),
    },
    decoys={
        "sameName": mark("Two parties use this name for different animals: a name means nothing outside its party."),
        "bothSides": mark("It was seen in both countries: it crossed, and that is what the joint register is for."),
    },
    statements={
        "jointIsSmaller": (
            mark("The joint number of animals may be smaller than the sum of the numbers of all parties."),
            mark("An animal that crosses is counted by both. The joint number counts it once."),
        ),
        "noCrossingSeen": (
            mark("An animal that was seen on one side only has never crossed."),
            mark("It may have crossed where or when no camera worked."),
        ),
    },
    numbers={
        "jointAnimals": mark("How many animals did all parties name together, each counted once?"),
        "onBothSides": mark("How many of them were seen in both countries?"),
    },
    shown=CHECK,
)

LABORATORY = Lesson(
    title=mark("Samples and tests"),
    trains=mark("Find genotypes, samples and tests that cannot be right, and results without what they rest on."),
    items=mark(
        "Name the sample (sampleID); for noControls the run (runID), for noCutoff the assay (assayID), for "
        "outcomeContradicts the test (testID)."
    ),
    causes={
        "noControls": mark("A run of genotypes has no controls."),
        "outsidePanel": mark("A genotype has an allele that the panel does not allow."),
        "zeroAllele": mark("An allele is written as 0 where nothing was read."),
        "beforeBirth": mark("A sample was collected before its animal was born."),
        "noCutoff": mark("An assay measures an amount, and its cut-off is not given."),
        "outcomeContradicts": mark("The outcome of a test says the contrary of its titre and cut-off."),
    },
    decoys={
        "bothEmpty": mark("Both alleles are empty: it was typed, nothing was read, and that is how to write it."),
        "atCutoff": mark("The titre is the cut-off itself, and from the cut-off on a test is positive."),
        "emptyWater": mark("Nothing was read in the negative control, as it should be."),
    },
    statements={
        "antibodyMeansIll": (
            mark("An animal with antibodies is ill."),
            mark("It met the pathogen, or a vaccine, at some time."),
        ),
        "sameSizeOtherLab": (
            mark("Allele 124 of one laboratory is allele 124 of another."),
            mark("Only controls that both laboratories typed can tell."),
        ),
    },
    numbers={"reachCutoff": mark("Of how many tests of the assay {item} does the titre reach the cut-off?")},
    shown=CHECK,
)

BIRDS = Lesson(
    title=mark("Waterbirds"),
    trains=mark("Tell zero, not counted and withheld apart, hold totals against their parts, and add up one day."),
    items=mark("Name the count (countID)."),
    causes={
        "zeroNotCounted": mark("A zero stands for a group that was not counted at that visit."),
        "notSurveyed": mark("Birds are counted at a visit at which nobody counted."),
        "partsExceed": mark("The parts are more than their total."),
        "synonym": mark("The species has an old name."),
        "misspelt": mark("The name of the species is misspelt."),
        "withheldNumber": mark("A count is withheld, and a zero stands in its place."),
    },
    decoys={
        "realZero": mark("The group was counted and the species was not there: that zero is a result."),
        "emptyGap": mark("It was not counted, and it is empty: that is how to write it."),
        "emptyWithheld": mark("It is withheld, and it is empty: that is how to write it."),
    },
    statements={
        "sumOfHighest": (
            mark("The highest counts of different days may be added up to a total."),
            mark("The same birds may be at one site on one day and at another on the next."),
        ),
        "noBirdsSeen": (
            mark("A visit counted geese and ducks only, so there were no cranes."),
            mark("Nobody counted cranes. They may have been there."),
        ),
    },
    numbers={
        "together": mark(
            "What is the largest total of one day over all sites of the count group ({item})? Only days on which all "
            "its sites were counted."
        )
    },
    shown=CHECK,
)

LESSONS = {1: CLOCKS, 2: PLACES, 3: EFFORT, 4: ANIMALS, 5: LABORATORY, 6: BIRDS}
"""The texts by the number of the exercise."""
