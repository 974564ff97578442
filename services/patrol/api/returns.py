"""Returns over gRPC."""

from collections.abc import Callable
from typing import Any

from services.chassis.messages import Command
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.patrol import messages
from services.patrol.bootstrap import Service
from services.patrol.queries.returns import ReturnFilter
from wangge.patrol.v1 import patrol_pb2
from wangge.patrol.v1 import returns_pb2 as pb

Method = Callable[["Servicer", Any, Call], patrol_pb2.Receipt]


def _command(kind: type[Command]) -> Method:
    """A method that carries out the command `kind`, read from its request."""

    def method(self: "Servicer", request: Any, call: Call) -> patrol_pb2.Receipt:
        command = to_command(kind, request, expected_version=call.expected_version)
        return to_reply(patrol_pb2.Receipt, self.service.bus.handle(command, call.caller, call.key))

    return method


class Servicer:
    """Answers every call of wangge.patrol.v1.Returns."""

    def __init__(self, service: Service) -> None:
        self.service = service

    SubmitReturn = _command(messages.SubmitReturn)
    SendBackReturn = _command(messages.SendBackReturn)
    AcceptReturn = _command(messages.AcceptReturn)

    def ListReturns(self, request: pb.ListReturnsRequest, call: Call) -> pb.ReturnList:
        found = self.service.returns.returns(to_command(ReturnFilter, request), call.caller)
        return to_reply(pb.ReturnList, found)

    def GetReturn(self, request: pb.GetReturnRequest, call: Call) -> pb.Return:
        return to_reply(pb.Return, self.service.returns.one(request.return_id, call.caller))
