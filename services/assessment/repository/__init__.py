"""Saves facts, counters and copies; the unit of work of the assessment service."""

from services.assessment.repository.work import AssessmentWork, Ground, works

__all__ = ["AssessmentWork", "Ground", "works"]
