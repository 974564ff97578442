"""How letters look to a person, and one letter as JSON. Everything that came from outside is made printable."""

from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from infra.dead.letters import Letter
from infra.dead.showing import MOST, content, hidden, printable, without_secrets

_COLUMNS = (
    "队列 / queue",
    "编号 / id",
    "类型 / type",
    "原因 / reason",
    "次数 / attempts",
    "首次失败 / first",
    "最近失败 / last",
    "事 / case",
)


def letters(counts: dict[str, int], shown: list[Letter], page: int, more: bool, filtered: bool) -> None:
    """A table of one page."""
    if not any(counts.values()):
        click.echo("没有死信 / No dead letters")
        return
    if not shown:
        click.echo("没有符合条件的死信 / None that fits" if filtered else "没有更多的死信 / No more")
    else:
        Console().print(_table(shown))
    for queue, count in counts.items():
        if count:
            click.echo(f"{queue} {count}")
    if more:
        click.echo(f"还有更多:--page {page + 1} / There are more: --page {page + 1}")


def _table(shown: list[Letter]) -> Table:
    table = Table(title="死信 / dead letters", title_justify="left")
    for column in _COLUMNS:
        table.add_column(column, overflow="fold")
    for each in shown:
        cells = (each.queue, each.id, each.type, _reason(each), each.attempts, each.first_failed, each.last_failed)
        table.add_row(*(Text("-" if cell is None else printable(str(cell))) for cell in (*cells, each.case)))
    return table


def _reason(letter: Letter) -> str:
    said = without_secrets(letter.reason)
    return f"{said}(已重发 {letter.resent} 次 / sent again before)" if letter.resent else said


def each_whole(found: list[Letter], full: bool) -> None:
    """Each letter with its headers and its body."""
    for letter in found:
        for name, value in letter.summary().items():
            if value is not None:
                click.echo(f"{name}: {printable(without_secrets(str(value)))}")
        for name, value in _properties(letter).items():
            click.echo(f"{printable(name)}: {printable(str(value))}")
        click.echo(f"\n{content(letter.body, None if full else MOST)}\n")


def whole(letter: Letter, full: bool) -> dict[str, Any]:
    """One letter for a program; the body as text, with escapes and without secrets."""
    reason = without_secrets(letter.reason)
    shown = content(letter.body, None if full else MOST)
    return {**letter.summary(), "reason": reason, "properties": _properties(letter), "body": shown}


def _properties(letter: Letter) -> dict[str, Any]:
    came = {name: value for name, value in vars(letter.properties).items() if value is not None}
    shown: dict[str, Any] = hidden(came)
    return shown
