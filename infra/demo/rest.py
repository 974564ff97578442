"""The public REST interface as a browser or field phone uses it: sign in, ask, upload. The demo has no other door."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx

from services.chassis.ids import new_id

Values = dict[str, Any]

_SECONDS = 70.0
_TRIES = 3
_TRY_AGAIN = (503, 504)
_PAGE = 200


class Refusal(Exception):
    """The platform refused: status, stable code, the sentence for people, and what is wrong with single fields."""

    def __init__(self, reply: httpx.Response) -> None:
        problem = _problem(reply)
        self.status = reply.status_code
        self.code = str(problem.get("code", "http-error"))
        self.detail = str(problem.get("detail", reply.reason_phrase))
        self.errors: list[Values] = problem.get("errors", [])
        super().__init__(f"{self.status} {self.code}:{self.detail}{self._first_error()}")

    def _first_error(self) -> str:
        return f"({self.errors[0]['pointer']}:{self.errors[0]['detail']})" if self.errors else ""


def _problem(reply: httpx.Response) -> Values:
    try:
        problem = reply.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


@dataclass(frozen=True)
class Caller:
    """Somebody who is signed in; safe to use from several threads. Every method raises Refusal."""

    http: httpx.Client
    token: str
    person: Values

    def get(self, path: str, **query: Any) -> Values:
        """The JSON of `path`; a list in `query` is repeated."""
        given = {name: value for name, value in query.items() if value is not None}
        reply: Values = self.send("GET", path, params=given).json()
        return reply

    def post(self, path: str, **body: Any) -> Values:
        """Send `body` as JSON; the answer, empty where there is none."""
        reply = self.send("POST", path, json=body)
        answer: Values = reply.json() if reply.content else {}
        return answer

    def delete(self, path: str) -> None:
        self.send("DELETE", path)

    def pages(self, path: str, **query: Any) -> Iterator[Values]:
        """Every entry of a list, page after page."""
        cursor = None
        while True:
            page = self.get(path, limit=_PAGE, cursor=cursor, **query)
            yield from page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                return

    def upload(self, name: str, content: bytes) -> str:
        """Upload one file; its id."""
        stored: Values = self.send("POST", "/uploads", files={"file": (name, content)}).json()
        return str(stored["id"])

    def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """One request with its own idempotency key, repeated with the same key while a service is away (ALL-04)."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": new_id()}
        for tries_left in reversed(range(_TRIES)):
            reply = self.http.request(method, path, headers=headers, **request)
            if reply.status_code not in _TRY_AGAIN or not tries_left:
                break
            time.sleep(float(reply.headers.get("Retry-After", 1)))
        if not reply.is_success:
            raise Refusal(reply)
        return reply


class Rest(AbstractContextManager["Rest"]):
    """The door itself, at the gateway's address."""

    def __init__(self, gateway_url: str) -> None:
        headers = {"Accept-Language": "zh"}
        self._http = httpx.Client(base_url=f"{gateway_url}/api/v1", headers=headers, timeout=_SECONDS, trust_env=False)

    def sign_in(self, username: str, password: str) -> Caller:
        """Raises Refusal."""
        reply = self._http.post("/sign-in", json={"username": username, "password": password})
        if not reply.is_success:
            raise Refusal(reply)
        answer = reply.json()
        return Caller(self._http, answer["access_token"], answer["person"])

    def with_token(self, token: str) -> Caller:
        """The caller whom a token names that was not got by signing in: the operator's."""
        return Caller(self._http, token, {})

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._http.close()

    def __enter__(self) -> Self:
        return self
