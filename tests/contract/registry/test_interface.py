"""The servicer answers every call that wangge.registry.v1 declares, and every command fits its request."""

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterator

import pytest

from services.chassis.messages import Command, DeadlinePassed
from services.registry import api, messages
from services.registry.handlers import HANDLERS
from wangge.registry import v1
from wangge.registry.v1 import registry_pb2 as pb

MODULES = [
    importlib.import_module(each.name)
    for each in pkgutil.iter_modules(v1.__path__, f"{v1.__name__}.")
    if each.name.endswith("_pb2")
]
METHODS = {
    f"{service.full_name}/{method}": service.name
    for module in MODULES
    for service in module.DESCRIPTOR.services_by_name.values()
    for method in service.methods_by_name
}
MADE_BY_THE_API = {"RegisterApplication": {"key"}}
REQUEST_OF = {"LookAtPerson": "GetPersonRequest", "LookAtPlace": "GetPlaceRequest"}
for _part in pkgutil.iter_modules(messages.__path__, f"{messages.__name__}."):
    importlib.import_module(_part.name)


def leaves(root: type[Command]) -> Iterator[type[Command]]:
    """The commands of the registry below `root` that are handled: those that others are not derived from."""
    for each in root.__subclasses__():
        if each.__subclasses__():
            yield from leaves(each)
        elif each.__module__.startswith(messages.__name__):
            yield each


COMMANDS = list(leaves(Command))


def test_servicer_has_every_method() -> None:
    lacking = [
        name
        for name, service in METHODS.items()
        if not callable(getattr(api.SERVICERS[service], name.rpartition("/")[2], None))
    ]
    assert lacking == []


def test_public_methods_exist() -> None:
    assert {name.removeprefix("/") for name in api.PUBLIC} <= METHODS.keys()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.__name__)
def test_command_has_the_fields_of_its_request(command: type[Command]) -> None:
    name = REQUEST_OF.get(command.__name__, f"{command.__name__}Request")
    (request,) = (getattr(module, name) for module in MODULES if hasattr(module, name))
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
