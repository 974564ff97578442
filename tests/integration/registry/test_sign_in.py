"""Sign-in, sessions, locks and passwords through the real server (REG-14)."""

import time

import grpc
import pytest

from .conftest import PASSWORD, Appoint, Refused, Registry

WEEK_HOURS = 7 * 24


@pytest.mark.rule("REG-14")
def test_token_carries_roles_department_and_areas(county: Registry, appoint: Appoint) -> None:
    appoint("wang", "v1", "member")
    tokens = county.anyone("SignIn", username="wang", password=PASSWORD)
    account = tokens.account
    assert list(account.roles) == ["grid-member"]
    assert list(account.areas) == [county.ids["v1"]]
    assert account.must_change_password
    assert [post.grid_name for post in account.posts] == ["东村网格"]
    assert tokens.access_expires_at.ToDatetime() < tokens.refresh_expires_at.ToDatetime()
    assert county.signed_in("wang", PASSWORD)("Me").username == "wang"
    handler = county.anyone("SignIn", username="zhao", password=PASSWORD).account
    assert (handler.department, handler.department_name) == ("env-office", "环保办")


@pytest.mark.rule("REG-14")
def test_areas_are_the_smallest_set_of_prefixes(county: Registry, appoint: Appoint) -> None:
    appoint("wang", "east-work", "leader")
    appoint("li", "town", "leader")
    member = county.anyone("SignIn", username="wang", password=PASSWORD).account
    leader = county.anyone("SignIn", username="li", password=PASSWORD).account
    assert list(member.areas) == sorted(county.ids[ref] for ref in ("east-work", "v1", "v2"))
    assert list(leader.areas) == ["371321106"]


@pytest.mark.rule("REG-14", "ALL-05")
def test_unknown_name_and_wrong_password_are_one_refusal(county: Registry) -> None:
    with pytest.raises(Refused) as unknown:
        county.anyone("SignIn", username="nobody", password="whatever-it-is")
    with pytest.raises(Refused) as wrong:
        county.anyone("SignIn", username="wang", password="whatever-it-is")
    assert unknown.value.content == wrong.value.content
    assert wrong.value.status is grpc.StatusCode.UNAUTHENTICATED
    assert wrong.value.code == "sign-in-refused"


def test_unknown_name_takes_as_long_as_wrong_password(county: Registry) -> None:
    def seconds(username: str) -> float:
        began = time.perf_counter()
        with pytest.raises(Refused):
            county.anyone("SignIn", username=username, password="whatever-it-is")
        return time.perf_counter() - began

    fastest = {name: min(seconds(name) for _ in range(3)) for name in ("nobody", "wang")}
    assert fastest["nobody"] > fastest["wang"] / 3


@pytest.mark.parametrize("username", ["wang", "nobody"])
@pytest.mark.rule("REG-14")
def test_five_failures_lock_the_name_for_a_quarter_of_an_hour(county: Registry, username: str) -> None:
    for _ in range(5):
        with pytest.raises(Refused) as refused:
            county.anyone("SignIn", username=username, password="whatever-it-is")
        assert refused.value.code == "sign-in-refused"
    with pytest.raises(Refused) as locked:
        county.anyone("SignIn", username=username, password=PASSWORD)
    assert locked.value.code == "sign-in-locked"
    assert "90" in locked.value.content["zh"]
    county.clock.advance(minutes=16)
    if username == "wang":
        assert county.anyone("SignIn", username=username, password=PASSWORD).access_token


def test_success_forgets_failures(county: Registry) -> None:
    for _ in range(2):
        for _ in range(4):
            with pytest.raises(Refused):
                county.anyone("SignIn", username="wang", password="whatever-it-is")
        assert county.anyone("SignIn", username="wang", password=PASSWORD).access_token


def test_refresh_rotates_and_reuse_ends_the_session(county: Registry) -> None:
    first = county.anyone("SignIn", username="wang", password=PASSWORD)
    second = county.anyone("Refresh", refresh_token=first.refresh_token)
    assert second.refresh_token != first.refresh_token
    with pytest.raises(Refused) as reused:
        county.anyone("Refresh", refresh_token=first.refresh_token)
    assert reused.value.code == "refresh-refused"
    with pytest.raises(Refused):
        county.anyone("Refresh", refresh_token=second.refresh_token)
    assert county.rows("SELECT end_reason FROM session") == [("refresh-token-reused",)]


def test_refresh_token_is_not_stored(county: Registry) -> None:
    token = county.anyone("SignIn", username="wang", password=PASSWORD).refresh_token
    stored = str(county.rows("SELECT * FROM refresh_token")) + str(county.rows("SELECT * FROM audit"))
    assert token not in stored


def test_refresh_token_expires(county: Registry) -> None:
    token = county.anyone("SignIn", username="wang", password=PASSWORD).refresh_token
    county.clock.advance(hours=12)
    with pytest.raises(Refused):
        county.anyone("Refresh", refresh_token=token)


def test_session_does_not_outlive_a_week(county: Registry) -> None:
    token = county.anyone("SignIn", username="wang", password=PASSWORD).refresh_token
    for _ in range(0, WEEK_HOURS - 11, 11):
        token = county.anyone("Refresh", refresh_token=token).refresh_token
        county.clock.advance(hours=11)
    with pytest.raises(Refused):
        for _ in range(2):
            token = county.anyone("Refresh", refresh_token=token).refresh_token
            county.clock.advance(hours=11)


def test_signed_out_cannot_refresh(county: Registry) -> None:
    token = county.anyone("SignIn", username="wang", password=PASSWORD).refresh_token
    county.anyone("SignOut", refresh_token=token)
    county.anyone("SignOut", refresh_token="never-issued")
    with pytest.raises(Refused):
        county.anyone("Refresh", refresh_token=token)


def test_change_password_ends_sessions_and_may_be_repeated(county: Registry) -> None:
    tokens = county.anyone("SignIn", username="wang", password=PASSWORD)
    me = county.signed_in("wang", PASSWORD)
    for _ in range(2):
        me("ChangePassword", old_password=PASSWORD, new_password="another-horse-2")
    with pytest.raises(Refused):
        county.anyone("Refresh", refresh_token=tokens.refresh_token)
    assert not county.anyone("SignIn", username="wang", password="another-horse-2").account.must_change_password


@pytest.mark.parametrize("new", ["short", "wang-has-a-name", PASSWORD])
def test_weak_passwords_are_refused(county: Registry, new: str) -> None:
    with pytest.raises(Refused) as refused:
        county.signed_in("wang", PASSWORD)("ChangePassword", old_password=PASSWORD, new_password=new)
    assert refused.value.code == "password-refused"


def test_wrong_old_password_counts_as_failure(county: Registry) -> None:
    me = county.signed_in("wang", PASSWORD)
    for _ in range(5):
        with pytest.raises(Refused):
            me("ChangePassword", old_password="not-the-one-at-all", new_password="another-horse-2")
    with pytest.raises(Refused) as locked:
        me("ChangePassword", old_password=PASSWORD, new_password="another-horse-2")
    assert locked.value.code == "sign-in-locked"


def test_initial_password_is_answered_once_and_kept_nowhere(county: Registry) -> None:
    given = county.operator("SetPassword", key="again", person_id=county.ids["wang"])
    assert county.anyone("SignIn", username="wang", password=given.password).account.must_change_password
    everything = "".join(str(county.rows(f"SELECT * FROM {table}")) for table in ("account", "audit", "idempotency"))
    assert given.password not in everything


@pytest.mark.rule("REG-14")
def test_closed_account_is_out_at_once(county: Registry) -> None:
    tokens = county.anyone("SignIn", username="wang", password=PASSWORD)
    county.operator("SetActive", person_id=county.ids["wang"], active=False)
    for method, values in (
        ("Refresh", {"refresh_token": tokens.refresh_token}),
        ("SignIn", {"username": "wang", "password": PASSWORD}),
    ):
        with pytest.raises(Refused):
            county.anyone(method, **values)


def test_everything_else_needs_a_token(county: Registry) -> None:
    for method in ("Me", "ListGrids", "ImportGrids", "GetPerson", "ListPlans"):
        with pytest.raises(Refused) as refused:
            county.anyone(method)
        assert refused.value.code == "unauthenticated"
