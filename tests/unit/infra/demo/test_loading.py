"""What the demo sends when it loads the county, and how it keeps passwords; the edge itself is replaced."""

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.demo.accounts import STORY, Accounts, create
from infra.demo.county import County, load_county
from infra.demo.rest import Caller, Refusal, Rest

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(scope="module")
def county() -> County:
    return load_county()


def caller(answer: Answer) -> Caller:
    client = httpx.Client(base_url="http://edge/api/v1", transport=httpx.MockTransport(answer))
    return Caller(client, "token", {})


def imported(outcome: str, sent: list[Any]) -> Answer:
    """An edge that answers every person of an import with `outcome`, and new passwords."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/password"):
            return httpx.Response(200, json={"password": "given-by-the-platform"})
        rows = json.loads(request.content)["rows"]
        sent.extend(rows)
        return httpx.Response(200, json={"rows": [_answered(row, outcome) for row in rows]})

    return answer


def _answered(row: dict[str, Any], outcome: str) -> dict[str, str]:
    return {"id": f"id-{row['username']}", "ref": row["username"], "outcome": outcome}


@pytest.fixture
def accounts(tmp_path: Path) -> Accounts:
    return Accounts.of(tmp_path, Rest("http://edge"))


@pytest.mark.rule("REG-14")
def test_people_are_sent_with_roles_department_and_the_areas_of_their_offices(
    accounts: Accounts, county: County
) -> None:
    sent: list[Any] = []
    ids = create(accounts, county, caller(imported("created", sent)), ["env-head", "member", "informant"])
    head, member, informant = sent
    assert ids["member"] == "id-member"
    assert (head["roles"], head["department"]) == (["department-head", "verifier"], "env-office")
    assert head["areas"] == ["371321106"]
    assert (member["roles"], member["areas"]) == (["grid-member"], [])
    assert informant["roles"] == ["volunteer-informant"]


def test_only_the_accounts_of_the_story_get_passwords(accounts: Accounts, county: County) -> None:
    sent: list[Any] = []
    names = [person.username for person in county.people]
    create(accounts, county, caller(imported("created", sent)), names)
    assert {row["username"] for row in sent if "password" in row} == set(STORY) <= set(names)


def test_passwords_are_made_once_and_kept_for_their_owner(accounts: Accounts, tmp_path: Path) -> None:
    password = accounts.password("member")
    assert Accounts.of(tmp_path, accounts.rest).password("member") == password != accounts.password("leader")
    assert stat.S_IMODE(accounts.path.stat().st_mode) == 0o600


def test_an_account_whose_password_was_lost_gets_another_one(accounts: Accounts, county: County) -> None:
    create(accounts, county, caller(imported("unchanged", [])), ["member"])
    assert accounts.password("member") == "given-by-the-platform"
    create(accounts, county, caller(imported("unchanged", [])), ["member"])
    assert accounts.knows("member")


def test_a_refusal_carries_the_platforms_own_words() -> None:
    problem = {"code": "own-work", "detail": "不能核查自己的工作", "errors": [{"pointer": "/a", "detail": "必填"}]}
    edge = caller(lambda _request: httpx.Response(403, json=problem))
    with pytest.raises(Refusal) as refused:
        edge.get("/cases")
    assert (refused.value.status, refused.value.code) == (403, "own-work")
    assert str(refused.value) == "403 own-work:不能核查自己的工作(/a:必填)"


@pytest.mark.rule("ALL-04")
def test_a_write_is_repeated_with_the_same_key_while_a_service_is_away() -> None:
    keys = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        return httpx.Response(503, headers={"Retry-After": "0"}) if len(keys) < 3 else httpx.Response(201, json={})

    caller(answer).post("/cases", matter_code="06026")
    assert len(keys) == 3 and len(set(keys)) == 1


def test_every_page_of_a_list_is_read() -> None:
    pages = {None: {"items": [{"n": 1}, {"n": 2}], "next_cursor": "a"}, "a": {"items": [{"n": 3}], "next_cursor": None}}
    edge = caller(lambda request: httpx.Response(200, json=pages[request.url.params.get("cursor")]))
    assert [each["n"] for each in edge.pages("/posts")] == [1, 2, 3]
