"""Samples, the genotypes laboratories read from them, the controls of their runs, and the panel of loci."""

import polars as pl

from tumen.tables.cameras import boolean, day, integer, text
from tumen.tables.places import POINT, POINT_RULES
from tumen.tables.schema import Reference, Rule, Table

MATERIALS = (
    "faeces",
    "hair",
    "blood",
    "serum",
    "tissue",
    "saliva",
    "urine",
    "swab",
    "bone",
    "tooth",
    "feather",
    "eggshell",
    "other",
)
OF_CARCASSES = ("tissue", "bone", "tooth")
"""Materials that are rightly collected after the animal's death."""
ALLELE_KINDS = ("size", "snp")
SEX_MARKERS = ("twoAreMale", "twoAreFemale", "presentIsMale", "presentIsFemale")
"""How a marker tells the sexes: by having two alleles or one, or by being there at all."""

SAMPLES = Table(
    name="samples",
    origin="Tumen",
    group="genetics",
    meaning="One piece of material from one animal: where, when and by whom it was collected, and who holds it.",
    key="sampleID",
    columns=(
        text(name="sampleID", meaning="Identifier of the sample.", example="NR-2015-014", required=True, unique=True),
        text(
            name="individualID",
            meaning="The animal it comes from, by the party's local name, if it was known in the field.",
            example="T07F",
        ),
        text(
            name="scientificName",
            meaning="Scientific name of the species; say in comments how it was determined.",
            example="Panthera pardus",
        ),
        day(name="collectedOn", meaning="Local day on which it was collected.", required=True),
        *POINT,
        text(
            name="countryCode",
            meaning="Country of the place, ISO 3166-1 alpha-2.",
            example="RU",
            pattern="^[A-Z]{2}$",
        ),
        text(name="locationID", meaning="Identifier of the place, as in deployments.locationID.", example="loc1"),
        text(name="material", meaning="What was collected.", example="faeces", required=True, vocabulary=MATERIALS),
        integer(
            name="ageDays",
            meaning="Age of the material when it was collected, as judged in the field.",
            unit="d",
            example="3",
            minimum=0,
        ),
        text(name="collectedBy", meaning="Who collected it.", example="Patrol 3"),
        text(name="storage", meaning="How it is kept.", example="ethanol 96 %, -20 °C"),
        text(name="custodian", meaning="Who holds it now.", example="south-institute"),
        text(name="permit", meaning="The permit it was collected or moved under.", example="CITES 15RU000123"),
        text(name="comments", meaning="Anything else."),
    ),
    references=(Reference("individualID", "individuals", "individualID"),),
    rules=(*POINT_RULES,),
    reasons=(
        "A sample is the unit that crosses a border, on paper: permit and custodian are columns, so that a joint "
        "report can say which laboratory may hold what.",
        "Genotypes, tests and health events all refer to samples: place and date are said once.",
        "ageDays is asked for because old scats fail: for Amur leopard, scats younger than two weeks were typed more "
        "often (Cho 2022, PLoS ONE).",
    ),
    gotchas=(
        "individualID is what was known in the field, such as a captured animal. What the genotype says belongs in "
        "identifications with method 'genotype'.",
        "One scat can be sampled twice: two rows, two sampleIDs. Two extractions of one sample are replicates of one "
        "sampleID.",
        "collectedOn is not the day on which the sample was entered, extracted or typed.",
    ),
)

GENOTYPES = Table(
    name="genotypes",
    origin="Tumen",
    group="genetics",
    meaning="What one laboratory read at one locus of one sample, in one replicate. Not a consensus.",
    columns=(
        text(name="sampleID", meaning="The sample.", example="NR-2015-014", required=True),
        text(name="laboratory", meaning="Who typed it.", example="south-institute", required=True),
        integer(
            name="replicate",
            meaning="Number of the independent amplification of this sample in this laboratory, from 1.",
            example="1",
            required=True,
            minimum=1,
        ),
        text(name="locus", meaning="Name of the locus, as in loci.locus.", example="FCA126", required=True),
        text(
            name="allele1",
            meaning="One allele: its size in base pairs, or the bases of a SNP. Both empty: typed, and failed.",
            example="136",
        ),
        text(name="allele2", meaning="The other allele; the same again for a homozygote.", example="142"),
        text(
            name="kind",
            meaning="What an allele is: the size of a fragment, or the bases of a SNP.",
            example="size",
            required=True,
            vocabulary=ALLELE_KINDS,
        ),
        text(
            name="runID",
            meaning="The laboratory's name of the run; the run's controls bear the same name.",
            example="2015-R12",
        ),
        day(name="typedOn", meaning="Day of typing.", example="2015-04-20"),
        text(name="comments", meaning="Anything else."),
    ),
    together=("sampleID", "laboratory", "replicate", "locus"),
    references=(Reference("sampleID", "samples", "sampleID"),),
    reasons=(
        "Replicates are kept apart and never merged into a consensus here: the error rates of dropout and false "
        "alleles are estimated from them.",
        "Alleles are text: sizes and bases stand in one table, and a name such as 0136 is not changed by reading it.",
        "A locus that was typed and failed is a row with both alleles empty; a locus that was not typed has no row.",
    ),
    gotchas=(
        "0, 000, -9 and ? are no alleles: leave both cells empty. A program that was told to read 0 as missing has "
        "been seen to delete alleles such as 120 (adegenet issue 348).",
        "The same allele has different sizes in different laboratories: machine, dye, primer tail and binning shift "
        "it. Sizes of two laboratories may be compared only through controls that both typed.",
        "One constant offset in base pairs between two laboratories is not a calibration: shifts differ by locus and "
        "by allele.",
        "A homozygote read once from a scat may be a heterozygote that lost an allele: type it again and enter every "
        "replicate.",
        "Names of loci are written in many ways (FCA126, Fca126, FCA0126): use those of loci.locus or its aliases.",
    ),
)

CONTROLS = Table(
    name="controls",
    origin="Tumen",
    group="genetics",
    meaning="What the controls of a laboratory's run gave at each locus, and what they should have given.",
    columns=(
        text(name="laboratory", meaning="Who typed it.", example="south-institute", required=True),
        text(name="runID", meaning="The run, as in genotypes.runID.", example="2015-R12", required=True),
        text(
            name="controlID",
            meaning="Identifier of the control; a reference animal bears one name in all laboratories.",
            example="REF-01",
            required=True,
        ),
        text(
            name="role",
            meaning="DNA of known genotype; no DNA at all; or a reference animal that several laboratories type.",
            example="positive",
            required=True,
            vocabulary=("positive", "negative", "calibration"),
        ),
        text(name="locus", meaning="Name of the locus, as in loci.locus.", example="FCA126", required=True),
        text(name="allele1", meaning="One allele that was read; empty if none was.", example="136"),
        text(name="allele2", meaning="The other allele that was read.", example="142"),
        text(
            name="expectedAllele1",
            meaning="One allele that should be read in this laboratory; empty for a negative control.",
            example="136",
        ),
        text(name="expectedAllele2", meaning="The other allele that should be read.", example="142"),
        text(name="comments", meaning="Anything else."),
    ),
    together=("laboratory", "runID", "controlID", "locus"),
    reasons=(
        "Laboratories disagree about sizes until they type the same animals: in a trial of 12 laboratories the error "
        "of an allele fell from 0.05 to 0.01 after calibration (Ellis 2011).",
        "Controls are rows of their own, not samples: they have no place and no collector, and they are not animals "
        "of the study.",
    ),
    gotchas=(
        "A negative control in which nothing was read is a row with empty alleles. A negative control without a row "
        "was not run.",
        "expectedAllele1 and 2 are what this laboratory should read, not what another laboratory reads.",
    ),
)

LOCI = Table(
    name="loci",
    origin="Tumen",
    group="genetics",
    meaning="The panel: the loci that are typed, and which alleles they can have.",
    key="locus",
    columns=(
        text(name="locus", meaning="Name of the locus.", example="FCA126", required=True, unique=True),
        text(
            name="kind",
            meaning="What an allele is: the size of a fragment, or the bases of a SNP.",
            example="size",
            required=True,
            vocabulary=ALLELE_KINDS,
        ),
        integer(name="smallestAllele", meaning="Smallest size it can have.", unit="bp", example="130", minimum=1),
        integer(name="largestAllele", meaning="Largest size it can have.", unit="bp", example="154", minimum=1),
        integer(
            name="repeatLength",
            meaning="Length of the repeated motif; sizes are expected in steps of it, from smallestAllele.",
            unit="bp",
            example="2",
            minimum=1,
        ),
        text(name="alleles", meaning="The only alleles it can have, separated by |.", example="A|G"),
        text(name="aliases", meaning="Other spellings of its name, separated by |.", example="Fca126|F126"),
        boolean(
            name="sexLinked",
            meaning="Whether it lies on a sex chromosome, so that one allele alone is a whole genotype.",
            example="false",
        ),
        text(
            name="sexMarker",
            meaning="How a locus on a sex chromosome tells the sexes; needed unless it is called ZF, AMEL or SRY.",
            example="twoAreMale",
            vocabulary=SEX_MARKERS,
        ),
        text(name="source", meaning="Who described it, or whose range this is.", example="Mondol 2009"),
        text(name="comments", meaning="Anything else."),
    ),
    rules=(
        Rule(
            "allele-range-reversed",
            "smallestAllele",
            lambda: pl.col("smallestAllele") > pl.col("largestAllele"),
            ("smallestAllele", "largestAllele"),
        ),
    ),
    reasons=(
        "The panel is data, because each study agrees on its own, and because ranges differ between species typed "
        "with the same loci.",
        "aliases are written down by a person: two spellings are taken for one locus only where the panel says so.",
    ),
    gotchas=(
        "A range that was read in one laboratory does not hold in another before calibration.",
        "F115 and FCA115 may or may not be one locus: look up the primers before writing an alias.",
        "An allele off the ladder of repeats can be real (an insertion beside the repeat); it can be a binning error.",
    ),
)

LABELS = {
    "faeces": "faeces",
    "hair": "hair",
    "blood": "blood",
    "serum": "serum",
    "tissue": "tissue",
    "saliva": "saliva",
    "urine": "urine",
    "swab": "swab",
    "bone": "bone",
    "tooth": "tooth",
    "feather": "feather",
    "eggshell": "eggshell",
    "other": "other",
    "size": "size of a fragment",
    "snp": "bases of a SNP",
    "positive": "positive",
    "negative": "negative",
    "calibration": "calibration",
    "twoAreMale": "two alleles are a male",
    "twoAreFemale": "two alleles are a female",
    "presentIsMale": "any allele is a male",
    "presentIsFemale": "any allele is a female",
}
"""English labels of the words that cells of these tables may hold."""
