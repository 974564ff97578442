"""Every place where the platform could store or tell something, found by walking the schemas themselves."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from google.protobuf.descriptor import Descriptor, FileDescriptor

from services.registry.model.sheets.columns import Table
from tests.architecture.vocabulary import Name

_SAID = ("title", "description", "summary", "$comment", "example")
_COLUMNS = """
    SELECT c.relname, a.attname, coalesce(col_description(c.oid, a.attnum), '')
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND a.attnum > 0 AND NOT a.attisdropped
"""
_TABLES = """
    SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), '')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
      AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
"""
_LABELS = "SELECT t.typname, e.enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid"


def of_metadata(service: str, metadata: sa.MetaData) -> Iterator[Name]:
    """Tables and columns as the code declares them, with their comments."""
    for table in metadata.tables.values():
        yield Name(f"table {service}.{table.name}", table.name, (table.comment or "",))
        for column in table.columns:
            yield Name(f"table {service}.{table.name}.{column.name}", column.name, (column.comment or "",))


def of_database(service: str, connection: sa.Connection) -> Iterator[Name]:
    """Tables, views, composite types, their columns and the labels of enumerations, as PostgreSQL has them."""
    for table, comment in connection.exec_driver_sql(_TABLES):
        yield Name(f"database {service}.{table}", table, (comment,))
    for table, column, comment in connection.exec_driver_sql(_COLUMNS):
        yield Name(f"database {service}.{table}.{column}", column, (comment,))
    for type_name, label in connection.exec_driver_sql(_LABELS):
        yield Name(f"database {service}.{type_name}={label}", label)


def of_json_schema(where: str, schema: Any) -> Iterator[Name]:
    """Every property, parameter and permitted value in a JSON Schema or OpenAPI document, however deep."""
    if isinstance(schema, list):
        for each in schema:
            yield from of_json_schema(where, each)
    if not isinstance(schema, Mapping):
        return
    for name, below in _properties(schema):
        said = tuple(str(below.get(key, "")) for key in _SAID) if isinstance(below, Mapping) else ()
        yield Name(f"{where}.{name}", name, said)
        yield from of_json_schema(f"{where}.{name}", below)
    for value in (*_listed(schema, "enum"), *([schema["const"]] if "const" in schema else ())):
        yield Name(f"{where}={value}", str(value))
    for key, below in schema.items():
        if key not in ("properties", "patternProperties", "enum", "const"):
            yield from of_json_schema(f"{where}{_step(key)}", below)


def _properties(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in ("properties", "patternProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from schema[key].items()


def _listed(schema: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    return tuple(schema[key]) if isinstance(schema.get(key), list) else ()


def _step(key: str) -> str:
    """Keywords that say nothing about the place are left out of its path."""
    silent = ("items", "allOf", "anyOf", "oneOf", "$defs", "components", "schemas", "paths", "schema", "parameters")
    return "" if key in silent else f" {key}" if key.startswith("/") else f".{key}"


def of_openapi(document: Mapping[str, Any]) -> Iterator[Name]:
    """Components, then what operations declare themselves."""
    for name, schema in document["components"]["schemas"].items():
        yield Name(f"api {name}", name)
        yield from of_json_schema(f"api {name}", schema)
    for path, operations in document["paths"].items():
        yield Name(f"api {path}", path)
        for verb, operation in operations.items():
            for each in operation.get("parameters", ()):
                where = f"api {verb} {path}?{each['name']}"
                yield Name(where, each["name"], (each.get("description", ""),))
                yield from of_json_schema(where, each.get("schema"))
            own = {key: value for key, value in operation.items() if key != "parameters"}
            yield from of_json_schema(f"api {verb} {path}", own)


def of_values(where: str, value: Any) -> Iterator[Name]:
    """Every key of a JSON value, however deep."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield Name(f"{where}.{key}", str(key))
            yield from of_values(f"{where}.{key}", below)
    if isinstance(value, list):
        for each in value:
            yield from of_values(where, each)


def of_proto(file: FileDescriptor) -> Iterator[Name]:
    """Messages, fields, and the values of enumerations."""
    for message in file.message_types_by_name.values():
        yield from _of_message(message)
    for enum in file.enum_types_by_name.values():
        yield from (Name(f"proto {enum.full_name}={value.name}", value.name) for value in enum.values)


def _of_message(message: Descriptor) -> Iterator[Name]:
    yield Name(f"proto {message.full_name}", message.name)
    yield from (Name(f"proto {field.full_name}", field.name) for field in message.fields)
    for enum in message.enum_types:
        yield from (Name(f"proto {enum.full_name}={value.name}", value.name) for value in enum.values)
    for nested in message.nested_types:
        yield from _of_message(nested)


def of_sheets(tables: Mapping[str, Table]) -> Iterator[Name]:
    """The columns that imports take and exports give, by their field, with header and note."""
    for table in tables.values():
        for column in table.columns:
            yield Name(f"sheet {table.kind}.{column.field}", column.field, (column.note,))
            yield Name(f"sheet {table.kind}.{column.field} header", column.zh)


def of_plan(document: Mapping[str, Any]) -> Iterator[Name]:
    """What a plan makes people write down: the questions of its matters, the items of its checklists."""
    for question in _found(document, "questions"):
        yield Name(f"plan question {question['id']}", question["id"], (question["text"], *question.get("choices", ())))
    for listed in document.get("checklists", ()):
        for each in listed["classes"]:
            for item in each["items"]:
                yield Name(f"plan item {listed['id']}.{each['id']}.{item['id']}", item["id"], (item["name"],))


def _found(value: Any, key: str) -> Iterator[Mapping[str, Any]]:
    below = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, each in below:
        if name == key and isinstance(each, list):
            yield from each
        yield from _found(each, key)


def proto_files(services: list[str]) -> list[FileDescriptor]:
    """The compiled .proto of every service."""
    return [importlib.import_module(f"wangge.{name}.v1.{name}_pb2").DESCRIPTOR for name in services]
