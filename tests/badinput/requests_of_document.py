"""The OpenAPI document as requests: what schemathesis makes of each operation, the same in every run.

Three kinds for each operation: drawn ones (fixed seed, as the document allows, and against it), systematic ones (every
boundary, every wrong type, every missing part, undeclared methods), and drawn ones whose ids and codes are replaced by
some that exist, since a drawn id only ever meets "not found".
"""

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from gateway.api import openapi
from gateway.api.routes import PARTS

SEED = 4
DRAWN = int(os.environ.get("WANGGE_BADINPUT_EXAMPLES", "2"))
"""Requests drawn for each operation and each kind; more by the environment."""

DOCUMENT = openapi.document(PARTS)
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.config.generation.update(with_security_parameters=False)
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations()}
LABELS = tuple(OPERATIONS)


@lru_cache(maxsize=2)
def fitting(label: str) -> tuple[Case, ...]:
    """DRAWN requests that the document allows."""
    return tuple(_draw(label, GenerationMode.POSITIVE))


@lru_cache(maxsize=2)
def unfitting(label: str) -> tuple[Case, ...]:
    """DRAWN requests that the document forbids."""
    return tuple(_draw(label, GenerationMode.NEGATIVE))


def _draw(label: str, mode: GenerationMode) -> list[Case]:
    found: list[Case] = []
    strategy = OPERATIONS[label].as_strategy(generation_mode=mode)
    quiet = settings(
        max_examples=DRAWN,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )

    @seed(SEED)
    @quiet
    @given(strategy)
    def collect(case: Case) -> None:
        found.append(case)

    try:
        collect()
    except Unsatisfiable:
        return []  # an operation without a parameter has no wrong request of this kind
    return found


@lru_cache(maxsize=2)
def systematic(label: str) -> tuple[Case, ...]:
    """Every boundary and every kind of wrong value of each parameter and each part of the body, one at a time."""
    found = SCHEMA.iter_coverage_cases(
        OPERATIONS[label], generation_modes=list(GenerationMode), generation_config=SCHEMA.config.generation
    )
    return tuple(found)


def with_known(case: Case, known: Mapping[str, Any]) -> Case:
    """The request of `case`, every id and code in it replaced by `known[its name]`, where there is one."""
    return case.operation.Case(
        method=case.method,
        path_parameters={name: known.get(name, value) for name, value in case.path_parameters.items()},
        headers=dict(case.headers),
        query=_replaced(case.query, known),
        body=_replaced(case.body, known),
        media_type=case.media_type,
    )


def _replaced(value: Any, known: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_replaced(each, known) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _known(name, each, known) for name, each in value.items()}


def _known(name: str, value: Any, known: Mapping[str, Any]) -> Any:
    if name not in known:
        return _replaced(value, known)
    return [known[name]] if isinstance(value, list) else known[name]


def roles_of(label: str) -> Iterator[str]:
    """The roles that the document names for an operation; none where anybody who is signed in may."""
    _, _, said = OPERATIONS[label].definition.raw["description"].partition("岗位 / roles: ")
    yield from said.split(", ") if said else ()
