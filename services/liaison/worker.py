"""The liaison service's worker: every event goes into the log; unfinished connections are cleared away."""

from contextlib import suppress

from services.chassis import audit, housekeeping
from services.chassis import config as configuration
from services.chassis.envelope import Envelope, MalformedEvent
from services.chassis.topology import queue_name
from services.chassis.worker import PermanentFailure, consume, every
from services.chassis.worker.single import built_once
from services.liaison import schemas
from services.liaison.bootstrap import Service, broker_settings, build
from services.liaison.errors import MonthNotMade
from services.liaison.repository import make_ahead

SEAL_SECONDS = 5
GAP_SECONDS = 60
RECONCILE_SECONDS = 60
HOUSEKEEPING_SECONDS = 3600


@built_once
def _service() -> Service:
    """Wired once for each process: nameko makes a new Worker for every message."""
    return build(configuration.read("liaison"), broker_settings())


@built_once
def _ready() -> Service:
    """The service, with a partition for this month before the first event is logged."""
    with suppress(MonthNotMade):  # the timer says so
        make_ahead(_service().engine, _service().bus.clock.now())
    return _service()


class Worker:
    """Logs what every service says (XCH-03), and keeps the log and the connections in order."""

    name = "liaison"

    @consume("registry")
    def on_registry(self, envelope: Envelope) -> None:
        self._log(envelope, "registry")
        if envelope.type == schemas.DEPARTMENT_CHANGED:
            self._copy_department(envelope)

    @consume("incident")
    def on_incident(self, envelope: Envelope) -> None:
        self._log(envelope, "incident")

    @consume("assessment")
    def on_assessment(self, envelope: Envelope) -> None:
        self._log(envelope, "assessment")

    @consume("patrol")
    def on_patrol(self, envelope: Envelope) -> None:
        self._log(envelope, "patrol")

    def _log(self, envelope: Envelope, producer: str) -> None:
        _ready().bus.consume(schemas.logged(envelope), queue_name(self.name, producer), envelope.id)

    def _copy_department(self, envelope: Envelope) -> None:
        try:
            message = schemas.department(envelope)
        except MalformedEvent as error:
            raise PermanentFailure(str(error)) from error
        _service().bus.consume(message, f"{self.name}.departments", envelope.id)

    @every(RECONCILE_SECONDS)
    def reconcile(self) -> None:
        _service().connecting.reconcile()

    @every(GAP_SECONDS)
    def check_gaps(self) -> None:
        _service().queries.check_gaps()

    @every(HOUSEKEEPING_SECONDS)
    def make_partitions(self) -> None:
        make_ahead(_service().engine, _service().bus.clock.now())

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
