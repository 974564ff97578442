"""Where all tables of the registry are registered, and the kinds of their columns."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis import tables as chassis

METADATA = sa.MetaData()
chassis.attach(METADATA)


def text(name: str, nullable: bool = False) -> sa.Column[str]:
    """Words; "" rather than NULL unless `nullable`."""
    return sa.Column(name, sa.Text, nullable=nullable)


def texts(name: str) -> sa.Column[list[str]]:
    """A list of words, empty by default."""
    return sa.Column(name, ARRAY(sa.Text), nullable=False, server_default="{}")


def moment(name: str, nullable: bool = False) -> sa.Column[object]:
    """A moment in UTC."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def day(name: str, nullable: bool = False) -> sa.Column[object]:
    """A day of the county."""
    return sa.Column(name, sa.Date, nullable=nullable)


def number(name: str) -> sa.Column[int]:
    """A whole number."""
    return sa.Column(name, sa.Integer, nullable=False)


def prefix_index(name: str, *columns: str) -> sa.Index:
    """An index that serves `LIKE 'prefix%'` on its first column whatever the database's collation is."""
    return sa.Index(name, *columns, postgresql_ops={columns[0]: "text_pattern_ops"})
