"""Every operation of the OpenAPI document that writes, as every role: no 5xx, every answer as the document says.

The checks and the choice of requests: document_runs.py. On a platform of its own: what it stores is nobody's.
"""

from collections.abc import Iterator

import pytest

from tests.badinput import requests_of_document as document
from tests.badinput.document_runs import ROLES, Run
from tests.badinput.town import running_town

LABELS = [label for label in document.LABELS if not label.startswith("GET ")]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    with running_town() as town:
        yield Run(town)


@pytest.mark.rule("ALL-05")
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("label", LABELS)
def test_every_answer_is_as_documented(run: Run, label: str, role: str) -> None:
    assert run.check(label, role) > 0
