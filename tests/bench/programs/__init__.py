"""Programs that a benchmark starts: the smallest things that stand on the platform's chassis or client library."""

CONSUMER, PRODUCER, TYPE = "bench", "maker", "maker.made.v1"
"""Who handles what in `handling`."""
