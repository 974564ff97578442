"""Between grpcio and a servicer: token, trace, deadline, and every error as status plus trailing metadata.

A servicer's method takes `(request, call)` and returns its reply or raises; it never sees grpcio's context. Errors
leave as the status of `errors.STATUS` with the trailing metadata `wangge-error-bin`: UTF-8 JSON
`{"code", "zh", "en", "faults": [{"path", "code", "zh", "en"}], "http"}`, at most MOST_SAID bytes: what does not fit is
counted in a last fault, since metadata over the client's limit would lose the whole answer.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any

import grpc
import structlog
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, OperationalError, TimeoutError

from services.chassis import errors
from services.chassis.auth import Principal, Verifier
from services.chassis.telemetry import context_from

from .call import Call

log = structlog.get_logger(__name__)

ERROR_KEY = "wangge-error-bin"
NOBODY = Principal(person_id="nobody", name="", roles=frozenset())
MAX_KEY = 200
MOST_SAID = 32 * 1024
"""Bytes of the faults of one refusal. Clients take 64 KiB of metadata (gateway.api.clients), in which it is base64."""

Behaviour = Callable[[Any, Call], Any]


class Interceptor(grpc.ServerInterceptor):
    """Wraps every unary method of a server; `public` names those that need no token ("/package.Service/Method")."""

    def __init__(self, verifier: Verifier, tracer: Tracer, public: frozenset[str] = frozenset()) -> None:
        self._verifier = verifier
        self._public = public
        self._tracer = tracer

    def intercept_service(self, continuation: Any, details: Any) -> Any:
        handler = continuation(details)
        if handler is None or handler.unary_unary is None:
            return handler
        return grpc.unary_unary_rpc_method_handler(
            self._wrap(handler.unary_unary, details.method),
            handler.request_deserializer,
            handler.response_serializer,
        )

    def _wrap(self, behaviour: Behaviour, method: str) -> Callable[[Any, Any], Any]:
        def answer(request: Any, context: Any) -> Any:
            metadata = dict(context.invocation_metadata())
            parent = context_from(metadata.get("traceparent"))
            with self._tracer.start_as_current_span(method[1:], parent, SpanKind.SERVER) as span:
                try:
                    return behaviour(request, self._call(method, metadata, context))
                except Exception as error:
                    refusal = translate(error)
                    span.set_status(Status(StatusCode.ERROR, refusal.code))
            return _abort(context, refusal)

        return answer

    def _call(self, method: str, metadata: dict[str, Any], context: Any) -> Call:
        remaining = context.time_remaining()
        if remaining is not None and remaining <= 0:
            raise errors.TimedOut  # it waited too long for a thread; nobody waits for the answer any more
        key = metadata.get("idempotency-key")
        if key is not None and not 0 < len(key) <= MAX_KEY:
            raise errors.TooLarge(limit=f"{MAX_KEY} (Idempotency-Key)")
        version = metadata.get("expected-version")
        return Call(
            caller=self._caller(method, metadata),
            token=metadata.get("authorization", "").partition(" ")[2],
            key=key,
            expected_version=int(version) if version and version.isdigit() else None,
            language=metadata.get("accept-language", "zh"),
            peer=metadata.get("peer-address", ""),
        )

    def _caller(self, method: str, metadata: dict[str, Any]) -> Principal:
        scheme, _, token = metadata.get("authorization", "").partition(" ")
        if method in self._public and not token:
            return NOBODY
        if scheme.lower() != "bearer" or not token:
            raise errors.Unauthenticated
        return self._verifier.verify(token)


def translate(error: Exception) -> errors.WanggeError:
    """Our error for any exception: its own, the database's, or internal (logged with its traceback)."""
    if isinstance(error, errors.WanggeError):
        return error
    if isinstance(error, (OperationalError, InterfaceError, TimeoutError)):
        log.error("database unavailable", error=str(error).splitlines()[0])
        return errors.Unavailable(what="database")
    if isinstance(error, IntegrityError):
        log.warning("conflict in the database", error=str(error.orig).splitlines()[0])
        return errors.Conflict()
    if isinstance(error, DataError):
        log.warning("refused by the database", error=str(error.orig).splitlines()[0])
        return errors.Invalid()
    if isinstance(error, ValueError) and "NUL" in str(error):
        return errors.Invalid()  # psycopg2's word on a text that PostgreSQL cannot hold
    log.error("internal error", exc_info=error)
    return errors.WanggeError()


def _abort(context: Any, error: errors.WanggeError) -> None:
    status = errors.status_of(type(error))
    content = {
        "code": error.code,
        "zh": error.sentence("zh"),
        "en": error.sentence("en"),
        "faults": [fault.as_dict() for fault in _fitting(error.faults)],
        "http": status.http,
    }
    context.set_trailing_metadata(((ERROR_KEY, json.dumps(content, ensure_ascii=False).encode()),))
    context.abort(getattr(grpc.StatusCode, status.grpc), error.code)


def _fitting(faults: Sequence[errors.Fault]) -> list[errors.Fault]:
    """The first of `faults`, as many as MOST_SAID bytes hold, and how many others there are."""
    room = MOST_SAID
    for number, fault in enumerate(faults):
        room -= len(json.dumps(fault.as_dict(), ensure_ascii=False).encode())
        if room < 0:
            left = len(faults) - number
            zh, en = f"另有 {left} 处有误,未列出", f"{left} more are wrong and not listed"
            return [*faults[:number], errors.Fault("", "more", zh, en)]
    return list(faults)
