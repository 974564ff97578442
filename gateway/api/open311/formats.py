"""One document, two formats: XML as the specification shows it, JSON by its "Spark convention".

A container whose children are all of one kind is an array in JSON (`ENTRIES` names the kind for XML); as a root it is a
bare array. Both formats say the same: what XML 1.0 cannot carry (control characters, lone surrogates) is taken out
of both, and line ends are line feeds in both.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

ENTRIES: Mapping[str, str] = {
    "services": "service",
    "attributes": "attribute",
    "values": "value",
    "service_requests": "request",
    "errors": "error",
    "endpoints": "endpoint",
    "formats": "format",
}
JSON, XML = "json", "xml"
MEDIA_TYPES: Mapping[str, str] = {JSON: "application/json; charset=utf-8", XML: "text/xml; charset=utf-8"}
DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_UNFIT = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Document:
    """What is answered: the name of its root element, and dictionaries, lists and scalars below."""

    root: str
    content: Any


def write(document: Document, form: str) -> bytes:
    """`document` in UTF-8 as `form`, json or xml."""
    content = _fit(document.content)
    if form == XML:
        written: list[str] = []
        _elements(document.root, content, written)
        return DECLARATION + "".join(written).encode()
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _fit(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isprintable() else _UNFIT.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, dict):
        return {name: _fit(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_fit(each) for each in value]
    return value


def _elements(name: str, value: Any, written: list[str]) -> None:
    """Append the element `name`. Text at once: a tree of a long list's 18,000 elements takes five times as long."""
    if value is None or value in ("", [], {}):
        written.append(f"<{name} />")
    elif isinstance(value, (dict, list)):
        written.append(f"<{name}>")
        for below, each in value.items() if isinstance(value, dict) else ((ENTRIES[name], each) for each in value):
            _elements(below, each, written)
        written.append(f"</{name}>")
    else:
        written.append(f"<{name}>{_text(value)}</{name}>")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(value) if isinstance(value, str) else str(value)
