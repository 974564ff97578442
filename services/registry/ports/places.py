"""Places, as Protocols."""

from collections.abc import Collection
from typing import Protocol

from services.registry.model.places import Place


class Places(Protocol):
    """Places by id; what is loaded for a change is locked until the end of the transaction."""

    def get(self, place_id: str) -> Place:
        """One that the caller may see. Raises PlaceNotFound."""

    def within(self, grid_codes: Collection[str]) -> list[Place]:
        """The active places that lie in one of the grids themselves."""

    def name_lock(self, grid_code: str) -> None:
        """Let nobody else name a place in the grid until the end of the transaction."""

    def named(self, grid_code: str, name: str) -> str | None:
        """The id of the active place of that name in the grid."""

    def grid_at(self, lon: float, lat: float) -> str | None:
        """The code of the area grid in which a point lies, by the border rule; None where there is none."""

    def holds(self, grid_code: str, lon: float, lat: float) -> bool:
        """Whether the point lies in the grid; where the grid has no boundary it does."""

    def of_names(self, names: Collection[tuple[str, str]]) -> dict[tuple[str, str], Place]:
        """The active places with these grids and names, by both."""

    def add(self, place: Place) -> None: ...

    def save(self, place: Place) -> None: ...

    def seal_person(self, place_id: str, name: str, phone: str) -> str:
        """Who is responsible at a place, sealed."""

    def open_person(self, place: Place) -> tuple[str, str]:
        """Name and telephone of who is responsible, "" where nobody is."""
