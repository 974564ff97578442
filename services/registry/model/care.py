"""The list of households to be visited (必访): by which visit of the plan, and until when (REG-09, PAT-07).

proposed ── confirm ──> active ── confirm again (renew) ──> active
   │ decline, withdraw      │ withdraw, expire
   v                        v
declined, withdrawn      withdrawn, expired          then erased

Why a household is listed stays sealed, at rest and in the event: only who proposes and who confirms know it.
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from services.chassis.errors import Fault
from services.chassis.messages import Aggregate
from services.registry.errors import CareStateWrong, VisitIncomplete, fault
from services.registry.messages import CareChanged

PROPOSED, ACTIVE, DECLINED, WITHDRAWN, EXPIRED = "proposed", "active", "declined", "withdrawn", "expired"
STATES: Mapping[str, str] = {
    PROPOSED: "待核定",
    ACTIVE: "已列入",
    DECLINED: "不予列入",
    WITHDRAWN: "已撤出",
    EXPIRED: "已到期",
}
LIVE = (PROPOSED, ACTIVE)
"""In these the household's data are needed."""
CATEGORIES: Mapping[str, str] = {
    "needy": "生活困难家庭",
    "elderly-alone": "独居、空巢老人",
    "left-behind-child": "留守儿童",
    "disabled": "残疾人",
    "unemployed": "失业人员",
    "other": "其他",
}
_TELLING = ("困难", "低保", "贫困", "特困", "独居", "空巢", "孤寡", "留守", "残疾", "失业", "重点人员", "特殊人群")
"""Words that would tell the visitor why the household is on the list."""
_HOURS_OF_A_DAY = 24


class Workdays(Protocol):
    def is_workday(self, day: date) -> bool: ...


@dataclass(frozen=True)
class Visit:
    """A visit of the plan, as far as the list needs it; `confirmer` is a department's id, "" for the village."""

    id: str
    name: str
    category: str
    legal_basis: str
    purpose: str
    lasts: tuple[float, str]
    confirmer: str = ""

    def last_day(self, first: date, workdays: Workdays) -> date:
        """The last day on which an entry counts that is confirmed on `first`."""
        amount, unit = self.lasts
        if unit == "calendar-days":
            return first + timedelta(days=math.ceil(amount))
        if unit != "working-days":
            return first + timedelta(days=math.ceil(amount / _HOURS_OF_A_DAY))
        day, left = first, math.ceil(amount)
        while left > 0:
            day += timedelta(days=1)
            left -= workdays.is_workday(day)
        return day


def visit_of(entries: Sequence[Mapping[str, Any]], visit: str) -> Visit | None:
    """The plan's visit of that id, None where it has none. Raises VisitIncomplete (PRV-01)."""
    entry = next((each for each in entries if each["id"] == visit), None)
    if entry is None:
        return None
    wanted = {"category": "对象类别", "legal_basis": "法律依据", "purpose": "用途", "expires": "期限"}
    missing = [words for name, words in wanted.items() if not entry.get(name)]
    if missing:
        raise VisitIncomplete(visit=entry["name"], missing="、".join(missing))
    lasts = entry["expires"]["amount"], entry["expires"]["unit"]
    plain = {name: entry[name] for name in ("id", "name", "category", "legal_basis", "purpose")}
    return Visit(**plain, lasts=lasts, confirmer=entry.get("confirmed_by") or "")


@dataclass(frozen=True)
class Reasons:
    """Why a household is on the list and what help is due: never shown to who visits, but for the help."""

    visit: str
    category: str
    legal_basis: str
    purpose: str
    help: str = ""
    reason: str = ""

    @classmethod
    def read(cls, text: str) -> "Reasons":
        return cls(**json.loads(text))

    def written(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    def told(self) -> str:
        """What the patrol service needs of it."""
        return json.dumps({"visit": self.visit, "help": self.help}, ensure_ascii=False)

    def because(self, reason: str) -> "Reasons":
        return replace(self, reason=reason.strip())


@dataclass(eq=False)
class CareEntry(Aggregate):
    """One household on the list for one visit. `mark` is a keyed hash of both, `sealed` its Reasons."""

    id: str
    household_id: str
    grid_code: str
    mark: str
    confirmer: str
    proposed_by: str
    proposed_at: datetime
    sealed: str | None = None
    state: str = PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None
    expires: date | None = None
    version: int = 1
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    def confirm(self, by: str, until: date, told: str, at: datetime) -> None:
        """It counts until the day `until`. Raises CareStateWrong."""
        self._become(ACTIVE, "核定", by, at, *LIVE)
        self.expires = until
        self.tell(told, at)

    def decline(self, by: str, at: datetime) -> None:
        """Raises CareStateWrong."""
        self._become(DECLINED, "不予列入", by, at, PROPOSED)

    def withdraw(self, by: str, at: datetime) -> None:
        """Raises CareStateWrong."""
        counted = self.state == ACTIVE
        self._become(WITHDRAWN, "撤出", by, at, *LIVE)
        if counted:
            self.tell(None, at)

    def expire(self, at: datetime) -> None:
        """Its last day is over. Raises CareStateWrong."""
        self._become(EXPIRED, "到期", "platform", at, ACTIVE)
        self.tell(None, at)

    def move(self, grid_code: str, told: str | None, at: datetime) -> None:
        """The household is in another grid; others are told where the entry counts."""
        self.grid_code = grid_code
        self.version += 1
        if self.state == ACTIVE:
            self.tell(told, at)

    def erase(self) -> None:
        """Drop why it was there."""
        self.sealed = None
        self.version += 1

    def tell(self, told: str | None, at: datetime) -> None:
        """Say whether it counts now; `told` is what the patrol service needs, sealed."""
        self.record(
            CareChanged(
                subject=self.id,
                at=at,
                grid=self.grid_code,
                household_id=self.household_id,
                active=self.state == ACTIVE,
                expires=self.expires,
                sealed=told,
            )
        )

    def _become(self, state: str, action: str, by: str, at: datetime, *before: str) -> None:
        if self.state not in before:
            raise CareStateWrong(state=STATES[self.state], action=action)
        self.state, self.decided_by, self.decided_at = state, by, at
        self.version += 1


@dataclass(frozen=True, kw_only=True)
class Erasure:
    """Proof that data were erased: what kind, of what, which fields, when and why, without the data (PRV-01)."""

    id: str
    kind: str
    subject: str
    grid_code: str
    fields: tuple[str, ...]
    why: str
    at: datetime


def help_faults(help: str) -> Iterator[Fault]:
    """The visitor reads the help: it may not say why the household is on the list (PAT-07)."""
    found = [word for word in _TELLING if word in help]
    if found:
        yield fault(
            "help", "tells-why",
            f"帮扶内容会给走访人看到,不能写出列入原因(“{'、'.join(found)}”);请只写要做的事,例如“送药”",
            f"Who visits reads the help, so it may not tell why ({', '.join(found)}); write only what is to be done",
        )  # fmt: skip
