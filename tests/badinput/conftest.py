"""One platform for all tests by hand, and one of its own for requests made from the document."""

from collections.abc import Iterator

import pytest

from tests.badinput.town import Town, running_town


@pytest.fixture(scope="session")
def town() -> Iterator[Town]:
    """The platform of the tests by hand."""
    with running_town() as town:
        yield town
