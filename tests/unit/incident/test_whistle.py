"""Who may whistle, who is called, and who is told (INC-09)."""

from dataclasses import replace

import pytest

from services.incident import errors, messages
from services.incident.handlers import HANDLERS
from services.incident.model import telling
from services.incident.model.calls import Call, Stamp
from services.incident.model.case import Case, Change
from services.incident.model.limits import Notice
from services.incident.model.rights import may, relations, took_part
from tests.unit.incident.fakes import PEOPLE, START, FakeWork, person
from tests.unit.incident.test_rights import case

WHISTLERS = frozenset({"centre-operator", "grid-leader", "county-leader"})
CALLED = Stamp(START, "person-operator", "operator", "权限受限")


def called(**changes: object) -> Case:
    """A case led by the ecology bureau, with the water bureau called as well."""
    lead = Call(1, "county-ecology", "县生态环境分局", CALLED, leading=True)
    water = Call(2, "county-water", "县水利局", CALLED)
    for name, value in changes.items():
        setattr(water, name, value)
    departments = ("env-office", "county-water")
    made = case(state="handling", department="county-ecology", co_departments=departments, whistlers=WHISTLERS)
    return replace(made, calls=[lead, water])


@pytest.mark.rule("INC-09")
def test_who_may_whistle_is_what_the_plan_says_for_the_area() -> None:
    for name in ("operator", "leader", "county-leader"):
        assert "whistler" in relations(called(), PEOPLE[name])
    for name in ("member", "neighbour", "verifier", "ecology", "citizen", "auditor"):
        assert "whistler" not in relations(called(), PEOPLE[name])
    nobody = replace(called(), whistlers=frozenset({"county-leader"}))
    assert "whistler" not in relations(nobody, PEOPLE["operator"])
    assert "whistler" not in relations(called(), person("far", "grid-leader", areas=("371321101",)))


@pytest.mark.rule("INC-09")
def test_who_is_called_is_offered_what_is_next() -> None:
    water, ecology = PEOPLE["county-water"], PEOPLE["ecology"]
    assert may(called(), water) == ("contribute", "arrive", "object")
    assert may(called(objected=CALLED), water) == ("contribute", "arrive")
    assert may(called(arrived=CALLED), water) == ("contribute", "sign-off")
    assert may(called(arrived=CALLED, signed_off=CALLED), water) == ("contribute",)
    assert may(called(), ecology) == ("ask-consultation", "arrive", "object")
    assert may(called(), PEOPLE["county-leader"]) == ("whistle", "withdraw-call")
    assert may(called(objected=CALLED), PEOPLE["county-leader"]) == ("whistle", "insist", "withdraw-call")
    assert may(called(arrived=CALLED), PEOPLE["county-leader"]) == ("whistle",)


@pytest.mark.rule("INC-09", "INC-14")
def test_who_was_called_took_part_unless_the_call_was_withdrawn_before_they_came() -> None:
    water = PEOPLE["county-water"]
    assert took_part(called(), water)
    gone = replace(called(withdrawn=CALLED), co_departments=())
    assert not took_part(gone, water)
    assert took_part(replace(called(withdrawn=CALLED, arrived=CALLED), co_departments=()), water)


@pytest.mark.rule("INC-09")
def test_each_change_is_told_to_whom_it_concerns() -> None:
    def told(action: str) -> list[tuple[str, str]]:
        change = Change(1, START, action, "p", "某人", "role", "handling", "handling", "原因", about=("county-water",))
        found = telling.of_change(called(), change, ())
        assert all("河道污染" in each.text and "{" not in each.text for each in found)
        return [(each.audience_kind, each.audience) for each in found]

    for action in ("whistle", "insist", "withdraw-call", "call-again"):
        assert told(action) == [("department", "county-water")]
    for action in ("arrive", "sign-off", "object"):
        assert told(action) == [("person", "person-operator"), ("department", "county-ecology")]


@pytest.mark.rule("INC-08", "INC-09")
@pytest.mark.parametrize(("arrived", "words"), [(None, "县水利局报到"), (CALLED, "县水利局办结")])
def test_a_notice_about_a_call_goes_to_the_called_department(arrived: Stamp | None, words: str) -> None:
    of = called(arrived=arrived)
    notice = Notice("red", "red", 1.0, ("handler", "department-head", "county-leader", "grid-leader"))
    found = telling.of_call_warning(of, of.calls[1], notice)
    assert [(each.audience_kind, each.audience) for each in found] == [
        ("department-handlers", "county-water"),
        ("department-heads", "county-water"),
        ("role", "county-leader"),
        ("grid-leaders", of.area),
    ]
    assert all(words in each.text and "红牌" in each.text for each in found)


@pytest.mark.rule("INC-09", "REG-12")
def test_a_plan_without_a_whistle_lets_nobody_whistle() -> None:
    work = FakeWork()
    work.plan.whistled_by = frozenset()
    command = messages.Whistle(case_id="any", departments=("county-water",), lead="county-water", reason="权限受限")
    with pytest.raises(errors.WhistleNotPlanned):
        HANDLERS[messages.Whistle](command, work.by(PEOPLE["operator"]))


@pytest.mark.rule("INC-09")
def test_a_case_that_goes_elsewhere_leaves_nobody_called() -> None:
    of = called()
    of.state = "filed"
    of._entail("return", PEOPLE["operator"], START, FakeWork().plan.limit_rules, "另行派遣")
    assert [each.state for each in of.calls] == ["withdrawn", "withdrawn"]
    assert of.leading_call is None
    assert of.co_departments == ("env-office",)
