"""gRPC: request → command → reply, and queries for what is only read. wangge.registry.v1 says what each method does."""

from typing import Any

import grpc

from services.chassis.auth import Issuer
from services.chassis.config import Config
from services.chassis.rpc.serve import Api
from services.registry.api import places
from services.registry.api.registry import PUBLIC, Servicer
from services.registry.bootstrap import Service, issuer
from services.registry.bootstrap import build as wire
from wangge.registry.v1 import places_pb2_grpc, registry_pb2_grpc


def _add(made: tuple[Service, Issuer], server: grpc.Server) -> None:
    registry: Any = Servicer(*made)
    registry_pb2_grpc.add_RegistryServicer_to_server(registry, server)
    of_places: Any = places.Servicer(made[0])
    places_pb2_grpc.add_PlacesServicer_to_server(of_places, server)


def serving(service: Service, tokens: Issuer) -> Api:
    """What the api role serves of a wired service: one servicer for each of its gRPC services."""
    return Api("registry", (service, tokens), _add, PUBLIC)


def build(config: Config) -> Api:
    """The registry's part of the api role."""
    return serving(wire(config), issuer(config))
