"""The document as other services read it: defaults filled in, notations parsed, matters in full, formulas apart.

Sections keep their names; only `matters` becomes the full list by code, and what else it held that others may
want stands under `catalogues` and `matter_groups`.
"""

from collections.abc import Collection, Mapping
from typing import Any

from services.registry.plan.formulas import parse_formula
from services.registry.plan.matters import expand_matters
from services.registry.plan.schema import expand, plan_schema

Document = dict[str, Any]
_OF_GROUP = ("id", "name", "words", "assumed")
_MATTERS_NEED = ("matters", "ways", "duties")


def expand_document(read: Mapping[str, Any], without: Collection[str] = ()) -> Document:
    """The expanded document; sections named in `without` (they have errors), and what needs them, are left out."""
    properties = plan_schema()["properties"]
    clean = {name: value for name, value in read.items() if name in properties and name not in without}
    kept = {"properties": {name: schema for name, schema in properties.items() if name not in without}}
    plan: Document = expand(clean, kept)
    if "score" in plan:
        plan["score"] = _score(plan["score"], plan.get("credit", {}))
    if all(name in plan for name in _MATTERS_NEED):
        return _with_matters(plan)
    plan.pop("matters", None)
    return plan


def _with_matters(plan: Document) -> Document:
    section = plan["matters"]
    groups = [{key: group[key] for key in _OF_GROUP} for group in section["groups"]]
    return plan | {"matters": expand_matters(plan), "matter_groups": groups, "catalogues": section["catalogues"]}


def _score(score: Document, credit: Mapping[str, Any]) -> Document:
    return score | {"schemes": [_scheme(scheme, credit) for scheme in score["schemes"]]}


def _scheme(scheme: Document, credit: Mapping[str, Any]) -> Document:
    return scheme | {"indicators": [_indicator(one, credit) for one in scheme["indicators"]]}


def _indicator(indicator: Document, credit: Mapping[str, Any]) -> Document:
    parts: Document = {"facts": [], "numerator": None, "denominator": None}
    if "formula" in indicator:
        formula = parse_formula(indicator["formula"])
        parts = {"facts": list(formula.facts), "numerator": formula.numerator, "denominator": formula.denominator}
    points = credit.get(indicator.get("credit", ""), {}).get("points")
    return indicator | parts | ({} if points is None else {"points": abs(points)})
