"""Arms the points of `tests/faults/points/sitecustomize.py`, which kill a process at exactly one moment."""

import os
from pathlib import Path

from infra.local.process import wait_until

POINTS = Path(__file__).parents[1] / "points"


class Points:
    """The points of the processes that were started with `environment`; `folder` is where they are armed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment so that points of it can be armed later."""
        path = os.pathsep.join(filter(None, (str(POINTS), os.environ.get("PYTHONPATH"))))
        return {"PYTHONPATH": path, "WANGGE_FAULT_POINTS": str(self._folder)}

    def arm(self, point: str) -> None:
        """The next process that reaches `point` dies there; one process, once."""
        self._hit(point).unlink(missing_ok=True)
        (self._folder / point).touch()

    def wait_hit(self, point: str, seconds: float = 60) -> int:
        """The pid of the process that died at `point`. Raises NotReady when none does."""
        hit = self._hit(point)
        wait_until(lambda: hit.exists() and bool(hit.read_text()), seconds=seconds, what=f"a process dying {point}")
        return int(hit.read_text())

    def disarm(self) -> None:
        """Nobody dies any more."""
        for armed in self._folder.iterdir():
            armed.unlink()

    def _hit(self, point: str) -> Path:
        return self._folder / f"{point}.hit"
