"""The servicer answers every call that wangge.registry.v1 declares, and every command fits its request."""

import dataclasses

import pytest

from services.chassis.messages import Command, DeadlinePassed
from services.registry import api, messages
from services.registry.handlers import HANDLERS
from wangge.registry.v1 import places_pb2
from wangge.registry.v1 import registry_pb2 as pb

METHODS = pb.DESCRIPTOR.services_by_name["Registry"].methods_by_name
PLACES = places_pb2.DESCRIPTOR.services_by_name["Places"].methods_by_name
MADE_BY_THE_API = {"RegisterApplication": {"key"}}
REQUEST_OF = {"LookAtPerson": "GetPersonRequest", "LookAtPlace": "GetPlaceRequest"}
BASES = (Command, messages.places.PlaceCommand)
COMMANDS = [
    each
    for module in (messages, messages.places)
    for each in vars(module).values()
    if isinstance(each, type) and issubclass(each, Command) and each not in BASES
]


def test_servicer_has_every_method() -> None:
    assert [name for name in METHODS if not callable(getattr(api.Servicer, name, None))] == []
    assert [name for name in PLACES if not callable(getattr(api.places.Servicer, name, None))] == []


def test_public_methods_exist() -> None:
    assert {name.rpartition("/")[2] for name in api.PUBLIC} <= set(METHODS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_command_has_the_fields_of_its_request(command: type[Command]) -> None:
    name = REQUEST_OF.get(command.__name__, f"{command.__name__}Request")
    request = getattr(pb, name, None) or getattr(places_pb2, name)
    own = {field.name for field in dataclasses.fields(command)} - {"expected_version"}
    own -= MADE_BY_THE_API.get(command.__name__, set())
    assert own == {field.name for field in request.DESCRIPTOR.fields}


@pytest.mark.parametrize(
    "row", ["DivisionRow", "GridRow", "PersonRow", "DepartmentRow", "DutyRow", "Step", "Appointee", "GridPart"]
)
def test_rows_have_the_fields_of_their_messages(row: str) -> None:
    own = {field.name for field in dataclasses.fields(getattr(messages, row))}
    assert own == {field.name for field in getattr(pb, row).DESCRIPTOR.fields}


def test_every_command_has_its_handler() -> None:
    assert set(HANDLERS) == {*COMMANDS, DeadlinePassed}
