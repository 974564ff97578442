"""Lists are taken from several ways of seeing (queries/worklists.py): what comes is what one plain question gives."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import sqlalchemy as sa

from services.chassis import migrate
from services.chassis.auth import Principal
from services.chassis.errors import Invalid
from services.incident.queries import Filter, Queries
from tests.bench import county, lists, seeding
from tests.conftest import TestPostgres

CASES = 3_000
ORDERS = {"-reported_at": "reported_at DESC, id DESC", "reported_at": "reported_at, id", "due_at": "due_at, id"}
PLAIN = {
    "everything": "true",
    "state answered": "state = 'answered'",
    "open states": "state NOT IN ('closed', 'registered', 'declined', 'handed-over')",
    "a frequent matter": f"matter_code = '{county.MATTERS[0]}'",
    "a town": f"starts_with(area, '{county.TOWNS[3]}')",
    "a grid": f"area = '{county.GRIDS[200]}'",
    "a department": f"department = '{county.DEPARTMENTS[5]}'",
    "red light": "light = 'red'",
    "text, frequent": "description LIKE '%占道经营%' OR address LIKE '%占道经营%'",
    "text, 1 in 100": "description LIKE '%塑料燃烧%' OR address LIKE '%塑料燃烧%'",
    "text, nowhere": "false",
    "text, a number's end": "number LIKE '%000123' OR description LIKE '%000123%' OR address LIKE '%000123%'",
}


@pytest.fixture(scope="module")
def seeded(postgres: TestPostgres) -> Iterator[sa.Engine]:
    uri = postgres.create_database("worklists")
    migrate.upgrade("incident", uri)
    with closing(postgres.connect("worklists")) as connection:
        seeding.incident(connection, CASES)
    engine = sa.create_engine(uri)
    yield engine
    engine.dispose()
    postgres.drop_database("worklists")


def sees(caller: Principal) -> str:
    seen = [f"reporter_id = '{caller.person_id}'", *(f"starts_with(area, '{area}')" for area in caller.areas)]
    if caller.department:
        seen += [f"department = '{caller.department}'", f"'{caller.department}' = ANY(co_departments)"]
    return " OR ".join(seen)


def plain(engine: sa.Engine, caller: Principal, condition: str, sort: str) -> list[str]:
    due = "due_at IS NOT NULL" if sort == "due_at" else "true"
    query = f'SELECT id::text FROM "case" WHERE ({sees(caller)}) AND ({condition}) AND {due} ORDER BY {ORDERS[sort]}'
    with engine.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql(query.replace("%", "%%"))]


def paged(asked: Queries, caller: Principal, wanted: Filter) -> list[str]:
    found, cursor = [], ""
    while True:
        page = asked.cases(Filter(**{**wanted.__dict__, "cursor": cursor, "limit": 200}), caller)
        found += [line["id"] for line in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            return found


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize("role", county.ROLES)
@pytest.mark.parametrize("name", PLAIN)
def test_pages_hold_what_one_plain_question_gives_in_its_order(seeded: sa.Engine, role: str, name: str) -> None:
    asked, caller = lists.queries(seeded), county.ROLES[role]
    for sort in ORDERS:
        wanted = Filter(**{**lists.FILTERS[name].__dict__, "sort": sort})
        assert paged(asked, caller, wanted) == plain(seeded, caller, PLAIN[name], sort)


@pytest.mark.parametrize("role", county.ROLES)
def test_unread_messages_and_read_ones_are_all(seeded: sa.Engine, role: str) -> None:
    asked, caller = lists.queries(seeded), county.ROLES[role]
    everything = told(asked, caller, unread=False)
    unread = told(asked, caller, unread=True)
    assert [line["id"] for line in everything if line["read_at"] is None] == [line["id"] for line in unread]
    moments = [(line["at"], line["id"]) for line in everything]
    assert moments == sorted(moments, reverse=True)
    assert len(moments) == len(set(moments))


def told(asked: Queries, caller: Principal, unread: bool) -> list[dict[str, object]]:
    found, cursor = [], ""
    while True:
        page = asked.messages(caller, unread, 200, cursor)
        found += page["items"]
        cursor = page["next_cursor"]
        if not cursor:
            return found


def test_a_frequent_text_and_a_rare_one_are_found_alike(seeded: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = lists.queries(seeded)
    for few in (0, 1_000_000):
        monkeypatch.setattr("services.incident.queries.worklists.FEW", few)
        for text in ("占道经营", "塑料燃烧", "000123", "100%"):
            condition = f"description LIKE '%{text}%' OR number LIKE '%{text}'".replace("100%", "100\\%")
            found = paged(asked, county.OPERATOR, Filter(text=text))
            assert found == plain(seeded, county.OPERATOR, condition, "-reported_at")


def test_what_a_sample_holds_often_is_looked_for_in_order(seeded: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.incident.queries.worklists.SAMPLE_PERCENT", 100)
    monkeypatch.setattr("services.incident.queries.worklists.FEW", 100)
    said: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        said.append(statement)

    sa.event.listen(seeded, "before_cursor_execute", listen)
    try:
        for text, all_looked_at in (("异味", False), ("白色粉末", True), ("外星人", True)):
            said.clear()
            lists.queries(seeded).cases(Filter(text=text), county.OPERATOR)
            assert any("MATERIALIZED" in statement for statement in said) == all_looked_at, text
    finally:
        sa.event.remove(seeded, "before_cursor_execute", listen)


def test_a_text_of_one_character_is_refused_with_what_would_be_right(seeded: sa.Engine) -> None:
    with pytest.raises(Invalid) as refused:
        lists.queries(seeded).cases(Filter(text="水"), county.OPERATOR)
    assert [(fault.path, fault.code) for fault in refused.value.faults] == [("text", "text-short")]


def test_helping_departments_are_kept_by_time_whatever_changes(seeded: sa.Engine) -> None:
    helpers = (
        'SELECT department FROM case_helper WHERE case_id = (SELECT id FROM "case" ORDER BY id LIMIT 1) ORDER BY 1'
    )
    change = 'UPDATE "case" SET co_departments = %s WHERE id = (SELECT id FROM "case" ORDER BY id LIMIT 1)'
    with seeded.connect() as connection:  # ends without a commit
        for departments in (["b", "a", "b"], ["a"], []):
            connection.exec_driver_sql(change, (departments,))
            assert [row[0] for row in connection.exec_driver_sql(helpers)] == sorted(set(departments))
