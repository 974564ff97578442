"""How like two reports are: near in place, in time, and in words (INC-16). A suggestion, never a decision.

Each part is a share from 0 (nothing) to 1 (the same); the score is the mean of those that are known, so that no number
is hidden here which a county would want to set: how near is near, the plan says.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.incident.model.workflow import JOINING

DUPLICATE_STATES = (*JOINING, "registered")
"""The states in which a case can be what another report is about; declined ones are about nothing."""


@dataclass(frozen=True)
class Nearness:
    """What the plan calls near: within so many metres, so much time, of the same matter or of its whole group."""

    metres: float
    span: timedelta
    group: bool = False

    def since(self, at: datetime) -> datetime:
        """What was over before this moment is too old for a report of `at`."""
        return at - self.span


@dataclass(frozen=True)
class Likeness:
    """How like a candidate is: metres apart (None without a point), hours between the reports, part of words shared."""

    metres: float | None
    hours: float
    words: float
    score: float

    @property
    def why(self) -> str:
        """The reasons in one Chinese sentence."""
        place = "同一网格" if self.metres is None else f"相距 {self.metres:.0f} 米"
        return f"{place},上报相隔 {self.hours:.1f} 小时,文字相似 {self.words:.0%}"


def likeness(near: Nearness, metres: float | None, gap: timedelta, words: float) -> Likeness:
    """The likeness of two reports `metres` and `gap` apart that share the part `words` of their words.

    A gap as wide as the plan's span counts one half, since an open case may be older than that.
    """
    gap = abs(gap)
    parts = [words, near.span / (near.span + gap)]
    if metres is not None:
        parts.append(max(0.0, 1 - metres / near.metres))
    return Likeness(metres, gap / timedelta(hours=1), words, round(sum(parts) / len(parts), 4))


def shared_words(one: str, other: str) -> float:
    """The part of their words that two texts share: Dice's coefficient over pairs of neighbouring characters.

    Chinese is not written in words; pairs of characters come close to them whatever their order. rapidfuzz compares
    sequences or blank-separated words, which is neither.
    """
    first, second = _pairs(one), _pairs(other)
    if not first or not second:
        return 0.0
    return 2 * len(first & second) / (len(first) + len(second))


def _pairs(text: str) -> frozenset[str]:
    plain = "".join(character for character in text.casefold() if character.isalnum())
    return frozenset(plain[start : start + 2] for start in range(len(plain) - 1))
