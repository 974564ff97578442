"""Making the tasks of a day: what is missing is made, a successor takes over, doing it twice changes nothing."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.patrol.model.generation import Changes, Grid, Round, Standing, Wanted, changes, wanted
from services.patrol.model.places import Place
from services.patrol.model.plan import Level, Office, Patrol, Plan, plan_of, section_of
from services.patrol.model.recurrence import Cadence, Occurrence

pytestmark = pytest.mark.rule("PAT-02")

TODAY = date(2026, 11, 23)
ONCE = Occurrence(TODAY, TODAY)
DAILY = Round("daily", "371321106245001", TODAY)


class EveryDay:
    def is_workday(self, _: date) -> bool:
        return True


def test_every_holder_of_the_post_in_every_grid_of_the_level_is_asked_and_a_gap_is_seen() -> None:
    daily = Patrol(
        "daily", "日巡查", Office("grid-member", "基础网格员", "member"), Cadence(TODAY, "FREQ=DAILY"), Level(3)
    )
    enterprise = Patrol(
        "e",
        "企业巡查",
        Office("boss", "企业网格长", "leader"),
        Cadence(TODAY, "FREQ=WEEKLY;BYDAY=TU"),
        Level(2, "enterprise"),
    )
    plan = Plan("p02/1", TODAY, {each.id: each for each in (daily, enterprise)})
    grids = [Grid("a", 3, "area"), Grid("b", 3, "area"), Grid("w", 2, "work-area"), Grid("f", 2, "enterprise")]
    holders = {("member", "a"): ["li", "wu"], ("member", "w"): ["no"], ("leader", "f"): ["xu"]}
    monday = wanted(plan, TODAY, grids, holders, EveryDay())
    assert {round_.grid: each.holders for round_, each in monday.items()} == {"a": ("li", "wu"), "b": (None,)}
    tuesday = wanted(plan, date(2026, 11, 24), grids, holders, EveryDay())
    assert {(round_.patrol, round_.grid) for round_ in tuesday} == {("daily", "a"), ("daily", "b"), ("e", "f")}


def test_a_successor_takes_the_open_task_with_what_was_begun() -> None:
    tasks = [Standing("1", "li", begun=False), Standing("2", "wu", begun=True)]
    found = changes({DAILY: Wanted(ONCE, ("xu",))}, {DAILY: tasks}, {})
    assert found == Changes(made=[], handed=[("2", "xu")], withdrawn=["1"])


def test_a_vacant_task_goes_to_whoever_is_appointed_and_back_to_nobody() -> None:
    vacant = {DAILY: [Standing("1", None, begun=False)]}
    assert changes({DAILY: Wanted(ONCE, ("li",))}, vacant, {}).handed == [("1", "li")]
    held = {DAILY: [Standing("1", "li", begun=False)]}
    assert changes({DAILY: Wanted(ONCE, (None,))}, held, {}).handed == [("1", None)]


def test_a_grid_that_ended_asks_for_nothing_more_but_what_was_begun_may_be_ended() -> None:
    tasks = [Standing("1", "li", begun=True), Standing("2", "wu", begun=False)]
    assert changes({}, {DAILY: tasks}, {}) == Changes([], [], ["2"])


def test_what_is_done_is_not_asked_for_again() -> None:
    assert changes({DAILY: Wanted(ONCE, ("li", "wu"))}, {}, {DAILY: ["li"]}).made == [(DAILY, ONCE, "wu")]


INSPECTION = Patrol(
    "safety",
    "企业安全检查",
    Office("grid-member", "网格员", "member"),
    Cadence(TODAY),
    Level(3),
    objects="enterprises",
    grades={"A": Cadence(TODAY, "FREQ=MONTHLY;BYMONTHDAY=1"), "D": Cadence(TODAY, "FREQ=DAILY")},
)
BY_GRADE = Plan("p06/1", TODAY, {"safety": INSPECTION})
VILLAGES = [Grid("g1", 3, "area"), Grid("g2", 3, "area"), Grid("f", 3, "enterprise")]
MEMBERS = {("member", "g1"): ["li"], ("member", "g2"): ["wu"]}


def works(identity: str, grade: str, *grids: str, kind: str = "enterprise", polluting: bool = False) -> Place:
    return Place(identity, kind, grids or ("g1", "town"), grade, polluting)


def asked_on(day: date, *places: Place, plan: Plan = BY_GRADE) -> set[tuple[str, str]]:
    return {(each.grid, each.place) for each in wanted(plan, day, VILLAGES, MEMBERS, EveryDay(), places)}


@pytest.mark.rule("PAT-06")
def test_what_is_led_is_asked_of_one_who_stays_while_holding_the_post_and_of_nobody_once_it_is_done() -> None:
    led = {DAILY: Wanted(ONCE, ("li", "wu"), one_leads=True)}
    assert [who for *_, who in changes(led, {}, {}).made] == ["li"]
    assert changes(led, {DAILY: [Standing("1", "wu", begun=False)]}, {}) == Changes([], [], [])
    assert changes(led, {DAILY: [Standing("1", "xu", begun=True)]}, {}).handed == [("1", "li")]
    assert changes(led, {}, {DAILY: ["xu"]}) == Changes([], [], [])
    assert changes(led, {DAILY: [Standing("1", "zhao", begun=True)]}, {DAILY: ["xu"]}) == Changes([], [], [])


@pytest.mark.rule("REG-10", "PAT-01")
def test_each_enterprise_is_looked_at_by_the_cadence_of_its_own_grade() -> None:
    there = (works("1", "A"), works("2", "D"), works("3", "D", "g2", "town"), works("4", ""), works("5", "other"))
    assert asked_on(TODAY, *there) == {("g1", "2"), ("g2", "3")}
    assert asked_on(date(2026, 12, 1), *there) == {("g1", "1"), ("g1", "2"), ("g2", "3")}


def test_a_patrol_of_enterprises_does_not_look_at_a_school_and_one_of_sources_at_all_that_pollute() -> None:
    school, farm = works("1", "D", kind="place"), works("2", "", kind="facility", polluting=True)
    assert asked_on(TODAY, school) == set()
    sources = replace(INSPECTION, objects="pollution-sources", cadence=Cadence(TODAY, "FREQ=DAILY"), grades={})
    of_sources = Plan("p13/1", TODAY, {"safety": sources})
    assert ("g1", "2") in asked_on(TODAY, school, farm, plan=of_sources)
    assert ("g1", "1") not in asked_on(TODAY, school, farm, plan=of_sources)


def test_a_grid_without_places_is_walked_itself_and_so_is_one_that_is_an_enterprise() -> None:
    weekly = replace(INSPECTION, cadence=Cadence(TODAY, "FREQ=DAILY"), grades={})
    plan = Plan("p02/1", TODAY, {"safety": weekly})
    assert asked_on(TODAY, plan=plan) == {("g1", ""), ("g2", ""), ("f", "")}
    there = (works("1", "A"), works("2", "", "f", "town"))
    assert asked_on(TODAY, *there, plan=plan) == {("g1", "1"), ("g2", ""), ("f", "")}


def test_a_patrol_of_an_upper_grid_looks_at_the_places_of_all_grids_below() -> None:
    upper = Plan("p06/1", TODAY, {"safety": replace(INSPECTION, level=Level(2))})
    found = wanted(upper, TODAY, [Grid("town", 2, "area"), *VILLAGES], {}, EveryDay(), (works("1", "D"),))
    assert [(each.grid, each.place) for each in found] == [("town", "1")]


GRADES = st.sampled_from(["", "A", "D"])
REGISTERED = st.dictionaries(st.sampled_from("1234"), st.tuples(GRADES, st.sampled_from(["g1", "g2", "gone"])))


@given(before=REGISTERED, after=REGISTERED, begun=st.sets(st.sampled_from("1234")), day=st.integers(0, 40))
def test_whatever_becomes_of_places_within_a_period_the_tasks_are_those_of_now_and_nothing_begun_is_lost(
    before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]], begun: set[str], day: int
) -> None:
    on = TODAY + timedelta(days=day)

    def asked(registered: dict[str, tuple[str, str]]) -> dict[Round, Wanted]:
        places = [works(name, grade, grid, "town") for name, (grade, grid) in registered.items()]
        return wanted(BY_GRADE, on, VILLAGES, MEMBERS, EveryDay(), places)

    first = _after({}, changes(asked(before), {}, {}))
    there = {
        each: [Standing(f"{each.place}-{task.id}", task.person_id, each.place in begun) for task in tasks]
        for each, tasks in first.items()
    }
    found = changes(asked(after), there, {})
    now = _after(there, found)
    assert {each for each, tasks in now.items() if tasks} >= set(asked(after))
    extra = {each for each, tasks in now.items() if tasks} - set(asked(after))
    assert all(each.place in begun for each in extra)
    assert changes(asked(after), now, {}) == Changes([], [], [])


@pytest.mark.parametrize(
    ("holders", "over", "made"),
    [
        (("xu",), ["li"], []),  # li did it and left, xu came
        ((None,), ["li"], []),  # nobody came
        (("xu", "yu"), ["li"], ["yu"]),  # yu is there besides
        (("li", "xu"), ["li"], ["xu"]),  # li is still there: xu has a task of their own
    ],
)
def test_what_a_predecessor_did_is_not_asked_of_the_successor(
    holders: tuple[str | None, ...], over: list[str], made: list[str]
) -> None:
    found = changes({DAILY: Wanted(ONCE, holders)}, {}, {DAILY: over})
    assert [who for _, _, who in found.made] == made


PEOPLE = st.lists(st.sampled_from("abcde"), max_size=4, unique=True)
ROUNDS = st.sampled_from([Round("daily", grid, TODAY) for grid in ("g1", "g2", "g3")])


@given(
    asked=st.dictionaries(ROUNDS, PEOPLE),
    open_=st.dictionaries(ROUNDS, st.lists(st.tuples(st.sampled_from("abcde"), st.booleans()), max_size=4)),
    over=st.dictionaries(ROUNDS, PEOPLE),
)
def test_after_the_changes_everybody_asked_has_one_task_and_nothing_begun_is_lost(
    asked: dict[Round, list[str]], open_: dict[Round, list[tuple[str, bool]]], over: dict[Round, list[str]]
) -> None:
    want = {round_: Wanted(ONCE, tuple(sorted(people)) or (None,)) for round_, people in asked.items()}
    there = {
        round_: [Standing(f"{round_.grid}-{n}", who, begun) for n, (who, begun) in enumerate(dict(tasks).items())]
        for round_, tasks in open_.items()
    }
    finished = {
        round_: [who for who in people if who not in dict(open_.get(round_, ()))] for round_, people in over.items()
    }
    found = changes(want, there, finished)
    after = _after(there, found)
    for round_, each in want.items():
        mine = [task.person_id for task in after[round_]] + list(finished.get(round_, ()))
        left = {who for who in finished.get(round_, ()) if who not in each.holders}
        assert all(mine.count(who) <= 1 for who in each.holders)
        assert sum(who not in mine for who in each.holders) <= len(left)
    begun = {task.id for tasks in there.values() for task in tasks if task.begun}
    assert begun <= {task.id for tasks in after.values() for task in tasks}
    assert changes(want, after, finished) == Changes([], [], [])


def _after(there: dict[Round, list[Standing]], found: Changes) -> dict[Round, list[Standing]]:
    after: dict[Round, list[Standing]] = defaultdict(list)
    handed = dict(found.handed)
    for round_, tasks in there.items():
        kept = [task for task in tasks if task.id not in found.withdrawn]
        after[round_] = [Standing(t.id, handed.get(t.id, t.person_id), t.begun) for t in kept]
    for number, (round_, _, who) in enumerate(found.made):
        after[round_].append(Standing(f"new-{number}", who, begun=False))
    return after


def test_a_post_that_the_plan_names_otherwise_than_its_role_is_found_by_that_name() -> None:
    posts = [
        {"id": "cadre", "title": "包组干部", "role": "instructor", "grid_post": "contact-leader", "levels": ["group"]},
        {"id": "leader", "title": "网格长", "role": "grid-leader", "levels": ["group"]},
    ]
    patrols = [
        {"id": each, "name": each, "who": each, "level": "group", "times": {"at_least": 1, "per": "week"}}
        for each in ("cadre", "leader")
    ]
    document = {"levels": [{"id": "group", "level": 3}], "posts": posts, "patrols": patrols}
    plan = plan_of("p01/1", TODAY, section_of(document))
    assert {each.who.post for each in plan.patrols.values()} == {"contact-leader", "leader"}
    assert {each.cadence.per for each in plan.patrols.values()} == {"week"}
