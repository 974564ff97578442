"""Limits start, warn and end by the plan, in the county's office time (INC-07, INC-08)."""

from datetime import UTC, datetime, time, timedelta

import pytest

from services.chassis.working_calendar import WorkingCalendar
from services.incident.model.limits import Amount, Limit, LimitRules, Notice
from tests.unit.incident.fakes import NOTICES, START, PlainCalendar

OFFICE = WorkingCalendar("Asia/Shanghai", [(time(9), time(12)), (time(14), time(18))], assume_weekends=True)
FRIDAY_AFTERNOON = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)  # 17:00 in the county


@pytest.mark.rule("INC-07")
@pytest.mark.parametrize(
    ("amount", "unit", "due"),
    [
        (2, "urgent-hours", datetime(2026, 11, 27, 11, tzinfo=UTC)),
        (2, "working-hours", datetime(2026, 11, 30, 2, tzinfo=UTC)),  # an hour on Friday, one on Monday
        (1, "working-days", datetime(2026, 11, 30, 9, tzinfo=UTC)),
        (2, "calendar-days", datetime(2026, 11, 29, 9, tzinfo=UTC)),
    ],
)
def test_a_limit_counts_in_the_units_of_the_plan(amount: float, unit: str, due: datetime) -> None:
    limit = LimitRules(OFFICE, {"handle": Amount(amount, unit)}).start("handle", 1, FRIDAY_AFTERNOON)
    assert limit is not None and limit.due_at == due
    assert limit.on_time(due) and not limit.on_time(due + timedelta(microseconds=1))


@pytest.mark.rule("INC-07")
def test_a_step_without_a_limit_in_the_plan_has_none() -> None:
    assert LimitRules(OFFICE, {}).start("handle", 1, START) is None


def plain(lapse: Amount | None = None) -> LimitRules:
    steps = {"handle": Amount(10, "working-hours"), "evaluate": Amount(10, "working-hours")}
    return LimitRules(PlainCalendar(), steps, NOTICES, lapse)


def started(rules: LimitRules, step: str = "handle") -> Limit:
    limit = rules.start(step, 1, START)
    assert limit is not None
    return limit


@pytest.mark.rule("INC-08")
def test_what_falls_due_for_a_running_limit() -> None:
    rules = plain()
    assert rules.deadlines(started(rules)) == {
        "handle:early": START + timedelta(hours=8),
        "handle:yellow": START + timedelta(hours=10),
        "handle:red": START + timedelta(hours=11),
    }


@pytest.mark.rule("INC-08")
def test_what_went_out_does_not_fall_due_again() -> None:
    rules = plain()
    limit = started(rules)
    limit.told = ("early", "red")
    assert set(rules.deadlines(limit)) == {"handle:yellow"}


@pytest.mark.rule("INC-15")
def test_only_the_wait_for_the_reporter_lapses() -> None:
    rules = plain(lapse=Amount(100, "working-days"))
    assert rules.deadlines(started(rules, "evaluate"))["evaluate:lapse"] == START + timedelta(hours=100)
    assert not any(kind.endswith("lapse") for kind in rules.deadlines(started(rules)))


def test_a_notice_of_a_plan_that_is_gone_is_unknown() -> None:
    assert plain().notice("yellow") == NOTICES[1]
    assert plain().notice("blue") is None


@pytest.mark.rule("INC-07", "INC-08")
def test_an_early_notice_of_a_limit_in_working_hours_stays_in_office_time() -> None:
    rules = LimitRules(OFFICE, {"handle": Amount(10, "working-hours")}, [Notice("early", "none", 0.5, ("handler",))])
    limit = rules.start("handle", 1, FRIDAY_AFTERNOON)
    assert limit is not None
    assert rules.deadlines(limit)["handle:early"] == datetime(2026, 11, 30, 7, tzinfo=UTC)  # 1 h, 3 h, 1 h of 10
