"""What do the genotypes say about two subjects?

One row per pair of samples of different subjects: how many loci both have, where they differ, what likelihood says of
each relation, and whether the loci suffice to speak of identity. Nothing is decided here, and sexes that contradict
each other are written beside the probability, never mixed into it.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from tumen.errors import MisuseError, Text
from tumen.individuals.genotype_group import Grouping, identity_of
from tumen.individuals.genotype_likelihood import Rows, Shares, pair_ratios
from tumen.individuals.genotype_mismatch import mismatches
from tumen.individuals.genotype_panel import pid_of_pairs
from tumen.individuals.genotype_prior import posterior, relation
from tumen.tables import findings
from tumen.tables.schema import require

SUBJECTS: dict[str, pl.DataType | type[pl.DataType]] = {
    "sampleID": pl.String,
    "party": pl.String,
    "individualID": pl.String,
}
"""Whose a sample is: one row per sample; individualID is null where the animal has no name."""

GENOTYPE_EVIDENCE: dict[str, pl.DataType | type[pl.DataType]] = {
    "party": pl.String,
    "kind": pl.String,
    "subjectID": pl.String,
    "otherParty": pl.String,
    "otherKind": pl.String,
    "otherID": pl.String,
    "sampleID": pl.String,
    "otherSampleID": pl.String,
    "lociCompared": pl.Int64,
    "mismatches": pl.Int64,
    "logRatioSibling": pl.Float64,
    "logRatioUnrelated": pl.Float64,
    "logRatioParent": pl.Float64,
    "probability": pl.Float64,
    "relation": pl.String,
    "pidSib": pl.Float64,
    "identityAllowed": pl.Boolean,
    "sexes": pl.String,
}
"""One row per pair of samples. mismatches: alleles that differ at the loci both have. logRatio...: natural logarithm of
the likelihood of one animal over that of full siblings, unrelated animals, parent and offspring. probability: that it
is one animal. relation: the one that is at least 95 % probable, or undecided. pidSib: chance that two full siblings
agree at the loci compared; identityAllowed: that chance is at most the bound, and the sexes do not differ."""

ONE, TWO = 0.95, 0.05
"""Probabilities from which, and up to which, a pair by itself is said to be one animal, or two."""
LEAST = 0.01
"""Pairs that are less probably of one animal are written only where somebody asks for them."""
PAIR = ("party", "kind", "subjectID", "otherParty", "otherKind", "otherID")


@dataclass(frozen=True)
class Evidence:
    """Pairs of samples (`GENOTYPE_EVIDENCE`), and what is doubtful (`FINDINGS`)."""

    table: pl.DataFrame
    findings: pl.DataFrame


def evidence(
    grouping: Grouping,
    subjects: pl.DataFrame,
    *,
    sexes: pl.DataFrame | None = None,
    asked: pl.DataFrame | None = None,
    least: float = LEAST,
) -> Evidence:
    """Return what the genotypes say of pairs of subjects.

    `subjects` is of the shape `SUBJECTS`; a sample is a subject of kind "individual" where its animal has a name of its
    party, else of kind "sample". Where sampleIDs had to be made unique for several parties, a column `name` holds the
    party's own. `sexes` has `sampleID` and `sex`, as often as markers or records say one. Pairs are written from a
    probability of `least` on, and all pairs of samples of the pairs of subjects `asked` for (the six columns of a
    pair). Pairs of samples of one subject are not written; where they contradict each other there is a finding.

    >>> from tumen.individuals.genotype_group import Settings, group
    >>> from tumen.individuals.genotype_matrix import from_arrays
    >>> three = from_arrays(*[[("1", "2"), ("1", "2"), ("3", "4")]] * 12)
    >>> whose = pl.DataFrame([("1", "north", "T7"), ("2", "south", None), ("3", "south", "22")], schema=SUBJECTS,
    ...     orient="row")
    >>> found = evidence(group(three, Settings(), np.random.default_rng(1)), whose)
    >>> found.table.select("subjectID", "otherKind", "otherID", "mismatches", "relation").rows()
    [('T7', 'sample', '2', 0, 'same')]
    """
    whose = _whose(grouping, subjects)
    first, second = _pairs(grouping, whose, asked, least)
    ratios = pair_ratios(grouping.model, first, second)
    chance = posterior(ratios, grouping.shares)
    table = _table(grouping, first, second, ratios, chance).with_row_index("at")
    table = table.join(_contradicting(grouping, whose, sexes, first, second), on="at", maintain_order="left")
    table = table.with_columns(identityAllowed=pl.col("identityAllowed") & pl.col("sexes").is_null())
    named = whose.select("party", "kind", "subjectID")
    ends = named[first].hstack(named[second].rename(dict(zip(PAIR[:3], PAIR[3:], strict=True))))
    whole = table.hstack(ends)
    within = pl.all_horizontal(pl.col(a) == pl.col(b) for a, b in zip(PAIR[:3], PAIR[3:], strict=True))
    known = pl.col("party").is_not_null() & pl.col("otherParty").is_not_null()
    written = _ordered(whole.filter(known & ~within)).select(GENOTYPE_EVIDENCE.keys())
    if asked is not None:
        wanted = _ordered(asked.select(PAIR)).unique().with_columns(wanted=pl.lit(True))
        written = written.join(wanted, on=list(PAIR), how="left", maintain_order="left")
        written = written.filter((pl.col("probability") >= least) | pl.col("wanted").fill_null(False)).drop("wanted")
    written = written.sort("probability", *PAIR, "sampleID", "otherSampleID", descending=[True] + [False] * 8)
    return Evidence(written, findings.join([_unknown(grouping, whose), *_doubts(grouping, whose, written)]))


def contradictions(grouping: Grouping) -> pl.DataFrame:
    """Return findings: pairs that are in one group though they alone look like two animals, and the other way round.

    Such pairs are what single links would have joined or torn: A is B, B is C, and A is not C.
    """
    labels = grouping.labels
    names = np.array(grouping.genotypes.samples, dtype=object)
    first, second = _together(labels)
    found = []
    chance = posterior(pair_ratios(grouping.model, first, second), grouping.shares)[0]
    doubtful = chance <= TWO
    for code, one, two, probability in (
        ("genotype-group-contradiction", first[doubtful], second[doubtful], chance[doubtful]),
        ("genotype-pair-apart", *_apart(grouping)),
    ):
        frame = pl.DataFrame(
            {
                "row": pl.Series([None] * one.size, dtype=pl.Int64),
                "value": names[one].tolist(),
                "other": names[two].tolist(),
                "group": names[labels[one]].tolist(),
                "otherGroup": names[labels[two]].tolist(),
                "probability": [f"{value:.2f}" for value in probability],
            }
        )
        arguments = ("other", "group", "otherGroup", "probability")
        found.append(findings.rows(code, frame, table="genotypes", column="sampleID", arguments=arguments))
    return findings.join(found)


def _whose(grouping: Grouping, subjects: pl.DataFrame) -> pl.DataFrame:
    """Return party, kind, subjectID and individualID of each sample of the matrix, in its order; null if not known."""
    subjects = require(subjects, SUBJECTS, "subjects")
    twice = subjects.filter(pl.col("sampleID").is_duplicated())
    if twice.height:
        raise MisuseError(
            "one subject for each sample",
            Text("several for {sample}", sample=twice["sampleID"][0]),
            "Give samples of several parties that bear one name names of their own.",
        )
    own = pl.col("name") if "name" in subjects.columns else pl.col("sampleID")
    said = subjects.select(
        "sampleID",
        "party",
        "individualID",
        kind=pl.when(pl.col("individualID").is_null()).then(pl.lit("sample")).otherwise(pl.lit("individual")),
        subjectID=pl.coalesce("individualID", own),
    )
    samples = pl.DataFrame({"sampleID": list(grouping.genotypes.samples)}, schema={"sampleID": pl.String})
    return samples.join(said, on="sampleID", how="left", maintain_order="left")


def _pairs(grouping: Grouping, whose: pl.DataFrame, asked: pl.DataFrame | None, least: float) -> tuple[Rows, Rows]:
    """Return the pairs of samples to write, and those of one subject, once each, the smaller row first."""
    chance = posterior(grouping.pairs.ratios, grouping.shares)[0]
    first, second = grouping.pairs.first[chance >= least], grouping.pairs.second[chance >= least]
    rows = whose.with_row_index("row").drop_nulls("party")
    keys = list(PAIR[:3])
    left = rows.select("row", *keys)
    right = rows.select(other="row", **{name: key for name, key in zip(PAIR[3:], keys, strict=True)})
    named = left.filter(pl.col("kind") == "individual")
    more = [named.join(left.rename({"row": "other"}), on=keys).select("row", "other")]
    if asked is not None:
        pairs = _ordered(asked.select(PAIR)).unique()
        more.append(pairs.join(left, on=keys).join(right, on=list(PAIR[3:])).select("row", "other"))
    given = pl.concat(more).cast(pl.Int64).to_numpy()
    low = np.concatenate([first, given.min(axis=1, initial=2**60)])
    high = np.concatenate([second, given.max(axis=1, initial=-1)])
    samples = max(whose.height, 1)
    key = np.unique((low * samples + high)[low < high])
    return key // samples, key % samples


def _table(grouping: Grouping, first: Rows, second: Rows, ratios: Shares, chance: Shares) -> pl.DataFrame:
    """Return the numbers of pairs of samples."""
    genotypes = grouping.genotypes
    names = np.array(genotypes.samples, dtype=object)
    # A locus that one of the two lacks counts as one mismatch there, and as none here.
    lacking = (genotypes.known[first] ^ genotypes.known[second]).sum(axis=1)
    differing = mismatches(genotypes, first, second) - lacking
    pid = pid_of_pairs(genotypes, identity_of(grouping), first, second, grouping.settings.bound)
    return pl.DataFrame(
        {
            "sampleID": pl.Series(names[first].tolist(), dtype=pl.String),
            "otherSampleID": pl.Series(names[second].tolist(), dtype=pl.String),
            "mismatches": pl.Series(np.rint(differing).astype(np.int64)),
            "logRatioSibling": ratios[0] - ratios[1],
            "logRatioUnrelated": ratios[0],
            "logRatioParent": ratios[0] - ratios[2],
            "probability": chance[0],
            "relation": pl.Series(relation(chance), dtype=pl.String),
        }
    ).hstack(pid.select("lociCompared", "pidSib", "identityAllowed"))


def _contradicting(
    grouping: Grouping, whose: pl.DataFrame, sexes: pl.DataFrame | None, first: Rows, second: Rows
) -> pl.DataFrame:
    """Return `at` and `sexes` of each pair: the sexes said of both, where they are two; else null."""
    none = pl.DataFrame({"at": np.arange(first.size, dtype=np.uint32), "sexes": pl.Series([None] * first.size)})
    none = none.cast({"sexes": pl.String})
    if sexes is None:
        return none
    said = sexes.filter(pl.col("sex").is_in(["female", "male"])).select("sampleID", "sex").unique()
    ends = pl.concat(
        [none.select("at", sampleID=whose["sampleID"][first]), none.select("at", sampleID=whose["sampleID"][second])]
    )
    both = ends.join(said, on="sampleID").group_by("at").agg(pl.col("sex").unique().sort())
    both = both.filter(pl.col("sex").list.len() > 1).select("at", found=pl.col("sex").list.join(", "))
    return none.join(both, on="at", how="left").select("at", sexes="found")


def _ordered(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return pairs with the smaller subject first, the samples of the two sides with them."""
    ends = list(zip(PAIR[:3], PAIR[3:], strict=True))
    after = pl.lit(False)
    for one, other in reversed(ends):
        after = (pl.col(one) > pl.col(other)) | ((pl.col(one) == pl.col(other)) & after)
    if "sampleID" in pairs.columns:
        ends.append(("sampleID", "otherSampleID"))
    turned = [
        pl.when(after).then(pl.col(new)).otherwise(pl.col(old)).alias(old)
        for a, b in ends
        for old, new in ((a, b), (b, a))
    ]
    return pairs.with_columns(turned)


def _unknown(grouping: Grouping, whose: pl.DataFrame) -> pl.DataFrame:
    """Return findings of samples that nobody owns, and of samples without a genotype."""
    nobody = whose.filter(pl.col("party").is_null()).select(value="sampleID", row=pl.lit(None, dtype=pl.Int64))
    bare = int((~grouping.genotypes.known.any(axis=1)).sum()) if grouping.genotypes.samples else 0
    found = [findings.rows("genotype-subject-unknown", nobody, table="genotypes", column="sampleID")]
    if bare:
        found.append(findings.finding("genotype-no-loci", table="genotypes", count=bare, samples=whose.height))
    return findings.join(found)


def _doubts(grouping: Grouping, whose: pl.DataFrame, written: pl.DataFrame) -> list[pl.DataFrame]:
    """Return findings of pairs: refused identities, one name for two animals, groups against pairs."""
    refused = written.filter((pl.col("probability") > 0.5) & (pl.col("pidSib") > grouping.settings.bound)).height
    found = []
    if refused:
        times = round(1 / grouping.settings.bound)
        found.append(findings.finding("genotype-identity-refused", table="genotypes", count=refused, times=times))
    rows = whose.with_row_index("at").filter(pl.col("kind") == "individual")
    keys = ["party", "individualID"]
    pairs = rows.join(rows, on=keys, suffix="Other").filter(pl.col("at") < pl.col("atOther")).sort("at", "atOther")
    first, second = (pairs[column].cast(pl.Int64).to_numpy() for column in ("at", "atOther"))
    chance = posterior(pair_ratios(grouping.model, first, second), grouping.shares)[0]
    differing = pairs.with_columns(chance=pl.Series(chance, dtype=pl.Float64)).filter(pl.col("chance") <= TWO)
    frame = differing.select(
        "individualID",
        row=pl.lit(None, dtype=pl.Int64),
        value="sampleID",
        other="sampleIDOther",
        probability=pl.col("chance").round(2).cast(pl.String),
    )
    arguments = ("other", "individualID", "probability")
    found.append(
        findings.rows("genotype-name-differs", frame, table="genotypes", column="sampleID", arguments=arguments)
    )
    return [*found, contradictions(grouping)]


def _together(labels: Rows) -> tuple[Rows, Rows]:
    """Return all pairs of samples of one group."""
    frame = pl.DataFrame({"at": np.arange(labels.size), "group": labels})
    pairs = frame.join(frame, on="group", suffix="Other").filter(pl.col("at") < pl.col("atOther")).sort("at", "atOther")
    return pairs["at"].to_numpy(), pairs["atOther"].to_numpy()


def _apart(grouping: Grouping) -> tuple[Rows, Rows, Shares]:
    """Return pairs of two groups that alone look like one animal, and the probability that they are."""
    pairs, labels = grouping.pairs, grouping.labels
    chance = posterior(pairs.ratios, grouping.shares)[0]
    torn = (labels[pairs.first] != labels[pairs.second]) & (chance >= ONE)
    return pairs.first[torn], pairs.second[torn], chance[torn]
