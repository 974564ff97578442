"""Receive the events of the county grid platform in a department's own program.

    from wangge_department import Department
    department = Department.from_environment()      # WANGGE_DEPARTMENT_URI

    @department.on("incident.dispatched.v1")
    def dispatched(event):
        print(event.subject, event.data["matter_name"])

    department.run()

Every event arrives at least once and is acknowledged only after the callback returned. See `Department`.
"""

from wangge_department.department import Department
from wangge_department.errors import DepartmentError, InvalidData, NotAnEvent, Refused, WrongAddress
from wangge_department.event import Event

__all__ = ["Department", "DepartmentError", "Event", "InvalidData", "NotAnEvent", "Refused", "WrongAddress"]
