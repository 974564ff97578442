"""The public questions. Whoever asks is nobody: the active plan alone says what is answered."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.incident import tables
from services.incident.errors import TokenNotFound
from services.incident.model import publication
from services.incident.queries.open311 import lines
from services.incident.queries.open311.finding import MOST, Wanted, newest
from services.incident.repository.plan import Section, active_section

Values = dict[str, Any]
TOKEN = re.compile("[0-9a-f]{32}")

__all__ = ["PublicQueries", "Wanted"]


class PublicQueries:
    """Answers with plain dictionaries in the shape of the protobuf messages. Each method raises NoPlan."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def services(self) -> Values:
        """Every matter of the active plan with its questions."""
        with self._engine.connect() as connection:
            section = active_section(connection, self._engine)
            activated = connection.scalar(sa.select(tables.plans.c.activated_at).where(tables.plans.c.active))
        items = [lines.service_line(matter) for matter in section.matters.values()]
        return {"items": items, "plan": section.name, "activated_at": activated}

    def token(self, token: str) -> Values:
        """The request that `token` stands for, empty until it is filed. Raises TokenNotFound, also where the case has
        become confidential since."""
        if not TOKEN.fullmatch(token):
            raise TokenNotFound(id=token[:40])
        case = tables.cases.c
        query = sa.select(case.id, case.state, case.matter_code).join(
            tables.submissions, tables.submissions.c.case_id == case.id
        )
        with self._engine.connect() as connection:
            shown = _published(active_section(connection, self._engine))
            row = connection.execute(query.where(tables.submissions.c.token == token)).one_or_none()
        if row is None or row.matter_code not in shown:
            raise TokenNotFound(id=token[:40])
        return {"request_id": row.id if row.state in publication.PUBLIC else ""}

    def requests(self, wanted: Wanted) -> Values:
        """What `wanted` finds, newest first, at most MOST. What may not be shown is not there."""
        with self._engine.connect() as connection:
            shown = _published(active_section(connection, self._engine))
            query = _by_id(wanted.ids, shown) if wanted.ids else newest(wanted, shown)
            rows = [] if query is None else connection.execute(query).mappings().all()
            places = _names(connection, rows)
        return {"items": [lines.request_line(row, shown, places) for row in rows]}


def _published(section: Section) -> Mapping[str, publication.Publication]:
    """The matters whose cases the plan lets out, by code."""
    found = (publication.publication(matter) for matter in section.matters.values())
    return {each.code: each for each in found if each.fields}


def _by_id(ids: Sequence[str], shown: Mapping[str, Any]) -> sa.Select[Any]:
    case = tables.cases.c
    known = [each for each in ids if is_id(each)]
    visible = (case.id.in_(known), case.matter_code.in_(sorted(shown)), case.state.in_(sorted(publication.PUBLIC)))
    return lines.requests().where(*visible).order_by(case.reported_at.desc(), case.id.desc()).limit(MOST)


def _names(connection: sa.Connection, rows: Sequence[Any]) -> Mapping[str, str]:
    """Names of the grids of `rows` and of the grids above them, by code."""
    grid = tables.grids.c
    codes = {code for row in rows for code in (row["grid"], *(row["ancestors"] or ())) if code}
    found = connection.execute(sa.select(grid.code, grid.name).where(grid.code.in_(sorted(codes)))) if codes else ()
    return {row.code: row.name for row in found}
