"""From what was sent to what the declaration wants: path, query and body through their schemas.

Raises Invalid (422) with one fault for each wrong input: its path, a code, and what would be right in both languages.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError
from marshmallow import fields as ma
from starlette.datastructures import QueryParams

from services.chassis.errors import Fault, Invalid

from .body import check_text
from .declare import Declaration
from .fields import Request, from_text, saying


def path_values(declaration: Declaration, given: Mapping[str, str]) -> dict[str, Any]:
    """The checked parameters of the path."""
    if not given:
        return {}
    loader = _path_loader(declaration)
    for name, text in given.items():
        check_text(text, ("path", name))
    values = {name: from_text(loader.fields[name], text) for name, text in given.items()}
    return dict(_load(loader, values, "path"))


def query_values(schema: type[Request] | None, given: QueryParams) -> dict[str, Any]:
    """The checked query; a name given twice is refused unless its field is a list."""
    names = dict.fromkeys(given.keys())
    if schema is None and not names:
        return {}
    loader = _loader(schema or Request)
    values = {name: _query_value(loader.fields.get(name), name, given.getlist(name)) for name in names}
    return dict(_load(loader, values, "query"))


def _query_value(field: ma.Field[Any] | None, name: str, texts: list[str]) -> Any:
    check_text(name, ("query",))
    for text in texts:
        check_text(text, ("query", name))
    if isinstance(field, ma.List):
        return [from_text(field.inner, text) for text in texts]
    if len(texts) > 1:
        fault = Fault(f"query.{name}", "repeated", "只能给出一次", "may be given once only")
        raise Invalid(faults=[fault])
    return from_text(field, texts[0]) if field is not None else texts[0]


def body_values(schema: type[Request], document: Any) -> Any:
    """The checked body."""
    return _load(_loader(schema), document, "")


@cache
def _loader(schema: type[Request]) -> Request:
    """The one loader of `schema`: making one copies every field of it, which costs more than loading."""
    return schema()


@cache
def _path_loader(declaration: Declaration) -> Schema:
    return Request.from_dict(declaration.parameters)()


def _load(schema: Schema, document: Any, root: str) -> Any:
    try:
        values: Any = schema.load(document)
        return values
    except ValidationError as error:
        raise Invalid(faults=list(faults(error.messages, root))[:100]) from error


def faults(messages: Any, path: str) -> Iterator[Fault]:
    """One fault for each message of marshmallow's nested `messages`; `_schema` stands for the object itself."""
    if isinstance(messages, dict):
        for name, below in messages.items():
            here = path if name == "_schema" else f"{path}.{name}".lstrip(".")
            yield from faults(below, here)
    elif isinstance(messages, list):
        for message in messages:
            yield from faults(message, path)
    else:
        said = saying(str(messages))
        yield Fault(path, said.code, said.zh, said.en)
