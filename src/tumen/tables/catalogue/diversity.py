"""The words of findings about the genes of a population: its genotypes, and what cannot be estimated from them.

The codes from `diversity-no-genotypes` on are also the reasons that stand in the column `reason` of a result, beside a
number that is null.
"""

from tumen.tables.code import Code

CODES: tuple[Code, ...] = (
    Code(
        "diversity-row-unnamed",
        "error",
        "{count} rows of genotypes do not say their individual or their locus, and were not used.",
        "Complete them.",
        "",
    ),
    Code(
        "diversity-genotypes-contradict",
        "error",
        "Individual {value} has {rows} different genotypes at locus {locus}: none of them was used.",
        "Decide which one is right, or whether these are two individuals.",
        "T07F",
    ),
    Code(
        "diversity-genotypes-repeated",
        "warning",
        "Individual {value} has {rows} equal genotypes at locus {locus}: they were counted once.",
        "Give one genotype for each individual and locus.",
        "T07F",
    ),
    Code(
        "diversity-half-call",
        "warning",
        "Only one allele of individual {value} is known at locus {locus}: the locus counts as missing for it.",
        "Type it again. Write the allele twice only if the individual is known to be a homozygote.",
        "T07F",
    ),
    Code(
        "diversity-group-contradicts",
        "warning",
        "Individual {value} is given several groups ({groups}): it counts in totals and in no group.",
        "Say to which group it belongs.",
        "T07F",
    ),
    Code(
        "diversity-group-unknown",
        "warning",
        "{count} of {total} individuals have no known group: they count in totals and in no group.",
        "Say to which population or side they belong.",
        "3",
    ),
    Code(
        "diversity-individual-empty",
        "warning",
        "No locus of individual {value} is known: it is in no statistic.",
        "Type it again, or leave it out.",
        "T07F",
    ),
    Code(
        "diversity-locus-empty",
        "warning",
        "No individual has a known genotype at locus {value}: the locus is in no statistic.",
        "Leave it out, or find out why it failed.",
        "FCA126",
    ),
    Code(
        "diversity-locus-monomorphic",
        "note",
        "All individuals have the same allele at locus {value}: it says nothing of structure.",
        "Nothing needs to be done; mind it when panels are compared.",
        "FCA126",
    ),
    Code(
        "diversity-no-genotypes",
        "note",
        "Not estimated: nobody here has a known genotype.",
        "Type the individuals at this locus, or leave the locus or group out.",
        "",
    ),
    Code(
        "diversity-one-individual",
        "note",
        "Not estimated: it needs two individuals with a known genotype.",
        "Type more individuals.",
        "",
    ),
    Code(
        "diversity-one-allele",
        "note",
        "Not estimated: all known genes are the same allele.",
        "Nothing needs to be done: such a locus says nothing here.",
        "",
    ),
    Code(
        "diversity-one-group",
        "note",
        "Not estimated: it needs two groups with known genotypes.",
        "Say to which group the individuals belong, or type more groups.",
        "",
    ),
    Code(
        "diversity-few-genes",
        "note",
        "Not estimated: fewer genes are known than the number to which the number of alleles is reduced.",
        "Choose a smaller number of genes, or type more individuals.",
        "",
    ),
    Code(
        "diversity-few-loci",
        "note",
        "No interval or index: it needs two loci with an estimate.",
        "Type more loci.",
        "",
    ),
    Code(
        "diversity-no-test",
        "note",
        "Not estimated: there is no test to combine.",
        "See why the tests are missing.",
        "",
    ),
    Code(
        "diversity-no-contrast",
        "note",
        "Not compared: at one of the two loci all typed individuals are alike.",
        "Nothing needs to be done: such a locus says nothing here.",
        "",
    ),
)
