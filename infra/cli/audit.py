"""`wangge audit`: is every service's audit log whole (PRV-05)?"""

import os
import sys
from pathlib import Path

import click
import sqlalchemy as sa

from infra.local.settings import SERVICES, Settings, use_local_platform
from services.chassis import audit as chain


@click.command()
def audit() -> None:
    """逐个核验各服务的审计日志,指出第一处断链 / Verify every audit log; exit status 1 names what is broken."""
    use_local_platform()
    home = Settings.from_environment().home
    found = [verify(service, home / "anchors" / f"{service}.log") for service in SERVICES]
    sys.exit(0 if all(found) else 1)


def verify(service: str, anchor: Path) -> bool:
    """Print the verdict on one service's log; True when it is whole."""
    engine = sa.create_engine(os.environ[f"WANGGE_{service.upper()}_DATABASE_URI"], poolclass=sa.NullPool)
    try:
        broken = chain.first_broken(engine, anchor)
    except sa.exc.OperationalError as error:
        reason = str(error.orig).strip().splitlines()[0]
        raise click.ClickException(f"{service}:数据库没有应答 / the database does not answer: {reason}") from error
    click.echo(f"{service} {'✓ 完整 / whole' if broken is None else f'✗ {broken}'}")
    return broken is None
