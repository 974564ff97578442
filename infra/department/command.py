"""The commands. What belongs into a program goes to standard output, what is meant for a person to standard error."""

import os
from collections.abc import Iterator
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

import click

from infra.department.calling import liaison
from infra.local.ports import LOOPBACK
from infra.local.settings import Settings, use_local_platform
from wangge.liaison.v1 import liaison_pb2 as pb

_CONNECTED = """\
部门 {department} 已接入:接入编号 {id},队列 {queue}
下面一行是它的接入地址,内含口令,只显示这一次,平台不保存;请经可靠途径交给部门的开发人员,
由其放入环境变量 WANGGE_DEPARTMENT_URI(用法见 services/liaison/client/README.md)。
遗失或泄露时:wangge department disconnect {id},再重新接入。
The line below is the department's secret, shown once and stored nowhere: its WANGGE_DEPARTMENT_URI."""

_STATES = {
    "making": "开通中",
    "active": "正常",
    "ending": "关闭中",
    "missing": "队列丢失",
}


@click.group()
def group() -> None:
    """部门接入 / Departments that take part: their own queues and credentials."""


def _ask(method: str, request: Any) -> Any:
    """Ask the liaison service of the platform in WANGGE_HOME. Raises click.ClickException."""
    settings = Settings.from_environment()
    use_local_platform()
    address = os.environ.get("WANGGE_LIAISON_GRPC_ADDRESS", f"{LOOPBACK}:{settings.grpc_port('liaison')}")
    with liaison(settings, address) as service:
        return service.ask(method, request)


@group.command()
@click.argument("department", metavar="ID")
@click.option(
    "--types", multiple=True, help="事件类型,可多次给出,缺省 incident.* / event type, repeatable (incident.closed.v1)"
)
@click.option("--area", default="", help="区划或网格代码,缺省全县 / division or grid code, default the county")
def connect(department: str, types: tuple[str, ...], area: str) -> None:
    """为部门 ID 开通自己的队列 / Give the department ID a queue of its own; prints its secret address once."""
    wanted = [each for given in types for each in given.split(",") if each]
    request = pb.ConnectDepartmentRequest(department=department, types=wanted, area=area)
    made = _ask("ConnectDepartment", request)
    click.echo(_CONNECTED.format(department=made.department, id=made.id, queue=made.queue), err=True)
    click.echo(made.uri)


@group.command("list")
def list_() -> None:
    """列出各部门的接入 / List the connections, with what waits in each queue."""
    found = list(_connections())
    if not found:
        click.echo("还没有部门接入 / No department is connected", err=True)
    zone = ZoneInfo(Settings.from_environment().timezone)
    for each in found:
        click.echo(_line(each, zone))


def _connections() -> Iterator[Any]:
    request = pb.ListConnectionsRequest(limit=200)
    while True:
        page = _ask("ListConnections", request)
        yield from page.items
        if not page.next_cursor:
            return
        request.cursor = page.next_cursor


def _line(each: Any, zone: ZoneInfo) -> str:
    since = each.created_at.ToDatetime(tzinfo=UTC).astimezone(zone)
    return "  ".join(
        (
            each.id,
            each.department,
            _STATES.get(each.state, each.state),
            f"待取 {each.waiting}",
            f"连接 {each.consumers}",
            ",".join(each.types),
            each.area or "全县",
            f"{since:%Y-%m-%d %H:%M}",
        )
    )


@group.command()
@click.argument("connection", metavar="ID")
def disconnect(connection: str) -> None:
    """关闭接入 ID(见 list):口令立即失效,队列删除 / Take the connection ID away at once, with its queue."""
    _ask("DisconnectDepartment", pb.DisconnectDepartmentRequest(id=connection))
    click.echo(f"已关闭 / Disconnected: {connection}", err=True)
