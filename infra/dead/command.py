"""The commands. A table or JSON goes to standard output, what is only for a person to standard error."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

import click

from infra.dead import printing
from infra.dead.auditing import Auditing
from infra.dead.box import Box, Found, opened
from infra.dead.letters import Letter
from infra.local.settings import Settings, use_local_platform

_QUEUE = click.option("--queue", help="只看这个队列的死信 / only those meant for this queue (assessment.on.incident)")
_REASON = click.option("--reason", default="", help="原因中含有此文字 / only those whose reason contains this text")
_TYPE = click.option("--type", "type_", default="", help="事件类型 / only this event type (incident.closed.v1)")
_CASE = click.option("--case", default="", help="只看这件事的 / only those about this case")
_JSON = click.option("--json", "as_json", is_flag=True, help="机器可读 / for machines")

Wanted = Callable[[Letter], bool]


@click.group()
def group() -> None:
    """死信:反复重试仍失败的消息。查看、重发、放弃 / Dead letters: what no retry helped."""


@contextmanager
def _box() -> Iterator[Box]:
    """The dead queues of the platform in WANGGE_HOME, or of the broker that the environment names."""
    use_local_platform()
    if "WANGGE_AMQP_URI" not in os.environ:
        home = Settings.from_environment().home
        raise click.ClickException(
            f"{home} 中没有平台,请先运行 wangge up,或设置 WANGGE_HOME\n"
            f"There is no platform in {home}: run wangge up first, or set WANGGE_HOME"
        )
    with opened(os.environ["WANGGE_AMQP_URI"], os.environ.get("WANGGE_AMQP_MANAGEMENT_URI")) as box:
        yield box


def _counts(box: Box, queue: str | None) -> dict[str, int]:
    return {queue: box.count(queue)} if queue else box.queues()


def _filter(reason: str, type_: str, case: str) -> Wanted | None:
    """What the three options ask for; None when they ask for nothing."""
    if not (reason or type_ or case):
        return None
    return lambda each: reason in each.reason and (not type_ or each.type == type_) and (not case or each.case == case)


@group.command("list")
@_QUEUE
@_REASON
@_TYPE
@_CASE
@click.option("--page", type=click.IntRange(1), default=1, show_default=True, help="第几页 / which page")
@click.option("--size", type=click.IntRange(1, 1000), default=20, show_default=True, help="每页条数 / letters a page")
@_JSON
def list_(queue: str | None, reason: str, type_: str, case: str, page: int, size: int, as_json: bool) -> None:
    """列出死信:编号、类型、原因、次数、首次与最近失败、所属的事 / List them; nothing is taken out."""
    with _box() as box:
        counts, wanted = _counts(box, queue), _filter(reason, type_, case)
        found = list(islice(_from(box, counts, wanted, skip=(page - 1) * size), size + 1))
    shown, more = found[:size], len(found) > size
    if as_json:
        items = [each.summary() for each in shown]
        click.echo(json.dumps({"queues": counts, "items": items, "page": page, "more": more}, ensure_ascii=False))
    else:
        printing.letters(counts, shown, page, more, filtered=wanted is not None)


def _from(box: Box, counts: dict[str, int], wanted: Wanted | None, skip: int) -> Iterator[Letter]:
    """The wanted letters of all queues after the first `skip`, without their bodies; whole queues are not read."""
    for queue, count in counts.items():
        if wanted is None and skip >= count:
            skip -= count
            continue
        for found in box.scan(queue):
            if wanted is None or wanted(found.letter):
                if skip:
                    skip -= 1
                else:
                    yield found.letter.without_body()


@group.command()
@click.argument("id")
@_QUEUE
@click.option("--full", is_flag=True, help="正文不截短 / the whole body")
@_JSON
def show(id: str, queue: str | None, full: bool, as_json: bool) -> None:
    """显示一条死信的消息头与正文;机密与个人信息隐去 / Show one: headers and body, secrets left out."""
    with _box() as box:
        found = [each.letter for name in _counts(box, queue) for each in box.scan(name) if each.letter.id == id]
        if not found:
            raise _no_such(id)
    if as_json:
        click.echo(json.dumps({"items": [printing.whole(each, full) for each in found]}, ensure_ascii=False))
    else:
        printing.each_whole(found, full)


def _no_such(id: str) -> click.ClickException:
    return click.ClickException(
        f"没有编号为 {id} 的死信,wangge dead list 列出现有的\nThere is no dead letter {id}; see wangge dead list"
    )


@dataclass
class Outcome:
    """How many letters were dealt with, by queue; `copies` of the same message were not sent a second time."""

    done: dict[str, int]
    copies: int = 0


@group.command()
@click.argument("id", required=False)
@click.option(
    "--all", "all_", is_flag=True, help="全部,或 --queue、--reason 等选出的全部 / all that the options choose"
)
@_QUEUE
@_REASON
@_TYPE
@_CASE
@click.option("--yes", is_flag=True, help="不再询问 / do not ask")
@_JSON
def resend(
    id: str | None, all_: bool, queue: str | None, reason: str, type_: str, case: str, yes: bool, as_json: bool
) -> None:
    """把一条(ID)或全部(--all)死信送回原队列,各一次,记入审计 / Send letters back to their own queue, audited."""
    if bool(id) == all_:
        raise click.UsageError("请给出 ID 或 --all 之一 / give either an ID or --all")
    with _box() as box, closing(Auditing()) as auditing:
        if all_:
            found: Iterable[Found] = _all(box, queue, _filter(reason, type_, case), ask=not (yes or as_json))
        else:
            found = _one(box, queue, id or "")
        outcome = _deal(found, lambda each, copy: _resend(box, auditing, each, copy))
    _tell("已重发 / sent again", outcome, as_json)


def _all(box: Box, queue: str | None, wanted: Wanted | None, ask: bool) -> Iterator[Found]:
    """The wanted letters, one after the other; asks before the first. Raises click.Abort."""
    counts = {name: count for name, count in _counts(box, queue).items() if count}
    if ask and counts:
        which = f"{sum(counts.values())} 条死信" if wanted is None else "符合条件的死信"
        click.confirm(f"重发 {'、'.join(counts)} 的{which}? / Send them again?", abort=True, err=True)
    for name in counts:
        yield from (each for each in box.scan(name) if wanted is None or wanted(each.letter))


def _one(box: Box, queue: str | None, id: str) -> list[Found]:
    """The letter `id` with its copies. Raises click.ClickException when it lies in no queue, or in several."""
    found = [each for name in _counts(box, queue) for each in box.scan(name) if each.letter.id == id]
    if not found:
        raise _no_such(id)
    if len(names := {each.letter.queue for each in found}) > 1:
        raise click.ClickException(
            f"{id} 在几个队列中({'、'.join(sorted(names))}),请用 --queue 指定\n"
            "It lies in several queues: name one by --queue"
        )
    return found


def _deal(found: Iterable[Found], deal: Callable[[Found, bool], None]) -> Outcome:
    """Deal with each letter; `deal` is told whether it is a copy of one before."""
    outcome, seen = Outcome({}), set[tuple[str, ...]]()
    for each in found:
        letter = each.letter
        key = (letter.queue, letter.id, letter.sha256, str(letter.properties.content_type))
        copy = key in seen
        deal(each, copy)
        seen.add(key)
        outcome.copies += copy
        outcome.done[letter.queue] = outcome.done.get(letter.queue, 0) + (not copy)
    return outcome


def _resend(box: Box, auditing: Auditing, found: Found, copy: bool) -> None:
    with auditing.entry("ResendDeadLetter", found.letter, **({"copy": True} if copy else {})):
        if not copy:
            box.send_again(found.letter)
    box.drop(found)


@group.command("give-up")
@click.argument("id")
@click.option("--why", required=True, help="为什么放弃,记入审计日志,勿写个人信息 / the reason, kept in the audit log")
@_QUEUE
@_JSON
def give_up(id: str, why: str, queue: str | None, as_json: bool) -> None:
    """放弃一条死信:不再处理,理由记入审计日志 / Give one up for good; the reason stays in the audit log."""
    if not why.strip():
        raise click.UsageError("--why 不能为空 / --why must say something")
    with _box() as box, closing(Auditing()) as auditing:

        def deal(found: Found, _copy: bool) -> None:
            with auditing.entry("GiveUpDeadLetter", found.letter, why=why.strip()):
                pass
            box.drop(found)

        outcome = _deal(_one(box, queue, id), deal)
    _tell("已放弃 / given up", outcome, as_json)


def _tell(what: str, outcome: Outcome, as_json: bool) -> None:
    if as_json:
        facts: dict[str, Any] = {"done": outcome.done, "copies": outcome.copies}
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    for queue, count in outcome.done.items():
        click.echo(f"{what}:{queue} {count}")
    if outcome.copies:
        click.echo(f"另有 {outcome.copies} 条是同一消息的副本,已清除 / copies of the same message, removed")
    if not outcome.done:
        click.echo("没有符合的死信 / No such dead letters")
