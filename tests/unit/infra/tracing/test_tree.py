"""One trace's spans become a tree, whatever is missing, doubled or wrong among them."""

from pathlib import Path

import pytest

from infra.tracing.store import Span, SpanStore
from infra.tracing.tree import NoTrace, edges, grown, lines, show, tree, walk

TRACE = "0af7651916cd43dd8448eb211c80319c"
OTHER = "0af7651916cd43dd8448eb211c80319d"


def span(
    span_id: str, parent: str | None, start_ms: float, place: str = "incident/api", took_ms: float = 1, **more: object
) -> Span:
    service, _, role = place.partition("/")
    start = 1_800_000_000_000_000_000 + int(start_ms * 1e6)
    given = {"trace_id": TRACE, "name": f"do {span_id}", "kind": "server"} | more
    return Span(
        span_id=span_id,
        parent_id=parent,
        service=service,
        role=role,
        start_ns=start,
        end_ns=start + int(took_ms * 1e6),
        **given,  # type: ignore[arg-type]
    )


STORY = [
    span("d", "c", 30, "incident/relay"),
    span("a", None, 0, "gateway/api", 25),
    span("e", "d", 40, "liaison/worker"),
    span("b", "a", 2, "gateway/api", 20),
    span("c", "b", 5, "incident/api", 12, error=True, message="KeyError: 'x'"),
    span("f", "d", 35, "assessment/worker"),
]


def shape(trace: dict[str, object]) -> list[tuple[str, int]]:
    return [(node["span_id"], depth) for _, node, depth in walk(trace)]


def test_children_hang_under_their_parent_in_order_of_start() -> None:
    assert shape(grown(STORY)) == [("a", 0), ("b", 1), ("c", 2), ("d", 3), ("f", 4), ("e", 4)]


def test_the_tree_knows_its_size_its_errors_and_its_times() -> None:
    trace = grown(STORY)
    assert (trace["trace_id"], trace["spans"], trace["errors"], trace["duration_ms"]) == (TRACE, 6, 1, 41.0)
    assert [(node["start_ms"], node["duration_ms"]) for _, node, _ in walk(trace)][:3] == [(0, 25), (2, 20), (5, 12)]


def test_a_span_without_its_parent_is_a_marked_root_after_the_real_one() -> None:
    trace = grown([span("a", None, 5), span("x", "lost", 0), span("y", "x", 1)])
    assert shape(trace) == [("a", 0), ("x", 0), ("y", 1)]
    assert [root["orphan"] for root in trace["roots"]] == [False, True]
    assert any("lost 未收到" in line for line in lines(trace))


def test_a_ring_of_parents_is_cut_at_its_earliest_span() -> None:
    trace = grown([span("a", "c", 0), span("b", "a", 1), span("c", "b", 2), span("s", "s", 3)])
    assert shape(trace) == [("a", 0), ("b", 1), ("c", 2), ("s", 0)]
    assert all(root["orphan"] for root in trace["roots"])


def test_a_chain_deeper_than_the_recursion_limit_is_walked() -> None:
    chain = [span(str(i), str(i - 1) if i else None, i) for i in range(3000)]
    assert shape(grown(chain))[-1] == ("2999", 2999)


def test_edges_say_who_called_whom() -> None:
    trace = grown(STORY)
    assert edges(trace) == {("gateway", "incident"), ("incident", "liaison"), ("incident", "assessment")}
    assert ("incident/api", "incident/relay") in edges(trace, roles=True)


def test_lines_show_place_name_times_and_errors_without_breaking() -> None:
    bad = span("c", "a", 1, error=True, message="no\nbreak\x1b[2J")
    text = list(lines(grown([span("a", None, 0, "gateway/api", 9), bad])))
    assert len(text) == 3
    assert text[1].startswith("gateway/api  do a") and text[1].endswith("+0.0 ms  9.0 ms")
    assert text[2].startswith("  ✗ incident/api  do c") and text[2].endswith("错误 error: no·break·[2J")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    store = SpanStore(tmp_path / "traces.db")
    store.add([*STORY, *STORY, span("z", None, 0, trace_id=OTHER)])
    store.close()
    return tmp_path / "traces.db"


def test_a_unique_prefix_is_enough_and_doubled_spans_count_once(path: Path) -> None:
    assert tree(OTHER, path=path)["spans"] == 1
    assert tree(TRACE.upper(), path=path)["spans"] == len(STORY)


@pytest.mark.parametrize("prefix", ["0af7", "ffff", "", "%", "x' OR 1=1"])
def test_other_prefixes_are_refused_and_exit_1(path: Path, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NoTrace):
        tree(prefix, path=path)
    assert show(prefix, path=path) == 1
    assert capsys.readouterr().err


def test_show_prints_lines_or_json(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert show(TRACE, path=path) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(STORY)
    assert show(TRACE, as_json=True, path=path) == 0
    assert capsys.readouterr().out.startswith('{"trace_id": "0af7')


def test_without_a_file_there_is_no_trace(tmp_path: Path) -> None:
    with pytest.raises(NoTrace):
        tree(TRACE, path=tmp_path / "none.db")


def test_the_store_keeps_the_newest_spans_only(tmp_path: Path) -> None:
    store = SpanStore(tmp_path / "traces.db", most_spans=2)
    store.add(STORY)
    store.shorten()
    store.close()
    assert {node["span_id"] for _, node, _ in walk(tree(TRACE, path=tmp_path / "traces.db"))} == {"c", "f"}


def test_the_store_forgets_what_is_too_old(tmp_path: Path) -> None:
    store = SpanStore(tmp_path / "traces.db", oldest_s=-1)
    store.add(STORY)
    store.shorten()
    store.close()
    with pytest.raises(NoTrace):
        tree(TRACE, path=tmp_path / "traces.db")
