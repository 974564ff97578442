"""Counters of patrols: what was due, done, done in time, and what a check found afterwards (PAT-05, ASM-03)."""

import sqlalchemy as sa
from alembic import op

revision = "0110"
down_revision = "0100"

COUNTERS = ("patrols_due", "patrols_done", "patrols_on_time", "overlooked")


def upgrade() -> None:
    for name in COUNTERS:
        op.add_column("tally", sa.Column(name, sa.Float(), nullable=False, server_default="0"))
