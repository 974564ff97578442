"""The command `wangge`."""

import sys


def main() -> None:
    """Entry point of `wangge`. A worker's process is made green before anything else is imported."""
    if sys.argv[1:2] == ["worker"]:
        import eventlet

        eventlet.monkey_patch()
    from infra.cli.group import wangge

    wangge()
