"""Meetings and decisions over gRPC."""

from collections.abc import Callable
from typing import Any

from services.chassis.messages import Command
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.patrol import messages
from services.patrol.bootstrap import Service
from services.patrol.queries.meetings import DecisionFilter, MeetingFilter
from wangge.patrol.v1 import meetings_pb2 as pb
from wangge.patrol.v1 import patrol_pb2

Method = Callable[["Servicer", Any, Call], patrol_pb2.Receipt]


def _command(kind: type[Command]) -> Method:
    """A method that carries out the command `kind`, read from its request."""

    def method(self: "Servicer", request: Any, call: Call) -> patrol_pb2.Receipt:
        command = to_command(kind, request, expected_version=call.expected_version)
        return to_reply(patrol_pb2.Receipt, self.service.bus.handle(command, call.caller, call.key))

    return method


class Servicer:
    """Answers every call of wangge.patrol.v1.Meetings."""

    def __init__(self, service: Service) -> None:
        self.service = service

    ArrangeMeeting = _command(messages.ArrangeMeeting)
    AddAgendaItem = _command(messages.AddAgendaItem)
    RemoveAgendaItem = _command(messages.RemoveAgendaItem)
    OpenMeeting = _command(messages.OpenMeeting)
    RecordPresent = _command(messages.RecordPresent)
    Decide = _command(messages.Decide)
    CloseMeeting = _command(messages.CloseMeeting)
    CancelMeeting = _command(messages.CancelMeeting)
    FinishDecision = _command(messages.FinishDecision)
    CancelDecision = _command(messages.CancelDecision)

    def ListMeetings(self, request: pb.ListMeetingsRequest, call: Call) -> pb.MeetingList:
        found = self.service.meetings.meetings(to_command(MeetingFilter, request), call.caller)
        return to_reply(pb.MeetingList, found)

    def GetMeeting(self, request: pb.GetMeetingRequest, call: Call) -> pb.Meeting:
        return to_reply(pb.Meeting, self.service.meetings.meeting(request.meeting_id, call.caller))

    def ListDecisions(self, request: pb.ListDecisionsRequest, call: Call) -> pb.DecisionList:
        found = self.service.meetings.decisions(to_command(DecisionFilter, request), call.caller)
        return to_reply(pb.DecisionList, found)
