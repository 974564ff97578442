"""What the log keeps of an event, and what is read of the registry's."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from services.chassis.envelope import Envelope, MalformedEvent
from services.chassis.ids import new_id
from services.liaison import schemas


def envelope(data: dict[str, Any], type: str = "incident.dispatched.v1") -> Envelope:
    return Envelope(
        id=new_id(), source="/wangge/371321/x", type=type, subject="s", time=datetime.now(UTC), sequence=4, data=data
    )


def test_further_departments_are_kept():
    heard = replace(envelope({}), concerned=("water-station", "town-office"))
    assert schemas.logged(heard).concerned == ("water-station", "town-office")


@pytest.mark.parametrize(("reporter", "kept"), [("person-1", "person-1"), (None, None), (7, None)])
def test_the_reporter_is_kept_where_one_is_named(reporter: Any, kept: str | None):
    assert schemas.logged(envelope({"reporter_id": reporter})).reporter_id == kept


def test_a_department_is_read_and_what_is_new_in_it_ignored():
    data = {"id": "env-office", "name": "环保所", "active": True, "level": "town", "later": 1}
    read = schemas.department(envelope(data, schemas.DEPARTMENT_CHANGED))
    assert (read.id, read.name, read.active, read.sequence) == ("env-office", "环保所", True, 4)


def test_a_department_without_a_name_is_malformed():
    with pytest.raises(MalformedEvent, match="name"):
        schemas.department(envelope({"id": "env-office", "active": True}, schemas.DEPARTMENT_CHANGED))
