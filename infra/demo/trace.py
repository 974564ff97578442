"""Chapter 7: one trace from the REST call to the department's program, as `wangge trace` prints it."""

from infra.demo.stage import Stage
from infra.local.process import wait_until
from infra.tracing import tree
from infra.tracing.tree import Node, NoTrace

_SECONDS = 30
PLACES = frozenset(
    (
        "gateway/gateway",
        "incident/api",
        "incident/relay",
        "assessment/worker",
        "liaison/worker",
        "patrol/worker",
        "department/env-office",
    )
)
"""Where the report's trace has been, as service/role; the department's program has no role."""


def play(stage: Stage, trace_id: str) -> None:
    """Show the tree once every place has sent its spans. Raises StepFailed."""
    stage.screen.chapter("7 链路:从 REST 到部门程序的一条链")
    with stage.steps.step("trace", "收齐链路") as step:
        found = _complete(stage, trace_id)
        step.text = f"链路 {trace_id}:{found['spans']} 段,{found['errors']} 个错误"
        step.details = [f"wangge trace {trace_id}"]
        step.facts |= {"spans": found["spans"], "edges": sorted(map(list, tree.edges(found, roles=True)))}
    for line in tree.lines(found):
        stage.screen.detail(line)


def _complete(stage: Stage, trace_id: str) -> Node:
    """The trace with a span of every place and no parent missing. Raises NotReady naming what is not there."""
    path = stage.settings.home / "traces.db"
    found: Node = {}

    def complete() -> bool:
        try:
            found.update(tree.tree(trace_id, path=path))
        except NoTrace:
            return False
        return not missing(found)

    wait_until(complete, seconds=_SECONDS, what=f"链路 {trace_id} 的全部段")
    return found


def missing(trace: Node) -> frozenset[str]:
    """The places without a span, and the names of spans whose parents have not come."""
    nodes = [node for _parent, node, _depth in tree.walk(trace)]
    seen = {f"{node['service']}/{node['role']}" if node["role"] else node["service"] for node in nodes}
    return (PLACES - seen) | {node["name"] for node in nodes if node["orphan"]}
