"""The tree of one trace, from `$WANGGE_HOME/traces.db`: as data, as lines, and as who called whom."""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from infra.tracing.store import Span, database_path, spans_of, trace_ids

Node = dict[str, Any]


class NoTrace(Exception):
    """No trace begins with these digits, or several do. The sentence says which."""


def show(trace_id: str, *, as_json: bool = False, path: Path | None = None) -> int:
    """Print one trace, named by its id or by a prefix that only one trace has. Returns the exit status (0
    or 1).
    """
    try:
        found = tree(trace_id, path=path)
    except NoTrace as missing:
        print(missing, file=sys.stderr)
        return 1
    print(json.dumps(found, ensure_ascii=False) if as_json else "\n".join(lines(found)))
    return 0


def tree(trace_id: str, *, path: Path | None = None) -> Node:
    """The trace as nested data (see `grown`). Raises NoTrace."""
    path = path or database_path()
    return grown(spans_of(_whole_id(trace_id, path), path))


def grown(spans: Iterable[Span]) -> Node:
    """Build the tree from the spans of one trace: `trace_id`, `duration_ms`, `spans`, `errors` and `roots`.

    Each node has `service`, `role`, `name`, `kind`, `start_ms` (after the trace's first moment),
    `duration_ms`, `error`, `message`, `attributes`, `children`. A node under `roots` whose parent was not
    received (not yet, or lost, or in a ring) has `orphan` true. Children stand in order of their start.
    """
    ordered = sorted(spans, key=lambda span: (span.start_ns, span.span_id))
    zero = ordered[0].start_ns
    nodes = {span.span_id: _node(span, zero) for span in ordered}
    children: defaultdict[str | None, list[Node]] = defaultdict(list)
    for node in nodes.values():
        children[node["parent_id"]].append(node)
    for span_id, node in nodes.items():
        node["children"] = children[span_id]
    return {
        "trace_id": ordered[0].trace_id,
        "duration_ms": _ms(max(span.end_ns for span in ordered) - zero),
        "spans": len(nodes),
        "errors": sum(span.error for span in ordered),
        "roots": _roots(nodes),
    }


def edges(trace: Node, *, roles: bool = False) -> set[tuple[str, str]]:
    """Who called whom: (caller, callee) for every span whose parent ran in another service.

    With `roles` the two are `service/role`, and a step from one role to another counts as well.
    """
    return {
        (_place(parent, roles), _place(node, roles))
        for parent, node, _depth in walk(trace)
        if parent and _place(parent, roles) != _place(node, roles)
    }


def walk(trace: Node) -> Iterator[tuple[Node | None, Node, int]]:
    """Every node with its parent (None for a root) and its depth, parents before children, in order of
    start.
    """
    waiting: list[tuple[Node | None, Node, int]] = [(None, root, 0) for root in reversed(trace["roots"])]
    while waiting:
        parent, node, depth = waiting.pop()
        yield parent, node, depth
        waiting.extend((node, child, depth + 1) for child in reversed(node["children"]))


def lines(trace: Node) -> Iterator[str]:
    """The tree as text: indentation is depth, then place and name, start and duration in milliseconds, ✗
    for errors.
    """
    yield (
        f"链路 trace {trace['trace_id']}  {trace['duration_ms']:.1f} ms  "
        f"{trace['spans']} 段 spans  {trace['errors']} 错误 errors"
    )
    for _parent, node, depth in walk(trace):
        mark = "✗ " if node["error"] else "? " if node["orphan"] else ""
        left = f"{'  ' * depth}{mark}{_place(node, True)}  {_printable(node['name'])}"
        yield f"{left:<78} +{node['start_ms']:.1f} ms  {node['duration_ms']:.1f} ms{_remark(node)}"


def _remark(node: Node) -> str:
    failed = f"  错误 error: {_printable(node['message']) or '-'}" if node["error"] else ""
    return failed + (f"  (上级 {node['parent_id']} 未收到 parent not received)" if node["orphan"] else "")


def _whole_id(prefix: str, path: Path) -> str:
    wanted = prefix.strip().lower()
    found = trace_ids(wanted, path) if re.fullmatch("[0-9a-f]{1,32}", wanted) else []
    if not found:
        raise NoTrace(f"没有链路以 {prefix!r} 开头;新结束的段约 1 秒后可见\nNo trace begins with {prefix!r}")
    if len(found) > 1:
        listed = "\n  ".join(found)
        raise NoTrace(f"多条链路以 {prefix!r} 开头,请多写几位\nSeveral traces begin with {prefix!r}:\n  {listed}")
    return found[0]


def _roots(nodes: dict[str, Node]) -> list[Node]:
    """Nodes without a received parent. A ring of parents would hang nowhere: it is cut at its earliest
    span.
    """
    roots = [node for node in nodes.values() if node["parent_id"] not in nodes]
    seen = {node["span_id"] for _, node, _ in walk({"roots": roots})}
    for node in nodes.values():
        if node["span_id"] not in seen:
            nodes[node["parent_id"]]["children"].remove(node)
            roots.append(node)
            seen |= {member["span_id"] for _, member, _ in walk({"roots": [node]})}
    for root in roots:
        root["orphan"] = root["parent_id"] is not None
    return sorted(roots, key=lambda node: (node["orphan"], node["start_ms"]))


def _node(span: Span, zero: int) -> Node:
    return {
        "span_id": span.span_id,
        "parent_id": span.parent_id,
        "service": span.service,
        "role": span.role,
        "name": span.name,
        "kind": span.kind,
        "start_ms": _ms(span.start_ns - zero),
        "duration_ms": _ms(max(0, span.end_ns - span.start_ns)),
        "error": bool(span.error),
        "message": span.message,
        "attributes": json.loads(span.attributes),
        "orphan": False,
    }


def _place(node: Node, roles: bool) -> str:
    return _printable(f"{node['service']}/{node['role']}" if roles and node["role"] else node["service"])


def _printable(text: str) -> str:
    """What a span says, safe for a terminal and on one line."""
    return "".join(char if char.isprintable() else "·" for char in text)


def _ms(nanoseconds: int) -> float:
    return round(nanoseconds / 1e6, 3)
