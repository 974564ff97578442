"""`wangge up` and `wangge down`."""

import contextlib
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator

import click

from infra.local.errors import LocalError
from infra.local.platform import Platform
from infra.local.programs import ROLES
from infra.local.settings import Settings


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP arrived; not an Exception, so that nothing on the way swallows it."""


@click.command()
@click.option("--detach", is_flag=True, help="就绪后返回,平台在后台继续 / return once it is ready, leave it running")
@click.option("--base", is_flag=True, help="只启动 PostgreSQL、RabbitMQ 和调用链接收 / only the servers")
def up(detach: bool, base: bool) -> None:
    """启动整个平台,前台运行,Ctrl-C 停止 / Start the platform in the foreground; Ctrl-C stops it."""
    platform = Platform(Settings.from_environment())
    if platform.is_running():
        click.echo(f"平台已在运行 / Already running: {platform.settings.gateway_url}")
        return
    click.echo(f"启动平台,数据目录 {platform.settings.home} / Starting the platform")
    with _signals_stop(), _errors_shown():
        _start(platform, detach=detach, only=() if base else ROLES)


def _start(platform: Platform, *, detach: bool, only: tuple[str, ...]) -> None:
    """Start and, unless `detach`, stay until a signal arrives or somebody calls `wangge down`."""
    try:
        supervisord = platform.start(click.echo, detached=detach, only=only)
    except Stopped:
        click.echo("已停止 / Stopped")
        return
    with contextlib.suppress(Stopped):  # from here on a signal finds the platform up, also while we say so
        click.echo(f"平台就绪 / Ready: {platform.settings.gateway_url}")
        if detach:
            click.echo("停止:wangge down / Stop it with: wangge down")
            return
        click.echo("按 Ctrl-C 停止 / Ctrl-C stops it")
        supervisord.wait()
    _end(platform, supervisord)


def _end(platform: Platform, supervisord: "subprocess.Popen[bytes]") -> None:
    _ignore_signals()
    click.echo("正在停止… / Stopping…")
    platform.stop()
    supervisord.wait()
    click.echo("已停止 / Stopped")


@contextlib.contextmanager
def _signals_stop() -> Iterator[None]:
    """Inside, the first stop signal raises Stopped; further ones are ignored so that stopping can finish."""

    def raise_stopped(*_: object) -> None:
        _ignore_signals()
        raise Stopped

    for number in _STOP_SIGNALS:
        signal.signal(number, raise_stopped)
    yield


def _ignore_signals() -> None:
    for number in _STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def _errors_shown() -> Iterator[None]:
    try:
        yield
    except LocalError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


@click.command()
@click.option("--purge", is_flag=True, help="同时删除全部数据 / delete all its data as well")
def down(purge: bool) -> None:
    """停止本平台的全部进程;没有运行也算成功 / Stop every process of this platform; fine when none runs."""
    platform = Platform(Settings.from_environment())
    was_running = platform.is_running()
    platform.stop()
    click.echo("已停止 / Stopped" if was_running else "平台没有运行 / Not running")
    if purge:
        for folder in platform.data_folders():
            shutil.rmtree(folder, ignore_errors=True)
        click.echo("数据已删除 / Data deleted")
