"""What the platform's Python processes hold: at rest, after a minute's load, and how it goes on."""

import itertools
import os
from dataclasses import dataclass

import psutil

from tests.bench.client import CONNECTIONS, converse
from tests.bench.county_platform import CountyPlatform
from tests.bench.lives import lives, tokens
from tests.bench.report import Report

MOST_AT_REST = 700.0
MOST_GROWTH = 1.05
MINUTES = int(os.environ.get("WANGGE_BENCH_MEMORY_MINUTES", "10"))
"""How long the load lasts; an hour is asked for, and is had with 60."""
ROLES = ("api", "relay", "worker", "gateway", "traces")


@dataclass(frozen=True)
class Held:
    """Megabytes by process: what is resident, and with shared pages divided among those who share them (PSS)."""

    resident: dict[str, float]
    proportional: dict[str, float]

    @classmethod
    def by(cls, stage: CountyPlatform) -> "Held":
        running = stage.platform.supervisor.processes()
        supervisor = psutil.Process(running["api"].pid).ppid()
        found = {"supervisor": supervisor, **{role: running[role].pid for role in ROLES}}
        full = {name: psutil.Process(pid).memory_full_info() for name, pid in found.items()}
        return cls({n: each.rss / 2**20 for n, each in full.items()}, {n: each.pss / 2**20 for n, each in full.items()})

    @property
    def rss(self) -> float:
        return sum(self.resident.values())

    @property
    def pss(self) -> float:
        return sum(self.proportional.values())


def of_memory(stage: CountyPlatform, whole: bool, report: Report) -> None:
    """Resident memory before, after one minute and after MINUTES of lives by REST."""
    minute, minutes = (60.0, MINUTES) if whole else (1.0, 2)
    stage.settle()
    rest = Held.by(stage)
    samples: list[Held] = []
    while len(samples) < minutes:
        given, ended = tokens(stage), itertools.count()
        talks = [lives(stage, given, ended, line) for line in range(CONNECTIONS)]
        answers = converse(stage.settings.port, talks, minute)
        if answers.refused:
            raise ValueError(f"memory: {dict(answers.statuses)}, {answers.first_refusal[:300]!r}")
        samples.append(Held.by(stage))
    _say(report, rest, samples, whole)


def _say(report: Report, rest: Held, samples: list[Held], whole: bool) -> None:
    first, last = samples[0], samples[-1]
    growth = (last.rss - first.rss) / max(1, len(samples) - 1)
    columns = {"at rest": rest, "after a minute": first, f"after {len(samples)} minutes": last}
    head = [f"| MB | {' | '.join(columns)} |", "|---|" + "---|" * len(columns)]
    rows = [
        f"| {name} | {' | '.join(f'{each.resident[name]:.0f}' for each in columns.values())} |"
        for name in rest.resident
    ]
    rows.append(f"| **together, RSS** | {' | '.join(f'{each.rss:.0f}' for each in columns.values())} |")
    rows.append(f"| together, PSS | {' | '.join(f'{each.pss:.0f}' for each in columns.values())} |")
    course = ", ".join(f"{each.rss:.0f}" for each in samples)
    said = f"RSS together minute by minute: {course}; {growth:+.1f} MB a minute on the average."
    asked = (
        f"Asked: below {MOST_AT_REST:.0f} MB at rest, and the same after an hour as after a minute. This load lasted "
        f"{len(samples)} minutes (WANGGE_BENCH_MEMORY_MINUTES); an hour was {'' if len(samples) >= 60 else 'not '}run."
    )
    load = (
        "Lives of cases by REST, 16 connections, all that they write relayed and handled. The Python processes alone."
    )
    report.add("Memory", load, "", *head, *rows, "", said, "", asked)
    if whole and rest.rss >= MOST_AT_REST:
        report.failures.append(f"memory: {rest.rss:.0f} MB at rest, below {MOST_AT_REST:.0f} is asked")
    if whole and last.rss > first.rss * MOST_GROWTH:
        report.failures.append(f"memory: {first.rss:.0f} MB after a minute, {last.rss:.0f} after {len(samples)}")
