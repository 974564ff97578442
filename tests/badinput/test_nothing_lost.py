"""After hundreds of refusals: nothing was lost, nothing is half done, and no process has grown (ALL-04, ALL-05)."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from infra.demo.people import STORY_GRID
from tests.badinput.town import Town

pytestmark = pytest.mark.rule("ALL-04", "ALL-05")
ROUNDS, AT_ONCE = 40, 4
MOST_GROWTH = 60.0
"""MB that a process may gain by all of it; the bodies alone are 800 MB."""
NOTED = {"registry.audit", "incident.audit", "liaison.audit", "assessment.audit", "patrol.audit"}
"""Refusals for a missing role are audited (docs/architecture.md); nothing else may remain of one."""

Request = tuple[str, str, str, dict[str, Any]]
JSON = {"Content-Type": "application/json"}


def _refused(town: Town) -> list[Request]:
    """Requests of all kinds, each of which is refused."""
    good = {"matter_code": "06010", "description": "x", "grid_code": STORY_GRID}
    return [
        ("member", "POST", "/cases", {"json": {**good, "matter_code": "99999"}}),
        ("member", "POST", "/cases", {"json": {**good, "description": 5}}),
        ("member", "POST", "/cases", {"json": {**good, "grid_code": None}}),
        ("member", "POST", "/cases", {"content": b"\xff" * 1000, "headers": JSON}),
        ("member", "POST", "/cases", {"content": b"[" * 1_000_000, "headers": JSON}),
        ("member", "POST", "/cases", {"content": b'"' + b"x" * 20_000_000, "headers": JSON}),
        ("member", "POST", "/cases/nothing/accept", {}),
        ("member", "POST", "/uploads", {"files": {"file": ("a.jpg", b"\xff\xd8\xff" + b"x" * 500_000)}}),
        ("auditor", "POST", "/cases", {"json": good}),
        ("system-admin", "POST", "/divisions/import", {"json": {"rows": [_division(n) for n in range(300)]}}),
        ("system-admin", "POST", "/grids/import", {"json": {"rows": [_grid(n) for n in range(100)]}}),
        ("system-admin", "POST", "/imports/grids", {"files": {"file": ("a.xlsx", b"PK\x03\x04" + b"x" * 100_000)}}),
        ("system-admin", "PUT", f"/grids/{STORY_GRID}/boundary", {"json": {"boundary": {}, "drawn_how": "drawn"}}),
        ("security-admin", "PUT", "/people/nobody/roles", {"json": {"roles": ["auditor", "system-administrator"]}}),
        ("county-leader", "POST", "/plans", {"json": {"text": "plan: [" + "{" * 50_000}}),
        (
            "county-leader",
            "POST",
            "/calendar/2026/preview",
            {"json": {"days": [{"day": "2025-01-01", "worked": True}]}},
        ),
    ]


def _division(number: int) -> dict[str, str]:
    return {"code": f"9{number:011}", "name": "无", "parent_code": "", "kind": "village"}


def _grid(number: int) -> dict[str, Any]:
    place = {"division_codes": ["999999999999"], "level": 9, "kind": "area", "effective": "2026-01-01"}
    return {"ref": str(number), "name": "无", **place}


def test_refusals_leave_nothing_but_the_audit_and_no_process_grows(town: Town) -> None:
    requests = _refused(town)
    for who in {each[0] for each in requests}:
        town.caller(who)
    first = [_ask(town, each) for each in requests]
    assert [status for status in first if not 400 <= status < 500] == [], first
    before, memory = town.settled_rows(), {role: town.megabytes(role) for role in ("gateway", "api")}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        statuses = list(pool.map(lambda each: _ask(town, each), requests * ROUNDS))
    assert statuses == first * ROUNDS
    after = town.settled_rows()
    assert {name for name in after if after[name] != before[name]} <= NOTED
    assert after["incident.audit"] - before["incident.audit"] == ROUNDS, "each refused report of the auditor"
    grown = {role: town.megabytes(role) - before_it for role, before_it in memory.items()}
    assert {role: megabytes for role, megabytes in grown.items() if megabytes > MOST_GROWTH} == {}, grown


def _ask(town: Town, request: Request) -> int:
    who, method, path, sent = request
    return town.ask(who, method, path, **sent).status_code


def test_what_was_answered_with_success_is_all_there(town: Town) -> None:
    """Good reports among bad ones, at once: as many cases as 201s, every one readable, every event on its way."""
    before = town.settled_rows()
    wanted = [town.report] * 20
    bad = [lambda: town.report(matter_code="99999")] * 20
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda ask: ask(), [each for pair in zip(wanted, bad, strict=True) for each in pair]))
    taken = [answer.json()["id"] for answer in answers if answer.status_code == 201]
    assert len(taken) == 20 and {answer.status_code for answer in answers} == {201, 422}
    after = town.settled_rows()
    assert after["incident.case"] - before["incident.case"] == 20
    leader = town.caller("county-leader")
    assert all(leader.get(f"/cases/{each}")["state"] == "dispatched" for each in taken)
    for each in taken:
        facts = {event["type"] for event in leader.get("/events", subject=each)["items"]}
        assert facts >= {"incident.reported.v1", "incident.filed.v1", "incident.dispatched.v1"}
