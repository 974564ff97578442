"""Sums of each month's coverage beside the tasks, and from what the tasks of a day were made."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0060"

COUNTED = {
    "asked": "(state <> 'withdrawn')::integer",
    "finished": "(state IN ('finished', 'signed', 'submitted'))::integer",
    "late": "(late AND state <> 'withdrawn')::integer",
    "overdue": "(state = 'overdue')::integer",
    "excused": "(state = 'excused')::integer",
    "vacant": "(person_id IS NULL AND state <> 'withdrawn')::integer",
    "problems": "CASE WHEN state = 'withdrawn' THEN 0 ELSE problems END",
}
KEY = ("grid", "month", "patrol", "person_id")
_KEYS = "grid, date_trunc('month', day)::date, patrol, coalesce(person_id, '')"
_NAMES = ", ".join((*KEY, *COUNTED))
TRANSITIONS = {
    "insert": "REFERENCING NEW TABLE AS after",
    "update": "REFERENCING OLD TABLE AS before NEW TABLE AS after",
    "delete": "REFERENCING OLD TABLE AS before",
}


def upgrade() -> None:
    op.add_column("generation", sa.Column("inputs", sa.Text()))
    op.create_index("task_long", "task", ["until"], postgresql_where=sa.text("until > day"))
    op.create_table("coverage_month", *_columns(), sa.PrimaryKeyConstraint(*KEY))
    number = sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True)
    op.create_table("coverage_change", number, *_columns())
    op.create_index("coverage_change_grid", "coverage_change", ["grid", "month"])
    sums = ", ".join(f"sum({count})" for count in COUNTED.values())
    op.execute(f"INSERT INTO coverage_month ({_NAMES}) SELECT {_KEYS}, {sums} FROM task GROUP BY 1, 2, 3, 4")  # noqa: S608
    for deed, transition in TRANSITIONS.items():
        _follow(deed, transition)


def _columns() -> list[sa.Column[object]]:
    keys = (sa.Column(name, sa.Date() if name == "month" else sa.Text(), nullable=False) for name in KEY)
    return [*keys, *(sa.Column(name, sa.Integer(), nullable=False) for name in COUNTED)]


def _follow(deed: str, transition: str) -> None:
    """After each statement: what the changed tasks count for now, less what they counted for before."""
    sides = [
        f"SELECT {_KEYS}, " + ", ".join(f"{sign}({count})" for count in COUNTED.values()) + f" FROM {side}"  # noqa: S608
        for side, sign in (("after", ""), ("before", "-"))
        if f"AS {side}" in transition
    ]
    sums = ", ".join(f"sum({name})" for name in COUNTED)
    differs = " OR ".join(f"sum({name}) <> 0" for name in COUNTED)
    op.execute(f"""
        CREATE FUNCTION coverage_on_{deed}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO coverage_change ({_NAMES})
            SELECT {", ".join(KEY)}, {sums} FROM ({" UNION ALL ".join(sides)}) AS changed ({_NAMES})
            GROUP BY {", ".join(KEY)} HAVING {differs};
            RETURN NULL;
        END $$
    """)  # noqa: S608 (names of this file)
    op.execute(f"""
        CREATE TRIGGER task_coverage_{deed} AFTER {deed.upper()} ON task {transition}
        FOR EACH STATEMENT EXECUTE FUNCTION coverage_on_{deed}()
    """)
