"""Which pairs should people look at, and in which order?

A proposal is a pair of subjects that some evidence brings together. Every kind of evidence stands apart in its own
columns; beside them stands one joint probability. With one kind of evidence it is that kind's own. With both, what
photographs say is taken out of the share of true pairs it was learnt with, and moves what genotypes say:

    logit(joint) = logit(genotype) + logit(photo) - logit(share of true pairs behind the photo's probability)

This supposes that the two are independent given the truth: a coat and a genotype are made by different processes.
Errors they share (a wrong label on a sample, a wrong name of a picture) are not seen by it. Missing evidence adds
nothing. Place and time add nothing either; they can only contradict.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from tumen.errors import MisuseError, Text
from tumen.individuals.place_time import OTHER, PAIR, PLACE_TIME, SUBJECT, ordered
from tumen.tables.schema import UTC, require

FACTS: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(SUBJECT, pl.String),
    "scientificName": pl.String,
    "sex": pl.String,
    "birthDate": pl.Date,
    "deathDate": pl.Date,
    "knownFlanks": pl.String,
    "firstSeen": UTC,
    "lastSeen": UTC,
}
"""What is recorded of a subject by its own party. `firstSeen` and `lastSeen` are instants at which it was alive."""

PHOTO_EVIDENCE: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(PAIR, pl.String),
    "scientificName": pl.String,
    "flank": pl.String,
    "rank": pl.Int64,
    "probability": pl.Float64,
}
"""What is used of the evidence of photographs: one row per pair and flank."""

GENOTYPE_EVIDENCE: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(PAIR, pl.String),
    "sampleID": pl.String,
    "otherSampleID": pl.String,
    "lociCompared": pl.Int64,
    "probability": pl.Float64,
    "relation": pl.String,
    "sexes": pl.String,
}
"""What is used of the evidence of genotypes: one row per pair of samples."""

PROPOSALS: dict[str, pl.DataType | type[pl.DataType]] = {
    **dict.fromkeys(PAIR, pl.String),
    "scientificName": pl.String,
    "photoProbability": pl.Float64,
    "photoFlanks": pl.String,
    "photoRank": pl.Int64,
    "genotypeProbability": pl.Float64,
    "genotypeRelation": pl.String,
    "kmApart": pl.Float64,
    "daysApart": pl.Float64,
    "speed": pl.Float64,
    "contradictions": pl.String,
    "probability": pl.Float64,
    "rank": pl.Int64,
}
"""One row per pair; `contradictions` are codes of `CONTRADICTIONS` joined by "|", empty where there is none."""

CONTRADICTIONS = (
    "species-differ",
    "two-places-at-once",
    "sexes-differ",
    "genes-sexes-differ",
    "photos-same-genes-differ",
    "genes-same-photos-differ",
    "dead-before",
    "born-after",
    "births-differ",
    "flanks-disagree",
    "opposite-flanks",
)
"""What can speak against a pair, the gravest first. "opposite-flanks" says that photographs cannot decide."""

NEAR = 1e-6
"""No kind of evidence is surer than one in a million: labels are confused more often than that."""
SURE = 0.9
"""A kind of evidence says "same" from this probability on, and "different" up to one less it."""
AROUND = pl.duration(days=1)
"""Days are local; two zones can put one instant on two days."""


UNKNOWN_SHARE = 0.01
"""The share of true pairs behind a probability, where nobody says it. Assumed; it matters only beside genotypes."""


@dataclass(frozen=True)
class Proposals:
    """The queue (`PROPOSALS`), and how many pairs the register has settled and are not in it."""

    table: pl.DataFrame
    settled: int


def proposals(
    photo_evidence: pl.DataFrame,
    genotype_evidence: pl.DataFrame,
    place_time: pl.DataFrame,
    individuals: pl.DataFrame,
    settled: pl.DataFrame,
    *,
    shares: Mapping[str, float] | None = None,
) -> Proposals:
    """Return the pairs to look at, in the order in which to look at them.

    `photo_evidence`, `genotype_evidence` and `place_time` have at least the columns of `PHOTO_EVIDENCE`,
    `GENOTYPE_EVIDENCE` and `PLACE_TIME`; `shares` gives, per species, the share of true pairs behind the probabilities
    of photographs; `individuals` those of `FACTS`, for subjects of every kind; `settled` the
    columns `PAIR` of pairs on which the register has decided. A pair is proposed if photographs or genotypes bring it
    together; place and time alone propose nobody. Pairs may be written either way round.

    First come pairs that some evidence joins and something else contradicts, then the others; within both the more
    probable first, those without a probability by their best rank, and then by name, so that the order is fixed.

    >>> photo = pl.DataFrame([("north", "individual", "T7", "south", "individual", "22", "Panthera tigris", "left", 1,
    ...     0.5)], schema=PHOTO_EVIDENCE, orient="row")
    >>> none = [pl.DataFrame(schema=s) for s in (GENOTYPE_EVIDENCE, PLACE_TIME, FACTS, dict.fromkeys(PAIR, pl.String))]
    >>> proposals(photo, *none).table.select("subjectID", "otherID", pl.col("probability").round(3), "rank").row(0)
    ('T7', '22', 0.5, 1)
    """
    photo = _photo(ordered(require(photo_evidence, PHOTO_EVIDENCE, "photo_evidence")), _checked(shares or {}))
    genes = _genotype(ordered(require(genotype_evidence, GENOTYPE_EVIDENCE, "genotype_evidence")))
    where = ordered(require(place_time, PLACE_TIME, "place_time")).unique(PAIR, keep="first", maintain_order=True)
    decided = ordered(require(settled, dict.fromkeys(PAIR, pl.String), "settled")).select(PAIR).unique()
    every = pl.concat([photo.select(PAIR), genes.select(PAIR)]).unique().sort(PAIR)
    open_pairs = every.join(decided, on=PAIR, how="anti").sort(PAIR)
    joined = (
        open_pairs.join(photo, on=PAIR, how="left")
        .join(genes, on=PAIR, how="left")
        .join(where.select(*PAIR, "kmApart", "daysApart", "speed", "impossible"), on=PAIR, how="left")
    )
    joined = _with_facts(joined, require(individuals, FACTS, "individuals"))
    judged = joined.with_columns(_joint(), contradictions=_contradictions())
    return Proposals(_in_order(judged), every.height - open_pairs.height)


def _checked(shares: Mapping[str, float]) -> Mapping[str, float]:
    """Refuse certainty: it could be moved by no evidence."""
    for name, share in shares.items():
        if not 0 < share < 1:
            raise MisuseError(
                Text("a share of true pairs between 0 and 1 for {name}", name=name), f"{share}", "Give the share."
            )
    return shares


def _logit(probability: pl.Expr) -> pl.Expr:
    p = probability.clip(NEAR, 1 - NEAR)
    return (p / (1 - p)).log()


def _inverse(logit: pl.Expr) -> pl.Expr:
    return 1 / (1 + (-logit).exp())


def _photo(evidence: pl.DataFrame, shares: Mapping[str, float]) -> pl.DataFrame:
    """Return one row per pair: the flanks together. Pictures of an unknown view count only where no flank is known."""
    flank = pl.col("flank").is_in(["left", "right"]).fill_null(value=False)
    used = flank | ~flank.any().over(PAIR)
    share = pl.col("scientificName").replace_strict(dict(shares), default=UNKNOWN_SHARE, return_dtype=pl.Float64)
    prior = _logit(share.first())
    weight = _logit(pl.col("probability")) - _logit(share)
    return (
        evidence.filter(used)
        # Several rows of one view would count one pattern more than once.
        .sort(*PAIR, "flank", "probability", "rank", descending=[*[False] * 7, True, False], nulls_last=True)
        .unique([*PAIR, "flank"], keep="first", maintain_order=True)
        .sort(*PAIR, "flank", nulls_last=True)
        .group_by(PAIR, maintain_order=True)
        .agg(
            pl.col("scientificName").drop_nulls().unique().sort().str.join("|").alias("photoSpecies"),
            pl.when(pl.col("probability").is_not_null().any())
            .then(_inverse(prior + weight.sum()))
            .alias("photoProbability"),
            prior.alias("photoPrior"),
            pl.col("flank").drop_nulls().unique(maintain_order=True).str.join("|").alias("photoFlanks"),
            pl.col("rank").min().alias("photoRank"),
            flanksDisagree=(pl.col("probability").max() >= SURE) & (pl.col("probability").min() <= 1 - SURE),
        )
    )


def _genotype(evidence: pl.DataFrame) -> pl.DataFrame:
    """Return one row per pair: the two samples that share most loci. Samples of one animal are not independent."""
    order = ["lociCompared", "sampleID", "otherSampleID"]
    best = evidence.sort(*PAIR, *order, descending=[False] * 6 + [True, False, False], nulls_last=True)
    sexes = evidence.group_by(PAIR).agg(pl.col("sexes").drop_nulls().sort().first())
    return (
        best.unique(PAIR, keep="first", maintain_order=True)
        .select(*PAIR, pl.col("probability").alias("genotypeProbability"), pl.col("relation").alias("genotypeRelation"))
        .join(sexes, on=PAIR, how="left")
    )


_RECORDED = [name for name in FACTS if name not in SUBJECT]


def _with_facts(joined: pl.DataFrame, individuals: pl.DataFrame) -> pl.DataFrame:
    """Add what is recorded of both subjects; a subject recorded twice keeps what its rows agree on."""
    agreed = [
        pl.when(pl.col(name).drop_nulls().n_unique() == 1).then(pl.col(name).drop_nulls().first()).alias(name)
        for name in ("scientificName", "sex", "birthDate", "deathDate", "knownFlanks")
    ]
    facts = individuals.group_by(SUBJECT).agg(*agreed, pl.col("firstSeen").min(), pl.col("lastSeen").max())
    others = facts.rename(dict(zip(SUBJECT, OTHER, strict=True)) | {name: f"other_{name}" for name in _RECORDED})
    return joined.join(facts, on=SUBJECT, how="left").join(others, on=OTHER, how="left")


def _joint() -> pl.Expr:
    photo, genes = _logit(pl.col("photoProbability")), _logit(pl.col("genotypeProbability"))
    return _inverse(pl.coalesce(genes + photo - pl.col("photoPrior"), genes, photo)).alias("probability")


def _binomial(column: str) -> pl.Expr:
    """Return genus and species without the subspecies, which one party may name and the other not."""
    return pl.col(column).str.split(" ").list.head(2).list.join(" ")


def _differ(name: str) -> pl.Expr:
    return pl.col(name) != pl.col(f"other_{name}")


def _contradictions() -> pl.Expr:
    photo, genes = pl.col("photoProbability"), pl.col("genotypeProbability")
    other_relation = pl.col("genotypeRelation").is_in(["fullSibling", "parentOffspring", "unrelated"])
    birth, death = pl.col("birthDate"), pl.col("deathDate")
    other_birth, other_death = pl.col("other_birthDate"), pl.col("other_deathDate")
    broken = {
        "species-differ": _binomial("scientificName") != _binomial("other_scientificName"),
        "two-places-at-once": pl.col("impossible"),
        "sexes-differ": _differ("sex"),
        "genes-sexes-differ": pl.col("sexes").is_not_null(),
        "photos-same-genes-differ": (photo >= SURE) & ((genes <= 1 - SURE) | other_relation).fill_null(value=False),
        "genes-same-photos-differ": (genes >= SURE) & (photo <= 1 - SURE),
        "dead-before": _after("other_lastSeen", death)
        | _after("lastSeen", other_death)
        | (other_birth > death).fill_null(value=False)
        | (birth > other_death).fill_null(value=False),
        "born-after": _before("other_firstSeen", birth) | _before("firstSeen", other_birth),
        "births-differ": (birth - other_birth).abs() > AROUND,
        "flanks-disagree": pl.col("flanksDisagree"),
        "opposite-flanks": pl.concat_list(pl.col("knownFlanks"), pl.col("other_knownFlanks")).list.sort().list.join("|")
        == "left|right",
    }
    codes = [pl.when(broken[code].fill_null(value=False)).then(pl.lit(code)) for code in CONTRADICTIONS]
    return pl.concat_str(codes, separator="|", ignore_nulls=True)


def _after(seen: str, day: pl.Expr) -> pl.Expr:
    """Say whether an animal was seen clearly after a day; two local days are granted for unknown zones."""
    return (pl.col(seen).dt.date() > day + 2 * AROUND).fill_null(value=False)


def _before(seen: str, day: pl.Expr) -> pl.Expr:
    return (pl.col(seen).dt.date() < day - 2 * AROUND).fill_null(value=False)


def _in_order(judged: pl.DataFrame) -> pl.DataFrame:
    best = pl.max_horizontal("photoProbability", "genotypeProbability", "probability")
    ranked = (best.is_null() & (pl.col("photoRank") == 1)).fill_null(value=False)
    says_same = (best >= 0.5).fill_null(value=False) | ranked
    species = pl.coalesce(
        pl.when(pl.col("photoSpecies") != "").then("photoSpecies"), "scientificName", "other_scientificName"
    )
    return (
        judged.with_columns(
            scientificName=species,
            contested=(pl.col("contradictions") != "") & says_same,
        )
        .sort(
            "contested",
            "probability",
            "photoRank",
            *PAIR,
            descending=[True, True, False, *[False] * 6],
            nulls_last=True,
        )
        .with_columns(rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int64))
        .select(*PROPOSALS)
    )
