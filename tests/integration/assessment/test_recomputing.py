"""Computing everything again from the event log, through a gRPC server that answers as liaison does (ASM-02)."""

import grpc
import pytest
import sqlalchemy as sa

from services.assessment import tables
from services.assessment.errors import LogUnavailable
from services.assessment.log import LiaisonLog
from services.chassis.auth import Principal
from wangge.assessment.v1 import assessment_pb2 as pb

ASSESSOR = Principal("assessor-1", "考核员", frozenset({"assessor"}), areas=("371321",))
REQUEST = pb.RecomputeRequest(period="2026-11")


@pytest.fixture
def scored(with_plan, story, event, counted):
    settled = [event("registered", 3, "c0ffee", drawn=False, way="settled")]
    with_plan.take(*counted([*story(), *story(), *story(reporter_id="member-2"), *settled]))
    return with_plan


@pytest.mark.rule("ASM-02")
def test_log_gives_the_same_numbers(scored, client, log):
    found = client("Recompute", REQUEST, ASSESSOR)
    assert (found.same, list(found.differences)) == (True, [])
    assert (found.events, found.facts) == (len(scored.log), len(scored.fact_keys()))
    assert found.scores == 4
    assert set(log[0].callers) == {"assessor-1"}
    assert len(log[0].callers) > 2


@pytest.mark.rule("ASM-02")
def test_changed_counter_is_found(scored, client):
    with scored.service.engine.begin() as connection:
        departments = tables.tallies.c.subject_kind == "department"
        connection.execute(sa.update(tables.tallies).where(departments).values(closed=0))
    found = client("Recompute", REQUEST, ASSESSOR)
    differences = {(each.subject_id, each.counter): (each.stored, each.computed) for each in found.differences}
    assert not found.same
    assert differences == {("env-office", ""): (0, 1000), ("env-office", "closed"): (0, 2)}


@pytest.mark.rule("ASM-02")
@pytest.mark.parametrize(("off", "same"), [(1e-6, True), (-1e-6, True), (1e-5, False)])
def test_sum_that_is_rounded_the_other_way_is_the_same(scored, client, off, same):
    with scored.service.engine.begin() as connection:
        departments = tables.tallies.c.subject_kind == "department"
        moved = {"closed": tables.tallies.c.closed + off}
        connection.execute(sa.update(tables.tallies).where(departments).values(moved))
    assert client("Recompute", REQUEST, ASSESSOR).same == same


@pytest.mark.rule("ASM-02")
def test_event_that_was_lost_is_found(scored, client, story, counted):
    scored.log += counted(story(department="water-station"))[:3]
    found = client("Recompute", REQUEST, ASSESSOR)
    assert not found.same
    assert "water-station" in {each.subject_id for each in found.differences}


def test_log_that_is_away_is_said(scored):
    recomputation = scored.service.recomputation(LiaisonLog("127.0.0.1:1"))
    period = scored.service.queries.period("2026-11")
    with pytest.raises(LogUnavailable):
        recomputation.run(period, ASSESSOR, "token")


@pytest.mark.parametrize(
    ("roles", "areas", "code"),
    [
        (("grid-member",), ("371321",), grpc.StatusCode.PERMISSION_DENIED),
        (("assessor",), ("371321106",), grpc.StatusCode.PERMISSION_DENIED),
        (("system-administrator",), (), None),
        (("platform",), (), None),
    ],
)
def test_who_may_recompute(scored, client, roles, areas, code):
    caller = Principal("p", "n", frozenset(roles), areas=areas)
    if code is None:
        assert client("Recompute", REQUEST, caller).same
    else:
        with pytest.raises(grpc.RpcError) as refused:
            client("Recompute", REQUEST, caller)
        assert refused.value.code() == code
