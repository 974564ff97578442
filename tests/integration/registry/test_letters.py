"""Duty letters between an upper and a lower grid: drafted, signed by both, superseded when somebody leaves (REG-07)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from services.chassis.auth import Principal

from .conftest import Appoint, Client, Refused, Registry
from .table_files import Desk, gateway
from .test_boards import P02, in_force, text_of

pytestmark = pytest.mark.rule("REG-07")
TERM = {"starts": "2026-12-01", "ends": "2027-11-30"}


@pytest.fixture
def led(county: Registry, appoint: Appoint) -> Registry:
    """`li` leads the work area, `wang` the first village in it; a plan is in force."""
    in_force(county, P02)
    appoint("li", "east-work", "leader")
    county.ids["wang-post"] = appoint("wang", "v1", "leader")
    return county


def signer(county: Registry, name: str) -> Client:
    return county.as_(Principal(county.ids[name], name, frozenset({"grid-leader"})))


def draft(county: Registry, **changed: Any) -> str:
    return str(signer(county, "li")("DraftLetter", **{"code": county.ids["v1"], **TERM, **changed}).id)


def letter(county: Registry, letter_id: str) -> Any:
    return county.operator("GetLetter", letter_id=letter_id)


def test_both_sign_and_the_letter_is_in_force(led: Registry) -> None:
    made = draft(led, penalties=["漏报一次扣 2 分"])
    found = letter(led, made)
    assert (found.upper_person_name, found.lower_person_name) == ("李长", "王东")
    assert found.tasks, "the plan's duties of the post, where nothing is said"
    assert (found.state, found.state_name, list(found.penalties)) == ("drafted", "待签字", ["漏报一次扣 2 分"])
    signer(led, "wang")("SignLetter", letter_id=made, if_match=1)
    assert letter(led, made).state == "signed"
    signer(led, "wang")("SignLetter", letter_id=made)
    assert letter(led, made).version == 2, "signing again changes nothing"
    signer(led, "li")("SignLetter", letter_id=made, if_match=2)
    found = letter(led, made)
    assert found.state == "in-force"
    assert found.HasField("upper_signed_at") and found.HasField("lower_signed_at")


def test_what_somebody_signed_is_not_changed_any_more(led: Registry) -> None:
    made, words = draft(led), {**TERM, "tasks": ["每周巡查两次"]}
    signer(led, "li")("ChangeLetter", letter_id=made, if_match=1, **words)
    assert list(letter(led, made).tasks) == ["每周巡查两次"]
    assert refusal(signer(led, "li"), "ChangeLetter", letter_id=made, if_match=1, **words).code == "stale-version"
    assert refusal(signer(led, "wang"), "SignLetter", letter_id=made, if_match=1).code == "stale-version"
    signer(led, "wang")("SignLetter", letter_id=made)
    assert refusal(signer(led, "li"), "ChangeLetter", letter_id=made, **words).code == "letter-signed"


def test_a_letter_is_superseded_when_a_signer_leaves_and_by_the_next_one(led: Registry, appoint: Appoint) -> None:
    made = signed(led)
    led.operator("EndPost", post_id=led.ids["wang-post"], ends="2026-11-23")
    assert letter(led, made).state == "in-force"
    led.clock.advance(days=1)
    assert letter(led, made).state == "superseded", "the day after the last day nobody has signed"
    assert [each.id for each in led.operator("ListLetters", state="superseded").items] == [made]
    assert refusal(signer(led, "wang"), "SignLetter", letter_id=draft_with_zhao(led, appoint)).code == "not-found"


def draft_with_zhao(led: Registry, appoint: Appoint) -> str:
    appoint("zhao", "v1", "leader", starts="2026-11-24")
    return draft(led)


def test_the_next_letter_in_force_supersedes_the_one_before(led: Registry) -> None:
    first = signed(led)
    second = signed(led)
    assert [letter(led, each).state for each in (first, second)] == ["superseded", "in-force"]
    assert refusal(signer(led, "li"), "EndLetter", letter_id=first, reason="晚了").code == "letter-over"
    signer(led, "li")("EndLetter", letter_id=second, reason="岗位调整")
    assert (letter(led, second).state, letter(led, second).reason) == ("ended", "岗位调整")
    assert refusal(signer(led, "wang"), "SignLetter", letter_id=second).code == "letter-over"


def signed(led: Registry) -> str:
    made = draft(led)
    for name in ("wang", "li"):
        signer(led, name)("SignLetter", letter_id=made)
    return made


def refusal(client: Client, method: str, **values: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        client(method, **values)
    return refused.value


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"code": "371321106299999"}, "not-found", None),
        ({"starts": "2027-12-01"}, "value-refused", "ends"),
        ({"ends": "明年"}, "value-refused", "ends"),
        ({"tasks": ["x" * 501]}, "value-refused", "tasks[0]"),
        ({"penalties": ["  "]}, "value-refused", "penalties[0]"),
        ({"lower_person_id": "nobody"}, "value-refused", "lower_person_id"),
        ({"code": "v3"}, "value-refused", "upper_person_id"),
        ({"code": "town"}, "no-grid-above", None),
    ],
)
def test_a_draft_that_cannot_be_is_refused(led: Registry, changed: dict[str, Any], code: str, path: str | None) -> None:
    given = {**changed, **({"code": led.ids.get(changed["code"], changed["code"])} if "code" in changed else {})}
    refused = refusal(led.operator, "DraftLetter", **{"code": led.ids["v1"], **TERM, **given})
    assert (refused.code, next(iter(refused.faults), None)) == (code, path)
    assert led.rows("SELECT * FROM duty_letter") == []


def test_strangers_neither_draft_nor_sign_nor_see(led: Registry) -> None:
    made = draft(led)
    stranger = led.with_roles("grid-leader", areas=[led.ids["v2"]])
    assert refusal(stranger, "DraftLetter", code=led.ids["v1"], **TERM).code == "forbidden"
    assert refusal(signer(led, "wang"), "DraftLetter", code=led.ids["v1"], **TERM).code == "forbidden"
    for method, values in (("GetLetter", {}), ("SignLetter", {}), ("EndLetter", {"reason": "我不喜欢"})):
        assert refusal(stranger, method, letter_id=made, **values).code == "not-found"
    assert refusal(led.operator, "SignLetter", letter_id=made).code == "not-a-signer"
    assert list(stranger("ListLetters").items) == []
    assert [each.id for each in signer(led, "wang")("ListLetters", mine=True).items] == [made]


def test_two_letters_signed_at_once_leave_one_in_force(led: Registry) -> None:
    made = [draft(led) for _ in range(4)]
    for each in made:
        signer(led, "wang")("SignLetter", letter_id=each)

    def sign(letter_id: str) -> None:
        signer(led, "li")("SignLetter", letter_id=letter_id)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(sign, made))
    assert sorted(letter(led, each).state for each in made) == ["in-force", "superseded", "superseded", "superseded"]


@pytest.fixture
def desk(led: Registry, keys: Path, tmp_path: Path) -> Iterator[Desk]:
    with gateway(led, keys, tmp_path) as desk:
        yield desk


def test_the_letter_is_printed_with_both_signatures(led: Registry, desk: Desk) -> None:
    made = signed(led)
    answer = desk.get(f"/duty-letters/{made}/print")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    printed = text_of(answer.content)
    for said in ("责任状", "李长", "王东", "一、任务", "2026 年 11 月 23 日", "在平台本人签字"):
        assert said in printed, said
    assert desk.as_("grid-member", areas=[led.ids["v2"]]).get(f"/duty-letters/{made}/print").status_code == 404
