"""Alembic runs this file for every migration of the liaison service."""

from services.chassis.migrate import run_env

run_env()
