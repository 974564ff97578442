"""Returns, rulings and precedents (INC-05)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0050"
down_revision = "0081"


def upgrade() -> None:
    op.add_column("case", sa.Column("routing", postgresql.JSONB(), nullable=True))
    _add("returns", postgresql.JSONB(), "[]")
    _add("arbiters", postgresql.ARRAY(sa.Text()), "{}")
    _add("ruled", sa.Boolean(), "false")
    op.create_table(
        "precedent",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        sa.Column("matter_code", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("co_departments", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("case_id", sa.UUID(as_uuid=False), sa.ForeignKey("case.id"), nullable=False),
        sa.Column("case_number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ruled_by", sa.Text(), nullable=False),
        sa.Column("ruled_by_name", sa.Text(), nullable=False),
        sa.Column("ruled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.Column("ended_by_name", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
    )
    active = sa.text("state = 'active'")
    op.create_index("precedent_holds", "precedent", ["matter_code", "area"], unique=True, postgresql_where=active)
    op.create_index("precedent_ruled", "precedent", ["ruled_at", "id"])
    op.create_index("precedent_case", "precedent", ["case_id"])


def _add(name: str, kind: sa.types.TypeEngine, default: str) -> None:
    """A column that has `default` in the rows that are there and no default afterwards."""
    op.add_column("case", sa.Column(name, kind, nullable=False, server_default=default))
    op.alter_column("case", name, server_default=None)


def downgrade() -> None:
    op.drop_table("precedent")
    for name in ("ruled", "arbiters", "returns", "routing"):
        op.drop_column("case", name)
