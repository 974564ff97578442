"""Two hundred sign-in failures a minute: slowed down, locked as documented, and the right person gets in (REG-14).

Two guards: the gateway counts by address (120 a minute) and by name (10 in 5 minutes), the registry locks a name for a
quarter of an hour after five failures in a row, whether or not it exists. Addresses are those of the loopback network.
"""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest

from tests.badinput.answers import expect
from tests.badinput.town import SECONDS, Town

pytestmark = pytest.mark.rule("REG-14")
FAILURES, AT_ONCE = 200, 4
MOST_GROWTH = 40.0
"""MB that 200 failures may add to a process: a password is hashed with 19 MiB by each of four threads."""


@contextmanager
def _from(town: Town, address: str) -> Iterator[httpx.Client]:
    """A client whose requests come from `address` (127.0.0.0/8 is all ours)."""
    transport = httpx.HTTPTransport(local_address=address)
    with httpx.Client(base_url=f"{town.settings.gateway_url}/api/v1", transport=transport, timeout=SECONDS) as http:
        yield http


def _try(http: httpx.Client, username: str, password: str = "not-the-password") -> httpx.Response:
    return http.post("/sign-in", json={"username": username, "password": password})


@pytest.fixture(scope="module")
def flood(town: Town) -> tuple[list[httpx.Response], dict[str, float]]:
    """200 failures under 200 names from one address, and how much memory the processes gained by them."""
    with _from(town, "127.0.0.7") as http:
        _try(http, "somebody")
        before = {role: town.megabytes(role) for role in ("gateway", "api")}
        with ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda number: _try(http, f"name-{number}"), range(FAILURES)))
        return answers, {role: town.megabytes(role) - before[role] for role in before}


def test_from_one_address_no_more_than_the_limit_reach_a_password(
    flood: tuple[list[httpx.Response], dict[str, float]],
) -> None:
    answers, _ = flood
    codes = Counter(answer.json()["code"] for answer in answers)
    assert set(codes) == {"sign-in-refused", "too-many"}
    minutes = 1 + sum(answer.elapsed.total_seconds() for answer in answers) / AT_ONCE / 60
    assert 100 <= codes["sign-in-refused"] <= 120 * minutes
    refused = next(answer for answer in answers if answer.status_code == 429)
    seconds = int(refused.headers["retry-after"])
    assert 1 <= seconds <= 60
    expect(refused, 429, "too-many", f"操作过于频繁,请 {seconds} 秒后重试")
    wrong = next(answer for answer in answers if answer.status_code == 401)
    expect(wrong, 401, "sign-in-refused", wrong.json()["detail"])
    assert "用户名" in wrong.json()["detail"] or "口令" in wrong.json()["detail"] or "密码" in wrong.json()["detail"]


def test_the_memory_stays_bounded(flood: tuple[list[httpx.Response], dict[str, float]]) -> None:
    _, grown = flood
    assert {role: grown[role] for role in grown if grown[role] > MOST_GROWTH} == {}


def test_meanwhile_the_right_person_signs_in_from_elsewhere(
    town: Town, flood: tuple[list[httpx.Response], dict[str, float]]
) -> None:
    with _from(town, "127.0.0.8") as http:
        begun = time.monotonic()
        answer = _try(http, "informant", town.accounts.password("informant"))
        assert answer.status_code == 200 and answer.json()["person"]["username"] == "informant"
        assert time.monotonic() - begun < 30


def test_a_name_under_attack_is_locked_for_everybody_and_says_until_when(town: Town) -> None:
    with _from(town, "127.0.0.9") as http:
        answers = [_try(http, "trainer") for _ in range(6)]
        assert [answer.status_code for answer in answers[:5]] == [401] * 5
        locked = answers[5]
        assert (locked.status_code, locked.json()["code"]) == (429, "sign-in-locked"), locked.text
    with _from(town, "127.0.0.10") as http:
        right = _try(http, "trainer", town.accounts.password("trainer"))
        assert (right.status_code, right.json()["code"]) == (429, "sign-in-locked")
        assert 0 < int(right.headers["retry-after"]) <= 900
        assert _try(http, "clerk", town.accounts.password("clerk")).status_code == 200


def test_the_security_administrator_lets_a_locked_person_in_again(town: Town) -> None:
    with _from(town, "127.0.0.11") as http:
        for _ in range(5):
            assert _try(http, "assessor").status_code == 401
        security = town.caller("security-admin")
        person = next(each for each in security.pages("/people", role="assessor") if each["username"] == "assessor")
        password = security.post(f"/people/{person['id']}/password")["password"]
        answer = _try(http, "assessor", password)
    assert answer.status_code in (200, 429), answer.text
