"""Which cases of a problem count, beside the case: the facts of the others need not be read to weigh an event's."""

import sqlalchemy as sa
from alembic import op

revision = "0100"
down_revision = "0090"

FILL = """
    UPDATE "case" SET counts = NOT EXISTS (
        SELECT FROM fact
        WHERE case_id = "case".id AND counter IN ('self_handled', 'merged') AND amount <> 0 AND reason <> 'superseded'
    )
"""


def upgrade() -> None:
    op.add_column("case", sa.Column("counts", sa.Boolean(), nullable=True))
    op.execute(FILL)
    op.alter_column("case", "counts", nullable=False)
