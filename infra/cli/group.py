"""The commands by name, each imported only when it is asked for: a worker imports no grpc, an api no nameko."""

import importlib
from typing import Any

import click

_COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("infra.cli.platform:up", "启动整个平台 / start the whole platform"),
    "down": ("infra.cli.platform:down", "停止平台 / stop it"),
    "status": ("infra.cli.status:status", "进程、队列、发件箱 / processes, queues, outboxes"),
    "demo": ("infra.cli.demo:demo", "启动并演示一件事的全过程 / start and play the story"),
    "clock": ("infra.cli.clock:clock", "演示平台的时间 / the demo's time"),
    "plan": ("infra.cli.plan:plan", "方案文件 / plan documents"),
    "trace": ("infra.cli.traces:trace", "打印一次请求的调用树 / print one trace as a tree"),
    "department": ("infra.department:group", "部门接入 / departments that take part"),
    "dead": ("infra.dead:group", "死信:查看、重发、放弃 / messages that no retry helped"),
    "divisions": ("infra.cli.divisions:divisions", "导入全国区划 / load every division of the country"),
    "audit": ("infra.cli.audit:audit", "核验审计日志 / verify the audit logs"),
    "migrate": ("infra.cli.roles:migrate", "数据库升级 / bring the databases up to date"),
    "api": ("infra.cli.roles:api", "运行服务接口 / run services' apis"),
    "relay": ("infra.cli.roles:relay", "运行发件箱转发 / run services' relays"),
    "worker": ("infra.cli.roles:worker", "运行事件处理 / run services' workers"),
    "gateway": ("infra.cli.roles:gateway", "运行网关 / run the gateway"),
    "traces": ("infra.cli.traces:traces", "接收调用链 / run the trace receiver"),
}


class LazyGroup(click.Group):
    """A group whose commands live in other modules, named `module:attribute`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = load(_COMMANDS[cmd_name][0])
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("命令 / Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _COMMANDS.items()])


def load(target: str) -> Any:
    """The object named `module:attribute`. Raises click.ClickException when this installation does not have it."""
    module, _, attribute = target.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        if error.name is None or not (module == error.name or module.startswith(f"{error.name}.")):
            raise
        raise click.ClickException(f"此安装不含 {module} / This installation has no {module}") from error


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def wangge() -> None:
    """网格:县域网格化治理平台 / the county grid platform.

    WANGGE_HOME(数据目录,默认 .wangge)与 WANGGE_PORT(网关端口,默认 8400)决定操作哪一个平台。
    """
