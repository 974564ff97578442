"""Handing in what a device kept: an entry with somebody else's photo spoils no other (PAT-11)."""

import pytest

from tests.unit.gateway.test_uploads import picture, send
from wangge.patrol.v1 import patrol_pb2 as pb
from wangge.registry.v1 import registry_pb2

pytestmark = [pytest.mark.anyio, pytest.mark.rule("PAT-11")]

AT = "2026-11-22T03:04:05Z"


def entry(name: str, **more: object) -> dict[str, object]:
    return {"client_id": name, "task_id": "task-1", "at": AT, "item": "environment/water", "answer": "fine", **more}


def echo(request: pb.SyncRequest, _: object) -> pb.SyncReply:
    return pb.SyncReply(items=[pb.Outcome(client_id=each.client_id, outcome="accepted") for each in request.entries])


async def test_an_entry_with_a_strangers_photo_is_refused_alone_and_in_its_place(
    client, administrator, services
) -> None:
    services.answers["Sync"] = echo
    mine = (await send(client, picture("PNG"))).json()["id"]
    theirs = (await send(client, picture("PNG", (9, 9)), **administrator)).json()["id"]
    entries = [entry("first"), entry("second", attachments=[theirs]), entry("third", attachments=[mine])]
    reply = await client.post("/api/v1/patrol/sync", json={"entries": entries})
    assert reply.status_code == 200
    told = [(each["client_id"], each["outcome"], each.get("path", "")) for each in reply.json()["items"]]
    assert told == [("first", "accepted", ""), ("second", "refused", "attachments"), ("third", "accepted", "")]
    assert [each.client_id for each in services.asked[-1][1].entries] == ["first", "third"]


async def test_what_is_no_entry_is_named_by_its_place(client, services) -> None:
    entries = [entry("first"), entry("second", at="yesterday", version=0), {"client_id": "third"}]
    reply = await client.post("/api/v1/patrol/sync", json={"entries": entries})
    assert reply.status_code == 422
    pointers = {error["pointer"] for error in reply.json()["errors"]}
    assert pointers == {"/entries/1/at", "/entries/1/version", "/entries/2/task_id", "/entries/2/at"}
    assert services.asked == []


async def test_no_entry_and_too_many_are_refused(client, services) -> None:
    for entries in ([], [entry(f"n{number}") for number in range(501)]):
        reply = await client.post("/api/v1/patrol/sync", json={"entries": entries})
        assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "/entries")
    assert services.asked == []


@pytest.mark.rule("PAT-06")
async def test_the_map_tells_of_each_outline_what_was_looked_at_in_it(client, services) -> None:
    services.answers["ListBoundaries"] = drawn
    services.answers["ListCoverage"] = covered
    reply = await client.get("/api/v1/patrol/coverage/map", params={"area": "371321106", "level": 3})
    assert reply.status_code == 200
    shown = {each["id"]: each["properties"] for each in reply.json()["feature_collection"]["features"]}
    assert {code: (each["looked"], each["asked"], each["finished"]) for code, each in shown.items()} == {
        f"{VILLAGE}001": ("wholly", 2, 1),  # one of the two was excused
        f"{VILLAGE}002": ("in-part", 3, 1),
        f"{VILLAGE}003": ("not-looked-at", 3, 0),
        f"{VILLAGE}004": ("not-asked", 0, 0),
    }
    assert shown[f"{VILLAGE}001"]["name"] == "一格" and shown[f"{VILLAGE}001"]["last_looked"] == "2026-11-22"
    asked = [request for _, request, *_ in services.asked]
    assert (asked[0].prefix, asked[0].level) == ("371321106", 3)
    assert [(each.area, each.cursor, each.limit) for each in asked[1:]] == [
        ("371321106", "", 200), ("371321106", "more", 200),
    ]  # fmt: skip


@pytest.mark.rule("PAT-06")
async def test_a_map_of_no_level_or_day_is_refused_with_the_place(client, services) -> None:
    reply = await client.get("/api/v1/patrol/coverage/map", params={"level": "ten", "since": "soon"})
    assert reply.status_code == 422
    assert {error["pointer"] for error in reply.json()["errors"]} == {"/query/level", "/query/since"}
    assert services.asked == []


VILLAGE = "371321106201"


def drawn(_: registry_pb2.ListBoundariesRequest, __: object) -> registry_pb2.BoundaryList:
    names = {f"{VILLAGE}00{number}": f"{name}格" for number, name in enumerate("一二三四", 1)}
    features = [
        {"type": "Feature", "id": code, "properties": {"code": code, "name": name}, "geometry": None}
        for code, name in names.items()
    ]
    made = registry_pb2.BoundaryList()
    made.feature_collection.update({"type": "FeatureCollection", "features": features})
    return made


def covered(request: pb.ListCoverageRequest, _: object) -> pb.CoverageList:
    """Two pages; the second has also a grid without an outline."""
    looked = pb.Coverage(grid=f"{VILLAGE}001", asked=2, finished=1, excused=1, last_looked="2026-11-22")
    if not request.cursor:
        return pb.CoverageList(
            items=[looked, pb.Coverage(grid=f"{VILLAGE}002", asked=3, finished=1)], next_cursor="more"
        )
    return pb.CoverageList(items=[pb.Coverage(grid=f"{VILLAGE}{end}", asked=3) for end in ("003", "009")])


@pytest.mark.rule("PAT-06")
async def test_an_entry_names_the_point_of_a_joint_inspection_and_its_end_who_took_part(client, services) -> None:
    services.answers["Sync"] = echo
    at_point = {**entry("first"), "spot": "371321106245001"}
    end = {"client_id": "last", "task_id": "task-1", "at": AT, "rest": "fine", "present": ["person-2"], "words": "封路"}
    reply = await client.post("/api/v1/patrol/sync", json={"entries": [at_point, end]})
    assert reply.status_code == 200
    first, last = services.asked[-1][1].entries
    assert (first.spot, list(last.present), last.words, last.item) == ("371321106245001", ["person-2"], "封路", "")
    wrong = await client.post("/api/v1/patrol/sync", json={"entries": [{**end, "present": ["p"] * 201}]})
    assert [each["pointer"] for each in wrong.json()["errors"]] == ["/entries/0/present"]


@pytest.mark.parametrize(
    ("replies", "pointer"),
    [
        ("黑", "/entries/0/replies"),
        (["黑"], "/entries/0/replies/0"),
        ([{"value": "黑"}], "/entries/0/replies/0/question"),
        ([{"question": "colour", "value": "字" * 2001}], "/entries/0/replies/0/value"),
        ([{"question": "colour", "value": "黑", "sure": True}], "/entries/0/replies/0/sure"),
        ([{"question": f"q{number}", "value": "x"} for number in range(31)], "/entries/0/replies"),
    ],
)
async def test_what_is_no_reply_is_named_by_its_place(client, services, replies, pointer) -> None:
    reply = await client.post("/api/v1/patrol/sync", json={"entries": [entry("first", replies=replies)]})
    assert reply.status_code == 422
    assert [each["pointer"] for each in reply.json()["errors"]] == [pointer]
    assert services.asked == []


@pytest.mark.rule("PAT-05")
@pytest.mark.parametrize("action", ["send-back", "excuse"])
async def test_a_decision_needs_a_reason_that_can_be_read(client, services, action) -> None:
    for body in (
        {},
        {"reason": ""},
        {"reason": "   "},
        {"reason": 7},
        {"reason": "字" * 2001},
        {"reason": "x", "by": "y"},
    ):
        reply = await client.post(f"/api/v1/patrol/tasks/task-1/{action}", json=body)
        assert reply.status_code == 422, body
        assert reply.json()["errors"][0]["pointer"] in ("/reason", "/by")
    assert services.asked == []


async def test_a_version_that_is_none_is_refused_and_a_task_keeps_its_version(client, services) -> None:
    services.answers["SendBackTask"] = lambda *_: pb.Receipt(id="task-1", version=8, state="sent-back")
    wrong = await client.post(
        "/api/v1/patrol/tasks/task-1/send-back", json={"reason": "漏了"}, headers={"if-match": "seven"}
    )
    assert (wrong.status_code, services.asked) == (422, [])
    right = await client.post(
        "/api/v1/patrol/tasks/task-1/send-back", json={"reason": "漏了"}, headers={"if-match": '"7"'}
    )
    assert (right.status_code, right.headers["etag"]) == (200, '"8"')
    assert dict(services.asked[-1][2])["expected-version"] == "7"


@pytest.mark.parametrize("query", ["states=lost", "area=town", "since=soon", "mine=maybe", "limit=201", "who=me"])
async def test_a_filter_of_tasks_that_is_none_is_refused(client, services, query) -> None:
    reply = await client.get(f"/api/v1/patrol/tasks?{query}")
    assert reply.status_code == 422
    assert query.partition("=")[0] in reply.text
    assert services.asked == []
