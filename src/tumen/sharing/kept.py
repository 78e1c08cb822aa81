"""Which class has each column of the protocol? The declarations: a table or column that is not here does not leave."""

from collections.abc import Mapping
from types import MappingProxyType

from tumen.sharing.classes import Kept, every, kept

_POINT = {"latitude": "latitude", "longitude": "longitude", "coordinateUncertainty": "radius"}
_SAID = {"comments": "text"}
_SOURCED = {"source": "fact", **_SAID}

CAMERAS: Mapping[str, Kept] = {
    "deployments": kept(
        "generalised",
        deploymentID="key of deployment",
        locationID="key of place",
        locationName="place",
        **_POINT,
        deploymentStart="start",
        deploymentEnd="end",
        setupBy="person",
        **every("detail", "cameraID cameraModel cameraDelay cameraHeight cameraDepth cameraTilt cameraHeading"),
        **every("detail", "detectionDistance featureType habitat"),
        timestampIssues="fact",
        baitUse="fact",
        **every("text", "deploymentGroups deploymentTags deploymentComments"),
    ),
    "media": kept(
        "generalised",
        mediaID="key of media",
        deploymentID="key of deployment",
        captureMethod="fact",
        timestamp="time",
        filePath="media",
        filePublic="fact",
        fileName="detail",
        fileMediatype="media",
        exifData="detail",
        favorite="media",
        mediaComments="text",
    ),
    "observations": kept(
        "generalised",
        observationID="key of observation",
        deploymentID="key of deployment",
        mediaID="key of media",
        eventID="key of event",
        eventStart="start",
        eventEnd="end",
        **every("fact", "observationLevel observationType cameraSetupType scientificName count lifeStage sex"),
        individualID="animal",
        **every("detail", "individualPositionRadius individualPositionAngle individualSpeed"),
        **every("media", "bboxX bboxY bboxWidth bboxHeight"),
        **every("fact", "classificationMethod classificationProbability"),
        classifiedBy="person",
        classificationTimestamp="time",
        **every("text", "behavior observationTags observationComments"),
    ),
    "operating_periods": kept(
        "full", deploymentID="key of deployment", start="detail", end="detail", status="fact", **_SAID
    ),
    "searches": kept(
        "generalised",
        searchID="key of search",
        method="fact",
        searchStart="start",
        searchEnd="end",
        **_POINT,
        distance="fact",
        observers="fact",
        countryCode="country",
        areaID="key of place",
        team="person",
        target="text",
        **_SAID,
    ),
}

ANIMALS: Mapping[str, Kept] = {
    "individuals": kept(
        "identity",
        individualID="animal",
        scientificName="fact",
        sex="fact",
        birthDate="start",
        deathDate="end",
        motherID="animal",
        knownFlanks="fact",
        **_SAID,
    ),
    "identifications": kept(
        "identity",
        identificationID="key of identification",
        observationID="key of observation",
        mediaID="key of media",
        sampleID="key of sample",
        individualID="animal",
        **every("fact", "flank certainty blind method"),
        identifiedBy="person",
        identifiedAt="time",
        **_SAID,
    ),
    "links": kept(
        "identity",
        linkID="key of link",
        **every("fact", "party otherParty verdict certainty"),
        individualID="animal",
        otherIndividualID="animal",
        evidence="text",
        observer="person",
        decidedAt="judged",
        **_SAID,
    ),
    "register_events": kept(
        "identity",
        eventID="key of register event",
        **every("fact", "kind party otherParty observerParty role blind certainty method flank score probability"),
        individualID="animal",
        otherIndividualID="animal",
        aboutEventID="key of register event",
        members="animal",
        jointName="text",
        deathDate="end",
        observer="person",
        evidence="text",
        decidedAt="judged",
        recordedAt="judged",
        **_SAID,
    ),
    "positions": kept(
        "full",
        positionID="key of position",
        individualID="animal",
        scientificName="fact",
        timestamp="detail",
        **every("detail", "latitude longitude coordinateUncertainty outlier sensorType tagID"),
        **_SAID,
    ),
    "encounters": kept(
        "crossing",
        encounterID="key of encounter",
        individualID="animal",
        **every("fact", "scientificName sex lifeStage source startDate endDate detections possibleCountries"),
        countryCode="country",
        **every("fact", "borderDistance borderStep"),
    ),
    "camera_days": kept(
        "crossing", deploymentID="key of deployment", countryCode="country", month="fact", cameraDays="fact"
    ),
    "portraits": kept(
        "identity",
        portraitID="key of observation",
        individualID="animal",
        **every("fact", "scientificName sex lifeStage flank certainty year filePath"),
        countryCode="country",
    ),
    "holdings": kept("catalogue", **every("fact", "table rows disclosed firstYear lastYear species")),
}

GENETICS: Mapping[str, Kept] = {
    "samples": kept(
        "identity",
        sampleID="key of sample",
        individualID="animal",
        scientificName="fact",
        collectedOn="time",
        **_POINT,
        countryCode="country",
        locationID="key of place",
        material="fact",
        ageDays="fact",
        collectedBy="person",
        storage="text",
        custodian="person",
        permit="text",
        **_SAID,
    ),
    "genotypes": kept(
        "identity",
        sampleID="key of sample",
        laboratory="fact",
        **every("genotype", "replicate locus allele1 allele2 kind"),
        runID="key of run",
        typedOn="time",
        **_SAID,
    ),
    "controls": kept(
        "identity",
        laboratory="fact",
        runID="key of run",
        # A reference animal must bear one name in all laboratories, or nothing can be calibrated.
        controlID="fact",
        role="fact",
        **every("genotype", "locus allele1 allele2 expectedAllele1 expectedAllele2"),
        **_SAID,
    ),
    "loci": kept(
        "identity",
        **every("genotype", "locus kind smallestAllele largestAllele repeatLength alleles aliases sexLinked sexMarker"),
        **_SOURCED,
    ),
}

HEALTH: Mapping[str, Kept] = {
    "assays": kept(
        "identity",
        **every("fact", "assayID name pathogen method cutoff cutoffUnit sensitivityPositive sensitivityTested"),
        **every("fact", "specificityNegative specificityTested"),
        **_SOURCED,
    ),
    "tests": kept(
        "generalised",
        testID="key of test",
        sampleID="key of sample",
        **every("fact", "assayID laboratory cutoff titre outcome"),
        testedOn="time",
        lot="text",
        **_SAID,
    ),
    "health_events": kept(
        "generalised",
        eventID="key of health event",
        scientificName="fact",
        individualID="animal",
        eventDate="time",
        **_POINT,
        countryCode="country",
        **every("fact", "kind count cause"),
        signs="text",
        sampleID="key of sample",
        reportedBy="person",
        **_SAID,
    ),
}

WATERBIRDS: Mapping[str, Kept] = {
    "sites": kept(
        "generalised",
        siteID="key of place",
        siteName="place",
        countryCode="country",
        **_POINT,
        area="detail",
        countGroup="key of place",
        partOf="key of place",
        areaID="key of place",
        ramsarID="place",
        flywayID="place",
        **_SAID,
    ),
    "visits": kept(
        "generalised",
        visitID="key of visit",
        siteID="key of place",
        visitDate="time",
        visitStart="start",
        visitEnd="end",
        **every("fact", "coverage coveragePercent groupsCounted method observers"),
        **every("text", "water ice tide weather disturbance"),
        **_SAID,
    ),
    "counts": kept(
        "generalised",
        countID="key of count",
        visitID="key of visit",
        **every("fact", "scientificName taxonGroup status count minimum maximum estimated lifeStage"),
        partOf="key of count",
        **_SAID,
    ),
    "population_estimates": kept(
        "identity",
        **every("fact", "populationID scientificName populationName edition countryCodes seasons range startYear"),
        **every("fact", "endYear minimum maximum unit meanRule quality onePercent inForceFrom inForceUntil evidence"),
        **_SOURCED,
    ),
    "stays": kept(
        "generalised",
        siteID="key of place",
        **every("fact", "scientificName season meanStay minimum maximum birds method"),
        source="text",
        **_SAID,
    ),
    "species_status": kept(
        "identity", **every("fact", "scientificName list category countryCode assessedOn"), **_SOURCED
    ),
    "sheet_texts": kept(
        "generalised",
        "text",
        siteID="key of place",
        **every("fact", "sheet field language status"),
        text="text",
        author="person",
        writtenOn="judged",
        source="text",
        **_SAID,
    ),
    "site_steps": kept(
        "generalised",
        siteID="key of place",
        countryCode="country",
        **every("fact", "step state"),
        statedOn="judged",
        actor="person",
        document="text",
        digest="detail",
        **_SAID,
    ),
}

PLACES: Mapping[str, Kept] = {
    "areas": kept(
        "generalised",
        "place",
        areaID="key of place",
        **every("place", "name originalName wdpaID wdpaPID geometry"),
        countryCode="country",
        **every("fact", "designation designationType iucnCategory internationalCriteria marine reportedArea noTake"),
        **every("fact", "status statusYear"),
        **every("text", "governance managementAuthority managementPlan source comments"),
    ),
    "borders": kept(
        "crossing",
        **every("fact", "borderID countryA countryB status accuracy geometry source validFrom validUntil"),
        **_SAID,
    ),
    "rasters": kept(
        "full",
        **every("detail", "rasterID name path variable unit crs resolution startDate endDate source licence legend"),
        **_SAID,
    ),
}

NETWORK: Mapping[str, Kept] = {
    "ties": kept(
        "generalised",
        tieID="key of tie",
        fromPlace="key of place",
        toPlace="key of place",
        **every("fact", "kind stage strength strengthUnit"),
        **every("text", "topic evidence"),
        startDate="start",
        endDate="end",
        **_SAID,
    ),
    "indicators": kept(
        "generalised",
        indicatorID="key of indicator",
        placeID="key of place",
        **every("fact", "role name year value unit"),
        source="text",
        **_SAID,
    ),
    "instruments": kept(
        "identity",
        **every("fact", "instrumentID title kind countryCodes adoptedOn inForceFrom inForceUntil language"),
        **_SOURCED,
    ),
    "provisions": kept("identity", **every("fact", "provisionID instrumentID article topic effect summary"), **_SAID),
    "assessments": kept(
        "full",
        **every(
            "detail", "assessmentID questionSet version placeID questionID answer score maximum assessedOn evidence"
        ),
        assessedBy="person",
        **_SAID,
    ),
    "statements": kept(
        "full", **every("detail", "statementID subject attribute value unit source statedOn language"), **_SAID
    ),
}

DELIBERATION: Mapping[str, Kept] = {
    "focal_points": kept(
        "full", **every("person", "personID name organisation role startDate endDate"), countryCode="country", **_SAID
    ),
    "proposals": kept(
        "full", **every("detail", "proposalID title proposedBy proposedOn status deadline text"), **_SAID
    ),
    "views": kept("full", **every("detail", "viewID proposalID party countryCode position statedOn text"), **_SAID),
    "decisions": kept("full", **every("detail", "decisionID proposalID decidedOn outcome text"), **_SAID),
    "contributions": kept(
        "full",
        **every("detail", "contributionID proposalID party countryCode kind pledged delivered unit pledgedOn"),
        deliveredOn="detail",
        **_SAID,
    ),
}

FROM: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"encounters": ("observations", "positions"), "camera_days": ("deployments",), "portraits": ("media",)}
)
"""Tables that the owner derives, and the tables of a grant that include them."""

LINKED = frozenset(
    (
        *("deployments", "operating_periods", "camera_days", "media", "identifications", "links", "register_events"),
        *("genotypes", "tests", "loci", "assays", "controls", "borders", "holdings"),
    )
)
"""Tables without species that leave with a species: effort, what its rows refer to, and public borders."""


def of_species(table: str) -> bool:
    """Say whether a grant of one species can let out rows of a table: it names species, or is linked to what does.

    >>> of_species("observations"), of_species("deployments"), of_species("statements")
    (True, True, False)
    """
    return table in LINKED or (table in KEPT and "scientificName" in KEPT[table].columns)


KEPT: Mapping[str, Kept] = MappingProxyType(
    {**CAMERAS, **ANIMALS, **GENETICS, **HEALTH, **WATERBIRDS, **PLACES, **NETWORK, **DELIBERATION}
)
"""What every table of the protocol lets out. Tables and columns that are not here do not leave."""
