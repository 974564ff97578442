"""Alembic runs this file for every migration of the patrol service."""

from services.chassis.migrate import run_env

run_env()
