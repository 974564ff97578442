"""Inspections by a superior: concentrated, of key points, drawn by lot; corrections with dates (PAT-13)."""

from typing import Any

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import inspections as schemas
from wangge.patrol.v1 import inspections_pb2, patrol_pb2

INSPECTIONS = methods(inspections_pb2, "Inspections")
ONE = "/patrol/inspections/{inspection_id}"

routes = Routes("inspections", zh="上级督查", en="Inspections by superiors")
routes.ask(
    "GET", "/patrol/inspection-rules", INSPECTIONS["DescribeInspections"],
    zh="方案规定的督查", en="The inspections of the plan in force",
)  # fmt: skip
routes.ask(
    "POST", "/patrol/inspections", INSPECTIONS["BeginInspection"], body=schemas.BeginInspection, status=201,
    zh="开始督查(随机抽查由平台抽取)", en="Begin an inspection; the platform draws the lots (PAT-13)",
)  # fmt: skip
routes.ask(
    "GET", "/patrol/inspections", INSPECTIONS["ListInspections"], query=schemas.InspectionsQuery,
    zh="督查列表", en="Inspections, the latest first",
)  # fmt: skip
routes.ask("GET", ONE, INSPECTIONS["GetInspection"], etag="version", zh="督查详情", en="One inspection")
routes.ask(
    "GET", f"{ONE}/draw", INSPECTIONS["GetDraw"],
    zh="抽取过程(种子、总体、重新抽取)", en="Seed and population, and the same lots drawn again",
)  # fmt: skip
routes.ask(
    "GET", f"{ONE}/targets", INSPECTIONS["ListTargets"], query=schemas.TargetsQuery,
    zh="督查对象与结果", en="What is inspected, and what was found",
)  # fmt: skip


@routes.add(
    "POST", f"{ONE}/targets/{{target_id}}", body=schemas.InspectionResult, versioned=True,
    reply=patrol_pb2.Receipt.DESCRIPTOR, zh="登记督查结果", en="What was found at a target; problems become cases",
)  # fmt: skip
async def record_result(call: Call) -> Any:
    """Attachments are the caller's own."""
    ids = [each for answer in call.body.get("answers", ()) for each in answer.get("attachments", ())]
    if ids:
        await call.in_thread(call.state.blobs.require_own, ids, call.person.person_id, "attachments")
    return await call.ask(INSPECTIONS["RecordResult"], {**call.body, **call.path})


routes.ask(
    "POST", f"{ONE}/finish", INSPECTIONS["FinishInspection"], body=schemas.EndOfInspection, versioned=True,
    zh="完成督查", en="It is over",
)  # fmt: skip
routes.ask(
    "GET", "/patrol/corrections", INSPECTIONS["ListCorrections"], query=schemas.CorrectionsQuery,
    zh="整改事项", en="What is to be put right, until when",
)  # fmt: skip
routes.ask(
    "POST", "/patrol/corrections/{correction_id}/done", INSPECTIONS["RecordCorrection"], body=schemas.PutRight,
    zh="登记整改完成", en="It was put right",
)  # fmt: skip
