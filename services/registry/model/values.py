"""Small checks of single values, each giving a Fault that says what was wrong and what would be right (ALL-05)."""

import re
from collections.abc import Collection, Iterable, Iterator, Sized
from datetime import date

from services.chassis.errors import Fault, StaleVersion
from services.registry.errors import ImportRefused, ValueRefused, fault

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MOST_NAMED = 12


def day(path: str, text: str | None) -> date:
    """The day that ISO `text` names. Raises ValueRefused naming `path`."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise ValueRefused(faults=[bad_day(path, text)]) from None


def bad_day(path: str, text: str | None) -> Fault:
    return fault(
        path,
        "not-a-day",
        f"“{text or ''}”不是日期;应为 2026-11-22 这样的写法",
        f'"{text or ""}" is not a day; write it like 2026-11-22',
    )


def is_day(text: str | None) -> bool:
    """Say whether `text` is an ISO day."""
    try:
        date.fromisoformat(text or "")
    except ValueError:
        return False
    return True


def is_slug(text: str) -> bool:
    """Say whether `text` can be the id of a department or the key of a duty: it goes into routing keys."""
    return len(text) <= 60 and _SLUG.fullmatch(text) is not None


def named(path: str, text: str) -> Iterator[Fault]:
    """A fault unless `text` is a name of 1 to 120 characters."""
    if not 0 < len(text.strip()) <= 120:
        yield fault(path, "name-missing", "名称不能为空,最多 120 字", "A name has 1 to 120 characters")


def among(path: str, text: str, allowed: Collection[str]) -> Iterator[Fault]:
    """A fault unless `text` is one of `allowed`."""
    if text not in allowed:
        yield not_among(path, text, allowed)


def not_among(path: str, text: str, allowed: Collection[str]) -> Fault:
    shown = ", ".join(sorted(allowed)[:_MOST_NAMED]) + (" …" if len(allowed) > _MOST_NAMED else "")
    return fault(
        path,
        "not-allowed",
        f"“{text}”不在允许的值之内;可用:{shown}",
        f'"{text}" is not one of: {shown}',
    )


def slug(path: str, text: str) -> Iterator[Fault]:
    """A fault unless `text` is an id of lower-case letters, digits and single hyphens."""
    if not is_slug(text):
        yield fault(
            path,
            "not-an-id",
            f"编号“{text}”有误;应为小写字母、数字和连字符,最多 60 个,例如 env-office",
            f'"{text}" is not an id: lower-case letters, digits and hyphens, at most 60, like env-office',
        )


def few(rows: Sized, most: int) -> Iterator[Fault]:
    """A fault where there are more than `most` rows."""
    if len(rows) > most:
        zh, en = f"一次最多 {most} 行,请分批导入", f"At most {most} rows at once; import in parts"
        yield fault("rows", "too-many-rows", zh, en)


def repeated(paths: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    """A fault for each (path, key) whose key stood in an earlier row."""
    seen: dict[str, str] = {}
    for path, key in paths:
        if key and key in seen:
            yield fault(path, "repeated", f"“{key}”与 {seen[key]} 重复", f'"{key}" stands in {seen[key]} already')
        seen.setdefault(key, path)


def refuse_import(faults: Iterable[Fault]) -> None:
    """Raise ImportRefused when there are faults."""
    found = list(faults)
    if found:
        raise ImportRefused(faults=found, count=len(found))


def refuse_values(faults: Iterable[Fault]) -> None:
    """Raise ValueRefused when there are faults."""
    found = list(faults)
    if found:
        raise ValueRefused(faults=found)


def check_version(expected: int | None, current: int) -> None:
    """Raise StaleVersion when the caller last saw another version than the current one."""
    if expected is not None and expected != current:
        raise StaleVersion(current=current)
