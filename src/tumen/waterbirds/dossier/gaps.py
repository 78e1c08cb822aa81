"""Which fields are empty or only drafted, who must fill them, and what is needed?"""

import json
from typing import Any

import polars as pl

from tumen.waterbirds.dossier.criteria import nearest
from tumen.waterbirds.dossier.fields import FIELDS, STATEMENT_FIELDS, Field
from tumen.waterbirds.dossier.fill import Context, is_update, outline

STATES: dict[str, pl.DataType | type[pl.DataType]] = {
    "country": pl.String,
    "place": pl.String,
    "order": pl.Int64,
    "part": pl.String,
    "field": pl.String,
    "name": pl.String,
    "state": pl.String,
    "who": pl.String,
    "update": pl.Boolean,
    "basis": pl.String,
}
"""One row a site and field of the sheet: `filled` (by data or a signed text), `draft`, `gap`, or `notAsked`.

`update`: asked only of an existing site. `basis`: `published`, or `notVerified` for a field known from memory.
"""

GAPS: dict[str, pl.DataType | type[pl.DataType]] = {
    "country": pl.String,
    "place": pl.String,
    "order": pl.Int64,
    "field": pl.String,
    "name": pl.String,
    "who": pl.String,
    "code": pl.String,
    "arguments": pl.String,
}
"""One row a gap: the field, who must fill it, and a code of the catalogue whose cure says with what."""

Row = dict[str, Any]


def states(context: Context, filled: list[Row]) -> list[Row]:
    """Return how each field of the sheet stands (`STATES`); `filled` are the values of the site."""
    rows = []
    for order, field in enumerate(FIELDS[context.sheet]):
        own = [row for row in filled if row["name"] == field.name]
        rows.append(
            {
                "country": context.country,
                "place": context.site.place,
                "order": order,
                "part": field.part,
                "field": field.number,
                "name": field.name,
                "state": _state(field, own, context),
                "who": field.who,
                "update": field.update,
                "basis": field.basis,
            }
        )
    return rows


def gaps(context: Context, filled: list[Row], rows: list[Row], verdicts: pl.DataFrame) -> list[Row]:
    """Return what is missing (`GAPS`): of every field that is a gap or a draft, and of the criteria."""
    found = []
    for row, field in zip(rows, FIELDS[context.sheet], strict=True):
        if row["state"] not in ("gap", "draft"):
            continue
        code, arguments = _reason(field, row["state"], filled, context)
        found.append(_gap(context, row, field.who, code, **arguments))
    return found + _open(context, verdicts)


def _state(field: Field, own: list[Row], context: Context) -> str:
    if field.update and not own and not is_update(context):
        return "notAsked"
    if not own or (field.name == "criteria" and not any(_settles(row) for row in own)):
        return "gap"
    return "draft" if all(row["status"] == "draft" for row in own) else "filled"


def _settles(row: Row) -> bool:
    """Say whether a value is a criterion that is met, or somebody's words on one."""
    return row["kind"] == "text" or (row["kind"] == "criterion" and str(row["value"]).endswith(": met"))


def _reason(field: Field, state: str, filled: list[Row], context: Context) -> tuple[str, dict[str, str]]:
    said = {"field": field.number}
    if state == "draft":
        authors = sorted({row["author"] or "" for row in filled if row["name"] == field.name})
        return "dossier-draft-only", {**said, "author": ", ".join(authors)}
    if field.name == "boundary" and outline(context) is None:
        return "dossier-boundary-missing", {}
    if field.name == "criteria":
        return "dossier-no-criterion", {}
    if field.data:
        return "dossier-data-missing", {**said, "tables": ", ".join(field.data)}
    return "dossier-text-missing", said


def _open(context: Context, verdicts: pl.DataFrame) -> list[Row]:
    """Return what each criterion that is not settled needs: counts, thresholds or a statement."""
    field = next(field for field in FIELDS[context.sheet] if field.name == "criteria")
    order = FIELDS[context.sheet].index(field)
    place = {"order": order, "field": field.number, "name": field.name}
    fields = {criterion: number for number, criterion in STATEMENT_FIELDS[context.sheet].items()}
    found = []
    own = verdicts.filter(pl.col("place") == context.site.place)
    for row in context.criteria.iter_rows(named=True):
        criterion = row["criterion"]
        if criterion in fields and row["verdict"] in ("needsStatement", "notJudged"):
            if not row["statement"]:
                said = {"criterion": criterion, "field": fields[criterion]}
                found.append(_gap(context, place, "compiler", "dossier-statement-missing", **said))
        elif row["verdict"] in ("notJudged", "needsStatement"):
            found.append(_gap(context, place, "dataManager", "dossier-criterion-not-judged", criterion=criterion))
        elif row["verdict"] == "undecided":
            best = nearest(own, criterion)
            if best is None:
                found.append(_gap(context, place, "dataManager", "dossier-criterion-not-judged", criterion=criterion))
            else:
                said = {"criterion": criterion, "species": best["measure"], "seasons": str(best["toMeet"])}
                found.append(_gap(context, place, "dataManager", "dossier-criterion-undecided", **said))
    return found


def _gap(context: Context, row: Row, who: str, code: str, **arguments: str) -> Row:
    return {
        "country": context.country,
        "place": context.site.place,
        "order": row["order"],
        "field": row["field"],
        "name": row["name"],
        "who": who,
        "code": code,
        "arguments": json.dumps(arguments, ensure_ascii=False, sort_keys=True),
    }
