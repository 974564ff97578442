"""Where all tables of the service are registered."""

import sqlalchemy as sa

from services.chassis import tables as chassis

METADATA = sa.MetaData()
chassis.attach(METADATA)


def moment(name: str, nullable: bool = True) -> sa.Column[object]:
    """A column that holds a moment."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
