"""Refusals about the approval of duties (REG-17).

WanggeError
├── NotFound      DutyNotFound
└── Conflict      NothingToApprove   the grid has no part in the duty
"""

from services.chassis.errors import Conflict, NotFound


class DutyNotFound(NotFound):
    zh = "没有编号为 {id} 的职责"
    en = "There is no duty {id}"


class NothingToApprove(Conflict):
    code = "nothing-to-approve"
    zh = "职责 {key} 不需网格承办或协办,无需批准;请先导入网格分工"
    en = "The grid has no part in the duty {key}; there is nothing to approve"
