"""Bring a Camtrap DP 0.1.6 package to 1.0.2.

Between the two versions columns were renamed, merged, given other types or taken out. Every kind of change is one
finding (a note) with the number of cells it touched; nothing is lost:

- renamed columns keep their cells; words that were respelled are exchanged; "unknown" becomes an empty cell;
- a filled column without a home in 1.0.2 is added as `column:value` to the table's tags (media: to its comments);
- `timestamp` of an observation becomes both its start and its end; what the new version requires and the old one did
  not know is filled with what the old one implied, and the finding says with what.

Columns that 0.1.6 did not know either are the sender's own and stay as they are.
"""

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from tumen.files.columns import in_order
from tumen.files.descriptor import CURRENT, ROLES, STANDARD_URL, Descriptor
from tumen.files.tags import joined, tag
from tumen.tables.findings import finding, gather
from tumen.tables.protocol import TABLES
from tumen.tables.schema import MISSING

Text = pl.DataFrame
Found = list[pl.DataFrame]

RENAMED: Mapping[str, Mapping[str, str]] = {
    "deployments": {
        "start": "deploymentStart",
        "end": "deploymentEnd",
        "cameraInterval": "cameraDelay",
        "tags": "deploymentTags",
        "comments": "deploymentComments",
    },
    "media": {"favourite": "favorite", "comments": "mediaComments"},
    "observations": {
        "sequenceID": "eventID",
        "timestamp": "eventStart",
        "cameraSetup": "cameraSetupType",
        "behaviour": "behavior",
        "classificationConfidence": "classificationProbability",
        "comments": "observationComments",
    },
}
"""Columns that only changed their name."""

HOMELESS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "deployments": (("session", "array"), "deploymentGroups"),
    "media": (("sequenceID", "_id"), "mediaComments"),
    "observations": (("taxonID", "countNew", "_id"), "observationTags"),
}
"""Columns that 1.0.2 does not know, and the column that takes their values."""

_SET_UP = {"TRUE": "setup", "true": "setup", "True": "setup", "1": "setup"}
_NOT_SET_UP = {"FALSE": None, "false": None, "False": None, "0": None}

RESPELLED: Mapping[str, Mapping[str, Mapping[str, str | None]]] = {
    "deployments": {
        "featureType": {
            "none": None,
            "road paved": "roadPaved",
            "road dirt": "roadDirt",
            "trail hiking": "trailHiking",
            "trail game": "trailGame",
            "road underpass": "roadUnderpass",
            "road overpass": "roadOverpass",
            "road bridge": "roadBridge",
            "nest site": "nestSite",
            "water source": "waterSource",
            "fruiting tree": "fruitingTree",
        },
        "baitUse": {"none": "false"},
    },
    "media": {"captureMethod": {"motion detection": "activityDetection", "time lapse": "timeLapse"}},
    "observations": {
        "cameraSetupType": {**_SET_UP, **_NOT_SET_UP},
        "lifeStage": {"offspring": "juvenile", "unknown": None},
        "sex": {"unknown": None},
    },
}
"""Words that are written differently in 1.0.2; None where an empty cell says the same."""

TAGGED: Mapping[str, Mapping[str, str | None]] = {
    "baitUse": dict.fromkeys(("scent", "food", "visual", "acoustic", "other"), "true"),
    "featureType": {"other": None},
}
"""Words of deployments that 1.0.2 has only in part: the word itself goes to deploymentTags as `column:word`."""


def upgrade(descriptor: Descriptor, texts: Mapping[str, Text]) -> tuple[Descriptor, dict[str, Text], pl.DataFrame]:
    """Return the descriptor and the tables of a 0.1.6 package as those of a 1.0.2 package, and what was changed.

    Rows and their order stay. Cells that were malformed stay malformed, for the cast to find.

    >>> text = pl.DataFrame({"mediaID": ["m1"], "captureMethod": ["time lapse"], "favourite": ["TRUE"]})
    >>> _, texts, _ = upgrade({}, {"media": text})
    >>> texts["media"].select("captureMethod", "favorite", "filePublic").row(0)
    ('timeLapse', 'TRUE', 'false')
    """
    found: Found = [finding("package-migrated", value="0.1.6", version=CURRENT)]
    upgraded = dict(texts)
    for name, steps in _STEPS.items():
        if name in texts:
            text = texts[name]
            for step in steps:
                text = step(name, text, found)
            upgraded[name] = in_order(TABLES[name], text)
    return _upgrade_descriptor(descriptor, found), upgraded, gather(found)


def _filled(text: Text, column: str) -> int:
    return text.filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(MISSING)).height


def _rename(name: str, text: Text, found: Found) -> Text:
    for old, new in RENAMED[name].items():
        if old in text.columns and new not in text.columns:
            count = _filled(text, old)
            if count:
                found.append(finding("column-renamed", table=name, column=old, became=new, count=count))
            text = text.rename({old: new})
    return text


def _respell(name: str, text: Text, found: Found) -> Text:
    for column, words in RESPELLED[name].items():
        if column not in text.columns:
            continue
        for old, new in words.items():
            count = text.filter(pl.col(column) == old).height
            if count and new:
                found.append(finding("value-migrated", table=name, column=column, value=old, became=new, count=count))
            elif count:
                found.append(finding("value-emptied", table=name, column=column, value=old, count=count))
        text = text.with_columns(pl.col(column).replace(words))
    return text


def _tag(name: str, text: Text, found: Found) -> Text:
    """Keep words that 1.0.2 cannot say as tags, and say what it can."""
    for column, words in TAGGED.items():
        if column in text.columns and text[column].is_in(list(words)).any():
            word = pl.when(pl.col(column).is_in(list(words))).then(pl.col(column))
            text = _fold(name, text.with_columns(word.alias("\x00word")), ("\x00word", column, "deploymentTags"), found)
            text = text.drop("\x00word").with_columns(pl.col(column).replace(words))
    return text


def _house(name: str, text: Text, found: Found) -> Text:
    """Put the values of columns that 1.0.2 does not know into one that it knows."""
    columns, target = HOMELESS[name]
    for column in columns:
        if column in text.columns:
            text = _fold(name, text, (column, column, target), found).drop(column)
    if name == "deployments" and "_id" in text.columns:
        text = _fold(name, text, ("_id", "_id", "deploymentTags"), found).drop("_id")
    return text


def _fold(name: str, text: Text, columns: tuple[str, str, str], found: Found) -> Text:
    """Append `key:value` to a `|`-separated column; a `|` inside a value is written as `/`."""
    column, key, target = columns
    count = _filled(text, column)
    if not count:
        return text
    found.append(finding("column-folded", table=name, column=key, became=target, count=count))
    before = pl.col(target) if target in text.columns else pl.lit(None, pl.String)
    return text.with_columns(joined(before, tag(column, key)).alias(target))


def _fill_media(name: str, text: Text, found: Found) -> Text:
    # Version 0.1.6 did not say who may see a file; claiming "public" would be the dangerous mistake.
    return _fill(name, text, "filePublic", pl.lit("false"), found)


def _fill_observations(name: str, text: Text, found: Found) -> Text:
    if "eventStart" in text.columns:
        text = _fill(name, text, "eventEnd", pl.col("eventStart"), found)
    if "mediaID" in text.columns:
        on_media = pl.col("mediaID").is_not_null() & ~pl.col("mediaID").is_in(MISSING)
        level = pl.when(on_media).then(pl.lit("media")).otherwise(pl.lit("event"))
    else:
        level = pl.lit("event")
    return _fill(name, text, "observationLevel", level, found)


def _fill(name: str, text: Text, column: str, value: pl.Expr, found: Found) -> Text:
    if column in text.columns:
        return text
    text = text.with_columns(value.alias(column))
    words = text[column].drop_nulls().unique().sort().to_list() if column != "eventEnd" else ["eventStart"]
    found.append(
        finding("column-filled", table=name, column=column, value=", ".join(words), count=_filled(text, column))
    )
    return text


_Step = Callable[[str, Text, Found], Text]
_STEPS: Mapping[str, tuple[_Step, ...]] = {
    "deployments": (_rename, _respell, _tag, _house),
    "media": (_rename, _respell, _house, _fill_media),
    "observations": (_rename, _respell, _house, _fill_observations),
}


def _upgrade_descriptor(descriptor: Descriptor, found: Found) -> Descriptor:
    """Return the metadata in the words of 1.0.2; properties without a home stay as they are."""
    upgraded = dict(descriptor)
    if "profile" in upgraded:
        upgraded["profile"] = f"{STANDARD_URL}/{CURRENT}/camtrap-dp-profile.json"
    if isinstance(upgraded.get("project"), dict):
        upgraded["project"] = _upgrade_project(upgraded["project"], found)
    if isinstance(upgraded.get("contributors"), list):
        upgraded["contributors"] = [_upgrade_contributor(each) for each in upgraded["contributors"]]
        _say(
            "contributors.role",
            "contributor + formerRole",
            upgraded["contributors"] != descriptor["contributors"],
            found,
        )
    if isinstance(upgraded.get("taxonomic"), list):
        upgraded["taxonomic"] = [_upgrade_taxon(taxon) for taxon in upgraded["taxonomic"]]
        _say("taxonomic.vernacularNames", "ISO 639-3", upgraded["taxonomic"] != descriptor["taxonomic"], found)
    return upgraded


def _say(old: str, new: str, changed: bool, found: Found) -> None:
    if changed:
        found.append(finding("metadata-migrated", value=old, became=new))


_DESIGNS = {
    "simple random": "simpleRandom",
    "systematic random": "systematicRandom",
    "clustered random": "clusteredRandom",
}
_METHODS = {"motion detection": "activityDetection", "time lapse": "timeLapse"}
_LEVELS = {"sequence": "event", "media": "media"}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _upgrade_project(project: Descriptor, found: Found) -> Descriptor:
    new = dict(project)
    if "_id" in new and "id" not in new:
        new["id"] = new.pop("_id")
        _say("project._id", "project.id", True, found)
    if "samplingDesign" in new:
        new["samplingDesign"] = _DESIGNS.get(str(new["samplingDesign"]), new["samplingDesign"])
        _say(
            "project.samplingDesign",
            str(new["samplingDesign"]),
            new["samplingDesign"] != project["samplingDesign"],
            found,
        )
    if "captureMethod" in new:
        new["captureMethod"] = [_METHODS.get(str(method), method) for method in _listed(new["captureMethod"])]
        changed = new["captureMethod"] != project["captureMethod"]
        _say("project.captureMethod", ", ".join(map(str, new["captureMethod"])), changed, found)
    if "animalTypes" in new and "individualAnimals" not in new:
        new["individualAnimals"] = "marked" in _listed(new.pop("animalTypes"))
        _say("project.animalTypes", f"project.individualAnimals: {str(new['individualAnimals']).lower()}", True, found)
    if "classificationLevel" in new and "observationLevel" not in new:
        new["observationLevel"] = [_LEVELS.get(str(level), level) for level in _listed(new.pop("classificationLevel"))]
        _say("project.classificationLevel", "project.observationLevel", True, found)
    return new


def _upgrade_contributor(person: object) -> object:
    """Give a role that 1.0.2 does not know as plain "contributor", and keep the former word beside it."""
    if not isinstance(person, dict) or person.get("role", ROLES[0]) in ROLES:
        return person
    return {**person, "role": "contributor", "formerRole": person["role"]}


def _upgrade_taxon(taxon: object) -> object:
    """Name the languages of vernacular names by three letters, as 1.0.2 requires."""
    if not isinstance(taxon, dict) or not isinstance(taxon.get("vernacularNames"), dict):
        return taxon
    return {**taxon, "vernacularNames": {_three_letters(key): name for key, name in taxon["vernacularNames"].items()}}


def _three_letters(language: str) -> str:
    """Return the ISO 639-3 code of a two-letter language code, where it is in the list; else the code itself."""
    return _LANGUAGES.get(language, language)


_LANGUAGES: Mapping[str, str] = {
    "ar": "ara", "bg": "bul", "bn": "ben", "ca": "cat", "cs": "ces", "da": "dan", "de": "deu", "el": "ell",
    "en": "eng", "es": "spa", "et": "est", "eu": "eus", "fa": "fas", "fi": "fin", "fr": "fra", "hi": "hin",
    "hr": "hrv", "hu": "hun", "id": "ind", "it": "ita", "ja": "jpn", "ka": "kat", "kk": "kaz", "km": "khm",
    "ko": "kor", "ky": "kir", "lo": "lao", "lt": "lit", "lv": "lav", "mn": "mon", "ms": "msa", "my": "mya",
    "nb": "nob", "ne": "nep", "nl": "nld", "nn": "nno", "no": "nor", "pl": "pol", "pt": "por", "ro": "ron",
    "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe", "tg": "tgk", "th": "tha", "tr": "tur",
    "uk": "ukr", "uz": "uzb", "vi": "vie", "zh": "zho",
}  # fmt: skip
"""ISO 639-1 to ISO 639-3, for the languages camera-trap platforms offer."""
