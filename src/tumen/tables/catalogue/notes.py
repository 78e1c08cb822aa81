"""The words of the notes an answer carries (`tumen.tables.answer.Note`)."""

from collections.abc import Mapping
from types import MappingProxyType

NOTES: Mapping[str, str] = MappingProxyType(
    {
        "crossed-once": "Individuals that crossed once, with too little known effort behind them to say whether "
        "they stayed: {individuals}.",
        "crossings-impossible": "Crossings that would need more than {speed} km/h, so a clock or an identity is "
        "wrong: {crossings}. They are counted and marked.",
        "crossings-unlisted": "Crossings certain to have happened, but not between which countries: {crossings}. "
        "They are counted and not listed.",
        "detections-incomplete": "Detections without an instant or an individual, not used: {detections}.",
        "decisions-kept": "Decisions kept that change nothing yet, because they are undecided or about pairs without a "
        "name: {decisions}.",
        "decisions-taken": "Decisions of {observer} taken in: {decisions}. Events added to the register: {events}. "
        "Identifications added: {identifications}.",
        "effort-unknown": "The effort behind the tracked positions of {parties} is unknown: a place without "
        "positions says nothing about absence.",
        "encounters-derived": "{parties}: encounters were derived by their owner, with the day, the side and a rounded "
        "distance to the border, and no place. Encounters of one day have no order, and who stayed on a side cannot be "
        "told by the cameras behind it.",
        "encounters-in-no-country": "Encounters in no country of the study, counted for none: {encounters}.",
        "density-draws-lost": "Resampled registers to which the model could not be fitted, left out of the intervals: "
        "{draws}.",
        "density-mask": "Animals may live in {cells} cells of {spacing} m ({area} km2), up to {buffer} m from a "
        "camera, on land of the countries of the study and in its habitat. Density elsewhere was not asked for.",
        "density-mask-of-files": "Animals may live in {cells} cells of {spacing} m ({area} km2), up to {buffer} m "
        "beyond the detectors. Density elsewhere was not asked for.",
        "density-of-grown-animals": "Density is that of animals with a range of their own. Dependent young counted "
        "apart: {young}.",
        "diversity-animals": "Animals with a genotype: {animals}. Known by the register: {named}. Told apart by their "
        "genotypes alone: {genetic}.",
        "diversity-genotypes-differ": "Genotypes at a locus on which the samples of one animal do not agree, left out: "
        "{genotypes}.",
        "diversity-names-one-genotype": "Animals that the register keeps apart and whose genotypes are those of one "
        "animal: {animals}. They are counted as the register has them.",
        "diversity-no-generation": "Change in time was not used for the effective size: the study states no "
        "generation.",
        "diversity-replicates-joined": "Genotypes that were read more than once, brought to one: {genotypes}.",
        "diversity-samples-as-animals": "Each of the {samples} samples of the file counts as an animal. Samples of one "
        "animal make a group look inbred and small: match them first with tumen identify genotypes.",
        "diversity-sides-of-samples": "An animal belongs to the side where most of its samples were found. Animals "
        "with samples on several sides: {several}. With as many on each, and so in no side: {tied}. Whose side is not "
        "certain: {uncertain}.",
        "diversity-single-readings": "Genotypes that were read once: {single} of {genotypes}. They count, and an "
        "allele that failed to show in them makes animals look inbred.",
        "genotype-identity-bound": "Animals with several samples: {matched}. Of them {allowed} have loci enough for "
        "identity to be claimed (PIDsib at most the bound).",
        "genotypes-before-photographs": "Genotypes were matched before the photographs: run tumen identify genotypes "
        "again, so that they are asked about every pair that photographs propose.",
        "genotypes-calibrated": "Sizes are those of {reference}. Alleles of other laboratories: {alleles}, of them "
        "without a sure counterpart, and left out: {refused}.",
        "genotypes-matched": "Samples: {samples}. Animals that their genotypes tell apart: {animals}. Pairs of samples "
        "of different names that may be one animal: {pairs}.",
        "genotypes-of-other-species": "Samples of species that the study does not ask for, left out: {samples}.",
        "genotypes-without-species": "Samples whose species nobody determined, left out: {samples}.",
        "identity-error-carried": "Identity error is carried forward by {draws} resampled registers; links that may be "
        "wrong: {links}.",
        "identity-error-names-right": "How often the observers err is not known (no training file, no blind repeats): "
        "names within a catalogue count as right, and the intervals are too narrow.",
        "indicator-species-left": "Left out of the indicator {indicator}, for want of an index or of precision: "
        "{species}.",
        "left-out-doubtful-instant": "Detections outside their camera's deployment, not used because its clock is "
        "in doubt: {rows}.",
        "left-out-other-species": "Detections of species the study does not ask for, not used: {rows}.",
        "left-out-outliers": "Positions that their owners marked as wrong, not used: {rows}.",
        "left-out-outside-period": "Detections outside the study's period, not used: {rows}.",
        "left-out-unnamed": "Observations of animals without a name of their own, not used for counting "
        "individuals: {rows}.",
        "left-out-without-instant": "Detections without a readable instant, not used: {rows}.",
        "limits-declared": "Chosen for this answer, not published values: a crossing faster than {speed} km/h "
        "counts as impossible; cameras within {reach} km of where an animal had been seen could see it return; "
        "{days} camera-days there without it mean that it stayed away.",
        "no-individuals": "No detection of an identified individual was left to use: nothing can be said about "
        "crossings.",
        "no-side-surveyed": "{species}: in no country is it certain that a camera stood or an animal was seen; "
        "nothing can be said about crossings.",
        "one-side-surveyed": "{species}: only {country} was looked at. No crossing could show, and none found "
        "means nothing.",
        "photos-bursts": "Pictures of one event, and of one camera within {seconds} seconds, are one burst and were "
        "never compared with each other. Bursts: {bursts}.",
        "photos-missing": "Pictures that are named and not there, left out: {pictures}.",
        "photos-model-unused": "{species}: too few known pairs to say what the model's likeness of whole pictures is "
        "worth. It was not used.",
        "photos-model-used": "{species}: the likeness of whole pictures by the study's model was joined to the score, "
        "with the weight that the known pairs give it.",
        "photos-places-unused": "Where and when a picture was taken hid no candidate.",
        "photos-portraits": "Pictures that their owners gave as portraits, without camera and time: {pictures}. Those "
        "of one burst are not known; they were compared with each other and count as known pairs, which can make "
        "probabilities too high.",
        "photos-several-animals": "Pictures with several animals and no box, left out: {pictures}.",
        "photos-uncalibrated": "{species}: too few known animals ({same} seen again under their own name, {different} "
        "pairs of two) to say how probable a match is. Scores are shown, no probabilities.",
        "photos-unreadable": "Pictures that cannot be read, or whose box is wrong or too small, left out: {pictures}.",
        "photos-used": "Pictures of the study's animals in the packages: {pictures}. Compared with each other: {used}.",
        "photos-without-features": "Pictures in which nothing can be recognised again, left out: {pictures}.",
        "photos-without-flank": "Pictures of which the flank is not known: {pictures}. They were compared with both "
        "flanks.",
        "photos-without-species": "Pictures without the name of a species, compared with nothing: {pictures}.",
        "possible-identifications-left-out": "Detections whose identification is only 'possible', not used: "
        "{detections}.",
        "proposals-independent": "Where photographs and genotypes both speak of a pair, the joint probability takes "
        "them to be independent.",
        "proposals-made": "Pairs to look at: {pairs}, of them with something that contradicts: {contradicted}. Pairs "
        "on which the register has decided, and which are not asked again: {settled}.",
        "register-event-added": "Added to the register: {event} ({kind}).",
        "sides-uncertain": "Encounters too near a border for their side to be certain: {encounters}. They widen "
        "the bounds and are not counted for any country.",
        "species-absent": "No package records {species}.",
        "stage-unknown": "Individuals without a recorded life stage, counted with the adults: {individuals}.",
        "survival-effort-unknown": "When some cameras worked is not known. No model of survival uses the effort, and "
        "no session counts as one in which nobody looked.",
        "survival-identity-not-carried": "The intervals of survival do not carry identity error: a name given wrongly "
        "makes one animal of two, or two of one, and survival too high or too low.",
        "survival-inflated": "Lives vary more than the richest model says by the factor {inflation} (of {draws} drawn "
        "surveys). Errors and the choice among models take it into account.",
        "survival-of-grown-animals": "Survival is that of animals with a range of their own, seen by cameras. "
        "Dependent young left out: {young}.",
        "survival-positions-unused": "Positions of tracked animals, not used for survival: {positions}.",
        "trend-base-other": "The base {base} is no year of the counts; the index counts from another year, for: "
        "{regions}.",
        "trend-change-points-left": "Change points outside the years of the counts, left out, for: {regions}.",
        "trend-complexes-added": "Totals add the sites of a complex as they were counted, also on different days, when "
        "birds may have moved from one to another: {complexes}.",
        "trend-counts-of-season": "Each count is the largest number of the season that was counted in full; a season "
        "counted in part or not at all is missing: {missing} of {cells} sites and years.",
        "trend-months-no-serial": "Serial correlation was not estimated: the counts are of several months a year.",
        "trend-ranges-middle": "Counts for which observers gave a range, taken at its middle: {counts}.",
        "trend-smooth-plain": "The smooth trend knows no covariates and no serial correlation.",
        "trend-stepwise": "Change points that were tried and left out by the tests: {dropped}.",
        "trend-unidentified-low": "Counts at which birds of the group were not identified, taken without them: "
        "{counts}.",
        "waterbirds-after-assessment": "Visits after the day of assessment ({day}) or after today, left out: {visits}.",
        "waterbirds-assessed": "Assessed as of {day}. Editions of the population estimates: {editions}.",
        "waterbirds-edition-assumed": "Nobody said which edition is in force; the newest was used, for: {species}.",
        "waterbirds-estimates-at-most": "Population estimates that say only 'less than': fewer birds than 1\u00a0% of "
        "them decide nothing, for: {species}.",
        "waterbirds-estimates-open": "Population estimates that say only 'more than', so that the true threshold may "
        "be higher: {species}.",
        "waterbirds-groups-unsaid": "Visits that do not say which groups were counted: {visits}. Their totals are "
        "lower bounds.",
        "waterbirds-levels-recalled": "Levels that rest on no text we could read, and are to be checked before use: "
        "{levels}.",
        "waterbirds-outside-seasons": "Numbers of days that lie in no season and are not judged: {counts}.",
        "waterbirds-populations-mixed": "Where birds of several populations may be met, the larger threshold is used, "
        "as is usual: {cases} sites, seasons and species.",
        "waterbirds-ranges-missing": "Population estimates that say nothing of countries, seasons or range were taken "
        "to hold wherever their species was counted: {populations}.",
        "waterbirds-thresholds-computed": "Thresholds computed from the size of the population, because none was "
        "published with it: {populations}.",
        "waterbirds-thresholds-differ": "Published thresholds that the rule of their edition does not give, used as "
        "published: {species}.",
        "waterbirds-thresholds-missing": "Species counted for which no threshold is known: {species}. Nothing is "
        "denied them for it.",
        "waterbirds-withheld": "Seasons in which an owner withholds a number: {seasons}. They are open, neither zero "
        "nor missing.",
    }
)
"""English texts of the notes an answer carries (`tumen.tables.answer.Note`)."""
