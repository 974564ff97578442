"""Whether a case was possibly missed by its grid, and what was found about that (INC-20)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0082"
down_revision = "0050"


def upgrade() -> None:
    op.add_column("case", sa.Column("missed", JSONB(), nullable=True))
