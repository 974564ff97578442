"""The patrol service's worker: facts of registry and cases come in, what is to be done is made, the log is sealed."""

from services.chassis import audit, housekeeping
from services.chassis import config as configuration
from services.chassis.envelope import Envelope, MalformedEvent
from services.chassis.worker import PermanentFailure, consume, every
from services.chassis.worker.single import built_once
from services.patrol import schemas
from services.patrol.bootstrap import Service, build
from services.patrol.repository.coverage import settle

SWEEP_SECONDS = 1
SEAL_SECONDS = 5
HOUSEKEEPING_SECONDS = 3600


@built_once
def _service() -> Service:
    return build(configuration.read("patrol"))


class Worker:
    """Handles what other services and the clock say."""

    name = "patrol"

    @consume("registry", *schemas.CONSUMED)
    def on_registry(self, envelope: Envelope) -> None:
        try:
            message = schemas.read(envelope)
        except MalformedEvent as error:
            raise PermanentFailure(str(error)) from error
        _service().bus.consume(message, "patrol.on.registry", envelope.id)

    @consume("incident", *schemas.FROM_INCIDENT)
    def on_incident(self, envelope: Envelope) -> None:
        try:
            message = schemas.read_case(envelope)
        except MalformedEvent as error:
            raise PermanentFailure(str(error)) from error
        _service().bus.consume(message, "patrol.on.incident", envelope.id)

    @every(SWEEP_SECONDS)
    def sweep(self) -> None:
        _service().bus.sweep()

    @every(SEAL_SECONDS)
    def seal(self) -> None:
        config = _service().config
        audit.seal(_service().engine, config.home / "anchors" / f"{self.name}.log")

    @every(HOUSEKEEPING_SECONDS)
    def clean(self) -> None:
        housekeeping.clean(_service().engine)
        settle(_service().engine)

    def probe(self) -> None:
        """Raise while the database is away."""
        with _service().engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
