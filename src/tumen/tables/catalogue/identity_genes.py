"""The words of findings about who is who by genotype: consensus, error rates, identity, calibration of laboratories."""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "locus-alike",
        "warning",
        "Loci {value} and {other} differ only as people write names: they could be one locus, and are kept as two.",
        "Compare the primers. If they are one locus, write one name into the aliases of the other in the table loci.",
        "Fca126",
    ),
    Code(
        "locus-aliases-conflict",
        "error",
        "The panels of the packages contradict each other: their aliases make one locus of {loci}, which one panel "
        "keeps apart.",
        "Agree on one panel. Until then each package uses its own aliases only.",
        "F115",
    ),
    Code(
        "locus-alias-ambiguous",
        "error",
        "'{value}' is a name of more than one locus ({loci}) of the panel: readings under it were not renamed.",
        "Leave the name with one of them.",
        "F115",
    ),
    Code(
        "readings-unnamed",
        "error",
        "{count} rows do not say their sample, laboratory, locus or replicate, and were not used.",
        "Complete them.",
        "",
    ),
    Code(
        "replicate-contradicts",
        "error",
        "Sample {value} has {rows} different readings at locus {locus} under one replicate, {replicate}, of "
        "{laboratory}: none of them was used.",
        "Give each amplification its own number, or keep the row that is right.",
        "NR-2015-014",
    ),
    Code(
        "replicate-repeated",
        "warning",
        "Sample {value} has {rows} equal readings at locus {locus} under one replicate, {replicate}, of "
        "{laboratory}: they were counted once.",
        "If they are several amplifications, give each its own number; else delete the copies.",
        "NR-2015-014",
    ),
    Code(
        "consensus-unresolved",
        "warning",
        "Sample {value} has no consensus at locus {locus} in {laboratory}: {readings}.",
        "Type it again at this locus. Until then the locus counts as missing.",
        "NR-2015-014",
    ),
    Code(
        "consensus-single",
        "note",
        "{count} of {compared} genotypes (sample and locus) of {laboratory} were read too rarely for a consensus, "
        "without contradiction.",
        "Type them again, or say that every reading is to be believed by setting the rules to 1.",
        "south-institute",
    ),
    Code(
        "sample-few-loci",
        "warning",
        "Sample {value} has a genotype at {loci} of the {typed} loci that {laboratory} typed.",
        "Nobody can be identified by one locus. Type it again, or leave it out and say so.",
        "NR-2015-014",
    ),
    Code(
        "rates-without-replicates",
        "warning",
        "No sample was read twice at locus {value}: how often it is misread is not known.",
        "Type some samples again at this locus. Until then say which rates you assume, and why.",
        "FCA126",
    ),
    Code(
        "dropout-unknown",
        "warning",
        "No reading of {compared} samples showed two alleles at locus {value}: whether alleles drop out is not known.",
        "Nothing to mend if all animals have one allele there: the locus says nothing of identity.",
        "FCA126",
    ),
    Code(
        "rates-unsettled",
        "warning",
        "The search for the error rates of locus {value} did not come to rest: they are near their best values.",
        "Look at the intervals. More replicates make the rates certain.",
        "FCA126",
    ),
    Code(
        "panel-too-weak",
        "warning",
        "All {count} loci together have a PIDsib of {value}, above {bound}: two siblings could have one genotype.",
        "Add loci. No two samples are claimed to be one animal by this panel alone.",
        "0.013",
    ),
    Code(
        "panel-loci-needed",
        "note",
        "Of the {count} loci of the panel the {value} best reach a PIDsib of {bound}; any {any} of them do.",
        "Between these numbers it depends on which loci a sample has; each pair is judged by its own.",
        "5",
    ),
    Code(
        "sex-marker-unread",
        "warning",
        "Locus {value} lies on a sex chromosome, and nobody said how it tells the sexes: it was not used.",
        "Fill sexMarker in the table loci: whether two alleles mean a male or a female, or whether any allele does.",
        "TMXY",
    ),
    Code(
        "sex-markers-differ",
        "error",
        "The sex markers of sample {value} in {laboratory} contradict each other: {markers}.",
        "Look for a mixed sample, an exchanged tube or a lost allele. No sex was given.",
        "NR-2015-014",
    ),
    Code(
        "sex-marker-contradicts",
        "error",
        "Sample {value} is of a {sex} ({markers}), but its animal {individualID} is a {recorded} in {where} "
        "({count} rows).",
        "One of them is wrong: the marker, the record, or that the sample is of this animal. Nothing was changed.",
        "NR-2015-014",
    ),
    Code(
        "sex-of-samples-differs",
        "error",
        "The samples said to come from {value} are of two sexes: {samples}.",
        "They are not all of one animal, or a marker is wrong. Nothing was changed.",
        "T07F",
    ),
    Code(
        "name-changed-in-format",
        "warning",
        "{format} cannot hold the name {value} ({column}): it is written {written}.",
        "Keep this list beside the file, or give the sample or locus a plainer name.",
        "NR 2015, 014",
    ),
    Code(
        "alleles-coded-in-format",
        "warning",
        "{format} cannot hold the alleles of locus {locus} as they are; they are written as numbers: {value}.",
        "Keep this list beside the file: the numbers are not sizes.",
        "A = 1, G = 3",
    ),
    Code(
        "populations-numbered",
        "note",
        "{format} has no place for names of populations; they are numbered: {value}.",
        "Keep this list beside the file.",
        "1 = north, 2 = south",
    ),
    Code(
        "columns-left-by-format",
        "note",
        "{format} has no place for these columns; they were left out: {value}.",
        "Nothing to mend. Keep the table they came from.",
        "typedOn, comments",
    ),
    Code(
        "consensus-written",
        "note",
        "Replicates of {count} genotypes (sample and locus) are written as their consensus, each allele of a "
        "heterozygote seen in {heterozygote} of them and a homozygote in {homozygote}.",
        "Nothing to mend. To write every replicate, choose genemapper.",
        "",
    ),
    Code(
        "calibration-none",
        "error",
        "{laboratory} and {reference} share no control animals, directly or through another laboratory: their sizes "
        "cannot be compared, and none of {laboratory} was translated.",
        "Type at least {needed} animals in both, chosen to carry as many alleles as possible, and enter them in "
        "controls with role calibration under one controlID.",
        "south-institute",
    ),
    Code(
        "calibration-controls-few",
        "error",
        "{laboratory} and {reference} typed {controls} shared animals at locus {value}. Fewer than {needed} cannot "
        "show which of them is wrong: the locus was refused.",
        "Type {missing} more shared animals at this locus in both laboratories.",
        "FCA126",
    ),
    Code(
        "calibration-controls-contradict",
        "error",
        "At locus {value}, {contradicting} of {controls} shared animals ({names}) fit no translation between "
        "{laboratory} and {reference} that keeps the order of sizes: the locus was refused.",
        "Look for exchanged tubes, another primer or a changed binning, and type these animals again in both.",
        "FCA126",
    ),
    Code(
        "calibration-allele-refused",
        "warning",
        "Alleles {alleles} of {laboratory} at locus {value} have no sure counterpart in {reference}; {count} samples "
        "carry them.",
        "Type animals that carry these alleles in both laboratories, at least twice each. Such samples are {samples}.",
        "FCA126",
    ),
    Code(
        "calibration-interpolated",
        "note",
        "Alleles {alleles} of {laboratory} at locus {value} were translated into {reference} without a control: the "
        "controls below and above them have the same shift.",
        "A control that carries them would show it.",
        "FCA126",
    ),
    Code(
        "calibration-control-odd",
        "warning",
        "{value} contradicts the other shared animals of {laboratory} and {reference} at loci {loci} ({compared} "
        "compared): it may not be one animal.",
        "Were tubes exchanged? Type it again in both laboratories, or leave it out and say so.",
        "REF-03",
    ),
    Code(
        "calibration-shifts",
        "note",
        "Between {laboratory} and {reference}, one shift fits all alleles at {constant} of {compared} loci; it does "
        "not at {loci}.",
        "Nothing to mend: alleles are translated one by one.",
        "south-institute",
    ),
    Code(
        "calibration-missing",
        "warning",
        "{count} of {compared} readings of {laboratory} at locus {value} became missing: an allele has no sure "
        "counterpart in {reference}.",
        "The findings of the calibration say which controls would bring them back.",
        "FCA126",
    ),
    Code(
        "calibration-blind",
        "note",
        "{compared} alleles of {animals} animals that {laboratory} and {reference} typed were foretold without them: "
        "{wrong} wrongly ({low} to {high} %), {refused} refused.",
        "Nothing to mend.",
        "south-institute",
    ),
    Code(
        "calibration-blind-failed",
        "error",
        "{compared} alleles of {animals} animals that {laboratory} and {reference} typed were foretold without them: "
        "{wrong} wrongly ({low} to {high} %), {refused} refused. More than {limit} % wrong had to be excluded.",
        "Do not join the genotypes of these laboratories. Type more animals in both; look at those foretold wrongly.",
        "south-institute",
    ),
    Code(
        "calibration-unsafe",
        "warning",
        "{alleles} alleles of {laboratory} were set beside those of {reference} by how common they are, at {loci} "
        "loci. Nothing shows that they are the same.",
        "Use it to choose which animals to type in both laboratories, never to compare genotypes.",
        "south-institute",
    ),
    Code(
        "genotype-group-contradiction",
        "warning",
        "Samples {value} and {other} are in one group, {group}, because of other samples; they alone look like two "
        "animals (probability of one animal {probability}).",
        "Type both again at the loci at which they differ, and look at the other samples of the group.",
        "NR-2015-014",
    ),
    Code(
        "genotype-pair-apart",
        "warning",
        "Samples {value} and {other} look like one animal (probability {probability}), but other samples keep them in "
        "two groups, {group} and {otherGroup}.",
        "Type both again, and look at the other samples of the groups.",
        "NR-2015-014",
    ),
    Code(
        "genotype-names-conflict",
        "warning",
        "Sample {value} was given several names: {names}. It stands for itself, under none of them.",
        "Correct samples.individualID or the identifications; a judgement that was wrong becomes 'possible'.",
        "NR-2015-014",
    ),
    Code(
        "genotype-name-differs",
        "warning",
        "Samples {value} and {other} are both of {individualID}, but look like two animals (probability of one animal "
        "{probability}).",
        "Look for a label that was confused, or for a name that was given to two animals.",
        "NR-2015-014",
    ),
    Code(
        "genotype-identity-refused",
        "note",
        "{count} pairs of samples are probably of one animal, but the loci they share prove too little: two siblings "
        "would agree at them more often than once in {times}.",
        "Type them at more loci before calling them one animal.",
        "",
    ),
    Code(
        "genotype-no-loci",
        "note",
        "{count} of {samples} samples have no whole genotype at any locus, and were compared with none.",
        "Type them again, or leave them out and say so.",
        "",
    ),
    Code(
        "genotype-subject-unknown",
        "error",
        "Sample {value} has a genotype, but nobody says whose it is: it was not compared.",
        "Add the sample to the table samples.",
        "NR-2015-014",
    ),
)
