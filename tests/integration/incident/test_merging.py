"""Several reports of one problem, handled once, against real PostgreSQL (INC-16)."""

from functools import partial

import pytest

from services.chassis.auth import Principal
from services.chassis.errors import Forbidden, NotAllowedNow, StaleVersion
from services.chassis.rpc.convert import to_reply
from services.incident import messages
from services.incident.errors import (
    CaseNotFound,
    MergedAlready,
    MergedTwice,
    MergeWithItself,
    NotMergeable,
    NotMerged,
    ReasonMissing,
    ReopenTooLate,
)
from services.incident.queries import Filter
from tests.integration.incident.conftest import GRID, NEIGHBOUR, County, person
from tests.integration.incident.test_at_once import at_once, check_stored
from tests.integration.incident.test_loop import report
from wangge.incident.v1 import incident_pb2 as pb

ANNA, BERT = person("anna", "citizen"), person("bert", "citizen")

pytestmark = pytest.mark.rule("INC-16")


def two(county: County) -> tuple[str, str]:
    """Anna's case, dispatched, and Bert's about the same, accepted by the department."""
    main = county.do(report(channel="public-page"), ANNA)["id"]
    duplicate = county.do(report(channel="public-page", description="又有黑水", attachments=("photo-9",)), BERT)["id"]
    county.do(messages.Accept(case_id=duplicate), county.handler)
    return main, duplicate


def merge(county: County, main: str, *duplicates: str, reason: str = "") -> dict[str, object]:
    return county.do(messages.Merge(case_id=main, duplicates=duplicates, reason=reason), county.operator)


def told(county: County, who: Principal) -> list[str]:
    return [each["text"] for each in county.service.queries.messages(who, False, 0, "")["items"]]


def handle(county: County, case_id: str) -> None:
    county.do(messages.Accept(case_id=case_id), county.handler)
    county.do(messages.Answer(case_id=case_id, result="已封堵"), county.handler)
    county.do(messages.Verify(case_id=case_id, passed=True), county.verifier)


SATISFIED = {"contacted": True, "solved": True, "satisfaction": "satisfied"}


def test_merged_cases_are_handled_once_and_both_reporters_hear_of_the_end(county: County) -> None:
    main, duplicate = two(county)
    merge(county, main, duplicate)
    case = county.case(duplicate)
    assert (case["state"], case["main"]["id"], case["department"]) == ("merged", main, "env-office")
    assert all(limit["done_at"] for limit in case["limits"])
    assert county.rows(f"SELECT 1 FROM deadline WHERE subject = '{duplicate}' AND cancelled_at IS NULL") == []
    (shown,) = county.case(main, county.handler)["merged"]
    assert (shown["id"], shown["description"], shown["attachments"]) == (duplicate, "又有黑水", ["photo-9"])
    assert "并入" in told(county, county.handler)[0]

    handle(county, main)
    county.do(messages.Evaluate(case_id=main, **SATISFIED), ANNA)
    heard = " ".join(told(county, BERT))
    number = county.case(main)["number"]
    assert all(words in heard for words in ("已封堵", "已核查通过", "已结案", "并入", number))
    assert "已封堵" in " ".join(told(county, ANNA))
    with pytest.raises(CaseNotFound):
        county.case(main, BERT)
    assert county.case(duplicate, BERT)["main"]["result"] == "已封堵"
    check_stored(county, main)
    check_stored(county, duplicate)


def test_a_merged_cases_reporter_gives_the_word_and_may_reopen(county: County) -> None:
    main, duplicate = two(county)
    merge(county, main, duplicate)
    assert county.case(duplicate, BERT)["actions"] == []
    handle(county, main)
    assert county.case(duplicate, BERT)["actions"] == ["confirm", "dispute"]
    assert [each["id"] for each in county.service.queries.cases(Filter(for_me=True), BERT)["items"]] == [duplicate]
    answer = county.do(messages.Evaluate(case_id=duplicate, **SATISFIED), BERT)
    assert (answer["id"], answer["state"], answer["actions"]) == (duplicate, "merged", ["reopen"])
    assert county.case(main)["state"] == "closed"
    assert "已结案" in told(county, ANNA)[0]
    county.clock.advance(days=2)
    county.do(messages.Reopen(case_id=duplicate, reason="还有黑水"), BERT)
    assert (county.case(main)["state"], county.case(main)["reworks"]) == ("dispatched", 1)
    assert "重新办理" in told(county, ANNA)[0] or "重新办理" in told(county, county.handler)[0]
    handle(county, main)
    county.do(messages.Evaluate(case_id=main, **SATISFIED), ANNA)
    county.clock.advance(days=8)
    with pytest.raises(ReopenTooLate):
        county.do(messages.Reopen(case_id=duplicate, reason="还有黑水"), BERT)


def test_who_reported_nothing_of_it_has_no_word_through_a_merged_case(county: County) -> None:
    main, duplicate = two(county)
    merge(county, main, duplicate)
    handle(county, main)
    with pytest.raises(NotAllowedNow):
        county.do(messages.Evaluate(case_id=duplicate, **SATISFIED), county.handler)
    with pytest.raises(CaseNotFound):
        county.do(messages.Evaluate(case_id=duplicate, **SATISFIED), ANNA)


def test_a_wrong_merge_is_undone_with_state_holder_and_a_fresh_limit(county: County) -> None:
    main, duplicate = two(county)
    before = county.case(duplicate)
    merge(county, main, duplicate)
    county.clock.advance(days=1)
    county.do(messages.Unmerge(case_id=duplicate, reason="不是同一处"), county.operator)
    case = county.case(duplicate)
    assert (case["state"], case["department"], case["main"]) == ("handling", "env-office", None)
    running = [limit for limit in case["limits"] if not limit["done_at"]]
    assert running[0]["due_at"] > before["limits"][-1]["due_at"]
    assert [each["action"] for each in case["history"][-2:]] == ["join", "unmerge"]
    assert [each["action_name"] for each in county.case(main)["history"][-2:]] == ["并案", "移出并案"]
    assert county.case(main)["merged"] == []
    assert "撤销" in told(county, BERT)[0]
    assert any("撤销" in each for each in told(county, county.handler))
    county.do(messages.Answer(case_id=duplicate, result="已清理"), county.handler)
    check_stored(county, main)
    check_stored(county, duplicate)
    with pytest.raises(NotMerged):
        county.do(messages.Unmerge(case_id=duplicate, reason="不是同一处"), county.operator)


def test_a_wrong_merge_is_undone_after_the_end_as_well(county: County) -> None:
    main, duplicate = two(county)
    merge(county, main, duplicate)
    handle(county, main)
    county.do(messages.Evaluate(case_id=main, **SATISFIED), ANNA)
    county.do(messages.Unmerge(case_id=duplicate, reason="另一个排污口"), county.operator)
    assert (county.case(duplicate)["state"], county.case(main)["state"]) == ("handling", "closed")


def test_a_chain_of_merges_leads_to_its_end(county: County) -> None:
    main, duplicate = two(county)
    last = county.do(report(), county.member)["id"]
    merge(county, main, duplicate)
    merge(county, last, main)
    assert county.case(duplicate)["main"]["id"] == last
    assert {each["id"] for each in county.case(last)["merged"]} == {main, duplicate}
    handle(county, last)
    assert "已核查通过" in told(county, BERT)[0]
    assert "已核查通过" in told(county, ANNA)[0]
    county.do(messages.Unmerge(case_id=main, reason="不是同一处"), county.operator)
    assert county.case(duplicate)["main"]["id"] == main
    assert [each["id"] for each in county.case(main)["merged"]] == [duplicate]
    assert county.case(last)["merged"] == []
    for each in (main, duplicate, last):
        check_stored(county, each)


def test_what_cannot_be_merged_is_named(county: County) -> None:
    main, duplicate = two(county)
    with pytest.raises(MergeWithItself):
        merge(county, main, main)
    with pytest.raises(MergedTwice):
        merge(county, main, duplicate, duplicate)
    with pytest.raises(CaseNotFound):
        merge(county, main, "01936f2a-7c00-7000-8000-000000000001")
    with pytest.raises(CaseNotFound):
        merge(county, main, "no id")
    nowhere = county.do(report(point=None, address="河边"), county.operator)["id"]
    county.do(messages.Decline(case_id=nowhere, reason="不属于本县"), county.operator)
    with pytest.raises(NotMergeable):
        merge(county, main, nowhere)
    merge(county, main, duplicate)
    for attempt in ((main, duplicate), (duplicate, main)):
        with pytest.raises(MergedAlready):
            merge(county, *attempt)
    with pytest.raises(StaleVersion):
        county.do(messages.Merge(case_id=main, duplicates=(nowhere,), expected_version=1), county.operator)


def test_a_closed_case_is_merged_with_a_reason_only_and_is_no_main_case(county: County) -> None:
    closed = county.do(report(), county.member)["id"]
    handle(county, closed)
    county.do(messages.Evaluate(case_id=closed, **SATISFIED), county.member)
    fresh = county.do(report(), county.member)["id"]
    with pytest.raises(NotAllowedNow):
        merge(county, closed, fresh)
    with pytest.raises(ReasonMissing):
        merge(county, fresh, closed)
    merge(county, fresh, closed, reason="仍是同一排污口")
    assert county.case(closed)["state"] == "merged"
    county.do(messages.Unmerge(case_id=closed, reason="不是"), county.operator)
    assert county.case(closed)["state"] == "closed"


def test_only_the_centres_operator_of_both_areas_merges(county: County) -> None:
    main, duplicate = two(county)
    attempt = messages.Merge(case_id=main, duplicates=(duplicate,))
    for who in (county.member, county.handler, county.verifier):
        with pytest.raises(Forbidden):
            county.do(attempt, who)
    far = county.do(report(point=None, grid_code=NEIGHBOUR), county.operator)["id"]
    local = person("local", "centre-operator", areas=("371321106245001",))
    with pytest.raises(CaseNotFound):
        county.do(messages.Merge(case_id=main, duplicates=(far,)), local)
    own = county.do(report(point=None, grid_code=NEIGHBOUR), local)["id"]
    with pytest.raises(Forbidden):
        county.do(messages.Merge(case_id=main, duplicates=(own,)), local)
    merge(county, main, duplicate)
    with pytest.raises(Forbidden):
        county.do(messages.Unmerge(case_id=duplicate, reason="不是"), county.handler)


def test_two_who_merge_crosswise_at_once_make_no_ring(county: County) -> None:
    for _ in range(5):
        main, duplicate = two(county)
        results = at_once(partial(merge, county, main, duplicate), partial(merge, county, duplicate, main))
        assert sorted(type(each).__name__ for each in results) == ["MergedAlready", "dict"]
        assert sorted(county.case(each)["state"] for each in (main, duplicate)) in (
            ["dispatched", "merged"],
            ["handling", "merged"],
        )
        check_stored(county, main)
        check_stored(county, duplicate)


def test_a_chain_that_is_made_and_handled_at_once_stays_whole(county: County) -> None:
    main, duplicate = two(county)
    last = county.do(report(), county.member)["id"]
    accept = messages.Accept(case_id=last)
    results = at_once(
        lambda: merge(county, main, duplicate),
        lambda: merge(county, last, main),
        lambda: county.do(accept, county.handler),
    )
    assert all(isinstance(each, dict | MergedAlready) for each in results), results
    for each in (main, duplicate, last):
        check_stored(county, each)
    roots = {county.case(each)["main"]["id"] for each in (main, duplicate) if county.case(each)["main"]}
    assert all(county.case(root)["state"] != "merged" for root in roots)


def test_the_same_key_merges_once(county: County) -> None:
    main, duplicate = two(county)
    command = messages.Merge(case_id=main, duplicates=(duplicate,))
    first = county.do(command, county.operator, key="m1")
    assert county.do(command, county.operator, key="m1") == first
    events = county.rows("SELECT type FROM outbox WHERE type LIKE 'incident.%merged%' OR type LIKE '%absorbed%'")
    assert sorted(row.type for row in events) == ["incident.absorbed.v1", "incident.merged.v1"]


def test_a_mere_reporter_of_the_main_case_does_not_read_the_others_report(county: County) -> None:
    main, duplicate = two(county)
    merge(county, main, duplicate)
    (shown,) = county.case(main, ANNA)["merged"]
    assert set(shown) == {"id", "number", "reported_at"}


def test_every_page_of_a_family_fits_the_interface(county: County) -> None:
    main, duplicate = two(county)
    assert to_reply(pb.Case, county.case(main)).similar[0].id == duplicate
    nowhere = county.do(report(point=None, grid_code=GRID), county.operator)["id"]
    assert to_reply(pb.SimilarList, county.service.queries.like_case(nowhere, county.operator)).items[0].why
    merge(county, main, duplicate)
    assert to_reply(pb.Case, county.case(main)).merged[0].id == duplicate
    assert to_reply(pb.Case, county.case(main, ANNA)).merged[0].number
    assert to_reply(pb.Case, county.case(duplicate)).main.id == main
    assert to_reply(pb.Case, county.case(duplicate)).missed.status == "possible"
