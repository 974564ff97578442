"""Visits over gRPC."""

from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.patrol import messages
from services.patrol.bootstrap import Service
from services.patrol.queries.visits import VisitCoverageFilter, VisitFilter
from wangge.patrol.v1 import patrol_pb2
from wangge.patrol.v1 import visits_pb2 as pb


class Servicer:
    """Answers every call of wangge.patrol.v1.Visits."""

    def __init__(self, service: Service) -> None:
        self.service = service

    def ListVisits(self, request: pb.ListVisitsRequest, call: Call) -> pb.VisitList:
        return to_reply(pb.VisitList, self.service.visits.visits(to_command(VisitFilter, request), call.caller))

    def GetVisit(self, request: pb.GetVisitRequest, call: Call) -> pb.Visit:
        return to_reply(pb.Visit, self.service.visits.visit(request.visit_id, call.caller))

    def GetVisitsOfDay(self, request: pb.GetVisitsOfDayRequest, call: Call) -> pb.VisitsOfDay:
        return to_reply(pb.VisitsOfDay, {"items": self.service.visits.day(request.day, call.caller)})

    def ExcuseVisit(self, request: pb.ExcuseVisitRequest, call: Call) -> patrol_pb2.Receipt:
        command = to_command(messages.ExcuseVisit, request, expected_version=call.expected_version)
        return to_reply(patrol_pb2.Receipt, self.service.bus.handle(command, call.caller, call.key))

    def ListVisitCoverage(self, request: pb.ListVisitCoverageRequest, call: Call) -> pb.VisitCoverageList:
        wanted = to_command(VisitCoverageFilter, request)
        return to_reply(pb.VisitCoverageList, self.service.visits.coverage(wanted, call.caller))
