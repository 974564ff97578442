"""Migrations: Alembic, one line of versions in each service's `migrations/` folder."""

import importlib.util
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config

UPGRADE_LOCK = 7_301_002


def upgrade(service: str, uri: str) -> None:
    """Bring the database of `service` at `uri` to the newest version; two at once wait for each other."""
    config = Config()
    config.set_main_option("script_location", str(_folder(service)))
    engine = sa.create_engine(uri, poolclass=sa.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:id)"), {"id": UPGRADE_LOCK})
        connection.commit()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _folder(service: str) -> Path:
    spec = importlib.util.find_spec(f"services.{service}")
    if spec is None or not spec.submodule_search_locations:
        raise LookupError(f"no service {service}")
    return Path(next(iter(spec.submodule_search_locations))) / "migrations"


def run_env() -> None:
    """What a service's `migrations/env.py` calls: run the pending versions in one transaction."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
