"""`wangge traces` (the receiver) and `wangge trace ID`."""

import sys

import click

from infra.cli.group import load
from infra.local.settings import use_local_platform


@click.command()
def traces() -> None:
    """在本机接收 OTLP 调用链 / Receive spans on loopback until SIGTERM."""
    use_local_platform()
    load("infra.tracing.receiver:run")()


@click.command()
@click.argument("trace_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="机器可读 / for machines")
def trace(trace_id: str, as_json: bool) -> None:
    """把一次请求经过的调用打印成树 / Print the calls of one request as a tree."""
    use_local_platform()
    sys.exit(load("infra.tracing.tree:show")(trace_id, as_json=as_json))
