"""What every chapter of the story works with."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from infra.demo.accounts import Accounts
from infra.demo.county import County
from infra.demo.rest import Caller, Rest, Values
from infra.demo.screen import Screen
from infra.demo.steps import Steps
from infra.local.settings import Settings
from services.chassis.clock import read_ahead


@dataclass
class Stage:
    """One platform with its people, and the steps played on it so far."""

    settings: Settings
    county: County
    rest: Rest
    accounts: Accounts
    steps: Steps
    screen: Screen

    @property
    def now(self) -> datetime:
        """The platform's time: the machine's, and what the demo's clock was put forward."""
        return datetime.now(UTC) + read_ahead(self.settings.demo_clock)

    @property
    def today(self) -> date:
        """The platform's day in the county."""
        return self.now.astimezone(ZoneInfo(self.settings.timezone)).date()

    def caller(self, username: str) -> Caller:
        """Somebody of the story, signed in. Raises Refusal."""
        return self.accounts.sign_in(username)

    def called(self, username: str) -> str:
        """Name and title of an account for the reader: 刘平(网格员)."""
        return f"{self.county.person(username).name}({self.county.posts_of(username)[0].title})"

    def local(self, moment: str, form: str = "%m-%d %H:%M") -> str:
        """A moment of an answer as the county's clock shows it."""
        return datetime.fromisoformat(moment).astimezone(ZoneInfo(self.settings.timezone)).strftime(form)


def titles(workflow: Values) -> dict[str, str]:
    """State names to their Chinese titles, by the platform's own table."""
    return {state["name"]: state["title"] for state in workflow["states"]}
