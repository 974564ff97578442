"""Where a case stands on the county's ladder, and how it climbed (INC-06)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050b"
down_revision = "0071"


def upgrade() -> None:
    _add("case", "standing", postgresql.JSONB(), "{}")
    _add("case", "climbs", postgresql.JSONB(), "[]")
    op.add_column("case", sa.Column("held_at", sa.Text(), nullable=True))
    op.execute('UPDATE "case" SET held_at = grid')
    op.create_index("case_held_at", "case", ["held_at", "id"])
    _add("department", "level", sa.Text(), "town")


def _add(table: str, name: str, kind: sa.types.TypeEngine, default: str) -> None:
    """A column that has `default` in the rows that are there and no default afterwards."""
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))
    op.alter_column(table, name, server_default=None)


def downgrade() -> None:
    op.drop_column("department", "level")
    op.drop_index("case_held_at", "case")
    for name in ("held_at", "climbs", "standing"):
        op.drop_column("case", name)
