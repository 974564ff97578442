"""Patrols: the day's tasks, what was found on them, who signs and submits, what was looked at (PAT)."""

from collections.abc import AsyncIterator
from typing import Any

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes, Shape
from gateway.api.routes.registry import REGISTRY, REPORT_SECONDS
from gateway.api.routes.visits import VISITS, with_households
from gateway.api.schemas import patrol as schemas
from services.chassis.errors import WanggeError
from wangge.patrol.v1 import patrol_pb2, visits_pb2
from wangge.registry.v1 import registry_pb2

PATROL = methods(patrol_pb2, "Patrol")
MOST_LINES = 200
NUMBERS = ("asked", "finished", "late", "overdue", "excused", "vacant", "problems")

routes = Routes("patrol", zh="巡查", en="Patrols")
routes.ask(
    "GET", "/patrol/tasks", PATROL["ListTasks"], query=schemas.TasksQuery, zh="巡查任务列表", en="Patrol tasks (PAT-02)"
)
routes.ask(
    "GET", "/patrol/tasks/{task_id}", PATROL["GetTask"], etag="version",
    zh="巡查任务详情", en="One task with its checklist and findings (PAT-03)",
)  # fmt: skip


@routes.add(
    "GET", "/patrol/day", query=schemas.DayQuery,
    reply=Shape({
        "day": {"type": "string", "format": "date"},
        "tasks": [patrol_pb2.Task.DESCRIPTOR],
        "checklists": [patrol_pb2.Checklist.DESCRIPTOR],
        "visits": [visits_pb2.Visit.DESCRIPTOR],
    }),
    zh="一天的任务、清单与走访(离线使用)",
    en="One's tasks of a day with their checklists, and visits, to take along (PAT-11)",
)  # fmt: skip
async def get_day(call: Call) -> Any:
    """What the patrol service has for the day, and from the registry where the households are."""
    day = await call.ask(PATROL["GetDay"], call.query)
    owed = (await call.ask(VISITS["GetVisitsOfDay"], call.query))["items"]
    return {**day, "visits": await with_households(owed, call)}


@routes.add(
    "POST", "/patrol/sync", body=schemas.Sync, reply=patrol_pb2.SyncReply.DESCRIPTOR,
    zh="提交巡查结果", en="Hand in what a device kept; each entry is answered for itself (PAT-11)",
)  # fmt: skip
async def sync_patrol(call: Call) -> Any:
    """An entry whose attachments are not the caller's is answered here; all others go on."""
    entries = call.body["entries"]
    refused = {at: said for at, entry in enumerate(entries) if (said := await _refusal(entry, call)) is not None}
    kept = [entry for at, entry in enumerate(entries) if at not in refused]
    answered = iter((await call.ask(PATROL["Sync"], {"entries": kept}))["items"] if kept else ())
    return {"items": [refused[at] if at in refused else next(answered) for at in range(len(entries))]}


async def _refusal(entry: dict[str, Any], call: Call) -> dict[str, Any] | None:
    ids = entry.get("attachments", [])
    if not ids:
        return None
    try:
        await call.in_thread(call.state.blobs.require_own, ids, call.person.person_id, "attachments")
    except WanggeError as error:
        words = {"zh": error.sentence("zh"), "en": error.sentence("en")}
        said = {"client_id": entry["client_id"], "outcome": "refused", "code": error.code, "path": "attachments"}
        return {**said, **words, "stored": None, "case_id": None}
    return None


def action(path: str, name: str, body: type[schemas.TaskReason] | None, zh: str, en: str) -> None:
    """Declare one action on a task; every one answers a Receipt and understands If-Match."""
    where = f"/patrol/tasks/{{task_id}}/{path}"
    routes.ask("POST", where, PATROL[name], body=body, versioned=True, zh=zh, en=en)


action("sign", "SignTask", None, "网格长签字", "Sign a finished task (PAT-04)")
action("send-back", "SendBackTask", schemas.TaskReason, "退回", "Send a task back with a reason (PAT-05)")
action("submit", "SubmitTask", None, "上报中心", "Submit a signed task to the centre (PAT-04)")
action("excuse", "ExcuseTask", schemas.TaskReason, "免除", "Say why a task need not be done (PAT-02)")

routes.ask(
    "GET", "/patrol/coverage", PATROL["ListCoverage"], query=schemas.CoverageQuery,
    zh="巡查覆盖情况", en="What was looked at and what was not, by grid (PAT-06)",
)  # fmt: skip


@routes.add(
    "GET", "/patrol/coverage/map", query=schemas.CoverageMapQuery, reply=registry_pb2.BoundaryList.DESCRIPTOR,
    seconds=REPORT_SECONDS, zh="巡查覆盖地图", en="What was looked at and what was not, on the map (PAT-06)",
)  # fmt: skip
async def map_coverage(call: Call) -> Any:
    """The outlines of the grids of a level, each with what was asked for and what was looked at in it."""
    area = call.query.get("area", "")
    level = {"level": call.query["level"]} if call.query.get("level") else {}
    drawn = await call.ask(REGISTRY["ListBoundaries"], {"prefix": area, **level})
    asked = {name: call.query[name] for name in ("since", "until", "patrol") if call.query.get(name)}
    lines = {line["grid"]: line async for line in _lines(call, {**asked, "area": area, "limit": MOST_LINES})}
    for feature in drawn["feature_collection"]["features"]:
        feature["properties"] |= _looked_at(lines.get(feature["id"]))
    return drawn


async def _lines(call: Call, wanted: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    cursor = ""
    while True:
        page = await call.ask(PATROL["ListCoverage"], {**wanted, "cursor": cursor})
        for line in page["items"]:
            yield line
        if not (cursor := page["next_cursor"]):
            return


def _looked_at(line: dict[str, Any] | None) -> dict[str, Any]:
    """`looked` says it in one word: not-asked, not-looked-at, in-part or wholly."""
    numbers = {name: line[name] if line else 0 for name in NUMBERS}
    due, done = numbers["asked"] - numbers["excused"], numbers["finished"]
    looked = "not-asked" if due <= 0 else "not-looked-at" if done == 0 else "wholly" if done >= due else "in-part"
    return {**numbers, "last_looked": line["last_looked"] if line else None, "looked": looked}
