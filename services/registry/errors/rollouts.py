"""Refusals about the plan's rollout (REG-15).

WanggeError
├── NotFound      MarkNotFound
└── Conflict      MarkWithdrawn    a mark that was taken back is not taken back again
"""

from services.chassis.errors import Conflict, NotFound


class MarkNotFound(NotFound):
    zh = "没有找到完成记录 {id}"
    en = "There is no mark {id}"


class MarkWithdrawn(Conflict):
    code = "mark-withdrawn"
    zh = "该完成记录已撤回(理由:{reason})"
    en = "The mark was taken back already (reason: {reason})"
