"""The words of findings about effective size, bottlenecks, relatedness, ordination and assignment."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "size-few-individuals",
        "note",
        "The effective size of {value} cannot be estimated ({method}): fewer than {fewest} individuals are typed.",
        "Type more individuals.",
        "RU",
    ),
    Code(
        "size-no-pairs",
        "note",
        "The effective size of {value} cannot be estimated from linkage: no two loci vary among the same individuals "
        "(alleles rarer than {threshold} left out).",
        "Type more loci, or the same loci in all individuals.",
        "RU",
    ),
    Code(
        "size-panel",
        "note",
        "The effective size of {value} ({method}, alleles rarer than {threshold} left out) rests on {individuals} "
        "individuals, {loci} loci with variation and {comparisons} independent comparisons.",
        "Few loci make the interval wide. The interval is the answer, not the estimate.",
        "RU",
    ),
    Code(
        "size-infinite",
        "warning",
        "The data of {value} show no sign of a finite effective size ({method}, threshold {threshold}): the estimate "
        "is infinite.",
        "This is no proof of a large population. Use the lower bound of the interval.",
        "RU",
    ),
    Code(
        "size-upper-infinite",
        "warning",
        "The effective size of {value} ({method}, threshold {threshold}) has no upper bound: the data agree with any "
        "size above {low}.",
        "Type more individuals or loci.",
        "RU",
    ),
    Code(
        "size-no-second-sample",
        "note",
        "The effective size cannot be estimated from drift: there are not two samples.",
        "Give the individuals of an earlier and of a later sample.",
        "",
    ),
    Code(
        "size-no-generations",
        "note",
        "The effective size cannot be estimated from drift: the generations between the two samples are not known.",
        "Say how many generations lie between them.",
        "",
    ),
    Code(
        "size-no-common-loci",
        "note",
        "The effective size cannot be estimated from drift: no locus varies and is known in both samples.",
        "Type the same loci in both samples.",
        "",
    ),
    Code(
        "size-drift-infinite",
        "warning",
        "Allele frequencies changed no more between the two samples than sampling explains ({value}): the estimate "
        "is infinite.",
        "This is no proof of a large population. Use the lower bound of the interval.",
        "Fs",
    ),
    Code(
        "size-drift-upper-infinite",
        "warning",
        "The effective size from drift ({value}) has no upper bound: the data agree with any size above {low}.",
        "Type more individuals or loci, or wait for more generations.",
        "Fs",
    ),
    Code(
        "size-no-variation",
        "note",
        "The effective size of {value} cannot be estimated ({method}): no locus varies.",
        "Type more loci.",
        "RU",
    ),
    Code(
        "size-siblings-by-pairs",
        "note",
        "The effective size of {value} by sibship rests on the likelihood of pairs at {loci} loci, not on whole "
        "families, and on the assumption that all individuals are of one cohort.",
        "Compare it with the other estimates. Give young of one cohort.",
        "RU",
    ),
    Code(
        "size-siblings-none",
        "warning",
        "No pair of {value} seems to be siblings: the effective size by sibship is infinite.",
        "This is no proof of a large population: the sample may be too small to hold siblings.",
        "RU",
    ),
    Code(
        "size-siblings-upper-infinite",
        "warning",
        "The effective size of {value} by sibship has no upper bound: the data agree with any size above {low}.",
        "Type more individuals or loci.",
        "RU",
    ),
    Code(
        "size-parents-in-sample",
        "warning",
        "About {count} pairs of {value} look like parent and offspring: the sample is not of one cohort, and its "
        "effective size by sibship is doubtful.",
        "Give young of one cohort.",
        "RU",
    ),
    Code(
        "bottleneck-no-loci",
        "note",
        "A bottleneck of {value} cannot be tested: no locus varies in it.",
        "Type more loci.",
        "RU",
    ),
    Code(
        "bottleneck-few-loci",
        "warning",
        "A bottleneck of {value} is tested with {loci} loci: fewer than {enough} cannot give a P below 0.05, "
        "whatever happened.",
        "Type more loci.",
        "RU",
    ),
    Code(
        "bottleneck-standardised-few",
        "note",
        "The test of standardised differences for {value} rests on {loci} loci; it asks for 20.",
        "Use the Wilcoxon test.",
        "RU",
    ),
    Code(
        "bottleneck-mode-few",
        "note",
        "The classes of allele frequencies of {value} rest on {individuals} individuals and {loci} loci; the "
        "method asks for about 30 individuals and 5 loci.",
        "Do not read a shift of the mode from them.",
        "RU",
    ),
    Code(
        "bottleneck-alleles-unreached",
        "warning",
        "Under the model {model} no population at equilibrium gives as many alleles as locus {value} has in "
        "{group}: the locus was left out.",
        "Check the locus: alleles may be misread, or several loci read as one.",
        "F42",
    ),
    Code(
        "m-ratio-no-variation",
        "note",
        "Locus {value} does not vary in {group}: it has no M ratio.",
        "Nothing.",
        "F42",
    ),
    Code(
        "m-ratio-no-lengths",
        "note",
        "The alleles of locus {value} are no whole lengths: it has no M ratio in {group}.",
        "Give lengths in base pairs.",
        "F42",
    ),
    Code(
        "m-ratio-no-repeat",
        "warning",
        "The length of the repeat of locus {value} is not known, and the distances between its alleles have no "
        "common step: it has no M ratio in {group}.",
        "Give the length of the repeat, and check the alleles.",
        "F42",
    ),
    Code(
        "m-ratio-off-ladder",
        "warning",
        "Alleles of locus {value} in {group} lie between the steps of its repeat: it has no M ratio.",
        "Check the alleles, or the length of the repeat.",
        "F42",
    ),
    Code(
        "m-ratio-repeat-taken",
        "note",
        "The repeat of locus {value} was taken to be {repeat} base pairs long, the common step of its alleles.",
        "Give the length of the repeat, if it is another one.",
        "F42",
    ),
    Code(
        "relatedness-no-estimate",
        "note",
        "{value} of {total} pairs have no estimate of relatedness ({estimator}): they share no loci that could "
        "give one.",
        "Type more loci.",
        "12",
    ),
    Code(
        "relatedness-no-pairs",
        "note",
        "There is no pair of individuals with an estimate of relatedness.",
        "Type more individuals.",
        "",
    ),
    Code(
        "relatedness-panel-weak",
        "warning",
        "The {loci} loci with variation cannot tell {value} from unrelated animals ({estimator}, standard deviation "
        "{deviation}): {percent} % of pairs look like the other kind.",
        "Do not call single pairs kin. Use means of groups, or type more loci.",
        "half siblings",
    ),
    Code(
        "ordination-left-out",
        "note",
        "Individual {value} shares no known locus with another one, or has none: it has no place in the ordination.",
        "Type the same loci in all individuals.",
        "T07F",
    ),
    Code(
        "ordination-nothing",
        "note",
        "There is no ordination: it needs three individuals and variation, and {value} individuals are left.",
        "Type more individuals or loci.",
        "2",
    ),
    Code(
        "ordination-negative",
        "note",
        "Distances with missing loci are not wholly distances: {axes} axes have negative eigenvalues, together "
        "{value} % of the positive ones.",
        "Nothing, if the share is small. Type the missing loci otherwise.",
        "3.1",
    ),
    Code(
        "assignment-one-group",
        "note",
        "Nobody can be assigned: there are {value} groups, and two are needed.",
        "Give individuals of another side.",
        "1",
    ),
    Code(
        "assignment-no-loci",
        "note",
        "Individual {value} cannot be assigned: none of its loci is known.",
        "Type it again.",
        "T07F",
    ),
    Code(
        "assignment-tied",
        "note",
        "Individual {value} is as likely in two groups (at {loci} loci): it was not assigned.",
        "Type more loci.",
        "T07F",
    ),
    Code(
        "assignment-group-small",
        "warning",
        "The alleles of {value} are poorly known: {count} individuals are typed there. Assignments to and from it "
        "are doubtful.",
        "Type more individuals there.",
        "CN",
    ),
    Code(
        "assignment-group-alone",
        "note",
        "Migrants in {value} cannot be looked for: fewer than two individuals are typed there.",
        "Type more individuals there.",
        "CN",
    ),
    Code(
        "assignment-migrants-by-chance",
        "note",
        "{value} of {tested} individuals look like migrants; chance alone would name about {expected} of them at "
        "the level {level}.",
        "Look at each of them: where was it sampled, and is its genotype right?",
        "3",
    ),
)
