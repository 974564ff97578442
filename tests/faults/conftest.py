"""The platform that faults are done to: one for the session, whole again after each test."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.ports import free_block
from infra.local.settings import PORTS_PER_PLATFORM
from tests.faults.harness.site import Site

SPARE_PORTS = 10
"""For processes beside the supervised ones."""


@pytest.fixture(scope="session")
def whole_site() -> Iterator[Site]:
    """A running platform with a small county and a department's program."""
    with tempfile.TemporaryDirectory(prefix="wangge-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        site = Site(folder, free_block(PORTS_PER_PLATFORM + SPARE_PORTS))
        try:
            site.start()
            yield site
        finally:
            site.stop()


@pytest.fixture
def site(whole_site: Site) -> Iterator[Site]:
    """The session's platform with nothing armed and everything at work, before and after the test."""
    whole_site.points.disarm()
    whole_site.all_ready()
    yield whole_site
    whole_site.points.disarm()
    whole_site.all_ready()
