"""One platform for all tests by hand, and one of its own for requests made from the document."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.badinput.town import Town, running_town

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test of a file waits for a platform, which takes its time where the machine is busy."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.needs_platform)
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    """The platform of the tests by hand."""
    with running_town() as town:
        yield town
