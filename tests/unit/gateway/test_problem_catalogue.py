"""The pages of problems know every code that a service may answer with."""

import json
from collections import defaultdict

from gateway.api.problems import explanation
from gateway.collect_problems import TARGET, collect, tree
from services.chassis.errors import WanggeError


def test_the_committed_catalogue_is_what_the_services_define() -> None:
    assert json.loads(TARGET.read_text("utf-8")) == collect(), "run: python -m gateway.collect_problems"


def test_every_code_is_explained_in_both_languages() -> None:
    for code, row in collect().items():
        assert explanation(code, "zh") == (row["status"], explanation(code, "zh")[1], row["zh"])
        assert explanation(code, "en")[2] == row["en"]


def test_a_code_means_one_thing_whichever_service_says_it() -> None:
    said = defaultdict(set)
    for error in tree(WanggeError):
        if error.__module__.startswith("services."):
            said[error.code].add((error.zh, error.en))
    assert {code: sentences for code, sentences in said.items() if len(sentences) > 1} == {}
