"""Accounts, guards, sessions and refresh tokens as rows, and password hashing with argon2."""

from collections.abc import Sequence

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.dialects.postgresql import insert as upsert

from services.chassis.personal import Seal
from services.chassis.unit_of_work import UnitOfWork
from services.registry.model.accounts import MOST_PASSWORD, Account, Guard, RefreshToken, Session, initial_password
from services.registry.model.people import Person
from services.registry.repository import rows
from services.registry.repository.people import to_person
from services.registry.tables import account, guard, person, refresh_token, session


class SqlAccounts:
    def __init__(self, work: UnitOfWork, seal: Seal) -> None:
        self._work, self._seal = work, seal

    def of_username(self, username: str) -> tuple[Person, Account] | None:
        found = self._work.connection.execute(sa.select(person).where(person.c.username == username)).one_or_none()
        return (to_person(found), self.of_person(found.id)) if found else None

    def of_person(self, person_id: str) -> Account:
        found = rows.load(self._work.connection, account.c.person_id, [person_id])
        if not found:
            return Account(person_id)
        row = found[0]
        return Account(row.person_id, row.password_hash, row.must_change, row.version)

    def put(self, accounts: Sequence[Account]) -> None:
        for each in accounts:
            statement = upsert(account).values(each.__dict__)
            self._work.connection.execute(
                statement.on_conflict_do_update(index_elements=["person_id"], set_=each.__dict__)
            )

    def guard(self, username: str) -> Guard:
        name_hash = self._seal.look_up(username)
        first = upsert(guard).values(name_hash=name_hash, failures=0).on_conflict_do_nothing()
        self._work.connection.execute(first)
        row = rows.load(self._work.connection, guard.c.name_hash, [name_hash])[0]
        return Guard(row.name_hash, row.failures, row.failed_at, row.locked_until)

    def put_guard(self, each: Guard) -> None:
        rows.update(self._work.connection, guard.c.name_hash, [each.__dict__])

    def add_session(self, each: Session) -> None:
        rows.insert(self._work.connection, session, [each.__dict__])

    def save_session(self, each: Session) -> None:
        rows.update(self._work.connection, session.c.id, [each.__dict__])

    def add_token(self, token: RefreshToken) -> None:
        rows.insert(self._work.connection, refresh_token, [token.__dict__])

    def use_token(self, token: RefreshToken) -> None:
        rows.update(self._work.connection, refresh_token.c.token_hash, [token.__dict__])

    def token(self, token_hash: str) -> tuple[RefreshToken, Session] | None:
        found = rows.load(self._work.connection, refresh_token.c.token_hash, [token_hash])
        if not found:
            return None
        row, its = found[0], rows.load(self._work.connection, session.c.id, [found[0].session_id])[0]
        return (
            RefreshToken(row.token_hash, row.session_id, row.issued_at, row.expires_at, row.used_at),
            Session(its.id, its.person_id, its.created_at, its.ended_at, its.end_reason),
        )

    def end_sessions(self, person_id: str, reason: str) -> None:
        open_ones = sa.and_(session.c.person_id == person_id, session.c.ended_at.is_(None))
        values = {"ended_at": self._work.now, "end_reason": reason}
        self._work.connection.execute(sa.update(session).where(open_ones).values(values))


class Argon2Passwords:
    """argon2id with the parameters of RFC 9106 for little memory: 64 MiB, three passes, about 50 ms."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(initial_password())

    def hash(self, password: str) -> str:
        return self._hasher.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; without a hash another one is tried, so that the time tells nothing."""
        try:
            matches = self._hasher.verify(password_hash or self._nobody, password[: MOST_PASSWORD + 1])
        except (VerificationError, InvalidHashError):
            return False
        return matches and password_hash is not None
