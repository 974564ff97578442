"""What a schema cannot say about a plan: weights that add up, limits for each step, levels that exist, rules that come.

Each check takes the expanded document and yields a problem's code, its place in the document as read, and the
values for its sentence.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from services.registry.plan.catalogue import catalogue_matters
from services.registry.plan.formulas import parse_formula
from services.registry.plan.matters import matter_place
from services.registry.plan.problems import Path
from services.registry.plan.recurrences import first_due, rules_in

Entry = Mapping[str, Any]
Found = Iterator[tuple[str, Path, dict[str, Any]]]
_MOST_NEVER_DUE = 5
_WEIGHTED = ("ratio", "evaluation", "scheme")


def meaning_errors(plan: Entry, section: Entry, begins: date | None) -> Found:
    """Everything about an expanded document that contradicts itself.

    `plan` holds the sections that are right so far; a check whose sections are not all there is left out.
    `section` is the section of matters as read, to find the entry at fault; `begins` the first day, if there is one.
    """
    for needs, check in _CHECKS:
        if all(name in plan for name in needs):
            yield from check(plan)
    if all(name in plan for name in ("ways", "matters")):
        yield from _matters(plan, section)
    if begins is not None:
        yield from _recurrences(plan, begins)


def _weights(plan: Entry) -> Found:
    total = plan["score"]["total"]
    for position, scheme in enumerate(plan["score"]["schemes"]):
        weights = [one["weight"] for one in scheme["indicators"] if one["kind"] in _WEIGHTED]
        if weights and abs(sum(weights) - total) > 1e-9:
            sums = {"sum": f"{sum(weights):g}", "total": f"{total:g}"}
            yield "weights", ("score", "schemes", position, "indicators"), sums


def _indicators(plan: Entry) -> Iterator[tuple[Path, Entry]]:
    for outer, scheme in enumerate(plan["score"]["schemes"]):
        for inner, indicator in enumerate(scheme["indicators"]):
            yield ("score", "schemes", outer, "indicators", inner), indicator


def _ratios(plan: Entry) -> Found:
    for path, indicator in _indicators(plan):
        if indicator["kind"] == "ratio" and parse_formula(indicator["formula"]).numerator is None:
            yield "no-ratio", (*path, "formula"), {"formula": indicator["formula"]}


def _bonuses(plan: Entry) -> Found:
    for path, indicator in _indicators(plan):
        if indicator["kind"] not in ("bonus", "deduction"):
            continue
        if "cap" not in indicator:
            yield "no-cap", path, {}
        if indicator.get("credit") not in plan["credit"]:
            yield "no-credit", path, {}


def _matters(plan: Entry, section: Entry) -> Found:
    """Each matter's default way is allowed, it has a duty where departments act, and every step has a limit."""
    ways = {way["id"]: way for way in plan["ways"]}
    faults: dict[tuple[str, Path, str], list[str]] = {}
    for matter in plan["matters"]:
        place = matter_place(section, matter)
        for code, about in _matter_faults(matter, ways):
            faults.setdefault((code, place, about), []).append(matter["code"])
    for (code, place, about), codes in faults.items():
        yield code, place, {"codes": _some(codes), "way": about, "step": about}


def _matter_faults(matter: Entry, ways: Mapping[str, Entry]) -> Iterator[tuple[str, str]]:
    if not matter["duty"] and "dispatched" in matter["ways"]:
        yield "matter-without-duty", ""
    for way in matter["ways"]:
        if way not in ways:
            yield "way-undefined", way
    if matter["way"] not in matter["ways"]:
        yield "way-not-allowed", matter["way"]
    steps = {step for way in matter["ways"] if way in ways for step in ways[way]["steps"]}
    given = {step for limits in matter["steps_by_way"].values() for step in limits}
    for step in sorted(steps - given):
        yield "matter-without-limit", step


def _some(codes: list[str]) -> str:
    return ", ".join(codes[:5]) + (f" … ({len(codes)})" if len(codes) > 5 else "")


def _groups(plan: Entry) -> Found:
    names = {group["name"] for group in plan["matter_groups"]}
    wanted = dict.fromkeys(matter.class_name for matter in catalogue_matters(plan["catalogues"]))
    for name in wanted:
        if name not in names:
            yield "matter-without-group", ("matters", "groups"), {"value": name}


def _levels(plan: Entry) -> Found:
    numbers = {level["id"]: level["level"] for level in plan["levels"]}
    for position, level in enumerate(plan["levels"]):
        for inner, above in enumerate(level["under"]):
            if numbers[above] >= level["level"]:
                yield "level-gap", ("levels", position, "under", inner), {"value": above}


def _escalation(plan: Entry) -> Found:
    known = sorted({level["level"] for level in plan["levels"]})
    for position, step in enumerate(plan["escalation"]):
        for side in ("from", "to"):
            if isinstance(step[side], int) and step[side] not in known:
                choices = ", ".join(map(str, known))
                yield "unknown-level", ("escalation", position, side), {"value": step[side], "choices": choices}
        if step["from"] == step["to"]:
            yield "self-reference", ("escalation", position, "to"), {}


def _whistle(plan: Entry) -> Found:
    """Grid leaders may blow the whistle only where a post of theirs may call the upper level (INC-09)."""
    calling = {post["role"] for post in plan["posts"] if "call-upper-level" in post["may"]}
    for position, role in enumerate(plan["whistle"]["by"]):
        if role == "grid-leader" and role not in calling:
            yield "whistle-without-post", ("whistle", "by", position), {"value": role}


def _ranges(plan: Any, path: Path = ()) -> Found:
    """Every `from` and `to` of one kind, wherever they stand: sizes, permitted numbers, dates of phases, campaigns."""
    for key, child in _children(plan):
        yield from _ranges(child, (*path, key))
    if isinstance(plan, Mapping) and path[:1] not in (("escalation",), ("returns",)):
        start, end = plan.get("from"), plan.get("to")
        if _turned(start, end):
            yield "turned-range", (*path, "to"), {"start": start, "end": end}


def _children(value: Any) -> Iterator[tuple[str | int, Any]]:
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _turned(start: Any, end: Any) -> bool:
    numbers = isinstance(start, int | float) and isinstance(end, int | float)
    return bool(start > end) if numbers or (isinstance(start, str) and isinstance(end, str)) else False


def _patrols(plan: Entry) -> Found:
    verifies = {patrol["id"]: patrol.get("verifies") for patrol in plan["patrols"]}
    for position, patrol in enumerate(plan["patrols"]):
        if not (patrol.get("rule") or patrol["by_grade"] or patrol.get("times") or patrol["festivals"]):
            yield "without-rule", ("patrols", position), {}
        if _circular(patrol["id"], verifies):
            yield "self-reference", ("patrols", position, "verifies"), {}


def _visits(plan: Entry) -> Found:
    for position, visit in enumerate(plan["visits"]):
        if not (visit.get("rule") or visit.get("times") or visit["festivals"]):
            yield "without-rule", ("visits", position), {}


def _recurrences(plan: Entry, begins: date) -> Found:
    """A rule that is right in itself may yet never come: it ends before the plan begins, or skips every day it names.

    To see that takes time, so that no more than the first `_MOST_NEVER_DUE` are told at once.
    """
    rules = rules_in({name: section for name, section in plan.items() if name != "matters"})
    never = ((path, rule) for path, rule in rules if first_due(rule, begins) is None)
    for path, rule in islice(never, _MOST_NEVER_DUE):
        yield "never-due", path, {"value": rule, "begins": begins.isoformat()}


def _circular(start: str, following: Mapping[str, str | None]) -> bool:
    here, seen = following.get(start), set[str]()
    while here and here != start and here not in seen:
        seen.add(here)
        here = following.get(here)
    return here == start


_CHECKS = (
    (("score",), _weights),
    (("score",), _ratios),
    (("score", "credit"), _bonuses),
    (("matters",), _groups),
    (("levels",), _levels),
    (("levels", "escalation"), _escalation),
    (("posts", "whistle"), _whistle),
    (("patrols",), _patrols),
    (("visits",), _visits),
    ((), _ranges),
)
