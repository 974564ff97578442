"""Which requests a list shows: each filter is answered from an index, whatever is rare among a million cases.

Without a filter the newest public cases are read from the index of time. With one, the newest of each service and
state are read from the index of that pair and merged, so that a rare pair costs no more than a frequent one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import sqlalchemy as sa

from services.incident import tables
from services.incident.model.publication import PUBLIC, statuses
from services.incident.queries.open311 import lines

MOST = 1000
SPAN = timedelta(days=90)
"""GeoReport v2, "Response Volume": 90 days or the first 1,000 requests, whichever is smaller."""
MOST_PAIRS = 128
"""Beyond, so many services are asked for that none of them is rare together."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for. `ids` override everything else; `since` and `until` are both inclusive."""

    ids: Sequence[str] = ()
    codes: Sequence[str] = ()
    statuses: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None


def newest(wanted: Wanted, shown: Mapping[str, Any]) -> sa.Select[Any] | None:
    """The query for the newest requests; None where nothing can be found."""
    codes = sorted(set(shown).intersection(wanted.codes)) if wanted.codes else []
    states = sorted(statuses(frozenset(wanted.statuses)))
    if not states or (wanted.codes and not codes):
        return None
    found = _ids(codes, states, sorted(shown), wanted)
    case = tables.cases.c
    return lines.requests().join(found, found.c.id == case.id).order_by(case.reported_at.desc(), case.id.desc())


def _ids(codes: Sequence[str], states: Sequence[str], public: Sequence[str], wanted: Wanted) -> sa.Subquery:
    case = tables.cases.c
    every_state = len(states) == len(PUBLIC)
    if codes and len(codes) * len(states) <= MOST_PAIRS:
        parts = [(case.matter_code == code, case.state == state) for code, state in product(codes, states)]
    elif every_state:
        parts = [(case.matter_code.in_(codes or public), case.state.in_(states))]
    else:
        parts = [(case.matter_code.in_(codes or public), case.state == state) for state in states]
    return _merged([_newest_of(part, wanted) for part in parts])


def _newest_of(conditions: Iterable[sa.ColumnElement[bool]], wanted: Wanted) -> sa.Select[Any]:
    case = tables.cases.c
    query = sa.select(case.id, case.reported_at).where(*conditions, *_within(wanted))
    return query.order_by(case.reported_at.desc(), case.id.desc()).limit(MOST)


def _within(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    at = tables.cases.c.reported_at
    bounds = [at >= wanted.since] if wanted.since is not None else []
    return [*bounds, at <= wanted.until] if wanted.until is not None else bounds


def _merged(parts: Sequence[sa.Select[Any]]) -> sa.Subquery:
    """The newest of all parts; PostgreSQL merges their indexes and reads no more than MOST rows."""
    if len(parts) == 1:
        return parts[0].subquery()
    every = sa.union_all(*(sa.select(part.subquery()) for part in parts)).subquery()
    newest = sa.select(every.c.id).order_by(every.c.reported_at.desc(), every.c.id.desc())
    return newest.limit(MOST).subquery()
