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
from xml.etree import ElementTree as ET

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
        written: bytes = ET.tostring(_element(document.root, content), encoding="utf-8")
        return DECLARATION + written
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _fit(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _fit(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_fit(each) for each in value]
    if isinstance(value, str):
        return _UNFIT.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return value


def _element(name: str, value: Any) -> ET.Element:
    element = ET.Element(name)
    if isinstance(value, Mapping):
        element.extend(_element(below, each) for below, each in value.items())
    elif isinstance(value, list):
        element.extend(_element(ENTRIES[name], each) for each in value)
    else:
        element.text = _text(value)
    return element


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
