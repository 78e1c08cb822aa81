"""Read cells as a mapping declares them: missing words, translations, numbers and units.

Every reader here takes cells of text and returns a frame `text`, `problem`: the cell as the protocol writes it, or the
code of the finding that says why it cannot be. Each distinct cell is read once.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType

import polars as pl

from tumen.files.mapping_values import Setting
from tumen.tables.cast import NUMBER
from tumen.tables.schema import MISSING

READING: dict[str, pl.DataType | type[pl.DataType]] = {"text": pl.String, "problem": pl.String}

UNITS: Mapping[str, tuple[str, Decimal]] = MappingProxyType(
    {
        name: (kind, Decimal(factor))
        for kind, factor, names in (
            ("length", "1", ("m", "м", "метр", "метров", "米", "メートル", "미터")),
            ("length", "1000", ("km", "км", "公里", "千米", "キロメートル", "킬로미터")),
            ("length", "0.01", ("cm", "см", "厘米", "センチメートル", "센티미터")),
            ("length", "0.3048", ("ft", "feet", "фут")),
            ("area", "1", ("ha", "га", "公顷", "ヘクタール", "헥타르")),
            ("area", "0.0001", ("m2", "m²", "м2", "м²", "平方米")),
            ("area", "100", ("km2", "km²", "км2", "км²", "кв.км", "кв. км", "平方公里", "平方千米")),
            ("time", "1", ("s", "sec", "с", "сек", "秒", "초")),
            ("time", "60", ("min", "мин", "分", "분", "分钟")),
            ("time", "3600", ("h", "ч", "час", "小时", "時間", "시간")),
            ("angle", "1", ("degree", "°", "град", "度", "도")),
            ("speed", "1", ("m/s", "м/с")),
            ("share", "1", ("%", "％")),
        )
        for name in names
    }
)
"""Units by the words people write, with their kind and size. Kilometres per hour have no exact decimal size."""

_LARGEST = 30
"""Powers of ten beyond which a number is no length or area; written out it would fill the memory."""
_LETTERS = re.compile(r"^(?P<number>.*?[0-9][.,]?)\s*(?P<unit>[^0-9\s.,+-].*?)\.?$")


def each(cells: pl.Series, read: Callable[[str], tuple[str | None, str | None]]) -> pl.DataFrame:
    """Return `text` and `problem` of every cell, reading each distinct one once; an empty cell has neither."""
    distinct = cells.drop_nulls().unique(maintain_order=True)
    answers = [read(cell) for cell in distinct]
    table = pl.DataFrame(
        {
            "cell": distinct,
            "text": pl.Series([text for text, _ in answers], dtype=pl.String),
            "problem": pl.Series([problem for _, problem in answers], dtype=pl.String),
        }
    )
    asked = pl.DataFrame({"cell": cells.cast(pl.String)})
    return asked.join(table, on="cell", how="left", maintain_order="left").select("text", "problem")


def present(cells: pl.Series, missing: tuple[str, ...]) -> pl.Series:
    """Return cells without those that mean missing, blanks around the words left aside.

    >>> present(pl.Series(["5", " - ", "", "н/д"]), ("-", "н/д")).to_list()
    ['5', None, None, None]
    """
    words = [*MISSING, *(word.strip() for word in missing)]
    return cells.to_frame("x").select(pl.when(~pl.col("x").str.strip_chars().is_in(words)).then("x")).to_series()


def plain(cell: str) -> str:
    """Return a cell in plain signs: full-width digits, typographic minus and unusual blanks as everybody's.

    >>> plain("－４３．１\u00a0м")
    '-43.1 м'
    """
    text = unicodedata.normalize("NFKC", cell).replace("\u2212", "-").replace("\u2013", "-")
    return " ".join(text.split())


def read_words(cells: pl.Series, words: Mapping[str, str]) -> pl.DataFrame:
    """Translate whole cells; one without a translation stays as it is, with its problem. "" means missing.

    >>> read_words(pl.Series(["самка", "?"]), {"самка": "female"}).rows()
    [('female', None), ('?', 'word-untranslated')]
    """
    known = {" ".join(unicodedata.normalize("NFC", cell).split()): word for cell, word in words.items()}

    def read(cell: str) -> tuple[str | None, str | None]:
        found = words.get(cell, known.get(" ".join(unicodedata.normalize("NFC", cell).split())))
        return (cell, "word-untranslated") if found is None else (found or None, None)

    return each(cells, read)


def read_matches(cells: pl.Series, regex: str) -> pl.DataFrame:
    """Take the first group of a regular expression out of every cell."""
    found = cells.str.extract(regex)
    lost = pl.Series("problem", ["match-failed"] * len(cells), dtype=pl.String)
    return pl.DataFrame({"cell": cells, "text": found, "lost": lost}).select(
        "text", pl.when(pl.col("cell").is_not_null() & pl.col("text").is_null()).then("lost").alias("problem")
    )


def read_numbers(cells: pl.Series, setting: Setting, unit: str, target: str) -> pl.DataFrame:
    """Read numbers with the declared decimal mark, thousands mark and unit; `target` is the unit of the protocol.

    A number without unit is in the declared one; a number that states its own is in that, if a unit was declared at
    all. Nothing is rounded: figures are moved, not computed in binary.

    >>> read_numbers(pl.Series(["1 234,5", "1.2 км", "many"]), Setting(decimal=",", thousands=" "), "m", "m").rows()
    [('1234.5', None), (None, 'number-unread'), (None, 'number-unread')]
    """
    return each(cells, lambda cell: read_number(cell, setting, unit, target))


def read_number(cell: str, setting: Setting, unit: str = "", target: str = "") -> tuple[str | None, str | None]:
    """Read one number; see `read_numbers`.

    >>> read_number("1,2 km", Setting(decimal=","), "m", "m")
    ('1200', None)
    """
    text = plain(cell)
    stated = _LETTERS.match(text)
    own = ""
    if stated and not re.fullmatch(r"[eE][+-]?[0-9]+", stated["unit"]):
        if not unit:
            return None, "unit-undeclared"
        text, own = stated["number"].strip(), stated["unit"]
    number = figures(text, setting)
    if number is None:
        return None, "number-unread"
    return _in_unit(number, own or unit, target)


def figures(text: str, setting: Setting) -> str | None:
    """Return the figures of a number with a decimal point; None if they are not written as declared.

    A number of a workbook's own has a decimal point, whatever was declared for its texts.

    >>> figures("43.1", Setting(decimal=",")), figures("43.1", Setting(decimal=",", typed=True))
    (None, '43.1')
    """
    if setting.typed and setting.decimal != "." and re.fullmatch(NUMBER, text):
        return None if setting.thousands == "." and re.fullmatch(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+", text) else text
    decimal, thousands = re.escape(setting.decimal), re.escape(setting.thousands)
    whole = rf"(?:[0-9]{{1,3}}(?:{thousands}[0-9]{{3}})+|[0-9]+)" if setting.thousands else r"[0-9]+"
    if not re.fullmatch(rf"[+-]?(?:{whole}(?:{decimal}[0-9]*)?|{decimal}[0-9]+)(?:[eE][+-]?[0-9]+)?", text):
        return None
    return (text.replace(setting.thousands, "") if setting.thousands else text).replace(setting.decimal, ".")


def _in_unit(number: str, unit: str, target: str) -> tuple[str | None, str | None]:
    """Bring figures from one unit to another; the same unit leaves them as they are."""
    if not unit or unit == target:
        return number, None
    here, there = UNITS.get(unit.lower(), UNITS.get(unit)), UNITS.get(target)
    if here is None or there is None or here[0] != there[0]:
        return None, "unit-unknown"
    if here[1] == there[1]:
        return number, None
    if abs(Decimal(number).adjusted()) > _LARGEST:
        return None, "number-unread"
    # Every factor between two units of one kind is a product of powers of ten, 6 and 0.3048: exact or refused.
    value = Decimal(number) * here[1] / there[1]
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text), None
