"""What handlers need of the duty roster."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from services.registry.model.rosters import Shift


class Rosters(Protocol):
    """Shifts by id, seen in the caller's areas, by who is on duty and by who is asked; locked when loaded."""

    def get(self, shift_id: str) -> Shift:
        """Raises ShiftNotFound."""

    def alone(self, person_ids: Collection[str]) -> None:
        """Let nobody else give shifts to these people until the end of the transaction."""

    def of_people(self, person_ids: Collection[str], since: datetime, until: datetime) -> list[Shift]:
        """The planned shifts of these people that meet that time; not locked, not to be changed."""

    def add_all(self, shifts: Sequence[Shift]) -> None: ...

    def save_all(self, shifts: Sequence[Shift]) -> None: ...
