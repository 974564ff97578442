"""Imports of whole tables as rows: their state, which is told while they run, and their sealed parts (REG-13)."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.auth import Principal
from services.chassis.errors import StillRunning, WanggeError
from services.chassis.ids import is_id
from services.chassis.personal import Seal
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors import ImportCancelled, ImportNotFound, TableRefused
from services.registry.model.sheets.cells import Cell
from services.registry.model.sheets.imports import MOST_FAULTS, OVER, StagedImport
from services.registry.model.sheets.reading import SheetRow, Values
from services.registry.repository import rows
from services.registry.tables import table_import, table_import_part

LOCKS = 7_310_013
"""The first number of our advisory locks: the second is a hash of the import's id, or of its kind."""
ABANDONED = timedelta(days=1)
KEPT = timedelta(days=30)


class SqlImports:
    def __init__(self, work: UnitOfWork, seal: Seal) -> None:
        self._work, self._seal = work, seal

    def open(self, staged: StagedImport) -> None:
        names = ("id", "kind", "dry_run", "state", "format", "encoding", "sheet", "digest", "total_rows")
        about = {**{name: getattr(staged, name) for name in names}, "merged": list(staged.merged)}
        counts = dict.fromkeys(("done_rows", "created", "changed", "unchanged", "fault_count"), 0)
        error = dict.fromkeys(("error_code", "error_zh", "error_en"), "")
        told = {"cancel_requested": False, "faults": [], "changes": []}
        by = {"by_id": self._work.caller.person_id, "created_at": self._work.now}
        rows.insert(self._work.connection, table_import, [{**about, **counts, **error, **told, **by}])

    def get(self, import_id: str) -> StagedImport:
        row = own(self._work.connection, import_id, self._work.caller)
        about = {name: getattr(row, name) for name in StagedImport.__dataclass_fields__}
        return StagedImport(**{**about, "merged": tuple(row.merged)})

    def add_part(self, import_id: str, part: int, given: Sequence[SheetRow]) -> None:
        text = json.dumps([[row.number, [[c.text, c.form] for c in row.cells]] for row in given], ensure_ascii=False)
        sealed = self._seal.close(text, _bound(import_id, part))
        statement = upsert(table_import_part).values(import_id=import_id, part=part, rows=sealed)
        again = statement.on_conflict_do_update(index_elements=["import_id", "part"], set_={"rows": sealed})
        self._work.connection.execute(again)

    def rows(self, import_id: str) -> Iterator[SheetRow]:
        its = table_import_part.c.import_id == import_id
        statement = sa.select(table_import_part).where(its).order_by(table_import_part.c.part)
        for part in self._work.connection.execute(statement):
            for number, cells in json.loads(self._seal.open(part.rows, _bound(import_id, part.part))):
                yield SheetRow(number, tuple(Cell(text, form) for text, form in cells))

    def claim(self, staged: StagedImport) -> None:
        if not self._work.connection.scalar(_TRY_LOCK, {"space": LOCKS, "name": staged.id}):
            raise StillRunning
        self._work.connection.execute(_LOCK, {"space": LOCKS, "name": staged.kind})

    def progress(self, import_id: str, done: int) -> None:
        """In a transaction of its own, so that everybody sees it before the import's own commit."""
        its = sa.update(table_import).where(table_import.c.id == import_id, ~table_import.c.cancel_requested)
        with self._work.engine.begin() as connection:
            if not connection.execute(its.values(state="running", done_rows=done)).rowcount:
                raise ImportCancelled

    def begin_trial(self) -> None:
        self._trial = self._work.connection.begin_nested()

    def end_trial(self) -> None:
        self._trial.rollback()
        self._work.forget()

    def finish(self, import_id: str, state: str, counts: Mapping[str, int], changes: Sequence[Values]) -> None:
        its = sa.update(table_import).where(table_import.c.id == import_id, ~table_import.c.cancel_requested)
        told = {"state": state, **counts, "changes": list(changes), "done_rows": table_import.c.total_rows}
        finished = its.values(**told, finished_at=self._work.now)
        if not self._work.connection.execute(finished).rowcount:
            raise ImportCancelled
        _remove_parts(self._work.connection, import_id)

    def cancel(self, import_id: str) -> None:
        waiting = table_import.c.state.in_(("open", "queued"))
        running = sa.case((waiting, "cancelled"), else_=table_import.c.state)
        ended = sa.case((waiting, self._work.now), else_=table_import.c.finished_at)
        its = sa.update(table_import).where(table_import.c.id == import_id, table_import.c.state.not_in(OVER))
        self._work.connection.execute(its.values(cancel_requested=True, state=running, finished_at=ended))
        if self.get(import_id).is_over:
            _remove_parts(self._work.connection, import_id)


def _bound(import_id: str, part: int) -> str:
    return f"table_import_part.rows:{import_id}:{part}"


def _remove_parts(connection: sa.Connection, import_id: str) -> None:
    connection.execute(sa.delete(table_import_part).where(table_import_part.c.import_id == import_id))


def own(connection: sa.Connection, import_id: str, caller: Principal) -> sa.Row[Any]:
    """The import that `caller` opened. Raises ImportNotFound."""
    its = table_import.c.id == import_id if is_id(import_id) else sa.false()
    found = sa.select(table_import).where(its, table_import.c.by_id == caller.person_id)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise ImportNotFound(id=import_id)
    return row


def is_running(connection: sa.Connection, import_id: str) -> bool:
    """Whether some process holds the import at this moment; asks by a lock that ends with the caller's transaction."""
    return not connection.scalar(_TRY_LOCK, {"space": LOCKS, "name": import_id})


def queue(engine: sa.Engine, import_id: str, caller: Principal) -> bool:
    """Let a waiting or interrupted import wait for its run; say whether there is anything to run."""
    with engine.begin() as connection:
        row = own(connection, import_id, caller)
        if row.state in OVER or (row.state == "running" and is_running(connection, import_id)):
            return False
        connection.execute(sa.update(table_import).where(table_import.c.id == import_id).values(state="queued"))
    return True


def refuse(engine: sa.Engine, import_id: str, error: WanggeError, now: datetime) -> None:
    """Note how a run ended that wrote nothing: cancelled, refused with its faults, or failed."""
    places = error.places if isinstance(error, TableRefused) else ()
    state = "cancelled" if isinstance(error, ImportCancelled) else ("failed" if error.code == "internal" else "refused")
    said = {"error_code": error.code, "error_zh": error.sentence("zh"), "error_en": error.sentence("en")}
    faults = {"fault_count": len(places), "faults": [each.as_dict() for each in places[:MOST_FAULTS]]}
    with engine.begin() as connection:
        its = sa.update(table_import).where(table_import.c.id == import_id, table_import.c.state.not_in(OVER))
        connection.execute(its.values(state=state, **said, **faults, finished_at=now))
        _remove_parts(connection, import_id)


def clean(engine: sa.Engine, now: datetime) -> int:
    """End imports that nobody finished within a day, forget all after thirty; return how many are forgotten."""
    abandoned = sa.and_(table_import.c.state.not_in(OVER), table_import.c.created_at < now - ABANDONED)
    ids = sa.select(table_import.c.id).where(abandoned)
    with engine.begin() as connection:
        connection.execute(sa.delete(table_import_part).where(table_import_part.c.import_id.in_(ids)))
        connection.execute(sa.update(table_import).where(abandoned).values(state="cancelled", finished_at=now))
        return connection.execute(sa.delete(table_import).where(table_import.c.created_at < now - KEPT)).rowcount


_TRY_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(:space, hashtext(:name))")
_LOCK = sa.text("SELECT pg_advisory_xact_lock(:space, hashtext(:name))")
