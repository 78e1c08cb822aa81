"""Read [design] of a study: sessions, occasions, and the rules of the study's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tumen.errors import MisuseError, StudyError, Text, nearest
from tumen.tables.design import ANY_SPECIES, DesignRule
from tumen.tables.design_quantities import METHODS, QUANTITIES
from tumen.tables.design_rules import PROTOCOLS
from tumen.tasks.study_values import Reader, a_bound, a_positive, a_text, in_days, section, sessions, texts


def _protocols(value: Any, what: str, folder: Path) -> tuple[str, ...]:
    if value == []:
        return ()
    named = texts(value, what, folder)
    for name in named:
        if name not in PROTOCOLS:
            raise StudyError(Text("protocols that ship for {what}", what=what), f"'{name}'", nearest(name, PROTOCOLS))
    return named


def _quantity(value: Any, what: str, folder: Path) -> str:
    name = a_text(value, what, folder)
    if name not in QUANTITIES:
        raise StudyError(Text("a known quantity for {what}", what=what), f"'{name}'", nearest(name, QUANTITIES))
    return name


def _method(value: Any, what: str, folder: Path) -> str:
    name = a_text(value, what, folder)
    if name not in METHODS:
        raise StudyError(Text("a known method for {what}", what=what), f"'{name}'", nearest(name, METHODS))
    return name


def _judged(value: Any, what: str, _: Path) -> bool:
    if not isinstance(value, bool):
        raise StudyError(
            Text("true or false for {what}", what=what), f"{value!r}", "Write judged = false to show without judging."
        )
    return value


def _rules(value: Any, what: str, folder: Path) -> tuple[DesignRule, ...]:
    if not isinstance(value, list):
        raise StudyError(
            Text("a list of rules for {what}", what=what), f"{value!r}", "Write each below a line [[design.rule]]."
        )
    return tuple(_rule(section({"design.rule": each}, "design.rule", RULE_KEYS, folder)) for each in value)


def _rule(given: dict[str, Any]) -> DesignRule:
    """Make one rule of the study's own: what it is about, what it asks for, and who says so."""
    judged, method = given.pop("judged", True), given.pop("method", None)
    for needed, example in (("quantity", '"nights"'), ("source", '"our protocol 2024"')):
        if needed not in given:
            raise StudyError(
                Text("a {needed} in every [[design.rule]]", needed=needed),
                "one without",
                Text("Add {needed} = {example}.", needed=needed, example=example),
            )
    if judged != ("at_least" in given or "at_most" in given):
        cure = "Give atLeast, atMost or both; or judged = false and neither."
        raise StudyError(
            "a value in every [[design.rule]] that judges", Text("that of {given}", given=given["quantity"]), cure
        )
    own = QUANTITIES[given["quantity"]].method
    if method not in (None, own):
        cure = Text('Write method = "{own}", or leave it out.', own=own)
        raise StudyError(Text("the method of {given} in [[design.rule]]", given=given["quantity"]), f"'{method}'", cure)
    try:
        return DesignRule(protocol="study", **{"species": ANY_SPECIES, **given})
    except MisuseError as error:
        raise StudyError(error.needed, error.found, error.cure) from error


DESIGN_KEYS: Mapping[str, tuple[str, Reader]] = {
    "sessions": ("sessions", sessions),
    "gap": ("gap", in_days),
    "occasion": ("occasion", in_days),
    "cell": ("cell", a_positive),
    "buffer": ("buffer", a_positive),
    "protocols": ("protocols", _protocols),
    "rule": ("rules", _rules),
}
RULE_KEYS: Mapping[str, tuple[str, Reader]] = {
    "species": ("species", a_text),
    "method": ("method", _method),
    "quantity": ("quantity", _quantity),
    "atLeast": ("at_least", a_bound),
    "atMost": ("at_most", a_bound),
    "judged": ("judged", _judged),
    "source": ("source", a_text),
}
