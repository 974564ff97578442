"""The liaison service's gRPC side: a request becomes a command or a question, the answer becomes the reply."""

from typing import Any

from services.chassis.config import Config
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.chassis.rpc.serve import Api
from services.liaison import messages
from services.liaison.bootstrap import Service, broker_settings
from services.liaison.bootstrap import build as wire
from services.liaison.queries import LogQuery
from wangge.liaison.v1 import liaison_pb2 as pb
from wangge.liaison.v1 import liaison_pb2_grpc as rpc


class Servicer:
    """Answers every call of wangge.liaison.v1.Liaison.

    Not derived from the generated class, so that a method that is missing is an error when the server is made.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    def ReadLog(self, request: pb.ReadLogRequest, call: Call) -> pb.ReadLogReply:
        page = self.service.queries.read_log(to_command(LogQuery, request), call.caller)
        return pb.ReadLogReply(items=map(logged, page.items), last_position=page.last_position, more=page.more)

    def ConnectDepartment(self, request: pb.ConnectDepartmentRequest, call: Call) -> pb.ConnectDepartmentReply:
        command = to_command(messages.ConnectDepartment, request)
        answer = self.service.connecting.connect(command, call.caller, call.key)
        return to_reply(pb.ConnectDepartmentReply, answer)

    def DisconnectDepartment(self, request: pb.DisconnectDepartmentRequest, call: Call) -> pb.Receipt:
        command = to_command(messages.DisconnectDepartment, request)
        return to_reply(pb.Receipt, self.service.connecting.disconnect(command, call.caller, call.key))

    def ListConnections(self, request: pb.ListConnectionsRequest, call: Call) -> pb.ConnectionList:
        found = self.service.queries.connections(call.caller, request.limit, request.cursor)
        return to_reply(pb.ConnectionList, found)


def logged(row: Any) -> pb.LoggedEvent:
    """A row of the log; made by hand, so that data keeps its nulls."""
    event = pb.LoggedEvent(
        position=row.position,
        id=row.id,
        type=row.type,
        source=row.source,
        subject=row.subject,
        sequence=row.sequence,
        grid=row.grid or "",
        department=row.department or "",
        traceparent=row.traceparent or "",
    )
    event.time.FromDatetime(row.time)
    event.data.update(row.data)
    return event


def build(config: Config) -> Api:
    """What the api role serves for this service."""
    return Api("liaison", Servicer(wire(config, broker_settings())), rpc.add_LiaisonServicer_to_server)
