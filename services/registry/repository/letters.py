"""Duty letters as rows."""

from typing import Any

import sqlalchemy as sa

from services.chassis.ids import is_id
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors.letters import LetterNotFound
from services.registry.model.letters import Letter, Party, Terms
from services.registry.repository import rows
from services.registry.tables import duty_letter as table
from services.registry.visibility import sees_letter

LETTERS_LOCK = 7_301_231
_TERMS = ("starts", "ends", "tasks", "rewards", "penalties")
_PLAIN = (
    *("id", "drafted_by", "drafted_at", "upper_signed_at", "lower_signed_at"),
    *("superseded_by", "ended_by", "ended_at", "reason", "version"),
)


class SqlLetters:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, letter_id: str) -> Letter:
        wanted = table.c.id == letter_id if is_id(letter_id) else sa.false()
        statement = sa.select(table).where(wanted, sees_letter(self._work.caller))
        row = self._work.connection.execute(statement.with_for_update()).one_or_none()
        if row is None:
            raise LetterNotFound(id=letter_id)
        return _letter(row)

    def alone(self, letter_id: str) -> None:
        # Before the row is locked: who holds a letter must not wait for somebody who supersedes it.
        key = sa.func.hashtextextended(table.c.lower_grid, LETTERS_LOCK)
        wanted = table.c.id == letter_id if is_id(letter_id) else sa.false()
        self._work.connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)).where(wanted))

    def add(self, letter: Letter) -> None:
        rows.insert(self._work.connection, table, [_values(letter)])

    def save(self, letter: Letter) -> None:
        rows.update(self._work.connection, table.c.id, [_values(letter)])

    def supersede_others(self, letter: Letter) -> None:
        # In the order of their ids, as everybody who locks several.
        others = (
            sa.select(table.c.id)
            .where(
                table.c.upper_grid == letter.upper.grid,
                table.c.lower_grid == letter.lower.grid,
                table.c.lower_post == letter.lower.post,
                table.c.id != letter.id,
                table.c.upper_signed_at.is_not(None),
                table.c.lower_signed_at.is_not(None),
                table.c.ended_at.is_(None),
                table.c.superseded_by.is_(None),
            )
            .order_by(table.c.id)
            .with_for_update()
        )
        found = self._work.connection.scalars(others).all()
        changed = sa.update(table).where(table.c.id.in_(found))
        self._work.connection.execute(changed.values(superseded_by=letter.id, version=table.c.version + 1))


def _letter(row: sa.Row[Any]) -> Letter:
    values = row._mapping
    lines = {name: tuple(values[name]) for name in _TERMS[2:]}
    return Letter(
        upper=_party(row, "upper"),
        lower=_party(row, "lower"),
        terms=Terms(starts=row.starts, ends=row.ends, **lines),
        **{name: values[name] for name in _PLAIN},
    )


def _party(row: sa.Row[Any], side: str) -> Party:
    return Party(*(row._mapping[f"{side}_{name}"] for name in ("grid", "person_id", "post")))


def _values(letter: Letter) -> dict[str, Any]:
    parties = {"upper": letter.upper, "lower": letter.lower}
    sides = {
        f"{side}_{name}": value
        for side, party in parties.items()
        for name, value in (("grid", party.grid), ("person_id", party.person_id), ("post", party.post))
    }
    terms = {name: getattr(letter.terms, name) for name in _TERMS}
    lists = {name: list(terms[name]) for name in _TERMS[2:]}
    return {**sides, **terms, **lists, **{name: getattr(letter, name) for name in _PLAIN}}
