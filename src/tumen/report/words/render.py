"""Put texts, numbers, dates and names into one language."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from babel import dates, numbers
from babel.core import Locale

from tumen.report.words.catalogues import SOURCE, Catalogue, plural_index, read, require
from tumen.report.words.names import Name, Names, name_of
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

    def __init__(
        self, language: str, catalogue: Catalogue | None = None, *, names: Names | None = None, region: str = ""
    ) -> None:
        """Open a language; `catalogue` replaces the one that ships, `names` come before those that ship.

        `region` is the country (ISO 3166-1) whose usage of names is wanted, where usages differ.
        """
        self.language = require(language)
        self.locale = Locale.parse(language, sep="-")
        self._catalogue = read(language) if catalogue is None else catalogue
        self._missing: dict[str, None] = {}
        self._said: set[str] = set()
        self._own = names
        self._region = region
        self._names: dict[tuple[str, str], Name | None] = {}

    @property
    def unreviewed(self) -> tuple[int, int]:
        """How many of the texts asked for so far have words that nobody has reviewed, and how many were asked for.

        Names of species and places are texts too, except in English, from which the others are translated.

        >>> Words("en").unreviewed
        (0, 0)
        """
        names = [] if self.language == SOURCE else [name for name in self._names.values() if name is not None]
        unreviewed = len(self._said & self._catalogue.unreviewed) + sum(not name.reviewed for name in names)
        return unreviewed, len(self._said) + len(names)

    @property
    def missing(self) -> tuple[str, ...]:
        """The English texts that were asked for and have no translation, in the order they were met."""
        return tuple(self._missing)

    @property
    def nameless(self) -> tuple[tuple[str, str], ...]:
        """The kind and name of what was asked for and is called nothing in this language, in the order it was met.

        >>> words = Words("mn")
        >>> words.species("Myocastor coypus").plain, words.nameless
        ('Myocastor coypus', (('species', 'Myocastor coypus'),))
        """
        return tuple(asked for asked, name in self._names.items() if name is None)

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
        unreviewed, said = self.unreviewed
        if not unreviewed:
            return None
        return self.text(
            "Translated by a machine: {unreviewed} of the {said} texts here were not reviewed by a native speaker. "
            "Where words are in doubt, the English text holds.",
            unreviewed=unreviewed + 1,
            said=said + 1,
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
        """Return the common name beside the scientific one, if the lists of names or the catalogue have it.

        >>> Words("zh-Hans").species("Grus vipio")
        SpeciesName(scientific='Grus vipio', common='白枕鹤')
        """
        name = name_of("species", scientific, self.language, self._region, self._own)
        if name is None and (known := self._catalogued(scientific)) is not None:
            return SpeciesName(scientific, self.text(known.name))
        if scientific:
            self._names[("species", scientific)] = name
        return SpeciesName(scientific, None if name is None else name.text)

    def of_species(self, scientific: str, count: int) -> str | None:
        """Return "of 45 tigers"; None where the catalogue has no such words, or other ones than the species' name."""
        known = self._catalogued(scientific)
        if known is None or self.species(scientific).common != self._catalogue.forms.get(known.name, (known.name,))[0]:
            return None
        return self.plural(*known.of, count)

    def place(self, key: str, region: str = "") -> str:
        """Return the name of a place by its English key; a key without a name stands in English between ⟦ ⟧.

        `region` is the country whose usage is wanted, if not that of the whole text.

        >>> [Words(language).place("Tumen River") for language in ("en", "ru", "ko", "mn")]
        ['Tumen River', 'Туманная', '두만강', 'Түмэн гол']
        >>> Words("ko").place("Torey Lakes")
        '⟦Torey Lakes⟧'
        """
        name = name_of("place", key, self.language, region or self._region, self._own)
        self._names[("place", key)] = name
        if name is not None:
            return name.text
        return key if self.language == SOURCE else f"⟦{key}⟧"

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

    def _catalogued(self, scientific: str) -> SpeciesTexts | None:
        """Return the texts of a species that this language's catalogue has."""
        texts = SPECIES.get(scientific) or SPECIES.get(" ".join(scientific.split()[:2]))
        has = texts is not None and (self.language == SOURCE or texts.name in self._catalogue.forms)
        return texts if has else None

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
