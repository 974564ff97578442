"""What the last patrols said of each grid (INC-20)."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.incident import messages, tables
from services.incident.model.missed import Walk


class WalkRepository:
    """The last walk of each patrol in each grid; what arrives late and is older is left out."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def store(self, walk: messages.PatrolFinished) -> None:
        table = tables.walks
        row = insert(table).values({**walk.__dict__, "fine": list(walk.fine)})
        changed = {name: row.excluded[name] for name in ("task_id", "title", "day", "finished_at", "fine")}
        newer = table.c.finished_at <= row.excluded.finished_at
        key = ["grid", "patrol"]
        self._connection.execute(row.on_conflict_do_update(index_elements=key, set_=changed, where=newer))

    def called_fine(self, matter_code: str, grid: str, since: datetime) -> Walk | None:
        table = tables.walks.c
        query = sa.select(table.task_id, table.title, table.day).where(
            table.grid == grid, table.finished_at >= since, table.fine.contains([matter_code])
        )
        row = self._connection.execute(query.order_by(table.finished_at.desc()).limit(1)).one_or_none()
        return Walk(*row) if row else None
