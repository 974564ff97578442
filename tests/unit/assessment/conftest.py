"""Events about cases as the worker hands them to the model, with sensible content where a test does not care."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.assessment.messages import CaseHappened
from services.assessment.model.facts import Fact, facts_of

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)

Happened = Callable[..., CaseHappened]


@pytest.fixture(scope="session")
def happened() -> Happened:
    """Makes the event `incident.<fact>.v1` number `sequence` of `case`, one minute after the one before it."""

    def make(fact: str, sequence: int, case: str = "case-1", **given: Any) -> CaseHappened:
        values: dict[str, Any] = {
            "event_id": f"{case}-{sequence}",
            "type": f"incident.{fact}.v1",
            "case_id": case,
            "sequence": sequence,
            "at": NOON + timedelta(minutes=sequence),
            "grid": "371321106201003",
            "department": None,
            "number": f"no-{case}",
            "matter_code": "06026",
            "way": "dispatched",
            "reporter_id": "member-1",
            "channel": "grid-worker" if fact == "reported" else "",
        }
        return CaseHappened(**values | given)

    return make


@pytest.fixture(scope="session")
def story(happened: Happened) -> Callable[..., list[CaseHappened]]:
    """A case from report to close with one rework, all in time: its events in the order in which they were made."""

    def make(case: str = "case-1", **given: Any) -> list[CaseHappened]:
        held = given | {"department": "env-office"}
        return [
            happened("reported", 1, case, **given),
            happened("filed", 2, case, **given),
            happened("dispatched", 3, case, **held),
            happened("answered", 4, case, **held | {"round": 1, "on_time": True}),
            happened("refused", 5, case, **held | {"round": 1}),
            happened("answered", 6, case, **held | {"round": 2, "on_time": True}),
            happened("verified", 7, case, **held),
            happened("evaluated", 8, case, **held | {"contacted": True, "solved": True, "satisfaction": "satisfied"}),
            happened("closed", 9, case, **held),
        ]

    return make


@pytest.fixture(scope="session")
def facts() -> Callable[[list[CaseHappened]], list[Fact]]:
    """The facts of events, with days in the county's zone."""
    return lambda events: [fact for event in events for fact in facts_of(event, ZONE)]
