"""Rows of one transaction written together say the same as SQLAlchemy's own statements would."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis.ids import new_id
from services.chassis.writes import Writes

METADATA = sa.MetaData()
THINGS = sa.Table(
    "thing",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("words", ARRAY(sa.Text), nullable=False),
    sa.Column("content", JSONB),
    sa.Column("bare", JSONB(none_as_null=True)),
    sa.Column("at", sa.DateTime(timezone=True)),
    sa.Column("number", sa.Integer, server_default="7"),
)
PARTS = sa.Table(
    "part",
    METADATA,
    sa.Column("thing_id", UUID(as_uuid=False), sa.ForeignKey("thing.id"), primary_key=True),
    sa.Column("limit", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text),
)
NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
AWKWARD = "100 % of '%s' %(x)s; -- \\ \"网格\"\n$1"


@pytest.fixture
def connection(database: str) -> Iterator[sa.Connection]:
    engine = sa.create_engine(database, connect_args={"options": "-c timezone=UTC"})
    METADATA.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def thing(**values: Any) -> dict[str, Any]:
    return {"id": new_id(), "text": AWKWARD, "words": [], "content": None, "bare": None, "at": NOW, **values}


def rows(connection: sa.Connection, table: sa.Table) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def test_what_is_written_together_is_what_single_statements_write(connection: sa.Connection) -> None:
    given = [thing(words=["a", AWKWARD], content={"k": [AWKWARD, None]}), thing(bare={"n": 1}), thing(at=None)]
    writes = Writes(connection)
    writes.insert(THINGS, given)
    writes.send()
    together = rows(connection, THINGS)
    nulls = connection.execute(sa.text("SELECT content::text, bare::text FROM thing ORDER BY id")).all()
    connection.rollback()
    connection.execute(sa.insert(THINGS), given)
    assert together == rows(connection, THINGS)
    assert nulls == connection.execute(sa.text("SELECT content::text, bare::text FROM thing ORDER BY id")).all()


def test_rows_go_in_the_order_in_which_they_were_added(connection: sa.Connection) -> None:
    one, writes = thing(), Writes(connection)
    writes.insert(THINGS, [one])
    writes.insert(PARTS, [{"thing_id": one["id"], "limit": 1, "name": "first"}])
    writes.upsert(PARTS, [{"thing_id": one["id"], "limit": 1, "name": "second"}], ("thing_id", "limit"), ("name",))
    writes.update(THINGS, {"id": one["id"]}, {"text": "new", "words": ["w"], "content": {"a": 1}})
    writes.send()
    assert [row["name"] for row in rows(connection, PARTS)] == ["second"]
    (kept,) = rows(connection, THINGS)
    assert (kept["text"], kept["words"], kept["content"], kept["number"]) == ("new", ["w"], {"a": 1}, 7)


def test_nothing_is_written_before_it_is_sent_nor_after_it_was_forgotten(connection: sa.Connection) -> None:
    writes = Writes(connection)
    writes.insert(THINGS, [thing()])
    assert rows(connection, THINGS) == []
    writes.forget()
    writes.insert(THINGS, [])
    writes.send()
    assert rows(connection, THINGS) == []


def test_a_refusal_names_the_statement_and_no_value(connection: sa.Connection) -> None:
    writes = Writes(connection)
    writes.insert(PARTS, [{"thing_id": new_id(), "limit": 1, "name": "张三 13900001234"}])
    with pytest.raises(sa.exc.IntegrityError) as refused:
        writes.send()
    assert "part" in refused.value.statement
    assert "张三" not in refused.value.statement
