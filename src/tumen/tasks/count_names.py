"""What do common names of birds mean?  The shipped names of species turned round, for reading forms of counts."""

from collections.abc import Mapping

from tumen.files.count_form_words import folded
from tumen.report.words.names import shipped


def common_names(own: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return common names in all languages, as forms are compared, with the species each may mean.

    A name that was declared (`own`: name and scientific name) means only that.

    >>> names = common_names({"мандаринка": "Aix galericulata"})
    >>> names["マナヅル"], names["мандаринка"]
    (('Antigone vipio',), ('Aix galericulata',))
    """
    found: dict[str, set[str]] = {}
    for (kind, species, _), usages in shipped().items():
        if kind == "species":
            for usage in usages.values():
                found.setdefault(folded(usage.text), set()).add(species)
    names = {text: tuple(sorted(species)) for text, species in found.items()}
    return {**names, **{folded(text): (species,) for text, species in own.items()}}
