"""A duty joins the grid's list only by a recorded approval; what is there already came from the plan (REG-17)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0232"
down_revision = "0231"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the approval, and mark the present duties as the plan's."""
    op.add_column("duty", sa.Column("approval", postgresql.JSONB(), nullable=True))
    op.execute(
        """
        UPDATE duty SET approval = jsonb_build_object(
            'part', grid_part, 'source', 'plan', 'document', '', 'day', '', 'body', '', 'files', '[]'::jsonb,
            'recorded_by', '', 'recorded_at', '')
        WHERE grid_part <> 'none'
        """
    )
