"""A question that is compiled once says what SQLAlchemy's own execution would."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from services.chassis.asked import Asked

METADATA = sa.MetaData()
THINGS = sa.Table(
    "thing",
    METADATA,
    sa.Column("id", UUID(as_uuid=False)),
    sa.Column("name", sa.Text),
    sa.Column("words", ARRAY(sa.Text)),
    sa.Column("content", JSONB),
    sa.Column("at", sa.DateTime(timezone=True)),
)
ROW = {
    "name": "100 % 网格",
    "words": ["a", "%s"],
    "content": {"k": [1, None]},
    "at": datetime(2026, 11, 27, tzinfo=UTC),
}


def test_a_question_compiled_once_gives_the_same_rows(database: str) -> None:
    engine = sa.create_engine(database, connect_args={"options": "-c timezone=UTC"})
    METADATA.create_all(engine)
    columns = (THINGS.c.name, THINGS.c.words, THINGS.c.content, THINGS.c.at)
    query = sa.select(*columns).where(THINGS.c.name == sa.bindparam("name"), THINGS.c.name.like("100 \\%%")).limit(1)
    with engine.connect() as connection:
        connection.execute(sa.insert(THINGS), [ROW, {**ROW, "name": "other"}])
        found = Asked(query).of(connection, name=ROW["name"]).mappings().all()
        assert found == connection.execute(query, {"name": ROW["name"]}).mappings().all() == [ROW]
        assert Asked(query).of(connection, name="nobody").one_or_none() is None
    engine.dispose()


def test_what_psycopg2_gives_otherwise_than_our_rows_have_it_is_refused() -> None:
    with pytest.raises(ValueError, match="UUID"):
        Asked(sa.select(THINGS.c.id))
