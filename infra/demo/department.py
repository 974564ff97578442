"""The environment department's own program, run as its own process in an environment that holds nothing of ours."""

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from infra.demo.broker import depth
from infra.local import launch
from infra.local.process import wait_until

PROGRAM = Path(__file__).with_name("department_program.py")
_CONNECT_SECONDS = 20
_STOP_SECONDS = 10


@dataclass(frozen=True)
class Receipt:
    """An event as the program printed it, with the moment at which its callback began."""

    received: datetime
    type: str
    subject: str
    number: str | None


class DepartmentProgram:
    """Started with its secret address and where its trace goes, nothing more. Ends when this process ends."""

    def __init__(self, uri: str, otlp_endpoint: str, log: Path) -> None:
        self._environment = {"LANG": "C.UTF-8", "WANGGE_DEPARTMENT_URI": uri, "WANGGE_OTLP_ENDPOINT": otlp_endpoint}
        self._log = log
        self._receipts: list[Receipt] = []
        self._arrived = threading.Condition()
        self._process: subprocess.Popen[str] | None = None
        self.on_receipt: Callable[[Receipt], None] = lambda _receipt: None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def variables(self) -> list[str]:
        """The names of everything in the program's environment, as the kernel has it."""
        return sorted(psutil.Process(self.pid).environ()) if self._process else []

    def start(self, amqp_uri: str, queue: str) -> None:
        """Start it (from the main thread) and wait until the broker counts it on `queue`. Raises NotReady."""
        argv = launch.command([sys.executable, "-I", "-X", "utf8", str(PROGRAM)])
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                argv,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        threading.Thread(target=self._read, args=(self._process,), daemon=True).start()
        wait_until(lambda: depth(amqp_uri, queue).consumers > 0, seconds=_CONNECT_SECONDS, what="部门程序连接消息服务")

    def receipt(self, type_: str, subject: str, seconds: float) -> Receipt | None:
        """The receipt of this event, waited for at most `seconds`; None when it does not come."""
        with self._arrived:
            self._arrived.wait_for(lambda: self._find(type_, subject) is not None, seconds)
            return self._find(type_, subject)

    def stop(self) -> None:
        """Let it finish, then it is gone."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _find(self, type_: str, subject: str) -> Receipt | None:
        return next((each for each in self._receipts if (each.type, each.subject) == (type_, subject)), None)

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self._note(json.loads(line))

    def _note(self, said: dict[str, str]) -> None:
        receipt = Receipt(datetime.fromisoformat(said["received"]), said["type"], said["subject"], said["number"])
        with self._arrived:
            self._receipts.append(receipt)
            self._arrived.notify_all()
        self.on_receipt(receipt)
