"""The registry's worker as its own process: its timers seal the audit log; SIGTERM ends it cleanly."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from services.chassis import audit

from .conftest import Registry

PROGRAM = "from services.chassis.worker import run; run(['registry'])"


def until(condition: Callable[[], object], seconds: float = 30.0) -> None:
    ends = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < ends, "waited too long"
        time.sleep(0.05)


@pytest.mark.rule("PRV-05")
def test_audit_is_sealed_and_anchored(county: Registry, keys: Path, tmp_path: Path) -> None:
    county.operator("SetActive", person_id=county.ids["li"], active=False)
    given = {
        "WANGGE_HOME": str(tmp_path),
        "WANGGE_REGISTRY_DATABASE_URI": county.service.config.database_uri,
        "WANGGE_FIELD_KEY": str(keys / "field.key"),
        "WANGGE_AMQP_URI": "amqp://127.0.0.1:1",  # it consumes nothing, so it never connects
    }
    process = subprocess.Popen([sys.executable, "-c", PROGRAM], env={**os.environ, **given})
    anchor = tmp_path / "anchors" / "registry.log"
    try:
        until(anchor.exists)
        assert audit.first_broken(county.service.engine, anchor) is None
        assert county.rows("SELECT count(*) FROM audit WHERE sealed_no IS NULL") == [(0,)]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
