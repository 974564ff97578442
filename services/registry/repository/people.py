"""People, their posts, and looks at their data as rows."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from services.chassis.ids import is_id, new_id
from services.chassis.unit_of_work import UnitOfWork
from services.registry.errors import PersonNotFound, PostNotFound
from services.registry.model.people import Person
from services.registry.model.posts import Post
from services.registry.repository import rows
from services.registry.tables import look, person, post
from services.registry.visibility import areas_of, held_on, sees_person


class SqlPeople:
    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def get(self, person_id: str) -> Person:
        found = self._loaded(rows.load(self._work.connection, person.c.id, _ids(person_id)))
        if not found:
            raise PersonNotFound(id=person_id)
        return found[0]

    def many(self, person_ids: Collection[str]) -> dict[str, Person]:
        known = [each for each in person_ids if is_id(each)]
        return {each.id: each for each in self._loaded(rows.load(self._work.connection, person.c.id, known))}

    def with_areas(self, codes: Collection[str]) -> list[Person]:
        its = sa.select(person.c.id).where(person.c.areas.overlap(sorted(codes)))
        return list(self.many(self._work.connection.scalars(its).all()).values())

    def visible(self, person_id: str) -> Person:
        seen = sa.select(person.c.id).where(person.c.id.in_(_ids(person_id)), sees_person(self._work.caller))
        if self._work.connection.scalar(seen) is None:
            raise PersonNotFound(id=person_id)
        return self.get(person_id)

    def seen(self, person_ids: Collection[str]) -> set[str]:
        seen = sa.select(person.c.id).where(person.c.id.in_(sorted(person_ids)), sees_person(self._work.caller))
        return set(self._work.connection.scalars(seen))

    def by_usernames(self, usernames: Collection[str]) -> dict[str, Person]:
        found = self._loaded(rows.load(self._work.connection, person.c.username, usernames))
        return {each.username: each for each in found}

    def add_all(self, people: Sequence[Person]) -> None:
        rows.insert(self._work.connection, person, [_person_values(each) for each in people])
        for each in people:
            self._work.track(each)

    def save_all(self, people: Sequence[Person]) -> None:
        rows.update(self._work.connection, person.c.id, [_person_values(each) for each in people])

    def note_look(self, person_id: str, purpose: str, fields: Sequence[str]) -> None:
        seen = {"purpose": purpose, "fields": list(fields), "by_id": self._work.caller.person_id}
        rows.insert(
            self._work.connection, look, [{"id": new_id(), "person_id": person_id, "at": self._work.now, **seen}]
        )

    def _loaded(self, found: Sequence[sa.Row[Any]]) -> list[Person]:
        people = [to_person(row) for row in found]
        for each in people:
            self._work.track(each)
        return people


class SqlPosts:
    def __init__(self, work: UnitOfWork, today: date) -> None:
        self._work, self._today = work, today

    def get(self, post_id: str) -> Post:
        found = self._loaded(rows.load(self._work.connection, post.c.id, _ids(post_id)))
        if not found:
            raise PostNotFound(id=post_id)
        return found[0]

    def of_person(self, person_id: str) -> list[Post]:
        statement = sa.select(post).where(post.c.person_id == person_id).order_by(post.c.id)
        return self._loaded(self._work.connection.execute(statement).all())

    def not_over(self, grid_codes: Collection[str], day: date) -> list[Post]:
        running = sa.or_(post.c.ends.is_(None), post.c.ends >= day)
        statement = sa.select(post).where(post.c.grid_code.in_(sorted(grid_codes)), running).order_by(post.c.id)
        return self._loaded(self._work.connection.execute(statement.with_for_update()).all())

    def holders(self, grid_codes: Collection[str]) -> set[str]:
        held = sa.and_(post.c.grid_code.in_(sorted(grid_codes)), held_on(self._today))
        return set(self._work.connection.scalars(sa.select(post.c.person_id).where(held)))

    def of_people(self, person_ids: Collection[str]) -> list[Post]:
        return self._loaded(rows.load(self._work.connection, post.c.person_id, person_ids))

    def add(self, each: Post) -> None:
        self.add_all([each])

    def add_all(self, posts: Sequence[Post]) -> None:
        rows.insert(self._work.connection, post, [_post_values(each) for each in posts])
        for each in posts:
            self._work.track(each)

    def save(self, each: Post) -> None:
        self.save_all([each])

    def save_all(self, posts: Sequence[Post]) -> None:
        rows.update(self._work.connection, post.c.id, [_post_values(each) for each in posts])

    def areas_of(self, person_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        return areas_of(self._work.connection, person_ids, self._today)

    def _loaded(self, found: Sequence[sa.Row[Any]]) -> list[Post]:
        posts = [_post(row) for row in found]
        for each in posts:
            self._work.track(each)
        return posts


def _ids(text: str) -> list[str]:
    return [text] if is_id(text) else []


def to_person(row: sa.Row[Any]) -> Person:
    """The person of a row of the table `person`."""
    return Person(
        id=row.id,
        username=row.username,
        name=row.name,
        roles=tuple(row.roles),
        department=row.department,
        areas=tuple(row.areas),
        private_phone=row.private_phone,
        duty_phone=row.duty_phone,
        language=row.language,
        active=row.active,
        version=row.version,
        sequence=row.sequence,
    )


def _person_values(each: Person) -> rows.Values:
    return {
        "id": each.id,
        "username": each.username,
        "name": each.name,
        "roles": list(each.roles),
        "department": each.department,
        "areas": list(each.areas),
        "private_phone": each.private_phone,
        "duty_phone": each.duty_phone,
        "language": each.language,
        "active": each.active,
        "version": each.version,
        "sequence": each.sequence,
    }


def _post(row: sa.Row[Any]) -> Post:
    return Post(
        id=row.id,
        person_id=row.person_id,
        grid_code=row.grid_code,
        post=row.post,
        starts=row.starts,
        ends=row.ends,
        required=tuple(row.required),
        steps={step: date.fromisoformat(day) for step, day in row.steps.items()},
        ended=row.state == "ended",
        version=row.version,
        sequence=row.sequence,
    )


def _post_values(each: Post) -> rows.Values:
    return {
        "id": each.id,
        "person_id": each.person_id,
        "grid_code": each.grid_code,
        "post": each.post,
        "starts": each.starts,
        "ends": each.ends,
        "state": each.state,
        "required": list(each.required),
        "steps": {step: day.isoformat() for step, day in each.steps.items()},
        "version": each.version,
        "sequence": each.sequence,
    }
