"""The errors that every service raises, and the one table from class to gRPC status and HTTP status.

    WanggeError
    ├── Invalid              what was sent cannot be right, field by field
    │   └── IdempotencyMismatch  the key was used before with another body
    ├── Unauthenticated      no token, or one that does not hold
    ├── Forbidden            known, but not allowed to do this
    ├── NotFound             does not exist, or not for this caller: the same answer for both
    ├── Conflict             contradicts what is stored
    │   ├── AlreadyExists
    │   ├── NotAllowedNow    the state does not allow the action
    │   └── StillRunning     the same command is being carried out at this moment
    ├── StaleVersion         somebody else changed it meanwhile (If-Match)
    ├── TooLarge
    ├── TooMany              asked too often
    └── Unavailable          something that is needed is away; try again

Every error has a stable kebab-case `code` and a sentence in Chinese and in English (ALL-05: what was wrong,
where, and what would be right). Services derive their own errors from these; foreign errors (SQLAlchemy, gRPC,
pika) are translated where they are met and never travel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class Fault:
    """One input that is wrong: where it stands (`data.point.lon`), a code, and what would be right in zh and en."""

    path: str
    code: str
    zh: str
    en: str

    def as_dict(self) -> dict[str, str]:
        return {"path": self.path, "code": self.code, "zh": self.zh, "en": self.en}


class WanggeError(Exception):
    """Root of the tree. Keyword arguments fill the placeholders of the two sentences."""

    code: ClassVar[str] = "internal"
    zh: ClassVar[str] = "平台内部错误,已记录,请稍后重试"
    en: ClassVar[str] = "Internal error; it has been recorded, please try again later"

    def __init__(self, *, faults: Sequence[Fault] = (), **params: Any) -> None:
        self.faults = tuple(faults)
        self.params: Mapping[str, Any] = params
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """The sentence in `language` ("zh" or "en"; anything else gives Chinese) with its placeholders filled."""
        template = self.en if language.startswith("en") else self.zh
        return template.format_map(_Params(self.params))


class _Params(dict[str, Any]):
    """Leaves a placeholder visible instead of hiding the real error behind a KeyError."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class Invalid(WanggeError):
    code = "invalid"
    zh = "提交的内容有误,请按提示修改"
    en = "What was sent is not valid; see the fields"


class IdempotencyMismatch(Invalid):
    code = "idempotency-mismatch"
    zh = "幂等键 {key} 已用于另一份内容;新的请求请换一个键"
    en = "Idempotency key {key} was used before with another body; use a new key for a new request"


class Unauthenticated(WanggeError):
    code = "unauthenticated"
    zh = "请先登录"
    en = "Please sign in"


class Forbidden(WanggeError):
    code = "forbidden"
    zh = "您的岗位不能执行此操作:{action}"
    en = "None of your roles may do this: {action}"


class NotFound(WanggeError):
    code = "not-found"
    zh = "没有找到{kind} {id}"
    en = "There is no {kind} {id}"


class Conflict(WanggeError):
    code = "conflict"
    zh = "与已有内容冲突"
    en = "This contradicts what is stored"


class AlreadyExists(Conflict):
    code = "already-exists"
    zh = "{kind} {id} 已存在"
    en = "{kind} {id} exists already"


class NotAllowedNow(Conflict):
    code = "not-allowed-now"
    zh = "当前状态“{state}”不能执行“{action}”;可执行:{possible}"
    en = 'In state "{state}" the action "{action}" is not possible; possible are: {possible}'


class StillRunning(Conflict):
    code = "still-running"
    zh = "同一请求正在处理,请稍候查询结果"
    en = "The same request is being carried out at this moment; ask again shortly"


class StaleVersion(WanggeError):
    code = "stale-version"
    zh = "内容已被他人修改(当前版本 {current}),请刷新后重试"
    en = "Somebody changed this meanwhile (it is at version {current}); reload and try again"


class TooLarge(WanggeError):
    code = "too-large"
    zh = "内容过大:最多 {limit}"
    en = "Too large: the limit is {limit}"


class TooMany(WanggeError):
    code = "too-many"
    zh = "操作过于频繁,请 {seconds} 秒后重试"
    en = "Too many requests; try again in {seconds} seconds"


class Unavailable(WanggeError):
    code = "unavailable"
    zh = "服务暂时不可用({what}),请稍后重试"
    en = "Temporarily unavailable ({what}); please try again"


class TimedOut(Unavailable):
    code = "timed-out"
    zh = "处理超时,结果未知;请用同一幂等键重试"
    en = "Timed out, the outcome is unknown; repeat with the same Idempotency-Key"


@dataclass(frozen=True)
class Status:
    """How a class of errors leaves: the name of its gRPC status code, and its HTTP status."""

    grpc: str
    http: int


STATUS: Mapping[type[WanggeError], Status] = {
    Invalid: Status("INVALID_ARGUMENT", 422),
    Unauthenticated: Status("UNAUTHENTICATED", 401),
    Forbidden: Status("PERMISSION_DENIED", 403),
    NotFound: Status("NOT_FOUND", 404),
    AlreadyExists: Status("ALREADY_EXISTS", 409),
    NotAllowedNow: Status("FAILED_PRECONDITION", 409),
    Conflict: Status("ABORTED", 409),
    StaleVersion: Status("ABORTED", 412),
    TooLarge: Status("OUT_OF_RANGE", 413),
    TooMany: Status("RESOURCE_EXHAUSTED", 429),
    TimedOut: Status("DEADLINE_EXCEEDED", 504),
    Unavailable: Status("UNAVAILABLE", 503),
    WanggeError: Status("INTERNAL", 500),
}


def status_of(error: type[WanggeError]) -> Status:
    """The row of STATUS for the nearest class of `error`'s own tree."""
    return next(STATUS[base] for base in error.__mro__ if base in STATUS)
