"""Scores, facts and reports over gRPC: the numbers, and who may see them."""

import grpc
import pytest

from services.chassis.auth import Principal
from services.chassis.ids import new_id
from wangge.assessment.v1 import assessment_pb2 as pb

GRID, OTHER_GRID = "371321106201003", "371321107202001"
DAY = "2026-11-22"


def person(person_id, *roles, department=None, areas=()):
    return Principal(person_id, "姓名", frozenset(roles), department, areas)


MEMBER = person("member-1", "grid-member", areas=(GRID,))
COLLEAGUE = person("member-2", "grid-member", areas=(GRID,))
LEADER = person("leader-1", "grid-leader", areas=("371321106",))
OTHER_LEADER = person("leader-2", "grid-leader", areas=("371321107",))
HANDLER = person("handler-1", "department-handler", department="env-office")
OTHER_HANDLER = person("handler-2", "department-handler", department="water-station")
ASSESSOR = person("assessor-1", "assessor", areas=("371321",))
TOWN_ASSESSOR = person("assessor-2", "assessor", areas=("371321107",))
AUDITOR = person("auditor-1", "auditor")


@pytest.fixture
def scored(with_plan, story, counted, client):
    """One closed case in GRID by member-1, one that is open in OTHER_GRID by member-3; both of the department."""
    with_plan.take(*counted(story()))
    with_plan.take(*counted(story(grid=OTHER_GRID, reporter_id="member-3"))[:3])
    return client


def refusal(call, *args):
    with pytest.raises(grpc.RpcError) as refused:
        call(*args)
    return refused.value.code()


def get(kind, subject_id, period=DAY):
    return pb.GetScoreRequest(subject_kind=kind, subject_id=subject_id, period=period)


@pytest.mark.rule("ASM-03")
def test_score_shows_numerator_denominator_weight_and_points(scored):
    found = scored("GetScore", get("department", "env-office"), HANDLER)
    (closing,) = found.indicators
    assert (closing.numerator, closing.denominator, closing.value) == (1, 2, 0.5)
    assert (closing.weight, closing.points, found.total, found.of) == (1000, 500, 500, 1000)
    assert (found.subject_name, found.period, found.scheme, found.has_data) == ("生态环境办", DAY, "small/1", True)
    assert found.updated_at.seconds > 0
    assert "结案 ÷ 准确派遣" in closing.explanation
    assert {"dispatched": 2.0, "closed": 1.0}.items() <= {each.name: each.count for each in found.counters}.items()


@pytest.mark.rule("ASM-04")
@pytest.mark.parametrize("period", ["2026-11-22", "2026-11", "2026-Q4", "2026", ""])
def test_day_month_quarter_and_year_add_up(scored, period):
    assert scored("GetScore", get("grid", GRID, period), MEMBER).total == 1000


def test_another_month_has_no_data(scored):
    found = scored("GetScore", get("grid", GRID, "2026-10"), MEMBER)
    assert (found.has_data, found.total) == (False, 0)
    assert not found.indicators[0].HasField("value")


@pytest.mark.rule("ASM-08")
def test_every_counter_opens_down_to_its_events(scored, with_plan):
    logged = {each.id: each for each in with_plan.log}
    for kind, subject in (("department", "env-office"), ("member", "member-1"), ("grid", GRID)):
        for counter in scored("GetScore", get(kind, subject), ASSESSOR).counters:
            request = pb.ListFactsRequest(subject_kind=kind, subject_id=subject, period=DAY, counter=counter.name)
            facts = scored("ListFacts", request, ASSESSOR).items
            assert sum(fact.amount for fact in facts) == counter.count
            for fact in facts:
                assert (fact.event_type, fact.case_id) == (logged[fact.event_id].type, logged[fact.event_id].subject)
                assert fact.case_number in fact.why


@pytest.mark.rule("ASM-08")
def test_facts_come_in_pages(scored):
    request = pb.ListFactsRequest(subject_kind="department", subject_id="env-office", period=DAY, limit=4)
    seen, pages = [], 0
    while True:
        page = scored("ListFacts", request, HANDLER)
        seen += [fact.id for fact in page.items]
        pages += 1
        if not page.next_cursor:
            break
        request.cursor = page.next_cursor
    whole = pb.ListFactsRequest(subject_kind="department", subject_id="env-office", period=DAY, limit=100)
    assert seen == [fact.id for fact in scored("ListFacts", whole, HANDLER).items]
    assert pages > 2


@pytest.mark.rule("ASM-08", "ASM-11")
def test_fact_that_does_not_count_says_why(with_plan, story, counted, client):
    with_plan.take(*counted([*story(), *story()]))
    request = pb.ListFactsRequest(subject_kind="member", subject_id="member-1", period=DAY, counter="closed")
    facts = client("ListFacts", request, MEMBER).items
    assert [fact.amount for fact in facts] == [0.5, 0.5]
    assert "合计按一件计" in facts[0].why


@pytest.mark.rule("ASM-03")
def test_list_is_best_first_and_in_pages(scored):
    request = pb.ListScoresRequest(subject_kind="grid", period=DAY, limit=1)
    first = scored("ListScores", request, ASSESSOR)
    request.cursor = first.next_cursor
    second = scored("ListScores", request, ASSESSOR)
    assert [(each.subject_id, each.total) for each in (*first.items, *second.items)] == [(GRID, 1000), (OTHER_GRID, 0)]
    assert (first.items[0].subject_name, second.next_cursor) == ("第一网格", "")


@pytest.mark.parametrize(
    ("caller", "kind", "subject", "seen"),
    [
        (MEMBER, "member", "member-1", True),
        (COLLEAGUE, "member", "member-1", False),
        (LEADER, "member", "member-1", True),
        (OTHER_LEADER, "member", "member-1", False),
        (OTHER_LEADER, "member", "member-3", True),
        (ASSESSOR, "member", "member-1", True),
        (TOWN_ASSESSOR, "member", "member-1", False),
        (AUDITOR, "member", "member-1", True),
        (HANDLER, "member", "member-1", False),
        (MEMBER, "grid", GRID, True),
        (MEMBER, "grid", OTHER_GRID, False),
        (HANDLER, "grid", GRID, False),
        (HANDLER, "department", "env-office", True),
        (OTHER_HANDLER, "department", "env-office", False),
        (LEADER, "department", "env-office", False),
        (ASSESSOR, "department", "env-office", True),
        (ASSESSOR, "department", "nobody", False),
    ],
)
@pytest.mark.rule("REG-14")
def test_who_sees_whose_score(scored, caller, kind, subject, seen):
    facts = pb.ListFactsRequest(subject_kind=kind, subject_id=subject, period=DAY)
    if seen:
        assert scored("GetScore", get(kind, subject), caller).subject_id == subject
        scored("ListFacts", facts, caller)
    else:
        assert refusal(scored, "GetScore", get(kind, subject), caller) == grpc.StatusCode.NOT_FOUND
        assert refusal(scored, "ListFacts", facts, caller) == grpc.StatusCode.NOT_FOUND


def test_member_without_cases_sees_an_empty_score(scored):
    assert not scored("GetScore", get("member", "member-9"), person("member-9", "grid-member")).has_data


@pytest.mark.parametrize("caller", [MEMBER, HANDLER, AUDITOR])
def test_members_are_not_ranked_for_everybody(scored, caller):
    request = pb.ListScoresRequest(subject_kind="member", period=DAY)
    assert refusal(scored, "ListScores", request, caller) == grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize(
    ("caller", "area", "members"),
    [
        (LEADER, "", ["member-1"]),
        (OTHER_LEADER, "", ["member-3"]),
        (ASSESSOR, "", ["member-1", "member-3"]),
        (ASSESSOR, "371321107", ["member-3"]),
        (LEADER, "371321107", []),
    ],
)
def test_list_of_members_keeps_to_the_callers_area(scored, caller, area, members):
    request = pb.ListScoresRequest(subject_kind="member", period=DAY, area=area)
    assert [each.subject_id for each in scored("ListScores", request, caller).items] == members


@pytest.mark.rule("ASM-04")
def test_daily_report_of_a_leader_tells_of_the_area(scored):
    report = scored("GetDailyReport", pb.DailyReportRequest(), LEADER)
    assert report.date == DAY
    assert {"reported": 1.0, "closed": 1.0}.items() <= {each.name: each.count for each in report.counters}.items()
    assert {(each.subject_kind, each.subject_id) for each in report.subjects} == {
        ("grid", GRID),
        ("member", "member-1"),
    }


@pytest.mark.rule("ASM-04")
def test_daily_report_of_an_assessor_tells_of_everybody(scored):
    report = scored("GetDailyReport", pb.DailyReportRequest(date=DAY), ASSESSOR)
    assert {each.name: each.count for each in report.counters}["reported"] == 2
    assert len(report.subjects) == 5
    assert {each.title for each in report.counters} >= {"上报事项", "结案"}


@pytest.mark.rule("ASM-04")
def test_daily_report_of_a_department_tells_of_itself(scored):
    report = scored("GetDailyReport", pb.DailyReportRequest(date=DAY), HANDLER)
    assert [each.subject_id for each in report.subjects] == ["env-office"]
    assert {each.name: each.count for each in report.counters}["answers"] == 2


def test_daily_report_of_another_day_is_empty(scored):
    report = scored("GetDailyReport", pb.DailyReportRequest(date="2026-11-21"), ASSESSOR)
    assert (list(report.counters), list(report.subjects)) == ([], [])


def test_scheme_is_shown(scored):
    scheme = scored("GetScheme", pb.GetSchemeRequest(), MEMBER)
    assert (scheme.plan, scheme.total, len(scheme.indicators)) == ("small/1", 1000, 3)


def test_latest_activation_counts_whatever_came_first(with_plan, registry_event, client):
    document = {"plan": {}, "score": {"total": 100, "schemes": []}}
    old = registry_event(
        "plan-activated", "old", at=with_plan.service.bus.clock.now().replace(year=2025), plan_id="old", version=3,
        title="旧方案", document=document,
    )  # fmt: skip
    with_plan.take(old, logged=False)
    assert client("GetScheme", pb.GetSchemeRequest(), MEMBER).plan == "small/1"


def test_no_plan_is_said(assessment, client):
    assert refusal(client, "GetScheme", pb.GetSchemeRequest(), MEMBER) == grpc.StatusCode.UNAVAILABLE


@pytest.mark.rule("ALL-05")
@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("GetScore", get("village", "x")),
        ("GetScore", get("grid", GRID, "2026-13")),
        ("ListScores", pb.ListScoresRequest(subject_kind="grid", cursor="!!")),
        ("ListFacts", pb.ListFactsRequest(subject_kind="grid", subject_id=GRID, counter="photos")),
        ("GetDailyReport", pb.DailyReportRequest(date="yesterday")),
    ],
)
def test_wrong_input_is_refused(scored, method, request_):
    assert refusal(scored, method, request_, ASSESSOR) == grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.rule("ASM-03")
def test_plan_that_starts_later_counts_from_then(with_plan, registry_event, story, counted, client):
    sides = {"numerator": "closed", "denominator": "filed"}
    closing = {"id": "c", "name": "结案率", "weight": 100, "formula": "closed / filed", **sides}
    scheme = {"id": "g", "subject": "grid", "name": "g", "indicators": [closing]}
    at = with_plan.service.bus.clock.now()
    document = {"plan": {}, "score": {"total": 100, "start": "2026-11-23", "schemes": [scheme]}}
    activated = registry_event("plan-activated", "late", at=at, plan_id="late", version=1, title="", document=document)
    with_plan.take(activated, logged=False)
    with_plan.take(*counted(story(new_id())))
    assert not client("GetScore", get("grid", GRID, "2026-11"), ASSESSOR).has_data
