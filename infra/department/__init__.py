"""`wangge department`: give a department its own queue and broker user, list them, take them away."""

from infra.department.command import group

__all__ = ["group"]
