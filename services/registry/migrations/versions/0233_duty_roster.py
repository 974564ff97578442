"""The duty roster (REG-18)."""

import sqlalchemy as sa
from alembic import op

revision = "0233"
down_revision = "0232"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table of shifts."""
    op.create_table(
        "duty_shift",
        sa.Column("id", sa.UUID(as_uuid=False), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("area", "role", "department", "roster")),
        sa.Column("person_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("starts", MOMENT, nullable=False),
        sa.Column("ends", MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("offered_to", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("offered_return", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["offered_to"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("duty_shift_ends", "duty_shift", ["ends"])
    op.create_index("duty_shift_person", "duty_shift", ["person_id", "ends"])
    op.create_index(
        "duty_shift_offered", "duty_shift", ["offered_to"], postgresql_where=sa.text("offered_to IS NOT NULL")
    )
    op.create_index("duty_shift_area", "duty_shift", ["area", "ends"], postgresql_ops={"area": "text_pattern_ops"})
