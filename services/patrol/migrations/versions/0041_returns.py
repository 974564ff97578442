"""Returns due from below (PAT-12)."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True))


def _text(name: str, nullable: bool = False, default: str | None = None) -> sa.Column[object]:
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=default)


def upgrade() -> None:
    op.create_table(
        "return",
        sa.Column("id", sa.UUID(as_uuid=False), primary_key=True),
        *(_text(name) for name in ("form", "name", "plan", "grid")),
        _text("person_id", nullable=True),
        _text("department"),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("since", "day", "until")),
        sa.Column("number", sa.Integer(), nullable=False, server_default="1"),
        _text("state"),
        *(sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()) for name in ("late", "nil")),
        _text("content", nullable=True),
        _text("reason", default=""),
        _text("submitted_by", nullable=True),
        _moment("submitted_at"),
        _text("decided_by", nullable=True),
        _moment("decided_at"),
        *(sa.Column(name, sa.Integer(), nullable=False, server_default="0") for name in ("version", "sequence")),
    )
    once = ["form", "grid", "day", "number", sa.text("coalesce(person_id, '')")]
    op.create_index("return_once", "return", once, unique=True, postgresql_where=sa.text("state <> 'withdrawn'"))
    op.create_index("return_until", "return", ["until", "id"])
    op.create_index("return_person", "return", ["person_id", "until", "id"])
    op.create_index("return_grid", "return", ["grid", "until", "id"], postgresql_ops={"grid": "text_pattern_ops"})
    op.create_index("return_department", "return", ["department", "until", "id"])
    owed = sa.text("state IN ('asked', 'overdue', 'sent-back')")
    op.create_index("return_owed", "return", ["day"], postgresql_where=owed)
