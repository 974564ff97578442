"""A small service on a database of its own."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from tests.integration.chassis.things import Things


@pytest.fixture
def service(database: str) -> Iterator[Things]:
    options = "-c timezone=UTC -c statement_timeout=20s"
    made = Things(sa.create_engine(database, connect_args={"options": options}, pool_size=10), database)
    yield made
    made.close()
