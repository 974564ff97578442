"""The registry's worker: it consumes no other service's events; its timers put changes of grids into effect when their
day has come (REG-04), seal the audit log and clean up."""

from services.chassis import audit, housekeeping
from services.chassis import config as configuration
from services.chassis.worker import every
from services.chassis.worker.single import built_once
from services.registry.bootstrap import Service, build
from services.registry.repository import cleaning, imports

SWEEP_SECONDS = 1
SEAL_SECONDS = 5
HOUSEKEEPING_SECONDS = 3600


@built_once
def _service() -> Service:
    """Wired once for each process: nameko makes a new Worker for every tick."""
    return build(configuration.read("registry"))


class Worker:
    """What the clock brings."""

    name = "registry"

    @every(SWEEP_SECONDS)
    def sweep(self) -> None:
        _service().bus.sweep()

    @every(SEAL_SECONDS)
    def seal(self) -> None:
        audit.seal(_service().engine, _service().config.home / "anchors" / f"{self.name}.log")

    @every(HOUSEKEEPING_SECONDS)
    def clean(self) -> None:
        housekeeping.clean(_service().engine)
        cleaning.clean(_service().engine, _service().sessions.now())
        imports.clean(_service().engine, _service().clock.now())
