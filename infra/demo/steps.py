"""The steps of the story: each timed, shown when it is over, and kept for the JSON summary."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from infra.demo.screen import Screen


class StepFailed(Exception):
    """A step, the last one begun, did not come to its end. `str()` is what was wrong."""


class Unexpected(Exception):
    """The platform answered, but not what the story needs."""


def expect(holds: bool, otherwise: str) -> None:
    """Raise Unexpected unless `holds`."""
    if not holds:
        raise Unexpected(otherwise)


@dataclass
class Step:
    """One step. `text` is shown, `facts` go into the summary; both may still be added while it runs."""

    name: str
    text: str
    ok: bool = False
    ms: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)
    details: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return {"name": self.name, "ok": self.ok, "ms": round(self.ms, 1), **self.facts}


@dataclass
class Steps:
    """All steps so far, in order."""

    screen: Screen
    done: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, text: str) -> Iterator[Step]:
        """Carry out one step. Whatever is raised inside is raised as StepFailed, with the error as its cause."""
        step, begun = Step(name, text), time.perf_counter()
        self.done.append(step)
        try:
            yield step
        except Exception as error:
            step.ms = (time.perf_counter() - begun) * 1000
            why = str(error) or type(error).__name__
            self.screen.failed(step.text, step.ms, why)
            raise StepFailed(why) from error
        step.ok, step.ms = True, (time.perf_counter() - begun) * 1000
        self.screen.done(step.text, step.ms)
        for detail in step.details:
            self.screen.detail(detail)
