"""When a report by somebody else says that a grid may have missed something (漏报, INC-20)."""

from dataclasses import dataclass
from datetime import date

OWN_CHANNELS = ("grid-worker", "grid-leader", "patrol")
"""Reports by the grid's own people."""
FOUND_BY = {
    "public-page": "public",
    "open311": "public",
    "hotline-12345": "public",
    "transfer": "public",
    "superior": "public",
    "sensor": "data",
}
"""Who found it, by the channel of the report; the telephone, chats and departments serve the grid's own people too."""


SWEEP = "sweep"
"""Found by a check that tests patrols (排查)."""


@dataclass(frozen=True)
class Walk:
    """A patrol that called the matter's item fine: its task, what it is called, its day."""

    task_id: str
    title: str
    day: date | None


@dataclass(frozen=True)
class MissedRule:
    """What the plan says of missed reports: by whom found, and whether only harm makes them count."""

    found_by: tuple[str, ...]
    harm_required: bool

    def asks(self, channel: str) -> bool:
        """Whether a report through `channel` may show that the grid missed something."""
        return FOUND_BY.get(channel) in self.found_by

    @property
    def asks_sweeps(self) -> bool:
        """Whether what a check finds, and a patrol had called fine, is missed as well."""
        return SWEEP in self.found_by


@dataclass(frozen=True)
class Missed:
    """A possible missed report: `status` is possible, confirmed or dismissed; what a named person found, and why.

    `counts` says whether it is held against the grid: only where confirmed and, if the plan says so, harm followed.
    The `walk_` values are of the patrol that had called it fine (day in ISO), empty where none did.
    """

    status: str
    found_by: str
    harm: bool = False
    harm_words: str = ""
    reason: str = ""
    judged_by: str = ""
    judged_by_name: str = ""
    counts: bool = False
    walk_task: str = ""
    walk_title: str = ""
    walk_day: str = ""


@dataclass(frozen=True)
class Finding:
    """What somebody finds about a possible missed report."""

    confirmed: bool
    harm: bool
    harm_words: str
    reason: str
