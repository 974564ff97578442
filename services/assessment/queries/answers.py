"""The questions themselves. Each opens a connection of its own and holds it no longer than the answer takes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.assessment import tables, visibility
from services.assessment.errors import CounterUnknown, CursorWrong, KindWrong, PeriodWrong, SubjectNotFound
from services.assessment.model.facts import COUNTERS, DEPARTMENT, GRID, KINDS, MEMBER
from services.assessment.model.periods import Period
from services.assessment.model.scheme import Schemes
from services.assessment.model.scoring import score
from services.assessment.queries import lines, paging, tallies
from services.assessment.queries.tallies import Subject, Tally
from services.chassis.auth import Principal
from services.chassis.clock import Clock

Values = dict[str, Any]


@dataclass(frozen=True)
class ScoreFilter:
    """Scores of one kind of subject; an empty `period` is the present month, an empty `area` everywhere."""

    subject_kind: str
    period: str = ""
    area: str = ""
    limit: int = 0
    cursor: str = ""


@dataclass(frozen=True)
class FactFilter:
    """The facts of one subject in a period; an empty `counter` means all of them."""

    subject_kind: str
    subject_id: str
    period: str = ""
    counter: str = ""
    limit: int = 0
    cursor: str = ""


class Queries:
    """Answers with plain dictionaries in the shape of the protobuf messages."""

    def __init__(self, engine: sa.Engine, zone: ZoneInfo, clock: Clock) -> None:
        self._engine = engine
        self._zone = zone
        self._clock = clock

    def period(self, text: str) -> Period:
        """Raises PeriodWrong."""
        return Period.parse(text, self._today())

    def scores(self, wanted: ScoreFilter, caller: Principal) -> Values:
        """Scores, best first (ASM-03).

        Raises Forbidden for who may not compare members, NoScheme, KindWrong, PeriodWrong.
        """
        kind, period = _known_kind(wanted.subject_kind), self.period(wanted.period)
        if kind == MEMBER:
            caller.require(*visibility.LISTS_MEMBERS, action="查看网格员得分列表")
        table = tables.counters
        conditions = (
            table.c.subject_kind == kind,
            visibility.of_subjects(caller, table.c.subject_kind, table.c.subject_id),
            visibility.within(wanted.area, kind, table.c.subject_id),
        )
        with self._engine.connect() as connection:
            items = _scores(connection, period, *conditions)
        items = [each for each in items if _after(each, wanted.cursor)]
        limit = paging.size(wanted.limit)
        last = items[limit - 1] if len(items) > limit else None
        cursor = paging.encode(last["total"], last["subject_id"]) if last else ""
        return {"items": items[:limit], "next_cursor": cursor}

    def score(self, kind: str, subject_id: str, period_text: str, caller: Principal) -> Values:
        """One subject's score. Raises SubjectNotFound where it does not exist or the caller may not see it."""
        subject, period = (_known_kind(kind), subject_id), self.period(period_text)
        table = tables.counters
        with self._engine.connect() as connection:
            _check_visible(connection, subject, caller)
            schemes = tallies.schemes(connection)
            same = (table.c.subject_kind == kind, table.c.subject_id == subject_id)
            found = tallies.stored(connection, period, schemes.start, *same)
            return _lines(connection, period, schemes, {subject: found.get(subject, Tally())})[0]

    def facts(self, wanted: FactFilter, caller: Principal) -> Values:
        """The facts behind the counters, newest first, each with its event (ASM-08). Errors as in `score`."""
        subject, period = (_known_kind(wanted.subject_kind), wanted.subject_id), self.period(wanted.period)
        if wanted.counter and wanted.counter not in COUNTERS:
            raise CounterUnknown(value=wanted.counter, possible=", ".join(COUNTERS))
        limit = paging.size(wanted.limit)
        with self._engine.connect() as connection:
            _check_visible(connection, subject, caller)
            query = _facts_query(wanted, period, _start(connection)).limit(limit + 1)
            rows = connection.execute(query).mappings().all()
        last = rows[limit - 1] if len(rows) > limit else None
        return {
            "items": [lines.fact_line(dict(row)) for row in rows[:limit]],
            "next_cursor": paging.encode(last["at"].isoformat(), last["event_id"], last["counter"]) if last else "",
        }

    def daily_report(self, day_text: str, area: str, caller: Principal) -> Values:
        """What one day brought to the subjects that the caller may see (ASM-04). Raises PeriodWrong, NoScheme."""
        period = Period.of_day(self._day(day_text))
        with self._engine.connect() as connection:
            seen = [_seen_on(connection, period, kind, area, caller) for kind in KINDS]
            items = _lines(connection, period, tallies.schemes(connection), seen[0] | seen[1] | seen[2])
        grids = seen[KINDS.index(GRID)] or seen[KINDS.index(DEPARTMENT)]
        return {"date": period.text, "counters": lines.counter_lines(_sum(grids.values()).counts), "subjects": items}

    def scheme(self) -> Values:
        """The scheme of the active plan. Raises NoScheme."""
        with self._engine.connect() as connection:
            return lines.scheme_lines(tallies.schemes(connection), KINDS)

    def _today(self) -> date:
        return self._clock.now().astimezone(self._zone).date()

    def _day(self, text: str) -> date:
        try:
            return date.fromisoformat(text) if text else self._today()
        except ValueError as error:
            raise PeriodWrong(value=text) from error


def _known_kind(kind: str) -> str:
    if kind not in KINDS:
        raise KindWrong(value=kind)
    return kind


def _scores(connection: sa.Connection, period: Period, *conditions: sa.ColumnElement[bool]) -> list[Values]:
    schemes = tallies.schemes(connection)
    return _lines(connection, period, schemes, tallies.stored(connection, period, schemes.start, *conditions))


def _lines(connection: sa.Connection, period: Period, schemes: Schemes, found: Mapping[Subject, Tally]) -> list[Values]:
    """A line for each subject that has a scheme, the best first."""
    names = tallies.names(connection, found)
    items = [
        lines.score_line(subject, names.get(subject, ""), period, schemes.plan, score(scheme, tally.counts), tally)
        for subject, tally in found.items()
        if (scheme := schemes.of(*subject)) is not None
    ]
    return sorted(items, key=_rank)


def _rank(line: Values) -> tuple[float, str]:
    return -line["total"], line["subject_id"]


def _after(line: Values, cursor: str) -> bool:
    if not cursor:
        return True
    total, subject_id = paging.decode(cursor, float, str)
    return _rank(line) > (-total, subject_id)


def _check_visible(connection: sa.Connection, subject: Subject, caller: Principal) -> None:
    """Raise SubjectNotFound unless the caller may see `subject` and it is known or has facts."""
    kind, subject_id = subject
    if subject == (MEMBER, caller.person_id):
        return
    table = tables.counters
    known = [sa.select(table.c.subject_kind, table.c.subject_id)]
    known.append(sa.select(sa.literal(GRID), tables.grids.c.code))
    known.append(sa.select(sa.literal(DEPARTMENT), tables.departments.c.id))
    subjects = sa.union_all(*known).subquery()
    query = sa.select(sa.literal(1)).where(
        subjects.c.subject_kind == kind,
        subjects.c.subject_id == subject_id,
        visibility.of_subjects(caller, subjects.c.subject_kind, subjects.c.subject_id),
    )
    if connection.execute(query.limit(1)).one_or_none() is None:
        raise SubjectNotFound(kind=kind, id=subject_id)


def _start(connection: sa.Connection) -> str:
    return tallies.schemes(connection).start


def _facts_query(wanted: FactFilter, period: Period, start: str) -> sa.Select[Any]:
    table = tables.facts
    order = (table.c.at, table.c.event_id, table.c.counter)
    query = sa.select(table).where(
        table.c.subject_kind == wanted.subject_kind,
        table.c.subject_id == wanted.subject_id,
        table.c.day.between(tallies.first_day(period, start), period.last),
        table.c.amount != 0,
    )
    if wanted.counter:
        query = query.where(table.c.counter == wanted.counter)
    if wanted.cursor:
        query = query.where(sa.tuple_(*order) < sa.tuple_(*_place(wanted.cursor)))
    return query.order_by(*(each.desc() for each in order))


def _place(cursor: str) -> Iterable[sa.ColumnElement[Any]]:
    at, event_id, counter = paging.decode(cursor, str, str, str)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise CursorWrong from error
    return sa.literal(moment), sa.literal(event_id, tables.facts.c.event_id.type), sa.literal(counter)


def _seen_on(
    connection: sa.Connection, period: Period, kind: str, area: str, caller: Principal
) -> dict[Subject, Tally]:
    """The counters of subjects of `kind` on a day; of members only the caller, for who may not compare members."""
    table = tables.counters
    conditions = [
        table.c.subject_kind == kind,
        visibility.of_subjects(caller, table.c.subject_kind, table.c.subject_id),
        visibility.within(area, kind, table.c.subject_id),
    ]
    if kind == MEMBER and not caller.has(*visibility.LISTS_MEMBERS):
        conditions.append(table.c.subject_id == caller.person_id)
    return tallies.stored(connection, period, "", *conditions)


def _sum(found: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in found:
        for counter, count in tally.counts.items():
            total.add(counter, count)
    return total
