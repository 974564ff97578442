"""`wangge api|relay|worker|gateway|migrate`: one role in this process, configured by the environment.

What the environment does not say comes from the platform in WANGGE_HOME, so that one role can be run by hand.
"""

import os

import click

from infra.cli.group import load
from infra.local.ports import LOOPBACK
from infra.local.settings import SERVICES, use_local_platform

_STREAMS_END_SECONDS = 5  # live streams never end by themselves


def _names(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> list[str]:
    """`all`, or services by name, each once. Raises click.BadParameter naming the services there are."""
    if given == ("all",):
        return list(SERVICES)
    unknown = [name for name in given if name not in SERVICES]
    if unknown:
        raise click.BadParameter(f"{', '.join(unknown)}:可选 / choose from {', '.join(SERVICES)}, all")
    return list(dict.fromkeys(given))


_services = click.argument("services", nargs=-1, required=True, metavar="SERVICE…|all", callback=_names)


@click.command()
@_services
def api(services: list[str]) -> None:
    """运行服务的 gRPC 接口 / Run the gRPC apis of services until SIGTERM."""
    use_local_platform()
    load("services.chassis.rpc.serve:run")(services)


@click.command()
@_services
def relay(services: list[str]) -> None:
    """把服务发件箱中的事件送到 RabbitMQ / Publish services' outboxes until SIGTERM."""
    use_local_platform()
    load("services.chassis.relay:run")(services)


@click.command()
@_services
def worker(services: list[str]) -> None:
    """处理事件和定时任务 / Handle events and timers of services until SIGTERM."""
    use_local_platform()
    load("services.chassis.worker:run")(services)


@click.command()
def gateway() -> None:
    """在 127.0.0.1:WANGGE_PORT 运行 REST 网关 / Run the REST gateway until SIGTERM."""
    import uvicorn

    use_local_platform()
    port = int(os.environ.get("WANGGE_PORT", "8400"))
    uvicorn.run(
        load("gateway.api.app:create"),
        factory=True,
        http=load("gateway.api.connection:Connection"),
        host=LOOPBACK,
        port=port,
        access_log=False,
        server_header=False,
        log_config=None,  # our own JSON lines instead
        timeout_graceful_shutdown=_STREAMS_END_SECONDS,
    )


@click.command()
def migrate() -> None:
    """把各服务的数据库升级到最新版本 / Bring every service's database to its newest version."""
    use_local_platform()
    upgrade = load("services.chassis.migrate:upgrade")
    for service in SERVICES:
        upgrade(service, os.environ[f"WANGGE_{service.upper()}_DATABASE_URI"])
        click.echo(f"{service} ✓")
