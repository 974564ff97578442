"""Tasks and coverage over gRPC."""

from collections.abc import Callable
from typing import Any

from services.chassis.messages import Command
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.patrol import messages
from services.patrol.bootstrap import Service
from services.patrol.queries import CoverageFilter, TaskFilter
from wangge.patrol.v1 import patrol_pb2 as pb

Method = Callable[["Servicer", Any, Call], pb.Receipt]


def _command(kind: type[Command]) -> Method:
    """A method that carries out the command `kind` about one task, read from its request."""

    def method(self: "Servicer", request: Any, call: Call) -> pb.Receipt:
        command = to_command(kind, request, expected_version=call.expected_version)
        return to_reply(pb.Receipt, self.service.bus.handle(command, call.caller, call.key))

    return method


class Servicer:
    """Answers every call of wangge.patrol.v1.Patrol.

    Not derived from the generated class, so that a method that is missing is an error when the server is made.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    SignTask = _command(messages.SignTask)
    SendBackTask = _command(messages.SendBackTask)
    SubmitTask = _command(messages.SubmitTask)
    ExcuseTask = _command(messages.ExcuseTask)

    def Sync(self, request: pb.SyncRequest, call: Call) -> pb.SyncReply:
        answer = self.service.bus.handle(to_command(messages.Sync, request), call.caller, call.key)
        return to_reply(pb.SyncReply, answer)

    def ListTasks(self, request: pb.ListTasksRequest, call: Call) -> pb.TaskList:
        return to_reply(pb.TaskList, self.service.queries.tasks(to_command(TaskFilter, request), call.caller))

    def GetTask(self, request: pb.GetTaskRequest, call: Call) -> pb.Task:
        return to_reply(pb.Task, self.service.queries.task(request.task_id, call.caller))

    def GetDay(self, request: pb.GetDayRequest, call: Call) -> pb.Day:
        return to_reply(pb.Day, self.service.queries.day(request.day, call.caller))

    def ListCoverage(self, request: pb.ListCoverageRequest, call: Call) -> pb.CoverageList:
        wanted = to_command(CoverageFilter, request)
        return to_reply(pb.CoverageList, self.service.queries.coverage(wanted, call.caller))
