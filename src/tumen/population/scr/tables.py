"""Capture histories as plain tables <-> the sessions that are fitted.

secr's files name what an animal, an occasion and a detector are; here they become numbers. Nothing is dropped: a row
that cannot stand is a finding, and sessions are made only of tables without errors.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tumen.errors import MisuseError, Text
from tumen.population.scr.survey import Captures, Covariate, Detectors, Floats, Integers, Kind, Mask, Session
from tumen.tables import findings
from tumen.tables.capture_histories import ANIMALS, CAPTURES, MASK, TRAPS, ScrTables, covariates
from tumen.tables.schema import require

SEXES = {"F": "F", "M": "M", "female": "F", "male": "M", "f": "F", "m": "M", "Female": "F", "Male": "M"}
REMOVED = "removedAfter"
"""Covariate of animals: the occasion (from 1) in which the animal died and after which nobody could see it; NaN: none
did. Only sessions with such an animal have it."""

Usages = dict[str, Floats]


def sessions_of(tables: ScrTables, kind: Kind, *, occasions: int | Mapping[str, int] | None = None) -> list[Session]:
    """Return the sessions that tables hold, in the order of `tables.sessions`.

    `occasions`: how many there were, for all or by session, where the traps have no usage (else the last with a
    capture is taken for the last). Animals are sorted by name, detectors stay in the order of the traps; an animal or a
    detector that repeats in an occasion is one element, its counts summed (`count`, `binomial`) or 1. A session without
    mask has an empty one, to be replaced before it is fitted. Raises `MisuseError` where `judge` finds errors.

    >>> captures = pl.DataFrame([("1", "a", 1, "A", 1, True)], schema=CAPTURES, orient="row")
    >>> traps = pl.DataFrame([(None, "A", 0.0, 0.0, [1.0, 0.5])], schema=TRAPS, orient="row")
    >>> [session] = sessions_of(ScrTables(("1",), captures, traps), "proximity")
    >>> session.animals, session.detectors.usage.tolist(), session.captures.occasion.tolist()
    (('a',), [[1.0, 0.5]], [0])
    """
    found = findings.errors(judge(tables, kind, occasions=occasions))
    if found.height:
        first = found.row(0, named=True)
        raise MisuseError(
            "capture histories without errors",
            Text(
                "{count}; the first is {code} ({value})", count=found.height, code=first["code"], value=first["value"]
            ),
            "Judge the tables first; each finding says what to do.",
        )
    usages, _ = _usages(tables, occasions)
    return [_session(tables, name, kind, usages[name]) for name in tables.sessions]


def judge(tables: ScrTables, kind: Kind, *, occasions: int | Mapping[str, int] | None = None) -> pl.DataFrame:
    """Return the findings of tables: rows that no session can hold, and what is doubtful in them.

    Raises `ColumnError` for a table that is not as declared.
    """
    require(tables.captures, CAPTURES, "captures")
    require(tables.traps, TRAPS, "traps")
    for table, dtypes, name in ((tables.mask, MASK, "mask"), (tables.animals, ANIMALS, "animals")):
        if table is not None:
            require(table, dtypes, name)
    usages, found = _usages(tables, occasions)
    return findings.gather([*found, *_of_traps(tables), *_of_captures(tables, kind, usages), *_of_covariates(tables)])


def _numbered(frame: pl.DataFrame) -> pl.DataFrame:
    return frame if "row" in frame.columns else frame.with_row_index("row", 2).cast({"row": pl.Int64})


def _own(frame: pl.DataFrame, session: str) -> pl.DataFrame:
    return frame.filter(pl.col("session").is_null() | (pl.col("session") == session))


def _usages(tables: ScrTables, occasions: int | Mapping[str, int] | None) -> tuple[Usages, list[pl.DataFrame]]:
    """Return the usage of the detectors of each session; findings where its length is not the number of occasions."""
    usages: Usages = {}
    found = []
    for name in tables.sessions:
        traps = _own(_numbered(tables.traps), name)
        seen = tables.captures.filter(pl.col("session") == name)["occasion"].max()
        told = tables.occasions if occasions is None else occasions
        stated = told if isinstance(told, int) else told.get(name)
        longest = traps["usage"].list.len().max()
        count = stated or _whole(longest) or _whole(seen) or 1
        wrong = traps.filter(pl.col("usage").list.len() != count)
        given = wrong.select("row", value=pl.col("usage").list.len().cast(pl.String), occasions=pl.lit(count))
        found.append(
            findings.rows("usage-of-other-length", given, table="traps", column="usage", arguments=["occasions"])
        )
        bad = pl.col("usage").list.eval(~pl.element().is_finite() | (pl.element() < 0)).list.any()
        void = traps.filter(bad.fill_null(False) | pl.col("usage").list.eval(pl.element().is_null()).list.any())
        found.append(
            findings.rows("usage-not-a-number", void.select("row", value="detector"), table="traps", column="usage")
        )
        rows = [given or [1.0] * count for given in traps["usage"].to_list()]
        fits = all(len(row) == count and all(u is not None for u in row) for row in rows)
        usages[name] = (
            np.array(rows, dtype=np.float64).reshape(len(rows), count) if fits else np.ones((len(rows), count))
        )
    return usages, found


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _of_traps(tables: ScrTables) -> list[pl.DataFrame]:
    traps = _numbered(tables.traps)
    placed = pl.col("x").is_finite() & pl.col("y").is_finite()
    nowhere = traps.filter(~placed.fill_null(False))
    repeated = traps.filter(pl.struct("session", "detector").is_duplicated())
    again = repeated.filter(~pl.struct("session", "detector").is_first_distinct())
    return [
        findings.rows("detector-without-place", nowhere.select("row", value="detector"), table="traps", column="x"),
        findings.rows("detector-named-twice", again.select("row", value="detector"), table="traps", column="detector"),
    ]


def _of_captures(tables: ScrTables, kind: Kind, usages: Usages) -> list[pl.DataFrame]:
    captures = _numbered(tables.captures)
    lacking = captures.filter(pl.any_horizontal(pl.col("session", "animal", "occasion", "detector").is_null()))
    found = [
        findings.rows("capture-incomplete", lacking.select("row", value="animal"), table="captures", column="animal")
    ]
    whole = captures.drop_nulls(["session", "animal", "occasion", "detector"])
    unknown = whole.filter(~pl.col("session").is_in(list(tables.sessions)))
    found.append(
        findings.rows(
            "capture-of-unknown-session", unknown.select("row", value="session"), table="captures", column="session"
        )
    )
    void = whole.filter((pl.col("count") < 1).fill_null(True))
    found.append(findings.rows("capture-count", void.select("row", value="count"), table="captures", column="count"))
    for name in tables.sessions:
        found += _of_session(tables, name, kind, usages[name])
    return found


def _of_session(tables: ScrTables, name: str, kind: Kind, usage: Floats) -> list[pl.DataFrame]:
    """Judge the captures of one session against its detectors and occasions."""
    captures = (
        _numbered(tables.captures).filter(pl.col("session") == name).drop_nulls(["animal", "occasion", "detector"])
    )
    detectors = _own(tables.traps, name)["detector"].to_list()
    number = {detector: k for k, detector in enumerate(detectors)}
    elsewhere = captures.filter(~pl.col("detector").is_in(detectors))
    outside = captures.filter(~pl.col("occasion").is_between(1, usage.shape[1]))
    inside = captures.join(pl.concat([elsewhere, outside]), on="row", how="anti", maintain_order="left")
    off = [usage[number[k], s - 1] == 0 for k, s in inside.select("detector", "occasion").iter_rows()]
    idle = inside.filter(pl.Series(off, dtype=pl.Boolean))
    found = [
        findings.rows(
            "capture-at-unknown-detector",
            elsewhere.select("row", value="detector"),
            table="captures",
            column="detector",
        ),
        findings.rows(
            "capture-outside-occasions",
            outside.select("row", value="occasion", occasions=pl.lit(usage.shape[1])),
            table="captures",
            column="occasion",
            arguments=["occasions"],
        ),
        findings.rows(
            "capture-at-idle-detector",
            idle.select("row", "occasion", value="detector"),
            table="captures",
            column="detector",
            arguments=["occasion"],
        ),
        _after_death(captures),
    ]
    if kind == "multi":
        several = inside.unique(["animal", "occasion", "detector"], keep="first", maintain_order=True).filter(
            ~pl.struct("animal", "occasion").is_first_distinct()
        )
        told = several.select("row", "occasion", "detector", value="animal")
        found.append(
            findings.rows(
                "capture-twice-in-occasion", told, table="captures", column="animal", arguments=["occasion", "detector"]
            )
        )
    if kind == "binomial":
        found += _beyond(inside, _own(_numbered(tables.traps), name), usage)
    if kind in ("multi", "proximity"):
        again = captures.filter(
            ~pl.struct("animal", "occasion", "detector").is_first_distinct() | (pl.col("count") > 1)
        )
        told = again.select("row", "occasion", value="animal")
        found.append(findings.rows("capture-repeated", told, table="captures", column="animal", arguments=["occasion"]))
    return found


def _beyond(inside: pl.DataFrame, traps: pl.DataFrame, usage: Floats) -> list[pl.DataFrame]:
    """Find binomial counts above the number of chances, and chances that are no whole number."""
    number = {detector: k for k, detector in enumerate(traps["detector"])}
    seen = inside.group_by("animal", "occasion", "detector", maintain_order=True).agg(
        pl.col("row").max(), times=pl.col("count").sum()
    )
    chances = [float(usage[number[k], s - 1]) for k, s in seen.select("detector", "occasion").iter_rows()]
    judged = seen.with_columns(pl.Series("chances", chances, dtype=pl.Float64), value="animal")
    above = judged.filter(pl.col("times") > pl.col("chances"), pl.col("chances") > 0)
    broken = traps.filter(pl.Series((usage != np.round(usage)).any(axis=1)))
    parts = broken.select("row", value="detector")
    arguments = ["times", "chances", "occasion", "detector"]
    return [
        findings.rows("capture-beyond-chances", above, table="captures", column="count", arguments=arguments),
        findings.rows("usage-not-whole", parts, table="traps", column="usage"),
    ]


def _after_death(captures: pl.DataFrame) -> pl.DataFrame:
    dead = captures.filter(~pl.col("alive").fill_null(True)).group_by("animal").agg(died=pl.col("occasion").min())
    later = captures.join(dead, on="animal", how="inner", maintain_order="left").filter(
        pl.col("occasion") > pl.col("died")
    )
    told = later.select("row", "died", value="animal")
    return findings.rows("capture-after-death", told, table="captures", column="animal", arguments=["died"])


def _of_covariates(tables: ScrTables) -> list[pl.DataFrame]:
    if tables.animals is None:
        return []
    animals = _numbered(tables.animals)
    again = animals.filter(~pl.struct("session", "animal").is_first_distinct())
    found = [
        findings.rows("animal-described-twice", again.select("row", value="animal"), table="animals", column="animal")
    ]
    if "sex" in animals.columns:
        odd = animals.filter(~pl.col("sex").is_in(list(SEXES)).fill_null(True))
        found.append(findings.rows("sex-not-a-word", odd.select("row", value="sex"), table="animals", column="sex"))
    return found


def _session(tables: ScrTables, name: str, kind: Kind, usage: Floats) -> Session:
    traps = _own(tables.traps, name)
    captures = tables.captures.filter(pl.col("session") == name)
    animals = tuple(captures["animal"].unique().sort())
    counted = captures.group_by("animal", "occasion", "detector").agg(pl.col("count").sum())
    detectors = Detectors(
        names=tuple(traps["detector"]),
        xy=traps.select("x", "y").to_numpy().reshape(-1, 2),
        usage=usage,
        kind=kind,
        covariates={column: values_of(traps[column]) for column in covariates(traps, TRAPS)},
    )
    known = _animals(tables.animals, name, captures)
    return Session(
        name=name,
        detectors=detectors,
        animals=animals,
        captures=captures_of(counted, animals, detectors),
        mask=_mask(tables.mask, name),
        covariates=known,
        last=_last(known.get(REMOVED), detectors.occasions),
    )


def _last(removed: Covariate | None, occasions: int) -> Integers | None:
    """Return the last occasion (from 0) in which each animal could be seen; None where none was removed."""
    if removed is None:
        return None
    after = removed.astype(float)
    return np.where(np.isnan(after), occasions - 1, np.nan_to_num(after) - 1).astype(np.int64)


def tables_of(sessions: Sequence[Session]) -> ScrTables:
    """Return the tables that sessions hold; `sessions_of` makes the same sessions of them.

    Values of sessions, telemetry and distances have no place in them.
    """
    parts = [_parts(session) for session in sessions]
    captures, traps, masks, animals = (
        pl.concat([part[k] for part in parts], how="diagonal_relaxed") if parts else None for k in range(4)
    )
    return ScrTables(
        sessions=tuple(session.name for session in sessions),
        captures=pl.DataFrame(schema=CAPTURES) if captures is None else captures,
        traps=pl.DataFrame(schema=TRAPS) if traps is None else traps,
        mask=masks if masks is not None and masks.height else None,
        animals=animals,
        occasions={session.name: session.detectors.occasions for session in sessions},
    )


def _parts(session: Session) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    caught, detectors, mask = session.captures, session.detectors, session.mask
    names = pl.Series("animal", list(session.animals), dtype=pl.String)
    died = session.covariates.get(REMOVED, np.full(len(names), np.nan))[caught.animal]
    captures = pl.DataFrame(
        {
            "session": pl.repeat(session.name, len(caught), dtype=pl.String, eager=True),
            "animal": names.gather(caught.animal),
            "occasion": caught.occasion + 1,
            "detector": pl.Series(list(detectors.names), dtype=pl.String).gather(caught.detector),
            "count": caught.count,
            "alive": caught.occasion + 1 != died,
        },
        schema=CAPTURES,
    )
    usage = pl.Series("usage", detectors.usage.tolist(), dtype=pl.List(pl.Float64))
    traps = _placed(session.name, detectors.xy).with_columns(
        pl.Series("detector", list(detectors.names), dtype=pl.String), usage
    )
    cells = _placed(session.name, mask.xy).with_columns(pl.Series("area", mask.area, dtype=pl.Float64))
    living = names.to_frame().select(session=pl.lit(session.name, dtype=pl.String), animal="animal")
    own = {name: values for name, values in session.covariates.items() if name != REMOVED}
    return (
        captures,
        traps.select(*TRAPS).with_columns(_columns(detectors.covariates)),
        cells.select(*MASK).with_columns(_columns(mask.covariates)),
        living.with_columns(_columns(own)),
    )


def _placed(session: str, xy: Floats) -> pl.DataFrame:
    frame = pl.DataFrame({"x": xy[:, 0], "y": xy[:, 1]}, schema={"x": pl.Float64, "y": pl.Float64})
    return frame.with_columns(session=pl.lit(session, dtype=pl.String))


def _columns(covariates: Mapping[str, Covariate]) -> list[pl.Series]:
    """Return covariates as columns; NaN is null."""
    made = []
    for name, values in covariates.items():
        if values.dtype == object:
            made.append(pl.Series(name, values.tolist(), dtype=pl.String))
        elif values.ndim == 2:
            made.append(pl.Series(name, values.tolist(), dtype=pl.List(pl.Float64)))
        else:
            made.append(pl.Series(name, values, dtype=pl.Float64).fill_nan(None))
    return made


def captures_of(counted: pl.DataFrame, animals: tuple[str, ...], detectors: Detectors) -> Captures:
    """Return captures (animal, occasion from 1, detector, count: one row each) as numbers, in a fixed order."""
    rank = {animal: number for number, animal in enumerate(animals)}
    place = {detector: number for number, detector in enumerate(detectors.names)}
    rows = sorted(
        (rank[a], s - 1, place[k], c)
        for a, s, k, c in counted.select("animal", "occasion", "detector", "count").iter_rows()
    )
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 4)
    counts = np.ones(len(rows), dtype=np.int64) if detectors.kind in ("multi", "proximity") else table[:, 3].copy()
    return Captures(table[:, 0].copy(), table[:, 1].copy(), table[:, 2].copy(), counts)


def no_mask() -> Mask:
    """Return a mask without cells: nobody said yet where the animals may live."""
    return Mask(np.empty((0, 2)), np.empty(0), 0.0)


def _mask(table: pl.DataFrame | None, name: str) -> Mask:
    if table is None:
        return no_mask()
    own = _own(table, name)
    return Mask(
        xy=own.select("x", "y").to_numpy().reshape(-1, 2),
        area=own["area"].to_numpy().astype(np.float64),
        spacing=spacing_of(own["area"].to_numpy()),
        covariates={column: values_of(own[column]) for column in covariates(own, MASK)},
    )


def spacing_of(area: NDArray[np.float64]) -> float:
    """Return the side of a square as large as a cell (metres): the median over the cells.

    >>> spacing_of(np.array([4.0, 4.0]))
    2000.0
    """
    return float(np.sqrt(np.median(area)) * 1000) if len(area) else 0.0


def _animals(table: pl.DataFrame | None, name: str, captures: pl.DataFrame) -> dict[str, Covariate]:
    """Return the covariates of the animals that were caught, in the order of their names."""
    caught = captures.select("animal").unique().sort("animal")
    kept: dict[str, Covariate] = {}
    if table is not None:
        own = _own(table, name).unique("animal", keep="first", maintain_order=True)
        joined = caught.join(own, on="animal", how="left", maintain_order="left")
        for column in covariates(joined, ANIMALS):
            cells = joined[column]
            kept[column] = values_of(
                cells.replace_strict(SEXES, default=None, return_dtype=pl.String) if column == "sex" else cells
            )
    dead = captures.filter(~pl.col("alive").fill_null(True)).group_by("animal").agg(died=pl.col("occasion").min())
    if dead.height:
        kept[REMOVED] = values_of(
            caught.join(dead, on="animal", how="left", maintain_order="left")["died"].cast(pl.Float64)
        )
    return kept


def values_of(cells: pl.Series) -> Covariate:
    """Return a column as a covariate: numbers with NaN, or words with None, where a cell is null.

    >>> values_of(pl.Series([1, None])).tolist(), values_of(pl.Series(["F", None])).tolist()
    ([1.0, nan], ['F', None])
    """
    if cells.dtype == pl.List:
        return np.array(cells.to_list(), dtype=np.float64)
    if cells.dtype.is_numeric():
        return cells.cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return np.array([None if cell is None else str(cell) for cell in cells], dtype=object)
