"""Places that are looked at one by one (REG-10), and tasks of one place."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0001"

_ONCE = ("patrol", "grid", "day", "number", sa.text("coalesce(person_id, '')"))


def upgrade() -> None:
    op.create_table(
        "place",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("grid", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("key", sa.Boolean(), nullable=False),
        sa.Column("pollution_source", sa.Boolean(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
    op.create_index("place_grid", "place", ["grid", "id"], postgresql_ops={"grid": "text_pattern_ops"})
    op.add_column("task", sa.Column("place_id", sa.Text()))
    op.drop_index("task_once", "task")
    once = [*_ONCE, sa.text("coalesce(place_id, '')")]
    op.create_index("task_once", "task", once, unique=True, postgresql_where=sa.text("state <> 'withdrawn'"))
    where = sa.text("place_id IS NOT NULL")
    op.create_index("task_place", "task", ["place_id", "day", "id"], postgresql_where=where)
