"""Where all tables of the service are registered, those of the chassis among them."""

import sqlalchemy as sa

from services.chassis import tables as chassis

METADATA = sa.MetaData()
chassis.attach(METADATA)


def moment(name: str, nullable: bool = True) -> sa.Column[object]:
    """A column for a moment with its zone."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
