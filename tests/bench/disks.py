"""Reports where a commit takes 4 ms, as on a slow disk: is anything of ours waiting in line for it?

PostgreSQL's `commit_delay` stands in for the disk: before each flush of the log the committing backend sleeps 4 ms,
and those that commit meanwhile share the flush, as with a real fsync of that length.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.bench.client import load
from tests.bench.county_platform import CountyPlatform
from tests.bench.ratios import HEAD, Scale, Series, in_turn
from tests.bench.report import Report
from tests.bench.reports import DATABASE, LeanIds, member

LEAST = 0.5
MILLISECONDS = 4
LEAST_GAIN = 2.0


def of_slow_disk(stage: CountyPlatform, whole: bool, report: Report) -> None:
    """Sixteen connections and one, platform and lean service, with a commit of 4 ms."""
    scale = Scale.of(whole)
    uri = stage.postgres.create_database(DATABASE, "for-the-bench")
    ours, alone, lean = Series("the platform"), Series("the platform, one connection"), Series("lean")
    with stage.baseline("reporting", BASELINE_DATABASE_URI=uri) as port, stage.without("relay", "worker"), _slow(stage):
        requests = LeanIds(stage, port)

        def reports(series: Series, connections: int) -> None:
            series.take(load(stage.settings.port, stage.reports(member(stage)), scale.seconds, connections))

        in_turn(
            scale.rounds,
            lambda: lean.take(load(port, requests.reports(), scale.seconds)),
            lambda: reports(ours, 16),
            lambda: reports(alone, 1),
        )
    stage.postgres.drop_database(DATABASE)
    stage.settle()
    _say(report, lean, ours, alone, whole)


@contextmanager
def _slow(stage: CountyPlatform) -> Iterator[None]:
    def say(*statements: str) -> None:
        with closing(stage.postgres.connect("postgres")) as connection, connection.cursor() as cursor:
            for statement in (*statements, "SELECT pg_reload_conf()"):
                cursor.execute(statement)

    say(f"ALTER SYSTEM SET commit_delay = {MILLISECONDS * 1000}", "ALTER SYSTEM SET commit_siblings = 0")
    try:
        yield
    finally:
        say("ALTER SYSTEM RESET commit_delay", "ALTER SYSTEM RESET commit_siblings")


def _say(report: Report, lean: Series, ours: Series, alone: Series, whole: bool) -> None:
    ratio, gain = ours.rate / lean.rate, ours.rate / alone.rate
    said = (
        f"The same reports with a commit of {MILLISECONDS} ms (`commit_delay`, a stand-in for the disk). Both services "
        "have 4 threads. One connection commits one after the other; sixteen share what can be shared."
    )
    asked = f"Sixteen connections do {gain:.1f} times what one does; {ratio:.2f} of the lean service's rate."
    report.add("Reporting on a slow disk", said, "", HEAD, *(each.row(lean) for each in (lean, ours, alone)), "", asked)
    if whole and ratio < LEAST:
        report.failures.append(f"slow disk: {ratio:.2f} of the lean service's rate, {LEAST} is asked")
    if whole and gain < LEAST_GAIN:
        report.failures.append(f"slow disk: sixteen connections do {gain:.1f} times what one does")
