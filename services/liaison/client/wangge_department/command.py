"""`wangge-department`: look at what a department receives, from the command line.

wangge-department check            connect, and say what may be read
wangge-department tail [--json]    print events as they come; printed events count as received
"""

# ruff: noqa: T201 - a command prints

import argparse
import json
import logging
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from unicodedata import east_asian_width

import pika
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker

from wangge_department import address
from wangge_department.address import Address
from wangge_department.contracts import Contracts
from wangge_department.department import Department
from wangge_department.errors import DepartmentError
from wangge_department.event import Event
from wangge_department.link import refusal_in

_COLUMNS = (("时间", 20), ("类型", 32), ("对象", 37), ("序号", 5), ("网格", 16), ("部门", 16), ("内容", 0))
_PRECONDITION_FAILED = 406
_TAKEN = "注意:显示过的事件即视为已接收,不会再发给其他程序 / printed events count as received"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 refused or unreachable, 2 wrong usage."""
    options = _parser().parse_args(arguments)
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # what matters of it is said in our own words
    try:
        return int(options.action(address.from_environment(), options))
    except (DepartmentError, AMQPError, OSError) as error:
        print(f"错误 error: {error or type(error).__name__}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("wangge-department", description="网格平台部门接入 / the department's queue")
    actions = parser.add_subparsers(required=True)
    check = actions.add_parser("check", help="检查连接与权限 / connect, and say what may be read")
    check.set_defaults(action=_check)
    tail = actions.add_parser("tail", help="显示收到的事件 / print events as they come")
    tail.add_argument("--json", action="store_true", help="每行一个 JSON / one JSON object a line")
    tail.add_argument("--count", type=int, default=0, metavar="N", help="显示 N 个后结束 / stop after N events")
    tail.set_defaults(action=_tail)
    return parser


def _check(where: Address, _options: argparse.Namespace) -> int:
    waiting, readers = _queue_state(where)
    print(f"已连接 connected: {where.host}:{where.port} {where.vhost}  部门 department: {where.department}")
    print(f"可读队列 may read: {where.queue}  待取 waiting: {waiting}  在读程序 readers: {readers}")
    types = Contracts().types
    print(f"已知事件类型 known event types: {len(types)}", *types, sep="\n  ")
    return 0


def _queue_state(where: Address) -> tuple[int, int]:
    """Messages that wait and programs that read; nothing is fetched. Raises Refused."""
    try:
        with pika.BlockingConnection(where.parameters()) as connection:
            state = connection.channel().queue_declare(where.queue, passive=True).method
            _prove_reading(connection.channel(), where.queue)
            return state.message_count, state.consumer_count
    except AMQPError as error:
        refusal = refusal_in(error, where)
        if refusal:
            raise refusal from error
        raise


def _prove_reading(channel: BlockingChannel, queue: str) -> None:
    """Ask to read in a way that fails after the permission was checked, so that no message is disturbed."""
    try:
        channel.basic_consume(queue, lambda *_: None, arguments={"x-priority": "none"})
    except ChannelClosedByBroker as error:
        if error.reply_code != _PRECONDITION_FAILED:
            raise


def _tail(where: Address, options: argparse.Namespace) -> int:
    department = Department(where, duplicates="show")
    department.on("*")(_printer(department, options.json, options.count))
    print(_TAKEN, file=sys.stderr)
    if not options.json:
        print(_row([head for head, _ in _COLUMNS]), flush=True)
    department.run()
    return 0


def _printer(department: Department, as_json: bool, most: int) -> Callable[[Event], None]:
    seen = 0

    def show(event: Event) -> None:
        nonlocal seen
        try:
            print(_as_json(event) if as_json else _row(_cells(event)), flush=True)
        except BrokenPipeError:
            department.ask_to_stop()
            raise
        seen += 1
        if seen == most:
            department.ask_to_stop()

    return show


def _as_json(event: Event) -> str:
    return json.dumps(asdict(event) | {"time": event.time.isoformat()}, ensure_ascii=False)


def _cells(event: Event) -> list[str]:
    time = event.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    content = json.dumps(event.data, ensure_ascii=False)
    return [time, event.type, event.subject, str(event.sequence), event.grid or "-", event.department or "-", content]


def _row(cells: Sequence[str]) -> str:
    return "  ".join(_padded(cell, width) for cell, (_, width) in zip(cells, _COLUMNS, strict=True)).rstrip()


def _padded(text: str, width: int) -> str:
    """Filled to the columns that a terminal gives it (a Chinese character takes two), nothing that drives
    it.
    """
    clean = "".join(char if char.isprintable() else "·" for char in text)
    return clean + " " * (width - sum(2 if east_asian_width(char) in "WF" else 1 for char in clean))


if __name__ == "__main__":
    sys.exit(main())
