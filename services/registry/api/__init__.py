"""gRPC: request → command → reply, and queries for what is only read. The files of wangge.registry.v1 say what each
method does; every gRPC service of theirs has a servicer of its own here."""

from collections.abc import Mapping
from typing import Any

import grpc

from services.chassis.auth import Issuer
from services.chassis.config import Config
from services.chassis.rpc.serve import Api
from services.registry.api import boards, care, places, registry
from services.registry.bootstrap import Service, issuer
from services.registry.bootstrap import build as wire
from wangge.registry.v1 import boards_pb2_grpc, care_pb2_grpc, places_pb2_grpc, registry_pb2_grpc

SERVICERS: Mapping[str, type] = {
    "Registry": registry.Servicer,
    "Boards": boards.Servicer,
    "Care": care.Servicer,
    "Places": places.Servicer,
}
"""Who answers which gRPC service."""
PUBLIC = registry.PUBLIC | boards.PUBLIC


def _add(made: tuple[Service, Issuer], server: grpc.Server) -> None:
    first: Any = registry.Servicer(*made)
    registry_pb2_grpc.add_RegistryServicer_to_server(first, server)
    of_boards: Any = boards.Servicer(made[0])
    boards_pb2_grpc.add_BoardsServicer_to_server(of_boards, server)
    of_care: Any = care.Servicer(made[0])
    care_pb2_grpc.add_CareServicer_to_server(of_care, server)
    of_places: Any = places.Servicer(made[0])
    places_pb2_grpc.add_PlacesServicer_to_server(of_places, server)


def serving(service: Service, tokens: Issuer) -> Api:
    """What the api role serves of a wired service: one servicer for each of its gRPC services."""
    return Api("registry", (service, tokens), _add, PUBLIC)


def build(config: Config) -> Api:
    """The registry's part of the api role."""
    return serving(wire(config), issuer(config))
