"""What can go wrong on this machine, told to the person at the terminal.

LocalError
├── MissingPackage   something has to be installed first
├── PortTaken        another program listens where the platform wants to
├── NotReady         a server did not answer before its deadline
└── StartFailed      a process could not be started, with the end of its log
"""


class LocalError(Exception):
    """Root of the tree. `str()` is a sentence in Chinese and one in English, ready to print."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")


class MissingPackage(LocalError):
    """Something that the platform stands on is not installed and cannot be installed from here."""


class PortTaken(LocalError):
    """A port of this platform is in use by somebody else."""


class NotReady(LocalError):
    """A condition did not come true before its deadline."""


class StartFailed(LocalError):
    """A process died while it was being started."""
