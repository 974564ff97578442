"""Open311's list of requests, from the client's side: REST, gateway, gRPC, SQL, and both formats (INC-21).

The plan is P2 with the county's forty matters in place of its own, so that what is published differs from one to the
next as it does there. Core time is that of the gateway, of the service and of its backends; the client's is not in it.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
from psycopg2.extensions import connection as Connection

from services.incident.repository.plan import KEPT, KEPT_WHERE_THERE
from services.registry import plan
from tests.bench import county
from tests.bench.measuring import Ask
from tests.bench.seeding import filling
from tests.bench.serving import Serving

_PLAN = "INSERT INTO plan (name, section, active, activated_at) VALUES ('p02/1', %s, true, %s)"
_CHANGES = """
    INSERT INTO change (case_id, sequence, at, action, actor_id, actor_name, actor_role, from_state, to_state, reason,
        attachments)
    SELECT id, 7, coalesce(closed_at, reported_at + interval '1 day'), 'close', 'system', '', '', 'verified', state,
        '', '{}'
    FROM "case"
"""


def seed(connection: Connection) -> None:
    """What Open311 reads beside the cases: the active plan's section, and the last change of each case."""
    text = (Path(plan.__file__).parents[1] / "plans" / "p02.yaml").read_text("utf-8")
    document = plan.load(text).document
    named = [{**matter, "code": code} for code, matter in zip(county.MATTERS, document["matters"], strict=False)]
    section = {name: document[name] for name in (*KEPT, *KEPT_WHERE_THERE) if name in document} | {"matters": named}
    with filling(connection, "change") as cursor:
        cursor.execute(_PLAN, (json.dumps(section), county.NOW - county.YEARS))
        cursor.execute(_CHANGES)


def questions(serving: Serving) -> Iterator[tuple[str, Ask]]:
    """Lists by every filter in both formats; the default answer is the standard's 1,000 requests."""
    end = county.NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    old = (county.NOW - county.YEARS / 2).strftime("%Y-%m-%dT%H:%M:%SZ")
    rare, frequent = county.MATTERS[-1], county.MATTERS[0]
    asked = {
        "1,000 requests": {"end_date": end},
        "1,000 requests, a year and a half ago": {"end_date": old},
        "open ones": {"end_date": end, "status": "open"},
        "closed ones": {"end_date": end, "status": "closed"},
        "a rare service": {"end_date": end, "service_code": rare},
        "a frequent service, open": {"end_date": end, "service_code": frequent, "status": "open"},
        "three services": {"end_date": old, "service_code": f"{rare},{frequent},{county.MATTERS[20]}"},
        "50 requests by id": {"service_request_id": ",".join(_ids(serving, end, 50))},
    }
    client = httpx.Client(base_url=f"{serving.url}/open311/v2", trust_env=False, timeout=30)
    for form in ("json", "xml"):
        for name, given in asked.items():
            yield f"open311: {name}, {form.upper()}", _ask(client, f"requests.{form}", given)


def baseline(serving: Serving) -> Ask:
    """One request by its id."""
    client = httpx.Client(base_url=f"{serving.url}/open311/v2", trust_env=False, timeout=30)
    (one,) = _ids(serving, county.NOW.strftime("%Y-%m-%dT%H:%M:%SZ"), 1)
    return _ask(client, f"requests/{one}.json", {})


def _ids(serving: Serving, end: str, count: int) -> list[str]:
    found = httpx.get(f"{serving.url}/open311/v2/requests.json", params={"end_date": end}, trust_env=False, timeout=30)
    found.raise_for_status()
    return [each["service_request_id"] for each in json.loads(found.content)][:count]


def _ask(client: httpx.Client, path: str, given: dict[str, str]) -> Ask:
    def ask() -> bytes:
        answer = client.get(path, params=given)
        answer.raise_for_status()
        return answer.content

    return ask
