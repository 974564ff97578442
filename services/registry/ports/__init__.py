"""What the registry's handlers need of the world, as Protocols. `repository` keeps them with PostgreSQL."""

from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from services.chassis.auth import Principal
from services.chassis.messages import Event
from services.registry.ports.areas import Calendars, Changes, Departments, Divisions, Duties, Grids
from services.registry.ports.boards import Boards
from services.registry.ports.care import Care, Households
from services.registry.ports.letters import Letters
from services.registry.ports.people import Accounts, Applications, People, Posts
from services.registry.ports.places import Places
from services.registry.ports.plans import Imports, PlanRules, Plans, SheetRows
from services.registry.ports.rollouts import Rollouts
from services.registry.ports.rosters import Rosters
from services.registry.ports.surroundings import Deadlines, Passwords, Seal

__all__ = [
    "Accounts",
    "Applications",
    "Boards",
    "Calendars",
    "Care",
    "Changes",
    "Deadlines",
    "Departments",
    "Divisions",
    "Duties",
    "Grids",
    "Households",
    "Imports",
    "Letters",
    "Passwords",
    "People",
    "Places",
    "PlanRules",
    "Plans",
    "Posts",
    "Rollouts",
    "Rosters",
    "Seal",
    "SheetRows",
    "Work",
]


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
    boards: Boards
    letters: Letters
    rollouts: Rollouts
    rosters: Rosters
    zone: ZoneInfo
    departments: Departments
    duties: Duties
    calendars: Calendars
    places: Places
    households: Households
    care: Care
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
