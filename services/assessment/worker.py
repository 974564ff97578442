"""The assessment service's worker: facts about cases and patrols come in, and copies of what the registry says."""

from services.assessment import schemas
from services.assessment.bootstrap import Service, build
from services.chassis import audit, housekeeping
from services.chassis import config as configuration
from services.chassis.envelope import Envelope, MalformedEvent
from services.chassis.worker import PermanentFailure, consume, every
from services.chassis.worker.single import built_once

SEAL_SECONDS = 5
HOUSEKEEPING_SECONDS = 3600


@built_once
def _service() -> Service:
    """Wired once for each process: nameko makes a new Worker for every message."""
    return build(configuration.read("assessment"))


class Worker:
    """Counts what happened to cases and patrols; every event at most once."""

    name = "assessment"

    @consume("incident", *schemas.FROM_INCIDENT)
    def on_incident(self, envelope: Envelope) -> None:
        _take(envelope, "assessment.on.incident")

    @consume("patrol", *schemas.FROM_PATROL)
    def on_patrol(self, envelope: Envelope) -> None:
        _take(envelope, "assessment.on.patrol")

    @consume("registry", *schemas.FROM_REGISTRY)
    def on_registry(self, envelope: Envelope) -> None:
        _take(envelope, "assessment.on.registry")

    @every(SEAL_SECONDS)
    def seal(self) -> None:
        config = _service().config
        audit.seal(_service().engine, config.home / "anchors" / f"{self.name}.log")

    @every(HOUSEKEEPING_SECONDS)
    def clean(self) -> None:
        housekeeping.clean(_service().engine)

    def probe(self) -> None:
        """Raise while the database is away."""
        with _service().engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")


def _take(envelope: Envelope, consumer: str) -> None:
    try:
        message = schemas.read(envelope)
    except MalformedEvent as error:
        raise PermanentFailure(str(error)) from error
    _service().bus.consume(message, consumer, envelope.id)
