"""When a report by somebody else says that a grid may have missed something (漏报, INC-20)."""

from dataclasses import dataclass

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


@dataclass(frozen=True)
class MissedRule:
    """What the plan says of missed reports: by whom found, and whether only harm makes them count."""

    found_by: tuple[str, ...]
    harm_required: bool

    def asks(self, channel: str) -> bool:
        """Whether a report through `channel` may show that the grid missed something."""
        return FOUND_BY.get(channel) in self.found_by


@dataclass(frozen=True)
class Missed:
    """A possible missed report: `status` is possible, confirmed or dismissed; what a named person found, and why.

    `counts` says whether it is held against the grid: only where confirmed and, if the plan says so, harm followed.
    """

    status: str
    found_by: str
    harm: bool = False
    harm_words: str = ""
    reason: str = ""
    judged_by: str = ""
    judged_by_name: str = ""
    counts: bool = False


@dataclass(frozen=True)
class Finding:
    """What somebody finds about a possible missed report."""

    confirmed: bool
    harm: bool
    harm_words: str
    reason: str
