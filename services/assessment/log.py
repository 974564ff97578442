"""The event log, read through liaison's gRPC (ReadLog) in pages, with the caller's own token."""

from collections.abc import Iterator
from datetime import UTC

import grpc
from google.protobuf.json_format import MessageToDict

from services.assessment.errors import LogUnavailable
from services.chassis.envelope import Envelope
from services.chassis.errors import Forbidden, Unauthenticated
from services.chassis.telemetry import current_traceparent
from wangge.liaison.v1 import liaison_pb2 as pb
from wangge.liaison.v1 import liaison_pb2_grpc as rpc

PAGE = 1_000
DEADLINE_SECONDS = 10
TYPES = ("incident.*", "patrol.*")
RAISED = {grpc.StatusCode.UNAUTHENTICATED: Unauthenticated, grpc.StatusCode.PERMISSION_DENIED: Forbidden}


class LiaisonLog:
    """The log as liaison at `address` (host:port) keeps it. Connects when it is first asked."""

    def __init__(self, address: str) -> None:
        self._stub = rpc.LiaisonStub(grpc.insecure_channel(address))

    def events(self, token: str) -> Iterator[Envelope]:
        """Every event about cases and patrols in the order of the log; 10 seconds for each page.

        Raises Unauthenticated or Forbidden where liaison refuses `token`, LogUnavailable for every other failure.
        """
        position, more = 0, True
        while more:
            reply = self._page(position, token)
            yield from map(envelope_of, reply.items)
            more = reply.more and reply.last_position > position
            position = reply.last_position

    def _page(self, position: int, token: str) -> pb.ReadLogReply:
        request = pb.ReadLogRequest(after_position=position, types=TYPES, limit=PAGE)
        metadata = {"authorization": f"Bearer {token}", "traceparent": current_traceparent() or ""}
        sent = tuple((name, value) for name, value in metadata.items() if value)
        try:
            return self._stub.ReadLog(request, timeout=DEADLINE_SECONDS, metadata=sent)
        except grpc.RpcError as error:
            raised = RAISED.get(error.code(), LogUnavailable)
            raise raised(what="liaison", action="读取事件日志") from error


def envelope_of(event: pb.LoggedEvent) -> Envelope:
    """The event as it came over RabbitMQ; its numbers are floats, which the readers turn back."""
    return Envelope(
        id=event.id,
        source=event.source,
        type=event.type,
        subject=event.subject,
        time=event.time.ToDatetime(tzinfo=UTC),
        sequence=event.sequence,
        grid=event.grid or None,
        department=event.department or None,
        traceparent=event.traceparent or None,
        data=MessageToDict(event.data),
    )
