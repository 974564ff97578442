"""What can go wrong, each in a Chinese and an English sentence.

DepartmentError
├── WrongAddress   WANGGE_DEPARTMENT_URI is missing or unusable
├── Refused        the broker does not let this department in, or to this queue
├── NotAnEvent     a message that is no CloudEvent of the platform
└── InvalidData    an event whose data contradict the schema of its type
"""


class DepartmentError(Exception):
    """Root of the tree; `zh` and `en` are the two sentences."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(f"{zh} / {en}")


class WrongAddress(DepartmentError):
    """The secret address cannot be used. The sentences never contain the password."""


class Refused(DepartmentError):
    """Name, password, permission or queue is not accepted; trying again does not help."""


class NotAnEvent(DepartmentError):
    """The message can never be understood; it goes to the dead-letter queue at once."""


class InvalidData(DepartmentError):
    """The data contradict the schema; the event goes to the dead-letter queue at once."""
