"""Who speaks for whom, what is proposed, what is thought of it, what was decided, and who gives what."""

import polars as pl

from tumen.tables.cameras import day, number, text
from tumen.tables.places import DATES_REVERSED, country
from tumen.tables.schema import Reference, Rule, Table

FOCAL_POINTS = Table(
    name="focal_points",
    origin="Tumen",
    group="deliberation",
    meaning="A person who speaks for an organisation or a country.",
    key="personID",
    columns=(
        text(name="personID", meaning="Identifier of the person.", example="fp-1", required=True, unique=True),
        text(name="name", meaning="Name of the person.", example="A. Ivanova", required=True),
        text(name="organisation", meaning="The organisation.", example="north-reserve", required=True),
        country(name="countryCode", meaning="The country.", required=True),
        text(name="role", meaning="What the person is responsible for.", example="National Focal Point"),
        day(name="startDate", meaning="First day in this role."),
        day(name="endDate", meaning="Last day in this role; empty while it lasts."),
        text(name="comments", meaning="Anything else."),
    ),
    rules=(DATES_REVERSED,),
    gotchas=("A person who changes roles is a new row; the old one gets its endDate.",),
)

PROPOSALS = Table(
    name="proposals",
    origin="Tumen",
    group="deliberation",
    meaning="Something that somebody proposes to do together.",
    key="proposalID",
    columns=(
        text(name="proposalID", meaning="Identifier of the proposal.", example="pr-1", required=True, unique=True),
        text(name="title", meaning="Its title.", example="Synchronous crane count", required=True),
        text(name="proposedBy", meaning="The party that proposes it.", example="north-reserve", required=True),
        day(name="proposedOn", meaning="The day it was proposed.", required=True),
        text(
            name="status",
            meaning="Where it stands.",
            example="open",
            required=True,
            vocabulary=("draft", "open", "agreed", "declined", "withdrawn"),
        ),
        day(name="deadline", meaning="Last day on which views are awaited."),
        text(name="text", meaning="The proposal in full.", example="Count on 15 January at all sites."),
        text(name="comments", meaning="Anything else."),
    ),
    rules=(
        Rule(
            "deadline-before-proposal",
            "deadline",
            lambda: pl.col("deadline") < pl.col("proposedOn"),
            ("proposedOn", "deadline"),
        ),
    ),
    gotchas=("A text that changed after views were given is a new proposal: the views were on the old one.",),
)

VIEWS = Table(
    name="views",
    origin="Tumen",
    group="deliberation",
    meaning="What one party thinks of a proposal.",
    key="viewID",
    columns=(
        text(name="viewID", meaning="Identifier of the view.", example="vw-1", required=True, unique=True),
        text(name="proposalID", meaning="The proposal.", example="pr-1", required=True),
        text(name="party", meaning="The party whose view it is.", example="south-institute", required=True),
        country(name="countryCode", meaning="The party's country."),
        text(
            name="position",
            meaning="Where the party stands.",
            example="supportWithReservation",
            required=True,
            vocabulary=("support", "supportWithReservation", "noObjection", "object", "abstain"),
        ),
        day(name="statedOn", meaning="The day it was stated.", required=True),
        text(name="text", meaning="The view in the party's words.", example="If dates suit the ice."),
        text(name="comments", meaning="Anything else."),
    ),
    references=(Reference("proposalID", "proposals", "proposalID"),),
    reasons=("Views are added, never changed: a party that thinks anew states a new view, and both stay.",),
    gotchas=("Silence is no view: a party without a row has neither agreed nor objected.",),
)

DECISIONS = Table(
    name="decisions",
    origin="Tumen",
    group="deliberation",
    meaning="What was decided on a proposal.",
    key="decisionID",
    columns=(
        text(name="decisionID", meaning="Identifier of the decision.", example="de-1", required=True, unique=True),
        text(name="proposalID", meaning="The proposal.", example="pr-1", required=True),
        day(name="decidedOn", meaning="The day it was decided.", required=True),
        text(
            name="outcome",
            meaning="What was decided.",
            example="agreed",
            required=True,
            vocabulary=("agreed", "declined", "deferred"),
        ),
        text(name="text", meaning="The agreed text.", example="The count takes place on 15 January."),
        text(name="comments", meaning="Anything else."),
    ),
    references=(Reference("proposalID", "proposals", "proposalID"),),
)

CONTRIBUTIONS = Table(
    name="contributions",
    origin="Tumen",
    group="deliberation",
    meaning="What a party pledged to give, and what it gave.",
    key="contributionID",
    columns=(
        text(name="contributionID", meaning="Identifier of the row.", example="co-1", required=True, unique=True),
        text(name="proposalID", meaning="The proposal it is for.", example="pr-1"),
        text(name="party", meaning="The party that gives.", example="south-institute", required=True),
        country(name="countryCode", meaning="The party's country."),
        text(
            name="kind",
            meaning="What is given.",
            example="equipment",
            required=True,
            vocabulary=("funds", "staff", "equipment", "data", "training", "hosting"),
        ),
        number(name="pledged", meaning="How much was pledged.", example="40", minimum=0),
        number(name="delivered", meaning="How much was delivered.", example="36", minimum=0),
        text(name="unit", meaning="Unit of both; a currency by its ISO 4217 code.", example="cameras", required=True),
        day(name="pledgedOn", meaning="The day of the pledge."),
        day(name="deliveredOn", meaning="The day of the delivery."),
        text(name="comments", meaning="Anything else."),
    ),
    references=(Reference("proposalID", "proposals", "proposalID"),),
    rules=(
        Rule("delivered-above-pledged", "delivered", lambda: pl.col("delivered") > pl.col("pledged"), ("pledged",)),
        Rule(
            "delivered-before-pledged",
            "deliveredOn",
            lambda: pl.col("deliveredOn") < pl.col("pledgedOn"),
            ("pledgedOn", "deliveredOn"),
        ),
        Rule(
            "delivered-without-pledge",
            "delivered",
            lambda: (pl.col("delivered") > 0) & pl.col("pledged").is_null(),
        ),
        Rule(
            "contribution-empty",
            "pledged",
            lambda: pl.col("pledged").is_null() & pl.col("delivered").is_null(),
        ),
    ),
    gotchas=("An empty delivered means 'not known yet'; 0 says that nothing came.",),
)

LABELS = {
    "draft": "draft",
    "open": "open",
    "agreed": "agreed",
    "declined": "declined",
    "withdrawn": "withdrawn",
    "support": "in favour",
    "supportWithReservation": "in favour with a reservation",
    "noObjection": "no objection",
    "object": "against",
    "abstain": "abstains",
    "deferred": "deferred",
    "funds": "funds",
    "staff": "staff",
    "equipment": "equipment",
    "data": "data",
    "training": "training",
    "hosting": "hosting",
}
"""English labels of the words that cells of these tables may hold."""
