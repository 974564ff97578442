"""Figures of the platform beside those of its baselines: three rounds in turn, medians, ratios."""

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.bench.client import Answers

ROUNDS = 3


@dataclass(frozen=True)
class Scale:
    """How long and how often is measured; a trial sees only that everything runs."""

    rounds: int
    seconds: float

    @classmethod
    def of(cls, whole: bool) -> "Scale":
        return cls(ROUNDS, 4.0) if whole else cls(1, 0.5)


@dataclass
class Series:
    """What one contender did, round by round."""

    name: str
    rates: list[float] = field(default_factory=list)
    half: list[float] = field(default_factory=list)
    most: list[float] = field(default_factory=list)

    def take(self, answers: Answers) -> None:
        """Note one round. Raises ValueError where something was refused: that would measure refusals."""
        if answers.refused or not answers.times:
            raise ValueError(f"{self.name}: {dict(answers.statuses)}, {answers.first_refusal[:300]!r}")
        self.rates.append(answers.rate)
        self.half.append(answers.percentile(0.5) * 1000)
        self.most.append(answers.percentile(0.99) * 1000)

    @property
    def rate(self) -> float:
        """Requests a second, the median of the rounds."""
        return statistics.median(self.rates)

    def row(self, base: "Series") -> str:
        rounds = ", ".join(f"{each:,.0f}" for each in self.rates)
        half, most = statistics.median(self.half), statistics.median(self.most)
        return f"| {self.name} | {self.rate:,.0f} | {self.rate / base.rate:.2f} | {half:.1f} | {most:.1f} | {rounds} |"


HEAD = "| | a second | ratio | p50 ms | p99 ms | rounds |\n|---|---|---|---|---|---|"


def in_turn(rounds: int, *contenders: Callable[[], None]) -> None:
    """Let each measure once a round, so that what the machine does meanwhile meets all of them."""
    for _ in range(rounds):
        for measure in contenders:
            measure()


@dataclass
class Rates:
    """What one contender did a second, round by round, where there is no request and no answer."""

    name: str
    rates: list[float] = field(default_factory=list)

    def take(self, rate: float) -> None:
        self.rates.append(rate)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)

    def row(self, base: "Rates") -> str:
        rounds = ", ".join(f"{each:,.0f}" for each in self.rates)
        return f"| {self.name} | {self.rate:,.0f} | {self.rate / base.rate:.2f} | {rounds} |"
