"""Which case a merged one was merged into, which one it follows, and the state that it goes back to (INC-16)."""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0070"


def upgrade() -> None:
    op.add_column("case", sa.Column("merged_into", sa.UUID(as_uuid=False), sa.ForeignKey("case.id"), nullable=True))
    op.add_column("case", sa.Column("main_id", sa.UUID(as_uuid=False), sa.ForeignKey("case.id"), nullable=True))
    op.add_column("case", sa.Column("merged_from", sa.Text(), nullable=False, server_default=""))
    op.create_index("case_main", "case", ["main_id"], postgresql_where=sa.text("main_id IS NOT NULL"))
