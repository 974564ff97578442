"""A day in the county as people see it: `wangge demo`, then what each of them may see and do (issue 2, the story).

One data folder serves the module: `demo --once` loads it and plays the story, then `demo` stays up for the rest.
"""

import json
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from infra.demo.accounts import Accounts
from infra.demo.county import County, load_county
from infra.demo.divisions import P2_TOWN
from infra.demo.people import STORY_GRID, STORY_VILLAGE
from infra.demo.rest import Caller, Refusal, Rest
from infra.local.ports import free_block, is_free
from infra.local.process import wait_until
from infra.local.settings import PORTS_PER_PLATFORM

pytestmark = [pytest.mark.needs_platform, pytest.mark.timeout(600)]

STEPS = [
    "platform", "county", "copies", "scores-before", "department-connected", "department-program",
    "sign-in", "photo", "report", "dispatch",
    "department-event", "department-isolation", "guest-refused",
    "accept", "answer", "own-work-refused", "refuse", "answer-again", "pass", "rework",
    "reporter-told", "evaluate", "history", "settled",
    "scores", "score-facts", "recompute", "trace",
    "return-report", "return", "dispatch-again", "return-again", "rule", "next-report", "precedent",
    "precedent-revoked",
    "village-report", "village-calls", "village-answered",
    "town-report", "no-consultation", "town-calls", "county-answers", "climbs",
    "whistle-report", "whistle", "arrive-ecology-handler", "arrive-county-water-handler", "answer-too-early",
    "sign-off", "whistle-answer", "calls",
    "twin-first", "twin-second", "twin-other", "similar", "merge", "unmerge", "merged",
    "twin-accept", "twin-answer", "twin-pass", "both-told",
    "reopen", "urgent", "urgent-told", "approval", "approval-visible",
    "case-in-grid", "split", "case-follows-split", "merge-grids", "case-follows-merge", "responsible",
    "export", "import-unchanged", "import-refused",
    "open311-application", "open311-services", "open311-report", "open311-follow",
    "patrol-day", "patrol-sync", "patrol-again", "patrol-case", "patrol-sign", "patrol-submit", "patrol-coverage",
    "patrol-diary", "patrol-score",
    "household", "care-proposed", "care-confirmed", "visit-day", "visit-done", "household-looks", "visit-coverage",
    "meeting-report", "meeting-asked", "meeting-agenda", "meeting-held", "meeting-on-case", "meeting-followed",
    "place-enter", "place-assess", "place-look",
    "inspection-begin", "inspection-draw", "inspection-result", "correction-done",
    "board-page", "card-pdf", "cards-handed-out", "letter-signed", "on-duty", "rollout-lights",
    "clock-report", "untouched-report", "silent-report", "clock-accept", "ask", "paused", "reply",
    "ask-extension", "grant-extension", "extended", "silent-accept", "silent-ask", "yellow", "red", "goes-on",
]  # fmt: skip

WHO_CALLS_WHOM = {
    ("gateway/gateway", "incident/api"),
    ("incident/api", "incident/relay"),
    ("incident/api", "assessment/worker"),
    ("incident/api", "liaison/worker"),
    ("incident/api", "patrol/worker"),
    ("incident/api", "department/env-office"),
}
"""The trace of a report: one synchronous call, everything else by the event row that the call has committed."""

YELLOW_WATER = {
    "matter_code": "06026",
    "description": "河水发黄",
    "grid_code": STORY_GRID,
    "channel": "grid-worker",
    "replies": [{"question": "water-colour", "value": "黄"}, {"question": "smell", "value": "否"}],
}


class Place:
    """A data folder and a block of ports, and `wangge` there."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="wangge-test-"))
        self.folder.chmod(0o711)
        self.home, self.port = self.folder / "home", free_block(PORTS_PER_PLATFORM)
        ours = {name: value for name, value in os.environ.items() if not name.startswith("WANGGE_")}
        self._environment = {**ours, "WANGGE_HOME": str(self.home), "WANGGE_PORT": str(self.port)}

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        argv = [sys.executable, "-X", "utf8", "-m", "infra.cli", *arguments]
        return subprocess.Popen(
            argv, env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        )

    def run(self, *arguments: str) -> "Run":
        process = self.start(*arguments)
        output, _ = process.communicate()
        return Run(process.returncode, output.splitlines())

    def survivors(self) -> list[psutil.Process]:
        """Processes of this platform that are still there."""
        return [each for each in psutil.process_iter() if self._is_ours(each)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return str(self.folder) in process.environ().get("WANGGE_HOME", "") + " ".join(process.cmdline())
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False

    def remove(self) -> None:
        self.run("down", "--purge")
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True)
class Run:
    """One command that has ended."""

    status: int
    lines: list[str]

    @property
    def summary(self) -> dict[str, Any]:
        summary: dict[str, Any] = json.loads(self.lines[-1])
        return summary

    def step(self, name: str) -> dict[str, Any]:
        return next(step for step in self.summary["steps"] if step["name"] == name)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    place = Place()
    yield place
    place.remove()


@pytest.fixture(scope="module")
def once(place: Place) -> Run:
    """`wangge demo --once` in a new folder, after it has ended."""
    return place.run("demo", "--once")


# ---- the demo itself


@pytest.mark.rule("INC-02", "INC-03", "INC-04", "INC-05", "INC-13", "INC-14", "INC-15", "ASM-02", "ASM-08", "REG-12")
@pytest.mark.rule("INC-06", "INC-07", "INC-08", "INC-09", "INC-16", "INC-21", "REG-04", "REG-13")
def test_every_step_of_the_story_goes_well(once: Run) -> None:
    assert once.status == 0, "\n".join(once.lines)
    assert once.summary["ok"] is True
    assert [step["name"] for step in once.summary["steps"]] == STEPS
    assert all(step["ok"] for step in once.summary["steps"])


def test_a_newcomer_reads_lines_with_times_and_no_alarms(once: Run) -> None:
    told = "\n".join(once.lines[:-1])
    assert len(re.findall(r"^  ✓ .* [\d,]+ ms$", told, re.MULTILINE)) == len(STEPS)
    assert not re.search(r"Traceback|Warning|WARN|Error\b", told)


def test_nothing_is_left_behind(once: Run, place: Place) -> None:
    assert once.status == 0
    assert place.survivors() == []
    assert all(is_free(port) for port in range(place.port, place.port + PORTS_PER_PLATFORM))


@pytest.mark.rule("REG-01", "REG-02", "REG-06", "REG-14")
def test_the_whole_county_is_loaded(once: Run) -> None:
    county = once.step("county")
    assert (county["divisions"], county["grids"]) == (321, 367)
    assert county["people"] > 700 and county["posts"] >= county["people"]


def test_the_department_has_the_event_within_a_second_and_none_in_its_dead_letters(once: Run, place: Place) -> None:
    assert once.step("department-event")["after_answer_ms"] < 1000
    assert "dead letters" not in (place.home / "logs" / "department-env-office.log").read_text()


def test_the_trace_shows_who_calls_whom(once: Run) -> None:
    assert set(map(tuple, once.step("trace")["edges"])) == WHO_CALLS_WHOM


def test_passwords_are_kept_for_the_owner_only_and_never_shown_by_once(once: Run, place: Place) -> None:
    path = place.home / "demo-accounts.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    shown = "\n".join(once.lines)
    assert not [name for name, password in json.loads(path.read_text()).items() if password in shown]


def test_a_failed_step_is_named(place: Place) -> None:
    other = Place()
    try:
        with socket.create_server(("127.0.0.1", other.port)):
            run = other.run("demo", "--once")
        assert (run.status, run.summary["ok"], run.summary["failed"]) == (1, False, "platform")
        assert "WANGGE_PORT" in run.summary["error"]
        assert other.survivors() == []
    finally:
        other.remove()


# ---- people on the platform that stays up


@pytest.fixture(scope="module")
def staying(place: Place, once: Run) -> Iterator[Place]:
    """`wangge demo` in the folder of the first run, until it says how to stop it."""
    process = place.start("demo")
    assert process.stdout is not None
    told = []
    for line in process.stdout:
        told.append(line)
        if "Ctrl-C" in line:
            break
    assert process.poll() is None, "".join(told)
    yield place
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    assert process.wait(90) == 0, rest
    assert place.survivors() == []


@pytest.fixture(scope="module")
def accounts(staying: Place) -> Iterator[Accounts]:
    with Rest(f"http://127.0.0.1:{staying.port}") as rest:
        yield Accounts.of(staying.home, rest)


@pytest.fixture(scope="module")
def county() -> County:
    return load_county()


@pytest.fixture(scope="module")
def stranger(accounts: Accounts, county: County) -> Caller:
    """The leader of another town's grid, who gets a password for this test."""
    town = next(each.prefix for each in county.divisions if each.kind == "town" and each.code != P2_TOWN)
    username = next(post.username for post in county.posts if (post.grid or "").startswith(f"{town}000"))
    security = accounts.sign_in("security-admin")
    person = next(each for each in security.pages("/people", area=town) if each["username"] == username)
    return accounts.rest.sign_in(username, security.post(f"/people/{person['id']}/password")["password"])


@pytest.fixture(scope="module")
def case_id(once: Run) -> str:
    return str(once.step("report")["case"])


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize("username", ["member", "leader", "operator", "env-head", "water-handler", "county-leader"])
def test_whose_area_or_department_it_is_sees_the_case(accounts: Accounts, case_id: str, username: str) -> None:
    assert accounts.sign_in(username).get(f"/cases/{case_id}")["state"] == "dispatched"  # reopened in chapter 12


@pytest.mark.rule("REG-14")
def test_for_another_town_the_case_does_not_exist(stranger: Caller, case_id: str) -> None:
    with pytest.raises(Refusal) as refused:
        stranger.get(f"/cases/{case_id}")
    assert (refused.value.status, refused.value.code) == (404, "case-not-found")
    assert list(stranger.pages("/cases")) == []
    assert stranger.get("/events", subject=case_id)["items"] == []


@pytest.mark.rule("REG-14", "ASM-08")
def test_another_towns_leader_does_not_see_the_scores_of_this_grid(stranger: Caller) -> None:
    with pytest.raises(Refusal) as refused:
        stranger.get(f"/scores/grid/{STORY_GRID}")
    assert refused.value.status == 404


@pytest.mark.rule("REG-14")
@pytest.mark.parametrize("username", ["auditor", "security-admin", "system-admin", "inspector"])
def test_who_only_watches_reports_nothing(accounts: Accounts, username: str) -> None:
    with pytest.raises(Refusal) as refused:
        accounts.sign_in(username).post(
            "/cases", matter_code="06010", description="暴露垃圾", grid_code=STORY_GRID, channel="grid-worker"
        )
    assert (refused.value.status, refused.value.code) == (403, "forbidden")


@pytest.mark.rule("INC-14")
def test_the_case_is_in_nobody_elses_hands(accounts: Accounts, case_id: str) -> None:
    for username in ("water-handler", "officer", "clerk"):
        with pytest.raises(Refusal) as refused:
            accounts.sign_in(username).post(f"/cases/{case_id}/verify", passed=True)
        assert refused.value.status in (403, 404, 409)


@pytest.mark.rule("PRV-02", "PRV-03")
def test_a_private_telephone_is_masked_and_a_look_at_it_is_told(accounts: Accounts, county: County) -> None:
    member, operator = accounts.sign_in("member"), accounts.sign_in("operator")
    mobile, path = county.person("member").mobile, f"/people/{member.person['person_id']}"
    assert operator.get(path)["private_phone"] == f"{mobile[:3]}****{mobile[-4:]}"
    assert operator.get(path, purpose="case-handling")["private_phone"] == mobile
    looks = member.get("/me/looks")["items"]
    assert [look["purpose"] for look in looks[:2]] == ["case-handling", ""]
    assert looks[0]["by_name"] == county.person("operator").name


@pytest.mark.rule("REG-06")
def test_the_grids_page_says_who_is_responsible_for_what(accounts: Accounts) -> None:
    page = accounts.sign_in("informant").get(f"/grids/{STORY_GRID}")
    assert {"leader", "member", "governance-member"} <= {holder["post"] for holder in page["people"]}
    assert page["duties"] and page["level_name"] == "村级网格"
    assert "1999999" not in json.dumps(page)


@pytest.mark.rule("REG-03")
def test_every_point_of_the_town_has_its_grid(accounts: Accounts, county: County) -> None:
    leader, spot = accounts.sign_in("county-leader"), county.outfall
    assert leader.get("/grids/locate", lon=spot.lon, lat=spot.lat)["grid_code"] == STORY_GRID
    town = f"{STORY_VILLAGE[:9]}000001"
    found = leader.get("/grids/coverage", parent_code=town, level=3)
    assert found["complete"] is True, found


@pytest.mark.rule("INC-14", "INC-15")
def test_a_dispute_sends_the_case_back_to_work(accounts: Accounts) -> None:
    member, handler, verifier = (accounts.sign_in(name) for name in ("member", "env-handler", "verifier"))
    case = member.post("/cases", **YELLOW_WATER)
    path = f"/cases/{case['id']}"
    handler.post(f"{path}/accept")
    handler.post(f"{path}/answer", result="已巡查")
    verifier.post(f"{path}/verify", passed=True)
    unsolved = {"contacted": True, "solved": False, "satisfaction": "dissatisfied", "words": "水还是黄的"}
    assert member.post(f"{path}/evaluate", **unsolved)["state"] == "handling"
    assert member.get(path)["reworks"] == 1


# ---- the last: it moves the platform's time


def _warned(caller: Caller, case_id: str) -> list[str]:
    """The kinds of the notices about the case in the caller's inbox, oldest first."""
    told = [each["kind"] for each in caller.pages("/messages") if each["case_id"] == case_id]
    return [kind for kind in reversed(told) if kind.startswith("warned-")]


@pytest.mark.rule("INC-07", "INC-08")
def test_nobody_touches_a_case_and_the_county_leader_hears_of_it(accounts: Accounts, staying: Place) -> None:
    handler, head, leader = (accounts.sign_in(name) for name in ("env-handler", "env-head", "county-leader"))
    case = accounts.sign_in("member").post("/cases", **YELLOW_WATER)
    path = f"/cases/{case['id']}"
    assert _warned(handler, case["id"]) == []
    for colour in ("none", "yellow", "red"):
        wait_until(lambda want=colour: _moved_to(staying, leader, path, want), seconds=60, what=f"the notice {colour}")
    assert _warned(handler, case["id"]) == ["warned-none", "warned-yellow", "warned-red"]
    assert _warned(head, case["id"]) == ["warned-yellow", "warned-red"]
    assert _warned(leader, case["id"]) == ["warned-red"]
    assert leader.get(path)["limits"][-1]["light"] == "red"
    assert accounts.sign_in("member", anew=True).get(path)["state"] == "dispatched"
    assert staying.run("clock", "show").status == 0
    assert staying.run("clock", "forward", "-2d").status != 0


def _moved_to(place: Place, caller: Caller, path: str, colour: str) -> bool:
    """Whether the notice of `colour` went out; while it did not, the clock goes forward by a quarter of a day."""
    case = caller.get(path)
    if colour in [each["colour"] for each in case["notices"]]:
        return True
    moved = place.run("clock", "forward", "6h")
    assert moved.status == 0, moved.lines
    return False
