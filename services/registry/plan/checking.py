"""Checks a plan document and makes it the Plan that the registry activates and announces (REG-12)."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.chassis.errors import Fault, Invalid
from services.registry.plan.expansion import expand_document
from services.registry.plan.findings import schema_problems
from services.registry.plan.formalism import formalism
from services.registry.plan.listing import unlistable
from services.registry.plan.meaning import meaning_errors
from services.registry.plan.problems import Problem, label, problem
from services.registry.plan.quoting import shipped_sources
from services.registry.plan.reading import Reading, read


@dataclass(frozen=True)
class Plan:
    """A plan that holds. `document` is the expanded document: plain JSON values, the same for every consumer."""

    document: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.document["plan"]["id"])

    @property
    def version(self) -> int:
        return int(self.document["plan"]["version"])

    @property
    def effective(self) -> date:
        """The first day on which the plan is in force, in its own zone."""
        return date.fromisoformat(self.document["plan"]["effective"])

    @property
    def digest(self) -> str:
        """SHA-256, in hex, of the document as canonical JSON: of its content, not of its layout."""
        canonical = json.dumps(self.document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Report:
    """The outcome of a check, in the order of the text. `plan` is there when there are no errors."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    plan: Plan | None = None


class PlanInvalid(Invalid):
    """The document has errors; each is a fault with its line, its place and the remedy."""

    code = "plan-invalid"
    zh = "方案有 {count} 处错误,不能采用"
    en = "The plan has {count} errors and cannot be used"


def check(text: str, source_texts: Mapping[str, str] | None = None) -> Report:
    """Checks a document against the schema, its sources and itself; all errors at once; never raises.

    `source_texts` are the texts that entries quote, by name (`plan-02`); by default those that ship with the platform.
    """
    reading = read(text)
    if reading.document is None:
        return Report(errors=_ordered(reading.problems))
    sources = shipped_sources() if source_texts is None else source_texts
    errors = [*reading.problems, *schema_problems(reading, sources)]
    expanded = expand_document(reading.document, {_section(error) for error in errors})
    errors += _meaning(reading, expanded)
    warnings = [_at(reading, *found) for found in (*formalism(reading.document), *unlistable(reading.document))]
    return Report(_ordered(errors), _ordered(warnings), None if errors else Plan(expanded))


def load(text: str, source_texts: Mapping[str, str] | None = None) -> Plan:
    """The plan of a document; raises PlanInvalid with every error."""
    report = check(text, source_texts)
    if report.plan is None:
        raise PlanInvalid(faults=[_fault(error) for error in report.errors], count=len(report.errors))
    return report.plan


def _meaning(reading: Reading, expanded: dict[str, Any]) -> list[Problem]:
    section = reading.document.get("matters", {})
    return [_at(reading, *found) for found in meaning_errors(expanded, section, _begins(reading.document))]


def _begins(document: Mapping[str, Any]) -> date | None:
    """The plan's first day as read, whatever else is wrong with its heading."""
    heading = document.get("plan")
    try:
        return date.fromisoformat(heading["effective"]) if isinstance(heading, dict) else None
    except (KeyError, TypeError, ValueError):
        return None


def _at(reading: Reading, code: str, path: tuple[str | int, ...], params: Mapping[str, Any]) -> Problem:
    return problem(code, reading.mark(path), label(reading.document, path), **params)


def _section(error: Problem) -> str:
    return re.split(r"[.\[]", error.path, maxsplit=1)[0]


def _ordered(problems: list[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(problems), key=lambda one: (one.line, one.column, one.code, one.path))


def _fault(error: Problem) -> Fault:
    zh = f"第 {error.line} 行第 {error.column} 列:{error.zh}。{error.remedy_zh}"
    en = f"line {error.line}, column {error.column}: {error.en}; {error.remedy_en}"
    return Fault(error.path, error.code, zh, en)
