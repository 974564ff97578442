"""The whole life of a case by REST, and the lists, at a few stored cases and at a million."""

import itertools
import json
import statistics
from collections.abc import Generator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from infra.demo.divisions import P2_TOWN
from services.chassis.ids import new_id
from tests.bench import county, seeding
from tests.bench.client import CONNECTIONS, converse, load, request
from tests.bench.county_platform import CountyPlatform, report_body
from tests.bench.report import Report

LEAST_PART, LEAST_RATE, MOST_TIMES = 0.9, 40.0, 3.0
SECONDS, ROUNDS, LOOKS = 15.0, 3, 20
STEPS = (
    ("env-handler", "accept", None),
    ("env-handler", "answer", {"result": "已清理排水口,河水变清"}),
    ("verifier", "verify", {"passed": True, "reason": "现场水体已变清"}),
    ("member", "evaluate", {"contacted": True, "solved": True, "satisfaction": "satisfied", "words": "满意"}),
)
"""What happens to a case after its report, which files and dispatches it."""
LISTS = {
    "the newest, of the centre": ("operator", "limit=50"),
    "to do, of a department": ("env-handler", "limit=50&for_me=true"),
    "of an area, by state": ("operator", f"limit=50&area={P2_TOWN[:9]}&states=dispatched"),
    "the map: 200 places of open cases": ("operator", "limit=200&states=dispatched&states=handling"),
    "search in the text": ("operator", "limit=50&text=%E5%BC%82%E5%91%B3"),
    "search by number": ("operator", "limit=50&text=371321-2026"),
    "messages": ("operator", ""),
}


@dataclass
class Size:
    """What was measured at one number of stored cases."""

    stored: int
    rates: list[float] = field(default_factory=list)
    looks: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return statistics.median(self.rates)


def of_lives(stage: CountyPlatform, whole: bool, report: Report) -> None:
    """Lives a second and the time of each list, first with few stored cases, then with many."""
    few, many = (10_000, 1_000_000) if whole else (500, 2_000)
    sizes = []
    for number, stored in enumerate((few, many)):
        _store(stage, stored, many, f"{999 - number:06d}")
        sizes.append(_measure(stage, stored, whole))
        stage.settle()
    _say(report, *sizes, whole)


def _store(stage: CountyPlatform, cases: int, most: int, series: str) -> None:
    """Cases of the county's first days or of three years, as many a day, with numbers of a `series` that no county has.

    A county that has stored more has a longer past and not more work in hand: both sizes fill the pages that are asked.
    """
    grids = ([code for code, _, _ in stage.places] * len(county.GRIDS))[: len(county.GRIDS)]
    with closing(stage.postgres.connect("incident")) as connection:
        seeding.more_cases(connection, cases, series, grids, county.YEARS * (cases / most))


def _measure(stage: CountyPlatform, stored: int, whole: bool) -> Size:
    size, most = Size(stored), None if whole else 1
    for _ in range(ROUNDS if whole else 1):
        given, ended = tokens(stage), itertools.count()
        talks = [lives(stage, given, ended, line, most) for line in range(CONNECTIONS if whole else 2)]
        answers = converse(stage.settings.port, talks, SECONDS if whole else 60.0)
        if answers.refused:
            raise ValueError(f"lives: {dict(answers.statuses)}, {answers.first_refusal[:300]!r}")
        size.rates.append(next(ended) / answers.seconds)
        stage.settle()
    for name, (who, query) in LISTS.items():
        path = "messages" if name == "messages" else "cases"
        headers = {"Authorization": f"Bearer {given[who]}"}
        asked = request("GET", f"{stage.settings.gateway_url}/api/v1/{path}?{query}", headers)
        answers = load(stage.settings.port, iter([asked] * (LOOKS if whole else 2)), 60.0, connections=1)
        if answers.refused:
            raise ValueError(f"{name}: {dict(answers.statuses)}, {answers.first_refusal[:300]!r}")
        size.looks[name] = answers.percentile(0.5) * 1000
    return size


def tokens(stage: CountyPlatform) -> dict[str, str]:
    """Fresh tokens of all who act in a case's life."""
    return {name: stage.caller(name).token for name in ("member", "operator", "env-handler", "verifier")}


def lives(
    stage: CountyPlatform, given: Mapping[str, str], ended: "itertools.count[int]", line: int, most: int | None = None
) -> Generator[bytes, bytes, None]:
    """One case after the other, from the report to its end, at most `most` of them; `ended` counts them.

    Raises ValueError where one does not end as it should.
    """
    url = f"{stage.settings.gateway_url}/api/v1/cases"
    places = [place for place in stage.places if place[0].startswith(P2_TOWN[:9])]

    def send(who: str, path: str, body: object) -> bytes:
        headers = {"Authorization": f"Bearer {given[who]}", "Idempotency-Key": new_id()}
        return request("POST", url + path, headers, body)

    for number in itertools.islice(itertools.count(line), most):
        _, lon, lat = places[number % len(places)]
        case = json.loads((yield send("member", "", report_body(number, lon, lat))))["id"]
        state = ""
        for who, action, body in STEPS:
            state = json.loads((yield send(who, f"/{case}/{action}", body))).get("state", "refused")
        if state != "closed":
            raise ValueError(f"the life of {case} ended as {state}")
        next(ended)


def _say(report: Report, few: Size, many: Size, whole: bool) -> None:
    part = many.rate / few.rate
    slower = {name: many.looks[name] / few.looks[name] for name in LISTS}
    rows = [f"| lives a second | {few.rate:.1f} | {many.rate:.1f} | {part:.2f} |"]
    rows += [f"| {name}, ms | {few.looks[name]:.1f} | {many.looks[name]:.1f} | {slower[name]:.2f} |" for name in LISTS]
    head = [f"| | {few.stored:,} stored | {many.stored:,} stored | ratio |", "|---|---|---|---|"]
    said = (
        "Report, dispatch, acceptance, answer, verification, closing by REST, 16 connections, relay and worker at work."
    )
    asked = f"Asked: {LEAST_PART} of the rate, {LEAST_RATE:.0f} lives a second, lists below {MOST_TIMES:.0f} times."
    report.add("Flat", said, "", *head, *rows, "", asked)
    if not whole:
        return
    if part < LEAST_PART:
        report.failures.append(f"lives: {part:.2f} of their rate at {many.stored:,} cases, {LEAST_PART} is asked")
    if many.rate < LEAST_RATE:
        report.failures.append(f"lives: {many.rate:.1f} a second at {many.stored:,} cases, {LEAST_RATE:.0f} are asked")
    report.failures += [f"{name}: {times:.1f} times as slow" for name, times in slower.items() if times >= MOST_TIMES]
