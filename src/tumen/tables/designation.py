"""What a designation asks for beyond counts: how threatened a species is, the texts of a sheet, and the steps taken."""

from tumen.tables.cameras import day, text
from tumen.tables.places import country
from tumen.tables.schema import Reference, Table

SHEETS = ("RIS", "SIS")
"""The Ramsar Information Sheet and the Site Information Sheet of the flyway partnership."""

STEPS = (
    "surveyed",
    "assessed",
    "consulted",
    "approved",
    "signed",
    "released",
    "designated",
    "jointNotification",
    "governmentLetter",
    "technicalReview",
    "flywayDesignated",
)
"""The steps of a part of a site, and, from jointNotification, of the site or its nomination as a whole."""

SPECIES_STATUS = Table(
    name="species_status",
    origin="Tumen",
    group="waterbirds",
    meaning="How a list of threatened species has a species on a date; also whether it is native.",
    columns=(
        text(name="scientificName", meaning="Scientific name of the species.", example="Antigone vipio", required=True),
        text(name="list", meaning="The list.", example="IUCN Red List", required=True),
        text(
            name="category",
            meaning="What the list says of it.",
            example="VU",
            required=True,
            vocabulary=("EX", "EW", "CR", "EN", "VU", "NT", "LC", "DD", "NE", "listed", "native", "introduced"),
        ),
        country(name="countryCode", meaning="The country for which it holds; empty for the world.", example="CN"),
        day(name="assessedOn", meaning="The day from which it holds.", example="2018-08-07", required=True),
        text(name="source", meaning="Where it is published.", example="https://www.iucnredlist.org", required=True),
        text(name="comments", meaning="Anything else."),
    ),
    together=("scientificName", "list", "countryCode", "assessedOn"),
    reasons=(
        "Categories change: a species is held against the category of the day of the assessment, so each category "
        "has its day and stays when a newer one comes.",
        "Waterbirds that people brought are no part of the 20,000 of a wetland: only a list can say which they are.",
    ),
    gotchas=("A species without a row is not known to be safe: nobody gave its category.",),
)

SHEET_TEXTS = Table(
    name="sheet_texts",
    origin="Tumen",
    group="waterbirds",
    meaning="What an author wrote into a field of a site's sheet that no data can fill, or signed of one.",
    columns=(
        text(name="siteID", meaning="The site, or the part of a site.", example="site-1", required=True),
        text(name="sheet", meaning="The sheet.", example="RIS", required=True, vocabulary=SHEETS),
        text(name="field", meaning="Number of the field, or of the criterion.", example="29", required=True),
        text(name="language", meaning="Language of the text, as BCP 47 has it.", example="en", required=True),
        text(name="text", meaning="The text.", example="Rason City Environmental Protection", required=True),
        text(name="author", meaning="Who wrote it.", example="A. Ivanova", required=True),
        day(name="writtenOn", meaning="When it was written.", example="2024-03-01", required=True),
        text(name="source", meaning="What it rests on.", example="Management plan 2020"),
        text(
            name="status",
            meaning="Whether it is a draft or was signed by whoever is responsible.",
            example="draft",
            required=True,
            vocabulary=("draft", "signed"),
        ),
        text(name="comments", meaning="Anything else."),
    ),
    references=(Reference("siteID", "sites", "siteID"),),
    reasons=(
        "Five of the nine criteria of Ramsar are judged in words: a statement counts with its author, its day and "
        "what it rests on.",
    ),
    gotchas=(
        "A criterion that is judged in words has the field C1, C3, C4, C7 or C8 (of the flyway partnership: C).",
        "A newer text of the same field comes into the sheet; the older one stays here.",
    ),
)

SITE_STEPS = Table(
    name="site_steps",
    origin="Tumen",
    group="waterbirds",
    meaning="How far a part of a site has come on its way to a designation, step by step.",
    columns=(
        text(
            name="siteID", meaning="The site, or the countGroup of a site of several.", example="site-1", required=True
        ),
        country(name="countryCode", meaning="The country whose step it is.", example="RU", required=True),
        text(name="step", meaning="The step.", example="surveyed", required=True, vocabulary=STEPS),
        text(
            name="state",
            meaning="How it stands.",
            example="done",
            required=True,
            vocabulary=("notBegun", "underWay", "done", "refused"),
        ),
        day(name="statedOn", meaning="Since when it stands so.", example="2024-05-01", required=True),
        text(name="actor", meaning="Who did it, or has to.", example="Ministry of Nature", required=True),
        text(name="document", meaning="What shows it.", example="Letter 12-34"),
        text(
            name="digest",
            meaning="For signed and released: the SHA-256 of the part as it was signed.",
            pattern=r"^[0-9a-f]{64}$",
            example="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        text(name="comments", meaning="Anything else."),
    ),
    together=("siteID", "countryCode", "step", "statedOn"),
    reasons=(
        "A transboundary site is made of parts: each is designated and released by the country that owns it, and only "
        "then do the countries notify together.",
    ),
    gotchas=("A part that changed after it was signed is no longer signed: the digest says so.",),
)

LABELS = {
    "RIS": "Ramsar Information Sheet",
    "SIS": "Site Information Sheet of the flyway partnership",
    "surveyed": "surveyed",
    "assessed": "held against the criteria",
    "consulted": "consulted in the country",
    "approved": "approved in the country",
    "signed": "signed",
    "released": "released to the other parties",
    "designated": "designated",
    "jointNotification": "joint notification to the Secretariat",
    "governmentLetter": "letter of the government partner",
    "technicalReview": "technical review",
    "flywayDesignated": "designated as a Flyway Network Site",
    "notBegun": "not begun",
    "underWay": "under way",
    "done": "done",
    "refused": "refused",
    "draft": "draft",
    "EX": "extinct",
    "EW": "extinct in the wild",
    "CR": "critically endangered",
    "EN": "endangered",
    "VU": "vulnerable",
    "NT": "near threatened",
    "LC": "least concern",
    "DD": "data deficient",
    "NE": "not evaluated",
    "listed": "listed",
    "native": "native",
    "introduced": "introduced",
}
"""English labels of the words that cells of these tables may hold."""
