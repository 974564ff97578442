"""Requests about uploads that come in parts (PAT-11)."""

from gateway.api.fields import Pattern, Request, Whole

LIMIT = 20 * 1024 * 1024


class AnnounceUpload(Request):
    bytes = Whole(1, LIMIT, required=True, metadata={"description": "整个文件的字节数 / of the whole file"})
    sha256 = Pattern(
        "[0-9a-f]{64}", "应为 64 位小写十六进制的 SHA-256", "must be a SHA-256 of 64 lower-case hexadecimal digits",
        required=True, metadata={"description": "整个文件的校验值 / of the whole file"},
    )  # fmt: skip


class PartQuery(Request):
    offset = Whole(
        0, LIMIT, required=True, metadata={"description": "平台已收到的字节数 / how many bytes the platform has"}
    )
