"""`wangge demo`."""

import sys

import click

from infra.cli.group import load


@click.command()
@click.option("--once", is_flag=True, help="演示后全部停止,末行输出 JSON / then stop everything; JSON as last line")
def demo(once: bool) -> None:
    """启动平台,载入沂南县,把一件事从上报到结案演示一遍 / Start the platform, load a county, play the story."""
    sys.exit(load("infra.demo.play:main")(once=once))
