"""The unified monitoring protocol: every table by name, and its version."""

from collections.abc import Mapping
from types import MappingProxyType

from tumen.tables.cameras import DEPLOYMENTS, OPERATING_PERIODS
from tumen.tables.deliberation import CONTRIBUTIONS, DECISIONS, FOCAL_POINTS, PROPOSALS, VIEWS
from tumen.tables.designation import SHEET_TEXTS, SITE_STEPS, SPECIES_STATUS
from tumen.tables.effort import SEARCHES
from tumen.tables.encounters import CAMERA_DAYS, ENCOUNTERS, HOLDINGS, PORTRAITS
from tumen.tables.genetics import CONTROLS, GENOTYPES, LOCI, SAMPLES
from tumen.tables.health import ASSAYS, HEALTH_EVENTS, TESTS
from tumen.tables.individuals import IDENTIFICATIONS, INDIVIDUALS, LINKS, POSITIONS, REGISTER_EVENTS
from tumen.tables.network import ASSESSMENTS, INDICATORS, INSTRUMENTS, PROVISIONS, STATEMENTS, TIES
from tumen.tables.observations import MEDIA, OBSERVATIONS
from tumen.tables.places import AREAS, BORDERS, RASTERS
from tumen.tables.populations import POPULATION_ESTIMATES, STAYS
from tumen.tables.schema import Table
from tumen.tables.waterbirds import COUNTS, SITES, VISITS

VERSION = "0.2"
"""Version of the protocol: the tables, their columns and their checks."""

STANDARD = (DEPLOYMENTS, MEDIA, OBSERVATIONS)
"""The tables of Camtrap DP, which a camera-trap package must have."""

EXTENSION = (
    OPERATING_PERIODS,
    SEARCHES,
    INDIVIDUALS,
    IDENTIFICATIONS,
    LINKS,
    REGISTER_EVENTS,
    POSITIONS,
    ENCOUNTERS,
    CAMERA_DAYS,
    PORTRAITS,
    HOLDINGS,
    SAMPLES,
    GENOTYPES,
    CONTROLS,
    LOCI,
    ASSAYS,
    TESTS,
    HEALTH_EVENTS,
    SITES,
    VISITS,
    COUNTS,
    POPULATION_ESTIMATES,
    STAYS,
    SPECIES_STATUS,
    SHEET_TEXTS,
    SITE_STEPS,
    AREAS,
    BORDERS,
    RASTERS,
    TIES,
    INDICATORS,
    INSTRUMENTS,
    PROVISIONS,
    ASSESSMENTS,
    STATEMENTS,
    FOCAL_POINTS,
    PROPOSALS,
    VIEWS,
    DECISIONS,
    CONTRIBUTIONS,
)
"""Our tables, which ride along as extra resources."""

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in (*STANDARD, *EXTENSION)})
