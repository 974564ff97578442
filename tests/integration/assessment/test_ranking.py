"""The order of a list of scores is made by the database: the same scores as the model gives, page after page."""

from datetime import UTC, date, datetime
from pathlib import Path

import alembic.command
import alembic.config
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.assessment import tables
from services.assessment.model.facts import COUNTERS
from services.assessment.model.scheme import read_schemes
from services.assessment.model.scoring import score
from services.assessment.queries import DailyFilter, ScoreFilter, ranking
from services.chassis.auth import Principal
from services.chassis.migrate import upgrade

AT = datetime(2026, 11, 22, tzinfo=UTC)
ASSESSOR = Principal("assessor-1", "考评员", frozenset({"assessor"}))
INDICATORS = [
    {
        "formula": "handled_on_time / should_be_handled",
        "numerator": "handled_on_time",
        "denominator": "should_be_handled",
        "weight": 300,
    },
    {
        "formula": "(satisfied + 0.9 * rather_satisfied) / reached",
        "numerator": "satisfied + 0.9 * rather_satisfied",
        "denominator": "reached",
        "weight": 200,
    },
    {"formula": "1 - reworked / answers", "weight": 250},
    {"formula": "min(closed, filed) / max(filed, reported, 1)", "weight": 150},
    {
        "formula": "-(missed - found) / (found + missed)",
        "numerator": "-(missed - found)",
        "denominator": "found + missed",
        "weight": 100,
    },
    {"formula": "first_reports", "kind": "bonus", "points": 2, "cap": 20},
    {"formula": "missed + +escalated", "kind": "deduction", "points": 1.5},
    {"formula": "0", "kind": "evaluation"},
]
SCORE = {
    "total": 1000,
    "schemes": [
        {
            "id": "all",
            "subject": "department",
            "name": "all",
            "indicators": [{"id": f"i{n}", "name": f"{n}", **each} for n, each in enumerate(INDICATORS)],
        },
        {
            "id": "one",
            "subject": "department",
            "name": "one",
            "departments": ["department-0", "department-1"],
            "indicators": [{"id": "only", "name": "only", "formula": "closed / filed", "weight": 1000}],
        },
    ],
}
SCHEMES = read_schemes("made/1", SCORE)
USED = sorted(name for name in COUNTERS if any(name in each["formula"] for each in INDICATORS))
COUNTS = st.dictionaries(st.sampled_from(USED), st.integers(0, 30).map(lambda thirds: thirds / 3), max_size=12)


def fill(connection: sa.Connection, span: str, counts: list[dict[str, float]], kind: str = "department") -> None:
    for number, each in enumerate(counts):
        key = {"subject_kind": kind, "span": span, "subject_id": f"{kind}-{number}", "updated_at": AT}
        connection.execute(sa.insert(tables.tallies).values(**key, **each))


@pytest.mark.rule("ASM-03")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(COUNTS, min_size=1, max_size=8))
def test_the_database_scores_as_the_model_does(assessment, counts) -> None:
    with assessment.service.engine.connect() as connection, connection.begin() as transaction:
        fill(connection, "2026-11", counts)
        rows = connection.execute(ranking.ranked(SCHEMES, "department", ["2026-11"])).all()
        transaction.rollback()
    found = {row.subject_id: row.total for row in rows}
    given_to = {f"department-{number}": each for number, each in enumerate(counts)}
    modelled = {
        subject: score(SCHEMES.of("department", subject), {name: round(n, 6) for name, n in each.items() if n}).total
        for subject, each in given_to.items()
    }
    assert found == pytest.approx(modelled, abs=2e-4)


def test_what_is_left_of_thirds_is_no_data(assessment) -> None:
    """Added and taken away in thirds, a counter may hold a trace that is not 0; the model rounds it away, so do we."""
    with assessment.service.engine.connect() as connection:
        fill(connection, "2026-11", [{}, {}, {"should_be_handled": 5.5e-17, "answers": 3, "reworked": 0}])
        (total,) = (
            row.total
            for row in connection.execute(ranking.ranked(SCHEMES, "department", ["2026-11"]))
            if row.subject_id == "department-2"
        )
    assert total == score(SCHEMES.of("department", "department-2"), {"answers": 3}).total


@pytest.fixture
def ranked(with_plan):
    """Ninety departments in this month, some of them equal."""
    with with_plan.service.engine.begin() as connection:
        counts = [{"dispatched_right": 10, "closed": number % 7} for number in range(90)]
        for span in ("2026-11", "2026-11-22"):
            fill(connection, span, counts)
    return with_plan.service.queries


@pytest.mark.rule("ASM-03")
@pytest.mark.parametrize("limit", [1, 7, 50, 200])
def test_pages_hold_every_subject_once_best_first(ranked, limit: int) -> None:
    seen, cursor = [], ""
    while True:
        page = ranked.scores(ScoreFilter("department", "2026-11", limit=limit, cursor=cursor), ASSESSOR)
        assert len(page["items"]) <= limit
        seen += [(each["total"], each["subject_id"]) for each in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
    assert len(seen) == 90
    assert seen == sorted(seen, key=lambda each: (-each[0], each[1]))


@pytest.mark.rule("ASM-04")
def test_the_days_subjects_come_by_pages_below_the_counters_of_all(ranked) -> None:
    seen, cursor = [], ""
    while True:
        page = ranked.daily_report(DailyFilter("2026-11-22", limit=40, cursor=cursor), ASSESSOR)
        assert {each["name"]: each["count"] for each in page["counters"]}["dispatched_right"] == 900
        seen += [each["subject_id"] for each in page["subjects"]]
        if not (cursor := page["next_cursor"]):
            break
    assert (len(seen), len(set(seen))) == (90, 90)


def test_a_database_of_the_version_before_keeps_its_counters(database: str) -> None:
    engine = sa.create_engine(database, poolclass=sa.NullPool)
    config = alembic.config.Config()
    config.set_main_option("script_location", str(Path(tables.__file__).parent / "migrations"))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0001")
    rows = [
        ("department", "env-office", "371321106201003", date(2026, 11, 22), "closed", 2.0),
        ("department", "env-office", "371321106201004", date(2026, 11, 22), "closed", 1.0),
        ("department", "env-office", "371321106201003", date(2026, 10, 1), "filed", 4.0),
    ]
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO counter VALUES (%s, %s, %s, %s, %s, %s, now())", rows)
    upgrade("assessment", database)
    table = tables.tallies.c
    with engine.connect() as connection:
        found = connection.execute(sa.select(table.span, table.closed, table.filed).order_by(table.span)).all()
        areas = connection.scalars(sa.select(tables.subject_areas.c.area)).all()
    assert found == [
        ("2026", 3, 4), ("2026-10", 0, 4), ("2026-10-01", 0, 4), ("2026-11", 3, 0), ("2026-11-22", 3, 0),
        ("2026-Q4", 3, 4),
    ]  # fmt: skip
    assert sorted(areas) == ["371321106201003", "371321106201004"]
