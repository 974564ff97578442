"""The assessment service's gRPC side: a request becomes a question, the answer becomes the reply."""

from environs import Env

from services.assessment.bootstrap import Service
from services.assessment.bootstrap import build as wire
from services.assessment.log import LiaisonLog
from services.assessment.ports import EventLog
from services.assessment.queries import DailyFilter, FactFilter, ScoreFilter
from services.chassis.config import Config
from services.chassis.rpc.call import Call
from services.chassis.rpc.convert import to_command, to_reply
from services.chassis.rpc.serve import Api
from wangge.assessment.v1 import assessment_pb2 as pb
from wangge.assessment.v1 import assessment_pb2_grpc as rpc


class Servicer:
    """Answers every call of wangge.assessment.v1.Assessment.

    Not derived from the generated class, so that a method that is missing is an error when the server is made.
    """

    def __init__(self, service: Service, log: EventLog) -> None:
        self.queries = service.queries
        self.recomputation = service.recomputation(log)

    def ListScores(self, request: pb.ListScoresRequest, call: Call) -> pb.ScoreList:
        return to_reply(pb.ScoreList, self.queries.scores(to_command(ScoreFilter, request), call.caller))

    def GetScore(self, request: pb.GetScoreRequest, call: Call) -> pb.Score:
        found = self.queries.score(request.subject_kind, request.subject_id, request.period, call.caller)
        return to_reply(pb.Score, found)

    def ListFacts(self, request: pb.ListFactsRequest, call: Call) -> pb.FactList:
        return to_reply(pb.FactList, self.queries.facts(to_command(FactFilter, request), call.caller))

    def GetDailyReport(self, request: pb.DailyReportRequest, call: Call) -> pb.DailyReport:
        return to_reply(pb.DailyReport, self.queries.daily_report(to_command(DailyFilter, request), call.caller))

    def Recompute(self, request: pb.RecomputeRequest, call: Call) -> pb.Recomputation:
        period = self.queries.period(request.period)
        return to_reply(pb.Recomputation, self.recomputation.run(period, call.caller, call.token))

    def GetScheme(self, request: pb.GetSchemeRequest, call: Call) -> pb.Scheme:
        return to_reply(pb.Scheme, self.queries.scheme())


def build(config: Config) -> Api:
    """What the api role serves for this service. Raises environs.EnvError where liaison's address is missing."""
    log = LiaisonLog(Env().str("WANGGE_LIAISON_GRPC_ADDRESS"))
    return Api("assessment", Servicer(wire(config), log), rpc.add_AssessmentServicer_to_server)
