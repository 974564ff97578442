"""What `wangge status` shows: processes, queues, outboxes and the last errors of one platform, as plain data.

    {"running": true, "home": "…", "address": "http://127.0.0.1:8400",
     "processes": [{"name", "role", "state", "pid", "address", "uptime_seconds", "last_error"}],
     "queues": [{"name", "messages", "ready", "unacknowledged", "consumers"}],
     "outbox": {"incident": {"unpublished": 0, "oldest_seconds": null}},
     "deadlines": {"incident": {"failing": 1, "last": [{"kind", "subject", "attempts", "next_at", "last_error"}]}},
     "relays": {"incident": {…}}, "workers": {"assessment": {…}},
     "dead": {"assessment.on.incident": 3},
     "alarms": [{"kind": "worker-stopped", "where": "assessment.on.incident", "since", "says"}]}

`dead` counts letters for each queue that has some (`wangge dead`), None without the broker's answer. Kinds of alarm:
`worker-stopped` (every message failed: a bad release), `worker-paused` (what it needs is away; it resumes by itself),
`timer-failing`, `deadlines-failing` (they are tried again by themselves), `dead-letters`, `outbox-waits` (an event is
unpublished for over a minute of the platform's time), `queue-leaderless` (a quorum queue that takes and gives nothing
until it is deleted), `no-answer` (broker or database).

A part that does not answer is null instead of its data: status is most wanted when something is broken.
"""

import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psycopg2
from psycopg2.extensions import connection, cursor

from infra.local import process
from infra.local.platform import Platform
from infra.local.ports import LOOPBACK
from infra.local.programs import read_state
from infra.local.settings import SERVICES, Settings
from infra.local.supervise import ProcessState
from services.chassis.clock import read_ahead
from services.chassis.topology import dead_queue

_ERROR = re.compile(
    r"""\[(error|critical)\]|"level":\s*"(error|critical)"|\b(ERROR|CRITICAL|FATAL|PANIC)\b|^[\w.]*(Error|Exception):"""
)
_LINES_LOOKED_AT = 500
_DEAD = dead_queue("")
_NOT_TAKING = ("stopped", "paused")
_OUTBOX = """SELECT count(*), extract(epoch FROM now() + %s - min(created_at))
    FROM outbox WHERE published_at IS NULL"""
_FAILING = """
    SELECT count(*) OVER (), kind, subject, attempts,
        to_char(not_before AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), last_error
    FROM deadline WHERE attempts > 0 AND fired_at IS NULL AND cancelled_at IS NULL ORDER BY not_before DESC LIMIT %s
"""
_OLD_SECONDS = 60
_STATISTICS_SECONDS = 20
_LONGEST_ERROR = 400
_ERRORS_SHOWN = 5
_OFTEN = 3


def status(settings: Settings) -> dict[str, Any]:
    """The whole picture; `{"running": false, …}` with empty parts when the platform is down."""
    platform = Platform(settings)
    running = platform.is_running()
    found_queues = queues(settings) if running else []
    outboxes = {service: outbox(settings, service) for service in SERVICES} if running else {}
    workers, dead = states(settings.run, "worker") if running else {}, dead_letters(found_queues)
    failing = {service: deadlines(settings, service) for service in SERVICES} if running else {}
    leaderless = without_leader(_management(settings)) if running else []
    return {
        "running": running,
        "home": str(settings.home),
        "address": settings.gateway_url,
        "processes": processes(platform) if running else [],
        "queues": found_queues,
        "outbox": outboxes,
        "deadlines": failing,
        "relays": states(settings.run, "relay") if running else {},
        "workers": workers,
        "dead": dead,
        "alarms": [
            *silence_alarms(found_queues, outboxes),
            *outbox_alarms(outboxes),
            *(_alarm("queue-leaderless", name, {}) for name in leaderless),
            *worker_alarms(workers),
            *deadline_alarms(failing),
            *dead_alarms(dead),
        ],
    }


def processes(platform: Platform) -> list[dict[str, Any]]:
    """Every supervised process, in the order in which they are started."""
    found = platform.supervisor.processes()
    return [_process(platform, found[name]) for name in platform.supervisor.programs if name in found]


def _process(platform: Platform, state: ProcessState) -> dict[str, Any]:
    program, running = platform.supervisor.programs[state.name], bool(state.pid)
    return {
        "name": state.name,
        "role": program.role,
        "state": state.state,
        "pid": state.pid or None,
        "address": program.address or None,
        "uptime_seconds": int(time.time()) - state.since if running else None,
        "last_error": last_error(platform.supervisor.log_of(state.name)),
    }


def last_error(log: Path) -> str | None:
    """The last line of `log` that reports an error, shortened; None when its end has none."""
    lines = process.tail(log, _LINES_LOOKED_AT).splitlines()
    errors = [line for line in lines if _ERROR.search(line)]
    return errors[-1].strip()[:_LONGEST_ERROR] if errors else None


def queues(settings: Settings) -> list[dict[str, Any]] | None:
    """The broker's queues with their depth; None when the management interface does not answer."""
    found = _ask_broker(_management(settings))
    return None if found is None else [_queue(queue) for queue in sorted(found, key=lambda queue: queue["name"])]


def _management(settings: Settings) -> str | None:
    return settings.environment().get("WANGGE_AMQP_MANAGEMENT_URI")


def _ask_broker(management: str | None) -> list[dict[str, Any]] | None:
    if management is None:
        return None
    try:
        reply = httpx.get(f"{management}/api/queues", timeout=5, trust_env=False).raise_for_status()
    except httpx.HTTPError:
        return None
    found: list[dict[str, Any]] = reply.json()
    return found


def without_leader(management: str | None, seconds: float = _STATISTICS_SECONDS) -> list[str]:
    """Quorum queues that have no leader (rabbitmq-server#15725), by the broker's management address.

    The broker goes on calling the last leader's name, so what tells is that nobody counts the queue's messages: a
    leader does every five seconds, and shows it some seconds later. Queues younger than that, and all of a broker
    that has just started, are therefore asked for again, until `seconds` have passed.
    """
    deadline = time.monotonic() + seconds
    while (silent := uncounted(_ask_broker(management) or [])) and time.monotonic() < deadline:
        time.sleep(1)
    return silent


def uncounted(found: list[dict[str, Any]]) -> list[str]:
    """Quorum queues of which the broker has no statistics."""
    return sorted(each["name"] for each in found if each.get("type") == "quorum" and each.get("messages") is None)


def _queue(queue: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": queue["name"],
        "messages": queue.get("messages", 0),
        "ready": queue.get("messages_ready", 0),
        "unacknowledged": queue.get("messages_unacknowledged", 0),
        "consumers": queue.get("consumers", 0),
    }


def dead_letters(found: list[dict[str, Any]] | None) -> dict[str, int] | None:
    """How many dead letters lie there for each queue that has some; None when the broker did not answer."""
    if found is None:
        return None
    dead = {queue["name"]: queue["messages"] for queue in found if queue["name"].endswith(_DEAD)}
    return {name.removesuffix(_DEAD): count for name, count in dead.items() if count}


def worker_alarms(workers: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """An alarm for each queue that its worker does not take from, and for each timer that fails."""
    queues = [each for worker in workers.values() for each in worker.get("queues", {}).items()]
    timers = [each for worker in workers.values() for each in worker.get("timers", {}).items()]
    halted = [
        _alarm(f"worker-{queue['state']}", name, queue) for name, queue in queues if queue["state"] in _NOT_TAKING
    ]
    return [*halted, *(_alarm("timer-failing", name, timer) for name, timer in timers if timer["state"] == "failing")]


def _alarm(kind: str, where: str, state: dict[str, Any]) -> dict[str, Any]:
    error = state.get("last_error") or {}
    return {"kind": kind, "where": where, "since": state.get("since") or error.get("at"), "says": error.get("reason")}


def dead_alarms(dead: dict[str, int] | None) -> list[dict[str, Any]]:
    """An alarm for each queue with dead letters."""
    return [_alarm("dead-letters", name, {}) | {"says": str(count)} for name, count in (dead or {}).items()]


def deadline_alarms(failing: Mapping[str, dict[str, Any] | None]) -> list[dict[str, Any]]:
    """An alarm for each service with a deadline that failed again and again; one that failed once may yet succeed."""
    lasting = {
        service: [each for each in found["last"] if each["attempts"] >= _OFTEN]
        for service, found in failing.items()
        if found
    }
    return [
        _alarm("deadlines-failing", service, {"last_error": {"reason": found[0]["last_error"]}})
        for service, found in lasting.items()
        if found
    ]


def outbox_alarms(outboxes: dict[str, dict[str, Any] | None]) -> list[dict[str, Any]]:
    """An alarm for each service whose oldest event waits for more than a minute."""
    waiting = {service: each for service, each in outboxes.items() if each and each["unpublished"]}
    return [
        _alarm("outbox-waits", service, {}) | {"says": f"{each['unpublished']} 件,最早的已等 {_span(each)}"}
        for service, each in waiting.items()
        if each["oldest_seconds"] > _OLD_SECONDS
    ]


def _span(waiting: dict[str, Any]) -> str:
    minutes = int(waiting["oldest_seconds"] // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    return f"{days} 天 {hours} 小时" if days else f"{hours} 小时 {minutes % 60} 分" if hours else f"{minutes} 分"


def silence_alarms(
    found: list[dict[str, Any]] | None, outboxes: dict[str, dict[str, Any] | None]
) -> list[dict[str, Any]]:
    """An alarm for each server that did not answer: the broker's management, a service's database."""
    silent = [*(["rabbitmq"] if found is None else []), *(name for name, each in outboxes.items() if each is None)]
    return [_alarm("no-answer", name, {}) for name in silent]


def outbox(settings: Settings, service: str) -> dict[str, Any] | None:
    """How many events of `service` wait to be published and since how many seconds; None without its database."""
    return _asked(settings, service, partial(_waiting, ahead=read_ahead(settings.demo_clock)))


def deadlines(settings: Settings, service: str) -> dict[str, Any] | None:
    """How many deadlines of `service` failed and will be tried again, and the last few; None without its database."""
    return _asked(settings, service, failing_deadlines)


def _asked(
    settings: Settings, service: str, question: Callable[[cursor], dict[str, Any] | None]
) -> dict[str, Any] | None:
    login = {"user": service, "password": settings.database_password(service), "dbname": service}
    try:
        with closing(_connect(settings, **login)) as opened, opened.cursor() as reading:
            return question(reading)
    except psycopg2.Error:
        return None


def _connect(settings: Settings, **login: Any) -> connection:
    opened: connection = psycopg2.connect(host=LOOPBACK, port=settings.port_of("postgres"), connect_timeout=2, **login)
    return opened


def _waiting(reading: cursor, ahead: timedelta) -> dict[str, Any] | None:
    reading.execute("SELECT to_regclass('outbox')")
    if reading.fetchone() == (None,):
        return None
    reading.execute(_OUTBOX, (ahead,))
    count, age = reading.fetchone() or (0, None)
    return {"unpublished": count, "oldest_seconds": None if age is None else round(float(age), 1)}


def failing_deadlines(reading: cursor) -> dict[str, Any] | None:
    """`deadlines` of one database, by a cursor on it."""
    reading.execute("SELECT to_regclass('deadline')")
    if reading.fetchone() == (None,):
        return None
    reading.execute(_FAILING, (_ERRORS_SHOWN,))
    rows = reading.fetchall()
    names = ("kind", "subject", "attempts", "next_at", "last_error")
    return {"failing": rows[0][0] if rows else 0, "last": [dict(zip(names, row[1:], strict=True)) for row in rows]}


def states(folder: Path, role: str) -> dict[str, dict[str, Any]]:
    """What the relays or workers last wrote about themselves, by service."""
    return {path.stem.removeprefix(f"{role}-"): read_state(path) for path in sorted(folder.glob(f"{role}-*.json"))}
