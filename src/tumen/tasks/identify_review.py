"""Write the page on which a person judges the proposed pairs.

It reads what earlier steps wrote into the folder of results, and the packages for pictures, genotypes and sexes. What
the page showed to whom is kept beside it (`pages/<digest>.csv`), so that decisions can be held against it.
"""

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Required, TypedDict, Unpack

import polars as pl

from tumen import engine
from tumen.errors import MisuseError
from tumen.files.atomic import writing_file
from tumen.individuals.place_time import PAIR
from tumen.individuals.proposals import PROPOSALS
from tumen.report.review import review_page
from tumen.report.review_source import Judged, Pair, ReviewSource, Subject, Verdict, Where
from tumen.tables.detections import detections
from tumen.tables.package import Package
from tumen.tasks.identify_decisions import is_formula, person, spelled
from tumen.tasks.identify_results import (
    DECISIONS,
    PAGES,
    SHOWN,
    needed,
    pairs_of,
    read_result,
    slug,
    write_result,
)
from tumen.tasks.identify_review_evidence import Genotypes, Photographs
from tumen.tasks.names import words_of
from tumen.tasks.packages import read_package
from tumen.tasks.pool import Registered, registered
from tumen.tasks.study import Study
from tumen.tasks.written import as_text

LONGEST_NAME = 100
"""Letters of an observer's name."""

CURVE: dict[str, type[pl.DataType]] = {
    "scientificName": pl.String,
    "probability": pl.Float64,
    "share": pl.Float64,
    "shareLow": pl.Float64,
    "shareHigh": pl.Float64,
}
"""What is used of `calibration.csv`."""


class Asked(TypedDict, total=False):
    """How a page is asked for.

    `role`: observer or adjudicator. `blind`: by default as the role demands. `limit`: pairs in the page, from the top
    of the queue. `places`: whether distances and times are in the page. `again`: whether pairs that this observer has
    judged before are shown once more, which measures how often one errs.
    """

    observer: Required[str]
    role: str
    blind: bool | None
    limit: int
    language: str
    places: bool
    again: bool


def review(study: Study, folder: Path, *, progress: engine.Progress = engine.silent, **asked: Unpack[Asked]) -> Path:
    """Write the page into the folder of results and return its path, `page_name` of the observer and role.

    A person whom the register knows under another spelling (capitals, blanks, letters of another width) keeps the
    known one. Raises `MisuseError` where there is no queue of proposals yet, or the observer has no name.
    """
    observer = _named(asked["observer"])
    role = asked.get("role", "observer")
    blind = asked.get("blind")
    blind = role == "observer" if blind is None else blind
    queue = needed(read_result(folder, "proposals", PROPOSALS), "proposals", "tumen identify proposals STUDY")
    packages = tuple(engine.run(read_package, study.packages))
    register = registered(study, packages, pl.concat([detections(package) for package in packages]))
    decisions = _taken_in(folder)
    observer = spelled(observer, [*register.events["observer"], *decisions["observer"]])
    verdicts = _verdicts(register, decisions)
    left_out = 0
    if not asked.get("again", False):
        left = queue.join(_of(verdicts, observer, role).select(PAIR), on=PAIR, how="anti", maintain_order="left")
        queue, left_out = left, queue.height - left.height
    queue = _first(queue, verdicts, role).head(asked.get("limit", 100))
    evidence = _Evidence(Photographs(study, folder, queue.select(PAIR)), Genotypes(folder), _facts(packages), verdicts)
    rows = list(queue.iter_rows(named=True))
    pairs = engine.run(partial(_pair, evidence=evidence), rows, progress=progress)
    source = ReviewSource(
        study=study.title,
        pairs=tuple(pair for pair in pairs if pair is not None),
        observer=observer,
        role=role,
        blind=blind,
        places=asked.get("places", False),
        seed=_seed(study, observer, _of(decisions, observer, role).height),
        curves=_curves(folder),
        left_out=left_out,
    )
    (words,), _ = words_of(study, [asked.get("language", study.languages[0])])
    page = review_page(source, words)
    inputs = [study.path, *(entry.path for entry in study.packages)]
    _keep(folder, source, page.digest, page.pairs, inputs)
    path = folder / page_name(observer, role)
    with writing_file(path, replace=True, inputs=inputs) as part:
        part.write_text(page.html, encoding="utf-8")
    return path


def _named(observer: str) -> str:
    name = unicodedata.normalize("NFKC", observer).strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable() or is_formula(name):
        raise MisuseError(
            "the name of an observer, 100 letters at most", f"{observer[:LONGEST_NAME]!r}", "Write who will judge."
        )
    return " ".join(name.split())


def page_name(observer: str, role: str = "observer") -> str:
    """Return the name of a person's page: no two people share one, nor one person's two roles.

    >>> page_name("O. Kim"), page_name("O-Kim", "adjudicator")
    ('review-O-Kim-b32ebd.html', 'review-O-Kim-4f16f7-adjudicator.html')
    """
    exact = hashlib.sha256(observer.encode()).hexdigest()[:6]
    return f"review-{slug(observer)}-{exact}{'' if role == 'observer' else f'-{role}'}.html"


def _seed(study: Study, observer: str, before: int) -> int:
    """Return what a page's order is drawn from; after decisions were taken in, another page is made.

    A browser keeps decisions by page: without this, pairs shown again would come with what was said of them before.
    """
    drawn = f"{study.seed}/{observer}" + (f"/{before}" if before else "")
    return int(hashlib.sha256(drawn.encode()).hexdigest()[:8], 16)


@dataclass(frozen=True)
class _Evidence:
    """Everything that a pair's place in the page is filled from."""

    photographs: Photographs
    genotypes: Genotypes
    facts: Mapping[tuple[str, str], tuple[str | None, str | None]]
    verdicts: pl.DataFrame


def _taken_in(folder: Path) -> pl.DataFrame:
    decisions = read_result(folder, "decisions", DECISIONS)
    return pl.DataFrame(schema=DECISIONS) if decisions is None else decisions


def _of(verdicts: pl.DataFrame, observer: str, role: str) -> pl.DataFrame:
    """Return what one person said in one role, however the name is spelled."""
    spellings = [name for name in verdicts["observer"].drop_nulls().unique() if person(name) == person(observer)]
    return verdicts.filter(pl.col("observer").is_in(spellings), pl.col("role") == role)


def _verdicts(register: Registered, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return what people said before and holds: of named animals as the register has it, of others as taken in.

    An event that was undone is as if it had never been made, so its pair is asked about again.
    """
    events = register.walk.standing.active.filter(pl.col("kind").is_in(["agree", "disagree", "link", "merge"]))
    judged = events.select(
        pl.lit("").alias("decisionID"),
        pl.lit("").alias("page"),
        "observer",
        pl.col("role").fill_null("observer"),
        "blind",
        *_pair_of_event(),
        pl.when(pl.col("kind") == "disagree").then(pl.lit("different")).otherwise(pl.lit("same")).alias("verdict"),
        "certainty",
        "flank",
        pl.col("evidence").alias("note"),
        "decidedAt",
    )
    named = (pl.col("kind") == "individual") & (pl.col("otherKind") == "individual")
    # An undecided verdict on named animals is no event; it holds until the same person decides.
    last = decisions.sort("decidedAt", maintain_order=True).unique(["observer", "role", *PAIR], keep="last")
    undecided = last.filter(named & (pl.col("verdict") == "undecided"))
    return pl.concat([judged.cast(pl.Schema(DECISIONS)), decisions.filter(~named), undecided]).sort(
        *PAIR, "decidedAt", "observer"
    )


def _pair_of_event() -> list[pl.Expr]:
    """Return the pair of an event with the smaller name first, as proposals write it."""
    one, other = ("party", "individualID"), ("otherParty", "otherIndividualID")
    after = (pl.col(one[0]) > pl.col(other[0])) | (
        (pl.col(one[0]) == pl.col(other[0])) & (pl.col(one[1]) > pl.col(other[1]))
    )
    pick = [pl.when(after).then(pl.col(b)).otherwise(pl.col(a)) for a, b in zip(one + other, other + one, strict=True)]
    kind = pl.lit("individual")
    values = (pick[0], kind, pick[1], pick[2], kind, pick[3])
    return [value.alias(name) for value, name in zip(values, PAIR, strict=True)]


def _first(queue: pl.DataFrame, verdicts: pl.DataFrame, role: str) -> pl.DataFrame:
    """Return the queue by rank; an adjudicator begins with the pairs that most observers have judged."""
    if role != "adjudicator":
        return queue.sort("rank")
    counted = verdicts.filter(pl.col("role") == "observer").group_by(PAIR).agg(judged=pl.col("observer").n_unique())
    return (
        queue.join(counted, on=PAIR, how="left")
        .sort(pl.col("judged").fill_null(0), "rank", descending=[True, False])
        .drop("judged")
    )


def _facts(packages: Sequence[Package]) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Return sex and known flanks of every individual by its party and name."""
    return {
        (package.party, name): (sex, flanks)
        for package in packages
        for name, sex, flanks in package.table("individuals").select("individualID", "sex", "knownFlanks").iter_rows()
    }


def _pair(row: Mapping[str, object], evidence: _Evidence) -> Pair:
    one = _subject(row, ("party", "kind", "subjectID"), evidence)
    other = _subject(row, ("otherParty", "otherKind", "otherID"), evidence)
    names = tuple(str(row[name]) for name in PAIR)
    loci, laboratories = evidence.genotypes.of(names)
    return Pair(
        one=one,
        other=other,
        scientific_name=_text(row["scientificName"]) or "",
        views=evidence.photographs.views(names),
        loci=loci,
        laboratories=laboratories,
        judged=_judged(row, evidence.verdicts, evidence.photographs.score(names)),
        where=Where(_number(row["kmApart"]), _number(row["daysApart"]), _number(row["speed"])),
    )


def _subject(row: Mapping[str, object], columns: tuple[str, str, str], evidence: _Evidence) -> Subject:
    party, kind, name = (str(row[column]) for column in columns)
    sex, flanks = evidence.facts.get((party, name), (None, None)) if kind == "individual" else (None, None)
    subject = Subject(party, kind, name, sex, flanks)
    return replace(subject, more=evidence.photographs.more((party, kind, name)))


def _judged(row: Mapping[str, object], verdicts: pl.DataFrame, score: float | None) -> Judged:
    said = verdicts.filter(pl.all_horizontal(pl.col(name) == row[name] for name in PAIR))
    rank = row["photoRank"]
    return Judged(
        probability=_number(row["probability"]),
        score=score,
        photo=_number(row["photoProbability"]),
        rank=rank if isinstance(rank, int) else None,
        genotype=_number(row["genotypeProbability"]),
        relation=_text(row["genotypeRelation"]),
        contradictions=tuple(code for code in (_text(row["contradictions"]) or "").split("|") if code),
        verdicts=tuple(
            Verdict(
                each["observer"] or "",
                each["verdict"] or "",
                each["certainty"],
                f"{each['decidedAt']:%Y-%m-%d}" if each["decidedAt"] else "",
                each["note"] or "",
            )
            for each in said.iter_rows(named=True)
        ),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _curves(folder: Path) -> dict[str, tuple[tuple[float, float, float, float], ...]]:
    table = read_result(folder, "calibration", CURVE)
    curves: dict[str, tuple[tuple[float, float, float, float], ...]] = {}
    for name, *numbers in () if table is None else table.drop_nulls().iter_rows():
        stated, found, low, high = numbers
        curves[name] = (*curves.get(name, ()), (stated, found, low, high))
    return curves


def _keep(folder: Path, source: ReviewSource, digest: str, pairs: Sequence[Pair], inputs: Sequence[Path]) -> None:
    """Keep what the page showed, and what the proposals said, which it may not have shown.

    The same page made again is the same table, unless the proposals have other probabilities by then: those hold.
    """
    judged = [pair.judged or Judged() for pair in pairs]
    table = pairs_of(pair.names for pair in pairs).with_columns(
        page=pl.lit(digest),
        observer=pl.lit(source.observer),
        role=pl.lit(source.role),
        blind=pl.lit(source.blind),
        method=pl.Series([_method(pair) for pair in pairs], dtype=pl.String),
        score=pl.Series([each.score for each in judged], dtype=pl.Float64),
        probability=pl.Series([each.probability for each in judged], dtype=pl.Float64),
    )
    write_result(folder / PAGES / f"{digest}.csv", as_text(table.select(*SHOWN)), inputs=inputs)


def _method(pair: Pair) -> str:
    if pair.views and pair.loci:
        return "several"
    return "photo" if pair.views else ("genotype" if pair.loci else "other")
