"""Enterprises, organisations, places and facilities (REG-10)."""

KINDS = ("enterprise", "organisation", "place", "facility")
