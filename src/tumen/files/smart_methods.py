"""The protocol's search method for what SMART says of a patrol: its kind, and the word for its transport.

The kinds (ground, water, air) are SMART's own. The words are those of each conservation area, in its language: those
that mean one thing beyond doubt are known here, others have to be declared.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import polars as pl

from tumen.errors import MisuseError, Text
from tumen.tables.effort import SEARCHES
from tumen.tables.findings import finding

_KINDS: Mapping[str, str] = MappingProxyType(
    {"air": "aerialSurvey", "water": "boatPatrol", "marine": "boatPatrol", "river": "boatPatrol"}
)
_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "footPatrol": ("foot", "on foot", "walking", "пешком", "пеший", "步行", "徒步", "도보", "徒歩", "явган"),
        "vehiclePatrol": (
            "vehicle", "car", "truck", "4x4", "motorbike", "motorcycle", "snowmobile", "автомобиль", "машина",
            "мотоцикл", "снегоход", "车辆", "汽车", "摩托车", "차량", "자동차", "自動車", "車両", "автомашин",
        ),
        "boatPatrol": ("boat", "motorboat", "ship", "лодка", "катер", "船", "快艇", "보트", "завь"),
        "horsePatrol": ("horse", "horseback", "лошадь", "верхом", "на лошади", "骑马", "馬", "морь"),
        "aerialSurvey": ("airplane", "aircraft", "helicopter", "drone", "самолёт", "самолет", "вертолёт", "вертолет",
                         "дрон", "飞机", "直升机", "无人机", "헬리콥터", "드론", "ドローン", "нисдэг тэрэг"),
    }
)  # fmt: skip
KNOWN: Mapping[str, str] = MappingProxyType({word: method for method, words in _WORDS.items() for word in words})
"""Words for transports that mean one method, in lower case."""


def check_methods(declared: Mapping[str, str]) -> Mapping[str, str]:
    """Return declared words in lower case; raise `MisuseError` for a method the protocol does not have."""
    vocabulary = next(column.vocabulary for column in SEARCHES.columns if column.name == "method")
    strange = sorted(set(declared.values()) - set(vocabulary))
    if strange:
        raise MisuseError(
            Text("methods among {words}", words=", ".join(vocabulary)), ", ".join(strange), "Say which of these it is."
        )
    return {word.strip().casefold(): method for word, method in declared.items()}


def methods_of(patrols: Iterable[tuple[str, str]], declared: Mapping[str, str]) -> tuple[list[str], list[pl.DataFrame]]:
    """Return the method for each pair of kind and transport, "other" (and a finding) where it is not known.

    >>> methods_of([("GROUND", "Foot"), ("AIR", ""), ("GROUND", "Elephant")], {"elephant": "other"})
    (['footPatrol', 'aerialSurvey', 'other'], [])
    """
    methods: list[str] = []
    unknown: dict[str, int] = {}
    for kind, transport in patrols:
        word = transport.strip().casefold()
        method = declared.get(word) or KNOWN.get(word) or _KINDS.get(kind.strip().casefold())
        if method is None:
            unknown[transport] = unknown.get(transport, 0) + 1
        methods.append(method or "other")
    found = [
        finding("patrol-transport-undeclared", table="searches", column="method", value=word, count=count)
        for word, count in unknown.items()
    ]
    return methods, found
