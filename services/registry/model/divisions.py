"""Divisions (区划): county, town or street, village or community, by the 12-digit national code 6+3+3 (REG-01)."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from services.chassis.errors import Fault
from services.registry.errors import fault
from services.registry.messages import DivisionRow
from services.registry.model.values import among, few, named, repeated

KINDS = ("county", "town", "village")
MOST_ROWS = 2_000
COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS = 6, 9, 12

_CODE = re.compile(r"[1-9][0-9]{11}")


def is_code(text: str) -> bool:
    """Say whether `text` is written as a division's code; its zeros must be at the end (a village has a town)."""
    return _CODE.fullmatch(text) is not None and (text[6:9] != "000" or text[9:] == "000")


def kind_of(code: str) -> str:
    """county, town or village, as the zeros of the code say."""
    if code[6:] == "000000":
        return "county"
    return "town" if code[9:] == "000" else "village"


def trimmed(code: str) -> str:
    """The prefix that all codes within the division share: 371321106000 becomes 371321106."""
    digits = {"county": COUNTY_DIGITS, "town": TOWN_DIGITS, "village": VILLAGE_DIGITS}
    return code[: digits[kind_of(code)]]


def padded(prefix: str) -> str:
    """A prefix of 6 or 9 digits as a whole code."""
    return prefix.ljust(VILLAGE_DIGITS, "0")


def parent_of(code: str) -> str:
    """The code under which `code` nests; empty for a county."""
    kind = kind_of(code)
    if kind == "county":
        return ""
    return padded(code[: COUNTY_DIGITS if kind == "town" else TOWN_DIGITS])


def lies_in(code: str, other: str) -> bool:
    """Whether the division `code` is `other` or lies in it."""
    return code.startswith(trimmed(other))


def lowest_common(codes: Iterable[str]) -> str | None:
    """The lowest division in which all of `codes` lie; None when they are in several counties."""
    given = list(codes)
    if len(set(given)) == 1:
        return given[0]
    for digits in (TOWN_DIGITS, COUNTY_DIGITS):
        prefixes = {code[:digits] for code in given}
        if len(prefixes) == 1:
            return padded(prefixes.pop())
    return None


def faults(rows: Sequence[DivisionRow], known: Collection[str]) -> Iterator[Fault]:
    """What is wrong with the rows; parents may stand in `known` (stored codes) or anywhere among the rows."""
    present = {row.code for row in rows} | set(known)
    yield from few(rows, MOST_ROWS)
    yield from repeated((f"rows[{number}].code", row.code) for number, row in enumerate(rows))
    for number, row in enumerate(rows):
        yield from _row_faults(f"rows[{number}]", row, present)


def _row_faults(path: str, row: DivisionRow, present: Collection[str]) -> Iterator[Fault]:
    yield from named(f"{path}.name", row.name)
    yield from among(f"{path}.kind", row.kind, KINDS)
    if not is_code(row.code):
        yield fault(
            f"{path}.code",
            "division-code",
            f"区划代码“{row.code}”有误;应为 12 位数字:县 6 位 + 乡镇 3 位 + 村 3 位,上级不足处补零",
            f'"{row.code}" is not a division code: 12 digits, county 6 + town 3 + village 3, padded with zeros',
        )
        return
    if row.kind in KINDS and row.kind != kind_of(row.code):
        yield fault(
            f"{path}.kind",
            "division-kind",
            f"代码 {row.code} 属于 {kind_of(row.code)},与所填 {row.kind} 不符",
            f"The code {row.code} is that of a {kind_of(row.code)}, not of a {row.kind}",
        )
    yield from _nesting_faults(path, row, present)


def _nesting_faults(path: str, row: DivisionRow, present: Collection[str]) -> Iterator[Fault]:
    expected = parent_of(row.code)
    if row.parent_code != expected:
        yield fault(
            f"{path}.parent_code",
            "division-not-nested",
            f"{row.code} {row.name} 的代码不在上级“{row.parent_code}”之下;上级应为“{expected or '(空)'}”",
            f'{row.code} does not nest under "{row.parent_code}"; its parent is "{expected or "(none)"}"',
        )
    elif expected and expected not in present:
        yield fault(
            f"{path}.parent_code",
            "division-parent-missing",
            f"{row.code} {row.name} 的上级 {expected} 既未登记,也不在本次导入之内;请先导入上级",
            f"The parent {expected} of {row.code} is neither stored nor in this import; import it first",
        )
