"""What handlers need of duty letters."""

from typing import Protocol

from services.registry.model.letters import Letter


class Letters(Protocol):
    """Letters by id, seen by those in whose areas the lower grid lies and by the two who sign; locked when loaded."""

    def get(self, letter_id: str) -> Letter:
        """Raises LetterNotFound."""

    def alone(self, letter_id: str) -> None:
        """Let nobody else sign a letter of the same lower grid until the end of the transaction."""

    def add(self, letter: Letter) -> None: ...

    def save(self, letter: Letter) -> None: ...

    def supersede_others(self, letter: Letter) -> None:
        """Mark every other letter that is in force between the same grids about the same post."""
