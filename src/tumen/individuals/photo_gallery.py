"""Which pictures look most like this one, in the whole gallery at once?

Two steps. All descriptors of a gallery stand in one index. For each point of a picture its nearest descriptors vote
for the pictures they come from, with what their distance lacks to the distance of a far neighbour: a descriptor that
many animals have (grass, an edge, the common part of a coat) lies near to all of them, and so votes for nobody. The
pictures with most votes are the shortlist. There every point is compared exactly, normalised again by the nearest
point that another animal of the shortlist has, and the matches must lie as one body would place them
(`photo_verify`); the score of a pair is the weight of those that do, and a fifth of the weight of the others: where a
body turns too far for any geometry, many distinctive points still say more than few.

Pictures of the query's own burst are left out of the search, not only of the result. Pictures of one animal do not
take each other's votes: the far neighbour is one of another name. Where pictures were taken plays no part.
Opposite sides of an animal are "not comparable", never "different". Source of the votes: McCann & Lowe (2012) CVPR
(LNBNN); Crall et al. (2013) WACV (HotSpotter).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tumen.errors import ExtraError, MisuseError, Text
from tumen.individuals.photo_features import Features
from tumen.individuals.photo_verify import body, correspondences, nearest
from tumen.tables.schema import require

__all__ = ["PHOTO_PAIRS", "PICTURES", "Gallery", "Search", "comparable", "correspondences", "rank"]

Floats = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]
Columns = dict[str, pl.DataType | type[pl.DataType]]

PICTURES: Columns = {
    "picture": pl.Int64,
    "party": pl.String,
    "kind": pl.String,
    "subjectID": pl.String,
    "mediaID": pl.String,
    "observationID": pl.String,
    "scientificName": pl.String,
    "flank": pl.String,
    "burst": pl.String,
    "instant": pl.Datetime("us", "UTC"),
    "width": pl.Int64,
    "height": pl.Int64,
}
"""One row per picture used: who is (or may be) on it, which side, and which pictures were taken together."""

PHOTO_PAIRS: Columns = {
    "picture": pl.Int64,
    "other": pl.Int64,
    "score": pl.Float64,
    "inliers": pl.Int64,
    "comparable": pl.Boolean,
}
"""One row per query picture and candidate picture: weight and number of verified matches."""

HIDDEN = {("left", "right"), ("right", "left"), ("front", "rear"), ("rear", "front")}
"""Views that have no part of the coat in common."""

TRAINING, FEWEST_TRAINING, ROUNDS = 40, 20_000, 10
"""Inverted lists are trained on this many descriptors a list, on no fewer than so many in all, in so many rounds."""


@dataclass(frozen=True)
class Search:
    """How a gallery is searched.

    `voters`: points of a picture that vote and are voted for, the strongest. `neighbours`: names a point may vote
    for. `depth`: descriptors looked at per point. `shortlist`: pictures compared exactly. `exact`: up to this many
    descriptors the index is exact, beyond it is inverted lists with codes of `code` bytes a descriptor, of which
    `probes` lists are read. `others`: the animal, counted from the nearest, that a match must be better than.
    `loose`: what a match that is not of the body counts, as a share of its weight.
    """

    voters: int = 600
    neighbours: int = 4
    depth: int = 16
    shortlist: int = 60
    exact: int = 100_000
    code: int = 32
    probes: int = 16
    others: int = 2
    loose: float = 0.2


@dataclass(frozen=True)
class Gallery:
    """Pictures in the order of their bursts, their features, and one index of all descriptors."""

    pictures: pl.DataFrame
    features: Sequence[Features]
    search: Search
    starts: Codes
    burst: Codes
    subject: Codes
    species: Codes
    row: dict[int, int] = field(repr=False)
    place: Codes = field(repr=False)
    index: Any = field(repr=False)

    @classmethod
    def of(cls, features: Sequence[Features], pictures: pl.DataFrame, search: Search | None = None) -> "Gallery":
        """Index the features of pictures; `features[i]` belongs to row i of `pictures` (`PICTURES`).

        `features` may be any sequence that loads its items when asked: they are read up to three times here, one at a
        time, and again only where a picture is on a shortlist. Memory: 4 bytes a number in an exact index; in inverted
        lists `code` + 8 bytes a descriptor, 24 kB a picture of 600 voters, 2.4 GB for 100,000 pictures. Raises
        `MisuseError` where numbers do not fit, `ExtraError` without the extra `photos`.
        """
        pictures = require(pictures, PICTURES, "pictures")
        if len(features) != pictures.height or pictures["picture"].n_unique() != pictures.height:
            raise MisuseError(
                "features for every picture, and pictures with numbers of their own",
                Text("{features} features for {pictures} pictures", features=len(features), pictures=pictures.height),
                "Give one row per picture.",
            )
        search = search or Search()
        # A picture without a burst is one of its own. Bursts stand together, so that one range leaves one out.
        burst = pl.coalesce("burst", pl.lit("\x00") + pl.col("picture").cast(pl.String))
        ordered = pictures.with_row_index("place").sort(burst, "picture")
        place = ordered["place"].to_numpy().astype(np.int64)
        who = pl.concat_str("party", "kind", "subjectID", separator="\x00", ignore_nulls=False)
        who = pl.coalesce(who, pl.lit("\x00") + pl.col("picture").cast(pl.String))
        counts, index = _indexed(features, place, search)
        return cls(
            pictures=ordered.drop("place"),
            features=features,
            search=search,
            starts=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            burst=_codes(ordered.select(burst).to_series()),
            subject=_codes(ordered.select(who).to_series()),
            species=_codes(ordered["scientificName"]),
            row={int(number): row for row, number in enumerate(ordered["picture"])},
            place=place,
            index=index,
        )

    def of_row(self, row: int) -> Features:
        """Return the features of a row of `pictures`."""
        return self.features[int(self.place[row])]


def _codes(values: pl.Series) -> Codes:
    """Return a number per distinct value; -1 where it is not known."""
    return (values.rank("dense").cast(pl.Int64) - 1).fill_null(-1).to_numpy().astype(np.int64)


def library() -> Any:
    """Return faiss, or say how to install it."""
    try:
        import faiss
    except ImportError as error:
        raise ExtraError(
            "the extra 'photos' to search a gallery", "no such package", "Run: pip install 'tumen[photos]'."
        ) from error
    return faiss


def _indexed(features: Sequence[Features], place: Codes, search: Search) -> tuple[list[int], Any]:
    """Return the number of descriptors per picture, and the index with them in that order."""
    faiss = library()
    counts, width = [], 128
    for at in place:
        count, width = features[int(at)].descriptors.shape
        counts.append(min(count, search.voters))
    total = sum(counts)
    # Codes are learned from examples; so few descriptors give too few, and need no codes.
    few = total <= max(search.exact, 1000)
    index = faiss.IndexFlatL2(width) if few else _lists(features, place, total, search)
    for at in place:
        descriptors = features[int(at)].descriptors[: search.voters]
        if len(descriptors):
            index.add(np.ascontiguousarray(descriptors, dtype=np.float32))
    return counts, index


def _lists(features: Sequence[Features], place: Codes, total: int, search: Search) -> Any:
    """Return empty inverted lists, trained on every n-th descriptor of the whole gallery."""
    faiss = library()
    # One list per square root of the descriptors balances finding the lists with reading them.
    lists = int(2 ** np.clip(np.round(np.log2(np.sqrt(total))), 3, 16))
    every = max(total // max(TRAINING * lists, FEWEST_TRAINING), 1)
    # Counted over the whole gallery: a picture with few descriptors gives its share too.
    sample, offset = [], 0
    for at in place:
        descriptors = features[int(at)].descriptors[: search.voters]
        sample.append(descriptors[-offset % every :: every])
        offset += len(descriptors)
    train = np.ascontiguousarray(np.concatenate(sample), dtype=np.float32)
    width = train.shape[1]
    index = faiss.IndexIVFPQ(faiss.IndexFlatL2(width), width, lists, search.code, 8)
    for clusters in (index.cp, index.pq.cp):
        clusters.seed, clusters.niter, clusters.min_points_per_centroid = 1, ROUNDS, 1
    index.train(train)
    return index


def comparable(one: str | None, other: str | None) -> bool:
    """Say whether two views may show the same part of a coat; a view that is not known may.

    >>> comparable("left", "right"), comparable("left", None), comparable("left", "front")
    (False, True, True)
    """
    return (one, other) not in HIDDEN


def rank(gallery: Gallery, queries: Sequence[int], most: int = 20) -> pl.DataFrame:
    """Return the best candidates of each query picture (`PHOTO_PAIRS`), best first, at most `most` comparable ones.

    `queries` are numbers of pictures (column `picture`). Candidates of the same burst, and of another species, are
    never returned; candidates that show the opposite side are, with `comparable` false, beside the others.
    """
    tables = [_ranked(gallery, number, most) for number in queries]
    return pl.concat([pl.DataFrame(schema=PHOTO_PAIRS), *tables])


def _ranked(gallery: Gallery, number: int, most: int) -> pl.DataFrame:
    if number not in gallery.row:
        raise MisuseError("a picture of the gallery", str(number), "Name a picture of the table.")
    row = gallery.row[number]
    query = gallery.of_row(row)
    shortlist = _shortlist(gallery, row, query)
    scores, inliers = _verified(gallery, query, shortlist)
    flank = gallery.pictures["flank"]
    table = pl.DataFrame(
        {
            "picture": np.full(len(shortlist), number, np.int64),
            "other": gallery.pictures["picture"].to_numpy()[shortlist],
            "score": scores,
            "inliers": inliers,
            "comparable": [comparable(flank[row], flank[int(other)]) for other in shortlist],
        },
        schema=PHOTO_PAIRS,
    ).sort(["score", "inliers", "other"], descending=[True, True, False])
    return table.filter(pl.col("comparable").cum_count().over("comparable") <= most)


def votes(gallery: Gallery, row: int, query: Features) -> npt.NDArray[np.float64]:
    """Return the votes of a query's points for every row of the gallery (zero for its burst and for other species)."""
    total = np.zeros(gallery.pictures.height)
    low, high = np.searchsorted(gallery.burst, [gallery.burst[row], gallery.burst[row] + 1])
    first, last = int(gallery.starts[low]), int(gallery.starts[high])
    elsewhere = gallery.index.ntotal - (last - first)
    depth = min(gallery.search.depth, elsewhere)
    if not len(query) or depth < 2:
        return total
    square, found = _search(gallery, query.descriptors[: gallery.search.voters], depth, (first, last))
    distance = np.sqrt(np.maximum(square, 0))
    owner = np.searchsorted(gallery.starts, found, side="right") - 1
    far = _far(distance, gallery.subject[owner], found >= 0, gallery.search.neighbours)
    weight = np.maximum(far[:, None] - distance, 0) * query.weights[: len(distance), None] * (found >= 0)
    # A picture has one vote per point: its nearest descriptor, which comes first.
    again = (owner[:, :, None] == owner[:, None, :]) & np.tri(depth, k=-1, dtype=bool)[None]
    weight[again.any(axis=2)] = 0
    np.add.at(total, owner[weight > 0], weight[weight > 0])
    total[(gallery.species != gallery.species[row]) & (gallery.species >= 0) & (gallery.species[row] >= 0)] = 0
    return total


def _search(gallery: Gallery, descriptors: Floats, depth: int, own: tuple[int, int]) -> tuple[Floats, Codes]:
    """Return squared distances and numbers of the nearest descriptors outside the query's own burst."""
    faiss = library()
    index, asked = gallery.index, np.ascontiguousarray(descriptors, np.float32)
    if isinstance(index, faiss.IndexIVF):
        others = faiss.IDSelectorNot(faiss.IDSelectorRange(*own))
        chosen = faiss.SearchParametersIVF(sel=others, nprobe=gallery.search.probes)
        square, found = index.search(asked, depth, params=chosen)
        return square, found
    # Before and after the burst: ten times as fast as asking of each descriptor whether it belongs to it.
    stored = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d).reshape(index.ntotal, index.d)
    parts = [
        (start, *faiss.knn(asked, stored[start:stop], min(depth, stop - start)))
        for start, stop in ((0, own[0]), (own[1], index.ntotal))
        if stop > start
    ]
    square = np.hstack([near for _, near, _ in parts])
    found = np.hstack([numbers + start for start, _, numbers in parts])
    first = np.argsort(square, axis=1, kind="stable")[:, :depth]
    return np.take_along_axis(square, first, axis=1), np.take_along_axis(found, first, axis=1)


def _far(distance: Floats, subject: Codes, found: npt.NDArray[np.bool_], names: int) -> Floats:
    """Return per point the distance of its neighbour that is the first of one name more than may be voted for.

    Where fewer names are among the neighbours, the farthest neighbour stands for it.
    """
    count, depth = subject.shape
    new = ~((subject[:, :, None] == subject[:, None, :]) & np.tri(depth, k=-1, dtype=bool)[None]).any(axis=2)
    rank_of_name = np.cumsum(new & found, axis=1)
    enough = rank_of_name > names
    last = np.maximum(found.sum(axis=1) - 1, 0)
    at = np.where(enough.any(axis=1), enough.argmax(axis=1), last)
    far: Floats = distance[np.arange(count), at]
    return np.where(found.any(axis=1), far, 0).astype(np.float32)


def _shortlist(gallery: Gallery, row: int, query: Features) -> Codes:
    """Return the rows compared exactly: those with most votes, or all where they are few."""
    allowed = gallery.burst != gallery.burst[row]
    known = (gallery.species >= 0) & (gallery.species[row] >= 0)
    allowed &= ~known | (gallery.species == gallery.species[row])
    rows = np.flatnonzero(allowed)
    if len(rows) <= gallery.search.shortlist or not len(query):
        return rows[: gallery.search.shortlist]
    total = votes(gallery, row, query)[rows]
    best = np.lexsort((gallery.pictures["picture"].to_numpy()[rows], -total))[: gallery.search.shortlist]
    return np.sort(rows[best])


def _verified(
    gallery: Gallery, query: Features, shortlist: Codes
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the score and the number of verified matches of a query with each row of a shortlist."""
    scores, inliers = np.zeros(len(shortlist)), np.zeros(len(shortlist), np.int64)
    if not len(query) or not len(shortlist):
        return scores, inliers
    features = [gallery.of_row(int(row)) for row in shortlist]
    matched = [nearest(query, other) for other in features]
    first = np.array([part[1] for part in matched])
    norm = _others(first, gallery.subject[shortlist], gallery.search.others)
    for number, other in enumerate(features):
        if not len(other):
            continue
        best, near, second = matched[number]
        far = np.maximum(np.minimum(norm[number], second), 1e-6)
        weights = np.maximum(1 - near / far, 0) * np.sqrt(query.weights * other.weights[best])
        used = weights > 0
        pairs = np.column_stack([np.arange(len(query)), best])[used]
        weights = weights[used].astype(np.float32)
        kept = body(query, other, pairs, weights)
        worth = np.where(kept, weights, gallery.search.loose * weights)
        scores[number], inliers[number] = float(worth.sum(dtype=np.float64)), int(kept.sum())
    return scores, inliers


def _others(first: Floats, subject: Codes, others: int) -> Floats:
    """Return per candidate and point how near the `others`-th nearest other animal comes (2, the largest, if none)."""
    names, code = np.unique(subject, return_inverse=True)
    by_name = np.full((len(names), first.shape[1]), 2, np.float32)
    np.minimum.at(by_name, code, first)
    wanted = min(others, len(names) - 1)
    if wanted < 1:
        return np.full_like(first, 2)
    ordered = np.partition(by_name, (wanted - 1, wanted), axis=0)
    kth, next_kth = ordered[wanted - 1], ordered[wanted]
    norm = np.where(by_name <= kth[None], next_kth[None], kth[None])
    found: Floats = norm[code].astype(np.float32)
    return found
