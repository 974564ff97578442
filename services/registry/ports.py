"""What the registry's handlers need of the world, as Protocols. `repository` keeps them with PostgreSQL."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from services.chassis.auth import Principal
from services.chassis.messages import Event
from services.registry.messages import DivisionRow
from services.registry.model.accounts import Account, Guard, RefreshToken, Session
from services.registry.model.applications import Application
from services.registry.model.calendars import CalendarYear
from services.registry.model.departments import Department, Duty
from services.registry.model.grid_changes import GridChange
from services.registry.model.grids import Grid
from services.registry.model.people import Person
from services.registry.model.plans import CheckedPlan, PlanVersion
from services.registry.model.posts import Post
from services.registry.model.sheets.imports import StagedImport
from services.registry.model.sheets.reading import SheetRow, Values


class Divisions(Protocol):
    """Divisions by code."""

    def existing(self, codes: Collection[str]) -> set[str]:
        """Those of `codes` that are divisions."""

    def put(self, rows: Sequence[DivisionRow]) -> Mapping[str, str]:
        """Insert or rename; return created, changed or unchanged by code."""


class Grids(Protocol):
    """Grids by code; what is loaded for a change is locked until the end of the transaction."""

    def get(self, code: str) -> Grid:
        """Raises NotFound."""

    def many(self, codes: Collection[str]) -> dict[str, Grid]:
        """Those of `codes` that exist."""

    def add_all(self, grids: Sequence[Grid]) -> None: ...

    def save_all(self, grids: Sequence[Grid]) -> None: ...

    def below(self, codes: Collection[str]) -> list[Grid]:
        """The active grids below `codes` at every depth, by code."""

    def number_lock(self) -> None:
        """Let nobody else number or change the tree of grids until the end of the transaction."""

    def highest_number(self, division: str) -> int:
        """The highest number ever given under `division`, 0 where there is none."""

    def prefixes(self, codes: Collection[str]) -> tuple[str, ...]:
        """The area prefixes of the grids `codes` and all their descendants."""


class Changes(Protocol):
    """Decided changes of grids by id (REG-04); locked when loaded."""

    def get(self, change_id: str) -> GridChange:
        """Raises GridChangeNotFound."""

    def add(self, change: GridChange) -> None: ...

    def save(self, change: GridChange) -> None: ...

    def pending(self, codes: Collection[str]) -> list[GridChange]:
        """Those about one of `codes` whose day is to come, the earliest first."""


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


class Departments(Protocol):
    """Departments by id; locked when loaded."""

    def ids(self) -> set[str]: ...

    def many(self, ids: Collection[str]) -> dict[str, Department]: ...

    def add_all(self, departments: Sequence[Department]) -> None: ...

    def save_all(self, departments: Sequence[Department]) -> None: ...


class Duties(Protocol):
    """Duties by key; locked when loaded."""

    def many(self, keys: Collection[str]) -> dict[str, Duty]: ...

    def add_all(self, duties: Sequence[Duty]) -> None: ...

    def save_all(self, duties: Sequence[Duty]) -> None: ...


class Calendars(Protocol):
    """The county's own working days by year; locked when loaded."""

    def get(self, year: int) -> CalendarYear:
        """The year, an empty one of version 0 where nothing was entered."""

    def put(self, year: CalendarYear) -> None: ...


class Plans(Protocol):
    """Stored versions; whoever asks holds the plan's id until the end of the transaction."""

    def get(self, plan_id: str, number: int) -> PlanVersion:
        """Raises NotFound."""

    def find(self, plan_id: str, number: int) -> PlanVersion | None: ...

    def put(self, plan: PlanVersion) -> None: ...

    def add_activation(self, plan: PlanVersion, effective: date) -> None: ...

    def in_force(self, *sections: str) -> Mapping[str, Any] | None:
        """The named sections of the plan in force today."""


class Imports(Protocol):
    """Imports of whole tables on their way; each belongs to who opened it."""

    def open(self, staged: StagedImport) -> None: ...

    def get(self, import_id: str) -> StagedImport:
        """The caller's own. Raises ImportNotFound."""

    def add_part(self, import_id: str, part: int, rows: Sequence[SheetRow]) -> None:
        """Keep one part of the rows, sealed; again, it replaces itself."""

    def rows(self, import_id: str) -> Iterator[SheetRow]:
        """The rows in the order of the parts."""

    def claim(self, staged: StagedImport) -> None:
        """Run it alone, after every other import of the kind, until the transaction ends. Raises StillRunning."""

    def progress(self, import_id: str, done: int) -> None:
        """Tell at once, before any commit, how many rows were read. Raises ImportCancelled."""

    def begin_trial(self) -> None:
        """From here on everything can be taken back by `end_trial`."""

    def end_trial(self) -> None:
        """Take back all since `begin_trial`; nothing of it is told to anybody."""

    def finish(self, import_id: str, state: str, counts: Mapping[str, int], changes: Sequence[Values]) -> None:
        """The import is over, its rows are removed. Raises ImportCancelled where somebody stopped it before."""

    def cancel(self, import_id: str) -> None:
        """Ask a running import to stop, end one that waits."""


class SheetRows(Protocol):
    """What is stored, as rows of tables: values by field."""

    def many(self, kind: str, keys: Collection[str]) -> dict[str, Values]:
        """Those of the rows that are stored, by key."""

    def page(self, kind: str, limit: int, cursor: str, prefix: str) -> tuple[list[Values], str]:
        """The rows after `cursor` in the caller's scope below `prefix`, and the cursor after them, empty at the end."""

    def grids_named(self, names: Collection[str]) -> dict[tuple[str, str], str]:
        """The codes of active grids of these names, by name and parent's code."""


class Passwords(Protocol):
    """Hashes passwords."""

    def hash(self, password: str) -> str: ...

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether it is the password; takes the same time where there is no hash."""


class Seal(Protocol):
    """Encrypts personal fields (PRV-02)."""

    def close(self, text: str, bound_to: str) -> str: ...

    def open(self, sealed: str, bound_to: str) -> str: ...


class PlanRules(Protocol):
    """Checks the text of plans."""

    def require(self, text: str) -> CheckedPlan:
        """The plan of a text. Raises PlanRefused with a fault for each error."""


class Deadlines(Protocol):
    """What falls due later (`services.chassis.deadlines`)."""

    def set(self, subject: str, kind: str, due_at: datetime) -> None: ...

    def cancel(self, subject: str, *kinds: str) -> None: ...


class Work(Protocol):
    """One transaction of the registry on behalf of `caller`; `today` is the day in the county's zone.

    `session_now` is the machine's time: sign-ins are counted by it even where a demo moved `now`.
    """

    caller: Principal
    now: datetime
    session_now: datetime
    divisions: Divisions
    grids: Grids
    people: People
    posts: Posts
    accounts: Accounts
    applications: Applications
    departments: Departments
    duties: Duties
    calendars: Calendars
    plans: Plans
    imports: Imports
    sheet_rows: SheetRows
    passwords: Passwords
    seal: Seal
    plan_rules: PlanRules

    @property
    def changes(self) -> Changes: ...

    @property
    def deadlines(self) -> Deadlines: ...

    @property
    def today(self) -> date: ...

    def midnight(self, day: date) -> datetime:
        """The moment at which `day` begins in the county."""

    def publish(self, event: Event) -> None:
        """Send an event after those of the aggregates."""

    def note(self, action: str, subject: str | None, outcome: str = "done", **detail: Any) -> None:
        """Write an audit entry with ids and codes only."""
