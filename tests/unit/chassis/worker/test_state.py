"""The state file: replaced at once on every change, never in the way."""

import json
import os

from services.chassis.worker.state import WorkerState, state


def test_changes_are_written_and_the_last_error_stays(tmp_path):
    worker = WorkerState.of("state-test", tmp_path)
    worker.queue("a.on.b", "consuming")
    worker.queue("a.on.b", "paused", "away")
    worker.queue("a.on.b", "consuming")
    worker.timer("tick", "broken")
    written = json.loads((tmp_path / "run" / "worker-state-test.json").read_text())
    assert (written["service"], written["pid"]) == ("state-test", os.getpid())
    assert written["queues"]["a.on.b"]["state"] == "consuming"
    assert written["queues"]["a.on.b"]["last_error"]["reason"] == "away"
    assert written["timers"]["tick"]["state"] == "failing"
    assert state()["state-test"]["queues"] == written["queues"]
    assert [path.name for path in (tmp_path / "run").iterdir()] == ["worker-state-test.json"]


def test_a_place_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "run").write_text("a file where the folder should be")
    WorkerState("blocked", tmp_path).queue("a.on.b", "consuming")
