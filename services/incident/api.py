"""The incident service's gRPC side: a request becomes a command or a question, the answer becomes the reply."""

from collections.abc import Callable
from typing import Any

from services.chassis.config import Config
from services.chassis.messages import Command
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.chassis.rpc.serve import Api
from services.incident import messages
from services.incident.bootstrap import Service
from services.incident.bootstrap import build as wire
from services.incident.model.workflow import ACTIONS, STAGES, STATES
from services.incident.queries import Enquiry, Filter
from services.incident.queries.open311 import Wanted
from services.incident.queries.precedents import PrecedentFilter, precedents
from wangge.incident.v1 import incident_pb2 as pb
from wangge.incident.v1 import incident_pb2_grpc as rpc
from wangge.incident.v1 import open311_pb2, open311_pb2_grpc

PUBLIC = frozenset(f"/wangge.incident.v1.Open311/{method}" for method in ("ListServices", "FindToken", "FindRequests"))
Method = Callable[["Servicer", Any, Call], pb.Receipt]


def _command(kind: type[Command]) -> Method:
    """A method that carries out the command `kind`, read from its request."""

    def method(self: "Servicer", request: Any, call: Call) -> pb.Receipt:
        given: dict[str, Any] = {}
        if issubclass(kind, messages.CaseCommand):
            given = {"expected_version": call.expected_version}
        answer = self.service.bus.handle(to_command(kind, request, **given), call.caller, call.key)
        return to_reply(pb.Receipt, answer)

    return method


class Servicer:
    """Answers every call of wangge.incident.v1.Incident.

    Not derived from the generated class, so that a method that is missing is an error when the server is made.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    Report = _command(messages.Report)
    File = _command(messages.File)
    Decline = _command(messages.Decline)
    Dispatch = _command(messages.Dispatch)
    Return = _command(messages.Return)
    Escalate = _command(messages.Escalate)
    SendDown = _command(messages.SendDown)
    AskConsultation = _command(messages.AskConsultation)
    Contest = _command(messages.Contest)
    Rule = _command(messages.Rule)
    RevokePrecedent = _command(messages.RevokePrecedent)
    Accept = _command(messages.Accept)
    Answer = _command(messages.Answer)
    Contribute = _command(messages.Contribute)
    FollowUp = _command(messages.FollowUp)
    Verify = _command(messages.Verify)
    Evaluate = _command(messages.Evaluate)
    Reopen = _command(messages.Reopen)
    Excuse = _command(messages.Excuse)
    Ask = _command(messages.Ask)
    Reply = _command(messages.Reply)
    AskExtension = _command(messages.AskExtension)
    GrantExtension = _command(messages.GrantExtension)
    RefuseExtension = _command(messages.RefuseExtension)
    JudgeMissed = _command(messages.JudgeMissed)
    Merge = _command(messages.Merge)
    Unmerge = _command(messages.Unmerge)
    Whistle = _command(messages.Whistle)
    Arrive = _command(messages.Arrive)
    SignOff = _command(messages.SignOff)
    Object = _command(messages.Object)
    Insist = _command(messages.Insist)
    WithdrawCall = _command(messages.WithdrawCall)
    CallAgain = _command(messages.CallAgain)
    ReadMessage = _command(messages.ReadMessage)

    def GetCase(self, request: pb.GetCaseRequest, call: Call) -> pb.Case:
        return to_reply(pb.Case, self.service.queries.case(request.case_id, call.caller, request.purpose))

    def ListSimilar(self, request: pb.ListSimilarRequest, call: Call) -> pb.SimilarList:
        return to_reply(pb.SimilarList, self.service.queries.like_case(request.case_id, call.caller))

    def FindSimilar(self, request: pb.FindSimilarRequest, call: Call) -> pb.SimilarList:
        return to_reply(pb.SimilarList, self.service.queries.like_report(to_command(Enquiry, request), call.caller))

    def ListCases(self, request: pb.ListCasesRequest, call: Call) -> pb.CaseList:
        return to_reply(pb.CaseList, self.service.queries.cases(to_command(Filter, request), call.caller))

    def ListMessages(self, request: pb.ListMessagesRequest, call: Call) -> pb.MessageList:
        found = self.service.queries.messages(call.caller, request.unread, request.limit, request.cursor)
        return to_reply(pb.MessageList, found)

    def ListMatters(self, request: pb.ListMattersRequest, call: Call) -> pb.MatterList:
        return to_reply(pb.MatterList, self.service.queries.matters(request.text, getattr(request, "class")))

    def ListPrecedents(self, request: pb.ListPrecedentsRequest, call: Call) -> pb.PrecedentList:
        wanted = to_command(PrecedentFilter, request)
        return to_reply(pb.PrecedentList, precedents(self.service.engine, wanted, call.caller))

    def PreviewCalendar(self, request: pb.PreviewCalendarRequest, call: Call) -> pb.CalendarPreview:
        wanted = to_command(messages.GivenCalendar, request)
        return to_reply(pb.CalendarPreview, self.service.calendar.preview(wanted, call.caller))

    def ListCalendarChanges(self, request: pb.ListCalendarChangesRequest, call: Call) -> pb.CalendarChangeList:
        found = self.service.calendar.changes(call.caller, request.limit, request.cursor)
        return to_reply(pb.CalendarChangeList, found)

    def ListMovedCases(self, request: pb.ListMovedCasesRequest, call: Call) -> pb.MovedCaseList:
        found = self.service.calendar.moved(request.change_id, call.caller, request.limit, request.cursor)
        return to_reply(pb.MovedCaseList, found)

    def DescribeWorkflow(self, request: pb.DescribeWorkflowRequest, call: Call) -> pb.Workflow:
        return to_reply(pb.Workflow, workflow())


def workflow() -> dict[str, Any]:
    """The table of states and actions in the shape of the API (INC-02)."""
    states = [
        {
            "name": state.name,
            "title": state.title,
            "stage": state.stage,
            "stage_title": STAGES[state.stage],
            "final": state.final,
        }
        for state in STATES
    ]
    transitions = [
        {
            "action": action.name,
            "title": action.title,
            "from": [source for source, end in action.moves if end == target],
            "to": target,
            "who": action.who,
            "reason_required": action.reason,
            "note": action.note,
        }
        for action in ACTIONS
        for target in dict.fromkeys(end for _, end in action.moves)
    ]
    return {"states": states, "transitions": transitions}


class Open311:
    """Answers wangge.incident.v1.Open311 (INC-21): reports of applications, and what the public may see."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def Submit(self, request: open311_pb2.SubmitRequest, call: Call) -> open311_pb2.Submitted:
        answer = self.service.bus.handle(to_command(messages.Submit, request), call.caller, call.key)
        return to_reply(open311_pb2.Submitted, answer)

    def ListServices(self, request: open311_pb2.ListServicesRequest, call: Call) -> open311_pb2.ServiceList:
        return to_reply(open311_pb2.ServiceList, self.service.public.services())

    def FindToken(self, request: open311_pb2.FindTokenRequest, call: Call) -> open311_pb2.FoundToken:
        return to_reply(open311_pb2.FoundToken, self.service.public.token(request.token))

    def FindRequests(self, request: open311_pb2.FindRequestsRequest, call: Call) -> open311_pb2.RequestList:
        return to_reply(open311_pb2.RequestList, self.service.public.requests(to_command(Wanted, request)))


def add_to_server(servicer: Any, server: Any) -> None:
    """Add both interfaces of the service to a gRPC server."""
    rpc.add_IncidentServicer_to_server(servicer, server)
    public: Any = Open311(servicer.service)
    open311_pb2_grpc.add_Open311Servicer_to_server(public, server)


def build(config: Config) -> Api:
    """What the api role serves for this service."""
    return Api("incident", Servicer(wire(config)), add_to_server, PUBLIC)
