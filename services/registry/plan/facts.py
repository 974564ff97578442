"""The named counters that a plan's scoring formulas may use (ASM-01, ASM-03).

Assessment counts them from events for each subject (member, grid, department …) and period. Matters settled on
the spot count in `self_handled` alone and in no other fact (ASM-03).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Fact:
    """What one counter counts, in Chinese and English."""

    zh: str
    en: str


FACTS: Mapping[str, Fact] = {
    "reported": Fact("上报的事项数(不含自行处置)", "matters reported, self-handled ones not counted"),
    "filed": Fact("经审核立案的事项数", "reported matters that were filed as cases"),
    "rejected": Fact("审核后不予立案的事项数", "reported matters that were not filed"),
    "self_handled": Fact("当场自行处置并登记的事项数", "matters settled on the spot and registered"),
    "dispatched": Fact("派遣次数", "dispatches to a department"),
    "dispatched_right": Fact("未被退回或改派的派遣次数", "dispatches that were neither returned nor redirected"),
    "should_be_handled": Fact("处置时限已到或已处置的案件数", "cases handled, or past their handling limit"),
    "handled_on_time": Fact("在时限内处置的案件数", "cases handled within the limit"),
    "handled_extended": Fact("经批准延期后处置的案件数", "cases handled after their limit was extended by approval"),
    "answers": Fact("处置单位反馈结果的次数", "answers given by the handling department"),
    "reworked": Fact("核查不通过、退回返工的次数", "answers that verification sent back"),
    "verified": Fact("核查通过的案件数", "cases that passed verification"),
    "closed": Fact("结案的案件数", "cases closed"),
    "contacted": Fact("已向上报人反馈结果的案件数", "cases whose reporter was told the result"),
    "reached": Fact("上报人已作出评价的案件数", "cases on which the reporter gave a word"),
    "solved": Fact("上报人认为已解决的案件数", "cases that the reporter calls solved"),
    "satisfied": Fact("上报人表示满意的案件数", "cases with which the reporter is satisfied"),
    "rather_satisfied": Fact("上报人表示基本满意的案件数", "cases with which the reporter is rather satisfied"),
    "should_arrive": Fact(
        "吹哨召集中报到时限已到或已报到的次数", "calls by whistle followed, or past the limit to come"
    ),
    "arrived_on_time": Fact("吹哨召集中按时报到的次数", "calls by whistle to which the department came in time"),
    "should_finish": Fact("吹哨召集中办理时限已到或已办结的次数", "calls by whistle done, or past the limit to act"),
    "finished_on_time": Fact("吹哨召集中按时办结的次数", "calls by whistle whose part was done in time"),
    "first_reports": Fact("经确认的底线事项首报数", "confirmed first reports of bottom-line matters"),
    "missed": Fact(
        "经认定追责的漏报数(他人发现、应报未报)", "missed reports that were confirmed and held against the grid"
    ),
    "merged": Fact("并入其他案件、由主案计数的案件数", "cases merged into another one, which is counted instead"),
    "settled_here": Fact("未呼叫上级、在本级办结的案件数", "cases closed without calling a level above"),
    "escalated": Fact("呼叫上级的次数", "calls of the level above"),
    "found": Fact("巡查中自行发现的事项数", "matters that the subject found itself"),
    "patrols_due": Fact(
        "应完成的巡查任务数(已完成或已逾期,免除的不计)",
        "patrol tasks finished or past their last day, not excused",
    ),
    "patrols_done": Fact("已完成的巡查任务数", "patrol tasks finished"),
    "patrols_on_time": Fact("按时完成的巡查任务数", "patrol tasks finished by their last day"),
    "overlooked": Fact(
        "检查发现、此前巡查认定为正常的问题数",
        "problems that a check found and the patrols before had called fine",
    ),
}

# What a formula may not ask for (ASM-10), under the names that counties use for it.
NOT_MEASURED = frozenset(
    {"sign_ins", "checkins", "attendance", "minutes_online", "hours_online", "online_time", "logins", "photos",
     "uploads", "steps_walked", "track_length", "reports_quota"}
)  # fmt: skip
