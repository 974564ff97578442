"""Several people at one case at the same moment, against real PostgreSQL: one effect, one history, one clock."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from services.chassis.errors import NotAllowedNow, StaleVersion
from services.incident import messages
from services.incident.model.limits import STEP_OF_STATE
from tests.integration.incident.conftest import INSIDE, County

REPLIES = (messages.GivenReply("water-colour", "黑"), messages.GivenReply("smell", "是"))
REPORT = messages.Report(
    matter_code="06026",
    description="排污口流出黑水",
    channel="grid-worker",
    point=messages.GivenPoint(*INSIDE),
    replies=REPLIES,
)


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """What each action returned or raised, all begun together."""
    results: list[Any] = [None] * len(actions)
    barrier = threading.Barrier(len(actions))

    def run(index: int, action: Callable[[], Any]) -> None:
        barrier.wait(10)
        try:
            results[index] = action()
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
        assert not thread.is_alive()
    return results


SEQUENCES = (
    "SELECT (convert_from(body, 'UTF8')::json->>'sequence')::int AS n FROM outbox"
    " WHERE convert_from(body, 'UTF8')::json->>'subject' = '{}' ORDER BY id"
)
RUNNING = "SELECT step FROM \"limit\" WHERE case_id = '{}' AND done_at IS NULL"


def check_stored(county: County, case_id: str) -> None:
    """The stored history leads without a gap to the state, events are numbered, and only the state's clock runs."""
    case = county.case(case_id)
    state = ""
    for number, change in enumerate(case["history"], 1):
        assert (change["sequence"], change["from_state"]) == (number, state)
        state = change["to_state"]
    assert state == case["state"]
    numbers = [row.n for row in county.rows(SEQUENCES.format(case_id))]
    assert numbers == list(range(1, len(numbers) + 1))
    step = STEP_OF_STATE.get(state)
    assert [row.step for row in county.rows(RUNNING.format(case_id))] == ([step] if step else [])


@pytest.mark.rule("INC-02")
def test_two_accept_and_one_of_them_is_too_late(county: County) -> None:
    case_id = county.do(REPORT, county.member)["id"]
    accept = messages.Accept(case_id=case_id)
    results = at_once(*[lambda: county.do(accept, county.handler)] * 3)
    assert sorted(type(each).__name__ for each in results) == ["NotAllowedNow", "NotAllowedNow", "dict"]
    check_stored(county, case_id)


@pytest.mark.rule("INC-02")
def test_who_saw_the_same_version_cannot_both_change_it(county: County) -> None:
    receipt = county.do(REPORT, county.member)
    seen = messages.Contribute(case_id=receipt["id"], note="已查看", expected_version=receipt["version"])
    results = at_once(*[lambda: county.do(seen, county.helper)] * 3)
    assert sum(isinstance(each, dict) for each in results) == 1
    assert sum(isinstance(each, StaleVersion) for each in results) == 2
    check_stored(county, receipt["id"])


@pytest.mark.rule("INC-14")
def test_two_verdicts_at_once_leave_one(county: County) -> None:
    case_id = county.do(REPORT, county.member)["id"]
    county.do(messages.Accept(case_id=case_id), county.handler)
    county.do(messages.Answer(case_id=case_id, result="已封堵"), county.handler)
    results = at_once(
        lambda: county.do(messages.Verify(case_id=case_id, passed=True), county.verifier),
        lambda: county.do(messages.Verify(case_id=case_id, passed=False, reason="仍黑"), county.verifier),
    )
    assert sum(isinstance(each, NotAllowedNow) for each in results) == 1
    check_stored(county, case_id)


@pytest.mark.rule("INC-08", "INC-15")
def test_the_reporters_word_and_the_end_of_waiting_close_a_case_once(county: County) -> None:
    case_id = county.do(REPORT, county.member)["id"]
    county.do(messages.Accept(case_id=case_id), county.handler)
    county.do(messages.Answer(case_id=case_id, result="已封堵"), county.handler)
    county.do(messages.Verify(case_id=case_id, passed=True), county.verifier)
    county.clock.advance(days=30)
    word = messages.Evaluate(case_id=case_id, contacted=True, solved=True, satisfaction="satisfied")
    at_once(county.service.bus.sweep, lambda: county.do(word, county.member), county.service.bus.sweep)
    assert county.case(case_id)["state"] == "closed"
    assert county.rows("SELECT count(*) FROM outbox WHERE type = 'incident.closed.v1'")[0][0] == 1
    check_stored(county, case_id)


@pytest.mark.rule("INC-01")
def test_reports_at_once_have_numbers_of_their_own(county: County) -> None:
    receipts = at_once(*[lambda: county.do(REPORT, county.member)] * 5)
    assert len({each["number"] for each in receipts}) == 5
    for each in receipts:
        check_stored(county, each["id"])
