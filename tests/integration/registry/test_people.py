"""People, posts, roles, and looks at their data (REG-06, REG-14, PRV-02, PRV-03)."""

import pytest

from .conftest import PASSWORD, PEOPLE, PHONE, Appoint, Refused, Registry


@pytest.mark.rule("REG-14", "ALL-05")
def test_three_roles_are_never_one_person(county: Registry) -> None:
    for pair in (["auditor", "system-administrator"], ["security-administrator", "system-administrator"]):
        with pytest.raises(Refused) as refused:
            county.operator("SetRoles", person_id=county.ids["wang"], roles=pair)
        assert refused.value.code == "roles-incompatible"
    with pytest.raises(Refused) as refused:
        rows = [{"username": "three", "name": "三权", "roles": ["auditor", "security-administrator"]}]
        county.operator("ImportPeople", rows=rows)
    assert refused.value.faults == {"rows[0].roles": "roles-incompatible"}
    assert county.rows("SELECT roles FROM person WHERE username = 'wang'") == [(["grid-member"],)]


@pytest.mark.rule("REG-14")
def test_nobody_changes_their_own_roles(county: Registry) -> None:
    me = county.signed_in("sec", PASSWORD)
    mine = county.ids["sec"]
    for method, values in (
        ("SetRoles", {"roles": ["auditor"]}),
        ("SetActive", {"active": True}),
        ("SetPassword", {}),
    ):
        with pytest.raises(Refused) as refused:
            me(method, person_id=mine, **values)
        assert refused.value.code == "own-roles"
    with pytest.raises(Refused) as refused:
        me("ImportPeople", rows=[{**PEOPLE[3], "roles": ["county-leader"]}])
    assert refused.value.code == "own-roles"
    assert me("ImportPeople", rows=[PEOPLE[3]]).unchanged == 1


def test_roles_reach_the_next_token_and_the_others_by_event(county: Registry) -> None:
    given = {"roles": ["verifier", "centre-operator"], "areas": ["371321106", "371321106201"]}
    county.operator("SetRoles", if_match=1, person_id=county.ids["li"], **given)
    account = county.anyone("SignIn", username="li", password=PASSWORD).account
    assert (list(account.roles), list(account.areas)) == (["centre-operator", "verifier"], ["371321106"])
    event = county.events("person-changed", county.ids["li"])[-1]
    assert event.data == {
        "person_id": county.ids["li"],
        "roles": ["centre-operator", "verifier"],
        "department": None,
        "areas": ["371321106"],
        "active": True,
    }
    with pytest.raises(Refused) as refused:
        county.operator("SetRoles", if_match=1, person_id=county.ids["li"], **given)
    assert refused.value.code == "stale-version"


@pytest.mark.rule("ALL-05")
def test_bad_rows_of_people_are_named(county: Registry) -> None:
    rows = [
        {"username": "Ge Yi", "name": "甲", "roles": ["king"], "department": "nowhere", "areas": ["37132"]},
        {"username": "yi", "name": "", "private_phone": "call me", "password": "short", "language": "fr"},
        {"username": "yi", "name": "乙"},
    ]
    with pytest.raises(Refused) as refused:
        county.operator("ImportPeople", rows=rows)
    assert refused.value.faults == {
        "rows[0].username": "username",
        "rows[0].roles[0]": "not-allowed",
        "rows[0].department": "not-allowed",
        "rows[0].areas[0]": "area",
        "rows[1].name": "name-missing",
        "rows[1].language": "not-allowed",
        "rows[1].password": "password-refused",
        "rows[1].private_phone": "phone",
        "rows[2].username": "repeated",
    }


def test_people_are_imported_again_without_change(county: Registry) -> None:
    reply = county.operator("ImportPeople", rows=PEOPLE)
    assert (reply.created, reply.changed, reply.unchanged) == (0, 0, 4)
    assert county.signed_in("wang", PASSWORD)


@pytest.mark.rule("PRV-02")
def test_private_telephone_is_sealed_and_masked(county: Registry) -> None:
    tables = ("person", "outbox", "audit", "idempotency", "look")
    stored = "".join(str(county.rows(f"SELECT * FROM {table}")) for table in tables)
    assert PHONE not in stored
    bodies = b"".join(bytes(row.body) for row in county.rows("SELECT body FROM outbox"))
    assert PHONE.encode() not in bodies
    assert "王东" not in bodies.decode()
    listed = county.operator("ListPeople", text="王").items[0]
    assert (listed.private_phone, listed.masked) == ("138****5678", True)


@pytest.mark.rule("PRV-02", "PRV-03")
def test_each_look_is_recorded_and_the_person_sees_it(county: Registry) -> None:
    wang = county.ids["wang"]
    li = county.signed_in("sec", PASSWORD)
    assert li("GetPerson", person_id=wang).private_phone == "138****5678"
    opened = li("GetPerson", person_id=wang, purpose="emergency")
    assert (opened.private_phone, opened.masked) == (PHONE, False)
    looks = county.signed_in("wang", PASSWORD)("ListLooks").items
    assert [(look.by_name, look.purpose_name, list(look.fields)) for look in looks] == [
        ("安管", "突发事件联络", ["name", "duty_phone", "private_phone"]),
        ("安管", "", ["name", "duty_phone"]),
    ]
    assert looks[0].at.ToDatetime().year == 2026
    with pytest.raises(Refused) as refused:
        li("GetPerson", person_id=wang, purpose="curiosity")
    assert refused.value.faults == {"purpose": "not-allowed"}
    with pytest.raises(Refused):
        li("ListLooks", person_id=wang)
    assert len(county.with_roles("auditor")("ListLooks", person_id=wang).items) == 2


@pytest.mark.rule("REG-14")
def test_people_outside_areas_and_department_are_not_found(county: Registry, appoint: Appoint) -> None:
    appoint("wang", "v1", "member")
    near = county.with_roles("grid-leader", areas=[county.ids["v1"]])
    far = county.with_roles("grid-leader", areas=[county.ids["v2"]])
    colleague = county.with_roles("department-handler", department="env-office")
    assert [each.username for each in near("ListPeople").items] == ["wang"]
    assert [each.username for each in colleague("ListPeople").items] == ["zhao"]
    assert list(far("ListPeople").items) == []
    with pytest.raises(Refused) as refused:
        far("GetPerson", person_id=county.ids["wang"], purpose="case-handling")
    assert refused.value.code == "not-found"
    assert county.rows("SELECT * FROM look") == []
    assert [each.name for each in far("GetPeople", ids=[county.ids["wang"], "nobody"]).items] == ["王东"]


def test_own_data_are_seen_unmasked_and_not_recorded(county: Registry) -> None:
    me = county.signed_in("wang", PASSWORD)
    assert me("GetPerson", person_id=county.ids["wang"]).private_phone == PHONE
    assert list(me("ListLooks").items) == []


@pytest.mark.rule("REG-06")
def test_one_grid_several_people_one_person_several_posts(county: Registry, appoint: Appoint) -> None:
    for username, grid, post in (("wang", "v1", "member"), ("wang", "v2", "member"), ("li", "v1", "leader")):
        appoint(username, grid, post)
    posts = county.operator("ListPosts", area=county.ids["v1"][:12]).items
    assert [(each.person_name, each.post) for each in posts] == [("王东", "member"), ("李长", "leader")]
    assert len(county.operator("ListPosts", person_id=county.ids["wang"]).items) == 2
    with pytest.raises(Refused) as refused:
        appoint("wang", "v1", "member", starts="2027-01-01")
    assert refused.value.code == "post-overlaps"


@pytest.mark.rule("REG-06")
def test_posts_have_days(county: Registry, appoint: Appoint) -> None:
    post_id = appoint("wang", "v1", "member", starts="2026-12-01")
    assert list(county.anyone("SignIn", username="wang", password=PASSWORD).account.areas) == []
    county.clock.advance(days=10)
    assert list(county.anyone("SignIn", username="wang", password=PASSWORD).account.areas) == [county.ids["v1"]]
    county.operator("EndPost", post_id=post_id, ends="2026-12-05")
    county.operator("EndPost", post_id=post_id, ends="2026-12-05")
    county.clock.advance(days=5)
    assert list(county.anyone("SignIn", username="wang", password=PASSWORD).account.areas) == []
    assert [each.state for each in county.operator("ListPosts", on="2026-12-04").items] == ["ended"]
    events = county.events("post-changed", post_id)
    assert [(each.data["state"], each.data["to"]) for each in events] == [("appointed", None), ("ended", "2026-12-05")]
    assert events[0].grid == county.ids["v1"]
    with pytest.raises(Refused) as refused:
        county.operator("EndPost", post_id=post_id, ends="2026-12-06")
    assert refused.value.code == "post-ended"


@pytest.mark.rule("REG-06")
def test_appointment_tells_the_areas_that_it_gives(county: Registry, appoint: Appoint) -> None:
    appoint("li", "town", "leader")
    assert county.events("person-changed", county.ids["li"])[-1].data["areas"] == ["371321106"]


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({"post": "king"}, {"post": "not-allowed"}),
        ({"ends": "2026-10-01"}, {"ends": "ends-before-start"}),
        ({"starts": "soon"}, {"starts": "not-a-day"}),
    ],
)
def test_bad_appointments_are_refused(county: Registry, values: dict[str, str], faults: dict[str, str]) -> None:
    given = {"person_id": county.ids["wang"], "grid_code": county.ids["v1"], "post": "member", "starts": "2026-11-01"}
    with pytest.raises(Refused) as refused:
        county.operator("Appoint", **{**given, **values})
    assert refused.value.faults == faults


@pytest.mark.rule("REG-06")
def test_staffing_report_lists_grids_without_responsible_person(county: Registry, appoint: Appoint) -> None:
    appoint("wang", "v1", "member")
    appoint("li", "v2", "leader")
    report = county.operator("ReportStaffing", prefix="371321106")
    assert report.grids == 5
    kinds = {finding.grid_code: finding.kind for finding in report.findings}
    assert kinds == {
        county.ids["town"]: "nobody",
        county.ids["east-work"]: "nobody",
        county.ids["v1"]: "no-leader",
        county.ids["v3"]: "nobody",
    }


@pytest.mark.rule("ALL-04")
def test_repeated_appointment_with_one_key_is_one_post(county: Registry) -> None:
    given = {"person_id": county.ids["wang"], "grid_code": county.ids["v1"], "post": "member", "starts": "2026-11-01"}
    assert county.operator("Appoint", key="once", **given) == county.operator("Appoint", key="once", **given)
    assert county.rows("SELECT count(*) FROM post") == [(1,)]
