"""Who put a case on a meeting's agenda, and what meetings decided about it (INC-10)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0090"
down_revision = "0050b"


def upgrade() -> None:
    op.add_column("case", sa.Column("consultations", JSONB(), nullable=False, server_default="[]"))
