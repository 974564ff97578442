"""The department's connection for one run: made through REST, taken away when the run is over.

Its id is written down while it lives, so that a run that was killed leaves nothing for longer than until the next one.
"""

import contextlib
from pathlib import Path

import httpx

from infra.demo.rest import Refusal, Values
from infra.demo.stage import Stage

ADMINISTRATOR = "system-admin"


class Connection:
    """The queue and credentials of `department` on the platform of `stage`."""

    def __init__(self, stage: Stage, department: str) -> None:
        self._stage, self._department = stage, department

    @property
    def _note(self) -> Path:
        return self._stage.settings.run / "demo-connection"

    def open(self) -> Values:
        """Connect the department: id, queue, user, and the secret address that nobody can ask for again."""
        self.close()
        made = self._stage.caller(ADMINISTRATOR).post(f"/departments/{self._department}/connections")
        self._note.write_text(made["id"])
        return made

    def close(self) -> None:
        """Take away what this run, or one that was killed, has opened. A platform that is gone keeps it until later."""
        if not self._note.exists():
            return
        with contextlib.suppress(Refusal, httpx.HTTPError):
            administrator = self._stage.accounts.sign_in(ADMINISTRATOR, anew=True)
            administrator.delete(f"/connections/{self._note.read_text()}")
            self._note.unlink()
