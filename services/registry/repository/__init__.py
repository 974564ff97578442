"""Loads and saves the registry's aggregates in PostgreSQL; `RegistryWork` is its unit of work."""

from services.registry.repository.accounts import Argon2Passwords
from services.registry.repository.plans import CheckedPlans, to_fault
from services.registry.repository.work import RegistryWork, RegistryWorks

__all__ = ["Argon2Passwords", "CheckedPlans", "RegistryWork", "RegistryWorks", "to_fault"]
