"""Rollout: phases and batches of the plan in force, with lights (REG-15)."""

from typing import Any

from gateway.api.call import Call
from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import rollouts as schemas
from wangge.registry.v1 import registry_pb2, rollouts_pb2

ROLLOUTS = methods(rollouts_pb2, "Rollouts")

routes = Routes("rollout", zh="方案推进", en="Rollout of the plan")
routes.ask(
    "GET", "/rollout", ROLLOUTS["GetRollout"],
    zh="方案推进情况(亮灯)", en="Phases and batches of the plan in force with lights (REG-15)",
)  # fmt: skip
routes.ask(
    "GET", "/rollout/marks", ROLLOUTS["ListMarks"], query=schemas.MarksQuery, name="list_rollout_marks",
    zh="完成记录", en="What was marked as done, the latest first",
)  # fmt: skip


@routes.add(
    "POST", "/rollout/{phase}/marks", body=schemas.MarkDone, reply=registry_pb2.Receipt.DESCRIPTOR, status=201,
    etag="version", zh="登记完成情况", en="So much of a deliverable is done, with proof (REG-15)",
)  # fmt: skip
async def mark_done(call: Call) -> Any:
    """The proofs have to be the caller's own uploads."""
    proofs = call.body.get("proofs", [])
    await call.in_thread(call.state.blobs.require_own, proofs, call.person.person_id, "proofs")
    return await call.ask(ROLLOUTS["MarkDone"], {**call.body, **call.path})


routes.ask(
    "POST", "/rollout/marks/{mark_id}/withdraw", ROLLOUTS["WithdrawMark"], body=schemas.WithdrawMark,
    zh="撤回完成记录", en="Take a mark back, with the reason",
)  # fmt: skip
