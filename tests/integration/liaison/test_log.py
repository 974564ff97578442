"""The log of all events: each once, in order, for ever, and to everybody only what is theirs."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from infra.local.process import wait_until
from services.chassis.auth import PLATFORM
from services.liaison import queries, schemas
from services.liaison.api import logged
from services.liaison.bootstrap import build
from services.liaison.broker import BrokerSettings
from services.liaison.errors import EventsMissing, EventUnknown, MonthNotMade
from services.liaison.repository import make_ahead
from services.liaison.tables import METADATA

from .conftest import GRID, Liaison, event, person


@pytest.mark.rule("XCH-03")
def test_each_event_is_kept_once_however_often_it_comes(log: Liaison):
    first, second = event(), event("registry.grid-changed.v1")
    for each in (first, second, first, first):
        log.hear(each)
    assert log.ids() == [first.id, second.id]


def test_an_event_that_the_inbox_forgot_is_still_known_to_the_log(log: Liaison):
    once = log.hear(event())
    log.service.bus.consume(schemas.logged(once), "another-consumer", once.id)
    assert log.ids() == [once.id]


@pytest.mark.rule("XCH-03")
def test_a_reader_skips_nothing_while_two_consumers_write(log: Liaison):
    other = build(log.service.config, BrokerSettings(log.amqp_uri), log.clock)
    events = [event(sequence=number + 1) for number in range(120)]
    seen: list[tuple[int, str]] = []
    done = threading.Event()

    def follow() -> None:
        position, last_round = 0, False
        while not last_round:
            last_round = done.is_set()
            page = log.read(after_position=position, limit=7)
            seen.extend((row.position, row.id) for row in page.items)
            position = page.last_position
            last_round = last_round and not page.more

    def write(service, part) -> None:
        for each in part:
            service.bus.consume(schemas.logged(each), "liaison.on.incident", each.id)

    with ThreadPoolExecutor(5) as threads:
        reading = threads.submit(follow)
        services = (log.service, other, log.service, other)
        writing = [threads.submit(write, service, events[at::4]) for at, service in enumerate(services)]
        for each in writing:
            each.result()
        done.set()
        reading.result()
    other.close()
    assert [position for position, _ in seen] == sorted({position for position, _ in seen})
    assert sorted(id for _, id in seen) == sorted(each.id for each in events)


@pytest.mark.rule("XCH-03")
def test_a_later_position_is_never_readable_before_an_earlier_one(log: Liaison):
    """The order of commits, made to go wrong: the first writer holds its position while the second one wants one."""
    early, late = event(), event()
    bus = log.service.bus
    with bus.works(PLATFORM, log.clock.now(), None) as work, ThreadPoolExecutor(1) as threads:
        work.log.append(schemas.logged(early))
        second = threads.submit(log.hear, late)
        wait_until(lambda: _waits_for_lock(log), seconds=5, what="the second writer")
        assert log.ids() == []
        work.commit()
        second.result()
    assert log.ids() == [early.id, late.id]


def _waits_for_lock(log: Liaison) -> bool:
    return bool(log.rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = 0"))


@pytest.mark.parametrize(
    "change", ["UPDATE event SET subject = 'x'", "DELETE FROM event", "TRUNCATE event", "DELETE FROM event_default"]
)
def test_what_is_logged_is_neither_changed_nor_removed(log: Liaison, change: str):
    log.hear(event())
    log.hear(event(time=datetime(2019, 5, 1, tzinfo=UTC)))
    with pytest.raises(IntegrityError, match="append-only"), log.service.engine.begin() as connection:
        connection.exec_driver_sql(change)
    assert len(log.ids()) == 2


def test_a_month_goes_by_dropping_its_partition(log: Liaison):
    old, new = event(time=datetime(2019, 5, 1, tzinfo=UTC)), event()
    make_ahead(log.service.engine, old.time)
    log.hear(old)
    log.hear(new)
    with log.service.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE event_2019_05")
    assert log.ids() == [new.id]


def test_partitions_are_made_ahead_and_over_the_turn_of_the_year(log: Liaison):
    moment = datetime(2030, 11, 30, 23, 59, tzinfo=UTC)
    names = ["event_2030_11", "event_2030_12", "event_2031_01", "event_2031_02"]
    assert make_ahead(log.service.engine, moment) == names
    assert make_ahead(log.service.engine, moment) == []
    log.hear(event(time=datetime(2031, 1, 1, tzinfo=UTC)))
    assert log.rows("SELECT tableoid::regclass::text FROM event") == [("event_2031_01",)]


def test_a_month_without_a_partition_is_kept_all_the_same(log: Liaison):
    stray = log.hear(event(time=datetime(2040, 1, 1, tzinfo=UTC)))
    assert log.ids() == [stray.id]
    with pytest.raises(MonthNotMade, match="event_2040_01"):
        make_ahead(log.service.engine, datetime(2039, 12, 1, tzinfo=UTC))
    assert log.rows("SELECT to_regclass('event_2040_02')::text") == [("event_2040_02",)]


@pytest.mark.rule("REG-14")
def test_everybody_reads_what_is_theirs(log: Liaison):
    here = log.hear(event(grid=GRID, department="env-office", concerned=("water-station",)))
    there = log.hear(event(grid="371321107201001", data={"reporter_id": "person-mei"}))
    plan = log.hear(event("registry.plan-activated.v1"))
    log.hear(event("registry.post-changed.v1"))
    assert log.ids(person("grid-member", areas=("371321106",))) == [here.id, plan.id]
    assert log.ids(person("grid-member", areas=("37132110_",))) == [plan.id]
    assert log.ids(person("department-handler", department="env-office")) == [here.id, plan.id]
    assert log.ids(person("department-handler", department="water-station")) == [here.id, plan.id]
    assert log.ids(person("reporter", name="mei")) == [there.id, plan.id]
    assert log.ids(person("resident")) == [plan.id]


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize("role", ["platform", "system-administrator", "assessor", "auditor", "county-leader"])
def test_those_who_answer_for_the_whole_read_everything(log: Liaison, role: str):
    events = [log.hear(event(grid=GRID)), log.hear(event("registry.post-changed.v1"))]
    assert log.ids(person(role)) == [each.id for each in events]


def test_the_log_is_read_by_type_subject_and_time(log: Liaison):
    start = datetime.now(UTC).replace(day=1)
    closed = log.hear(event("incident.closed.v1", time=start))
    closing = log.hear(event("incident.closing.v1", time=start + timedelta(hours=1)))
    scored = log.hear(event("assessment.scored.v1", time=start + timedelta(hours=2), subject="member-1"))
    assert log.ids(types=("incident.closed.v1",)) == [closed.id]
    assert log.ids(types=("incident.closed",)) == []
    assert log.ids(types=("incident.clos*", "assessment.scored.v1")) == [closed.id, closing.id, scored.id]
    assert log.ids(types=("incident.%*",)) == []
    assert log.ids(subject="member-1") == [scored.id]
    assert log.ids(since=closing.time) == [closing.id, scored.id]
    assert log.ids(until=closing.time) == [closed.id]


@pytest.mark.rule("XCH-03")
def test_pages_follow_one_another_to_the_end(log: Liaison):
    ids = [log.hear(event(grid=GRID if number % 2 else None)).id for number in range(10)]
    page = log.read(limit=4)
    assert ([row.id for row in page.items], page.more) == (ids[:4], True)
    rest = log.read(after_position=page.last_position, limit=6)
    assert ([row.id for row in rest.items], rest.more) == (ids[4:], False)
    assert log.read(after_position=rest.last_position).items == []
    mine = log.read(person("grid-member", areas=(GRID,)), limit=100)
    assert mine.last_position == rest.last_position  # nothing older has to be looked at again


def test_a_page_of_large_events_ends_before_the_reply_is_too_large(log: Liaison):
    ids = [log.hear(event(data={"text": "界" * 300_000})).id for _ in range(4)]
    page = log.read()
    assert ([row.id for row in page.items], page.more) == (ids[:2], True)
    assert log.ids(after_position=page.last_position) == ids[2:]


def test_reading_goes_on_after_an_event(log: Liaison):
    first, second = log.hear(event()), log.hear(event())
    assert log.ids(after_event_id=first.id) == [second.id]
    for unknown in ("nothing", event().id):
        with pytest.raises(EventUnknown) as refused:
            log.read(after_event_id=unknown)
        assert refused.value.code == "event-unknown"


def test_an_event_is_read_as_it_was_sent(log: Liaison):
    sent = event(
        grid=GRID,
        department="env-office",
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        sequence=3,
        data={"reporter_id": None, "name": "河道污染", "count": 2, "to": ["a", {"b": None}]},
    )
    log.hear(sent)
    answer = logged(log.read().items[0])
    assert answer.time.ToDatetime(tzinfo=UTC) == sent.time
    assert (answer.id, answer.sequence, answer.traceparent) == (sent.id, 3, sent.traceparent)
    assert (answer.grid, answer.department) == (GRID, "env-office")
    assert answer.data["reporter_id"] is None
    assert answer.data["name"] == "河道污染"
    assert answer.data["count"] == 2


@pytest.mark.rule("XCH-03")
def test_a_gap_that_stays_is_alarmed_until_it_is_filled(log: Liaison):
    first, missing, third = (event(subject="case-1", sequence=number) for number in (1, 2, 3))
    log.hear(first)
    log.hear(third)
    log.service.queries.check_gaps()
    log.clock.advance(minutes=6)
    with pytest.raises(EventsMissing, match="number 2 of case-1"):
        log.service.queries.check_gaps()
    log.hear(missing)
    log.service.queries.check_gaps()


def test_the_migration_makes_what_the_tables_say(log: Liaison):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with log.service.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), METADATA)
    assert [change for change in found if "event_20" not in str(change) and "event_default" not in str(change)] == []


@pytest.mark.rule("XCH-03", "REG-14")
@pytest.mark.parametrize("limit", [1, 2, 50])
def test_whoever_may_see_few_of_many_goes_on_over_short_pages(log: Liaison, monkeypatch, limit: int):
    monkeypatch.setattr(queries, "LOOKED_AT", 4)
    mine = person("department-handler", department="env-office")
    events = [event(department="env-office" if number % 9 == 5 else "other", sequence=1) for number in range(23)]
    for each in events:
        log.hear(each)
    found, position, pages = [], 0, 0
    while True:
        page = log.read(mine, after_position=position, limit=limit)
        found += [row.id for row in page.items]
        assert page.last_position > position
        position, pages = page.last_position, pages + 1
        if not page.more:
            break
    assert found == [each.id for each in events if each.department == "env-office"]
    assert pages >= 6
    assert log.read(mine, after_position=position).items == []
