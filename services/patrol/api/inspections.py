"""Inspections by a superior over gRPC (PAT-13)."""

from typing import Any

from services.chassis.messages import Command
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.patrol.bootstrap import Service
from services.patrol.messages import inspections as messages
from services.patrol.queries.inspections import CorrectionFilter, InspectionFilter, TargetFilter
from wangge.patrol.v1 import inspections_pb2 as pb
from wangge.patrol.v1 import patrol_pb2


class Servicer:
    """Answers every call of wangge.patrol.v1.Inspections.

    Not derived from the generated class, so that a method that is missing is an error when the server is made.
    """

    def __init__(self, service: Service) -> None:
        self.service = service

    def DescribeInspections(self, _: pb.DescribeInspectionsRequest, __: Call) -> pb.InspectionRules:
        return to_reply(pb.InspectionRules, self.service.inspections.rules())

    def BeginInspection(self, request: pb.BeginInspectionRequest, call: Call) -> patrol_pb2.Receipt:
        return self._write(messages.BeginInspection, request, call)

    def RecordResult(self, request: pb.RecordResultRequest, call: Call) -> patrol_pb2.Receipt:
        return self._write(messages.RecordResult, request, call, expected_version=call.expected_version)

    def FinishInspection(self, request: pb.FinishInspectionRequest, call: Call) -> patrol_pb2.Receipt:
        return self._write(messages.FinishInspection, request, call, expected_version=call.expected_version)

    def RecordCorrection(self, request: pb.RecordCorrectionRequest, call: Call) -> patrol_pb2.Receipt:
        return self._write(messages.RecordCorrection, request, call)

    def ListInspections(self, request: pb.ListInspectionsRequest, call: Call) -> pb.InspectionList:
        found = self.service.inspections.inspections(to_command(InspectionFilter, request), call.caller)
        return to_reply(pb.InspectionList, found)

    def GetInspection(self, request: pb.GetInspectionRequest, call: Call) -> pb.Inspection:
        return to_reply(pb.Inspection, self.service.inspections.inspection(request.inspection_id, call.caller))

    def GetDraw(self, request: pb.GetDrawRequest, call: Call) -> pb.Draw:
        return to_reply(pb.Draw, self.service.inspections.draw(request.inspection_id, call.caller))

    def ListTargets(self, request: pb.ListTargetsRequest, call: Call) -> pb.TargetList:
        return to_reply(pb.TargetList, self.service.inspections.targets(to_command(TargetFilter, request), call.caller))

    def ListCorrections(self, request: pb.ListCorrectionsRequest, call: Call) -> pb.CorrectionList:
        found = self.service.inspections.corrections(to_command(CorrectionFilter, request), call.caller)
        return to_reply(pb.CorrectionList, found)

    def _write(self, command: type[Command], request: Any, call: Call, **given: Any) -> patrol_pb2.Receipt:
        answer = self.service.bus.handle(to_command(command, request, **given), call.caller, call.key)
        return to_reply(patrol_pb2.Receipt, answer)
