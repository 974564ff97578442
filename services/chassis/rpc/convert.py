"""Between protobuf messages and the dataclasses of commands, by field name and type.

`to_command` reads a request into a frozen dataclass: optional fields that are absent become None, repeated ones
tuples, timestamps aware datetimes, nested messages nested dataclasses, `Struct` dictionaries. `to_reply` fills a reply
from plain values, a thousand rows of a list in a few milliseconds. Names that do not match are programming errors and
raise at once.
"""

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, TypeVar, cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from services.chassis.errors import Fault, Invalid

C = TypeVar("C")
R = TypeVar("R", bound=Message)


def to_command(command: type[C], request: Message, **given: Any) -> C:
    """Build `command` from `request`; `given` sets fields that the request does not carry.

    Raises Invalid when the dataclass itself refuses a value (ValueError of its `__post_init__`).
    """
    hints = _hints(cast(type, command))
    values = {name: _read(request, name, hint) for name, hint in hints.items() if name not in given}
    try:
        return command(**values, **given)
    except ValueError as error:
        raise Invalid(faults=[Fault("", "invalid", str(error), str(error))]) from error


@lru_cache(maxsize=512)
def _hints(cls: type) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in dataclasses.fields(cls)}


def _read(message: Message, name: str, hint: Any) -> Any:
    field = message.DESCRIPTOR.fields_by_name[name]
    if field.has_presence and not message.HasField(name):
        return None
    value = getattr(message, name)
    if typing.get_origin(hint) is tuple:
        item = typing.get_args(hint)[0]
        return tuple(_value(each, item) for each in value)
    return _value(value, hint)


def _value(value: Any, hint: Any) -> Any:
    if isinstance(value, Timestamp):
        return value.ToDatetime(tzinfo=UTC)
    if isinstance(value, Struct):
        return MessageToDict(value)
    plain = _without_none(hint)
    if isinstance(value, Message) and dataclasses.is_dataclass(plain):
        return to_command(cast(type, plain), value)
    if isinstance(value, str) and plain is not str and isinstance(plain, type):
        return plain(value)
    return value


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) in (types.UnionType, typing.Union):
        return next(each for each in typing.get_args(hint) if each is not types.NoneType)
    return hint


def to_reply(reply: type[R], values: Mapping[str, Any]) -> R:
    """Build a `reply` message from plain values (datetimes, dates, tuples and None are understood).

    Raises ValueError for a name that the message does not have, TypeError for a value of the wrong kind.
    """
    return reply(**_fitting(reply.DESCRIPTOR, values))


def _fitting(descriptor: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """What the constructor of a message takes: it fills nested messages itself, in C, from dictionaries."""
    prepares = _prepares(descriptor)
    given = {}
    for name, value in values.items():
        if value is not None:
            prepare = prepares.get(name)
            given[name] = value if prepare is None else prepare(value)
    return given


@lru_cache(maxsize=512)
def _prepares(descriptor: Any) -> Mapping[str, Callable[[Any], Any]]:
    """For the fields of a message whose values the constructor does not take as they are: what makes them so."""
    found = ((field.name, field.is_repeated, _prepare(field)) for field in descriptor.fields)
    return {name: _of_each(one) if repeated else one for name, repeated, one in found if one is not None}


def _prepare(field: Any) -> Callable[[Any], Any] | None:
    if field.type != FieldDescriptor.TYPE_MESSAGE:
        return SCALARS.get(field.type)
    if field.message_type.GetOptions().map_entry:
        return None
    return KNOWN.get(field.message_type.full_name) or partial(_fitting, field.message_type)


def _of_each(prepare: Callable[[Any], Any]) -> Callable[[Any], list[Any]]:
    return lambda values: [prepare(each) for each in values]


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if hasattr(value, "isoformat") else value


def _whole(value: Any) -> Any:
    """A whole number, also where it comes as 3.0 out of a JSON document."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _moment(value: Any) -> Any:
    """A moment, also where it comes as text out of a JSON document."""
    if not isinstance(value, str):
        return value
    moment = Timestamp()
    moment.FromJsonString(value)
    return moment


def _struct(values: Mapping[str, Any]) -> Struct:
    return ParseDict(_plain(values), Struct())


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(each) for each in value]
    return _text(value)


SCALARS: Mapping[int, Callable[[Any], Any]] = {
    FieldDescriptor.TYPE_STRING: _text,
    FieldDescriptor.TYPE_INT32: _whole,
    FieldDescriptor.TYPE_INT64: _whole,
}
KNOWN: Mapping[str, Callable[[Any], Any]] = {
    Timestamp.DESCRIPTOR.full_name: _moment,
    Struct.DESCRIPTOR.full_name: _struct,
}
