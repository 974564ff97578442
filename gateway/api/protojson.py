"""Between protobuf messages and the JSON of the public interface, and the JSON Schema of what leaves.

Names stay as in the .proto (snake_case). 64-bit integers are JSON numbers, not texts as protobuf's own mapping has
them; times are RFC 3339 texts; an optional field that is not set is null, every other field is always there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor
from google.protobuf.descriptor import FieldDescriptor as F
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.protobuf.struct_pb2 import Struct, Value
from google.protobuf.timestamp_pb2 import Timestamp

WELL_KNOWN = "google.protobuf."
Field = Any
"""A field's descriptor: the C implementation has another class than the published one."""


def to_message(descriptor: Descriptor, values: Mapping[str, Any]) -> Message:
    """A message of `descriptor` filled from `values`; None means "not set". ParseError for a name it does not have."""
    return json_format.ParseDict(_without_none(values), GetMessageClass(descriptor)())


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_none(entry) for key, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [_without_none(entry) for entry in value]
    return value


def to_json(message: Message) -> Any:
    """The JSON value of `message`, with every field of its type (module docstring)."""
    if isinstance(message, Struct):
        return {name: _free(value) for name, value in message.fields.items()}
    if isinstance(message, Timestamp):
        return message.ToJsonString()
    if message.DESCRIPTOR.full_name.startswith(WELL_KNOWN):
        return json_format.MessageToDict(message)
    return {name: read(message) for name, read in _readers(message.DESCRIPTOR)}


def _free(value: Value) -> Any:
    """The JSON value in a Struct, whose numbers are all doubles: whole ones become integers again."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return to_json(value.struct_value)
    if kind == "list_value":
        return [_free(entry) for entry in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    return None if kind in (None, "null_value") else getattr(value, kind)


@lru_cache(maxsize=512)
def _readers(descriptor: Descriptor) -> Sequence[tuple[str, Callable[[Message], Any]]]:
    """How each field of a message is read, worked out once: lists have thousands of them."""
    return tuple((field.name, _reader(field)) for field in descriptor.fields)


def _reader(field: Field) -> Callable[[Message], Any]:
    read, name = attrgetter(field.name), field.name
    if _is_map(field):
        entry = _scalar(field.message_type.fields_by_name["value"])
        return lambda message: {str(key): entry(value) for key, value in read(message).items()}
    scalar = _scalar(field)
    if field.is_repeated:
        return lambda message: [scalar(entry) for entry in read(message)]
    if field.has_presence:
        return lambda message: scalar(read(message)) if message.HasField(name) else None
    return read if scalar is _same else lambda message: scalar(read(message))


def _scalar(field: Field) -> Callable[[Any], Any]:
    """What makes a single value of `field` its JSON value."""
    if field.type == F.TYPE_MESSAGE:
        return to_json
    if field.type == F.TYPE_ENUM:
        names = {number: value.name for number, value in field.enum_type.values_by_number.items()}
        return lambda value: names.get(value, value)
    return bytes.hex if field.type == F.TYPE_BYTES else _same


def _same(value: Any) -> Any:
    return value


def _is_map(field: Field) -> bool:
    return bool(field.type == F.TYPE_MESSAGE and field.message_type.GetOptions().map_entry)


INTEGERS = (
    F.TYPE_INT32, F.TYPE_INT64, F.TYPE_UINT32, F.TYPE_UINT64, F.TYPE_SINT32, F.TYPE_SINT64,
    F.TYPE_FIXED32, F.TYPE_FIXED64, F.TYPE_SFIXED32, F.TYPE_SFIXED64,
)  # fmt: skip
SCALARS: Mapping[int, Mapping[str, Any]] = {
    **{kind: {"type": "integer"} for kind in INTEGERS},
    F.TYPE_DOUBLE: {"type": "number"},
    F.TYPE_FLOAT: {"type": "number"},
    F.TYPE_BOOL: {"type": "boolean"},
    F.TYPE_STRING: {"type": "string"},
    F.TYPE_BYTES: {"type": "string", "pattern": "^[0-9a-f]*$"},
}
KNOWN: Mapping[str, Mapping[str, Any]] = {
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.Value": {},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Empty": {"type": "object"},
}


def component_name(descriptor: Descriptor) -> str:
    """The name of the schema of `descriptor` among the OpenAPI components: "incident.Case"."""
    words = descriptor.full_name.split(".")
    return ".".join(words[1:2] + words[3:]) if words[0] == "wangge" and len(words) > 3 else descriptor.full_name


def schema(descriptor: Descriptor, ref: Callable[[str], str]) -> dict[str, Any]:
    """The JSON Schema of what `to_json` makes of `descriptor`; `ref` gives the address of another component."""
    properties = {field.name: _field_schema(field, ref) for field in descriptor.fields}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _field_schema(field: Field, ref: Callable[[str], str]) -> dict[str, Any]:
    if _is_map(field):
        return {
            "type": "object",
            "additionalProperties": _value_schema(field.message_type.fields_by_name["value"], ref),
        }
    value = _value_schema(field, ref)
    if field.is_repeated:
        return {"type": "array", "items": value}
    return {"anyOf": [value, {"type": "null"}]} if field.has_presence else value


def _value_schema(field: Field, ref: Callable[[str], str]) -> dict[str, Any]:
    if field.type == F.TYPE_ENUM:
        return {"type": "string", "enum": [value.name for value in field.enum_type.values]}
    if field.type != F.TYPE_MESSAGE:
        return dict(SCALARS[field.type])
    if field.message_type.full_name in KNOWN:
        return dict(KNOWN[field.message_type.full_name])
    return {"$ref": ref(component_name(field.message_type))}


def reached(descriptor: Descriptor, seen: set[str] | None = None) -> Iterator[Descriptor]:
    """`descriptor` and every message type that it holds, each once, without maps and protobuf's own types."""
    seen = set() if seen is None else seen
    if descriptor.full_name in seen or descriptor.full_name.startswith(WELL_KNOWN):
        return
    seen.add(descriptor.full_name)
    if not descriptor.GetOptions().map_entry:
        yield descriptor
    for field in descriptor.fields:
        if field.message_type is not None:
            yield from reached(field.message_type, seen)
