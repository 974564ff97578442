"""Become another program that ends when its parent ends.

    python -m infra.local.launch [--user USER] [--signal TERM] -- COMMAND…

The kernel sends the signal when the parent dies, however it dies (prctl PR_SET_PDEATHSIG), so a supervisor
killed with SIGKILL leaves nobody behind. The pid stays: nothing stands between supervisor and program.
Only the standard library is imported; the interpreter is gone after the exec.
"""

import argparse
import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def command(argv: Sequence[str], *, user: str | None = None, death_signal: str = "TERM") -> list[str]:
    """The argument list that starts `argv` under this module, as `user` (root only) when one is given."""
    options = ["--signal", death_signal, *(["--user", user] if user else [])]
    return [sys.executable, "-m", "infra.local.launch", *options, "--", *argv]


def become_user(name: str) -> None:
    """Drop root for good: groups, group and user of `name`."""
    account = pwd.getpwnam(name)
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def die_with_parent(death_signal: int, parent: int) -> None:
    """Have the kernel send `death_signal` when the parent ends; exits now if `parent` has ended already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        sys.exit(0)


def main() -> None:
    """Parse the command line, drop rights, bind to the parent, exec."""
    parent = os.getppid()
    parser = argparse.ArgumentParser(prog="infra.local.launch")
    parser.add_argument("--user")
    parser.add_argument("--signal", default="TERM")
    parser.add_argument("argv", nargs="+")
    options = parser.parse_args()
    if options.user:
        become_user(options.user)
    # After the change of user: changing credentials clears the setting.
    die_with_parent(signal.Signals[f"SIG{options.signal}"], parent)
    os.execvp(options.argv[0], options.argv)  # noqa: S606 (a list, no shell)


if __name__ == "__main__":
    main()
