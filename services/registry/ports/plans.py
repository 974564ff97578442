"""Plans and whole tables."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from services.registry.model.plans import CheckedPlan, PlanVersion
from services.registry.model.sheets.imports import StagedImport
from services.registry.model.sheets.reading import SheetRow, Values


class Plans(Protocol):
    """Stored versions; whoever asks holds the plan's id until the end of the transaction."""

    def get(self, plan_id: str, number: int) -> PlanVersion:
        """Raises NotFound."""

    def find(self, plan_id: str, number: int) -> PlanVersion | None: ...

    def put(self, plan: PlanVersion) -> None: ...

    def add_activation(self, plan: PlanVersion, effective: date) -> None: ...

    def in_force(self, *sections: str) -> Mapping[str, Any] | None:
        """The named sections of the plan in force today."""


class PlanRules(Protocol):
    """Checks the text of plans."""

    def require(self, text: str) -> CheckedPlan:
        """The plan of a text. Raises PlanRefused with a fault for each error."""


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
