"""The plan's JSON Schema, carried out: the standard keywords and the plan's own, which schema.yaml explains.

`violations` gives every violation, `expand` fills in defaults and replaces the small notations by their parsed
form; both are guided by schema.yaml alone.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from ruamel.yaml import YAML

from services.registry.plan import amounts
from services.registry.plan.catalogue import catalogue_matters
from services.registry.plan.formulas import parse_formula
from services.registry.plan.quoting import stands_in
from services.registry.plan.recurrences import parse_rule

Schema = Mapping[str, Any]
Errors = Iterator[ValidationError]
_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "amount": amounts.parse_amount,
    "moment": amounts.parse_moment,
    "clock-span": amounts.parse_span,
    "date": amounts.parse_date,
    "timezone": amounts.parse_timezone,
    "rrule": parse_rule,
    "formula": parse_formula,
}
_REPLACED = ("amount", "moment", "clock-span")  # formats whose parsed form stands in the expanded document
_OTHER_LISTS = {"groups": ("matters", "groups"), "schemes": ("score", "schemes")}


@cache
def plan_schema() -> dict[str, Any]:
    """The schema document, JSON Schema 2020-12."""
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("schema.yaml"))
    return loaded


class Finding(ValidationError):
    """A violation of one of the plan's own keywords: its code and the values for its sentence."""

    def __init__(self, code: str, path: tuple[str | int, ...] = (), **params: Any) -> None:
        super().__init__(code, path=path)
        self.finding, self.params = code, params


@dataclass(frozen=True)
class Lookup:
    """What the plan's own keywords look things up in: ids by section, the source texts, the plan's own source."""

    known: Mapping[str, list[str]]
    sources: Mapping[str, str]
    main_source: str

    @classmethod
    def of(cls, document: Mapping[str, Any], sources: Mapping[str, str]) -> "Lookup":
        plan = document.get("plan")
        main = plan.get("source") if isinstance(plan, dict) else None
        return cls(_known_ids(document) | {"sources": list(sources)}, sources, main if isinstance(main, str) else "")


def violations(document: Mapping[str, Any], lookup: Lookup) -> Errors:
    """Every violation; those of the plan's own keywords are Findings."""
    keywords = _Keywords(lookup)
    own = {name: getattr(keywords, name) for name in ("traced", "quotes", "refers", "keyed", "required")}
    own |= {"additionalProperties": keywords.additional}
    validator: Any = extend(Draft202012Validator, own)  # type: ignore[no-untyped-call]
    yield from validator(plan_schema(), format_checker=_formats()).iter_errors(document)


class _Keywords:
    """The functions behind the plan's own keywords, in the form that jsonschema calls them."""

    def __init__(self, lookup: Lookup) -> None:
        self.lookup = lookup

    def traced(self, validator: Any, _value: bool, entry: Any, schema: Schema) -> Errors:
        if not isinstance(entry, dict):
            return
        words, assumed = entry.get("words"), entry.get("assumed") is True
        if not words and not assumed:
            yield Finding("untraced")
        elif words and assumed:
            yield Finding("both-traced")
        yield from self.quotes(validator, "words", entry, schema)

    def quotes(self, _validator: Any, key: str, entry: Any, _schema: Schema) -> Errors:
        words = entry.get(key) if isinstance(entry, dict) else None
        if not isinstance(words, str) or not words:
            return
        source = entry.get("source", self.lookup.main_source)
        text = self.lookup.sources.get(source) if isinstance(source, str) else None
        if text is not None and not stands_in(words, text):  # an unknown source is reported where it is named
            yield Finding("not-in-source", (key,), words=words, source=source)

    def refers(self, _validator: Any, section: str, value: Any, _schema: Schema) -> Errors:
        known = self.lookup.known.get(section, [])
        if isinstance(value, str) and value not in known:
            yield Finding("unknown-reference", value=value, section=section, known=known)

    def keyed(self, _validator: Any, key: str, entries: Any, _schema: Schema) -> Errors:
        seen: dict[str, int] = {}
        for position, entry in enumerate(entries if isinstance(entries, list) else []):
            name = entry.get(key) if isinstance(entry, dict) else None
            if not isinstance(name, str):
                continue
            if name in seen:
                yield Finding("duplicate-id", (position, key), id=name, twin=(seen[name], key))
            seen.setdefault(name, position)

    def required(self, _validator: Any, names: list[str], entry: Any, _schema: Schema) -> Errors:
        for name in names if isinstance(entry, dict) else []:
            if name not in entry:
                yield Finding("missing", key=name)

    def additional(self, _validator: Any, _allowed: bool, entry: Any, schema: Schema) -> Errors:
        known = list(schema["properties"])
        for name in entry if isinstance(entry, dict) else []:
            if name not in known:
                yield Finding("unknown-key", (name,), key=name, known=known)


@cache
def _formats() -> FormatChecker:
    checker = FormatChecker(formats=())
    for name, parse in _PARSERS.items():
        checker.checks(name, raises=amounts.Unreadable)(_understood(parse))
    return checker


def _understood(parse: Callable[[str], Any]) -> Callable[[object], bool]:
    def understood(value: object) -> bool:
        if isinstance(value, str):
            parse(value)
        return True

    return understood


def entries(parent: Any, *keys: str) -> list[dict[str, Any]]:
    """The mappings in the list at `keys` below `parent`; none where there is no such list."""
    for key in keys:
        parent = parent.get(key) if isinstance(parent, dict) else None
    return [entry for entry in parent if isinstance(entry, dict)] if isinstance(parent, list) else []


def ids(found: list[dict[str, Any]], key: str = "id") -> list[str]:
    """The text ids of entries, in order."""
    return [entry[key] for entry in found if isinstance(entry.get(key), str)]


def _known_ids(document: Mapping[str, Any]) -> dict[str, list[str]]:
    known = {section: ids(entries(document, section)) for section in plan_schema()["properties"]}
    known |= {name: ids(entries(document, *path)) for name, path in _OTHER_LISTS.items()}
    known["matters"] = [matter.code for matter in catalogue_matters(used_catalogues(document))]
    known["matters"] += ids(entries(document, "matters", "own"), "code")
    return known


def used_catalogues(document: Mapping[str, Any]) -> list[str]:
    """The names of the catalogues that the plan's matters build on."""
    matters = document.get("matters")
    names = matters.get("catalogues") if isinstance(matters, dict) else None
    return list(Counter(name for name in names if isinstance(name, str))) if isinstance(names, list) else []


def expand(value: Any, schema: Schema) -> Any:
    """`value`, valid under `schema`, with its defaults filled in and its notations parsed; a new structure."""
    schema = _followed(schema)
    if isinstance(value, dict):
        return _expand_mapping(value, schema.get("properties", {}))
    if isinstance(value, list):
        return [expand(entry, schema.get("items", {})) for entry in value]
    if schema.get("format") in _REPLACED:
        return _PARSERS[schema["format"]](value)
    return value


def _expand_mapping(value: dict[str, Any], properties: Schema) -> dict[str, Any]:
    given = {key: expand(child, properties.get(key, {})) for key, child in value.items()}
    absent = {key: child for key, child in properties.items() if key not in value and "default" in child}
    return given | {key: expand(child["default"], child) for key, child in absent.items()}


def _followed(schema: Schema) -> Schema:
    while "$ref" in schema:
        schema = plan_schema()["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    return schema
