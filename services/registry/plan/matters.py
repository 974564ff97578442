"""The full list of matters that a plan makes of catalogues, groups, own matters and overrides (INC-03, INC-04, INC-05).

For each matter: what the defaults say, over it what its group says, then what its own entry says, then the
overrides that name its code, in their order. Limits merge step by step in the same order; the limits of the
matter's default way come right after the defaults, those of another way on top of all. A step that the way does
not have is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.registry.plan.catalogue import catalogue_matters
from services.registry.plan.problems import Path

_ABSENT: dict[str, Any] = {
    "duty": None,
    "bottom_line": None,
    "must_report": False,
    "must_arrive": False,
    "confidential": False,
    "questions": [],
    "duplicates": None,
}
HANDLING = ("way", "ways", "urgency", "limits", "publish", *_ABSENT)
_TRACE = ("words", "assumed", "source")
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class _Named:
    code: str
    name: str
    standard_ref: str | None
    origin: str
    group: Entry
    layers: tuple[Entry, ...]  # the group first, the strongest last


def expand_matters(document: Entry) -> list[dict[str, Any]]:
    """The matters of an otherwise expanded document, by code; a matter without a group of its class is left out."""
    section = document["matters"]
    ways = {way["id"]: way for way in document["ways"]}
    duties = {duty["id"]: duty for duty in document["duties"]}
    named = [*_from_catalogue(section), *_own(section)]
    return sorted(
        (_matter(each, section["defaults"], ways, duties) for each in named), key=lambda matter: matter["code"]
    )


def matter_place(section: Entry, matter: Entry) -> Path:
    """The strongest entry of the section as read that speaks about an expanded matter."""
    overrides, own, groups = section.get("overrides", []), section.get("own", []), section["groups"]
    naming = [("overrides", i) for i, override in enumerate(overrides) if matter["code"] in override["codes"]]
    naming = naming or [("own", i) for i, entry in enumerate(own) if entry["code"] == matter["code"]]
    naming = naming or [("groups", i) for i, group in enumerate(groups) if group["id"] == matter["group"]]
    return ("matters", *naming[-1])


def _from_catalogue(section: Entry) -> list[_Named]:
    groups = {group["name"]: group for group in section["groups"]}
    named = []
    for matter in catalogue_matters(section["catalogues"]):
        if group := groups.get(matter.class_name):
            layers = _layers(section, group, matter.code)
            named.append(_Named(matter.code, matter.name, matter.standard_ref, "catalogue", group, layers))
    return named


def _own(section: Entry) -> list[_Named]:
    groups = {group["id"]: group for group in section["groups"]}
    return [
        _Named(
            own["code"], own["name"], own.get("standard_ref"), "county", groups[own["group"]],
            _layers(section, groups[own["group"]], own["code"], own),
        )
        for own in section["own"]
    ]  # fmt: skip


def _layers(section: Entry, group: Entry, code: str, *own: Entry) -> tuple[Entry, ...]:
    return (group, *own, *(override for override in section["overrides"] if code in override["codes"]))


def _matter(named: _Named, defaults: Entry, ways: Mapping[str, Entry], duties: Mapping[str, Entry]) -> dict[str, Any]:
    handling: dict[str, Any] = dict(_ABSENT)
    for layer in (defaults, *named.layers):
        handling |= {key: layer[key] for key in HANDLING if key in layer}
    by_way = {way: _steps(way, handling["way"], defaults, named.layers, ways) for way in handling["ways"]}
    duty = duties.get(handling["duty"] or "")
    bottom_line = handling.pop("bottom_line")
    handling.pop("limits")
    return {
        "code": named.code, "name": named.name, "group": named.group["id"], "class": named.group["name"],
        "standard_ref": named.standard_ref, "origin": named.origin, **handling,
        "bottom_line": bottom_line is not None, "bottom_line_kind": bottom_line,
        "lead": duty["lead"] if duty else None, "with": list(duty["with"]) if duty else [],
        "steps": by_way.get(handling["way"], {}), "steps_by_way": by_way,
        **_trace((defaults, *named.layers)),
    }  # fmt: skip


def _steps(
    way: str, default_way: str, defaults: Entry, layers: Sequence[Entry], ways: Mapping[str, Entry]
) -> dict[str, Any]:
    if way not in ways:
        return {}
    order = [defaults, ways[way], *layers] if way == default_way else [defaults, *layers, ways[way]]
    limits: dict[str, Any] = {}
    for layer in order:
        limits |= layer.get("limits", {})
    return {step: limits[step] for step in ways[way]["steps"] if step in limits}


def _trace(layers: Sequence[Entry]) -> dict[str, Any]:
    """Where the strongest layer that says something about the handling comes from."""
    speaking = [layer for layer in layers if any(key in layer for key in HANDLING)]
    return {key: speaking[-1].get(key) for key in _TRACE}
