"""Facts and counters: the facts of an event are added, the problem that its case belongs to is weighed anew.

Counters move by the difference that the weighing makes, in the same transaction, so that they always are the sum of the
facts. Two events of one case, or of cases that were split from one problem, wait for each other; all others pass.
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
from services.assessment.model.weighing import Cell, Weight, cell_of, weigh

NAMES = tuple(field.name for field in fields(Fact))
KEY = ("event_id", "counter", "subject_kind", "subject_id")
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
        first = next(iter(facts))
        problem = self._lock(first.case_id, next((fact.problem for fact in facts if fact.problem), None))
        before = self._stored(first.case_id, problem)
        known = {fact.key for fact in before}
        new = [fact for fact in facts if fact.key not in known]
        after = weigh([*before, *new])
        changed = {fact: after[fact.key] for fact, weight in before.items() if after[fact.key] != weight}
        self._insert({fact: after[fact.key] for fact in new})
        self._update(changed)
        moves = [(fact, weight.counted - before[fact].counted) for fact, weight in changed.items()]
        self._move_counters([*moves, *((fact, after[fact.key].counted) for fact in new)])

    def _lock(self, case_id: str, problem: str | None) -> str | None:
        """Hold the case and its problem until the transaction ends; return the problem."""
        row = insert(tables.cases).values(id=case_id, problem=problem)
        known = sa.func.coalesce(tables.cases.c.problem, row.excluded.problem)
        statement = row.on_conflict_do_update(index_elements=["id"], set_={"problem": known})
        found: str | None = self._connection.scalar(statement.returning(tables.cases.c.problem))
        if found:
            lock = sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
            self._connection.execute(lock, {"name": f"problem:{found}"})
        return found

    def _stored(self, case_id: str, problem: str | None) -> dict[Fact, Weight]:
        cases, condition = tables.cases, tables.facts.c.case_id == case_id
        if problem:
            condition = tables.facts.c.case_id.in_(sa.select(cases.c.id).where(cases.c.problem == problem))
        rows = self._connection.execute(sa.select(tables.facts).where(condition)).mappings()
        return {Fact(**{name: row[name] for name in NAMES}): Weight(row["counted"], row["reason"]) for row in rows}

    def _insert(self, new: Mapping[Fact, Weight]) -> None:
        if new:
            rows = [{**asdict(fact), **asdict(weight)} for fact, weight in new.items()]
            self._connection.execute(sa.insert(tables.facts), rows)

    def _update(self, changed: Mapping[Fact, Weight]) -> None:
        """In one statement: of a problem that is reported often every fact's weight changes with each further case."""
        if not changed:
            return
        columns = {name: [getattr(fact, name) for fact in changed] for name in KEY}
        counted, reasons = zip(*((weight.counted, weight.reason) for weight in changed.values()), strict=True)
        self._connection.exec_driver_sql(_REWEIGH, columns | {"counted": [*counted], "reason": [*reasons]})

    def _move_counters(self, moves: Iterable[tuple[Fact, float]]) -> None:
        """Add to the counters, in the order of their keys, so that transactions never wait for each other in a ring."""
        sums: dict[Cell, float] = defaultdict(float)
        for fact, move in moves:
            if move:
                sums[cell_of(fact)] += move
        if not sums:
            return
        self._move_tallies(sums)
        self._note_areas(sums)

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
