"""The ten lines as a program of their own: crash, SIGTERM, the command, the trace."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from infra.tracing.receiver import Receiver
from infra.tracing.store import SpanStore
from infra.tracing.tree import tree
from wangge_department import Department, Event

PROGRAM = """
import sys
from wangge_department import Department

department = Department.from_environment()

@department.on("incident.dispatched.v1")
def dispatched(event):
    print(event.subject, event.data["matter_name"], flush=True)
    sys.stdin.readline()
    print("handled", flush=True)

department.run()
print("left", flush=True)
"""


@contextmanager
def running(queue: Any, client_path: str, *command: str, **more: str) -> Iterator["subprocess.Popen[str]"]:
    environment = os.environ | {"WANGGE_DEPARTMENT_URI": queue.uri, "PYTHONPATH": client_path} | more
    process = subprocess.Popen(
        [sys.executable, *command],
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.mark.rule("XCH-03")
def test_an_event_whose_program_was_killed_comes_again(queue: Any, client_path: str) -> None:
    id_ = queue.publish()
    with running(queue, client_path, "-c", PROGRAM) as program:
        assert line(program) == "case-1 河道污染"
        os.kill(program.pid, signal.SIGKILL)
        program.wait()
    seen: list[Event] = []
    came, made = threading.Event(), Department(queue.uri)

    @made.on("*")
    def again(event: Event) -> None:
        seen.append(event)
        came.set()

    with made:
        assert came.wait(20)
    assert [(event.id, event.attempt) for event in seen] == [(id_, 2)]
    assert queue.waiting() == 0


def test_sigterm_finishes_the_callback_in_progress_and_gives_back_the_rest(queue: Any, client_path: str) -> None:
    queue.publish()
    queue.publish()
    until_asked = PROGRAM.replace("sys.stdin.readline()", "assert department.wait(20)")
    with running(queue, client_path, "-c", until_asked) as program:
        assert line(program) == "case-1 河道污染"
        program.send_signal(signal.SIGTERM)
        out, _ = program.communicate(timeout=20)
    assert out.split() == ["handled", "left"]
    assert program.returncode == 0
    assert queue.waiting() == 1


def test_the_trace_goes_on_in_the_departments_program(queue: Any, client_path: str, tmp_path: Path) -> None:
    trace, parent = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
    receiver = Receiver(("127.0.0.1", 0), SpanStore(tmp_path / "traces.db"))
    serving = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    queue.publish(traceparent=f"00-{trace}-{parent}-01")
    endpoint = f"http://127.0.0.1:{receiver.server_address[1]}/v1/traces"
    try:
        with running(queue, client_path, "-c", PROGRAM, WANGGE_OTLP_ENDPOINT=endpoint) as program:
            assert line(program) == "case-1 河道污染"
            program.send_signal(signal.SIGTERM)
            program.communicate("\n", timeout=20)
    finally:
        receiver.shutdown()
        serving.join()
        receiver.server_close()
        receiver.store.close()
    (root,) = tree(trace, path=tmp_path / "traces.db")["roots"]
    assert (root["service"], root["name"], root["kind"]) == (
        "department/env-office",
        "receive incident.dispatched.v1",
        "consumer",
    )
    assert root["parent_id"] == parent


COMMAND = ("-m", "wangge_department.command")


def test_check_says_what_may_be_read_and_takes_nothing(queue: Any, client_path: str) -> None:
    queue.publish()
    with running(queue, client_path, *COMMAND, "check") as command:
        out, _ = command.communicate(timeout=30)
    assert command.returncode == 0
    assert queue.name in out and "waiting: 1" in out
    assert queue.waiting() == 1


def test_check_explains_a_refusal_without_the_secret(queue: Any, client_path: str) -> None:
    secret = queue.uri.split(":")[2].split("@")[0]
    foreign = queue.uri.replace("?queue=", "?queue=other.")
    with running(queue, client_path, *COMMAND, "check", WANGGE_DEPARTMENT_URI=foreign) as command:
        _, err = command.communicate(timeout=30)
    assert command.returncode == 1
    assert "队列" in err and secret not in err and "Traceback" not in err


def test_tail_prints_a_table_or_json(queue: Any, client_path: str) -> None:
    queue.publish("case-7", 3)
    queue.publish("case-8")  # fetched ahead by the first tail, and given back
    with running(queue, client_path, *COMMAND, "tail", "--count", "1") as command:
        out, err = command.communicate(timeout=30)
    head, row = out.splitlines()
    assert head.split() == ["时间", "类型", "对象", "序号", "网格", "部门", "内容"]
    assert row.split()[2:5] == ["incident.dispatched.v1", "case-7", "3"]
    with running(queue, client_path, *COMMAND, "tail", "--json", "--count", "1") as command:
        out, err = command.communicate(timeout=30)
    assert json.loads(out)["subject"] == "case-8"
    assert command.returncode == 0, err
    assert queue.waiting() == 0
