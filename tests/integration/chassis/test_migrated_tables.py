"""What the migrations make is what the code believes: the tables of every service, column by column."""

import importlib

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from infra.local.settings import SERVICES
from services.chassis import migrate


@pytest.mark.parametrize("service", SERVICES)
def test_the_newest_version_has_the_tables_of_the_code(service: str, database: str) -> None:
    migrate.upgrade(service, database)
    metadata = importlib.import_module(f"services.{service}.tables").METADATA
    engine = sa.create_engine(database)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _is_ours})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def _is_ours(_thing: object, name: str | None, kind: str, reflected: bool, compared_to: object) -> bool:
    """Alembic's own table is no service's, and partitions belong to the table that they are parts of."""
    return not (kind == "table" and reflected and compared_to is None and _is_made_aside(name or ""))


def _is_made_aside(table: str) -> bool:
    return table == "alembic_version" or table.startswith("event_")
