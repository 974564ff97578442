"""The migrations make exactly the tables that the code works with."""

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.assessment import tables


def test_migrated_database_is_what_the_tables_say(migrated):
    engine = sa.create_engine(migrated, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.METADATA) == []
