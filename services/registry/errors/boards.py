"""Refusals about boards and cards (REG-11).

WanggeError
├── NotFound      CardsNotFound
└── Conflict      CardsWithdrawn   a record that was taken back is not taken back again
"""

from services.chassis.errors import Conflict, NotFound


class CardsNotFound(NotFound):
    zh = "没有找到联系卡发放记录 {id},或不在您的可见范围之内"
    en = "There is no record of cards {id}, or it is outside your scope"


class CardsWithdrawn(Conflict):
    code = "cards-withdrawn"
    zh = "该发放记录已撤回(理由:{reason}),不能再次撤回"
    en = "The record was taken back already (reason: {reason})"
