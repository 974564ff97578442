"""Households, the list of those to be visited, and proof of what was erased."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

from services.registry.model.care import CareEntry, Erasure
from services.registry.model.households import Household


class Households(Protocol):
    """Households by id; locked when loaded."""

    def visible(self, household_id: str) -> Household:
        """One that the caller may see. Raises HouseholdNotFound."""
        ...

    def many(self, household_ids: Collection[str]) -> dict[str, Household]: ...

    def in_grids(self, codes: Collection[str]) -> list[Household]:
        """The active ones of these grids."""
        ...

    def unneeded(self, today: date, most: int) -> list[Household]:
        """Those whose personal data nobody needs any more: their day is over and no entry of the list is live."""
        ...

    def add(self, household: Household) -> None: ...

    def save(self, household: Household) -> None: ...

    def note_looks(self, household_ids: Collection[str], purpose: str, fields: Sequence[str]) -> list[str]:
        """Record that the caller looked at those that they may see, and answer which (PRV-03)."""
        ...


class Care(Protocol):
    """Entries of the list by id; locked when loaded."""

    def get(self, entry_id: str) -> CareEntry:
        """Raises CareNotFound."""
        ...

    def live_of_mark(self, mark: str) -> CareEntry | None:
        """The proposed or active entry with this mark. Nobody else enters one with it until the transaction ends."""
        ...

    def of_households(self, household_ids: Collection[str]) -> list[CareEntry]:
        """All that still hold why they are there."""
        ...

    def past(self, today: date, most: int) -> list[CareEntry]:
        """The active ones whose last day is over."""
        ...

    def over(self, most: int) -> list[CareEntry]:
        """Those that ended and still hold why they were there."""
        ...

    def add(self, entry: CareEntry) -> None: ...

    def save(self, entry: CareEntry) -> None: ...

    def leads(self, codes: Collection[str]) -> bool:
        """Whether the caller is today the leader of one of the grids."""
        ...

    def prove(self, erasure: Erasure) -> None:
        """Keep proof of what was erased."""
        ...
