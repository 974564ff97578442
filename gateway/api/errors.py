"""What the edge itself refuses, beside what the services refuse.

    WanggeError
    ├── Invalid
    │   ├── Malformed           400  the body is not one JSON document in UTF-8
    │   ├── UnsupportedMedia    415  another content type than the route takes
    │   ├── NotAnUpload         422  neither a picture nor a recording that can be kept
    │   ├── WrongChecksum       422  the parts of a file are not what was announced
    │   └── LongerThanAnnounced 422  more came than was announced
    ├── Conflict
    │   ├── AtAnotherOffset     409  a part of a file begins where the last one did not end
    │   ├── PartUnderWay        409  two parts of one file at once
    │   └── TooManyUnfinished   409  a person's files that are under way
    ├── NotFound
    │   └── NoRoute             404  no such address
    ├── MethodNotAllowed        405  the address exists, the method does not
    ├── FontMissing             503  the font for Chinese documents is not installed
    └── Refused                 what a service answered; carries its own code, sentences and status

Statuses that the chassis table does not know are in HTTP; `http_status` asks both.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from services.chassis.errors import STATUS, Conflict, Fault, Invalid, NotFound, Unavailable, WanggeError


class Malformed(Invalid):
    code = "malformed"
    zh = "请求无法读取:{why_zh}"
    en = "The request cannot be read: {why}"


class UnsupportedMedia(Invalid):
    code = "unsupported-media-type"
    zh = "不支持的内容类型 {sent};请使用 {wanted}"
    en = "Content type {sent} is not supported; use {wanted}"


class NotAnUpload(Invalid):
    code = "not-an-upload"
    zh = "文件不能接收:{why_zh}"
    en = "The file cannot be taken: {why}"

    def __init__(self, *, why: str = "{why}", why_zh: str = "{why_zh}") -> None:
        super().__init__(faults=[Fault("file", self.code, why_zh, why)], why=why, why_zh=why_zh)


class WrongChecksum(Invalid):
    code = "wrong-checksum"
    zh = "收到的 {bytes} 字节与声明的校验值(sha256)不符,已全部丢弃;请重新上传"
    en = "The {bytes} bytes that arrived do not have the announced sha256 and were dropped; upload the file again"

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.faults = (Fault("sha256", self.code, self.sentence("zh"), self.sentence("en")),)


class LongerThanAnnounced(Invalid):
    code = "longer-than-announced"
    zh = "内容超出声明的 {bytes} 字节,超出的部分未保存"
    en = "More than the announced {bytes} bytes came; what is beyond them was not kept"

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.faults = (Fault("query.offset", self.code, self.sentence("zh"), self.sentence("en")),)


class AtAnotherOffset(Conflict):
    code = "at-another-offset"
    zh = "平台已收到 {offset} 字节,请从该处继续"
    en = "The platform has {offset} bytes; go on from there"


class PartUnderWay(Conflict):
    code = "part-under-way"
    zh = "该文件的另一部分正在上传,请稍后查询已收到的字节数"
    en = "Another part of this file is arriving; ask shortly how many bytes there are"


class TooManyUnfinished(Conflict):
    code = "too-many-unfinished"
    zh = "您有 {most} 个文件尚未传完,请先传完或取消其中之一"
    en = "You have {most} files under way; finish or give up one of them first"


class NoRoute(NotFound):
    code = "no-route"
    zh = "没有此地址:{path}"
    en = "There is no such address: {path}"


class MethodNotAllowed(WanggeError):
    code = "method-not-allowed"
    zh = "此地址不支持 {method};可用:{allowed}"
    en = "{method} is not possible here; possible are: {allowed}"


class FontMissing(Unavailable):
    code = "font-missing"
    zh = "打印用的中文字体(Python 软件包 {package})未安装,无法生成 PDF;请管理员运行 make install"
    en = "The Chinese font for printing (the Python package {package}) is not installed; run make install"


class Refused(WanggeError):
    """A service's refusal, as it came: `code`, both sentences, faults and HTTP status of that service's own error."""

    def __init__(self, *, http: int, code: str, zh: str, en: str, faults: Sequence[Fault] = ()) -> None:
        self.http = http
        self.code = code  # type: ignore[misc]
        self._sentences = {"zh": zh, "en": en}
        super().__init__(faults=faults)

    def sentence(self, language: str) -> str:
        return self._sentences["en" if language.startswith("en") else "zh"]


HTTP: Mapping[type[WanggeError], int] = {
    Malformed: 400,
    MethodNotAllowed: 405,
    UnsupportedMedia: 415,
}


def http_status(error: WanggeError) -> int:
    """The HTTP status of `error`: its own for a service's refusal, else by the nearest class of the two tables."""
    if isinstance(error, Refused):
        return error.http
    for base in type(error).__mro__:
        if base in HTTP:
            return HTTP[base]
        if base in STATUS:
            return STATUS[base].http
    return 500
