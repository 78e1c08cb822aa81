"""What the words of a dossier mean: its fields, criteria, verdicts, steps and people."""

from collections.abc import Mapping
from types import MappingProxyType

from tumen.report.words.marking import mark
from tumen.report.words.render import Words
from tumen.tables.vocabularies import LABELS

SHEETS: Mapping[str, str] = MappingProxyType(
    {
        "RIS": mark("Ramsar Information Sheet, 2012"),
        "SIS": mark("Site Information Sheet of the flyway partnership, 2017"),
    }
)

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "summary": mark("Summary"),
        "compilers": mark("Who compiled the sheet"),
        "sheetDate": mark("Day of the sheet"),
        "period": mark("Period of the data"),
        "country": mark("Country"),
        "siteName": mark("Name of the site"),
        "newOrUpdate": mark("New designation or update"),
        "changes": mark("Changes since the last sheet"),
        "boundary": mark("Boundary"),
        "coordinates": mark("Coordinates"),
        "generalLocation": mark("General location"),
        "elevation": mark("Elevation"),
        "area": mark("Area"),
        "biogeography": mark("Biogeography"),
        "criteria": mark("Criteria and their justification"),
        "ecologicalCharacter": mark("Ecological character"),
        "climate": mark("Climate"),
        "geomorphicSetting": mark("Geomorphic setting"),
        "wetlandTypes": mark("Wetland types"),
        "plants": mark("Plant species"),
        "animals": mark("Animal species"),
        "soil": mark("Soil"),
        "waterRegime": mark("Water regime"),
        "sedimentRegime": mark("Sediment regime"),
        "waterPH": mark("pH of the water"),
        "salinity": mark("Salinity of the water"),
        "nutrients": mark("Nutrients in the water"),
        "surroundings": mark("Surroundings that may influence the site"),
        "services": mark("Ecosystem services"),
        "culture": mark("Social and cultural values"),
        "tenure": mark("Land tenure and ownership"),
        "jurisdiction": mark("Jurisdiction"),
        "managementAuthority": mark("Management authority"),
        "threats": mark("Factors that harm the site"),
        "measuresTaken": mark("Conservation measures taken"),
        "managementPlan": mark("Management planning"),
        "restoration": mark("Planning for restoration"),
        "measuresProposed": mark("Measures proposed and not taken"),
        "references": mark("References"),
        "additional": mark("Additional material"),
    }
)

WHO: Mapping[str, str] = MappingProxyType(
    {
        "compiler": mark("compiler"),
        "siteManager": mark("site manager"),
        "administrativeAuthority": mark("Administrative Authority"),
        "governmentPartner": mark("Government Partner"),
        "dataManager": mark("data manager of the party"),
        "secretariat": mark("Secretariat"),
    }
)

CRITERIA: Mapping[str, str] = MappingProxyType(
    {
        "R1": mark("Ramsar 1: representative, rare or unique wetland type"),
        "R2": mark("Ramsar 2: threatened species or communities"),
        "R3": mark("Ramsar 3: populations important for the diversity of the region"),
        "R4": mark("Ramsar 4: critical stage of life, or refuge"),
        "R5": mark("Ramsar 5: regularly 20,000 waterbirds"),
        "R6": mark("Ramsar 6: regularly 1 % of a population of waterbirds"),
        "R7": mark("Ramsar 7: indigenous fishes"),
        "R8": mark("Ramsar 8: food, spawning, nursery or path of fishes"),
        "R9": mark("Ramsar 9: regularly 1 % of a population of another animal"),
        "FA": mark("Flyway A: Ramsar 2, 5 or 6"),
        "FB1": mark("Flyway B i: regularly 0.25 % of a population on passage"),
        "FB2": mark("Flyway B ii: regularly 5,000 waterbirds at one time on passage"),
        "FC": mark("Flyway C: exceptional importance at a stage of life"),
    }
)

VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "met": mark("met"),
        "provisional": mark("provisionally met"),
        "undecided": mark("undecided"),
        "needsStatement": mark("needs a statement"),
        "notMet": mark("not met"),
        "notJudged": mark("not judged"),
    }
)

TRENDS: Mapping[str, str] = MappingProxyType(
    {
        "strongIncrease": mark("strong increase"),
        "moderateIncrease": mark("moderate increase"),
        "stable": mark("stable"),
        "moderateDecline": mark("moderate decline"),
        "strongDecline": mark("strong decline"),
        "uncertain": mark("uncertain"),
    }
)

STATES: Mapping[str, str] = MappingProxyType(
    {
        "notStated": mark("nothing stated"),
        "signed": mark("signed"),
        "data": mark("data"),
        "filled": mark("filled"),
        "gap": mark("empty"),
        "notAsked": mark("not asked of a new site"),
        "update": mark("update of a site on the list"),
    }
)

_EVERY: Mapping[str, str] = MappingProxyType({**LABELS, **TRENDS, **STATES})


def said(words: Words, labels: Mapping[str, str], code: str | None) -> str:
    """Return the label of a code in the words' language; a code without one stays as it is.

    >>> said(Words("en"), VERDICTS, "provisional"), said(Words("en"), VERDICTS, "x")
    ('provisionally met', 'x')
    """
    if not code:
        return ""
    return words.text(labels[code]) if code in labels else code


def word(words: Words, code: str | None) -> str:
    """Return the label of a word of the tables.

    >>> word(Words("en"), "underWay"), word(Words("en"), "winter"), word(Words("en"), None)
    ('under way', 'winter', '')
    """
    return said(words, _EVERY, code)
