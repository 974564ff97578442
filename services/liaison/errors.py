"""What the liaison service refuses, beyond the chassis errors.

NotFound ──── EventUnknown, ConnectionNotFound
Invalid ───── TypeWrong, AreaWrong, DepartmentUnknown, CursorWrong
Conflict ──── ConnectionEnded, TooManyConnections
Unavailable ─ BrokerAway, BrokerNotConfigured
WanggeError ─ EventsMissing, MonthNotMade (alarms of the worker's timers, shown by `wangge status`)
"""

from typing import Any

from services.chassis.errors import Conflict, Fault, Invalid, NotFound, Unavailable, WanggeError


class EventUnknown(NotFound):
    code = "event-unknown"
    zh = "事件日志中没有事件 {id};请重新加载,再从最新位置继续"
    en = "The event log does not know event {id}; load afresh and go on from the newest position"


class CursorWrong(Invalid):
    code = "cursor-wrong"
    zh = "翻页标记无效;请从第一页开始"
    en = "The cursor is not one of ours; start again from the first page"

    def __init__(self) -> None:
        super().__init__()
        self.faults = (Fault("cursor", self.code, self.sentence("zh"), self.sentence("en")),)


class ConnectionNotFound(NotFound):
    code = "connection-not-found"
    zh = "没有找到部门接入 {id}"
    en = "There is no connection {id}"


class InputWrong(Invalid):
    """One input is at fault; `path` says where. Subclasses give the sentences."""

    path = ""

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.faults = (Fault(self.path, self.code, self.sentence("zh"), self.sentence("en")),)


class TypeWrong(InputWrong):
    code = "type-wrong"
    path = "types"
    zh = "事件类型“{value}”有误;应如 incident.*、incident.dispatched.* 或 incident.dispatched.v1,服务可选:{services}"
    en = (
        'Event type "{value}" is wrong; write incident.*, incident.dispatched.* or incident.dispatched.v1, '
        "with one of the services {services}"
    )


class AreaWrong(InputWrong):
    code = "area-wrong"
    path = "area"
    zh = "区域“{value}”有误;应为本县({county})的 6、9、12 或 15 位区划或网格代码,留空为全县"
    en = 'Area "{value}" is wrong; give a code of 6, 9, 12 or 15 digits within the county {county}, or none for all'


class DepartmentUnknown(InputWrong):
    code = "department-unknown"
    path = "department"
    zh = "没有部门 {value},或该部门已停用;请先在基础信息中登记"
    en = "There is no department {value}, or it was closed; enter it in the registry first"


class ConnectionEnded(Conflict):
    code = "connection-ended"
    zh = "部门接入 {id} 已关闭;请用新的幂等键重新开通"
    en = "Connection {id} has ended; connect anew with another Idempotency-Key"


class TooManyConnections(Conflict):
    code = "too-many-connections"
    zh = "部门 {department} 已有 {limit} 个接入;请先关闭不用的"
    en = "Department {department} has {limit} connections already; take one away first"


class BrokerAway(Unavailable):
    code = "broker-away"
    zh = "消息服务的管理接口暂时不可用;未完成的操作会自动撤销或完成,请稍后重试"
    en = "The broker's management interface is away; what is half done will be undone or finished, try again later"


class BrokerNotConfigured(Unavailable):
    code = "broker-not-configured"
    zh = "未设置 WANGGE_AMQP_MANAGEMENT_URI,无法为部门开通队列;请填入消息服务管理接口的地址"
    en = "WANGGE_AMQP_MANAGEMENT_URI is not set, so no queue can be made for a department; put in the broker's address"


class EventsMissing(WanggeError):
    code = "events-missing"
    zh = "事件日志缺少 {count} 个事件,最早的是 {source} 的 {subject} 第 {sequence} 号"
    en = "The log lacks {count} events, the first of them number {sequence} of {subject} of {source}"


class MonthNotMade(WanggeError):
    code = "month-not-made"
    zh = "{month} 的日志分区无法建立:默认分区中已有该月的事件"
    en = "No partition for {month}: the default partition holds events of that month already"
