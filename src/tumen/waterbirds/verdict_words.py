"""Who has judged in words?  The criteria that no count decides, and the statements that are there on them."""

import polars as pl

from tumen.waterbirds.levels import WORDS
from tumen.waterbirds.verdict_rows import shaped


def statements(texts: pl.DataFrame) -> pl.DataFrame:
    """Return the statement that stands for each place and criterion: the newest signed one, else the newest draft.

    `texts` is a table `sheet_texts`. Columns: place, criterion, status, author, writtenOn, source, text, language.
    """
    fields = {field: criterion for criterion, field in WORDS.items()}
    named = texts.filter(pl.col("field").is_in(list(fields))).select(
        pl.col("siteID").alias("place"),
        pl.col("field").replace_strict(fields, default=None, return_dtype=pl.String).alias("criterion"),
        "status",
        "author",
        "writtenOn",
        "source",
        "text",
        "language",
    )
    ordered = named.sort(pl.col("status") == "signed", "writtenOn", "author", nulls_last=False, maintain_order=True)
    return ordered.unique(["place", "criterion"], keep="last", maintain_order=True).sort("place", "criterion")


def of_words(places: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each place and criterion that people judge in words.

    A signed statement is shown with its author and day, and is not judged here: the verdict stays needsStatement.
    """
    criteria = pl.DataFrame({"criterion": [name for name in WORDS if name != "R2"]})
    rows = places.select("place", "kind").join(criteria, how="cross")
    return shaped(_stated(rows, standing).with_columns(verdict=pl.lit("needsStatement")))


def stated_on_lists(rows: pl.DataFrame, standing: pl.DataFrame) -> pl.DataFrame:
    """Return rows of the second criterion; where they wait for a statement, with the one that is there."""
    waiting = pl.col("verdict") == "needsStatement"
    told = _stated(rows.filter(waiting).drop("way", "statedBy", "statedOn"), standing, "noListedSpecies")
    return pl.concat([rows.filter(~waiting), shaped(told)])


def _stated(rows: pl.DataFrame, standing: pl.DataFrame, otherwise: str = "statementMissing") -> pl.DataFrame:
    """Add the way, the reason, and who stated it when."""
    who = standing.select("place", "criterion", "status", pl.col("author"), pl.col("writtenOn"))
    found = rows.join(who, on=["place", "criterion"], how="left", maintain_order="left")
    signed, draft = pl.col("status") == "signed", pl.col("status") == "draft"
    reason = (
        pl.when(signed)
        .then(pl.lit("statementSigned"))
        .when(draft)
        .then(pl.lit("statementDraft"))
        .otherwise(pl.lit(otherwise))
    )
    return found.with_columns(
        way=pl.when(signed).then(pl.lit("statement")).otherwise(pl.lit("")),
        reason=reason,
        statedBy=pl.col("author").fill_null(""),
        statedOn=pl.col("writtenOn"),
    ).drop("status", "author", "writtenOn")
