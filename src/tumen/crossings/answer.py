"""The transborder answer: from detections of joint identities to six tables and their cautions."""

import polars as pl

from tumen.crossings.behind import EFFORT
from tumen.crossings.bounds import bounds
from tumen.crossings.cautions import cautions
from tumen.crossings.encounters import ENCOUNTERS, LOCATED, STAGES, encounters, in_order
from tumen.crossings.find import CROSSINGS, find_crossings, paced
from tumen.crossings.joint import JOINT, SUMMARY, SURVEYED, joint_table, looked_at, summary
from tumen.crossings.parameters import CrossingParameters
from tumen.crossings.residence import INDIVIDUALS, PER_COUNTRY, History, individuals, known_facts, per_country
from tumen.tables import findings
from tumen.tables.answer import Answer, Note
from tumen.tables.checks_place import pace_findings
from tumen.tables.schema import require

SHAPES = {
    "encounters": ENCOUNTERS,
    "crossings": CROSSINGS,
    "individuals": INDIVIDUALS,
    "perCountry": PER_COUNTRY,
    "joint": JOINT,
    "summary": SUMMARY,
}
"""The tables of the answer, with their columns and types."""

DEFAULTS = CrossingParameters()


def transborder(
    detections: pl.DataFrame,
    effort: pl.DataFrame,
    *,
    parameters: CrossingParameters = DEFAULTS,
    surveyed: pl.DataFrame | None = None,
) -> Answer:
    """Say for every individual whether it crossed, how often, and where it lives; and count them all together.

    `detections` has the columns of `LOCATED`: those of `DETECTIONS` with joint identities in `individualID` and `names`
    (`tumen.individuals.register`), and those of `tumen.measure.sides.locate`. `effort` (`EFFORT`) has one row per
    interval in which a camera operated. `surveyed` (`SURVEYED`) names all countries of the study with their
    camera-days, so that one without cameras shows as not surveyed; left out, it is what `effort` has.

    Identifications that are only possible, and rows without an instant or an individual, are not used; notes count
    them. Impossible crossings are counted, marked, and findings of the answer. Raises `ColumnError` where a column is
    missing. No detections give empty tables and a note.

    >>> from tumen.tables.schema import UTC
    >>> no_detections = pl.DataFrame(schema={**LOCATED, "eventStart": UTC, "eventEnd": UTC})
    >>> nothing = transborder(no_detections, pl.DataFrame(schema=EFFORT))
    >>> [table.height for table in nothing.tables.values()], [note.code for note in nothing.notes]
    ([0, 0, 0, 0, 0, 0], ['no-individuals'])
    """
    require(effort, EFFORT, "effort")
    usable, notes = _usable(require(detections, LOCATED, "located detections"))
    if surveyed is None:
        surveyed = effort.drop_nulls("countryCode").group_by("countryCode").agg(cameraDays=pl.sum("days"))
    require(surveyed, SURVEYED, "surveyed")
    if usable.is_empty():
        tables = {name: pl.DataFrame(schema=shape) for name, shape in SHAPES.items()}
        return Answer("crossings", tables, (*notes, Note("no-individuals")), parameters.values(), findings.empty())
    history = _history(usable, parameters)
    one_each = individuals(history, effort, parameters)
    looked = looked_at(surveyed, one_each)
    parties = _listed(usable, history.ordered.schema["individualID"])
    made = {
        "encounters": _with_facts(history.met, history.facts).with_columns(
            lifeStage=_life_stage(),
            possibleCountries=pl.when(pl.col("countryCode").is_null())
            .then(pl.col("sides").cast(pl.String))
            .otherwise(pl.col("possibleCountries").cast(pl.String)),
        ),
        "crossings": _with_facts(history.found, history.facts),
        "individuals": one_each,
        "perCountry": history.by_country,
        "joint": joint_table(one_each, looked),
        "summary": summary(one_each, parties, looked),
    }
    tables = {name: made[name].select(*shape).cast(pl.Schema(shape)) for name, shape in SHAPES.items()}
    notes = [*notes, *cautions(tables, usable, looked, parameters)]
    too_fast = pace_findings(tables["crossings"].rename({"distance": "leastDistance"}))
    return Answer("crossings", tables, tuple(notes), parameters.values(), too_fast)


def _usable(detections: pl.DataFrame) -> tuple[pl.DataFrame, list[Note]]:
    """Leave out what cannot or must not be used, and say how much that was."""
    possible = (pl.col("certainty") == "possible").fill_null(False)
    lacking = pl.col("individualID").is_null() | pl.col("eventStart").is_null()
    notes = [
        Note(code, {"detections": left_out.height})
        for code, left_out in (
            ("possible-identifications-left-out", detections.filter(possible & ~lacking)),
            ("detections-incomplete", detections.filter(lacking)),
        )
        if left_out.height
    ]
    return detections.filter(~possible & ~lacking), notes


def _history(usable: pl.DataFrame, parameters: CrossingParameters) -> History:
    ordered = in_order(usable)
    met = encounters(ordered, parameters.independence)
    return History(
        facts=known_facts(usable).with_columns(pl.col("individualID").cast(ordered.schema["individualID"])),
        ordered=ordered,
        met=met,
        found=paced(find_crossings(met), ordered, parameters),
        crossed=bounds(met),
        by_country=per_country(met, ordered),
    )


def _listed(usable: pl.DataFrame, dtype: pl.DataType) -> pl.DataFrame:
    """Return the lists that hold each individual: a party's, once for each local name it has for it (`localID`)."""
    own = pl.concat_str("party", pl.lit("/"), "localID") if "localID" in usable.columns else pl.col("party")
    return usable.select(pl.col("individualID").cast(dtype), own.alias("party")).unique()


def _with_facts(frame: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    return frame.join(
        facts.select("individualID", "scientificName"), on="individualID", how="left", maintain_order="left"
    )


def _life_stage() -> pl.Expr:
    return pl.col("stage").replace_strict(dict(enumerate(STAGES, 1)), default=None, return_dtype=pl.String)
