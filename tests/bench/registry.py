# ruff: noqa: E501  (statements of SQL)
"""The registry's lists in a county of a million cases: 3,000 grids, 8,000 people, and the whole country's divisions."""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from services.chassis.personal import Seal
from services.registry.queries import applications, grid_changes, grids, listings, people, places, plans, posts
from services.registry.queries.care import Files
from tests.bench import boards, care, county
from tests.bench.measuring import Ask
from wangge.registry.v1 import places_pb2
from wangge.registry.v1 import registry_pb2 as pb

COUNTRY, PROVINCES = 620_574, range(11, 42)
GRIDS, PEOPLE, POSTS, DEPARTMENTS, DUTIES, LOOKS, CHANGES, APPLICATIONS, VERSIONS = (
    3_000,
    8_000,
    12_000,
    50,
    400,
    200_000,
    600,
    60,
    80,
)
PLACES = 20_000
DEEP_DIVISION = "371399999999"
SEAL = Seal(secrets.token_bytes(32))
ADMINISTRATOR = county.principal("security-administrator", county.COUNTY)
MEMBER = county.principal("grid-member", f"{county.TOWNS[4]}203001", number=5)
LEADER = county.principal("grid-leader", *county.TOWNS[3:6], number=6)
HEAD = county.principal("department-head", department="department-03", number=9)
ROLES = {"administrator": ADMINISTRATOR, "member": MEMBER, "leader of 3 towns": LEADER, "head": HEAD}

_DIVISIONS = (
    "INSERT INTO division SELECT p || '0000000000', '第' || p || '省', '', 'province', '第' || p || '省' FROM unnest(CAST(:provinces AS int[])) p",
    "INSERT INTO division SELECT rpad(left(code, 2) || lpad(c::text, 2, '0'), 12, '0'), '第' || c || '市', code, 'city', name || ' 第' || c || '市' FROM division, generate_series(1, 13) c WHERE kind = 'province'",
    "INSERT INTO division SELECT rpad(left(code, 4) || c, 12, '0'), '第' || c || '县', code, 'county', path_name || ' 第' || c || '县' FROM division, generate_series(21, 27) c WHERE kind = 'city'",
    "INSERT INTO division SELECT rpad(left(code, 6) || t, 12, '0'), '第' || t || '镇', code, 'town', path_name || ' 第' || t || '镇' FROM division, generate_series(101, 115) t WHERE kind = 'county'",
    """
    INSERT INTO division
    SELECT left(t.code, 9) || v.number, said.name, t.code, 'village', t.path_name || ' ' || said.name
    FROM (SELECT *, row_number() OVER (ORDER BY code) AS n, count(*) OVER () AS towns FROM division WHERE kind = 'town') t,
        generate_series(201, 214) AS v(number),
        LATERAL (SELECT (ARRAY['东','西','南','北','大','小','上','下','前','后','新','老'])[1 + abs(hashint4(v.number * 7919 + t.n::int)) % 12]
            || (ARRAY['王','李','张','刘','陈','杨','赵','黄','周','吴','石','柳','桥','河','山','沟','岭','泉','店','集','堡','寨','洼','湾'])[1 + abs(hashint4(v.number + t.n::int * 31)) % 24]
            || (ARRAY['家','家庄','家屯','家坪',''])[1 + abs(hashint4(v.number * 13 + t.n::int)) % 5]
            || CASE WHEN (t.n * 14 + v.number) % 60000 = 7 THEN '凤凰岭' ELSE '' END
            || CASE WHEN v.number % 5 = 0 THEN '社区居委会' ELSE '村委会' END AS name) AS said
    WHERE v.number < 214 OR t.n <= :villages - 13 * t.towns
    """,
)
_COUNTY = (
    "INSERT INTO department SELECT 'department-' || lpad(i::text, 2, '0'), '部门' || i, CASE WHEN i <= 30 THEN 'county' ELSE 'town' END, 'office', '371321000000', i % 17 > 0, 1, 1 FROM generate_series(1, :departments) i",
    "INSERT INTO duty SELECT 'duty-' || lpad(i::text, 3, '0'), '职责' || i, 'department-' || lpad((1 + i % :departments)::text, 2, '0'), ARRAY['department-' || lpad((1 + i * 7 % :departments)::text, 2, '0')], 'assists', '负责' || i, 1, 1 FROM generate_series(1, :duties) i",
    """
    INSERT INTO grid (code, name, kind, level, parent_code, division_code, division_codes, path, effective, state, since, drawn_how, version, sequence)
    SELECT '371321000000001', '全县网格', 'area', 0, NULL, '371321000000', '{}', '{}', '2024-01-01', 'active', '2024-01-01', 'surveyed', 1, 1
    """,
    """
    INSERT INTO grid (code, name, kind, level, parent_code, division_code, division_codes, path, effective, state, since, drawn_how, version, sequence)
    SELECT town || '000001', '镇网格' || n, 'area', 1, '371321000000001', town || '000', '{}', ARRAY['371321000000001'], '2024-01-01', 'active', '2024-01-01', 'surveyed', 1, 1
    FROM unnest(CAST(:towns AS text[])) WITH ORDINALITY AS each(town, n)
    """,
    """
    INSERT INTO grid (code, name, kind, level, parent_code, division_code, division_codes, path, effective, state, since, boundary, drawn_how, west, south, east, north, lon, lat, square_metres, version, sequence)
    SELECT town || village || lpad((1 + i / 18 / 30)::text, 3, '0'), CASE WHEN i % 30 = 9 THEN '第三网格' ELSE '网格' || i END, CASE WHEN i % 50 = 3 THEN 'special' ELSE 'area' END, 2, town || '000001',
        town || village, '{}', ARRAY['371321000000001', town || '000001'], '2024-01-01', CASE WHEN i % 90 = 7 THEN 'retired' ELSE 'active' END, '2024-01-01',
        jsonb_build_object('type', 'Polygon', 'coordinates', jsonb_build_array((SELECT jsonb_agg(jsonb_build_array(west + 0.004 * cos(a * 0.1), south + 0.004 * sin(a * 0.1)) ORDER BY a) FROM generate_series(0, 60) a))),
        'drawn', west, south, west + 0.008, south + 0.008, west + 0.004, south + 0.004, 640000, 1, 1
    FROM (SELECT i, (CAST(:towns AS text[]))[1 + i % 18] AS town, (201 + i / 18 % 30)::text AS village, 118.3 + i % 60 * 0.008 AS west, 35.3 + i / 60 * 0.008 AS south FROM generate_series(0, :grids - 20) i) AS placed
    """,
    """
    INSERT INTO person (id, username, name, roles, department, areas, private_phone, duty_phone, language, active, version, sequence)
    SELECT ('00000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'user-' || lpad((i * 7919 % 100000)::text, 5, '0') || '-' || i,
        (ARRAY['张','王','李','赵','欧阳'])[1 + i % 5] || (ARRAY['伟','芳','秀英','建国','丽','军','静','磊'])[1 + i / 5 % 8] || CASE WHEN i % 900 = 3 THEN '楠' ELSE '' END,
        CASE WHEN i % 40 = 0 THEN ARRAY['grid-leader'] WHEN i % 1000 = 1 THEN ARRAY['county-leader'] ELSE ARRAY['grid-member'] END,
        CASE WHEN i % 8 = 0 THEN 'department-' || lpad((1 + i / 8 % :departments)::text, 2, '0') END, '{}', NULL, '', 'zh', i % 25 > 0, 1, 1
    FROM generate_series(0, :people - 1) i
    """,
    """
    INSERT INTO post (id, person_id, grid_code, post, starts, ends, state, required, steps, version, sequence)
    SELECT (lpad(to_hex(1700000000000 + i * 100000::bigint), 12, '0') || '7000800000000000' || lpad(to_hex(i), 4, '0'))::uuid, ('00000000-0000-7000-8000-' || lpad((i % :people)::text, 12, '0'))::uuid,
        base.code, (ARRAY['leader','member','contact-leader'])[1 + i % 3], date '2024-01-01' + i % 300, CASE WHEN i >= :people THEN date '2025-06-01' + i % 200 END, 'appointed', ARRAY['training'],
        CASE WHEN i % 3 = 0 THEN '{}' ELSE '{"training": "2024-02-01"}'::jsonb END, 1, 1
    FROM generate_series(0, :posts - 1) i JOIN (SELECT code, row_number() OVER (ORDER BY code) AS n, count(*) OVER () AS all_of FROM grid) AS base ON base.n = 1 + i % base.all_of
    """,
    """
    INSERT INTO look (id, person_id, by_id, at, purpose, fields)
    SELECT (lpad(to_hex(1700000000000 + i * 400000::bigint), 12, '0') || '70008000' || lpad(to_hex(i), 12, '0'))::uuid, ('00000000-0000-7000-8000-' || lpad((CASE WHEN i % 10 = 0 THEN 5 ELSE i * 31 % :people END)::text, 12, '0'))::uuid,
        '00000000-0000-7000-8000-' || lpad((i * 17 % :people)::text, 12, '0'), timestamptz '2024-01-01' + i * interval '8 minutes', 'case', ARRAY['private_phone']
    FROM generate_series(0, :looks - 1) i
    """,
    """
    INSERT INTO grid_change (id, kind, effective, document, codes, successors, reason, state, decided_by, decided_at, version)
    SELECT (lpad(to_hex(1700000000000 + i * 100000000::bigint), 12, '0') || '70008000' || lpad(to_hex(i), 12, '0'))::uuid, (ARRAY['split','merge','reparent','retire'])[1 + i % 4], date '2024-01-01' + i, '{}', ARRAY[code], ARRAY[code], '调整',
        (ARRAY['effective','effective','effective','cancelled','pending'])[1 + i % 5], '00000000-0000-7000-8000-000000000005', timestamptz '2024-01-01' + i * interval '1 day', 1
    FROM generate_series(0, :changes - 1) i JOIN (SELECT code, row_number() OVER (ORDER BY code) AS n FROM grid) AS base ON base.n = 1 + i * 5
    """,
    """
    INSERT INTO place (id, kind, name, grid_code, lon, lat, address, pollution_source, responsible, grade, key, assessed_on, active, version, sequence)
    SELECT (lpad(to_hex(1700000000000 + i * 100000::bigint), 12, '0') || '70008000' || lpad(to_hex(i), 12, '0'))::uuid, (ARRAY['enterprise','enterprise','place','facility'])[1 + i % 4],
        (ARRAY['化工','超市','饭店','养殖场','学校'])[1 + i % 5] || i, code, 118.4, 35.4, '', i % 20 = 3, NULL, (ARRAY['','A','B','C','D'])[1 + i % 5], i % 50 = 9,
        CASE WHEN i % 5 > 0 THEN date '2025-01-01' + i % 300 END, i % 30 > 0, 1, 1
    FROM generate_series(0, :places - 1) i JOIN (SELECT code, row_number() OVER (ORDER BY code) AS n, count(*) OVER () AS all_of FROM grid) AS base ON base.n = 1 + i % base.all_of
    """,
    """
    INSERT INTO place_record (id, place_id, what, "on", at, by_id, grid_code, grade, key, words)
    SELECT (lpad(to_hex(1700000000000 + i * 100000::bigint), 12, '0') || '70009000' || lpad(to_hex(i), 12, '0'))::uuid, id, (ARRAY['entered','changed','assessed','stated'])[1 + i % 4], date '2024-01-01' + i % 700, timestamptz '2024-01-01' + i * interval '1 minute',
        '00000000-0000-7000-8000-000000000005', grid_code, grade, key, '' FROM generate_series(0, :places * 8 - 1) i
        JOIN (SELECT id, grid_code, grade, key, row_number() OVER (ORDER BY id) AS n FROM place) AS base ON base.n = CASE WHEN i % 8 = 0 THEN 1 ELSE 1 + i % :places END
    """,
    "INSERT INTO application SELECT gen_random_uuid(), '应用' || i, ARRAY['read'], 60, md5(i::text), 'abcd', 'somebody', timestamptz '2024-01-01' + i * interval '10 days', CASE WHEN i % 3 = 0 THEN now() END, CASE WHEN i % 3 = 0 THEN 'somebody' END, 1 FROM generate_series(1, :applications) i",
    """
    INSERT INTO plan_version (plan_id, number, title, effective, digest, text, document, stored_by, stored_at)
    SELECT 'plan-' || i % 4, 1 + i / 4, '方案', date '2024-01-01' + i * 7, md5(i::text), repeat('matters: … ', 20000), jsonb_build_object('levels', jsonb_build_array(jsonb_build_object('level', 2, 'kind', 'area', 'name', '村级网格', 'size', jsonb_build_object('households', jsonb_build_object('from', 300, 'to', 500)))), 'matters', (SELECT jsonb_agg(jsonb_build_object('code', m, 'name', md5((i * m)::text))) FROM generate_series(1, 3000) m)), 'somebody', timestamptz '2024-01-01' + i * interval '7 days'
    FROM generate_series(0, :versions - 1) i
    """,
    "INSERT INTO plan_activation (plan_id, number, effective, activated_by, activated_at) SELECT plan_id, number, effective, 'somebody', stored_at FROM plan_version WHERE number % 2 = 0 ORDER BY effective",
)
_PHONES = """
    UPDATE person SET private_phone = phone
    FROM unnest(CAST(:ids AS uuid[]), CAST(:phones AS text[])) AS sealed(person_id, phone) WHERE id = person_id
"""


def seed(engine: sa.Engine, whole: bool) -> None:
    """Fill the registry; a trial has one province."""
    values: dict[str, Any] = {
        "provinces": list(PROVINCES) if whole else [37],
        "villages": COUNTRY - len(PROVINCES) * (1 + 13 + 13 * 7 + 13 * 7 * 15) if whole else 20_000,
        "towns": county.TOWNS,
        "grids": GRIDS if whole else 700,
        "people": PEOPLE if whole else 400,
        "posts": POSTS if whole else 600,
        "departments": DEPARTMENTS,
        "duties": DUTIES,
        "looks": LOOKS if whole else 2_000,
        "changes": CHANGES if whole else 100,
        "applications": APPLICATIONS,
        "places": PLACES if whole else 500,
        "versions": VERSIONS if whole else 8,
    }
    with engine.begin() as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        for statement in (*_DIVISIONS, *_COUNTY):
            connection.execute(sa.text(statement), values)
        boards.seed(connection)
        ids = list(connection.scalars(sa.text("SELECT id::text FROM person")))
        phones = [SEAL.close("13800001234", f"person.private_phone:{each}") for each in ids]
        connection.execute(sa.text(_PHONES), {"ids": ids, "phones": phones})
        care.seed(connection, whole)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")


def baseline(engine: sa.Engine) -> Ask:
    """Fifty divisions by their codes."""
    with engine.connect() as connection:
        codes = list(connection.scalars(sa.text("SELECT code FROM division ORDER BY md5(code) LIMIT 50")))
    statement = sa.text("SELECT * FROM division WHERE code = ANY(:codes)")

    def ask() -> Any:
        with engine.connect() as connection:
            return [dict(row) for row in connection.execute(statement, {"codes": codes}).mappings()]

    return ask


def questions(engine: sa.Engine) -> Iterator[tuple[str, Ask]]:
    """Every list of the registry, for those who ask it, with each filter, and pages deep inside."""
    ask = _asking(engine)
    yield from _of_divisions(ask)
    yield from _of_grids(ask)
    yield from _of_people(ask)
    yield from _of_places(ask)
    yield from _of_the_rest(ask)
    yield from boards.questions(ask, ROLES)
    yield from care.questions(ask, engine, Files(SEAL))


Asking = Callable[..., Ask]


def _of_places(ask: Asking) -> Iterator[tuple[str, Ask]]:
    filters: dict[str, dict[str, Any]] = {
        "everything": {},
        "a town": {"prefix": county.TOWNS[4]},
        "a grade": {"grade": "D"},
        "not assessed": {"assessed": False},
        "the key list": {"key": True},
        "pollution sources": {"pollution_source": True},
        "text": {"text": "化工"},
        "text, nowhere": {"text": "外星人"},
    }
    for name, wanted in filters.items():
        for role in ("administrator", "leader of 3 towns"):
            request = places_pb2.ListPlacesRequest(**wanted)
            yield f"places: {role}, {name}", ask(places.list_places, request, ROLES[role], SEAL)
    deep = places_pb2.ListPlacesRequest(limit=200)
    yield "places: administrator, deep", ask(places.list_places, deep, ADMINISTRATOR, SEAL, then=20)
    busy = "018bcfe5-6800-7000-8000-000000000000"
    for name, wanted in {"the busiest": {}, "its assessments": {"what": "assessed"}}.items():
        request = places_pb2.ListPlaceRecordsRequest(place_id=busy, **wanted)
        yield f"records of a place: {name}", ask(places.list_records, request, ADMINISTRATOR)


def _asking(engine: sa.Engine) -> Asking:
    def asking(question: Callable[..., Any], request: Any, *arguments: Any, then: int = 0) -> Ask:
        """Ask for the page that comes after `then` others."""
        for _ in range(then):
            with engine.connect() as connection:
                request.cursor = question(connection, request, *arguments)["next_cursor"] or request.cursor

        def ask() -> Any:
            with engine.connect() as connection:
                return question(connection, request, *arguments)

        return ask

    return asking


def _of_divisions(ask: Asking) -> Iterator[tuple[str, Ask]]:
    filters: dict[str, dict[str, Any]] = {
        "everything": {},
        "a county": {"prefix": "371321"},
        "half a province": {"prefix": "37"},
        "provinces": {"kind": "province"},
        "cities": {"kind": "city"},
        "villages": {"kind": "village"},
        "of a town": {"parent_code": "371321101000"},
        "text, in every name": {"text": "委会"},
        "text, frequent": {"text": "家庄"},
        "text, a character": {"text": "泉"},
        "text, 1 in 60,000": {"text": "凤凰岭"},
        "text, a county's": {"text": "第21县"},
        "text, nowhere": {"text": "蓬莱阁"},
        "text, a character nowhere": {"text": "龘"},
        "text, nowhere in the county": {"text": "凤凰岭", "prefix": "371321"},
        "text, frequent, in the county": {"text": "家庄", "prefix": "371321"},
        "text, frequent, provinces": {"text": "家庄", "kind": "province"},
    }
    for name, given in filters.items():
        yield f"divisions: {name}", ask(listings.list_divisions, pb.ListDivisionsRequest(**given))
        deep = pb.ListDivisionsRequest(**given, limit=200)
        yield f"divisions: {name}, deep", ask(listings.list_divisions, deep, then=5)


def _of_grids(ask: Asking) -> Iterator[tuple[str, Ask]]:
    filters: dict[str, dict[str, Any]] = {
        "everything": {},
        "a town": {"prefix": county.TOWNS[3]},
        "below a town": {"below": f"{county.TOWNS[3]}000001"},
        "of a parent": {"parent_code": f"{county.TOWNS[3]}000001"},
        "special": {"kind": "special"},
        "a level": {"level": 2},
        "text": {"text": "第三"},
        "text, nowhere": {"text": "外星"},
        "without boundary": {"with_boundary": False},
        "200 on a page": {"limit": 200},
    }
    for name, given in filters.items():
        yield f"grids: {name}", ask(grids.list_grids, pb.ListGridsRequest(**given), ADMINISTRATOR)
    for role, caller in ROLES.items():
        yield f"grids: {role}, mine", ask(grids.list_grids, pb.ListGridsRequest(mine=True), caller)
    yield "grids: deep", ask(grids.list_grids, pb.ListGridsRequest(limit=200), ADMINISTRATOR, then=10)
    for name, given in {
        "everything": {},
        "pending": {"state": "pending"},
        "a grid": {"grid_code": county.GRIDS[3]},
    }.items():
        yield f"grid changes: {name}", ask(grid_changes.list_changes, pb.ListGridChangesRequest(**given))
    yield "grid changes: deep", ask(grid_changes.list_changes, pb.ListGridChangesRequest(limit=200), then=2)


def _of_people(ask: Asking) -> Iterator[tuple[str, Ask]]:
    phones, today = people.PhoneBook(SEAL), county.NOW.date()
    filters: dict[str, dict[str, Any]] = {
        "everybody": {},
        "text, frequent": {"text": "建国"},
        "text, rare": {"text": "楠"},
        "text, nowhere": {"text": "外星人"},
        "a rare role": {"role": "county-leader"},
        "a department": {"department": "department-07"},
        "a town": {"area": county.TOWNS[3]},
        "leaders of a town": {"area": county.TOWNS[3], "post": "leader"},
        "inactive": {"active": False},
    }
    for name, given in filters.items():
        for role, caller in ROLES.items():
            yield f"people: {role}, {name}", ask(people.list_people, pb.ListPeopleRequest(**given), caller, phones)
    deep = pb.ListPeopleRequest(limit=200)
    yield "people: administrator, deep", ask(people.list_people, deep, ADMINISTRATOR, phones, then=20)
    of_posts: dict[str, dict[str, Any]] = {
        "everything": {},
        "a town": {"area": county.TOWNS[3]},
        "a grid": {"grid_code": f"{county.TOWNS[3]}203001"},
        "a person": {"person_id": county.person(5)},
        "leaders": {"post": "leader"},
        "on a day": {"on": "2025-03-01"},
        "on a day before all": {"on": "2020-01-01"},
        "200 on a page": {"limit": 200},
    }
    for name, given in of_posts.items():
        yield f"posts: {name}", ask(posts.list_posts, pb.ListPostsRequest(**given), today)
    yield "posts: deep", ask(posts.list_posts, pb.ListPostsRequest(limit=200), today, then=30)
    yield "looks: at one who was looked at often", ask(people.list_looks, pb.ListLooksRequest(), MEMBER)
    yield (
        "looks: at one who was looked at often, deep",
        ask(people.list_looks, pb.ListLooksRequest(limit=200), MEMBER, then=50),
    )
    yield "looks: at somebody", ask(people.list_looks, pb.ListLooksRequest(), HEAD)


def _of_the_rest(ask: Asking) -> Iterator[tuple[str, Ask]]:
    today = county.NOW.date()
    for name, given in {
        "everything": {},
        "text": {"text": "部门3"},
        "towns'": {"level": "town"},
        "active": {"active": True},
    }.items():
        yield f"departments: {name}", ask(listings.list_departments, pb.ListDepartmentsRequest(**given))
    for name, given in {
        "everything": {},
        "of a department": {"department": "department-07"},
        "text": {"text": "职责39"},
    }.items():
        yield f"duties: {name}", ask(listings.list_duties, pb.ListDutiesRequest(**given))
    yield "duties: deep", ask(listings.list_duties, pb.ListDutiesRequest(limit=100), then=3)
    for name, given in {
        "everything": {},
        "of one plan": {"plan_id": "plan-2"},
        "in force": {"state": "in-force"},
        "drafts": {"state": "draft"},
    }.items():
        yield f"plans: {name}", ask(plans.list_plans, pb.ListPlansRequest(**given), today)
    for name, given in {"everything": {}, "revoked": {"state": "revoked"}}.items():
        yield (
            f"applications: {name}",
            ask(applications.list_applications, pb.ListApplicationsRequest(**given), ADMINISTRATOR),
        )
