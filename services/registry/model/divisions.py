"""Divisions (区划): county, town or street, village or community, by the 12-digit national code 6+3+3 (REG-01).

Above the counties there may be cities (4 digits) and provinces (2), padded likewise; a county's own registry does
without them. A city without districts (东莞 441900) is one row: a county with the code of a city, below its province.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from services.chassis.errors import Fault
from services.registry.errors import fault
from services.registry.messages import DivisionRow
from services.registry.model.values import among, few, named, repeated

KINDS = ("province", "city", "county", "town", "village")
MOST_ROWS = 2_000
PROVINCE_DIGITS, CITY_DIGITS = 2, 4
COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS = 6, 9, 12

_DIGITS = {
    "province": PROVINCE_DIGITS,
    "city": CITY_DIGITS,
    "county": COUNTY_DIGITS,
    "town": TOWN_DIGITS,
    "village": VILLAGE_DIGITS,
}
_CODE = re.compile(r"[1-9][0-9]{11}")


def is_code(text: str) -> bool:
    """Say whether `text` is written as a division's code; its zeros must be at the end (a village has a town)."""
    return _CODE.fullmatch(text) is not None and (text[6:9] != "000" or text[9:] == "000")


def kind_of(code: str) -> str:
    """province, city, county, town or village, as the zeros of the code say."""
    if code[PROVINCE_DIGITS:] == "0000000000":
        return "province"
    if code[CITY_DIGITS:] == "00000000":
        return "city"
    if code[6:] == "000000":
        return "county"
    return "town" if code[9:] == "000" else "village"


def kinds_of(code: str) -> tuple[str, ...]:
    """What a division of that code can be: one whose code looks like a city's may be a county without a city."""
    kind = kind_of(code)
    return ("city", "county") if kind == "city" else (kind,)


def trimmed(code: str) -> str:
    """The prefix that all codes within the division share: 371321106000 becomes 371321106."""
    return code[: _DIGITS[kind_of(code)]]


def padded(prefix: str) -> str:
    """A prefix of 2, 4, 6 or 9 digits as a whole code."""
    return prefix.ljust(VILLAGE_DIGITS, "0")


def parent_of(code: str) -> str:
    """The code under which `code` nests; empty for a county and what lies above: they may stand alone."""
    kind = kind_of(code)
    if kind in ("province", "city", "county"):
        return ""
    return padded(code[: COUNTY_DIGITS if kind == "town" else TOWN_DIGITS])


def parents_above(code: str, kind: str) -> tuple[str, ...]:
    """What a county or city may name as its parent besides nothing: its city, its province."""
    digits = {"county": (CITY_DIGITS, PROVINCE_DIGITS), "city": (PROVINCE_DIGITS,)}.get(kind, ())
    return tuple(above for above in (padded(code[:length]) for length in digits) if above != code)


def lies_in(code: str, other: str) -> bool:
    """Whether the division `code` is `other` or lies in it."""
    return code.startswith(trimmed(other))


def lowest_common(codes: Iterable[str]) -> str | None:
    """The lowest division in which all of `codes` lie; None when they are in several counties."""
    given = list(codes)
    if len(set(given)) == 1:
        return given[0]
    for digits in (TOWN_DIGITS, COUNTY_DIGITS):  # grids never span counties, whatever lies above them
        prefixes = {code[:digits] for code in given}
        if len(prefixes) == 1:
            return padded(prefixes.pop())
    return None


def faults(rows: Sequence[DivisionRow], known: Collection[str], most: int = MOST_ROWS) -> Iterator[Fault]:
    """What is wrong with the rows; parents may stand in `known` (stored codes) or anywhere among the rows."""
    present = {row.code for row in rows} | set(known)
    yield from few(rows, most)
    yield from repeated((f"rows[{number}].code", row.code) for number, row in enumerate(rows))
    for number, row in enumerate(rows):
        yield from row_faults(f"rows[{number}]", row, present)


def row_faults(path: str, row: DivisionRow, present: Collection[str]) -> Iterator[Fault]:
    """What is wrong with one row, whose parent must be `present`."""
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
    if row.kind in KINDS and row.kind not in kinds_of(row.code):
        yield fault(
            f"{path}.kind",
            "division-kind",
            f"代码 {row.code} 属于 {kind_of(row.code)},与所填 {row.kind} 不符",
            f"The code {row.code} is that of a {kind_of(row.code)}, not of a {row.kind}",
        )
    yield from _nesting_faults(path, row, present)


def _nesting_faults(path: str, row: DivisionRow, present: Collection[str]) -> Iterator[Fault]:
    expected = parent_of(row.code)
    if row.parent_code in parents_above(row.code, row.kind):
        expected = row.parent_code
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
