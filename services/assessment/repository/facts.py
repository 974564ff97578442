"""Facts and counters: the facts of an event are added and its case is weighed anew, other cases only where need be.

Counters move by the difference that the weighing makes, in the same transaction, so that they always are the sum of the
facts. Two events of one case, or of cases that were split from one problem, wait for each other; all others pass.

The facts of the problem's other cases stay in the database: their weights follow from how many of its cases count. Few
events change that number, and one statement then weighs them all; no other event reads or writes a fact of theirs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.assessment import tables
from services.assessment.model.facts import Fact
from services.assessment.model.periods import spans_of
from services.assessment.model.weighing import PARTS, UNSHARED, Case, Cell, Weight, cell_of, part, share_of

NAMES = tuple(field.name for field in fields(Fact))
KEY = ("event_id", "counter", "subject_kind", "subject_id")
CELL = tuple(field.name for field in fields(Cell))
_REWEIGH = """
    UPDATE fact SET counted = weighed.counted, reason = weighed.reason
    FROM unnest(%(event_id)s::uuid[], %(counter)s::text[], %(subject_kind)s::text[], %(subject_id)s::text[],
        %(counted)s::float8[], %(reason)s::text[])
        AS weighed (event_id, counter, subject_kind, subject_id, counted, reason)
    WHERE (fact.event_id, fact.counter, fact.subject_kind, fact.subject_id)
        = (weighed.event_id, weighed.counter, weighed.subject_kind, weighed.subject_id)
"""


class FactRepository:
    """The facts and counters, as one unit of work changes them."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    def add(self, facts: Collection[Fact]) -> None:
        """Keep the facts of one event (all of one case); those that are there already change nothing."""
        case_id = next(iter(facts)).case_id
        row = self._lock(case_id, facts)
        before = self._stored(case_id)
        known = {fact.key for fact in before}
        new = [fact for fact in facts if fact.key not in known]
        if not new:
            return
        case = Case.of([*before, *new])
        if case.counts != row.counts:
            self._connection.execute(sa.update(tables.cases).values(counts=case.counts).filter_by(id=case_id))
        others = self._counting_others(case_id, row.problem) if row.problem else 0
        was_among_them = row.counts and any(fact.problem for fact in before)  # until its report came it stood alone
        old, share = share_of(others + was_among_them), share_of(others + case.counts)
        sums = self._weigh_own(case, before, new, share)
        if row.problem and share != old:
            for cell, amount in self._weigh_others(case_id, row.problem, share).items():
                sums[cell] += amount * (share - old)
        self._move_counters(sums)

    def _lock(self, case_id: str, facts: Collection[Fact]) -> sa.Row[tuple[str | None, bool]]:
        """Hold the case and its problem until the transaction ends; return the problem, and whether the case counted.

        Of a case that was not there it is told whether it counts by `facts`.
        """
        problem = next((fact.problem for fact in facts if fact.problem), None)
        row = insert(tables.cases).values(id=case_id, problem=problem, counts=Case.of(facts).counts)
        known = sa.func.coalesce(tables.cases.c.problem, row.excluded.problem)
        statement = row.on_conflict_do_update(index_elements=["id"], set_={"problem": known})
        found = self._connection.execute(statement.returning(tables.cases.c.problem, tables.cases.c.counts)).one()
        if found.problem:
            lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
            self._connection.execute(lock, {"name": f"problem:{found.problem}"})
        return found

    def _stored(self, case_id: str) -> dict[Fact, Weight]:
        rows = self._connection.execute(sa.select(tables.facts).filter_by(case_id=case_id)).mappings()
        return {Fact(**{name: row[name] for name in NAMES}): Weight(row["counted"], row["reason"]) for row in rows}

    def _counting_others(self, case_id: str, problem: str) -> int:
        """Asked when the problem is held: by then all that came before has been committed."""
        others = sa.select(sa.func.count()).where(*_others(case_id, problem), tables.cases.c.counts)
        return self._connection.scalars(others).one()

    def _weigh_own(
        self, case: Case, before: Mapping[Fact, Weight], new: Collection[Fact], share: float
    ) -> dict[Cell, float]:
        """Weigh the facts of the event's case and keep what changed; return by how much counters move."""
        sums: dict[Cell, float] = defaultdict(float)
        weights = {fact: case.weigh(fact, share) for fact in (*before, *new)}
        self._insert({fact: weights[fact] for fact in new})
        self._update({fact: weights[fact] for fact in before if weights[fact] != before[fact]})
        for fact, weight in weights.items():
            sums[cell_of(fact)] += weight.counted - (before[fact].counted if fact in before else 0.0)
        return sums

    def _weigh_others(self, case_id: str, problem: str, share: float) -> Mapping[Cell, int]:
        """Weigh the facts of the problem's other cases by `share`; return the amounts that were counted by the old one.

        A merged case is among them: it does not count, but where it was the first report it weighs as a part.
        """
        table, weight = tables.facts.c, part(1, share)
        moved = (
            sa.update(tables.facts)
            .values(counted=table.amount * sa.cast(weight.counted, sa.Float), reason=weight.reason)
            .where(table.case_id == tables.cases.c.id, *_others(case_id, problem))
            .where(table.reason.in_(PARTS), table.counter.not_in(UNSHARED))
            .where(sa.or_(table.amount != 0, table.reason != weight.reason))
            .returning(*(table[name] for name in CELL), table.amount)
            .cte("moved")
        )
        cells = [moved.c[name] for name in CELL]
        rows = self._connection.execute(sa.select(*cells, sa.func.sum(moved.c.amount)).group_by(*cells))
        return {Cell(*cell): amount for *cell, amount in rows}

    def _insert(self, new: Mapping[Fact, Weight]) -> None:
        if new:
            rows = [{**asdict(fact), **asdict(weight)} for fact, weight in new.items()]
            self._connection.execute(sa.insert(tables.facts), rows)

    def _update(self, changed: Mapping[Fact, Weight]) -> None:
        """In one statement, for all the facts of a case may change with one event: that of a merging does it."""
        if not changed:
            return
        columns = {name: [getattr(fact, name) for fact in changed] for name in KEY}
        counted, reasons = zip(*((weight.counted, weight.reason) for weight in changed.values()), strict=True)
        self._connection.exec_driver_sql(_REWEIGH, columns | {"counted": [*counted], "reason": [*reasons]})

    def _move_counters(self, sums: Mapping[Cell, float]) -> None:
        """Add to the counters, in the order of their keys, so that transactions never wait for each other in a ring."""
        moved = {cell: move for cell, move in sums.items() if move}
        if moved:
            self._move_tallies(moved)
            self._note_areas(moved)

    def _move_tallies(self, sums: Mapping[Cell, float]) -> None:
        """The rows of the day, month, quarter and year of each subject."""
        names = sorted({cell.counter for cell in sums})
        moves: dict[tuple[str, str, str], dict[str, float]] = defaultdict(lambda: dict.fromkeys(names, 0.0))
        for cell, move in sums.items():
            for span in spans_of(cell.day):
                moves[cell.subject_kind, span.text, cell.subject_id][cell.counter] += move
        key = ("subject_kind", "span", "subject_id")
        rows = [dict(zip(key, each, strict=True)) | moves[each] | {"updated_at": self._now} for each in sorted(moves)]
        statement = insert(tables.tallies)
        moved = {name: tables.tallies.c[name] + statement.excluded[name] for name in names}
        moved["updated_at"] = statement.excluded.updated_at
        self._connection.execute(statement.on_conflict_do_update(index_elements=key, set_=moved), rows)

    def _note_areas(self, cells: Iterable[Cell]) -> None:
        names = ("subject_kind", "subject_id", "area")
        found = sorted({(cell.subject_kind, cell.subject_id, cell.area) for cell in cells})
        rows = [dict(zip(names, each, strict=True)) for each in found]
        self._connection.execute(insert(tables.subject_areas).on_conflict_do_nothing(), rows)


def _others(case_id: str, problem: str) -> tuple[sa.ColumnElement[bool], ...]:
    """What the problem's other cases have in common."""
    return tables.cases.c.problem == problem, tables.cases.c.id != case_id
