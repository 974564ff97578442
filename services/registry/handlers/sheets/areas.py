"""What a centre operator's areas let them import (REG-13, REG-14)."""

from collections.abc import Iterator

from services.chassis.errors import Fault
from services.registry.errors import fault
from services.registry.model.divisions import COUNTY_DIGITS
from services.registry.ports import Work


def outside(path: str, code: str, work: Work) -> Iterator[Fault]:
    """A fault unless the division or grid `code` lies in one of the caller's areas."""
    if not work.caller.covers(code):
        mine = "、".join(work.caller.areas[:5]) or "(无)"
        zh = f"{code} 不在您的范围之内;您只能导入范围内的内容:{mine}"
        yield fault(path, "outside-area", zh, f"{code} lies outside your areas: {', '.join(work.caller.areas[:5])}")


def covers_county(work: Work) -> bool:
    """Whether one of the caller's areas is a whole county, or more."""
    return any(len(area) <= COUNTY_DIGITS for area in work.caller.areas)


def administrators_only(path: str, zh: str, en: str) -> Fault:
    """What a centre operator must leave as it is."""
    return fault(
        path,
        "security-administrator-only",
        f"{zh}只能由安全管理员设置;请保持原值或留空",
        f"Only a security administrator sets {en}; leave it as it is, or empty",
    )
