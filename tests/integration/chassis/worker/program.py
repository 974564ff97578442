"""Runs the probe service as the platform runs a worker: `run` in a process of its own."""

import os
from pathlib import Path

import services

services.__path__.append(str(Path(__file__).parent / "services"))


def export_traces() -> None:
    """Spans as lines `trace parent name kind` in the file that PROBE_TRACES names."""
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

    out = Path(os.environ["PROBE_TRACES"]).open("a")  # noqa: SIM115  # until the process ends
    exporter = ConsoleSpanExporter(out=out, formatter=lambda span: span.to_json(indent=None) + "\n")
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


if __name__ == "__main__":
    from services.chassis.worker import run

    if "PROBE_TRACES" in os.environ:
        export_traces()
    run(["probe"])
