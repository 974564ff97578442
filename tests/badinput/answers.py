"""The exact answer to a bad request, compared as a whole."""

from typing import Any

import httpx

TITLES = {
    400: "请求无法读取", 401: "需要登录", 403: "没有权限", 404: "没有找到", 405: "方法不支持", 409: "与当前状态冲突",
    412: "内容已被修改", 413: "内容过大", 415: "内容类型不支持", 422: "内容有误", 429: "操作过于频繁",
}  # fmt: skip
AS_MARKED = "提交的内容有误,请按提示修改"
"""The sentence of a refusal whose fields say the rest."""


def expect(answer: httpx.Response, status: int, code: str, detail: str, **places: str) -> None:
    """The problem document, all of it; `places` are pointers without first slash ("point/lon") with their details."""
    problem: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    errors = [(error["pointer"], error["detail"]) for error in problem.pop("errors", [])]
    trace = problem.pop("trace_id")
    assert trace == answer.headers["trace-id"] and len(trace) == 32
    assert problem == {
        "type": f"/problems/{code}",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "instance": answer.request.url.raw_path.decode().partition("?")[0],
        "code": code,
    }
    assert answer.status_code == status
    assert errors == [(f"/{pointer}", said) for pointer, said in places.items()]
