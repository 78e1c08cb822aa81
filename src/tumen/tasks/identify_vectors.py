"""Join the scores of points with the likeness of whole pictures, by what the known pairs say each is worth."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tumen.individuals.photo_calibration import fuse
from tumen.individuals.photo_gallery import PHOTO_PAIRS, comparable

MUCH = 256
"""Queries whose likeness to a whole gallery is held at once."""


def joined(
    pairs: pl.DataFrame, pictures: pl.DataFrame, vectors: NDArray[np.float32], most: int
) -> tuple[pl.DataFrame, bool]:
    """Return the candidates of points and of vectors with one score, best first, and whether vectors could be used.

    `pairs` (`PHOTO_PAIRS`) are the candidates by points, `vectors` (n, d) belong to the rows of `pictures`. The `most`
    pictures most alike are added to the candidates; one that points had not found has nothing from them (score 0). The
    weights come from known pairs of one party; with too few of them `pairs` are returned as they are.
    """
    number = pictures["picture"].to_numpy()
    place = {int(picture): row for row, picture in enumerate(number)}
    queries = pairs["picture"].unique(maintain_order=True).to_list()
    rows = np.array([place[query] for query in queries], dtype=np.int64)
    near = [_nearest(pictures, vectors, rows[start : start + MUCH], most) for start in range(0, len(rows), MUCH)]
    table = pl.concat([pairs, *near]).unique(["picture", "other"], keep="first", maintain_order=True)
    one = [place[picture] for picture in table["picture"]]
    other = [place[picture] for picture in table["other"]]
    alike = np.einsum("ij,ij->i", vectors[one], vectors[other]).astype(np.float64)
    scores = np.column_stack([table["score"].to_numpy(), alike])
    named, same = _known(table, pictures)
    weights = fuse(scores[named], same[named].tolist())
    if weights is None:
        return pairs, False
    fused = table.with_columns(score=pl.Series(weights.score(scores)))
    order = ["picture", "comparable", "score", "other"]
    return fused.sort(order, descending=[False, True, True, False]).select(*PHOTO_PAIRS), True


def _nearest(pictures: pl.DataFrame, vectors: NDArray[np.float32], rows: NDArray[np.int64], most: int) -> pl.DataFrame:
    """Return the pictures most alike to those of `rows`, none of the same burst, as pairs without a score of points."""
    alike = vectors[rows] @ vectors.T
    burst = pictures["burst"].to_numpy()
    alike[burst[rows][:, None] == burst[None, :]] = -np.inf
    order = np.argsort(-alike, axis=1, kind="stable")[:, :most]
    number, flank = pictures["picture"].to_list(), pictures["flank"].to_list()
    found = [
        (number[row], number[other], 0.0, 0, comparable(flank[row], flank[other]))
        for line, row in enumerate(rows)
        for other in order[line]
        if np.isfinite(alike[line, other])
    ]
    return pl.DataFrame(found, schema=PHOTO_PAIRS, orient="row")


def _known(pairs: pl.DataFrame, pictures: pl.DataFrame) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which pairs are known to be one animal or two (comparable, both named by one party), and which one."""
    who = pictures.select("picture", "party", "kind", "subjectID")
    table = pairs.join(who, on="picture", how="left", maintain_order="left").join(
        who, left_on="other", right_on="picture", how="left", suffix="Other", maintain_order="left"
    )
    individual = (pl.col("kind") == "individual") & (pl.col("kindOther") == "individual")
    told = table.select(
        known=pl.col("comparable") & individual & (pl.col("party") == pl.col("partyOther")),
        same=pl.col("subjectID") == pl.col("subjectIDOther"),
    )
    return told["known"].to_numpy(), told["same"].to_numpy()
