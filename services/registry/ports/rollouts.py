"""What handlers need of the plan's rollout."""

from typing import Protocol

from services.registry.model.rollouts import Mark


class Rollouts(Protocol):
    """Marks by id; locked when loaded."""

    def get(self, mark_id: str) -> Mark:
        """Raises MarkNotFound."""

    def add(self, mark: Mark) -> None: ...

    def save(self, mark: Mark) -> None: ...
