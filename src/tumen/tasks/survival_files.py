"""Answer the question of survival from a file of capture histories, such as those of MARK, without study or country."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from tumen import engine
from tumen.errors import ColumnError, FormatError, MisuseError, Text
from tumen.files.bare_table import read_bare_table
from tumen.population.survival.fit import Fit
from tumen.population.survival.goodness import goodness
from tumen.population.survival.histories import Histories
from tumen.population.survival.histories import histories as of_detections
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tables.schema import MISSING
from tumen.tasks.survival import Seen, bootstrap_of, findings_of, fits_of, history_rows
from tumen.tasks.survival_tables import Years, goodness_rows, model_rows, population_rows, rate_rows

HISTORY = "ch"
"""The column with a whole history as one word of 0 and 1, as MARK and its readers call it."""
ANIMALS = ("animal", "individualID", "id", "ID", "ring", "band")
HALF = 0.5
"""A column of which more cells than this share are 0 or 1 is an occasion."""
UNKNOWN = (*MISSING, "unknown", "U")
FREQUENCY = "freq"
"""How many animals have the history; below 0: they were not released after they were last seen (MARK)."""


@dataclass(frozen=True, kw_only=True)
class SurvivalFiles:
    """What to fit to which histories.

    `histories`: CSV with a column `ch` of words of 0 and 1, or with a column of 0 and 1 for each occasion, whose names
    hold a number (2013, t1); besides `sex`, `freq`, and one of `ANIMALS`. `intervals`: years between occasions, one for
    all or one for each. `occasions`: CSV with `occasion`, `time` (in years) and covariates such as `effort`, in place
    of intervals. `phi`, `p`: formulas; empty: those that a study tries. `bootstraps`: of the deviance.
    """

    histories: Path
    intervals: tuple[float, ...] = ()
    occasions: Path | None = None
    phi: tuple[str, ...] = ()
    p: tuple[str, ...] = ()
    bootstraps: int = 0
    seed: int = 0

    @property
    def told(self) -> dict[str, Any]:
        """Return what [survival] of a study would say."""
        said = {"phi": self.phi, "p": self.p, "bootstraps": self.bootstraps}
        return {key: value for key, value in said.items() if value}


def survival_of_files(asked: SurvivalFiles, *, progress: engine.Progress = engine.silent) -> Answer:
    """Return the answer with the tables that a study's has; what is wrong with the file stands in its findings.

    Raises `FormatError` for a file without histories, `MisuseError` for intervals that do not fit them and
    (naming --phi and --p) for a formula that cannot be read.
    """
    seen = sightings(asked)
    names = seen.data.occasions
    named, tested = Years(names, names), goodness(seen.data)
    progress(1, 3)
    staying, entering = (_fits(seen, asked, entry=entry) for entry in (False, True))
    progress(2, 3)
    drawn = bootstrap_of(staying, asked.told, asked.seed)
    inflation = 1.0 if drawn is None else drawn.inflation
    tables = {
        "survival": rate_rows(staying, "phi", named, inflation),
        "detection": rate_rows(staying, "p", named, inflation),
        "population": population_rows(entering, named, inflation),
        "models": model_rows(staying, inflation),
        "populationModels": model_rows(entering, inflation),
        "goodness": goodness_rows(tested, drawn),
        "histories": history_rows(seen, named),
    }
    found = [seen.findings, tested.findings]
    found += findings_of(staying, tables["models"]) + findings_of(entering, tables["populationModels"])
    notes = []
    if drawn is not None:
        found.append(drawn.findings)
        notes.append(Note("survival-inflated", {"inflation": f"{inflation:.2f}", "draws": len(drawn.drawn)}))
    parameters = {"animals": len(seen.data.animals), "sessions": len(names), "inflation": inflation}
    progress(3, 3)
    return Answer("survival", tables, tuple(notes), parameters, findings.gather(found).unique(maintain_order=True))


def sightings(asked: SurvivalFiles) -> Seen:
    """Return the histories of a file, and the findings of reading them; animals with a wrong cell are left out."""
    table, found = read_bare_table(_bytes(asked.histories), "histories")
    if HISTORY in table.columns:
        spelt, columns, wrong = _words(table)
    else:
        spelt, columns, wrong = _cells(table)
    own = {HISTORY, "sex", FREQUENCY, *columns, *ANIMALS}
    left = [name for name in table.columns if name not in own]
    told = [found, wrong]
    if left:
        told.append(findings.finding("histories-columns-left", table="histories", value=", ".join(left)))
    named, repeated = _named(table)
    rows = pl.DataFrame({"row": range(2, table.height + 2), "animal": named, "spelt": spelt}).with_columns(
        sex=_sexes(table), times=_frequencies(table)
    )
    kept = rows.drop_nulls("spelt").filter(pl.col("row").is_in(repeated["row"].implode()).not_())
    never = kept.filter(pl.col("spelt").str.contains("1", literal=True).not_())
    told += [
        findings.rows("histories-animal-twice", repeated, table="histories", column="animal"),
        findings.rows("histories-never-seen", never.select("row", value="animal"), table="histories", column=HISTORY),
    ]
    kept = kept.filter(pl.col("spelt").str.contains("1", literal=True))
    data, more = _histories_of(asked, kept, columns)
    return Seen(data, asked.occasions is not None and "effort" in data.covariates, 0, findings.gather([*told, more]))


def _fits(seen: Seen, asked: SurvivalFiles, *, entry: bool) -> tuple[Fit, ...]:
    """Fit every model; the error for a formula that cannot be read names the options in which they are given."""
    try:
        return fits_of(seen, asked.told, entry=entry)
    except MisuseError as error:
        raise MisuseError(Text("--phi, --p: {needed}", needed=error.needed), error.found, error.cure) from error


def _words(table: pl.DataFrame) -> tuple[list[str | None], list[str], pl.DataFrame]:
    """Return histories of a column of words, the names of its occasions (1, 2, ...), and what cannot be read."""
    words = table[HISTORY].str.strip_chars()
    lengths = words.str.len_chars().drop_nulls().mode().sort()
    if not len(lengths):
        raise FormatError("a history of 0 and 1 in column ch", "none", "Write one word such as 0110 for each animal.")
    length = int(lengths[-1])
    rows = table.select(row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64), value=words)
    plain = pl.col("value").str.contains("^[01]+$").fill_null(False)
    odd = rows.filter(~plain)
    other = rows.filter(plain, pl.col("value").str.len_chars() != length)
    counted = other.select("row", value=pl.col("value").str.len_chars().cast(pl.String), occasions=pl.lit(length))
    found = [
        findings.rows("histories-cell-unread", odd, table="histories", column=HISTORY),
        findings.rows("histories-length", counted, table="histories", column=HISTORY, arguments=["occasions"]),
    ]
    bad = {*odd["row"], *other["row"]}
    spelt = [None if row in bad else word for row, word in rows.iter_rows()]
    return spelt, [str(number + 1) for number in range(length)], findings.gather(found)


def _cells(table: pl.DataFrame) -> tuple[list[str | None], list[str], pl.DataFrame]:
    """Return histories of columns of 0 and 1 with a number in their names, these names, and what cannot be read."""
    columns = [
        name
        for name in table.columns
        if any(letter.isdigit() for letter in name)
        and table[name].str.strip_chars().is_in(["0", "1"]).fill_null(False).mean() > HALF  # type: ignore[operator]
    ]
    if len(columns) < 2:
        raise FormatError(
            "histories: a column ch, or a column of 0 and 1 for each occasion with a number in its name",
            Text("columns {columns}", columns=", ".join(table.columns) or "-"),
            "Name the column with words of 0 and 1 ch, or the occasions 2013, 2014 and so on.",
        )
    cells = table.select(pl.col(columns).str.strip_chars()).with_columns(
        row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64)
    )
    found = []
    bad: set[int] = set()
    for name in columns:
        odd = cells.filter(pl.col(name).is_in(["0", "1"]).not_().fill_null(True)).select("row", value=name)
        bad |= set(odd["row"])
        found.append(findings.rows("histories-cell-unread", odd, table="histories", column=name))
    spelt = [None if row in bad else "".join(parts) for *parts, row in cells.iter_rows()]
    return spelt, columns, findings.gather(found)


def _named(table: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """Return the name of each animal (its row where the file has none), and rows (row, value) of one named before."""
    column = next((name for name in ANIMALS if name in table.columns), None)
    rows = [str(number) for number in range(2, table.height + 2)]
    named = pl.Series("animal", rows) if column is None else table[column].fill_null(pl.Series(rows)).alias("animal")
    frame = named.to_frame().with_columns(row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
    return named, frame.filter(~pl.col("animal").is_first_distinct()).select("row", value="animal")


def _sexes(table: pl.DataFrame) -> pl.Series:
    if "sex" not in table.columns:
        return pl.Series("sex", [None] * table.height, dtype=pl.String)
    cells = table["sex"].str.strip_chars()
    return cells.set(cells.is_in(UNKNOWN).fill_null(False), None)


def _frequencies(table: pl.DataFrame) -> pl.Series:
    if FREQUENCY not in table.columns:
        return pl.Series("times", [1] * table.height, dtype=pl.Int64)
    counts = table[FREQUENCY].str.strip_chars().cast(pl.Int64, strict=False)
    if counts.null_count():
        row = int(counts.is_null().arg_max() or 0)
        raise FormatError(
            "a whole number of animals in every cell of freq",
            Text("'{value}' in row {row}", value=table[FREQUENCY][row], row=row + 2),
            "Correct it; below 0 says that the animals were not released.",
        )
    return counts


def _histories_of(asked: SurvivalFiles, kept: pl.DataFrame, columns: Sequence[str]) -> tuple[Histories, pl.DataFrame]:
    """Return animals as histories, each row as often as it says, and the findings of the occasions."""
    each = kept.select(pl.all().repeat_by(pl.col("times").abs())).explode(kept.columns).drop_nulls("spelt")
    nobody = pl.DataFrame(schema={"individualID": pl.String, "occasion": pl.String})
    frame, found = _occasions(asked, columns)
    bare, more = of_detections(nobody, frame)
    names = each["animal"].to_list()
    several = each["animal"].is_duplicated().any()
    seen = np.array([[letter == "1" for letter in word] for word in each["spelt"]], dtype=bool)
    data = replace(
        bare,
        animals=tuple(f"{name}.{number}" for number, name in enumerate(names, start=1)) if several else tuple(names),
        seen=seen.reshape(len(names), len(columns)),
        sex=tuple(each["sex"]),
        lost=(each["times"] < 0).to_numpy(),
    )
    unknown = each["sex"].null_count()
    told = [found, more]
    if unknown:
        told.append(
            findings.finding("survival-sex-unknown", table="histories", column="sex", count=unknown, animals=len(names))
        )
    return data, findings.gather(told)


def _occasions(asked: SurvivalFiles, columns: Sequence[str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return occasions with their time in years and covariates, from their file or from the intervals."""
    if asked.occasions is None:
        gaps = asked.intervals * (len(columns) - 1) if len(asked.intervals) == 1 else asked.intervals
        if len(gaps) != len(columns) - 1:
            raise MisuseError(
                Text(
                    "years between {count} occasions: one number, or {gaps}", count=len(columns), gaps=len(columns) - 1
                ),
                str(len(gaps)),
                "Say for example 1 for occasions a year apart.",
            )
        time = np.concatenate([[0.0], np.cumsum(gaps)])
        return pl.DataFrame({"occasion": list(columns), "time": time}), findings.empty()
    if asked.intervals:
        raise MisuseError("intervals, or a file of occasions", "both", "Leave one out.")
    table, found = read_bare_table(_bytes(asked.occasions), "occasions")
    if not {"occasion", "time"} <= set(table.columns):
        raise ColumnError(
            "a file of occasions with the columns occasion and time",
            ", ".join(table.columns),
            "Write the time in years, such as 2013.75.",
        )
    if table["occasion"].to_list() != list(columns):
        raise MisuseError(
            Text("the occasions {names}, in their order", names=", ".join(columns)),
            ", ".join(table["occasion"].fill_null("-")),
            "Name each occasion of the histories once; those of words are 1, 2 and so on.",
        )
    typed = [_typed(table[name]) for name in table.columns if name != "occasion"]
    return table.with_columns(typed), found


def _typed(cells: pl.Series) -> pl.Series:
    """Return a column as numbers where every cell is one, and else as words."""
    numbers = cells.str.strip_chars().cast(pl.Float64, strict=False)
    return numbers if numbers.null_count() == cells.null_count() else cells


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FormatError(Text("a file {path}", path=path), f"{error.strerror}", "Correct its path.") from error
