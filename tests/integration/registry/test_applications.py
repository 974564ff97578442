"""Applications: a key shown once, kept as a hash, revoked for good; whose key it is (INC-21)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
import pytest

from services.chassis.auth import Verifier
from services.chassis.ids import new_id
from wangge.registry.v1 import registry_pb2 as pb

from .conftest import Refused, Registry

pytestmark = pytest.mark.rule("INC-21")


def register(registry: Registry, key: str | None = None, **changed: Any) -> Any:
    values = {"name": "随手拍", "may": ["read", "write"], "per_minute": 60, **changed}
    return registry.with_roles("security-administrator")("RegisterApplication", key=key, **values)


def check(registry: Registry, key: str) -> Any:
    try:
        return registry.stub.CheckApplication(pb.CheckApplicationRequest(key=key), timeout=20)
    except grpc.RpcError as error:
        raise Refused(error) from error


def test_a_key_names_its_application_and_is_kept_nowhere(registry: Registry) -> None:
    made = register(registry)
    found = check(registry, made.key)
    assert (found.id, found.name, list(found.may), found.per_minute) == (made.id, "随手拍", ["read", "write"], 60)
    dump = str(registry.rows("SELECT row_to_json(application)::text FROM application"))
    dump += str(registry.rows("SELECT reply::text, fingerprint FROM idempotency"))
    dump += str(registry.rows("SELECT detail::text FROM audit"))
    assert made.key not in dump


def test_a_writing_application_acts_as_itself_without_area_or_department(registry: Registry) -> None:
    made = register(registry)
    verifier = Verifier.from_file(registry.service.config.token_public_keys, registry.clock)
    principal = verifier.verify(check(registry, made.key).access_token)
    assert (principal.person_id, principal.roles) == (f"application:{made.id}", frozenset({"application"}))
    assert (principal.areas, principal.department) == ((), None)


def test_a_reading_application_gets_no_token(registry: Registry) -> None:
    assert check(registry, register(registry, may=["read"]).key).access_token == ""


def test_a_revoked_key_is_refused_like_an_unknown_one(registry: Registry) -> None:
    made = register(registry)
    security = registry.with_roles("security-administrator")
    security("RevokeApplication", application_id=made.id)
    version = security("RevokeApplication", application_id=made.id).version
    assert version == 2, "a second time changes nothing"
    answers = []
    for key in (made.key, "wg_unknown", "", "k" * 10_000, "\x00"):
        with pytest.raises(Refused) as refused:
            check(registry, key)
        answers.append(refused.value.content)
    assert len({str(each) for each in answers}) == 1
    assert answers[0]["code"] == "application-key-refused"


def test_repeating_with_the_same_idempotency_key_registers_once_and_shows_no_second_key(registry: Registry) -> None:
    admin = registry.with_roles("security-administrator")
    values = {"name": "随手拍", "may": ["read"], "per_minute": 5}
    first = admin("RegisterApplication", key="once", **values)
    second = admin("RegisterApplication", key="once", **values)
    assert (second.id, second.key) == (first.id, "")
    assert len(registry.rows("SELECT 1 FROM application")) == 1
    with pytest.raises(Refused) as refused:
        admin("RegisterApplication", key="once", **{**values, "name": "另一个"})
    assert refused.value.code == "idempotency-mismatch"


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"may": []}, "may"),
        ({"may": ["read", "delete"]}, "may[1]"),
        ({"per_minute": 0}, "per_minute"),
        ({"per_minute": 100_001}, "per_minute"),
    ],
)
def test_wrong_values_are_named(registry: Registry, changed: dict[str, Any], path: str) -> None:
    with pytest.raises(Refused) as refused:
        register(registry, **changed)
    assert list(refused.value.faults) == [path]


@pytest.mark.parametrize("role", ["system-administrator", "auditor", "county-leader", "grid-member", "application"])
def test_only_security_administrators_register_and_revoke(registry: Registry, role: str) -> None:
    made = register(registry)
    other = registry.with_roles(role)
    for method, values in (
        ("RegisterApplication", {"name": "a", "may": ["read"], "per_minute": 1}),
        ("RevokeApplication", {"application_id": made.id}),
    ):
        with pytest.raises(Refused) as refused:
            other(method, **values)
        assert refused.value.code == "forbidden"
    assert check(registry, made.key).id == made.id


def test_unknown_applications_are_not_found(registry: Registry) -> None:
    for wrong in (new_id(), "x", ""):
        with pytest.raises(Refused) as refused:
            registry.with_roles("security-administrator")("RevokeApplication", application_id=wrong)
        assert refused.value.code == "not-found"


def test_the_list_pages_and_shows_no_key(registry: Registry) -> None:
    keys = [register(registry, name=f"应用{number}").key for number in range(5)]
    auditor = registry.with_roles("auditor")
    lines = list(_pages(auditor))
    assert [line.name for line in lines] == [f"应用{number}" for number in (4, 3, 2, 1, 0)]
    assert not any(key in str(line) for key in keys for line in lines)
    assert [key.startswith(line.key_hint) for key, line in zip(reversed(keys), lines, strict=True)] == [True] * 5
    registry.operator("RevokeApplication", application_id=lines[0].id)
    assert [line.name for line in auditor("ListApplications", state="revoked").items] == ["应用4"]
    assert len(auditor("ListApplications", state="active").items) == 4
    with pytest.raises(Refused):
        registry.with_roles("grid-member")("ListApplications")


def _pages(caller: Any) -> Iterator[Any]:
    cursor = ""
    while True:
        page = caller("ListApplications", limit=2, cursor=cursor)
        yield from page.items
        cursor = page.next_cursor
        if not cursor:
            return


def test_registering_and_revoking_at_once_leaves_one_state(registry: Registry) -> None:
    made = register(registry)
    admin = registry.with_roles("security-administrator")
    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(lambda _: admin("RevokeApplication", application_id=made.id).version, range(8)))
    assert set(versions) == {2}
