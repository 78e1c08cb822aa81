"""Match the photographs of a study: who may be who, by what the pictures show, and how sure that is.

Every picture is compared with all others of its species, whoever took them and wherever; never within one burst.
Where known animals are enough, scores become probabilities by counting how often known pairs were true. What was
computed of a picture is kept; running a study twice gives the same tables.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache, partial
from os import cpu_count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from tumen import engine
from tumen.errors import MisuseError, Text
from tumen.files.archive import UnreadableError
from tumen.files.pictures import Pixels, thumbnail
from tumen.individuals.photo_calibration import CURVE, Calibration
from tumen.individuals.photo_evaluate import QUERIES, Evaluation, answerable
from tumen.individuals.photo_evaluate import evaluate as evaluated
from tumen.individuals.photo_features import Features
from tumen.individuals.photo_gallery import PHOTO_PAIRS, Gallery, Search, correspondences, library, rank
from tumen.individuals.photo_score import PHOTO_EVIDENCE, calibration, evidence
from tumen.measure.intervals import wilson
from tumen.tables import findings
from tumen.tables.answer import Answer, Note, Value
from tumen.tasks.identify_album import FEATURES, Album, Shelf, album
from tumen.tasks.identify_features import (
    Job,
    PhotoSettings,
    Selected,
    cut_out,
    fresh_features,
    kept_features,
    opened,
    ready,
)
from tumen.tasks.identify_results import write_results
from tumen.tasks.identify_vectors import joined
from tumen.tasks.study import Study

NAMES = ("pictures", "photo_pairs", "photo_evidence", "calibration")
"""The tables that are written, each as a CSV of its name."""

CALIBRATION: dict[str, pl.DataType | type[pl.DataType]] = {"scientificName": pl.String, **CURVE}

EVALUATION: dict[str, pl.DataType | type[pl.DataType]] = {
    "scientificName": pl.String,
    "pictures": pl.Int64,
    "queries": pl.Int64,
    "rank1": pl.Float64,
    "rank1Low": pl.Float64,
    "rank1High": pl.Float64,
    "rank5": pl.Float64,
    "rank20": pl.Float64,
    "animalRank1": pl.Float64,
    "meanAveragePrecision": pl.Float64,
}
"""Per species: the share of queries with a true picture among the first k (with its 95 % Wilson interval at 1), with
the animal first among the animals, and the mean average precision. See `individuals.photo_evaluate` for each."""


def settings_of(study: Study) -> PhotoSettings:
    """Return what [identify] of a study says about photographs; what it leaves out has its default."""
    own = {each.name for each in fields(PhotoSettings)}
    return PhotoSettings(**{name: value for name, value in study.identify.items() if name in own})


def photos(
    study: Study,
    folder: Path,
    *,
    settings: PhotoSettings | None = None,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> Answer:
    """Match the pictures of a study and write the tables of `NAMES` into `folder`, beside the kept features.

    Raises `OutputError` for a folder inside a package, `ExtraError` where the extra `photos` is missing.
    """
    settings = settings or settings_of(study)
    held = album(study, folder, settings, workers=workers, progress=progress)
    parts = [_matched(part, settings, workers, progress) for part in _by_species(held)]
    tables = {
        "pictures": held.pictures,
        "photo_pairs": pl.concat([pl.DataFrame(schema=PHOTO_PAIRS), *(part.pairs for part in parts)]),
        "photo_evidence": pl.concat([pl.DataFrame(schema=PHOTO_EVIDENCE), *(part.evidence for part in parts)]),
        "calibration": pl.concat([pl.DataFrame(schema=CALIBRATION), *(part.curve for part in parts)]),
    }
    write_results(folder, study, tables)
    return Answer(
        name="photos",
        tables=tables,
        notes=(*held.notes, *(note for part in parts for note in part.notes)),
        parameters=_parameters(settings),
        findings=findings.gather([held.findings, *(part.findings for part in parts)]),
    )


def evaluate(
    study: Study,
    folder: Path,
    *,
    settings: PhotoSettings | None = None,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
) -> Answer:
    """Measure on the animals that have names how well their pictures are found again; only features are kept.

    Each picture is left out in turn, with its burst, and looked for by the others (`individuals.photo_evaluate`).
    """
    settings = settings or settings_of(study)
    held = album(study, folder, settings, workers=workers, progress=progress)
    rows, queries = [], []
    for part in _by_species(held):
        named = part.only(pl.col("kind") == "individual")
        wanted = answerable(named.pictures)
        pairs = ranked(named, settings, wanted, workers=workers, progress=progress, most=settings.shortlist)
        if named.vectors is not None:
            pairs, _ = joined(pairs, named.pictures, named.vectors, settings.shortlist)
        found = evaluated(pairs, named.pictures, wanted)
        rows.append(_measured(part.species, named.pictures.height, found))
        queries.append(found.queries.with_columns(scientificName=pl.lit(part.species)))
    schema = {"scientificName": pl.String, **QUERIES}
    return Answer(
        name="photos-evaluation",
        tables={
            "evaluation": pl.DataFrame(rows, schema=EVALUATION, orient="row"),
            "queries": pl.concat([pl.DataFrame(schema=schema), *(part.select(*schema) for part in queries)]),
        },
        notes=held.notes,
        parameters=_parameters(settings),
        findings=held.findings,
    )


def _measured(species: str, pictures: int, found: Evaluation) -> tuple[object, ...]:
    count = found.count
    if not count:
        return (species, pictures, 0, *[None] * 7)
    low, high = wilson(found.within(1), count)
    shares = [found.within(k) / count for k in (1, 5, 20)]
    animal = found.within(1, "animalRank") / count
    return (species, pictures, count, shares[0], low, high, *shares[1:], animal, found.mean_average_precision)


SMALL, PIECES = 200, 16
"""Up to so many pictures are matched in one process; more of them in so many pieces of work for each."""

CLEARLY, FEW, SURE = 1.5, 3, 0.95
"""When opposite sides that match are told of: chosen to show a mistake in the records to a person, who decides."""


@dataclass(frozen=True)
class Part:
    """The pictures of one species."""

    species: str
    pictures: pl.DataFrame
    features: Selected
    vectors: np.ndarray[tuple[int, ...], np.dtype[np.float32]] | None

    def only(self, which: pl.Expr) -> "Part":
        """Return some of them."""
        places = self.pictures.select(pl.arg_where(which)).to_series().to_list()
        return Part(
            self.species,
            self.pictures[places],
            self.features.only(places),
            None if self.vectors is None else self.vectors[places],
        )


def _by_species(held: Album) -> list[Part]:
    whole = Part("", held.pictures, Selected(held.features, range(len(held.features))), held.vectors)
    species = held.pictures["scientificName"].drop_nulls().unique().sort()
    parts = [whole.only(pl.col("scientificName") == name) for name in species]
    return [Part(name, part.pictures, part.features, part.vectors) for name, part in zip(species, parts, strict=True)]


@dataclass(frozen=True)
class _Matched:
    pairs: pl.DataFrame
    evidence: pl.DataFrame
    curve: pl.DataFrame
    notes: tuple[Note, ...]
    findings: pl.DataFrame


def _matched(part: Part, settings: PhotoSettings, workers: int, progress: engine.Progress) -> _Matched:
    """Rank the pictures of one species, calibrate on the known pairs, and gather the evidence on animals."""
    pairs = ranked(part, settings, part.pictures["picture"].to_list(), workers=workers, progress=progress)
    notes: list[Note] = []
    if part.vectors is not None:
        pairs, fused = joined(pairs, part.pictures, part.vectors, settings.candidates)
        notes.append(Note("photos-model-used" if fused else "photos-model-unused", {"species": part.species}))
    curve = calibration(pairs, part.pictures)
    if curve.refused:
        counts: Mapping[str, Value] = {"species": part.species, "same": curve.same, "different": curve.different}
        notes.append(Note("photos-uncalibrated", counts))
    table = curve.curve.select(pl.lit(part.species).alias("scientificName"), *CURVE)
    return _Matched(
        pairs, evidence(pairs, part.pictures, curve), table, tuple(notes), _doubtful_flanks(pairs, part.pictures, curve)
    )


def ranked(
    part: Part,
    settings: PhotoSettings,
    queries: Sequence[int],
    *,
    workers: int = 1,
    progress: engine.Progress = engine.silent,
    most: int | None = None,
) -> pl.DataFrame:
    """Return the candidates of pictures of one species (`PHOTO_PAIRS`), `most` of each; the same at any width.

    Other processes read the index from disk, once each, and features where they are kept. Up to `SMALL` pictures that
    would take longer than it saves.
    """
    most = settings.candidates if most is None else most
    if not queries:
        return pl.DataFrame(schema=PHOTO_PAIRS)
    gallery = Gallery.of(part.features, part.pictures, Search(shortlist=settings.shortlist))
    if workers == 1 or len(queries) <= SMALL:
        return pl.concat(engine.run(partial(rank, gallery, most=most), _pieces(queries, 1), progress=progress))
    readers = workers or cpu_count() or 1
    with TemporaryDirectory() as folder:
        library().write_index(gallery.index, str(Path(folder, "index")))
        lent = _Lent(Path(folder), replace(gallery, index=None, features=part.features.lent(readers)))
        pieces = _pieces(queries, len(queries) // (PIECES * readers))
        return pl.concat(engine.run(partial(_rank, lent, most), pieces, workers=workers, progress=progress))


def _pieces(queries: Sequence[int], size: int) -> list[Sequence[int]]:
    return [queries[start : start + max(size, 1)] for start in range(0, len(queries), max(size, 1))]


@dataclass(frozen=True)
class _Lent:
    """A gallery for other processes, whose index is in a folder of this run; they keep the one they opened last."""

    folder: Path
    gallery: Gallery = field(compare=False, repr=False)


def _rank(lent: _Lent, most: int, queries: Sequence[int]) -> pl.DataFrame:
    return rank(_whole(lent), queries, most)


@lru_cache(maxsize=1)
def _whole(lent: _Lent) -> Gallery:
    return replace(lent.gallery, index=library().read_index(str(Path(lent.folder, "index"))))


def _doubtful_flanks(pairs: pl.DataFrame, pictures: pl.DataFrame, curve: Calibration) -> pl.DataFrame:
    """Return findings on pictures of one animal that match although they are said to show opposite sides.

    They match where the known pairs say so; without a calibration, where each matches the other `CLEARLY` better than
    any of the `FEW` or more pictures of other animals it was compared with.
    """
    who = pictures.select("picture", "party", "kind", "subjectID", "mediaID", "flank")
    table = pairs.join(who, on="picture").join(who, left_on="other", right_on="picture", suffix="Other")
    same = pl.all_horizontal(pl.col(name) == pl.col(f"{name}Other") for name in ("party", "kind", "subjectID"))
    strange = table.filter(~same).group_by("picture").agg(best=pl.col("score").max(), strangers=pl.len())
    hidden = table.filter(same & ~pl.col("comparable")).join(strange, on="picture", how="inner")
    clear = (pl.col("score") > CLEARLY * pl.col("best")) & (pl.col("strangers") >= FEW)
    if not curve.refused:
        hidden, clear = hidden.with_columns(chance=curve.probability(hidden["score"])), pl.col("chance") >= SURE
    found = hidden.filter(clear & (pl.col("inliers") > 0))
    back = found.select(picture="other", other="picture")
    told = found.join(back, on=["picture", "other"], how="semi").filter(pl.col("picture") < pl.col("other"))
    if told.is_empty():
        return findings.empty()
    shown = told.select(
        party="party",
        row=pl.lit(None, dtype=pl.Int64),
        value=pl.concat_str("mediaID", pl.lit(", "), "mediaIDOther"),
        flanks=pl.concat_str("flank", pl.lit(", "), "flankOther"),
    )
    return findings.gather(
        findings.of_package(
            findings.rows("photo-flank-doubtful", part, table="media", column="mediaID", arguments=("flanks",)),
            str(party),
            "",
        )
        for (party,), part in shown.group_by("party", maintain_order=True)
    )


def _parameters(settings: PhotoSettings) -> dict[str, Value]:
    local, whole = ready(settings)
    return {
        "burstSeconds": settings.burst.total_seconds(),
        "backend": local.name,
        "model": "" if whole is None else whole.name,
        "size": settings.size,
        "points": settings.points,
        "margin": settings.margin,
        "shortlist": settings.shortlist,
        "candidates": settings.candidates,
    }


@dataclass(frozen=True)
class PairPictures:
    """Two chips as JPEG without EXIF, and the points they have in common.

    `points` are (x, y, otherX, otherY) in pixels of chips of `one_size` and `other_size` (width, height); the JPEGs may
    be smaller.
    """

    one: bytes
    other: bytes
    points: tuple[tuple[float, float, float, float], ...]
    one_size: tuple[int, int]
    other_size: tuple[int, int]


def pair_pictures(
    on_hand: Shelf,
    pair: Mapping[str, object],
    *,
    settings: PhotoSettings | None = None,
    width: int = 900,
    folder: Path | None = None,
) -> PairPictures | None:
    """Return the two pictures of a row of `PHOTO_EVIDENCE`, at most `width` pixels across; None if one cannot be read.

    `on_hand` is what `tasks.identify_album.shelf` returns, read once for all pairs of a page; `folder` is that of the
    results, where features may be kept.
    """
    settings = settings or PhotoSettings()
    sides = [
        _side(_job(on_hand, pair["party"], pair["subjectID"], pair["mediaID"]), settings, folder),
        _side(_job(on_hand, pair["otherParty"], pair["otherID"], pair["otherMediaID"]), settings, folder),
    ]
    if sides[0] is None or sides[1] is None:
        return None
    (one, shown), (other, otherwise) = sides[0], sides[1]
    points = tuple((float(x), float(y), float(u), float(v)) for x, y, u, v in correspondences(shown, otherwise))
    return PairPictures(
        thumbnail(one, width),
        thumbnail(other, width),
        points,
        (shown.width, shown.height),
        (otherwise.width, otherwise.height),
    )


def _side(job: Job, settings: PhotoSettings, folder: Path | None) -> tuple[Pixels, Features] | None:
    """Return a chip and its features, kept or computed."""
    try:
        data = opened(job.source).read(job.name)
    except UnreadableError:
        return None
    cut = cut_out(data, job, settings)
    if cut.pixels is None:
        return None
    kept = None if folder is None else kept_features(data, job, settings, folder / FEATURES)
    return cut.pixels, kept or fresh_features(cut.pixels, settings)


def _job(on_hand: Shelf, party: object, subject: object, medium: object) -> Job:
    wanted = {"party": party, "subjectID": subject, "mediaID": medium}
    asked = pl.all_horizontal(pl.col(name) == pl.lit(value) for name, value in wanted.items())
    place = on_hand.table.with_row_index("place").filter(asked)["place"]
    if place.is_empty():
        raise MisuseError(
            "pictures that the packages of the study hold",
            Text("none of {subject} in {medium} of {party}", subject=subject, medium=medium, party=party),
            "Match the photographs again: the packages have changed.",
        )
    return on_hand.jobs[int(place.item(0))]
