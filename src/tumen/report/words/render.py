"""Put texts, numbers, dates and names into one language."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from babel import dates, numbers
from babel.core import Locale

from tumen.report.words.catalogues import SOURCE, Catalogue, plural_index, read, require
from tumen.report.words.species import SPECIES, SpeciesName, SpeciesTexts

Value = str | int | float
"""What a text may be filled with: words as they are, numbers written as the language writes them."""


OWN_NAMES = {
    ("en", "KP"): "DPR Korea",
    ("en", "KR"): "Republic of Korea",
    ("ko", "KP"): "조선민주주의인민공화국",
    ("ja", "KP"): "朝鮮民主主義人民共和国",
    ("mn", "KP"): "БНАСАУ",
    ("mn", "KR"): "БНСУ",
}
"""Names by language and country that intergovernmental papers use instead of the CLDR's."""

_DAYS = {"en": "d MMM y", "ru": "d MMM y"}
"""How a day is written; in other languages as the CLDR's skeleton yMMMd says."""

_COMMAS = {"zh-Hans": "、", "ja": "、"}
"""What stands between the items of a list; elsewhere a comma and a space."""


class Words:
    r"""One language: every text of the report, and how it writes numbers, dates, countries and species.

    >>> words = Words("ru")
    >>> words.number(1234.5, 1), words.percent(19 / 45), words.country("CN")
    ('1\xa0234,5', '42,2\xa0%', 'Китай')
    >>> Words("de")
    Traceback (most recent call last):
        ...
    tumen.errors.LanguageError: a language that has words; found 'de'. Known: en, ja, ko, mn, ru, zh-Hans.
    """

    def __init__(self, language: str, catalogue: Catalogue | None = None) -> None:
        """Open a language; `catalogue` replaces the one that ships."""
        self.language = require(language)
        self.locale = Locale.parse(language, sep="-")
        self._catalogue = read(language) if catalogue is None else catalogue
        self._missing: dict[str, None] = {}
        self._said: set[str] = set()

    @property
    def unreviewed(self) -> tuple[int, int]:
        """How many of the texts asked for so far have words that nobody has reviewed, and how many were asked for.

        >>> Words("en").unreviewed
        (0, 0)
        """
        return len(self._said & self._catalogue.unreviewed), len(self._said)

    @property
    def missing(self) -> tuple[str, ...]:
        """The English texts that were asked for and have no translation, in the order they were met."""
        return tuple(self._missing)

    def text(self, msgid: str, /, **values: Value) -> str:
        """Return a text in this language, its {named} places filled.

        >>> Words("en").text("{count} rows", count=1200)
        '1,200 rows'
        """
        return self._fill(self._form(msgid, None, msgid), values)

    def known(self, text: str) -> str:
        """Return a text in this language if it is one of the program's; a value that is none stays as it is.

        >>> Words("en").known("'abc'")
        "'abc'"
        """
        return self.text(text) if text in self._catalogue.forms else text

    def plural(self, one: str, many: str, count: int, /, **values: Value) -> str:
        """Return the form of a text that fits `count`, which also fills {count}.

        >>> Words("en").plural("{count} station", "{count} stations", 1)
        '1 station'
        """
        source = one if count == 1 else many
        return self._fill(self._form(one, count, source), {"count": count, **values})

    def notice(self) -> str | None:
        """Say, after everything else was said, how much of it was translated by a machine and reviewed by nobody.

        >>> Words("en").notice() is None
        True
        """
        if not self.unreviewed[0]:
            return None
        unreviewed, said = len(self._said & self._catalogue.unreviewed) + 1, len(self._said) + 1
        return self.text(
            "Translated by a machine: {unreviewed} of the {said} texts here were not reviewed by a native speaker. "
            "Where words are in doubt, the English text holds.",
            unreviewed=unreviewed,
            said=said,
        )

    def number(self, value: float | None, decimals: int = 0) -> str:
        """Return a number with a fixed number of decimals; "–" when there is none.

        >>> Words("en").number(2345.678, 1), Words("en").number(None)
        ('2,345.7', '–')
        """
        if value is None:
            return "–"
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return _plain_spaces(numbers.format_decimal(value, format=pattern, locale=self.locale))

    def exact(self, value: Value) -> str:
        r"""Return words as they are, and a number with every digit that it has: a text must not round a table.

        >>> Words("ru").exact(1000.25), Words("en").exact("1000")
        ('1\xa0000,25', '1000')
        """
        if isinstance(value, str):
            return value
        if isinstance(value, int):
            return self.number(value)
        pattern = "#,##0.################"
        return _plain_spaces(numbers.format_decimal(Decimal(repr(value)), format=pattern, locale=self.locale))

    def percent(self, share: float | None, decimals: int = 1) -> str:
        """Return a share (0 to 1) as a percentage."""
        return "–" if share is None else f"{self.number(share * 100, decimals)}\u00a0%"

    def day(self, day: date | datetime | None) -> str:
        """Return a day (of a datetime: its day in UTC) in the language's middle length, without room for a line break.

        >>> [Words(language).day(date(2014, 3, 1)).replace(chr(160), " ") for language in ("en", "ru", "ja")]
        ['1 Mar 2014', '1 мар. 2014', '2014年3月1日']
        """
        if day is None:
            return "–"
        plain = day.date() if isinstance(day, datetime) else day
        pattern = _DAYS.get(self.language)
        if pattern is None:
            return _plain_spaces(dates.format_skeleton("yMMMd", plain, locale=self.locale)).replace(" ", "\u00a0")
        return dates.format_date(plain, format=pattern, locale=self.locale).replace(" ", "\u00a0")

    def days(self, start: date | datetime | None, end: date | datetime | None) -> str:
        """Return a span of days: "1 Mar 2014 – 5 May 2014"; one day when both are the same."""
        first, last = self.day(start), self.day(end)
        return first if first == last else f"{first} – {last}"

    def month(self, day: date) -> str:
        """Return a short name of the month.

        >>> Words("en").month(date(2014, 3, 1)), Words("ru").month(date(2014, 3, 1))
        ('Mar', 'март')
        """
        return dates.format_date(day, format="LLL", locale=self.locale).rstrip(".")

    def country(self, code: str) -> str:
        """Return a country's name by its ISO 3166-1 alpha-2 code; else the code.

        Names are those of the Unicode CLDR, except where `OWN_NAMES` has the one the country itself uses.

        >>> Words("en").country("KP"), Words("en").country("KR"), Words("ru").country("KP")
        ('DPR Korea', 'Republic of Korea', 'КНДР')
        """
        own = OWN_NAMES.get((self.language, code))
        return own or str(self.locale.territories.get(code, code))

    def countries(self, codes: str) -> str:
        """Return the names for codes joined by "|".

        >>> Words("en").countries("CN|RU")
        'China, Russia'
        """
        return self.listing(self.country(code) for code in codes.split("|") if code)

    def species(self, scientific: str) -> SpeciesName:
        """Return the common name, if this language's catalogue has the species, beside the scientific one."""
        known = self._known(scientific)
        return SpeciesName(scientific, None if known is None else self.text(known.name))

    def of_species(self, scientific: str, count: int) -> str | None:
        """Return "of 45 tigers"; None for a species without a common name here."""
        known = self._known(scientific)
        return None if known is None else self.plural(*known.of, count)

    def language_name(self, language: str) -> str:
        """Return a language's name in itself.

        >>> Words("en").language_name("ru")
        'русский'
        """
        own = Locale.parse(language, sep="-")
        return own.get_display_name(own) or language

    def listing(self, items: Iterable[str]) -> str:
        """Join words with commas, as the language writes them.

        >>> Words("zh-Hans").listing(["a", "b"])
        'a、b'
        """
        return _COMMAS.get(self.language, ", ").join(items)

    def _known(self, scientific: str) -> SpeciesTexts | None:
        return SPECIES.get(scientific) or SPECIES.get(" ".join(scientific.split()[:2]))

    def _form(self, msgid: str, count: int | None, source: str) -> str:
        self._said.add(msgid)
        if self.language == SOURCE:
            return source
        forms = self._catalogue.forms.get(msgid)
        if forms is None:
            self._missing[msgid] = None
            return f"⟦{source}⟧"
        return forms[0] if count is None or len(forms) == 1 else forms[plural_index(self.language, count)]

    def _fill(self, template: str, values: dict[str, Value]) -> str:
        return template.format(**{name: self.exact(value) for name, value in values.items()})


def _plain_spaces(text: str) -> str:
    """Use one kind of no-break space: the narrow one is missing from many fonts."""
    return text.replace("\u202f", "\u00a0")
