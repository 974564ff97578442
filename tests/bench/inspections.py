# ruff: noqa: E501  (statements of SQL)
"""Three years of inspections by superiors: 4,000, one of them of 5,000 targets, and 40,000 things to put right."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from psycopg2.extensions import cursor as Cursor

from services.patrol.queries.inspections import CorrectionFilter, InspectionFilter, InspectionQueries, TargetFilter
from tests.bench import county
from tests.bench.lists import FixedClock
from tests.bench.measuring import Ask

ZONE = ZoneInfo("Asia/Shanghai")
_ID = "('0195a000-0000-7000-8000-' || lpad(({})::text, 12, '0'))::uuid"
LARGEST = "0195a000-0000-7000-8000-000000000001"
_INSPECTIONS = f"""
    INSERT INTO inspection (id, plan, rule, name, kind, grid, by_id, begun_at, of, population, seed, ratio, state, version, sequence)
    SELECT {_ID.format("i")}, 'bench/1', 'rule-' || i %% 3, '抽查', 'random', %(codes)s || lpad((1 + i %% 17)::text, 3, '0') || '000001', 'person-' || i %% 50,
        timestamptz '2024-01-01' + i * interval '6 hours', 'grids', ARRAY['a', 'b'], 'seed', 0.1, CASE WHEN i %% 40 = 0 THEN 'open' ELSE 'finished' END, 1, 0
    FROM generate_series(1, 4000) i
"""
_TARGETS = f"""
    INSERT INTO inspection_target (inspection_id, id, kind, name, grid, inspected_at, rest, answers)
    SELECT {_ID.format("1 + i %% 4000")}, 'target-' || i, 'grid', '网格', %(codes)s || '001201001', CASE WHEN i %% 9 > 0 THEN now() END, 'fine', '[]'::jsonb
    FROM generate_series(1, 40000) i
    UNION ALL SELECT '{LARGEST}', 'more-' || i, 'grid', '网格', %(codes)s || '001201001', CASE WHEN i %% 9 > 0 THEN now() END, 'fine', '[]'::jsonb FROM generate_series(1, 5000) i
"""
_CORRECTIONS = f"""
    INSERT INTO correction (id, inspection_id, target_id, item, title, case_id, grid, due_on, done_at)
    SELECT {_ID.format("i")}, {_ID.format("1 + i %% 4000")}, 'target-' || i, 'a/b', '垃圾', 'case-' || i,
        %(codes)s || lpad((1 + i %% 17)::text, 3, '0') || lpad((201 + i / 17 %% 170)::text, 3, '0') || '001', DATE '2024-01-01' + i / 37, CASE WHEN i %% 25 > 0 THEN now() END
    FROM generate_series(1, 40000) i
"""


def seed(cursor: Cursor) -> None:
    """Inspections beside the tasks."""
    for statement in (_INSPECTIONS, _TARGETS, _CORRECTIONS):
        cursor.execute(statement, {"codes": county.COUNTY})


def questions(engine: sa.Engine) -> Iterator[tuple[str, Ask]]:
    """Inspections, their targets and what is to be put right, as each role asks."""
    asked = InspectionQueries(engine, ZONE, FixedClock())
    leader = county.principal("grid-leader", f"{county.COUNTY}001201001")
    roles = {"grid leader": leader, "town": county.TOWN_OPERATOR, "centre": county.OPERATOR}
    listed = {"everything": InspectionFilter(), "open": InspectionFilter(state="open")}
    wrong = {
        "everything": CorrectionFilter(),
        "overdue": CorrectionFilter(state="overdue"),
        "of one": CorrectionFilter(inspection_id=LARGEST),
    }
    for role, caller in roles.items():
        for name, wanted in listed.items():
            yield f"inspections: {role}, {name}", lambda caller=caller, wanted=wanted: asked.inspections(wanted, caller)
        for name, of in wrong.items():
            yield f"corrections: {role}, {name}", lambda caller=caller, of=of: asked.corrections(of, caller)
    for name, target in {"the first": TargetFilter(LARGEST), "left": TargetFilter(LARGEST, inspected=False)}.items():
        yield f"targets: centre, {name}", lambda target=target: asked.targets(target, county.OPERATOR)
