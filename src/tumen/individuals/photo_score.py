"""What do all pictures of two animals say together?

A pair of pictures has a score (`photo_gallery`). People decide on animals, not on pictures: the score of a query
picture with an animal is that of its best picture of it, so that an animal photographed a hundred times has no more
votes than its best witness; candidates are ranked by it, animal by animal. The evidence on two animals is the best such
score in either direction, flank by flank, with the rank at which one came among the other's candidates. What such a
score is worth is learnt from pairs of animals that are known, scored in the same way (`calibration`).
"""

import polars as pl

from tumen.individuals.photo_calibration import Calibration, calibrate, growth, without_growth
from tumen.individuals.photo_gallery import HIDDEN, PHOTO_PAIRS, PICTURES, Columns
from tumen.tables.schema import require

PHOTO_EVIDENCE: Columns = {
    "party": pl.String,
    "kind": pl.String,
    "subjectID": pl.String,
    "otherParty": pl.String,
    "otherKind": pl.String,
    "otherID": pl.String,
    "scientificName": pl.String,
    "flank": pl.String,
    "mediaID": pl.String,
    "otherMediaID": pl.String,
    "score": pl.Float64,
    "inliers": pl.Int64,
    "rank": pl.Int64,
    "probability": pl.Float64,
}
"""One row per pair of subjects and flank: the best pair of pictures, its score, and what it is worth."""

CANDIDATES: Columns = {
    "picture": pl.Int64,
    "party": pl.String,
    "kind": pl.String,
    "subjectID": pl.String,
    "other": pl.Int64,
    "score": pl.Float64,
    "inliers": pl.Int64,
    "rank": pl.Int64,
    "own": pl.Boolean,
}
"""One row per query picture and subject: its best picture, the score, the rank, and whether it is the query's own."""

SUBJECT = ["party", "kind", "subjectID"]
OTHER = ["otherParty", "otherKind", "otherID"]


def candidates(pairs: pl.DataFrame, pictures: pl.DataFrame) -> pl.DataFrame:
    """Return the animals of each query picture, best first (`CANDIDATES`), from comparable pairs of pictures.

    The rank counts animals other than the query's own; its own name, where other bursts of it were found, has the rank
    it would have had as a stranger. Equal scores share the worse rank, so that a score of nothing is never a find.
    """
    pictures = require(pictures, PICTURES, "pictures")
    pairs = require(pairs, PHOTO_PAIRS, "photo pairs").filter("comparable")
    who = pictures.select("picture", *SUBJECT)
    table = (
        pairs.join(who.rename({"picture": "other"}), on="other", how="left")
        .join(
            who.rename(dict(zip(SUBJECT, ["queryParty", "queryKind", "queryID"], strict=True))),
            on="picture",
            how="left",
        )
        .with_columns(
            own=pl.col("party").eq_missing(pl.col("queryParty"))
            & pl.col("kind").eq_missing(pl.col("queryKind"))
            & pl.col("subjectID").eq_missing(pl.col("queryID"))
        )
        .sort("picture", "score", "inliers", "other", descending=[False, True, True, False])
        .unique(["picture", *SUBJECT], keep="first", maintain_order=True)
    )
    others = pl.col("score").rank("max", descending=True).over("picture", "own").cast(pl.Int64)
    above = (
        table.filter("own")
        .join(table.filter(~pl.col("own")).select("picture", strange="score"), on="picture")
        .group_by("picture")
        .agg(above=(pl.col("strange") >= pl.col("score")).sum().cast(pl.Int64))
    )
    return (
        table.with_columns(others=others)
        .join(above, on="picture", how="left")
        .with_columns(rank=pl.when("own").then(pl.col("above").fill_null(0) + 1).otherwise("others"))
        .select(*CANDIDATES)
        .sort("picture", "score", "inliers", "other", descending=[False, True, True, False])
        .cast(dict(CANDIDATES))  # type: ignore[arg-type]
    )


def evidence(pairs: pl.DataFrame, pictures: pl.DataFrame, calibration: Calibration | None = None) -> pl.DataFrame:
    """Return what pictures say on pairs of subjects (`PHOTO_EVIDENCE`), best first.

    A pair is written once, the smaller (party, kind, subjectID) first. Pictures of opposite sides say nothing and are
    left out; a flank is named when neither picture contradicts it. `probability` is null without a calibration.
    """
    ranks = candidates(pairs, pictures).select("picture", *SUBJECT, "rank")
    rows = (
        _sided(pairs, pictures)
        .filter(~_itself())
        .join(
            ranks.rename(dict(zip(SUBJECT, OTHER, strict=True))), on=["picture", *OTHER], how="inner", nulls_equal=True
        )
    )
    table = _counted(_once(rows), pictures)
    chance = pl.Series([None] * table.height, dtype=pl.Float64)
    if calibration is not None:
        chance = calibration.probability(table["score"], table["comparisons"])
    return (
        table.with_columns(probability=chance)
        .select(*PHOTO_EVIDENCE)
        .cast(dict(PHOTO_EVIDENCE))  # type: ignore[arg-type]
        .sort("score", *SUBJECT, *OTHER, "flank", descending=[True] + [False] * 7)
    )


def calibration(pairs: pl.DataFrame, pictures: pl.DataFrame) -> Calibration:
    """Return the probability of a score between two subjects, from the animals that are known.

    Refused with fewer than 10 animals seen again, or fewer than 50 pairs of two animals of one party.
    """
    told = known(pairs, pictures)
    rate = growth(_strange(pairs, pictures), int((~told["same"]).sum()))
    return calibrate(without_growth(told["score"], told["comparisons"], rate), told["same"], rate)


def known(pairs: pl.DataFrame, pictures: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of animals that are known to be one or two, with the best score of each: score, comparisons, same.

    Two: names of one party. One: an animal with itself, each of its pictures with those of other bursts. Flank by
    flank, as in `evidence`; a pair none of whose pictures were candidates is in neither. Names of two parties are not
    known to be either and are left out, as are observations without a name.
    """
    rows = _sided(pairs, pictures).filter(_named()).with_columns(rank=pl.lit(None, pl.Int64))
    return _counted(_once(rows), pictures).select("score", "comparisons", same=_itself())


def _strange(pairs: pl.DataFrame, pictures: pl.DataFrame) -> pl.Series:
    """Return the scores of pairs of pictures of two animals of one party, the better of both directions."""
    rows = _sided(pairs, pictures).filter(_named() & ~_itself())
    ends = [pl.min_horizontal("picture", "other"), pl.max_horizontal("picture", "other").alias("end")]
    return rows.group_by(ends, maintain_order=True).agg(pl.col("score").max())["score"]


def _itself() -> pl.Expr:
    return pl.all_horizontal(pl.col(name).eq_missing(pl.col(other)) for name, other in zip(SUBJECT, OTHER, strict=True))


def _named() -> pl.Expr:
    named = (pl.col("kind") == "individual") & (pl.col("otherKind") == "individual")
    return named & (pl.col("party") == pl.col("otherParty"))


def _sided(pairs: pl.DataFrame, pictures: pl.DataFrame) -> pl.DataFrame:
    """Return comparable pairs of pictures with the subjects of both, and the flank that they show."""
    pictures = require(pictures, PICTURES, "pictures")
    one = pictures.select("picture", *SUBJECT, "scientificName", "flank", "mediaID")
    two = pictures.select(
        pl.col("picture").alias("other"),
        *(pl.col(name).alias(new) for name, new in zip(SUBJECT, OTHER, strict=True)),
        pl.col("flank").alias("otherFlank"),
        pl.col("mediaID").alias("otherMediaID"),
        pl.col("scientificName").alias("otherName"),
    )
    return (
        require(pairs, PHOTO_PAIRS, "photo pairs")
        .filter("comparable")
        .join(one, on="picture")
        .join(two, on="other")
        .with_columns(
            flank=_flank(pl.col("flank"), pl.col("otherFlank")),
            scientificName=pl.coalesce("scientificName", "otherName"),
        )
    )


def _flank(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Return the flank both pictures show, the known one where the other may be any, else null."""
    open_one, open_other = one.is_null() | (one == "both"), other.is_null() | (other == "both")
    return (
        pl.when(one.eq_missing(other))
        .then(one)
        .when(open_one & ~open_other)
        .then(other)
        .when(open_other & ~open_one)
        .then(one)
        .when(open_one & open_other)
        .then(pl.lit("both"))
        .otherwise(pl.lit(None, pl.String))
    )


def _once(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with the smaller subject first, the best pair of pictures per pair of subjects and flank."""
    key = pl.concat_str(*(pl.col(name).fill_null("") for name in SUBJECT), separator="\x00")
    other = pl.concat_str(*(pl.col(name).fill_null("") for name in OTHER), separator="\x00")
    turned = rows.with_columns(swap=key > other)
    ends = [*zip(SUBJECT, OTHER, strict=True), ("mediaID", "otherMediaID")]
    swapped = [pl.when("swap").then(pl.col(b)).otherwise(pl.col(a)).alias(a) for a, b in ends]
    back = [pl.when("swap").then(pl.col(a)).otherwise(pl.col(b)).alias(b) for a, b in ends]
    return (
        turned.with_columns(*swapped, *back)
        .sort("score", "inliers", "mediaID", "otherMediaID", descending=[True, True, False, False])
        .group_by([*SUBJECT, *OTHER, "scientificName", "flank"], maintain_order=True)
        .agg(pl.col("mediaID", "otherMediaID", "score", "inliers").first(), rank=pl.col("rank").min())
    )


def _counted(table: pl.DataFrame, pictures: pl.DataFrame) -> pl.DataFrame:
    """Add `comparisons`: how many pairs of pictures show that flank of both subjects, found or not.

    Of an animal with itself, each two pictures count once, and those of one burst do not.
    """
    held = pictures.group_by(*SUBJECT, "flank").agg(pictures=pl.len())
    others = held.rename({**dict(zip(SUBJECT, OTHER, strict=True)), "flank": "otherFlank", "pictures": "others"})
    keys = [*SUBJECT, *OTHER]
    every = _by_flank(
        table.select(keys).unique().join(held, on=SUBJECT, nulls_equal=True).join(others, on=OTHER, nulls_equal=True),
        keys,
    )
    burst = pl.coalesce("burst", pl.lit("\x00") + pl.col("picture").cast(pl.String)).alias("burst")
    together = pictures.group_by(*SUBJECT, "flank", burst).agg(pictures=pl.len())
    mates = together.rename({"flank": "otherFlank", "pictures": "others"})
    own = _by_flank(together.join(mates, on=[*SUBJECT, "burst"], nulls_equal=True), SUBJECT)
    counted = table.join(every, on=[*keys, "flank"], how="left", nulls_equal=True, maintain_order="left").join(
        own, on=[*SUBJECT, "flank"], how="left", nulls_equal=True, maintain_order="left", suffix="Own"
    )
    alone = (pl.col("comparisons") - pl.col("comparisonsOwn").fill_null(0)) // 2
    return counted.with_columns(comparisons=pl.when(_itself()).then(alone).otherwise("comparisons"))


def _by_flank(held: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return the number of pairs of pictures per flank that both show, from numbers of pictures per flank of each."""
    one, other = pl.col("flank"), pl.col("otherFlank")
    hidden = pl.concat_str(one, other, separator="|").is_in(["|".join(pair) for pair in sorted(HIDDEN)])
    return (
        held.filter(~hidden.fill_null(value=False))
        .with_columns(flank=_flank(one, other), comparisons=(pl.col("pictures") * pl.col("others")).cast(pl.Int64))
        .group_by(*keys, "flank")
        .agg(pl.col("comparisons").sum())
    )
