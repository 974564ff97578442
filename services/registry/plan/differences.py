"""What changes from one plan document to the next, entry by entry, for the person who activates it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

_ABSENT = object()
_VERBS = {"added": ("新增", "added"), "removed": ("删除", "removed"), "changed": ("修改", "changed")}


@dataclass(frozen=True)
class Change:
    """One change; `before` or `after` is None where there was or will be nothing."""

    kind: Literal["added", "removed", "changed"]
    path: str
    before: Any = None
    after: Any = None

    @property
    def zh(self) -> str:
        return f"{_VERBS[self.kind][0]} {self.path}{self._values()}"

    @property
    def en(self) -> str:
        return f"{_VERBS[self.kind][1]} {self.path}{self._values()}"

    def _values(self) -> str:
        if self.kind == "changed":
            return f": {_short(self.before)} → {_short(self.after)}"
        return f": {_short(self.after if self.kind == 'added' else self.before)}"


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """The changes between two expanded documents in the order of the new one; list entries are paired by id or code."""
    return list(_between("", old, new))


def _between(path: str, old: Any, new: Any) -> Iterator[Change]:
    pair = _paired(old, new)
    if pair is None:
        if old != new:
            yield _change(path, old, new)
        return
    before, after, step = pair
    for key in [*after, *(key for key in before if key not in after)]:
        yield from _between(step(path, key), before.get(key, _ABSENT), after.get(key, _ABSENT))


def _paired(old: Any, new: Any) -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old, new, lambda path, key: f"{path}.{key}" if path else key
    before, after = _by_name(old), _by_name(new)
    if before is not None and after is not None:
        return before, after, lambda path, key: f"{path}[{key}]"
    return None


def _by_name(entries: Any) -> dict[str, Any] | None:
    """List entries by id or code; None where it is no such list or names repeat."""
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        return None
    named = {str(entry.get("id", entry.get("code", position))): entry for position, entry in enumerate(entries)}
    return named if len(named) == len(entries) else None


def _change(path: str, old: Any, new: Any) -> Change:
    if old is _ABSENT:
        return Change("added", path, after=new)
    if new is _ABSENT:
        return Change("removed", path, before=old)
    return Change("changed", path, old, new)


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        if set(value) == {"amount", "unit"}:
            return f"{value['amount']} {value['unit']}"
        named = value.get("name") or value.get("title") or value.get("asks")
        return f"“{named}”" if named else "{…}"
    if isinstance(value, list):
        return "[" + ", ".join(_short(entry) for entry in value[:6]) + ("…]" if len(value) > 6 else "]")
    return "—" if value is None else str(value)
