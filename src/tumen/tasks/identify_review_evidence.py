"""Fetch what a page of review shows of a pair: pictures from the packages, genotypes from the results."""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from tumen.files.archive import UnreadableError
from tumen.files.pictures import thumbnail
from tumen.individuals.place_time import OTHER, PAIR, SUBJECT
from tumen.report.review_source import Locus, Picture, View
from tumen.tasks.identify_album import Shelf, shelf
from tumen.tasks.identify_features import PhotoSettings, cut_out, opened
from tumen.tasks.identify_photos import pair_pictures, settings_of
from tumen.tasks.identify_results import read_result
from tumen.tasks.study import Study

PHOTO: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(PAIR, pl.String),
    "flank": pl.String,
    "mediaID": pl.String,
    "otherMediaID": pl.String,
    "score": pl.Float64,
    "rank": pl.Int64,
}
"""What is used of `photo_evidence.csv`."""

SAMPLES: dict[str, type[pl.DataType]] = {
    **dict.fromkeys(PAIR, pl.String),
    "sampleID": pl.String,
    "otherSampleID": pl.String,
    "lociCompared": pl.Int64,
}
"""What is used of `genotype_evidence.csv`."""

CONSENSUS: dict[str, type[pl.DataType]] = {
    "laboratory": pl.String,
    "sampleID": pl.String,
    "locus": pl.String,
    "allele1": pl.String,
    "allele2": pl.String,
}
"""What is used of `genotype_consensus.csv`."""

ACROSS = 900
"""Pixels of a picture that is compared."""
SMALL = 480
"""Pixels of the other pictures of an animal."""
MORE = 3
"""How many of them are shown."""
VIEWS = 3
"""Views of one pair."""

Names = tuple[str, ...]
Read = tuple[str, Mapping[str, tuple[str | None, str | None]]]
"""Who typed a sample, and its two alleles by locus."""


class Photographs:
    """The pictures of a study's pairs; the packages are opened only if there is evidence of photographs on a pair."""

    def __init__(self, study: Study, folder: Path, pairs: pl.DataFrame) -> None:
        """Look for the evidence on the pairs, and for the pictures of their subjects."""
        evidence = read_result(folder, "photo_evidence", PHOTO)
        evidence = pl.DataFrame(schema=PHOTO) if evidence is None else evidence
        self._evidence = evidence.join(pairs, on=PAIR, how="semi", maintain_order="left")
        self._shelf: Shelf | None = None
        if self._evidence.height:
            self._shelf = shelf(study)
            self._folder = folder
            self._settings = settings_of(study)

    def score(self, names: Names) -> float | None:
        """Return the best score of a pair's pictures, whichever flank they show; None where there is none."""
        scores = self._of(names)["score"].drop_nulls().to_list()
        return max(scores) if scores else None

    def views(self, names: Names) -> tuple[View, ...]:
        """Return the pairs of pictures that speak for a pair, a flank each; one that cannot be read is not shown."""
        if self._shelf is None:
            return ()
        rows = self._of(names).unique("flank", keep="first", maintain_order=True).head(VIEWS)
        views = []
        for row in rows.iter_rows(named=True):
            found = pair_pictures(self._shelf, row, settings=self._settings, width=ACROSS, folder=self._folder)
            if found is not None:
                one = Picture(found.one, *found.one_size, row["flank"])
                other = Picture(found.other, *found.other_size, row["flank"])
                views.append(View(one, other, found.points, row["flank"]))
        return tuple(views)

    def _of(self, names: Names) -> pl.DataFrame:
        return self._evidence.filter(pl.all_horizontal(pl.col(n) == v for n, v in zip(PAIR, names, strict=True)))

    def more(self, subject: tuple[str, str, str]) -> tuple[Picture, ...]:
        """Return a few other pictures of a subject, of as many flanks as there are."""
        if self._shelf is None:
            return ()
        own = pl.all_horizontal(pl.col(n) == v for n, v in zip(SUBJECT, subject, strict=True))
        shown = [
            self._evidence.filter(pl.all_horizontal(pl.col(n) == v for n, v in zip(columns, subject, strict=True)))[m]
            for columns, m in ((SUBJECT, "mediaID"), (OTHER, "otherMediaID"))
        ]
        table = self._shelf.table.with_row_index("place").filter(own)
        table = table.filter(~pl.col("mediaID").is_in(pl.concat(shown).implode()))
        # One picture of each flank first, then a second of each.
        order = table.with_columns(turn=pl.int_range(pl.len()).over("flank")).sort("turn", "flank", "mediaID")
        pictures = [self._picture(place, flank) for place, flank in order.head(MORE).select("place", "flank").rows()]
        return tuple(picture for picture in pictures if picture is not None)

    def _picture(self, place: int, flank: str | None) -> Picture | None:
        if self._shelf is None:
            return None
        job = self._shelf.jobs[place]
        try:
            data = opened(job.source).read(job.name)
        except UnreadableError:
            return None
        cut = cut_out(data, job, PhotoSettings(size=SMALL, margin=self._settings.margin))
        if cut.pixels is None:
            return None
        height, width = cut.pixels.shape[:2]
        return Picture(thumbnail(cut.pixels, SMALL), width, height, flank)


class Genotypes:
    """The consensus genotypes of the samples behind the evidence, as they were compared."""

    def __init__(self, folder: Path) -> None:
        """Read the evidence and the consensus that the match of genotypes wrote."""
        evidence = read_result(folder, "genotype_evidence", SAMPLES)
        self._evidence = pl.DataFrame(schema=SAMPLES) if evidence is None else evidence
        read = read_result(folder, "genotype_consensus", CONSENSUS)
        self._read = _genotypes(pl.DataFrame(schema=CONSENSUS) if read is None else read)

    def of(self, names: Names) -> tuple[tuple[Locus, ...], str]:
        """Return the loci of a pair, and who typed them; nothing where no genotypes speak of it."""
        rows = self._evidence.filter(pl.all_horizontal(pl.col(n) == v for n, v in zip(PAIR, names, strict=True)))
        if rows.is_empty():
            return (), ""
        order = ["lociCompared", "sampleID", "otherSampleID"]
        best = rows.sort(order, descending=[True, False, False], nulls_last=True).row(0, named=True)
        one = self._of_sample(names[0], best["sampleID"])
        other = self._of_sample(names[3], best["otherSampleID"])
        missing = (None, None)
        loci = tuple(
            Locus(locus, one[1].get(locus, missing), other[1].get(locus, missing))
            for locus in sorted({*one[1], *other[1]})
        )
        return loci, ", ".join(sorted({each for each in (one[0], other[0]) if each}))

    def _of_sample(self, party: str, sample: str) -> Read:
        """Return the genotype of a sample; the match calls samples "party/sampleID"."""
        return self._read.get(f"{party}/{sample}", self._read.get(sample, ("", {})))


def _genotypes(read: pl.DataFrame) -> Mapping[str, Read]:
    """Return each sample's genotype from the laboratory that read most of its loci."""
    counted = read.with_columns(count=pl.col("allele1").is_not_null().sum().over("laboratory", "sampleID"))
    order = counted.sort("sampleID", "count", "laboratory", "locus", descending=[False, True, False, False])
    made: dict[str, tuple[str, dict[str, tuple[str | None, str | None]]]] = {}
    for laboratory, sample, locus, one, other in order.select(*CONSENSUS).iter_rows():
        known = made.setdefault(sample, (laboratory or "", {}))
        if known[0] == (laboratory or ""):
            known[1][locus] = (one, other)
    return dict(made)
