"""The patrol service's gRPC side: a request becomes a command or a question, the answer becomes the reply."""

from typing import Any

import grpc

from services.chassis.config import Config
from services.chassis.rpc.serve import Api
from services.patrol.api import diary, inspections, meetings, returns, tasks, visits
from services.patrol.bootstrap import build as wire
from wangge.patrol.v1 import (
    diary_pb2_grpc,
    inspections_pb2_grpc,
    meetings_pb2_grpc,
    patrol_pb2_grpc,
    returns_pb2_grpc,
    visits_pb2_grpc,
)


def _add(service: Any, server: grpc.Server) -> None:
    made: Any = tasks.Servicer(service)
    patrol_pb2_grpc.add_PatrolServicer_to_server(made, server)
    diaries: Any = diary.Servicer(service)
    diary_pb2_grpc.add_DiaryServicer_to_server(diaries, server)
    of_meetings: Any = meetings.Servicer(service)
    meetings_pb2_grpc.add_MeetingsServicer_to_server(of_meetings, server)
    of_returns: Any = returns.Servicer(service)
    returns_pb2_grpc.add_ReturnsServicer_to_server(of_returns, server)
    of_inspections: Any = inspections.Servicer(service)
    inspections_pb2_grpc.add_InspectionsServicer_to_server(of_inspections, server)
    visited: Any = visits.Servicer(service)
    visits_pb2_grpc.add_VisitsServicer_to_server(visited, server)


def build(config: Config) -> Api:
    """What the api role serves for this service: one servicer for each of its gRPC services."""
    return Api("patrol", wire(config), _add)
