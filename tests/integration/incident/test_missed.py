"""Possible missed reports: marked by the plan's rule, judged by a named person, against real PostgreSQL (INC-20)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from services.chassis.envelope import Envelope
from services.chassis.errors import Forbidden
from services.chassis.ids import new_id
from services.incident import messages, schemas
from services.incident.errors import HarmWithoutMissed, HarmWordsMissing, NotSuspected, ReasonMissing
from tests.contract import golden
from tests.integration.incident.conftest import GRID, NEIGHBOUR, County, person
from tests.integration.incident.test_at_once import at_once, check_stored
from tests.integration.incident.test_loop import report
from tests.integration.incident.test_merging import told
from tests.integration.incident.test_patrol import found

CITIZEN = person("citizen", "citizen")
INSPECTOR = person("inspector", "discipline-inspector", areas=("371321",))

pytestmark = pytest.mark.rule("INC-20")


def by_others(county: County, channel: str = "public-page", **changes: object) -> str:
    return str(county.do(report(channel=channel, **changes), CITIZEN)["id"])


def judge(case_id: str, confirmed: bool = True, **changes: object) -> messages.JudgeMissed:
    values: dict[str, object] = {"case_id": case_id, "confirmed": confirmed, "reason": "三天无巡查记录"}
    return messages.JudgeMissed(**{**values, **changes})  # type: ignore[arg-type]


def status(county: County, case_id: str) -> str | None:
    missed = county.case(case_id)["missed"]
    return missed["status"] if missed else None


def sent(county: County) -> list[tuple[str, bool]]:
    kind = "incident.missed-report.v1"
    query = f"SELECT convert_from(body, 'UTF8')::json AS body FROM outbox WHERE type = '{kind}' ORDER BY id"
    return [(row.body["data"]["status"], row.body["data"]["counts"]) for row in county.rows(query)]


@pytest.mark.parametrize("channel", ["public-page", "hotline-12345", "open311", "superior", "transfer", "sensor"])
def test_what_others_found_and_the_grid_did_not_report_is_marked(county: County, channel: str) -> None:
    case_id = by_others(county, channel)
    missed = county.case(case_id)["missed"]
    assert (missed["status"], missed["found_by"]) == ("possible", "data" if channel == "sensor" else "public")
    assert "疑似漏报" in " ".join(told(county, county.member))
    assert sent(county) == [("possible", False)]
    check_stored(county, case_id)


@pytest.mark.parametrize("channel", ["grid-worker", "grid-leader", "patrol", "telephone", "chat", "department"])
def test_what_the_grid_or_anybody_through_the_centre_reports_is_not_marked(county: County, channel: str) -> None:
    assert status(county, by_others(county, channel)) is None


def test_what_the_grid_reported_within_the_plans_days_is_not_missed(county: County) -> None:
    county.do(report(), county.member)
    county.clock.advance(days=2)
    assert status(county, by_others(county)) is None
    county.clock.advance(days=2)
    assert status(county, by_others(county)) == "possible"


def test_a_report_in_another_grid_or_about_another_matter_does_not_help(county: County) -> None:
    county.do(report(point=None, grid_code=NEIGHBOUR), county.member)
    county.do(report(matter_code="06025", replies=()), county.member)
    assert status(county, by_others(county)) == "possible"


def test_a_matter_that_need_not_be_reported_is_not_missed(county: County) -> None:
    assert status(county, by_others(county, matter_code=plain_matter(county), replies=())) is None


def test_a_case_whose_grid_is_found_by_the_operator_is_marked_then(county: County) -> None:
    case_id = by_others(county, point=None, address="河边")
    assert status(county, case_id) is None
    county.do(messages.File(case_id=case_id, grid_code=NEIGHBOUR), county.operator)
    assert status(county, case_id) == "possible"


def test_only_a_confirmed_one_with_harm_counts_and_a_finding_can_be_corrected(county: County) -> None:
    case_id = by_others(county)
    county.do(judge(case_id), INSPECTOR)
    assert county.case(case_id)["missed"]["counts"] is False
    county.do(judge(case_id, harm=True, harm_words="下游鱼塘受损", reason="补充调查"), county.operator)
    missed = county.case(case_id)["missed"]
    assert (missed["status"], missed["harm"], missed["harm_words"], missed["counts"]) == (
        "confirmed",
        True,
        "下游鱼塘受损",
        True,
    )
    assert (missed["judged_by_name"], missed["status_name"]) == ("operator", "认定为漏报")
    county.do(judge(case_id, confirmed=False, reason="当天有巡查记录"), county.operator)
    missed = county.case(case_id, county.member)["missed"]
    assert (missed["status"], missed["harm"], missed["harm_words"]) == ("dismissed", False, "")
    assert sent(county) == [("possible", False), ("confirmed", False), ("confirmed", True), ("dismissed", False)]
    assert [each["reason"] for each in county.case(case_id)["history"][-3:]] == [
        "三天无巡查记录",
        "补充调查",
        "当天有巡查记录",
    ]
    assert "已排除漏报:当天有巡查记录" in told(county, county.leader)[0]
    check_stored(county, case_id)


def test_a_judgement_is_the_areas_own_business(county: County) -> None:
    case_id = by_others(county)
    county.do(judge(case_id), county.operator)
    for who in (CITIZEN, county.handler):
        case = county.case(case_id, who)
        assert case["missed"] is None
        assert case["history"][-1]["reason"] == ""
    assert county.case(case_id, county.member)["history"][-1]["reason"] == "三天无巡查记录"


def test_who_may_not_judge_and_what_is_no_judgement_is_named(county: County) -> None:
    case_id = by_others(county)
    own = person("own", "grid-leader", "centre-operator", areas=("371321106245001",))
    for who in (county.member, county.handler, CITIZEN, county.verifier, own):
        with pytest.raises(Forbidden):
            county.do(judge(case_id), who)
        assert "judge-missed" not in county.case(case_id, who)["actions"]
    assert "judge-missed" in county.case(case_id, INSPECTOR)["actions"]
    with pytest.raises(ReasonMissing):
        county.do(judge(case_id, reason=" "), county.operator)
    with pytest.raises(HarmWithoutMissed):
        county.do(judge(case_id, confirmed=False, harm=True, harm_words="鱼塘"), county.operator)
    with pytest.raises(HarmWordsMissing):
        county.do(judge(case_id, harm=True), county.operator)
    seen = county.do(report(), county.member)["id"]
    with pytest.raises(NotSuspected):
        county.do(judge(seen), county.operator)
    assert "judge-missed" not in county.case(seen)["actions"]


def test_two_who_judge_at_once_are_heard_one_after_the_other(county: County) -> None:
    case_id = by_others(county)
    version = county.case(case_id)["version"]
    results = at_once(
        lambda: county.do(judge(case_id, expected_version=version), county.operator),
        lambda: county.do(judge(case_id, confirmed=False, expected_version=version), INSPECTOR),
    )
    assert sorted(type(each).__name__ for each in results) == ["StaleVersion", "dict"]
    check_stored(county, case_id)


def walked(county: County, *fine: str, days_ago: float = 1, patrol: str = "daily") -> str:
    """A patrol of the grid that is over, and what it called fine."""
    at = county.clock.moment - timedelta(days=days_ago)
    data = {
        **golden.read("patrol.finished.v1")["data"], "patrol": patrol, "day": at.date().isoformat(),
        "finished_at": at.isoformat(), "fine": list(fine),
    }  # fmt: skip
    envelope = Envelope(
        id=new_id(), source="/wangge/371321/patrol", type="patrol.finished.v1", subject=new_id(), time=at, sequence=1,
        grid=GRID, data=data,
    )  # fmt: skip
    county.service.bus.consume(schemas.read_patrol(envelope), "incident.on.patrol", envelope.id)
    return envelope.subject


def plain_matter(county: County) -> str:
    """A matter that nobody has to report."""
    with county.service.engine.connect() as connection:
        plain = "SELECT m->>'code' FROM plan, jsonb_array_elements(section->'matters') m"
        plain += " WHERE NOT (m->>'bottom_line')::bool"
        plain += " AND NOT (m->>'must_report')::bool AND m->'questions' = '[]' AND m->>'way' = 'dispatched' LIMIT 1"
        return str(connection.scalar(sa.text(plain)))


@pytest.mark.rule("PAT-05")
def test_what_a_patrol_of_the_grid_called_fine_is_marked_whatever_the_matter_and_says_which_patrol(
    county: County,
) -> None:
    code = plain_matter(county)
    task = walked(county, code, "06026")
    case_id = by_others(county, matter_code=code, replies=())
    missed = county.case(case_id)["missed"]
    assert (missed["status"], missed["walk_task"], missed["walk_title"]) == ("possible", task, "日巡查")
    assert missed["walk_day"] == (county.clock.moment - timedelta(days=1)).date().isoformat()
    county.do(judge(case_id, harm=True, harm_words="下游鱼塘受损"), county.operator)
    judged = county.case(case_id)["missed"]
    assert (judged["walk_task"], judged["counts"]) == (task, True)
    check_stored(county, case_id)


def test_a_walk_that_is_too_old_of_another_matter_or_another_grid_says_nothing(county: County) -> None:
    code = plain_matter(county)
    walked(county, code, days_ago=9)
    walked(county, "06026", patrol="half-month")
    assert status(county, by_others(county, matter_code=code, replies=())) is None
    walked(county, code, days_ago=1)
    assert status(county, by_others(county, matter_code=code, replies=(), point=None, grid_code=NEIGHBOUR)) is None


def test_the_last_walk_counts_and_one_that_arrives_late_does_not_take_its_place(county: County) -> None:
    code = plain_matter(county)
    walked(county, code, days_ago=2)
    walked(county, days_ago=1)  # nothing was fine any more
    walked(county, code, days_ago=2.5)
    assert status(county, by_others(county, matter_code=code, replies=())) is None


def test_what_the_grid_reported_itself_after_a_fine_walk_is_not_missed(county: County) -> None:
    walked(county, "06026", days_ago=2)
    county.do(report(), county.member)
    assert status(county, by_others(county)) is None


@pytest.mark.rule("PAT-05")
@pytest.mark.parametrize("sweeps", [True, False])
def test_what_a_check_found_is_marked_where_the_plan_counts_checks(county: County, sweeps: bool) -> None:
    channels = '["public", "data", "sweep"]' if sweeps else '["public", "data"]'
    with county.service.engine.begin() as connection:
        changed = f"jsonb_set(section, '{{credit,missed_report,found_by}}', '{channels}')"
        connection.execute(sa.text(f"UPDATE plan SET section = {changed}, activated_at = activated_at + interval '1s'"))
    earlier = new_id()
    envelope = found(county, overlooked_by=earlier, overlooked_title="日巡查", overlooked_day="2026-11-20")
    county.service.bus.consume(schemas.read_patrol(envelope), "incident.on.patrol", envelope.id)
    missed = county.case(envelope.data["case_id"])["missed"]
    if sweeps:
        assert (missed["found_by"], missed["walk_task"], missed["walk_day"]) == ("sweep", earlier, "2026-11-20")
    else:
        assert missed is None
