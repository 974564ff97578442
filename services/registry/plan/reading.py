"""From YAML text to plain JSON values, with the place of every value.

Guarantees: never raises on any text; work is bounded (size, depth, nodes after expanding aliases); every key is text,
no key stands twice, every value is JSON (dates become ISO text), no string holds a control character.
All that is wrong is reported at once, except that a syntax error ends the reading.
"""

import datetime
import math
import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode
from ruamel.yaml.reader import ReaderError

from services.registry.plan.problems import Mark, Path, Problem, label, problem

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 30_000
_START = Mark(1, 1)
_SCALARS = {f"tag:yaml.org,2002:{kind}": kind for kind in ("str", "int", "float", "bool", "null", "timestamp")}
_COLLECTIONS = {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass
class Reading:
    """What was read. `document` is None when the text could not be read at all; values that could not be are None."""

    document: Any = None
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def mark(self, path: Path) -> Mark:
        """Where the value at `path` begins; of a value that is not there, where what should hold it begins."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, _START)

    def key_mark(self, path: Path) -> Mark:
        """Where the key of the value at `path` begins."""
        return self.keys.get(path) or self.mark(path)


class _TooMuch(Exception):
    """A bound was passed; what comes after it would not help."""

    def __init__(self, code: str, mark: Mark, limit: int) -> None:
        super().__init__(code)
        self.code, self.mark, self.limit = code, mark, limit


def read(text: str) -> Reading:
    """Reads a document of at most 1 MiB; see the module's guarantees."""
    reading = Reading()
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        reading.problems.append(problem("too-large", _START, "(plan)", size=size, limit=MAX_BYTES))
        return reading
    root = _compose(text, reading)
    if root is not None:
        _Walk(reading).run(root)
    elif not reading.problems:
        reading.problems.append(problem("not-a-mapping", _START, "(plan)"))
    return reading


def _compose(text: str, reading: Reading) -> Node | None:
    try:
        yaml = YAML(typ="safe", pure=True)
        yaml.Composer = _BoundedComposer
        root: Node | None = yaml.compose(text)
        return root
    except _TooMuch as error:
        reading.problems.append(problem(error.code, error.mark, "(plan)", limit=error.limit))
    except MarkedYAMLError as error:
        place = error.problem_mark or error.context_mark
        mark = Mark(place.line + 1, place.column + 1) if place else _START
        detail = " ".join(str(error.problem or error.context or "").split())
        reading.problems.append(problem("syntax", mark, "(plan)", detail=detail))
    except ReaderError as error:
        reading.problems.append(problem("unprintable", _line_of(text, error.position), "(plan)"))
    except RecursionError:
        reading.problems.append(problem("too-deep", _START, "(plan)", limit=MAX_DEPTH))
    except (YAMLError, ValueError, AttributeError, IndexError, KeyError, TypeError, AssertionError) as error:
        # ruamel's parser leaves some malformed documents to Python's own errors
        reading.problems.append(problem("syntax", _START, "(plan)", detail=type(error).__name__))
    return None


def _line_of(text: str, position: Any) -> Mark:
    before = text[:position] if isinstance(position, int) else ""
    return Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))


class _BoundedComposer(Composer):
    """Stops at the bounds while it parses: past them ruamel needs time that grows with the square of the input."""

    levels_open = nodes_seen = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        self.levels_open, self.nodes_seen = self.levels_open + 1, self.nodes_seen + 1
        for code, over, limit in (
            ("too-many-nodes", self.nodes_seen > MAX_NODES, MAX_NODES),
            ("too-deep", self.levels_open > MAX_DEPTH + 1, MAX_DEPTH),
        ):
            if over:
                start = self.loader.parser.peek_event().start_mark
                raise _TooMuch(code, Mark(start.line + 1, start.column + 1), limit)
        try:
            node: Node | None = super().compose_node(parent, index)
            return node
        finally:
            self.levels_open -= 1


class _Walk:
    """One pass over the composed nodes; aliases are shared nodes, so the budget counts what they expand to."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.budget = MAX_NODES
        self.open: set[int] = set()
        self.scalars = YAML(typ="safe", pure=True).constructor

    def run(self, root: Node) -> None:
        try:
            document = self.value(root, ())
        except _TooMuch as error:
            self.reading.problems.append(problem(error.code, error.mark, "(plan)", limit=error.limit))
            return
        if isinstance(document, dict):
            self.reading.document = document
        else:
            self.reading.problems.append(problem("not-a-mapping", _mark(root), "(plan)"))

    def value(self, node: Node, path: Path) -> Any:
        self._spend(node, path)
        self.reading.values[path] = _mark(node)
        if isinstance(node, ScalarNode):
            return self.scalar(node, path)
        if node.tag not in _COLLECTIONS:
            self.report("strange-tag", node, path, tag=node.tag)
            return None
        self.open.add(id(node))
        try:
            return self.mapping(node, path) if isinstance(node, MappingNode) else self.sequence(node, path)
        finally:
            self.open.discard(id(node))

    def _spend(self, node: Node, path: Path) -> None:
        self.budget -= 1
        for code, over, limit in (
            ("too-many-nodes", self.budget < 0, MAX_NODES),
            ("too-deep", len(path) > MAX_DEPTH, MAX_DEPTH),
            ("endless-alias", id(node) in self.open, 0),
        ):
            if over:
                raise _TooMuch(code, _mark(node), limit)

    def sequence(self, node: Node, path: Path) -> list[Any]:
        return [self.value(child, (*path, position)) for position, child in enumerate(node.value)]

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, child in node.value:
            key = self.key(key_node, path)
            if key is None:
                continue
            if key in found:
                first = self.reading.keys[(*path, key)].line
                self.report("duplicate-key", key_node, (*path, key), key=key, first=first)
                continue
            self.reading.keys[(*path, key)] = _mark(key_node)
            found[key] = self.value(child, (*path, key))
        return found

    def key(self, node: Node, path: Path) -> str | None:
        if isinstance(node, ScalarNode) and _SCALARS.get(str(node.tag)) == "str" and not _CONTROL.search(node.value):
            return str(node.value)
        shown = repr(node.value[:40]) if isinstance(node, ScalarNode) else "[…]"
        self.report("key-not-text", node, path, key=shown)
        return None

    def scalar(self, node: ScalarNode, path: Path) -> Any:
        kind = _SCALARS.get(str(node.tag))
        if kind is None:
            self.report("strange-tag", node, path, tag=node.tag)
            return None
        try:
            return self._plain(self.scalars.construct_object(node), node, path)
        except (ValueError, OverflowError, TypeError, YAMLError, LookupError, AttributeError):
            self.report("strange-value", node, path, value=node.value[:40], kind=kind)
            return None

    def _plain(self, value: Any, node: ScalarNode, path: Path) -> Any:
        if isinstance(value, str) and _CONTROL.search(value):
            self.report("unprintable", node, path)
            return None
        if isinstance(value, datetime.date):
            return value.isoformat()
        too_big = isinstance(value, int) and abs(value) > 2**53
        if too_big or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError(value)
        return value

    def report(self, code: str, node: Node, path: Path, **params: Any) -> None:
        self.reading.problems.append(problem(code, _mark(node), label(None, path), **params))


def _mark(node: Node) -> Mark:
    return Mark(node.start_mark.line + 1, node.start_mark.column + 1)
