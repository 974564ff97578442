"""What is done twice to the same thing in a day is in the diary once (PAT-08)."""

from alembic import op

revision = "0062"
down_revision = "0020"

TWICE = """
    DELETE FROM deed AS later USING deed AS first
    WHERE (later.person_id, later.day) = (first.person_id, first.day)
      AND (later.kind, later.subject) = (first.kind, first.subject) AND later.id > first.id
"""


def upgrade() -> None:
    op.execute(TWICE)
    op.create_index("deed_once", "deed", ["person_id", "day", "kind", "subject"], unique=True)
