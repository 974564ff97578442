"""People, posts, accounts, applications."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Protocol

from services.registry.model.accounts import Account, Guard, RefreshToken, Session
from services.registry.model.applications import Application
from services.registry.model.people import Person
from services.registry.model.posts import Post


class People(Protocol):
    """People by id; locked when loaded."""

    def many(self, person_ids: Collection[str]) -> dict[str, Person]:
        """Those of `person_ids` that exist."""

    def with_areas(self, codes: Collection[str]) -> list[Person]:
        """The people who were given one of `codes` as an area beside their posts."""

    def get(self, person_id: str) -> Person:
        """Raises NotFound."""

    def visible(self, person_id: str) -> Person:
        """The same, only where the caller's areas or department let them see the person. Raises NotFound."""

    def seen(self, person_ids: Collection[str]) -> set[str]:
        """Those of the people whom the caller may see."""

    def by_usernames(self, usernames: Collection[str]) -> dict[str, Person]: ...

    def add_all(self, people: Sequence[Person]) -> None: ...

    def save_all(self, people: Sequence[Person]) -> None: ...

    def note_look(self, person_id: str, purpose: str, fields: Sequence[str]) -> None:
        """Record that the caller looked at the person's data (PRV-03)."""


class Posts(Protocol):
    """Posts by id; locked when loaded."""

    def get(self, post_id: str) -> Post:
        """Raises NotFound."""

    def of_person(self, person_id: str) -> list[Post]: ...

    def not_over(self, grid_codes: Collection[str], day: date) -> list[Post]:
        """The posts in `grid_codes` that are held on `day` or later."""

    def holders(self, grid_codes: Collection[str]) -> set[str]:
        """Who holds a post in one of `grid_codes` today."""

    def of_people(self, person_ids: Collection[str]) -> list[Post]: ...

    def add(self, post: Post) -> None: ...

    def add_all(self, posts: Sequence[Post]) -> None: ...

    def save_all(self, posts: Sequence[Post]) -> None: ...

    def save(self, post: Post) -> None: ...

    def areas_of(self, person_ids: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """The area prefixes that today's posts give to each person; persons without one are left out."""


class Accounts(Protocol):
    """Accounts, guards, sessions and refresh tokens; locked when loaded."""

    def of_username(self, username: str) -> tuple[Person, Account] | None: ...

    def of_person(self, person_id: str) -> Account:
        """The account, a new one where there is none yet."""

    def put(self, accounts: Sequence[Account]) -> None: ...

    def guard(self, username: str) -> Guard:
        """The guard of a name, whether or not anybody has it."""

    def put_guard(self, guard: Guard) -> None: ...

    def add_session(self, session: Session) -> None: ...

    def save_session(self, session: Session) -> None: ...

    def add_token(self, token: RefreshToken) -> None: ...

    def use_token(self, token: RefreshToken) -> None:
        """Store that it was used."""

    def token(self, token_hash: str) -> tuple[RefreshToken, Session] | None: ...

    def end_sessions(self, person_id: str, reason: str) -> None:
        """End all sessions of a person at once."""


class Applications(Protocol):
    """Applications by id; locked when loaded."""

    def get(self, application_id: str) -> Application:
        """Raises ApplicationNotFound."""

    def add(self, application: Application) -> None: ...

    def save(self, application: Application) -> None: ...
