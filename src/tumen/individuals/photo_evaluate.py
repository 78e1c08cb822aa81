"""How well does a ranking find the animal?

Leave-one-out: each query picture is ranked against all others except those of its own burst. A query counts when
another burst holds its animal. The definitions, so that numbers can be compared:

- rank-k: the share of queries with a picture of the animal among the first k candidates (by animal: with the animal
  among the first k animals);
- average precision: the mean, over all pictures of the animal in other bursts, of the share of true pictures among the
  candidates down to it; one that is not among the candidates counts as zero. mAP is its mean over queries.
Equal scores are ordered by the number of the picture, whoever is on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from tumen.individuals.photo_gallery import PHOTO_PAIRS, PICTURES, Columns
from tumen.tables.schema import require

QUERIES: Columns = {
    "picture": pl.Int64,
    "relevant": pl.Int64,
    "rank": pl.Int64,
    "animalRank": pl.Int64,
    "averagePrecision": pl.Float64,
}
"""One row per query: true pictures in other bursts, the ranks of the first true picture and of the animal (null when
it is not among the candidates), average precision."""


@dataclass(frozen=True)
class Evaluation:
    """The queries (`QUERIES`) and what they add up to."""

    queries: pl.DataFrame

    def within(self, k: int, rank: str = "rank") -> int:
        """Return the number of queries whose first true candidate is among the first k."""
        return int((self.queries[rank] <= k).sum())

    @property
    def count(self) -> int:
        """Return the number of queries."""
        return self.queries.height

    @property
    def mean_average_precision(self) -> float | None:
        """Return mAP; None without queries."""
        mean = self.queries["averagePrecision"].mean()
        return None if mean is None else float(mean)  # type: ignore[arg-type]


def answerable(pictures: pl.DataFrame) -> list[int]:
    """Return the pictures whose animal stands in another burst too: the queries of a leave-one-out evaluation."""
    pictures = _named(pictures)
    bursts = pl.col("burst").n_unique().over("who")
    return pictures.filter(bursts > 1).sort("picture")["picture"].to_list()


def evaluate(pairs: pl.DataFrame, pictures: pl.DataFrame, queries: Sequence[int]) -> Evaluation:
    """Return the ranks of the true pictures and animals among the candidates of each query.

    `pairs` are candidates (`PHOTO_PAIRS`); those of the query's own burst are passed over. Candidates that are not
    comparable come after all others.
    """
    who = _named(pictures).select("picture", "who", "burst")
    mine = pl.DataFrame({"picture": list(queries)}, schema={"picture": pl.Int64}).join(who, on="picture", how="left")
    relevant = (
        mine.join(who, on="who")
        .filter(pl.col("burst") != pl.col("burst_right"))
        .group_by("picture")
        .agg(relevant=pl.len().cast(pl.Int64))
    )
    other = who.rename({"picture": "other", "who": "otherWho", "burst": "otherBurst"})
    ranked = (
        require(pairs, PHOTO_PAIRS, "photo pairs")
        .join(mine, on="picture")
        .join(other, on="other")
        .filter(pl.col("burst") != pl.col("otherBurst"))
        .sort("picture", "comparable", "score", "other", descending=[False, True, True, False])
        .with_columns(place=pl.int_range(1, pl.len() + 1).over("picture"), true=pl.col("who") == pl.col("otherWho"))
    )
    hits = ranked.with_columns(precision=pl.col("true").cum_sum().over("picture") / pl.col("place")).filter("true")
    animals = (
        ranked.unique(["picture", "otherWho"], keep="first", maintain_order=True)
        .with_columns(animalRank=pl.int_range(1, pl.len() + 1).over("picture"))
        .filter("true")
        .select("picture", "animalRank")
    )
    found = hits.group_by("picture").agg(rank=pl.col("place").min(), total=pl.col("precision").sum())
    table = (
        mine.select("picture")
        .join(relevant, on="picture", how="left")
        .join(found, on="picture", how="left")
        .join(animals, on="picture", how="left")
        .with_columns(
            relevant=pl.col("relevant").fill_null(0), averagePrecision=pl.col("total").fill_null(0) / pl.col("relevant")
        )
    )
    return Evaluation(table.select(*QUERIES).cast(dict(QUERIES)).sort("picture"))  # type: ignore[arg-type]


def _named(pictures: pl.DataFrame) -> pl.DataFrame:
    """Return pictures with the animal as one text, and a burst of its own where there is none."""
    return require(pictures, PICTURES, "pictures").with_columns(
        who=pl.concat_str("party", "kind", "subjectID", separator="\x00"),
        burst=pl.coalesce("burst", pl.lit("\x00") + pl.col("picture").cast(pl.String)),
    )
