"""What a level cannot settle goes up, and comes down again when it should have stayed (INC-06)."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.chassis.auth import Principal
from services.incident import messages as events
from services.incident.errors import ConsultationMissing
from services.incident.model.case.paths import Climb, Routing, Seat, Standing
from services.incident.model.case.record import CaseRecord
from services.incident.model.limits import LimitRules


class Climbing(CaseRecord):
    """Escalate, send down. Whoever gets the case has a limit of their own."""

    @property
    def seat(self) -> Seat:
        """Where the case is held now."""
        standing = self.standing
        return Seat(standing.level, standing.title, standing.grid, self.department, self.co_departments)

    @property
    def climbs_at(self) -> datetime | None:
        """When the case climbs by itself: right after its handling limit, so that the notices of the limit go first."""
        limit = self.running
        if limit is None or limit.step != "handle" or limit.paused_at is not None or not self.standing.automatic:
            return None
        return limit.due_at + timedelta(microseconds=1)

    def escalate(
        self,
        by: Principal,
        at: datetime,
        rules: LimitRules,
        why: str,
        consultation: str,
        seat: Seat,
        standing: Standing,
        routing: Routing | None = None,
    ) -> None:
        """Call the level above (呼叫上级): `seat` holds the case from now on, with `standing`.

        Raises ConsultationMissing where the plan wants a meeting first and nothing says what it decided: neither words
        nor a decision on the case itself. A case that climbs because its limit has passed does not wait for one.
        """
        self._allow("escalate", by, why)
        automatic = by.has("platform")
        if not consultation.strip() and self.consulted is not None:
            consultation = self.consulted.said
        if self.standing.needs and not automatic and not consultation.strip():
            raise ConsultationMissing(meeting=self.standing.needs)
        left = self.seat
        self._move("escalate", by, at, rules, why, change=lambda: self._sit(seat, standing, routing), anew=True)
        self._note_climb(Climb("escalate", at, *_ends(left, seat), by.name, why, consultation, automatic), left)

    def send_down(self, by: Principal, at: datetime, rules: LimitRules, why: str, standing: Standing) -> None:
        """Send the case back (退回下级) to the seat from which it climbed, with `standing`."""
        self._allow("send-down", by, why)
        left, seat = self.seat, self.standing.below[-1]
        self._move("send-down", by, at, rules, why, change=lambda: self._sit(seat, standing, self.routing), anew=True)
        self._note_climb(Climb("send-down", at, *_ends(left, seat), by.name, why), left)

    def stay(self) -> None:
        """There is nobody above: the case stays, and tries no more to climb by itself."""
        self.standing = replace(self.standing, up="", automatic=False)

    def _sit(self, seat: Seat, standing: Standing, routing: Routing | None) -> None:
        self._lead_by(seat.department, seat.co_departments, routing, standing)

    def _note_climb(self, climb: Climb, left: Seat) -> None:
        self.climbs += (climb,)
        limit, at = self.running, climb.at
        concerned = dict.fromkeys((left.department, *left.co_departments, *self.co_departments))
        kind = events.CaseEscalated if climb.action == "escalate" else events.CaseSentDown
        self._tell(
            kind,
            at,
            concerned=tuple(each for each in concerned if each and each != self.department),
            from_level=climb.from_level,
            to_level=climb.to_level,
            automatic=climb.automatic,
            co_departments=self.co_departments,
            due_at=limit.due_at if limit else None,
        )


def _ends(left: Seat, seat: Seat) -> tuple[str, str, str, str, str, str]:
    """Level, name and holder of the one seat and of the other."""
    return (
        left.level,
        left.title,
        left.department or left.grid or "",
        seat.level,
        seat.title,
        seat.department or seat.grid or "",
    )
