"""Scores, and what is behind them (ASM)."""

from gateway.api.clients import methods
from gateway.api.declare import Routes
from gateway.api.schemas import assessment as schemas
from wangge.assessment.v1 import assessment_pb2

ASSESSMENT = methods(assessment_pb2, "Assessment")
RECOMPUTE_SECONDS = 120.0
ASSESSORS = ("assessor", "county-leader", "auditor", "system-administrator", "platform")

routes = Routes("scores", zh="考评", en="Scores")
routes.ask(
    "GET", "/scores", ASSESSMENT["ListScores"], query=schemas.ScoresQuery, zh="得分列表", en="Scores, best first"
)
routes.ask("GET", "/scores/scheme", ASSESSMENT["GetScheme"], zh="考评办法", en="The scheme of the plan in force")
routes.ask(
    "GET", "/scores/{subject_kind}/{subject_id}", ASSESSMENT["GetScore"], query=schemas.ScoreQuery,
    zh="得分明细", en="One score: every indicator with numerator and denominator (ASM-03)",
)  # fmt: skip
routes.ask(
    "GET", "/scores/{subject_kind}/{subject_id}/facts", ASSESSMENT["ListFacts"], query=schemas.FactsQuery,
    zh="得分依据", en="The facts behind a score, down to the events (ASM-08)",
)  # fmt: skip
routes.ask(
    "POST", "/scores/recompute", ASSESSMENT["Recompute"], body=schemas.Recompute, roles=ASSESSORS,
    seconds=RECOMPUTE_SECONDS, zh="重新计算并核对", en="Compute again from the event log and compare (ASM-02)",
)  # fmt: skip
routes.ask(
    "GET",
    "/reports/daily",
    ASSESSMENT["GetDailyReport"],
    query=schemas.DailyQuery,
    zh="日报",
    en="Daily report (ASM-04)",
)
