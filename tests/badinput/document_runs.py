"""One operation as one role: the requests that are sent, and what every answer has to keep.

- no 5xx; status, content type, headers and body as the document says (schemathesis' own checks);
- what the document forbids is refused (`negative_data_rejection`); undeclared methods are, with `Allow`;
- every refusal is a problem document (RFC 9457) in Chinese that says what, and a 422 also where (ALL-05).

Schemathesis' `positive_data_acceptance` is not among them: the document describes forms, and what has the right form
may still name a matter or a person that does not exist.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import requests
from schemathesis import Case, CheckFunction, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from infra.demo.people import ROLES as COUNTY_ROLES
from infra.demo.people import STORY_GRID
from services.chassis.ids import new_id
from tests.badinput import requests_of_document as document
from tests.badinput.town import Town

NOBODY, PLATFORM = "nobody", "platform"
ROLES = (NOBODY, PLATFORM, *COUNTY_ROLES)
DEPARTMENT = "env-office"
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    checks.unsupported_method,
    checks.allow_header_conformance,
]
TOO_LARGE = 413
WITHOUT_PLACE = {"idempotency-mismatch"}
"""422 of the request as a whole: there is no field to point at."""
OF_THE_WHOLE = {"type", "unknown-field", "more"}
"""Faults whose pointer may be empty (RFC 6901, the whole document): it is no object, or has a nameless field."""
CHINESE = re.compile("[\u4e00-\u9fff]")
STREAM, STREAM_SECONDS = "GET /api/v1/stream", 0.5
"""The one answer that has no end: it is read for this long."""


class Run:
    """The requests to one platform."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.session = requests.Session()
        self.session.trust_env = False
        self.tokens = {role: self._token(role) for role in ROLES if role != NOBODY}
        self.known = _known(town)

    def _token(self, role: str) -> str:
        return self.town.token(role, department=DEPARTMENT if role.startswith("department-") else None)

    def check(self, label: str, role: str) -> int:
        """Send the requests of `label` as `role`, check every answer, return how many there were."""
        chosen = list(requests_for(label, role, self.known))
        for case in chosen:
            self._check(case, role)
        return len(chosen)

    def _check(self, case: Case, role: str) -> None:
        sent = {} if role == NOBODY else {"Authorization": f"Bearer {self.tokens[role]}"}
        seconds = STREAM_SECONDS if case.operation.label == STREAM else 60.0
        answer = case.call(self.town.settings.gateway_url, self.session, sent, timeout=seconds)
        case.validate_response(answer, checks=_checks(answer.status_code), headers=sent)
        check_problem(answer)


def _checks(status: int) -> list[CheckFunction]:
    """A body over the limit is refused before anything in it is read, and schemathesis does not count that one."""
    return [check for check in CHECKS if status != TOO_LARGE or check is not checks.negative_data_rejection]


def requests_for(label: str, role: str, known: Mapping[str, Any]) -> Iterator[Case]:
    """One drawn request for who may not; for who may another one, and a share of all others of the operation.

    What the form of a request is refused for does not depend on the role, so that the roles share those requests.
    """
    allowed, fitting = _allowed(label), document.fitting(label)
    if role not in allowed:
        yield fitting[ROLES.index(role) % len(fitting)]
        return
    number = allowed.index(role)
    others = (*fitting, *document.unfitting(label), *document.systematic(label))
    for case in (fitting[number % len(fitting)], *others[number :: len(allowed)]):
        yield _plain(case)
        if case.meta.generation.mode is GenerationMode.POSITIVE:
            yield _plain(document.with_known(case, known))


def _allowed(label: str) -> list[str]:
    named = list(document.roles_of(label))
    return [role for role in ROLES if role in named] if named else [role for role in ROLES if role != NOBODY]


def _plain(case: Case) -> Case:
    """The case with a key of its own: generated keys repeat, and a repeated key is answered before the body is read.
    If-Match is left to the cases that are about it."""
    if case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE:
        case.headers.pop("If-Match", None)
        if "Idempotency-Key" in case.headers:
            case.headers["Idempotency-Key"] = new_id()
    return case


def check_problem(answer: Response) -> None:
    """Every refusal is a problem document that says what and, for 422, where; HEAD has no body."""
    if answer.status_code < 400 or answer.request.method == "HEAD":
        return
    assert answer.headers["content-type"] == ["application/problem+json"], answer.text
    problem = answer.json()
    assert problem["type"] == f"/problems/{problem['code']}" and problem["status"] == answer.status_code
    assert unquote(problem["instance"]) in unquote(answer.request.url), (problem, answer.request.url)
    assert CHINESE.search(problem["title"]) and CHINESE.search(problem["detail"]), problem
    assert "{" not in problem["detail"].replace("{}", ""), problem
    faults = problem.get("errors", [])
    assert faults or answer.status_code != 422 or problem["code"] in WITHOUT_PLACE, problem
    for fault in faults:
        assert fault["pointer"].startswith("/") or fault["code"] in OF_THE_WHOLE, problem
        assert CHINESE.search(fault["detail"]), problem


def _known(town: Town) -> dict[str, Any]:
    """Ids and codes that exist, by the names that the document gives them."""
    person = town.caller("member").person["person_id"]
    post = town.caller("system-admin").get("/posts", limit=1)["items"][0]["id"]
    office = town.settings.county
    return {
        "case_id": town.report().json()["id"], "duplicates": town.report().json()["id"], "matter_code": "06010",
        "matters": "06010", "channel": "grid-worker", "attachments": [],
        "grid_code": STORY_GRID, "code": STORY_GRID, "parent_code": f"{STORY_GRID[:9]}000001",
        "others": STORY_GRID, "successor_code": STORY_GRID, "division_code": f"{STORY_GRID[:9]}000",
        "division_codes": STORY_GRID[:12], "area": office, "areas": office, "prefix": office, "year": 2026,
        "department": DEPARTMENT, "departments": DEPARTMENT, "lead": DEPARTMENT, "co": DEPARTMENT,
        "co_departments": DEPARTMENT, "person_id": person, "ids": person, "post_id": post,
        "plan_id": "p02", "version": 1, "other_id": "p02", "other_version": 1, "which": "grids", "kind": "grids",
        "subject_kind": "grid", "subject_id": STORY_GRID,
    }  # fmt: skip
