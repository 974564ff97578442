"""What handlers need of boards, cards and sizes."""

from collections.abc import Sequence
from typing import Protocol

from services.registry.model.boards import Badge, Delivery, Size


class Boards(Protocol):
    """Badges by person, deliveries by id (both locked when loaded), sizes by grid and day."""

    def badge(self, person_id: str) -> Badge:
        """The person's, an empty one of version 0 where there is none yet."""

    def put_badge(self, badge: Badge) -> None: ...

    def delivery(self, delivery_id: str) -> Delivery:
        """Raises CardsNotFound, also where it is outside the caller's areas."""

    def add_delivery(self, delivery: Delivery) -> None: ...

    def save_delivery(self, delivery: Delivery) -> None: ...

    def put_sizes(self, sizes: Sequence[Size]) -> set[tuple[str, str]]:
        """Store them; return which (grid, ISO day) were there before."""
