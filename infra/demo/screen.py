"""What a newcomer sees: lines and tables that line up, whatever mix of Chinese and ASCII they hold."""

import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

_WIDTH = 116
_TIME_COLUMN = 100


class Screen:
    """Writes to standard output, each line at once."""

    def __init__(self) -> None:
        self._console = Console(width=_WIDTH, highlight=False, markup=False, emoji=False, file=sys.stdout)

    def line(self, text: str = "") -> None:
        print(text, flush=True)

    def chapter(self, title: str) -> None:
        self.line(f"\n━━ {title} {'━' * max(0, _TIME_COLUMN - cell_len(title) - 4)}")

    def done(self, text: str, ms: float) -> None:
        """A step that went well, with its time right-aligned."""
        self._timed("✓", text, ms)

    def failed(self, text: str, ms: float, why: str) -> None:
        self._timed("✗", text, ms)
        self.line(f"      {why}")

    def detail(self, text: str, ms: float | None = None) -> None:
        """A line below or before a step, with a time of its own where it took one."""
        self.line(f"      {text}" if ms is None else _aligned(f"      {text}", ms))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A table without frame, indented like details. Numbers stand to the right."""
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        given = [list(row) for row in rows]
        for number, column in enumerate(columns):
            numeric = all(isinstance(row[number], int | float) for row in given)
            table.add_column(column, justify="right" if numeric else "left", overflow="fold")
        for row in given:
            table.add_row(*(f"{each:.1f}" if isinstance(each, float) else str(each) for each in row))
        with self._console.capture() as drawn:
            self._console.print(table)
        for text in drawn.get().splitlines():
            self.line(f"      {text.rstrip()}" if text.strip() else "")

    def _timed(self, mark: str, text: str, ms: float) -> None:
        self.line(_aligned(f"  {mark} {text}", ms))


def _aligned(left: str, ms: float) -> str:
    gap = max(1, _TIME_COLUMN - cell_len(left))
    return f"{left}{' ' * gap}{ms:>8,.0f} ms"
