"""The fields of the two sheets: which there are, who must fill them, and whether data can.

The fields of the Ramsar Information Sheet are those of its revision of 2012 (Resolution XI.8, Annex 1). Of the Site
Information Sheet of the flyway partnership (2017) the questions 1 to 4 could be read; 5 to 14 and 30 are known from
memory, and say so in `basis`. Who must fill a field is our reading of who can answer for it; no rule says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

WHO = (
    "compiler",
    "siteManager",
    "administrativeAuthority",
    "governmentPartner",
    "dataManager",
    "secretariat",
)
"""Who has to act: `dataManager` is the one of the party that owns the data."""

_COMPILER, _MANAGER, _AUTHORITY, _, _DATA, _ = WHO


@dataclass(frozen=True)
class Field:
    """One field of a sheet.

    `number` and `part` are the sheet's, `name` is ours. `data`: the tables that can fill it; without any, only words
    can. `update`: asked only when an existing site is updated. `basis`: `published`, or `notVerified` where number
    and subject are from memory.
    """

    number: str
    part: str
    name: str
    who: str
    data: tuple[str, ...] = ()
    update: bool = False
    basis: str = "published"


RIS = (
    Field("0", "0", "summary", _COMPILER),
    Field("1", "1.1", "compilers", _COMPILER),
    Field("2", "1.1", "period", _DATA, ("visits", "counts")),
    Field("3", "1.1", "country", _AUTHORITY, ("sites",)),
    Field("4", "1.1", "siteName", _AUTHORITY, ("sites",)),
    Field("5", "1.1", "newOrUpdate", _AUTHORITY, ("sites",)),
    Field("6", "1.1", "changes", _COMPILER, update=True),
    Field("7", "1.2", "boundary", _AUTHORITY, ("areas",)),
    Field("8", "1.2", "coordinates", _DATA, ("sites", "statements")),
    Field("9", "1.2", "generalLocation", _COMPILER),
    Field("10", "1.2", "area", _AUTHORITY, ("sites", "areas", "statements")),
    Field("11", "1.2", "biogeography", _COMPILER),
    Field("12", "2", "criteria", _COMPILER, ("counts", "population_estimates")),
    Field("13", "3", "ecologicalCharacter", _COMPILER),
    Field("14", "3.1", "climate", _COMPILER),
    Field("15", "3.1", "geomorphicSetting", _COMPILER),
    Field("16", "3.1", "wetlandTypes", _COMPILER),
    Field("17", "3.1", "plants", _COMPILER),
    Field("18", "3.1", "animals", _DATA, ("counts", "species_status")),
    Field("19", "3.1", "soil", _COMPILER),
    Field("20", "3.1", "waterRegime", _COMPILER),
    Field("21", "3.1", "sedimentRegime", _COMPILER),
    Field("22", "3.1", "waterPH", _COMPILER),
    Field("23", "3.1", "salinity", _COMPILER),
    Field("24", "3.1", "nutrients", _COMPILER),
    Field("25", "3.1", "surroundings", _COMPILER),
    Field("26", "3.3", "services", _COMPILER),
    Field("27", "3.3", "culture", _COMPILER),
    Field("28", "4.1", "tenure", _AUTHORITY),
    Field("29", "4.1", "managementAuthority", _AUTHORITY, ("areas",)),
    Field("30", "4.2", "threats", _MANAGER),
    Field("31", "4.2", "measuresTaken", _MANAGER, ("areas",)),
    Field("32", "4.2", "managementPlan", _MANAGER, ("areas",)),
    Field("33", "4.2", "restoration", _MANAGER),
    Field("34", "4.2", "measuresProposed", _MANAGER),
    Field("35", "4.2", "references", _COMPILER, ("areas", "statements", "population_estimates")),
    Field("+", "5", "additional", _COMPILER),
)
"""Parts 0 to 5 and fields 0 to 35 of the Ramsar Information Sheet, 2012."""

_MEMORY = "notVerified"

SIS = (
    Field("1", "1", "compilers", _COMPILER),
    Field("2", "1", "sheetDate", _COMPILER),
    Field("3", "1", "country", _AUTHORITY, ("sites",)),
    Field("4", "1", "siteName", _AUTHORITY, ("sites",)),
    Field("5", "1", "boundary", _AUTHORITY, ("areas",), basis=_MEMORY),
    Field("6", "1", "coordinates", _DATA, ("sites", "statements"), basis=_MEMORY),
    Field("7", "1", "elevation", _COMPILER, basis=_MEMORY),
    Field("8", "1", "area", _AUTHORITY, ("sites", "areas", "statements"), basis=_MEMORY),
    Field("9", "1", "summary", _COMPILER, basis=_MEMORY),
    Field("10", "1", "criteria", _COMPILER, ("counts", "population_estimates"), basis=_MEMORY),
    Field("11", "1", "wetlandTypes", _COMPILER, basis=_MEMORY),
    Field("12", "1", "jurisdiction", _AUTHORITY, basis=_MEMORY),
    Field("13", "1", "managementAuthority", _AUTHORITY, ("areas",), basis=_MEMORY),
    Field("14", "1", "references", _COMPILER, ("areas", "statements", "population_estimates"), basis=_MEMORY),
    Field("30", "2", "threats", _MANAGER, basis=_MEMORY),
)
"""The questions of the Site Information Sheet that a nomination must answer; the optional ones are left out."""

WITH_RIS = ("1", "10")
"""The questions that are enough for a Ramsar Site, if a copy of its Ramsar Information Sheet goes along."""

FIELDS: Mapping[str, tuple[Field, ...]] = MappingProxyType({"RIS": RIS, "SIS": SIS})

CRITERIA: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"RIS": tuple(f"R{number}" for number in range(1, 10)), "SIS": ("FA", "FB1", "FB2", "FC")}
)
"""The criteria of each sheet: the nine of Ramsar, and those of the flyway partnership."""

STATEMENT_FIELDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "RIS": MappingProxyType({f"C{number}": f"R{number}" for number in (1, 2, 3, 4, 7, 8)}),
        "SIS": MappingProxyType({"C": "FC"}),
    }
)
"""Fields of sheet_texts that hold the statement on a criterion, and the criterion."""
