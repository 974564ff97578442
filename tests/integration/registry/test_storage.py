"""Migrations, audit, cleaning: what the database holds and for how long."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from services.chassis import audit, migrate
from services.registry.repository import cleaning
from services.registry.tables import METADATA

from .conftest import NOON, PASSWORD, VILLAGES, Refused, Registry, grid_row


def test_migrations_make_exactly_the_tables(database: str) -> None:
    for _ in range(2):
        migrate.upgrade("registry", database)
    engine = sa.create_engine(database, poolclass=sa.NullPool)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT code FROM grid WHERE code LIKE '371321106%'",
        "SELECT code FROM division WHERE code LIKE '371321106%'",
        "SELECT id FROM post WHERE grid_code LIKE '371321106%'",
        "SELECT code FROM grid WHERE path @> ARRAY['371321106000001']",
    ],
)
def test_prefixes_and_paths_are_served_by_indexes(county: Registry, statement: str) -> None:
    with county.service.engine.connect() as connection:
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(row[0] for row in connection.execute(sa.text(f"EXPLAIN {statement}")))
    assert "Index Cond" in plan
    assert "Seq Scan" not in plan


@pytest.mark.rule("PRV-03", "PRV-05")
def test_who_did_what_is_chained_and_a_change_is_found(county: Registry, tmp_path: Path) -> None:
    county.operator("SetActive", person_id=county.ids["li"], active=False)
    member = county.with_roles("grid-member")
    with pytest.raises(Refused):
        member("SetActive", person_id=county.ids["li"], active=True)
    anchor = tmp_path / "anchors" / "registry.log"
    engine = county.service.engine
    assert audit.seal(engine, anchor) > 0
    assert audit.first_broken(engine, anchor) is None
    last = county.rows("SELECT actor, action, outcome FROM audit ORDER BY id")[-2:]
    assert [(row.action, row.outcome) for row in last] == [("SetActive", "done"), ("SetActive", "forbidden")]
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE audit SET actor = 'nobody' WHERE action = 'SetActive'"))
    assert audit.first_broken(engine, anchor) is not None


def test_cleaning_keeps_what_is_still_needed(county: Registry) -> None:
    county.signed_in("wang", PASSWORD)
    with pytest.raises(Refused):
        county.anyone("SignIn", username="nobody", password="whatever-it-is")
    engine = county.service.engine
    assert cleaning.clean(engine, NOON + timedelta(hours=1)) == 1
    assert [row[0] for row in county.rows("SELECT count(*) FROM session")] == [1]
    assert [row[0] for row in county.rows("SELECT count(*) FROM guard")] == [1]
    assert cleaning.clean(engine, NOON + timedelta(days=8)) == 2
    assert [row[0] for row in county.rows("SELECT count(*) FROM refresh_token")] == [0]


def test_imports_at_the_same_time_never_share_a_number(county: Registry) -> None:
    def import_one(number: int) -> str:
        row = grid_row("one", f"网格{number}", 4, VILLAGES[:1], parent_code=county.ids["v1"])
        return str(county.operator("ImportGrids", rows=[row]).rows[0].id)

    with ThreadPoolExecutor(4) as pool:
        codes = list(pool.map(import_one, range(8)))
    assert sorted(codes) == [f"{VILLAGES[0]}{number:03d}" for number in range(2, 10)]


def test_changes_at_the_same_time_are_counted_one_after_the_other(county: Registry) -> None:
    def set_roles(number: int) -> Any:
        areas = [f"371321{100 + number}"]
        return county.operator("SetRoles", person_id=county.ids["li"], roles=["verifier"], areas=areas).version

    with ThreadPoolExecutor(4) as pool:
        versions = sorted(pool.map(set_roles, range(8)))
    assert versions == list(range(2, 10))
    assert [event.sequence for event in county.events("person-changed", county.ids["li"])] == list(range(1, 10))
