"""The questions themselves. Each opens a connection of its own and holds it no longer than the answer takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.assessment import tables, visibility
from services.assessment.errors import CounterUnknown, CursorWrong, KindWrong, PeriodWrong, SubjectNotFound
from services.assessment.model.facts import COUNTERS, DEPARTMENT, GRID, KINDS, MEMBER
from services.assessment.model.periods import Period
from services.assessment.model.scheme import Schemes
from services.assessment.model.scoring import score
from services.assessment.queries import lines, paging, ranking, tallies
from services.assessment.queries.tallies import Subject, Tally
from services.chassis.auth import Principal
from services.chassis.clock import Clock

Values = dict[str, Any]
Seen = Mapping[str, Sequence[sa.ColumnElement[bool]]]
"""The conditions on rows of `tally` by kind of subject."""


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


@dataclass(frozen=True)
class DailyFilter:
    """One day, today when `date` is empty, and an area, everywhere when it is empty."""

    date: str = ""
    area: str = ""
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
        with self._engine.connect() as connection:
            schemes = tallies.schemes(connection)
            seen = {kind: _seen(kind, wanted.area, caller)}
            items, cursor = _best_first(connection, period, schemes, seen, wanted.limit, wanted.cursor)
        return {"items": items, "next_cursor": cursor}

    def score(self, kind: str, subject_id: str, period_text: str, caller: Principal) -> Values:
        """One subject's score. Raises SubjectNotFound where it does not exist or the caller may not see it."""
        subject, period = (_known_kind(kind), subject_id), self.period(period_text)
        table = tables.tallies
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
            query = _facts_query(wanted, period, _start(connection), self._zone, limit + 1)
            rows = connection.execute(query).mappings().all()
        last = rows[limit - 1] if len(rows) > limit else None
        return {
            "items": [lines.fact_line(dict(row)) for row in rows[:limit]],
            "next_cursor": paging.encode(last["at"].isoformat(), last["event_id"], last["counter"]) if last else "",
        }

    def daily_report(self, wanted: DailyFilter, caller: Principal) -> Values:
        """What one day brought to the subjects that the caller may see, best first, by pages (ASM-04).

        The counters are those of all grids together, for who sees none of departments. Raises PeriodWrong, NoScheme.
        """
        period = Period.of_day(self._day(wanted.date))
        seen = {kind: _seen_on_a_day(kind, wanted.area, caller) for kind in KINDS}
        with self._engine.connect() as connection:
            together = (tallies.total(connection, period, "", *seen[kind]) for kind in (GRID, DEPARTMENT))
            counts = next(filter(None, together), Tally()).counts
            schemes = tallies.schemes(connection).without_start()
            items, cursor = _best_first(connection, period, schemes, seen, wanted.limit, wanted.cursor)
        counters = lines.counter_lines(counts)
        return {"date": period.text, "counters": counters, "subjects": items, "next_cursor": cursor}

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


def _best_first(
    connection: sa.Connection, period: Period, schemes: Schemes, seen: Seen, limit: int, cursor: str
) -> tuple[list[Values], str]:
    """A page of the subjects that have a scheme, the best first, and the cursor of the next page."""
    size = paging.size(limit)
    rows = _ranked(connection, tallies.spans(period, schemes.start), schemes, seen, size + 1, cursor)
    last = rows[size - 1] if len(rows) > size else None
    page = [(row.subject_kind, row.subject_id) for row in rows[:size]]
    found = tallies.stored(connection, period, schemes.start, _one_of(page)) if page else {}
    items = _lines(connection, period, schemes, {subject: found[subject] for subject in page})
    return items, paging.encode(last.total, last.subject_id, last.subject_kind) if last else ""


def _one_of(subjects: Sequence[Subject]) -> sa.ColumnElement[bool]:
    """The condition on rows of `tally` about one of `subjects`; one list for each kind, as its index has them."""
    table = tables.tallies.c
    ids = {kind: [subject_id for of_kind, subject_id in subjects if of_kind == kind] for kind, _ in subjects}
    return sa.or_(*(sa.and_(table.subject_kind == kind, table.subject_id.in_(its)) for kind, its in ids.items()))


def _ranked(
    connection: sa.Connection, spans: list[str], schemes: Schemes, seen: Seen, most: int, cursor: str
) -> Sequence[Any]:
    parts = (ranking.ranked(schemes, kind, spans, *conditions) for kind, conditions in seen.items())
    known = [part for part in parts if part is not None]
    if not known:
        return []
    every = sa.union_all(*known).offset(0).subquery().c  # OFFSET, so that no total is worked out twice
    query = sa.select(every.subject_kind, every.subject_id, every.total)
    if cursor:
        total, subject_id, kind = paging.decode(cursor, float, str, str)
        after = sa.tuple_(every.subject_id, every.subject_kind) > sa.tuple_(sa.literal(subject_id), sa.literal(kind))
        query = query.where(sa.or_(every.total < total, sa.and_(every.total == total, after)))
    order = (every.total.desc(), every.subject_id, every.subject_kind)
    return connection.execute(query.order_by(*order).limit(most)).all()


def _lines(connection: sa.Connection, period: Period, schemes: Schemes, found: Mapping[Subject, Tally]) -> list[Values]:
    """A line for each subject that has a scheme, in the order of `found`."""
    names = tallies.names(connection, found)
    return [
        lines.score_line(subject, names.get(subject, ""), period, schemes.plan, score(scheme, tally.counts), tally)
        for subject, tally in found.items()
        if (scheme := schemes.of(*subject)) is not None
    ]


def _check_visible(connection: sa.Connection, subject: Subject, caller: Principal) -> None:
    """Raise SubjectNotFound unless the caller may see `subject` and it is known or has facts."""
    kind, subject_id = subject
    if subject == (MEMBER, caller.person_id):
        return
    table = tables.subject_areas
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


def _facts_query(wanted: FactFilter, period: Period, start: str, zone: ZoneInfo, most: int) -> sa.Select[Any]:
    """The newest of each counter from the index of that counter, and of those the newest: none is looked for long."""
    table = tables.facts.c
    first, last = tallies.first_day(period, start), period.last
    midnights = (datetime.combine(day, time(), zone) for day in (first, last + timedelta(days=1)))
    named = sa.values(sa.column("name", sa.Text), name="named").data(
        [(name,) for name in ([wanted.counter] if wanted.counter else COUNTERS)]
    )
    order = (table.at.desc(), table.event_id.desc(), table.counter.desc())
    its = sa.select(tables.facts).where(
        table.subject_kind == wanted.subject_kind,
        table.subject_id == wanted.subject_id,
        table.counter == named.c.name,
        table.at >= next(midnights),
        table.at < next(midnights),
        table.amount != 0,
    )
    if wanted.cursor:
        its = its.where(sa.tuple_(table.at, table.event_id, table.counter) < sa.tuple_(*_place(wanted.cursor)))
    newest = its.order_by(*order).limit(most).lateral("newest")
    every = sa.select(newest).select_from(named.join(newest, sa.true()))
    return every.order_by(newest.c.at.desc(), newest.c.event_id.desc(), newest.c.counter.desc()).limit(most)


def _place(cursor: str) -> Iterable[sa.ColumnElement[Any]]:
    at, event_id, counter = paging.decode(cursor, str, str, str)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError as error:
        raise CursorWrong from error
    return sa.literal(moment), sa.literal(event_id, tables.facts.c.event_id.type), sa.literal(counter)


def _seen(kind: str, area: str, caller: Principal) -> list[sa.ColumnElement[bool]]:
    """The conditions on rows of `tally` for subjects of `kind` in `area` that the caller may see."""
    table = tables.tallies.c
    seen = visibility.of_subjects(caller, table.subject_kind, table.subject_id)
    return [table.subject_kind == kind, seen, visibility.within(area, kind, table.subject_id)]


def _seen_on_a_day(kind: str, area: str, caller: Principal) -> list[sa.ColumnElement[bool]]:
    """The same; of members only the caller, for who may not compare members."""
    conditions = _seen(kind, area, caller)
    if kind == MEMBER and not caller.has(*visibility.LISTS_MEMBERS):
        conditions.append(tables.tallies.c.subject_id == caller.person_id)
    return conditions
