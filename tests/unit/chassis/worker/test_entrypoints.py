"""Declarations that cannot work are refused where they are written, in a process without a broker."""

import subprocess
import sys
from types import ModuleType

import eventlet
import pytest

from services.chassis.worker import Transient, consume, every
from services.chassis.worker.entrypoints import contained
from services.chassis.worker.runner import workers_in


def test_types_must_be_the_producers():
    with pytest.raises(ValueError, match="not an event type of incident"):
        consume("incident", "registry.grid-created.v1")
    with pytest.raises(ValueError, match="not an event type of incident"):
        consume("incident", "incident.closed")


def test_timer_needs_a_positive_interval():
    with pytest.raises(ValueError, match="positive"):
        every(0)


def test_handler_can_be_called_directly_and_returns_what_it_raises():
    from services.chassis.envelope import Envelope

    class Worker:
        name = "assessment"

        @consume("incident", "incident.closed.v1")
        def on_incident(self, envelope):
            raise KeyError(envelope.id)

    event = Envelope(
        id="0", source="/s", type="incident.closed.v1", subject="1", time=None, sequence=1, data={}, traceparent="bad"
    )
    with pytest.raises(KeyError):
        Worker().on_incident(event)


def test_every_class_with_entrypoints_is_served_and_none_is_an_error():
    module = ModuleType("services.x.worker")
    exec("class Plain: pass", module.__dict__)
    with pytest.raises(LookupError, match=r"services\.x\.worker"):
        workers_in(module)
    module.every = every
    exec("class Worker:\n  name = 'x'\n  @every(1)\n  def tick(self): pass", module.__dict__)
    assert workers_in(module) == [module.Worker]


def test_importing_the_package_brings_no_nameko_so_that_run_can_patch_first():
    code = (
        "import sys, services.chassis.worker, services.chassis.topology, services.chassis.envelope;"
        "print({'nameko', 'eventlet', 'kombu', 'grpc'} & {m.partition('.')[0] for m in sys.modules})"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "set()"


def test_a_worker_reaches_no_grpc():
    code = "import sys, services.chassis.worker.runner; print('grpc' in sys.modules)"
    out = subprocess.run([sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"


def test_what_nameko_would_wait_for_without_end_becomes_an_exception():
    def out_of_time():
        raise eventlet.Timeout(0)

    def leave():
        raise SystemExit(1)

    with pytest.raises(Transient):
        contained(out_of_time)()
    with pytest.raises(RuntimeError, match="end the process"):
        contained(leave)()
