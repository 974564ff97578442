"""Households: how many persons, and of them only what a named purpose needs, until a named day (REG-09, PRV-01).

What is personal is sealed as one text before it reaches the aggregate (PRV-02); `held` says what there is.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from services.chassis.errors import Fault
from services.chassis.messages import Aggregate
from services.registry.errors import HouseholdGone, fault
from services.registry.messages import HouseholdChanged
from services.registry.model.values import bad_day, is_day

PURPOSES = {
    "care-visit": "走访",
    "care-confirmation": "核定走访名单",
    "emergency": "突发事件联络",
    "supervision": "监督检查",
}
"""For what a household's data may be opened; each look is recorded with it (PRV-02, PRV-03)."""
MOST_PERSONS = 99
_PHONE = re.compile(r"[0-9+() -]{3,24}")


@dataclass(frozen=True)
class Personal:
    """What is kept of a household's people."""

    address: str = ""
    contact: str = ""
    phone: str = ""
    lon: float | None = None
    lat: float | None = None

    @classmethod
    def read(cls, text: str | None) -> "Personal":
        return cls(**json.loads(text)) if text else cls()

    def written(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @property
    def held(self) -> tuple[str, ...]:
        """The names of what there is."""
        return tuple(name for name, value in asdict(self).items() if value not in ("", None))


@dataclass(frozen=True)
class Basis:
    """For what the personal data are kept, by which law, and until which day they are needed."""

    purpose: str = ""
    legal_basis: str = ""
    needed_until: date | None = None


@dataclass(eq=False)
class Household(Aggregate):
    """One household. `unplaced`: its grid was split and nobody has said yet in which part it lies."""

    id: str
    grid_code: str
    persons: int = 0
    sealed: str | None = None
    held: tuple[str, ...] = ()
    purpose: str = ""
    legal_basis: str = ""
    needed_until: date | None = None
    active: bool = True
    unplaced: bool = False
    version: int = 0
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    def take(self, grid_code: str, persons: int, basis: Basis, at: datetime) -> None:
        """Take over what was entered. Raises HouseholdGone."""
        self.require_active()
        moved = not self.version or grid_code != self.grid_code
        self.grid_code, self.persons, self.unplaced = grid_code, persons, False
        self.purpose, self.legal_basis, self.needed_until = basis.purpose, basis.legal_basis, basis.needed_until
        self.version += 1
        if moved:
            self._tell(at)

    def keep(self, sealed: str | None, held: tuple[str, ...]) -> None:
        """What is personal is `sealed` from now on, and holds the fields `held`."""
        self.sealed, self.held = (sealed, held) if held else (None, ())

    def move(self, grid_code: str, unplaced: bool, at: datetime) -> None:
        """Its grid has a successor."""
        self.grid_code, self.unplaced = grid_code, unplaced
        self.version += 1
        self._tell(at)

    def retire(self, at: datetime) -> None:
        """Raises HouseholdGone."""
        self.require_active()
        self.active = False
        self.version += 1
        self._tell(at)

    def erase(self) -> tuple[str, ...]:
        """Drop all that is personal; answer the names of what was there."""
        gone, self.sealed, self.held = self.held, None, ()
        self.purpose, self.legal_basis, self.needed_until = "", "", None
        self.version += 1
        return gone

    def require_active(self) -> None:
        """Raises HouseholdGone."""
        if not self.active:
            raise HouseholdGone

    def _tell(self, at: datetime) -> None:
        self.record(HouseholdChanged(subject=self.id, at=at, grid=self.grid_code, active=self.active))


def faults(persons: int, personal: Personal, basis: Mapping[str, Any], today: date) -> Iterator[Fault]:
    """What is wrong with what was entered; `basis` are its texts `purpose`, `legal_basis`, `needed_until`."""
    if not 0 <= persons <= MOST_PERSONS:
        zh, en = f"人数应为 0 至 {MOST_PERSONS}", f"A household has 0 to {MOST_PERSONS} persons"
        yield fault("persons", "out-of-range", zh, en)
    if personal.phone and not _PHONE.fullmatch(personal.phone):
        yield fault("phone", "phone", "电话号码有误;应为 3 至 24 位数字", "A telephone number has 3 to 24 digits")
    if (personal.lon is None) != (personal.lat is None):
        yield fault("lon", "half-a-place", "经度和纬度应一并填写", "Longitude and latitude are given together")
    if personal.held:
        yield from _basis_faults(basis, today)


def _basis_faults(basis: Mapping[str, Any], today: date) -> Iterator[Fault]:
    for name, word in (("purpose", "用途"), ("legal_basis", "法律依据")):
        if not str(basis[name]).strip():
            yield fault(
                name, "required",
                f"登记住户的个人信息须写明{word}",
                f"Personal data of a household are kept only with their {name.replace('_', ' ')}",
            )  # fmt: skip
    until = basis["needed_until"]
    if not is_day(until):
        yield bad_day("needed_until", until)
    elif date.fromisoformat(until) < today:
        zh, en = f"保存期限 {until} 已过,应不早于今天", f"{until} is over; keep data until today or later"
        yield fault("needed_until", "over", zh, en)
