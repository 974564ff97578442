"""All operations of the interface, in the order in which they are documented."""

from . import (
    account,
    applications,
    assessment,
    boards,
    calendar,
    diary,
    duplicates,
    incident,
    liaison,
    patrol,
    places,
    registry,
    resumable,
    stream,
    tables,
    uploads,
)

PARTS = (
    account.routes,
    *registry.PARTS,
    places.routes,
    boards.routes,
    *calendar.PARTS,
    tables.routes,
    *duplicates.PARTS,
    *incident.PARTS,
    applications.routes,
    uploads.routes,
    resumable.routes,
    patrol.routes,
    diary.routes,
    assessment.routes,
    *liaison.PARTS,
    stream.routes,
)
