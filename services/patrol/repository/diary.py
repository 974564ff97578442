"""Diaries: records are written with what they are records of, in one transaction (PAT-08)."""

from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from services.chassis.ids import new_id
from services.chassis.messages import Event
from services.patrol import tables
from services.patrol.model.diary import Deed, Words, closes_at, deed_of
from services.patrol.repository.copies import in_force

if TYPE_CHECKING:
    from services.patrol.repository.work import PatrolWork


def bound_words(person_id: str, day: date) -> str:
    """What the words of a day are sealed to."""
    return f"diary.words:{person_id}:{day}"


def bound_note(note_id: str) -> str:
    """What a note is sealed to."""
    return f"diary.note:{note_id}"


class DiaryRepository:
    """The diaries of one unit of work."""

    def __init__(self, work: "PatrolWork") -> None:
        self._work = work
        self._there: set[tuple[str, date]] = set()

    def follow(self, event: Event) -> None:
        """Keep what `event` is in somebody's diary."""
        if deed := deed_of(event):
            self.note(deed)

    def note(self, deed: Deed) -> None:
        day = deed.at.astimezone(self._work.zone).date()
        self._open(deed.person_id, day, deed.grid)
        late = self._work.now >= closes_at(day, self._work.zone)
        row = {**deed.__dict__, "id": new_id(), "day": day, "received_at": self._work.now, "late": late}
        self._work.connection.execute(insert(tables.deeds).values(row).on_conflict_do_nothing())

    def words(self, person_id: str, day: date) -> Words:
        """Locked, so that of two who write at once the second sees the first."""
        table = tables.diaries.c
        query = sa.select(table.words, table.version).where(table.person_id == person_id, table.day == day)
        row = self._work.connection.execute(query.with_for_update()).one_or_none()
        if row is None or not row.words:
            return Words(version=row.version if row else 0)
        return Words(self._work.seal.open(row.words, bound_words(person_id, day)), row.version)

    def write(self, person_id: str, day: date, words: Words) -> None:
        self._open(person_id, day, "")
        table = tables.diaries
        sealed = self._work.seal.close(words.text, bound_words(person_id, day)) if words.text else ""
        change = {"words": sealed, "version": words.version, "written_at": self._work.now}
        its = sa.and_(table.c.person_id == person_id, table.c.day == day, table.c.version < words.version)
        self._work.connection.execute(sa.update(table).where(its).values(change))

    def add_note(self, person_id: str, day: date, words: str) -> None:
        self._open(person_id, day, "")
        note_id = new_id()
        sealed = self._work.seal.close(words, bound_note(note_id))
        row = {"id": note_id, "person_id": person_id, "day": day, "words": sealed, "at": self._work.now}
        self._work.connection.execute(sa.insert(tables.notes), row)

    def _open(self, person_id: str, day: date, grid: str) -> None:
        """A row for the day, in the person's own grid: the lowest in which they have a post, else where they acted."""
        if (person_id, day) in self._there:
            return
        posts, grids = tables.posts.c, tables.grids.c
        own = sa.select(posts.grid).join(tables.grids, grids.code == posts.grid).where(posts.person_id == person_id)
        lowest = own.where(in_force(day)).order_by(grids.level.desc(), grids.code).limit(1).scalar_subquery()
        row = {"person_id": person_id, "day": day, "grid": sa.func.coalesce(lowest, grid)}
        self._work.connection.execute(insert(tables.diaries).values(row).on_conflict_do_nothing())
        self._there.add((person_id, day))
