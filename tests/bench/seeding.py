# ruff: noqa: E501  (statements of SQL)
"""Fills the incident service's real schema by INSERT … SELECT generate_series: a million cases in a minute or two.

Indexes other than those of constraints are dropped before and made again after from their own definitions, foreign keys
are not checked while rows come in. The spread is skewed as a county's is: a few grids and matters have most cases, the
last 60 days hold the open ones, one department was closed two years ago, one has hardly any.
"""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

from psycopg2.extensions import connection as Connection

from tests.bench import county

_SECONDARY = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relname = ANY(%s) AND NOT i.indisunique
"""
_WITHOUT_DEFAULT = """
    SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relname = ANY(%s) AND c.relkind = 'r' AND a.attnum > 0 AND a.attnotnull AND NOT a.atthasdef
      AND NOT a.attisdropped AND format_type(a.atttypid, NULL) NOT IN ('uuid', 'timestamp with time zone')
"""
_EMPTY = {"integer": "0", "bigint": "0", "double precision": "0", "boolean": "false", "jsonb": "'[]'", "text[]": "'{}'"}
_EMPTY_TEXT = "''"
_FACTS = """
    CREATE UNLOGGED TABLE seed AS
    WITH drawn AS (
        SELECT i, %(now)s::timestamptz - (%(years)s * (1 - i::float8 / %(n)s)) AS at,
            1 + floor(320 * power(random(), 1.8))::int AS grid_no, 1 + floor(40 * power(random(), 1.5))::int AS matter_no,
            random() AS r, random() AS s, random() AS t, (random() * 1e6)::int AS k
        FROM generate_series(1, %(n)s) AS i)
    SELECT i, at, k, r, s, t, (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
            || substr(md5(i::text), 1, 3) || '8' || substr(md5(i::text), 4, 15))::uuid AS id,
        (%(grids)s::text[])[grid_no] AS grid, grid_no, (%(matters)s::text[])[matter_no] AS matter_code,
        CASE WHEN k %% 1000 = 7 AND i > %(n)s / 2 THEN %(small)s
             WHEN matter_no %% 20 = 3 AND i < %(n)s / 3 THEN %(closed)s
             ELSE (%(departments)s::text[])[1 + matter_no %% 17] END AS department,
        (%(departments)s::text[])[1 + (matter_no * 7 + k) %% 17] AS co_department,
        CASE WHEN at > %(now)s::timestamptz - interval '60 days' AND r < 0.25
             THEN (%(open)s::text[])[1 + floor(s * 7)::int]
             WHEN r < 0.32 THEN 'registered' WHEN r < 0.35 THEN 'declined' WHEN r < 0.36 THEN 'handed-over'
             ELSE 'closed' END AS state
    FROM drawn
"""
_CASES = """
    INSERT INTO "case" (id, number, state, matter_code, matter_name, matter_group, bottom_line, way, channel, description,
        area, grid, lon, lat, address, department, co_departments, handlers, reporter_id, reporter_name, reporter_phone,
        result, settled, first_report, excused, reworks, attachments, replies, original_text, external_reference, plan,
        reported_at, closed_at, due_at, light, changes, sequence)
    SELECT id, '371321-' || to_char(at, 'YYYYMMDD') || '-' || lpad(i::text, 6, '0'), state, matter_code,
        '事项' || matter_code, 'environment', k %% 5 = 0,
        (ARRAY['dispatched','dispatched','dispatched','coordinated','urgent'])[1 + k %% 5], 'grid-worker',
        (ARRAY['村东','河边','广场北侧','学校门口','市场旁','三号楼下','沿街商铺前','水库坝上'])[1 + k %% 8]
            || (ARRAY['垃圾堆放','污水外溢','路灯不亮','井盖破损','占道经营','噪声扰民','焚烧秸秆','电线下垂','墙体开裂'])[1 + k %% 9]
            || ',' || (ARRAY['影响通行','居民反映多次','有异味','请尽快处理','存在安全隐患'])[1 + k %% 5]
            || CASE WHEN k < 40 THEN ',发现白色粉末' WHEN k < 11000 THEN ',伴有塑料燃烧味'
                WHEN k < 15000 THEN ',飘来刺鼻气味' ELSE '' END
            || ',' || substr(md5(k::text), 1, 8),
        grid, grid, 118.3 + grid_no %% 18 * 0.02 + r * 0.02, 35.3 + grid_no / 18 * 0.02 + s * 0.02,
        '沂南县' || (k %% 18) || '镇' || (k %% 97) || '村' || (k %% 400) || '号', department,
        CASE WHEN k %% 4 = 0 THEN ARRAY[co_department] ELSE '{}' END,
        ARRAY['00000000-0000-7000-8000-' || lpad((k %% %(workers)s)::text, 12, '0')],
        '00000000-0000-7000-8000-' || lpad(
            (CASE WHEN s < 0.8 THEN (grid_no - 1 + 320 * (k %% 3)) ELSE %(workers)s + k %% %(citizens)s END)::text, 12, '0'),
        CASE WHEN s > 0.8 THEN repeat('x', 60) END, CASE WHEN s > 0.8 THEN repeat('y', 60) END,
        '已安排人员到现场处理完毕', false, k %% 9 = 0, false, (k %% 20 = 0)::int, '{}', '[]', '', '', 'p02/1', at,
        CASE WHEN state <> ALL(%(open)s) THEN at + t * interval '9 days' END,
        CASE WHEN state = ANY(%(open)s) THEN at + (20 + t * 60) * interval '1 day' END,
        CASE WHEN state = ANY(%(open)s) AND t < 0.02 THEN 'red' WHEN state = ANY(%(open)s) AND t < 0.05 THEN 'yellow'
             ELSE 'green' END, 7, 8
    FROM seed ORDER BY i
"""
_HELPERS = """
    INSERT INTO case_helper SELECT helping, reported_at, id FROM "case", unnest(co_departments) AS helping
    ON CONFLICT DO NOTHING
"""  # what a trigger does, which is off while rows come in
_MESSAGES = """
    INSERT INTO message (id, case_id, audience_kind, audience, area, kind, text, at)
    SELECT (lpad(to_hex((extract(epoch FROM at + m.after) * 1000)::bigint), 12, '0') || '7'
            || substr(md5(m.kind || i), 1, 3) || '8' || substr(md5(m.kind || i), 4, 15))::uuid,
        id, m.audience_kind, CASE m.audience_kind WHEN 'department' THEN department WHEN 'grid' THEN grid
            WHEN 'role' THEN 'centre-operator'
            ELSE '00000000-0000-7000-8000-' || lpad((grid_no - 1 + 320 * (k %% 3))::text, 12, '0') END,
        grid, m.kind, '案件 371321-' || i || '已有处理结果', at + m.after
    FROM seed, (VALUES ('dispatch', 'department', interval '1 hour', 1.0), ('answer', 'person', interval '2 days', 1.0),
        ('confirm', 'grid', interval '4 days', 1.0), ('warned-red', 'role', interval '5 days', 0.2))
        AS m(kind, audience_kind, after, part)
    WHERE r < m.part AND at + m.after < %(now)s ORDER BY at + m.after
"""
_READS = """
    INSERT INTO message_read (message_id, person_id, at)
    SELECT id, %(reader)s, at FROM message WHERE audience_kind = 'role' ORDER BY at DESC LIMIT 5000
"""
_PRECEDENTS = """
    INSERT INTO precedent (id, matter_code, area, lead, co_departments, case_id, case_number, reason, ruled_by, ruled_by_name,
        ruled_at, state, ended_at, ended_by, ended_by_name, end_reason, sequence)
    SELECT md5('p' || i)::uuid, matter_code, left(grid, 9), department, '{}', id, '371321-' || i, '职责清单所列', 'somebody', '张三',
        at, CASE WHEN row_number() OVER (PARTITION BY matter_code, left(grid, 9) ORDER BY i DESC) = 1 THEN 'active' ELSE 'ended' END,
        NULL, '', '', '', 1
    FROM seed WHERE k %% 200 = 11
"""
_MOVED = (
    """
    INSERT INTO calendar_change (id, year, at, changed, examined, moved)
    SELECT 'change-' || i, 2026, %(now)s - i * interval '20 days', '{}', 60000, 40000 FROM generate_series(1, 60) i
    """,
    """
    INSERT INTO moved_limit (change_id, case_id, step, due_before, due_after)
    SELECT 'change-1', id, 'handle', at, at + interval '1 day' FROM seed WHERE k %% 20 = 3
    """,
)


def _values(cases: int) -> dict[str, Any]:
    return {
        "n": cases,
        "now": county.NOW,
        "years": county.YEARS,
        "grids": county.GRIDS,
        "matters": county.MATTERS,
        "departments": county.DEPARTMENTS,
        "small": county.SMALL_OFFICE,
        "closed": county.CLOSED_OFFICE,
        "open": list(county.OPEN),
        "workers": county.WORKERS,
        "citizens": county.CITIZENS,
        "reader": county.OPERATOR.person_id,
    }


def incident(connection: Connection, cases: int) -> None:
    """Make `cases` cases with their messages, and the copies of grids and departments."""
    values = _values(cases)
    with filling(connection, "case", "message", "case_helper") as cursor, ExitStack() as stack:
        cursor.execute("SELECT setseed(0.42)")
        stack.enter_context(_defaults(cursor, "case", "message", "grid", "department"))
        _copies(cursor)
        for statement in (_FACTS, _CASES, _HELPERS, _MESSAGES, _READS, _PRECEDENTS, *_MOVED, "DROP TABLE seed"):
            cursor.execute(statement, values)


def more_cases(connection: Connection, cases: int, series: str, grids: Sequence[str], since: timedelta) -> None:
    """Add `cases` cases with their messages, spread over the time `since` until now, in `grids` (320 of them), to a
    service that has its copies.

    Their numbers begin with `series` instead of the county, so that they are neither the platform's nor another's.
    """
    with filling(connection, "case", "message", "case_helper") as cursor, ExitStack() as stack:
        cursor.execute("SELECT setseed(0.42)")
        stack.enter_context(_defaults(cursor, "case", "message"))
        for statement in (_FACTS, _CASES.replace("'371321-'", f"'{series}-'"), _HELPERS, _MESSAGES, "DROP TABLE seed"):
            cursor.execute(statement, {**_values(cases), "grids": list(grids), "years": since})


@contextmanager
def _defaults(cursor: Any, *tables: str) -> Iterator[None]:
    """Columns that a row must have and that are not spoken of here are nothing, zero or empty meanwhile."""
    cursor.execute(_WITHOUT_DEFAULT, (list(tables),))
    columns = [(f'ALTER TABLE "{table}" ALTER COLUMN "{name}"', kind) for table, name, kind in cursor.fetchall()]
    for column, kind in columns:
        cursor.execute(f"{column} SET DEFAULT {_EMPTY.get(kind, _EMPTY_TEXT)}")
    yield
    for column, _ in columns:
        cursor.execute(f"{column} DROP DEFAULT")


def _copies(cursor: Any) -> None:
    for code in county.GRIDS:
        row = (code, f"网格{code[9:]}", "area", 3, [code[:9], code[:6]], True, 1)
        cursor.execute(
            "INSERT INTO grid (code, name, kind, level, ancestors, active, sequence) VALUES (%s, %s, %s, %s, %s, %s, %s)",
            row,
        )
    for department in (*county.DEPARTMENTS, county.SMALL_OFFICE, county.CLOSED_OFFICE):
        cursor.execute(
            "INSERT INTO department (id, name, active, sequence) VALUES (%s, %s, true, 1)",
            (department, f"部门{department}"),
        )


@contextmanager
def filling(connection: Connection, *tables: str) -> Iterator[Any]:
    """A cursor for rows in bulk; leaves the indexes as they were, the statistics fresh."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(_SECONDARY, (list(tables),))
        secondary = cursor.fetchall()
        for name, _ in secondary:
            cursor.execute(f"DROP INDEX {name}")
        yield cursor
        for _, definition in secondary:
            cursor.execute(definition.replace(" ON ONLY ", " ON "))  # of a partitioned table: of its parts, too
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
