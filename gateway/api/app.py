"""The application: `uvicorn --factory gateway.api.app:create`, or `wangge gateway`."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from services.chassis import memory, telemetry
from services.chassis.auth import Verifier
from services.chassis.errors import WanggeError

from . import boards, open311
from .blobs import Blobs
from .clients import Clients
from .declare import Routes
from .endpoints import refuse, starlette_routes
from .observe import Metrics, Observe
from .pages import page_routes
from .printing import Press
from .routes import PARTS
from .settings import Settings
from .signin import SignInLimits
from .stream.feed import Feed
from .stream.hub import Hub


@dataclass
class Shared:
    """What all requests of one application share; `app.state.shared`."""

    settings: Settings
    verifier: Verifier
    clients: Clients
    blobs: Blobs
    limits: SignInLimits
    metrics: Metrics
    hub: Hub
    open311: open311.Edge
    press: Press
    feed: Feed | None = None


def create(settings: Settings | None = None, parts: Iterable[Routes] = PARTS) -> Starlette:
    """The ASGI application. Without `settings` they are read from the environment, and telemetry is configured."""
    if settings is None:
        telemetry.configure("gateway", "gateway")
        telemetry.configure_logging("gateway", "gateway")
        settings = Settings.from_environment()
    parts = list(parts)
    metrics = Metrics()
    declarations = [declaration for part in parts for declaration in part]
    app = Starlette(
        routes=[*starlette_routes(declarations), *open311.routes(), *boards.page_routes(), *page_routes(parts)],
        middleware=[Middleware(Observe, metrics=metrics)],
        exception_handlers=dict.fromkeys((WanggeError, HTTPException, Exception), _refused),
        lifespan=_lifespan(settings, metrics),
    )
    app.router.redirect_slashes = False
    return app


async def _refused(request: Request, error: Exception) -> Response:
    return refuse(request, error)


def _lifespan(settings: Settings, metrics: Metrics) -> Any:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        shared = _shared(settings, metrics)
        app.state.shared = shared
        if shared.feed:
            shared.feed.start()
        memory.settle()
        try:
            yield
        finally:
            shared.hub.close()
            if shared.feed:
                await asyncio.to_thread(shared.feed.stop)
            await shared.clients.close()

    return lifespan


def _shared(settings: Settings, metrics: Metrics) -> Shared:
    hub, clients = Hub(), Clients(settings.addresses, settings.deadline_seconds)
    return Shared(
        settings=settings,
        verifier=Verifier.from_file(settings.public_keys),
        clients=clients,
        blobs=Blobs(settings.blobs),
        limits=SignInLimits.of(settings.sign_ins_per_name, settings.sign_ins_per_address),
        metrics=metrics,
        hub=hub,
        open311=open311.Edge(settings, clients),
        press=Press(),
        feed=_feed(settings, hub) if settings.amqp_uri else None,
    )


def _feed(settings: Settings, hub: Hub) -> Feed:
    """The feed, whose thread hands everything to the running loop."""
    loop = asyncio.get_running_loop()

    def call(function: Callable[..., None], *arguments: Any) -> None:
        loop.call_soon_threadsafe(function, *arguments)

    return Feed(
        settings.amqp_uri or "",
        settings.exchanges,
        on_event=lambda event: call(hub.publish, event),
        on_up=lambda: call(hub.feed_up),
        on_down=lambda: call(hub.feed_down),
    )
