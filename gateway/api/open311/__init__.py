"""Open311 GeoReport v2 (INC-21): the standard's own shapes, errors and formats beside our interface.

Source: the specification's text (wiki.open311.org/GeoReport_v2 and Service_Discovery), not the swagger files that the
community made of it. docs/open311.md says what a client's developer needs.
"""

from .edge import Edge
from .routing import routes

__all__ = ["Edge", "routes"]
