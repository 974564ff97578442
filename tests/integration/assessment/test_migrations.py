"""The migrations make exactly the tables that the code works with, and fill them from what was there."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

import services.assessment
from services.assessment import tables
from services.chassis.migrate import upgrade


def test_migrated_database_is_what_the_tables_say(migrated):
    engine = sa.create_engine(migrated, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), tables.METADATA) == []


def test_stored_facts_tell_which_cases_count(assessment, event, story, database):
    """Merged, self-handled and both, for now and no more: `case.counts` is filled as the repository keeps it."""
    merged = {"into": "main", "keeps_first": True}
    settled = event("filed", 2, "settled", on_time=True, way="settled")
    events = [
        *story("plain")[:2],
        event("merged", 3, "merged", **merged),
        event("merged", 3, "unmerged", **merged),
        event("unmerged", 4, "unmerged", out_of="main", first_report=True),
        settled,
        event("registered", 2, "both", drawn=False, way="settled"),
        event("merged", 3, "both", **merged),
        event("filed", 2, "dispatched-after-all", on_time=True, way="settled", grid="371321"),
        event("filed", 3, "dispatched-after-all", on_time=True),
        event("filed", 2, "nowhere", on_time=True, way="settled", grid="371321"),
    ]
    assessment.take(*events)
    old = sa.create_engine(database, poolclass=sa.NullPool)
    with assessment.service.engine.connect() as source, old.connect() as target:
        config = Config()
        config.set_main_option("script_location", str(Path(services.assessment.__file__).parent / "migrations"))
        config.attributes["connection"] = target
        command.upgrade(config, "0090")
        cases = source.execute(sa.select(tables.cases)).all()
        rows = [{"id": row.id, "problem": row.problem} for row in cases]
        target.execute(sa.text('INSERT INTO "case" (id, problem) VALUES (:id, :problem)'), rows)
        facts = source.execute(sa.select(tables.facts)).mappings()
        target.execute(sa.insert(tables.facts), [dict(row) for row in facts])
        target.commit()
    upgrade("assessment", database)
    with old.connect() as target:
        filled = {row.id: row.counts for row in target.execute(sa.select(tables.cases))}
    assert filled == {row.id: row.counts for row in cases}
    assert {case for case, counts in filled.items() if counts} == {"plain", "unmerged", "dispatched-after-all"}
