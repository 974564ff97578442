"""Who may do what at a meeting, and what is refused (PAT-09, REG-14)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from services.chassis.errors import Forbidden, Invalid, StaleVersion, WanggeError
from services.chassis.ids import new_id
from services.patrol import errors, messages
from services.patrol.queries.meetings import DecisionFilter, MeetingFilter
from tests.integration.patrol.conftest import (
    CENTRE,
    ENV,
    MEMBER,
    OTHER_TOWN,
    STRANGER,
    County,
)
from tests.integration.patrol.convening import (
    PLATFORM,
    POLICE_ELSEWHERE,
    begin,
    do,
    meetings,
    seen,
)

pytestmark = pytest.mark.rule("PAT-09")


@pytest.mark.rule("REG-14")
def test_who_is_neither_invited_nor_responsible_sees_nothing_and_who_is_invited_decides_nothing(town: County) -> None:
    meeting = begin(town)
    for who in (MEMBER, STRANGER, OTHER_TOWN, POLICE_ELSEWHERE):
        assert meeting["id"] not in {each["id"] for each in meetings(town, who)}
        with pytest.raises(errors.MeetingNotFound):
            seen(town, meeting, who)
        with pytest.raises(errors.MeetingNotFound):
            do(town, messages.CancelMeeting(meeting_id=meeting["id"], reason="x"), who)
    assert [each["id"] for each in meetings(town, ENV, mine=True, states=("open",))] == [meeting["id"]]
    commands = (
        messages.AddAgendaItem(meeting_id=meeting["id"], words="x"),
        messages.RecordPresent(meeting_id=meeting["id"], people=()),
        messages.CloseMeeting(meeting_id=meeting["id"], minutes="x"),
        messages.CancelMeeting(meeting_id=meeting["id"], reason="x"),
        messages.Decide(meeting_id=meeting["id"], item_id=meeting["agenda"][0]["id"], kind="case", words="x"),
    )
    for command in commands:
        with pytest.raises(Forbidden) as refused:
            do(town, command, ENV)
        assert "镇网格化服务中心" in refused.value.sentence("zh")
    assert seen(town, meeting, ENV)["actions"] == []


def test_wrong_input_says_what_and_where_and_changes_nothing(town: County) -> None:
    meeting = begin(town)
    topic = do(town, messages.AddAgendaItem(meeting_id=meeting["id"], words="修路"), CENTRE)
    assert topic["version"] > 0
    case, words = seen(town, meeting)["agenda"]
    common = {"meeting_id": meeting["id"], "item_id": case["id"], "words": "x"}
    wrong = {
        "item_id": messages.Decide(**{**common, "item_id": new_id()}, kind="case"),
        "kind": messages.Decide(**{**common, "item_id": words["id"]}, kind="case"),
        "matter_code": messages.Decide(**common, kind="incident", matter_code="X9"),
        "grid_code": messages.Decide(**common, kind="incident", matter_code="06026", grid_code="371321107000001"),
        "person_id": messages.Decide(**common, kind="task", person_id="nobody", due_on="2026-12-01"),
        "department": messages.Decide(**common, kind="task", department="nowhere", due_on="2026-12-01"),
        "due_on": messages.Decide(**common, kind="task", department="env-office", due_on="2026-11-26"),
        "people": messages.RecordPresent(meeting_id=meeting["id"], people=(MEMBER.person_id, "nobody")),
        "case_id": messages.AddAgendaItem(meeting_id=meeting["id"], case_id=case["case_id"]),
        "words": messages.AddAgendaItem(meeting_id=meeting["id"], words="  "),
    }
    before = seen(town, meeting)
    for path, command in wrong.items():
        with pytest.raises(Invalid) as refused:
            do(town, command, CENTRE)
        assert [fault.path for fault in refused.value.faults] == [path], path
    with pytest.raises(errors.DecisionIncomplete):
        do(town, messages.Decide(**common, kind="task", due_on="2026-12-01"), CENTRE)
    with pytest.raises(errors.CaseNotInArea):
        do(town, messages.AddAgendaItem(meeting_id=meeting["id"], case_id="no-such-case"), CENTRE)
    with pytest.raises(StaleVersion):
        do(town, messages.CloseMeeting(meeting_id=meeting["id"], minutes="x", expected_version=1), CENTRE)
    with pytest.raises(errors.MeetingNotFound):
        do(town, messages.OpenMeeting(meeting_id="not-an-id"), CENTRE)
    assert seen(town, meeting) == before
    assert town.events("case-raised") == town.events("meeting-decided") == []


@pytest.mark.rule("ALL-04")
def test_two_at_once_and_twice_with_the_same_key_decide_once(town: County) -> None:
    meeting = begin(town)
    decide = messages.Decide(
        meeting_id=meeting["id"], item_id=meeting["agenda"][0]["id"], kind="case", words="x",
        expected_version=meeting["version"],
    )  # fmt: skip

    def attempt(key: str) -> str:
        try:
            return str(town.service.bus.handle(decide, CENTRE, key)["id"])
        except WanggeError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(attempt, ("one", "other"))
    assert {first, second} & {"stale-version"}
    assert town.service.bus.handle(decide, CENTRE, "one" if second == "stale-version" else "other")["id"] in (
        first, second,
    )  # fmt: skip
    assert len(seen(town, meeting)["decisions"]) == 1


def test_lists_come_by_pages_and_a_wrong_cursor_is_refused(town: County) -> None:
    found, cursor = [], ""
    while True:
        page = town.service.meetings.meetings(MeetingFilter(limit=1, cursor=cursor), PLATFORM)
        found += [each["id"] for each in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert found == [each["id"] for each in meetings(town)] and len(found) == 4
    for cursor in ("x", "WyJ4IiwieSJd", "bnVsbA"):
        with pytest.raises(errors.CursorWrong):
            town.service.meetings.meetings(MeetingFilter(cursor=cursor), PLATFORM)
        with pytest.raises(errors.CursorWrong):
            town.service.meetings.decisions(DecisionFilter(cursor=cursor), PLATFORM)
