"""docs/benchmarks.md: what was measured, by which command, on which machine."""

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psycopg2

from tests.bench.measuring import CALLS, LIMIT_MS, ROUNDS, Figure
from tests.bench.ratios import Rates

NOTES = Path(__file__).parent / "notes.md"
"""Under the title of a part: why a target is missed there, and what would be needed."""
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
SHOWN = 25
HEAD = "| question | wall p50 | wall p95 | core p50 | core p95 | × baseline |\n|---|---|---|---|---|---|"


@dataclass
class Report:
    """Sections of text, and what did not hold."""

    sections: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)

    def add(self, title: str, *lines: str) -> None:
        self.sections.append("\n".join([f"## {title}", "", *lines, ""]))
        print(self.sections[-1], flush=True)

    def lists(self, title: str, figures: list[Figure], note: str, limit: float = LIMIT_MS) -> None:
        """The baseline, the slowest, and how many there were."""
        base, *others = figures
        self.asked |= {each.name.partition(":")[0] for each in others}
        slowest = sorted(others, key=lambda each: -each.core[1])
        over = [each for each in others if each.core[1] >= limit]
        self.failures += [each.name for each in over]
        said = f"{len(others)} questions, {len(over)} over {limit:.0f} ms of core time at the 95th percentile. {note}"
        rows = [base.row(limit), *(each.row(limit) for each in slowest[:SHOWN])]
        self.add(title, said, "", f"The {min(SHOWN, len(others))} slowest, milliseconds:", "", HEAD, *rows)

    def rates(self, title: str, said: str, ours: Rates, bare: Rates, least: float) -> None:
        """The platform beside its baseline, and whether `least` of the baseline's rate was reached (0: not asked)."""
        ratio = ours.rate / bare.rate
        head = ["| | a second | ratio | rounds |", "|---|---|---|---|"]
        asked = f"At least {least} of the baseline's rate is asked; reached: {ratio:.2f}." if least else "A trial."
        self.add(title, said, "", *head, bare.row(bare), ours.row(bare), "", asked)
        if ratio < least:
            self.failures.append(f"{title}: {ratio:.2f} of the baseline's rate, {least} is asked")

    def page(self, command: str, before: str = "") -> str:
        """The whole document; what this run has not measured stays as it is in the page `before`."""
        preface = [
            "# Benchmarks",
            "",
            "<!-- Written by `make bench`; what is said of a missed target comes from tests/bench/notes.md. -->",
            "",
            f"{machine()} Last written by `{command}`; each part says when it was measured.",
            "",
            f"Of lists: medians of {ROUNDS} rounds of {CALLS} calls, warm. *Wall* is the clock around the query",
            "object; *core* is the time that this thread and its PostgreSQL backend really ran, which is what the wall",
            f"shows on an idle machine. The limit of {LIMIT_MS:.0f} ms is held against the core time; neighbours on",
            "the machine show in the wall's. gRPC and REST are not in it, but Open311 is measured whole. Of ratios:",
            "three rounds in turn, medians; all processes, the client too, share the cores.",
            "",
        ]
        sections = sections_of(before) | {title: self._stamped(title, text) for title, text in self._measured().items()}
        return "\n".join([*preface, *sections.values()]).rstrip() + "\n"

    def _measured(self) -> dict[str, str]:
        return sections_of("\n".join(self.sections))

    def _stamped(self, title: str, text: str) -> str:
        load = os.getloadavg()[1]
        stamp = f"*{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, the machine's load {load:.1f}.*"
        note = sections_of(NOTES.read_text("utf-8")).get(title, "").partition("\n")[2].strip()
        return "\n".join([text.rstrip(), "", *([note, ""] if note else []), stamp, ""])


def sections_of(page: str) -> dict[str, str]:
    """The parts of a page by their titles, each with its heading."""
    _, *parts = f"\n{page}".split("\n## ")
    return {part.partition("\n")[0]: f"## {part.rstrip()}\n" for part in parts}


def machine() -> str:
    """What the figures depend on."""
    memory = _first("/proc/meminfo", "MemTotal")
    cpu = _first("/proc/cpuinfo", "model name") or platform.machine()
    gigabytes = int(memory.split()[0]) / 1024**2 if memory else 0
    return (
        f"{os.cpu_count()} cores ({cpu}), {gigabytes:.0f} GB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, psycopg2 {psycopg2.__version__.split()[0]}."
    )


def _first(path: str, key: str) -> str:
    lines: Iterable[str] = Path(path).read_text("utf-8").splitlines() if Path(path).exists() else ()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), "")
