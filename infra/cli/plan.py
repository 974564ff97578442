"""`wangge plan …`."""

import sys

import click

from infra.cli.group import load


@click.group()
def plan() -> None:
    """方案文件 / Plan documents."""


@plan.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
def check(file: str) -> None:
    """检查方案文件,逐条说明问题与改法 / Check a plan document; each fault names line, entry and remedy."""
    sys.exit(load("services.registry.plan.command:check")(file))
