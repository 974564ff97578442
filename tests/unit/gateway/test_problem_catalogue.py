"""The pages of problems know every code that a service may answer with."""

import json

from gateway.api.problems import explanation
from gateway.collect_problems import TARGET, collect


def test_the_committed_catalogue_is_what_the_services_define() -> None:
    assert json.loads(TARGET.read_text("utf-8")) == collect(), "run: python -m gateway.collect_problems"


def test_every_code_is_explained_in_both_languages() -> None:
    for code, row in collect().items():
        assert explanation(code, "zh") == (row["status"], explanation(code, "zh")[1], row["zh"])
        assert explanation(code, "en")[2] == row["en"]
