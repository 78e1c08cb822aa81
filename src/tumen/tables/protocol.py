"""The unified monitoring protocol: every table by name, and its version."""

from collections.abc import Mapping
from types import MappingProxyType

from tumen.tables.cameras import DEPLOYMENTS, OPERATING_PERIODS
from tumen.tables.individuals import IDENTIFICATIONS, INDIVIDUALS, LINKS, POSITIONS
from tumen.tables.observations import MEDIA, OBSERVATIONS
from tumen.tables.schema import Table

VERSION = "0.2"
"""Version of the protocol: the tables, their columns and their checks."""

STANDARD = (DEPLOYMENTS, MEDIA, OBSERVATIONS)
"""The tables of Camtrap DP, which a camera-trap package must have."""

EXTENSION = (OPERATING_PERIODS, INDIVIDUALS, IDENTIFICATIONS, LINKS, POSITIONS)
"""Our tables, which ride along as extra resources."""

TABLES: Mapping[str, Table] = MappingProxyType({table.name: table for table in (*STANDARD, *EXTENSION)})
