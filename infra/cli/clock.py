"""`wangge clock`: the demo's time."""

import sys
from collections.abc import Callable
from zoneinfo import ZoneInfo

import click

from infra.local import moving
from infra.local.errors import LocalError
from infra.local.settings import Settings


@click.group()
def clock() -> None:
    """演示平台的时间:查看、向前拨 / The demo's time: show it, put it forward. Refused on any other platform."""


@clock.command()
def show() -> None:
    """显示平台现在的时间 / Show the platform's time."""
    _told(moving.show)


@clock.command()
@click.argument("by")
def forward(by: str) -> None:
    """把平台的时间向前拨 BY(2d、36h、90m、1d12h),期限随之到期 / Put the platform's time forward by BY."""
    _told(lambda settings: moving.forward(settings, moving.amount(by)))


def _told(ask: Callable[[Settings], moving.Shown]) -> None:
    settings = Settings.from_environment()
    try:
        shown = ask(settings)
    except LocalError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    local = shown.now.astimezone(ZoneInfo(settings.timezone))
    click.echo(f"{local:%Y-%m-%d %H:%M:%S %z},比本机快 {shown.ahead} / ahead of the machine by {shown.ahead}")
