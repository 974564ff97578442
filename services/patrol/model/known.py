"""Which fields of a return the platform knows by itself (PAT-12): nobody counts what was entered once already."""

import re
from collections.abc import Mapping

KNOWN: Mapping[str, tuple[str, ...]] = {
    "grids": ("网格数", "网格数量", "网格总数"),
    "workers": ("网格员数", "网格员人数", "网格员数量", "在岗人数"),
    "patrols-asked": ("应巡查次数", "应巡查数", "巡查任务数"),
    "patrols-done": ("巡查次数", "已巡查次数", "巡查数", "检查次数"),
    "problems": ("发现问题数", "巡查发现问题数", "排查问题数", "问题数", "排查隐患数", "隐患数"),
    "cases": ("案件数", "上报事件数", "事件数", "受理数"),
    "cases-over": ("办结数", "办结事件数", "已办结数", "已整改数"),
    "cases-open": ("未办结数", "在办数", "未整改数"),
    "meetings": ("会议次数", "召开会议次数", "研判会次数"),
}
"""What is counted, and how plans call it."""
_BY_NAME = {name: key for key, names in KNOWN.items() for name in names}
_UNIT = re.compile(r"[(\uff08].*$")
"""What stands in brackets behind the name, of either width: the unit."""


def known_as(field: str) -> str | None:
    """What the field asks for, if it is counted here."""
    return _BY_NAME.get(_UNIT.sub("", field).strip())
