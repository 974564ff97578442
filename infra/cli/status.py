"""`wangge status`."""

import json
import sys
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from infra.local.settings import Settings
from infra.local.status import status as read_status

_NOT_RUNNING = 3  # what service managers answer for a service that is down
_ALARMS = {
    "worker-stopped": "处理已停止:连续失败,疑为程序有误,请回退并重启 / stopped itself: a bad release",
    "worker-paused": "处理已暂停:所需服务不可用,恢复后自动继续 / paused: what it needs is away",
    "timer-failing": "定时任务出错 / a timer fails",
    "deadlines-failing": "到期事项反复失败,系统会自动重试 / deadlines keep failing, they are tried again",
    "dead-letters": "有死信,见 wangge dead list / dead letters",
    "outbox-waits": "事件发不出去,请查看 rabbitmq;不会丢失,恢复后自动发出 / events wait for the broker, none is lost",
    "queue-leaderless": "队列没有主副本,收发都停;请按 docs/operator.md 删除它,会自动重建 / no leader: delete the queue",
    "no-answer": "没有应答,请查看该进程 / does not answer",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="机器可读 / for machines")
@click.option("--check", is_flag=True, help="有告警时退出码 1,供监控使用 / exit status 1 when there is an alarm")
def status(as_json: bool, check: bool) -> None:
    """每个进程的状态、队列、发件箱、死信、告警。没有运行时退出码 3 / Exit status 3 when it does not run."""
    found = read_status(Settings.from_environment())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
    elif found["running"]:
        _print(found)
    else:
        click.echo(f"平台没有运行({found['home']})/ Not running")
    sys.exit((1 if check and found["alarms"] else 0) if found["running"] else _NOT_RUNNING)


def _print(found: dict[str, Any]) -> None:
    console = Console()
    console.print(f"网关 / gateway {found['address']}", highlight=False)
    console.print(_table("进程 / processes", found["processes"], "name role state pid address uptime_seconds"))
    console.print(_table("队列 / queues", found["queues"] or [], "name ready unacknowledged consumers"))
    waiting = [{"service": service, **(outbox or {})} for service, outbox in found["outbox"].items()]
    console.print(_table("发件箱 / outboxes", waiting, "service unpublished oldest_seconds"))
    _print_deadlines(console, found["deadlines"])
    for process in found["processes"]:
        if process["last_error"]:
            console.print(f"{process['name']}: {process['last_error']}", style="red", markup=False, highlight=False)
    for alarm in found["alarms"]:
        line = f"! {alarm['where']} {_ALARMS.get(alarm['kind'], alarm['kind'])}: {alarm['says'] or ''}"
        console.print(f"{line} {alarm['since'] or ''}".rstrip(), style="bold red", markup=False, highlight=False)


def _print_deadlines(console: Console, deadlines: dict[str, Any]) -> None:
    """Nothing where nothing failed, which is the rule."""
    failing = [
        {"service": service, "failing": each["failing"], **last}
        for service, each in deadlines.items()
        if each
        for last in each["last"]
    ]
    if failing:
        title = "失败后待重试的期限 / deadlines that failed and will be tried again"
        console.print(_table(title, failing, "service failing kind subject attempts next_at last_error"))


def _table(title: str, rows: list[dict[str, Any]], columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for column in columns.split():
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("-" if row.get(column) is None else str(row[column]) for column in columns.split()))
    return table
