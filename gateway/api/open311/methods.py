"""The methods of GeoReport v2, each a function from what was asked to the document that answers it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from gateway.api import headers
from services.chassis.auth import Principal
from services.chassis.errors import Fault, NotFound, WanggeError

from . import reporting, shapes, times
from .edge import Edge
from .formats import Document
from .given import Given, Refusal, of_address, of_form
from .keys import Application

MOST_IDS = 1000
STATUSES = ("open", "closed")
NO_PLAN = "no-plan"
"""The incident service's word for a county that has no active plan yet."""
NEVER = "1970-01-01 00:00"
"""The changeset while no plan is active: older than any."""


@dataclass
class Asked:
    """One request: `path` are the parameters of its address; `extra` headers go into the answer."""

    request: Request
    edge: Edge
    extra: dict[str, str]

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    @property
    def address(self) -> str:
        return self.request.client.host if self.request.client else ""

    async def reads(self) -> Given:
        """The parameters of a GET, after its key, rate and jurisdiction. Raises KeyRefused, TooMany, Refusal."""
        given = of_address(self.request)
        self._note(await self.edge.keys.reader(given.one("api_key"), self.address))
        _check_jurisdiction(given, self.edge)
        return given

    async def writes(self) -> tuple[Given, Application]:
        """The form of a POST and the application that sent it. Raises KeyMissing, KeyRefused, TooMany, Refusal."""
        given = await of_form(self.request)
        application = await self.edge.keys.writer(given.one("api_key"), self.address)
        self._note(application)
        _check_jurisdiction(given, self.edge)
        return given, application

    def _note(self, application: Application | None) -> None:
        """Let the access log name the application."""
        if application is not None:
            person_id = f"application:{application.id}"
            self.request.scope["wangge.caller"] = Principal(person_id, application.name, frozenset({"application"}))


def _check_jurisdiction(given: Given, edge: Edge) -> None:
    """One county is served, so that its id may be left out; another one's is not found."""
    county, sent = edge.settings.county, given.one("jurisdiction_id")
    if sent and sent != county:
        given.fault("jurisdiction_id", f"没有此辖区;本平台为 {county}", f"not found; this is {county}", "not-found")
        given.refuse()


async def list_services(asked: Asked) -> Document:
    await asked.reads()
    return shapes.services((await asked.edge.services())["items"])


async def define_service(asked: Asked) -> Document:
    await asked.reads()
    return shapes.definition(await _service(asked.edge, asked.path("service_code")))


async def _service(edge: Edge, code: str) -> dict[str, Any]:
    service = await edge.service(code)
    if service is None:
        raise Refusal(faults=[_unknown_service(code)])
    return service


def _unknown_service(code: str) -> Fault:
    zh, en = f"没有服务 {code[:40]};请从 services 中选择", f"there is no service {code[:40]}; choose one of services"
    return Fault("service_code", "not-found", zh, en)


async def submit(asked: Asked) -> Document:
    """POST Service Request; Idempotency-Key, an extension, makes repeating safe (ALL-04)."""
    given, application = await asked.writes()
    key = headers.idempotency_key(asked.request.headers)
    code = given.one("service_code")
    if not code:
        given.fault("service_code", "必填", "is required", "required")
    service = await asked.edge.service(code) if code else None
    if code and service is None:
        given.faults.append(_unknown_service(code))
    values = reporting.read(given, service)
    metadata = {"authorization": f"Bearer {application.token}", "idempotency_key": key}
    answer = await asked.edge.ask("Submit", values, peer_address=asked.address, **metadata)
    asked.extra["Idempotency-Key"] = key
    return shapes.submitted(answer, values["account_id"])


async def find_token(asked: Asked) -> Document:
    await asked.reads()
    token = asked.path("token")
    return shapes.of_token(token, await asked.edge.ask("FindToken", {"token": token[:100]}))


async def find_requests(asked: Asked) -> Document:
    given = await asked.reads()
    found = await asked.edge.find(wanted(given, datetime.now(UTC)))
    return shapes.requests(found, asked.edge.zone)


def wanted(given: Given, now: datetime) -> dict[str, Any]:
    """The values of a FindRequestsRequest. Ids override everything else. Raises Refusal."""
    if ids := given.many("service_request_id"):
        if len(ids) > MOST_IDS:
            given.fault("service_request_id", f"最多 {MOST_IDS} 个", f"may be {MOST_IDS} at most", "count")
        given.refuse()
        return {"ids": ids}
    statuses = given.many("status")
    if not set(statuses) <= set(STATUSES):
        given.fault("status", "应为 open 或 closed", "must be open or closed", "choice")
    start, end = _moment(given, "start_date"), _moment(given, "end_date", whole_second=True)
    since, until = times.span(start, end, now)
    _check_span(given, start, end)
    given.refuse()
    moments = {"since": since.isoformat(), **({"until": until.isoformat()} if until else {})}
    return {"codes": given.many("service_code")[:MOST_IDS], "statuses": statuses, **moments}


def _moment(given: Given, name: str, whole_second: bool = False) -> datetime | None:
    text = given.one(name)
    moment = times.parse(text, whole_second) if text else None
    if text and moment is None:
        zh, en = "应为带时区的时间,如 2026-11-22T00:00:00+08:00", "must be a time with its zone: 2026-11-22T00:00:00Z"
        given.fault(name, zh, en, "format")
    return moment


def _check_span(given: Given, start: datetime | None, end: datetime | None) -> None:
    if start is None or end is None:
        return
    if start > end:
        given.fault("end_date", "不得早于 start_date", "may not be before start_date")
    elif end - start > times.SPAN + times.SECOND:
        days = times.SPAN.days
        given.fault("start_date, end_date", f"跨度最多 {days} 天", f"may not span more than {days} days", "range")


async def find_request(asked: Asked) -> Document:
    await asked.reads()
    request_id = asked.path("service_request_id")
    found = await asked.edge.find({"ids": [request_id[:100]]})
    if not found:
        raise NotFound(kind="service_request_id", id=request_id[:40])
    return shapes.requests(found, asked.edge.zone)


async def discover(asked: Asked) -> Document:
    """Service discovery, which needs neither key nor jurisdiction, and answers even before a plan is active."""
    await asked.edge.keys.reader("", asked.address)
    settings = asked.edge.settings
    try:
        activated = times.shown((await asked.edge.services())["activated_at"], asked.edge.zone)
    except WanggeError as error:
        if error.code != NO_PLAN:
            raise
        activated = None
    changeset = activated[:16].replace("T", " ") if activated else NEVER
    url = settings.open311_url or f"{str(asked.request.base_url).rstrip('/')}/open311/v2"
    said = {
        "type": settings.open311_type,
        "contact": settings.open311_contact,
        "key_service": settings.open311_key_service,
    }
    return shapes.discovery(changeset, url, said)
