"""Divisions, grids, departments, the calendar."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from services.registry.messages import DivisionRow
from services.registry.model.calendars import CalendarYear
from services.registry.model.departments import Department, Duty
from services.registry.model.grid_changes import GridChange
from services.registry.model.grids import Grid


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
