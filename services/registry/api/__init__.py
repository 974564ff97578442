"""gRPC: request → command → reply, and queries for what is only read. The files of wangge.registry.v1 say what each
method does; every gRPC service of theirs has a servicer of its own here."""

from collections.abc import Callable, Mapping
from typing import Any

import grpc

from services.chassis.auth import Issuer
from services.chassis.config import Config
from services.chassis.rpc.serve import Api
from services.registry.api import boards, bodies, care, letters, places, registry, rollouts, rosters
from services.registry.bootstrap import Service, issuer
from services.registry.bootstrap import build as wire
from wangge.registry.v1 import (
    boards_pb2_grpc,
    bodies_pb2_grpc,
    care_pb2_grpc,
    letters_pb2_grpc,
    places_pb2_grpc,
    registry_pb2_grpc,
    rollouts_pb2_grpc,
    rosters_pb2_grpc,
)

SERVICERS: Mapping[str, Any] = {
    "Registry": registry.Servicer,
    "Boards": boards.Servicer,
    "Bodies": bodies.Servicer,
    "Care": care.Servicer,
    "Places": places.Servicer,
    "Letters": letters.Servicer,
    "Rollouts": rollouts.Servicer,
    "Rosters": rosters.Servicer,
}
"""Who answers which gRPC service; all but the first are made of the wired service alone."""
_ADDERS: Mapping[str, Callable[[Any, grpc.Server], None]] = {
    "Registry": registry_pb2_grpc.add_RegistryServicer_to_server,
    "Boards": boards_pb2_grpc.add_BoardsServicer_to_server,
    "Bodies": bodies_pb2_grpc.add_BodiesServicer_to_server,
    "Care": care_pb2_grpc.add_CareServicer_to_server,
    "Places": places_pb2_grpc.add_PlacesServicer_to_server,
    "Letters": letters_pb2_grpc.add_LettersServicer_to_server,
    "Rollouts": rollouts_pb2_grpc.add_RolloutsServicer_to_server,
    "Rosters": rosters_pb2_grpc.add_RostersServicer_to_server,
}
PUBLIC = registry.PUBLIC | boards.PUBLIC


def _add(made: tuple[Service, Issuer], server: grpc.Server) -> None:
    for name, servicer in SERVICERS.items():
        arguments = made if name == "Registry" else made[:1]
        _ADDERS[name](servicer(*arguments), server)


def serving(service: Service, tokens: Issuer) -> Api:
    """What the api role serves of a wired service: one servicer for each of its gRPC services."""
    return Api("registry", (service, tokens), _add, PUBLIC)


def build(config: Config) -> Api:
    """The registry's part of the api role."""
    return serving(wire(config), issuer(config))
