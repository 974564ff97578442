"""A precedent: what was ruled on one case routes the next one of its matter in its area (INC-05)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from services.chassis.auth import Principal
from services.chassis.errors import Forbidden
from services.chassis.messages import Aggregate
from services.incident import messages as events
from services.incident.errors import PrecedentOver, ReasonMissing
from services.incident.model.case.paths import Routing

if TYPE_CHECKING:
    from services.incident.model.case import Case

DIGITS = {"county": 6, "town": 9}
"""How many digits of a code name the area for which a ruling holds, by the plan's word."""


@dataclass(frozen=True)
class Arbitration:
    """What the plan says of arbitration: the roles that rule, and how wide a ruling holds (`county` or `town`)."""

    by: tuple[str, ...]
    precedent: str

    def area(self, code: str) -> str:
        """The area for which a ruling on a case in the division or grid `code` holds."""
        return code[: DIGITS[self.precedent]]


@dataclass
class Precedent(Aggregate):
    """A ruling that holds for `matter_code` in `area`, a code's prefix; `state` is active, replaced or revoked."""

    id: str
    matter_code: str
    area: str
    lead: str
    co_departments: tuple[str, ...]
    case_id: str
    case_number: str
    reason: str
    ruled_by: str
    ruled_by_name: str
    ruled_at: datetime
    state: str = "active"
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_by_name: str = ""
    end_reason: str = ""
    sequence: int = 0

    def __post_init__(self) -> None:
        super().__init__(self.sequence)

    @classmethod
    def of_ruling(cls, id: str, case: "Case", by: Principal, at: datetime, why: str, area: str) -> "Precedent":
        """The precedent that the ruling `by` just made on `case` becomes in `area`."""
        found = cls(
            id=id,
            matter_code=case.matter.code,
            area=area,
            lead=case.department or "",
            co_departments=case.co_departments,
            case_id=case.id,
            case_number=case.number,
            reason=why,
            ruled_by=by.person_id,
            ruled_by_name=by.name,
            ruled_at=at,
        )
        found._tell(at)
        return found

    def routing(self, at: datetime) -> Routing:
        """What a case dispatched by this precedent says about it."""
        return Routing(
            "precedent", at, self.ruled_by_name, self.reason, self.id, self.case_number, ruled_at=self.ruled_at
        )

    def replace(self, by: Principal, at: datetime, number: str) -> None:
        """End it because a newer ruling, on the case with `number`, holds."""
        self._end("replaced", by, at, f"由案件 {number} 的裁定取代")

    def revoke(self, by: Principal, at: datetime, why: str, arbiters: Sequence[str]) -> None:
        """End it with a reason; the duty table routes again. Raises Forbidden, ReasonMissing, PrecedentOver."""
        if not (by.has(*arbiters) and by.covers(self.area)):
            raise Forbidden(action="撤销先例")
        if not why.strip():
            raise ReasonMissing(action="撤销先例")
        if self.state != "active":
            raise PrecedentOver(reason=self.end_reason)
        self._end("revoked", by, at, why)

    def _end(self, state: str, by: Principal, at: datetime, why: str) -> None:
        self.state, self.ended_at, self.end_reason = state, at, why
        self.ended_by, self.ended_by_name = by.person_id, by.name
        self._tell(at)

    def _tell(self, at: datetime) -> None:
        self.record(
            events.PrecedentChanged(
                subject=self.id,
                at=at,
                grid=self.area,
                department=self.lead,
                concerned=self.co_departments,
                matter_code=self.matter_code,
                area=self.area,
                co_departments=self.co_departments,
                case_number=self.case_number,
                state=self.state,
            )
        )
