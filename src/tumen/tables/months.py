"""The names of the months in the six languages, as people write them into tables."""

from collections.abc import Mapping
from types import MappingProxyType

_ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_RUSSIAN = (
    ("январь", "января", "янв"),
    ("февраль", "февраля", "фев", "февр"),
    ("март", "марта", "мар"),
    ("апрель", "апреля", "апр"),
    ("май", "мая"),
    ("июнь", "июня", "июн"),
    ("июль", "июля", "июл"),
    ("август", "августа", "авг"),
    ("сентябрь", "сентября", "сен", "сент"),
    ("октябрь", "октября", "окт"),
    ("ноябрь", "ноября", "ноя", "нояб"),
    ("декабрь", "декабря", "дек"),
)
_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_KOREAN = ("일", "이", "삼", "사", "오", "유", "칠", "팔", "구", "시", "십일", "십이")
_MONGOLIAN = (
    "нэгдүгээр", "хоёрдугаар", "гуравдугаар", "дөрөвдүгээр", "тавдугаар", "зургаадугаар", "долоодугаар", "наймдугаар",
    "есдүгээр", "аравдугаар", "арван нэгдүгээр", "арван хоёрдугаар",
)  # fmt: skip


def _numbered(names: Mapping[int, tuple[str, ...]]) -> Mapping[str, int]:
    return MappingProxyType({name: number for number, several in names.items() for name in several})


MONTHS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "en": _numbered({n: (name, name[:3], *(("sept",) if n == 9 else ())) for n, name in enumerate(_ENGLISH, 1)}),
        "ru": _numbered(dict(enumerate(_RUSSIAN, 1))),
        "zh-Hans": _numbered({n: (f"{name}月", f"{n}月") for n, name in enumerate(_CHINESE, 1)}),
        "ko": _numbered({n: (f"{name}월", f"{n}월") for n, name in enumerate(_KOREAN, 1)}),
        "ja": _numbered({n: (f"{name}月", f"{n}月") for n, name in enumerate(_CHINESE, 1)}),
        "mn": _numbered(
            {
                n: (f"{name} сар", f"{name} сарын", f"{n}-р сар", f"{n}-р сарын", f"{n} сар", f"{n} сарын")
                for n, name in enumerate(_MONGOLIAN, 1)
            }
        ),
    }
)
"""By language, the number of each month by its name in small letters, without a full stop behind."""
