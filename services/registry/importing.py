"""Runs imports of whole tables beside the calls: one at a time in each api process (REG-13, ALL-02).

The run is one command on the bus, thus one transaction. It holds an advisory lock while it lives, so that a run whose
process died is known as interrupted and may be asked for again.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import structlog

from services.chassis.auth import Principal
from services.chassis.errors import StillRunning, Unavailable
from services.chassis.rpc.interceptor import translate
from services.registry.bootstrap import Service
from services.registry.messages import RunImport
from services.registry.repository import imports

log = structlog.get_logger(__name__)


@dataclass
class Importing:
    """The thread that imports."""

    service: Service
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="import"))

    def start(self, import_id: str, caller: Principal) -> None:
        """Let the import wait for its turn, unless it is over or running. Raises ImportNotFound."""
        if imports.queue(self.service.engine, import_id, caller):
            self._thread.submit(self._run, import_id, caller)

    def _run(self, import_id: str, caller: Principal) -> None:
        try:
            self.service.bus.handle(RunImport(id=import_id), caller)
        except StillRunning:
            log.info("import runs elsewhere", import_id=import_id)
        except Exception as error:
            refusal = translate(error)
            if isinstance(refusal, Unavailable):
                return  # nothing was written, the rows are kept: it is interrupted and may be asked for again
            log.info("import ended", import_id=import_id, code=refusal.code)
            imports.refuse(self.service.engine, import_id, refusal, self.service.clock.now())
