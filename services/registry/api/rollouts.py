"""The plan's rollout over gRPC."""

from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_reply
from services.registry.api.calling import Calling
from services.registry.messages.rollouts import MarkDone, WithdrawMark
from services.registry.queries import rollouts
from wangge.registry.v1 import registry_pb2
from wangge.registry.v1 import rollouts_pb2 as pb


class Servicer(Calling):
    """Answers the calls of wangge.registry.v1.Rollouts."""

    def GetRollout(self, request: pb.GetRolloutRequest, call: Call) -> pb.Rollout:
        with self._read() as connection:
            return to_reply(pb.Rollout, rollouts.rollout(connection, self._service.today()))

    def MarkDone(self, request: pb.MarkDoneRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(MarkDone, request, call)

    def WithdrawMark(self, request: pb.WithdrawMarkRequest, call: Call) -> registry_pb2.Receipt:
        return self._write(WithdrawMark, request, call)

    def ListMarks(self, request: pb.ListMarksRequest, call: Call) -> pb.MarkList:
        with self._read() as connection:
            return to_reply(pb.MarkList, rollouts.list_marks(connection, request))
