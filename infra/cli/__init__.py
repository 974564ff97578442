"""The command `wangge`."""

import sys
import warnings


def main() -> None:
    """Entry point of `wangge`. A worker's process is made green before anything else is imported."""
    if sys.argv[1:2] == ["worker"]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # on its maintenance: no line of a structured log
            import eventlet

        eventlet.monkey_patch()
    from infra.cli.group import wangge

    wangge()
