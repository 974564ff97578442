"""A lean service for reports: one process, Starlette, marshmallow, SQLAlchemy Core, psycopg2, four threads.

    uvicorn --factory tests.bench.baselines.reporting:create      (BASELINE_DATABASE_URI)

`POST /incidents` checks the report's shape and writes three rows in one transaction: the case, its log, the outbox.
`GET /incidents/{id}` reads the case and its log. No token, no scope, no routing, no idempotency, no audit, no trace.
"""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import sqlalchemy as sa
from marshmallow import Schema, fields, validate
from sqlalchemy.dialects.postgresql import JSONB, UUID
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

THREADS = 4
METADATA = sa.MetaData()
CASES = sa.Table(
    "case",
    METADATA,
    sa.Column("id", UUID(as_uuid=False), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("matter_code", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("lon", sa.Float),
    sa.Column("lat", sa.Float),
    sa.Column("address", sa.Text),
    sa.Column("channel", sa.Text),
    sa.Column("replies", JSONB, nullable=False),
    sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
)
LOG = sa.Table(
    "log",
    METADATA,
    sa.Column("case_id", UUID(as_uuid=False), sa.ForeignKey("case.id"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("action", sa.Text, nullable=False),
)
OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("published_at", sa.DateTime(timezone=True)),
)


class Point(Schema):
    lon = fields.Float(required=True, validate=validate.Range(-180, 180))
    lat = fields.Float(required=True, validate=validate.Range(-90, 90))


class QuestionReply(Schema):
    question = fields.String(required=True, validate=validate.Length(1, 100))
    value = fields.String(required=True, validate=validate.Length(0, 2000))


class Report(Schema):
    matter_code = fields.String(required=True, validate=validate.Length(1, 100))
    description = fields.String(required=True, validate=validate.Length(1, 2000))
    point = fields.Nested(Point)
    address = fields.String(validate=validate.Length(0, 200))
    channel = fields.String(validate=validate.Length(1, 40))
    replies = fields.List(fields.Nested(QuestionReply), load_default=list)


class LogEntry(Schema):
    sequence = fields.Integer()
    at = fields.DateTime()
    action = fields.String()


class Incident(Schema):
    id = fields.String()
    state = fields.String()
    matter_code = fields.String()
    description = fields.String()
    lon = fields.Float()
    lat = fields.Float()
    address = fields.String()
    channel = fields.String()
    replies = fields.Raw()
    reported_at = fields.DateTime()
    history = fields.List(fields.Nested(LogEntry))


REPORT, INCIDENT = Report(), Incident()


class Store:
    """The database, in the only way in which it is used here."""

    def __init__(self, uri: str) -> None:
        self._engine = sa.create_engine(uri, pool_size=THREADS, max_overflow=0)
        METADATA.create_all(self._engine)

    def write(self, report: dict[str, Any]) -> dict[str, Any]:
        """The case, its log, the outbox: one transaction."""
        case_id, now = str(uuid4()), datetime.now(UTC)
        point = report.pop("point", {})
        row = {"id": case_id, "state": "reported", "reported_at": now, **report, **point}
        event = {"id": str(uuid4()), "type": "incident.reported.v1", "subject": case_id, "time": now.isoformat()}
        with self._engine.begin() as connection:
            connection.execute(sa.insert(CASES), row)
            connection.execute(sa.insert(LOG), {"case_id": case_id, "sequence": 1, "at": now, "action": "report"})
            connection.execute(sa.insert(OUTBOX), {"type": event["type"], "body": json.dumps(event).encode()})
        return {"id": case_id, "state": "reported"}

    def read(self, case_id: str) -> dict[str, Any] | None:
        """The case with its log; None where there is none."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(CASES).where(CASES.c.id == case_id)).mappings().one_or_none()
            if row is None:
                return None
            log = sa.select(LOG).where(LOG.c.case_id == case_id).order_by(LOG.c.sequence)
            return {**row, "history": connection.execute(log).mappings().all()}


def create() -> Starlette:
    """The application; makes its tables."""
    store = Store(os.environ["BASELINE_DATABASE_URI"])
    pool = ThreadPoolExecutor(THREADS)

    async def report(request: Request) -> Response:
        given = REPORT.load(await request.json())
        return _json(await asyncio.get_running_loop().run_in_executor(pool, store.write, given), 201)

    async def read(request: Request) -> Response:
        found = await asyncio.get_running_loop().run_in_executor(pool, store.read, request.path_params["id"])
        return _json(INCIDENT.dump(found), 200) if found else Response(status_code=404)

    return Starlette(routes=[Route("/incidents", report, methods=["POST"]), Route("/incidents/{id}", read)])


def _json(content: object, status: int) -> Response:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, media_type="application/json")
