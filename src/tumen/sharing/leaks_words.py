"""Do the owner's own names stand in the view: of places, stations, people, devices, animals, files?"""

from collections.abc import Iterator

import polars as pl

from tumen.sharing.choose import OWN_WORDS, PAIRED, folded, granted, own_animals
from tumen.sharing.classes import GRANTABLE
from tumen.sharing.kept import KEPT
from tumen.sharing.levels import LEVELS, Grant
from tumen.tables import findings
from tumen.tables.package import Package
from tumen.tables.protocol import TABLES

OWN = {"name": pl.String, "source": pl.String, "phrase": pl.Boolean}
"""A name of the owner, where it comes from, and whether it is looked for inside texts too."""
PHRASED = ("place", "deployment", "individual")
"""Kinds of identifiers that people write into texts."""
DEVICES = ("cameraID", "tagID")
SHORT = 4
"""Letters and digits below which a name may stand in a text by chance."""
RUN_TOGETHER = 6
"""Letters and digits from which a name is recognised without the blanks in it."""
OPEN = ("text", "media", "place", "person", "detail")
"""Classes of texts in which even a short name is one."""


def word_leaks(texts: pl.DataFrame, disclosed: Package, truth: Package, grant: Grant) -> Iterator[pl.DataFrame]:
    """Return findings on texts that are one of the owner's names, or hold one as a word."""
    if texts.is_empty():
        return
    words = texts.with_columns(word=folded("value"), cell=pl.int_range(pl.len(), dtype=pl.Int64))
    own = _own(truth, grant, words["word"])
    harmless = _harmless(disclosed, truth, grant)
    own = own.filter(~pl.col("name").is_in(harmless.implode()) & (pl.col("name").str.strip_chars() != ""))
    if own.is_empty():
        return
    whole = words.join(own.select(word="name", source="source"), on="word", how="inner")
    hits = [whole.select("cell", "source", "word"), *_inside(words, own)]
    found = pl.concat(hits).unique(["cell"], keep="first", maintain_order=True).rename({"word": "name"})
    rows = words.join(found, on="cell", how="inner", maintain_order="left")
    letters = pl.col("name").str.replace_all(" ", "").str.len_chars()
    doubtful = (letters < SHORT) & ~pl.col("of").is_in(OPEN)
    for code, which in (("leak-name", ~doubtful), ("leak-name-short", doubtful)):
        part = rows.filter(which)
        for table, column in part.select("table", "column").unique(maintain_order=True).iter_rows():
            here = part.filter((pl.col("table") == table) & (pl.col("column") == column))
            yield findings.rows(code, here.drop("value"), table=table, column=column, arguments=("count", "source"))


def animal_leaks(disclosed: Package, truth: Package, grant: Grant) -> Iterator[pl.DataFrame]:
    """Return findings on names of the owner's animals among those that other parties gave to theirs."""
    if granted("name", grant):
        return
    own = own_animals(truth).implode()
    for table in OWN_WORDS:
        frame = disclosed.tables.get(table, pl.DataFrame())
        for column in (name for name in PAIRED if name in frame.columns):
            listed = frame.select(
                row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64), said=pl.col(column).str.split("|")
            ).explode("said")
            if column == "members":
                listed = listed.with_columns(pl.col("said").str.replace("^[^/]*/", ""))
            rows = listed.filter(folded("said").is_in(own))["row"].unique().sort().to_list()
            if rows:
                yield findings.finding(
                    "leak-name", table=table, row=rows[0], column=column, count=len(rows), source="individuals"
                )


def _own(truth: Package, grant: Grant, words: pl.Series) -> pl.DataFrame:
    """Return the owner's names that are looked for; of those not looked for inside texts, only what a text is whole."""
    parts = [pl.DataFrame(schema=OWN)]
    there = words.unique().implode()
    for table, frame in truth.tables.items():
        if table not in KEPT:
            continue
        for column, what in KEPT[table].columns.items():
            if column not in frame.columns or frame[column].dtype != pl.String or not _secret(table, column, grant):
                continue
            phrase = (
                what in ("place", "person") or KEPT[table].kinds.get(column) in PHRASED or column in DEVICES
            ) and column != "geometry"
            names = frame.select(name=pl.col(column).drop_nulls().unique()).with_columns(name=folded("name"))
            if column in ("filePath", "fileName"):
                base = frame.select(name=pl.col(column).drop_nulls().unique().str.extract(r"([^/\\]+?)(?:\.\w+)?$"))
                names = pl.concat([names, base.drop_nulls().with_columns(name=folded("name"))]).unique()
            if not phrase:
                names = names.filter(pl.col("name").is_in(there))
            parts.append(names.with_columns(source=pl.lit(f"{table}.{column}"), phrase=pl.lit(phrase)).select(*OWN))
    return pl.concat(parts).unique("name", keep="first", maintain_order=True)


def _secret(table: str, column: str, grant: Grant) -> bool:
    """Say whether names of a column stay at home under a grant."""
    what = KEPT[table].columns[column]
    if what in ("fact", "country", "genotype"):
        return False
    vocabulary = next((one.vocabulary for one in TABLES[table].columns if one.name == column), ())
    return not vocabulary and not (what in GRANTABLE and granted(GRANTABLE[what], grant))


def _harmless(disclosed: Package, truth: Package, grant: Grant) -> pl.Series:
    """Return words that leave as they are: facts, countries, parties, words of vocabularies."""
    words = {truth.party, truth.country or "", grant.receiver, grant.purpose, grant.agreement, *LEVELS, *TABLES}
    words |= {word for table in TABLES.values() for column in table.columns for word in column.vocabulary}
    parts = [pl.Series("name", sorted(words), dtype=pl.String)]
    for table, frame in truth.tables.items():
        for column, what in KEPT[table].columns.items() if table in KEPT else ():
            if what in ("fact", "country", "genotype") and column in frame.columns and frame[column].dtype == pl.String:
                parts.append(frame[column].drop_nulls().unique().alias("name"))
    del disclosed
    return pl.concat(parts).to_frame().select(folded("name")).to_series().unique()


def _inside(words: pl.DataFrame, own: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Return the texts in which a name stands as a word, or with its blanks left out."""
    phrases = own.filter("phrase")
    shorter = phrases.filter(pl.col("name").str.replace_all(" ", "").str.len_chars() < SHORT)["name"]
    yield from _matched(words.filter(pl.col("of").is_in(OPEN)), shorter, own)
    longer = phrases.filter(~pl.col("name").is_in(shorter.implode()))["name"]
    yield from _matched(words, longer, own)
    joined = phrases.with_columns(pl.col("name").str.replace_all(" ", ""))
    joined = joined.filter((pl.col("name").str.len_chars() >= RUN_TOGETHER) & ~pl.col("name").str.contains(r"^\p{L}+$"))
    run = words.with_columns(pl.col("word").str.replace_all(" ", ""))
    yield from _matched(run, joined["name"], joined)


def _matched(words: pl.DataFrame, names: pl.Series, own: pl.DataFrame) -> Iterator[pl.DataFrame]:
    if names.is_empty() or words.is_empty():
        return
    patterns = names.unique().sort().to_list()
    hit = words.filter(pl.col("word").str.contains_any(patterns))
    if hit.is_empty():
        return
    said = hit.select("cell", word=pl.col("word").str.extract_many(patterns).list.first())
    sources = own.select(word="name", source="source").unique("word", keep="first")
    yield said.join(sources, on="word", how="inner").select("cell", "source", "word")
