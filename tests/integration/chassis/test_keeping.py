"""What the chassis keeps goes when it is old, and only then; migrations run once, however many ask."""

import pytest
import sqlalchemy as sa

from services.chassis import housekeeping, migrate
from services.chassis.ids import new_id
from tests.integration.chassis.things import Things, together


def insert(service: Things, statement: str, **values: object) -> None:
    with service.engine.begin() as connection:
        connection.execute(sa.text(statement), values)


@pytest.mark.parametrize(("table", "days"), [("inbox", 400), ("idempotency", 7), ("fired", 400), ("cancelled", 400)])
def test_only_what_is_older_than_its_days_goes(service: Things, table: str, days: int) -> None:
    statements = {
        "inbox": "INSERT INTO inbox VALUES (:name, :id, now() - :age * interval '1 day')",
        "idempotency": "INSERT INTO idempotency VALUES ('p', :name, 'f', '{}', now() - :age * interval '1 day')",
        "fired": "INSERT INTO deadline (id, subject, kind, due_at, not_before, fired_at)"
        " VALUES (:id, :name, 'k', now(), now(), now() - :age * interval '1 day')",
        "cancelled": "INSERT INTO deadline (id, subject, kind, due_at, not_before, cancelled_at)"
        " VALUES (:id, :name, 'k', now(), now(), now() - :age * interval '1 day')",
    }
    for age in (days - 1, days + 1):
        insert(service, statements[table], name=f"{age}", id=new_id(), age=age)
    assert (housekeeping.clean(service.engine), housekeeping.clean(service.engine)) == (1, 0)
    column = {"inbox": "consumer FROM inbox", "idempotency": "key FROM idempotency"}.get(table, "subject FROM deadline")
    assert [row[0] for row in service.rows(f"SELECT {column}")] == [f"{days - 1}"]


def test_open_deadlines_and_the_audit_log_stay_however_old(service: Things) -> None:
    long_ago = "now() - interval '10 years'"
    insert(
        service,
        f"INSERT INTO deadline (id, subject, kind, due_at, not_before) VALUES (:id, 's', 'k', {long_ago}, {long_ago})",
        id=new_id(),
    )
    insert(service, f"INSERT INTO audit (at, actor, action, outcome) VALUES ({long_ago}, 'a', 'b', 'done')")
    insert(
        service,
        "INSERT INTO outbox (event_id, exchange, routing_key, type, body, created_at)"
        f" VALUES (:id, 'e', 'r', 't', '', {long_ago})",
        id=new_id(),
    )
    assert housekeeping.clean(service.engine) == 0


def test_more_than_one_batch_goes(service: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(housekeeping, "BATCH", 10)
    insert(
        service,
        "INSERT INTO inbox SELECT 'c', gen_random_uuid(), now() - interval '500 days' FROM generate_series(1, 25)",
    )
    assert housekeeping.clean(service.engine) == 25


def test_migrating_again_changes_nothing_and_many_at_once_wait_for_one_another(database: str) -> None:
    assert together(*[lambda: migrate.upgrade("incident", database)] * 3) == [None, None, None]
    migrate.upgrade("incident", database)
    engine = sa.create_engine(database)
    assert {"case", "outbox", "inbox", "deadline", "audit"} <= set(sa.inspect(engine).get_table_names())
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM alembic_version")) == 1
    engine.dispose()


def test_a_service_that_does_not_exist_is_named(database: str) -> None:
    with pytest.raises(LookupError, match="nobody"):
        migrate.upgrade("nobody", database)
