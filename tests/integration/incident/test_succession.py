"""Open cases follow when their grid is split, merged or retired, whatever comes first and however many (REG-04)."""

import json
import threading
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
import sqlalchemy as sa

from services.chassis.envelope import Envelope
from services.chassis.errors import StaleVersion
from services.chassis.ids import new_id
from services.incident import messages, schemas
from services.incident.errors import CaseNotFound, GridUnknown, SuccessorUnknown
from services.incident.queries import Filter
from tests.integration.incident.conftest import (
    GRID,
    INSIDE,
    NEIGHBOUR,
    TOWN,
    County,
    aside,
    hear,
    person,
    square,
    unreadable,
)
from tests.integration.incident.test_loop import report

pytestmark = pytest.mark.rule("REG-04")

WEST, EAST, LATER = "371321106245003", "371321106245004", "371321106245005"
CHANGE = "01936f2a-7c00-7000-8000-00000000000c"
IN_WEST, IN_EAST = (118.42, 35.45), (118.48, 35.45)


def box(west: float, east: float) -> dict[str, Any]:
    ring = [[west, 35.4], [east, 35.4], [east, 35.5], [west, 35.5], [west, 35.4]]
    return {"type": "Polygon", "coordinates": [ring]}


def grid(code: str, boundary: dict[str, Any] | None, active: bool = True, sequence: int = 1) -> tuple[Any, ...]:
    data = {"code": code, "name": f"网格{code[-3:]}", "kind": "area", "level": 3, "ancestors": [TOWN]}
    return "registry.grid-changed.v1", code, {**data, "boundary": boundary, "active": active}, sequence


def succeeded(kind: str, old: list[str], new: list[str], subject: str = "", change: str = CHANGE) -> tuple[Any, ...]:
    data = {"change_id": change, "kind": kind, "predecessors": old, "successors": new, "effective": "2026-11-23"}
    return "registry.grid-succeeded.v1", subject or old[0], data, 3


SPLIT = [
    grid(GRID, square(118.4, 35.4), active=False, sequence=2),
    grid(WEST, box(118.4, 118.45)),
    grid(EAST, box(118.45, 118.5)),
    succeeded("split", [GRID], [WEST, EAST]),
]


def tell(county: County, events: Any) -> None:
    for event in events:
        hear(county.service, *event)


def settle(county: County, most: int = 50) -> None:
    """Let time go on until no case waits to follow."""
    for _ in range(most):
        county.clock.advance(seconds=3)
        county.service.bus.sweep()
        waiting = "SELECT 1 FROM deadline WHERE kind = 'grid-succession' AND fired_at IS NULL AND cancelled_at IS NULL"
        if not county.rows(waiting):
            return
    raise AssertionError("cases still wait to follow")


def grids_of(county: County, *ids: str) -> list[str]:
    return [county.case(each)["grid_code"] for each in ids]


def at(place: tuple[float, float], **changes: Any) -> messages.Report:
    return report(point=messages.GivenPoint(*place), **changes)


def test_each_open_case_follows_to_the_part_around_its_point_with_limits_and_holder(county: County) -> None:
    west, east = (county.do(at(each), county.member)["id"] for each in (IN_WEST, IN_EAST))
    county.do(messages.Accept(case_id=east), county.handler)
    before = county.case(east)
    tell(county, SPLIT)
    settle(county)
    after = county.case(east)
    assert grids_of(county, west, east) == [WEST, EAST]
    assert (after["state"], after["department"], after["limits"]) == (
        before["state"],
        before["department"],
        before["limits"],
    )
    line = after["history"][-1]
    assert (line["action"], line["action_name"], line["actor_id"]) == ("succeed-grid", "网格变更", "platform")
    assert (line["from_state"], line["to_state"]) == ("handling", "handling")
    assert all(word in line["reason"] for word in (GRID, EAST, CHANGE, "拆分"))
    (event,) = [each for each in events(county, east) if each.type == "incident.moved.v1"]
    assert event.data["from_grid"] == GRID
    assert (event.data["to_grid"], event.grid, event.sequence) == (EAST, EAST, after["version"])


def events(county: County, case_id: str) -> list[Envelope]:
    bodies = [bytes(row.body) for row in county.rows("SELECT body FROM outbox ORDER BY id")]
    found = [Envelope.parse(body, "application/cloudevents+json") for body in bodies]
    return [each for each in found if each.subject == case_id]


def test_old_and_new_holders_are_told_and_the_visible_area_follows(county: County) -> None:
    case_id = county.do(at(IN_EAST, matter_code="06010", replies=(), way="coordinated"), county.member)["id"]
    county.do(messages.Accept(case_id=case_id), county.member)
    tell(county, SPLIT)
    settle(county)
    of_west, of_east = (person(name, "grid-member", areas=(code,)) for name, code in (("w", WEST), ("e", EAST)))
    for told in (county.member, of_west, of_east):
        kinds = [each["kind"] for each in county.service.queries.messages(told, False, 0, "")["items"]]
        assert "succeed-grid" in kinds
    assert county.case(case_id, of_east)["actions"]
    with pytest.raises(CaseNotFound):
        county.case(case_id, of_west)
    assert [each["id"] for each in county.service.queries.cases(Filter(for_me=True), of_east)["items"]] == [case_id]
    county.do(messages.Answer(case_id=case_id, result="已清理"), of_east)


@pytest.mark.parametrize("order", [*permutations(range(4))])
def test_whatever_comes_first_the_end_is_the_same(county: County, order: tuple[int, ...]) -> None:
    case_id = county.do(at(IN_EAST), county.member)["id"]
    for number in order:
        hear(county.service, *SPLIT[number])
        county.clock.advance(seconds=3)
        county.service.bus.sweep()
    settle(county)
    assert grids_of(county, case_id) == [EAST]
    assert [each["action"] for each in county.case(case_id)["history"]].count("succeed-grid") == 1


def test_the_same_event_twice_moves_nothing_twice(county: County) -> None:
    case_id = county.do(at(IN_EAST), county.member)["id"]
    tell(county, SPLIT)
    kind, subject, data, sequence = SPLIT[3]
    again = Envelope(
        id=new_id(),
        source="/wangge/371321/registry",
        type=kind,
        subject=subject,
        time=datetime.now(UTC),
        sequence=sequence,
        data=data,
    )
    new = [county.service.bus.consume(schemas.read(again), "incident.on.registry", again.id) for _ in range(2)]
    assert new == [True, False]
    settle(county)
    assert [each["action"] for each in county.case(case_id)["history"]].count("succeed-grid") == 1


def test_chains_are_followed_to_their_end_in_whatever_order_they_are_told(county: County) -> None:
    case_id = county.do(at(IN_EAST), county.member)["id"]
    merged = [grid(LATER, square(118.4, 35.4)), succeeded("merge", [WEST, EAST], [LATER], LATER, new_id())]
    tell(county, [*merged, *SPLIT])
    settle(county)
    assert grids_of(county, case_id) == [LATER]
    (line,) = [each for each in county.case(case_id)["history"] if each["action"] == "succeed-grid"]
    assert "拆分" in line["reason"]
    assert "合并" in line["reason"]


def test_closed_cases_keep_their_grid_and_a_reopened_one_follows(county: County) -> None:
    case_id = county.do(at(IN_EAST), county.member)["id"]
    for command, who in (
        (messages.Accept(case_id=case_id), county.handler),
        (messages.Answer(case_id=case_id, result="已清理"), county.handler),
        (messages.Verify(case_id=case_id, passed=True), county.verifier),
        (messages.Evaluate(case_id=case_id, contacted=True, solved=True, satisfaction="satisfied"), county.member),
    ):
        county.do(command, who)
    tell(county, SPLIT)
    settle(county)
    assert grids_of(county, case_id) == [GRID]
    county.do(messages.Reopen(case_id=case_id, reason="又黑了"), county.member)
    assert grids_of(county, case_id) == [EAST]
    assert [each["action"] for each in county.case(case_id)["history"]][-2:] == ["reopen", "succeed-grid"]


def test_a_case_without_a_point_goes_to_the_first_successor(county: County) -> None:
    case_id = county.do(report(point=None, grid_code=GRID), county.member)["id"]
    tell(county, SPLIT)
    settle(county)
    assert grids_of(county, case_id) == [WEST]


def test_a_reparented_grid_keeps_its_cases(county: County) -> None:
    case_id = county.do(at(IN_EAST), county.member)["id"]
    tell(county, [succeeded("reparent", [GRID], [GRID])])
    settle(county)
    assert grids_of(county, case_id) == [GRID]
    assert county.case(case_id)["history"][-1]["action"] == "dispatch"


def test_a_new_report_never_lands_in_a_grid_that_is_no_more(county: County) -> None:
    tell(county, [SPLIT[1], SPLIT[2], SPLIT[3]])
    by_point = county.do(at(IN_EAST), county.member)["id"]
    by_code = county.do(at(IN_WEST, grid_code=GRID), county.member)["id"]
    assert grids_of(county, by_point, by_code) == [EAST, WEST]
    with pytest.raises(GridUnknown):
        county.do(report(grid_code="371321106245099"), county.member)


def test_while_the_successor_is_not_known_a_report_is_asked_to_come_again(county: County) -> None:
    tell(county, [SPLIT[3]])
    with pytest.raises(SuccessorUnknown):
        county.do(at(IN_EAST, grid_code=GRID), county.member)


def test_a_late_word_about_the_old_grid_does_not_bring_it_back(county: County) -> None:
    tell(county, [*SPLIT[1:], grid(GRID, square(118.4, 35.4), sequence=2)])
    case_id = county.do(at(IN_EAST), county.member)["id"]
    assert grids_of(county, case_id) == [EAST]


def test_a_report_that_is_being_taken_in_meanwhile_follows_as_well(county: County) -> None:
    """The succession waits for reports that hold the grid's row, so that none is left behind."""
    tell(county, SPLIT[1:3])
    works, caller = county.service.bus.works, county.member
    with works(caller, county.clock.now(), None) as work:
        assert work.grids.locate(*INSIDE) in (GRID, WEST)  # type: ignore[attr-defined]
        assert work.grids.exists(GRID)  # type: ignore[attr-defined]
        waits = threading.Thread(target=lambda: hear(county.service, *SPLIT[3]))
        waits.start()
        waits.join(0.5)
        assert waits.is_alive()
        inserted = work.connection.execute(sa.text("SELECT 1"))
        assert inserted.scalar() == 1
        work.commit()
    waits.join(10)
    assert not waits.is_alive()


def test_many_follow_in_batches_while_one_is_held_and_two_workers_sweep(county: County) -> None:
    first = county.do(at(IN_EAST), county.member)["id"]
    copy_case(county, first, 350)
    tell(county, SPLIT)
    with county.service.engine.begin() as held:
        held.execute(sa.text('SELECT 1 FROM "case" WHERE id = :id FOR UPDATE'), {"id": first})
        county.clock.advance(seconds=1)
        workers = [threading.Thread(target=county.service.bus.sweep) for _ in range(2)]
        for each in workers:
            each.start()
        for each in workers:
            each.join(60)
        assert county.rows(f"SELECT count(*) FROM \"case\" WHERE grid = '{GRID}'") == [(1,)]
    settle(county)
    assert county.rows('SELECT grid, count(*) FROM "case" GROUP BY grid') == [(EAST, 351)]
    assert county.rows("SELECT count(*) FROM change WHERE action = 'succeed-grid'") == [(351,)]
    largest = (
        "SELECT max(n) FROM (SELECT count(*) AS n FROM outbox WHERE type = 'incident.moved.v1' GROUP BY xmin) AS t"
    )
    assert county.rows(largest)[0][0] <= 100


def test_a_case_that_cannot_follow_holds_up_no_other_and_follows_later(county: County) -> None:
    bad, *good = sorted(county.do(at(IN_EAST), county.member)["id"] for _ in range(4))
    with unreadable(county, bad):
        tell(county, SPLIT)
        settle(county)
        assert grids_of(county, *good) == [EAST] * 3
        ((kind, attempts),) = aside(county)
        assert kind == f"follow-alone:{bad}" and attempts >= 1
        assert county.rows(f"SELECT grid FROM \"case\" WHERE id = '{bad}'") == [(GRID,)]
    county.clock.advance(minutes=11)
    county.service.bus.sweep()
    assert grids_of(county, bad) == [EAST]
    assert aside(county) == []
    moved = county.rows("SELECT count(*) FROM outbox WHERE type = 'incident.moved.v1'")
    assert moved == [(4,)], "each was told once"


def copy_case(county: County, case_id: str, times: int) -> None:
    """Put `times` copies of a case beside it, with their first history and limits."""
    with county.service.engine.begin() as connection:
        for number in range(times):
            values = {"id": case_id, "new": new_id(), "number": f"copy-{number}"}
            for table, key in (("case", "id"), ("change", "case_id"), ("limit", "case_id")):
                changed = {"number": values["number"]} if table == "case" else {}
                query = (
                    f"INSERT INTO \"{table}\" SELECT (jsonb_populate_record(t, jsonb_build_object('{key}', "
                    f'CAST(:new AS text)) || CAST(:changed AS jsonb))).* FROM "{table}" AS t WHERE {key} = :id'
                )
                connection.execute(sa.text(query), {**values, "changed": json.dumps(changed)})


def test_who_saw_the_case_before_must_look_again(county: County) -> None:
    case_id = county.do(at(IN_EAST), county.member)["id"]
    seen = county.case(case_id)["version"]
    tell(county, SPLIT)
    settle(county)
    with pytest.raises(StaleVersion):
        county.do(messages.Accept(case_id=case_id, expected_version=seen), county.handler)


def test_retire_lets_cases_go_to_the_grid_named(county: County) -> None:
    case_id = county.do(at(IN_EAST), county.member)["id"]
    tell(county, [grid(GRID, square(118.4, 35.4), False, 2), succeeded("retire", [GRID], [NEIGHBOUR])])
    settle(county)
    assert grids_of(county, case_id) == [NEIGHBOUR]
