"""A plan document with each kind of error that the checker knows: line, path and remedy by REST (REG-12, ALL-05).

The documents are those of tests/unit/registry/plan/test_errors.py, one or more for each kind, sent to the platform. The
kinds that cannot be shown by a small edit (too large, too deep …) are written out here.
"""

from importlib.resources import files
from typing import Any

import pytest

from services.registry.plan.problems import SENTENCES
from tests.badinput.town import Town
from tests.unit.registry.plan.conftest import SMALL
from tests.unit.registry.plan.test_errors import CASES, Broken, place

pytestmark = pytest.mark.rule("REG-12", "ALL-05")
SHOWN = [case for case in CASES if case.code != "not-in-source"]
"""Those of the small plan; what it quotes is in no source of the platform, so that quotes are tried with plan P2."""
NAMES = [f"{number}-{case.code}" for number, case in enumerate(SHOWN)]
WHOLE: dict[str, str] = {
    "not-a-mapping": "- 一\n- 二\n",
    "too-deep": "a: " + "[" * 80 + "]" * 80,
    "too-many-nodes": "schema: wangge-plan/1\nplan: [" + "0, " * 120_000 + "0]\n",
}
SENT_ELSEWHERE = {
    "too-large": "the gateway's own limit is lower",
    "formalism": "a warning, see test_checking.py",
    "visit-without-basis": "a warning, see test_checking.py",
}


def _check(town: Town, text: str) -> list[dict[str, Any]]:
    answer = town.ask("county-leader", "POST", "/plans/check", json={"text": text})
    assert answer.status_code == 200, answer.text
    assert answer.json()["valid"] is False
    return list(answer.json()["issues"])


@pytest.mark.parametrize("case", SHOWN, ids=NAMES)
def test_the_check_names_line_path_and_remedy(town: Town, case: Broken) -> None:
    text = SMALL.replace(case.old, case.new, 1)
    issues = [each for each in _check(town, text) if (each["code"], each["path"]) == (case.code, case.path)]
    assert issues, "the error is not told"
    assert issues[0]["line"] == place(text, case.at)[0]
    assert issues[0]["severity"] == "error"
    if case.code != "unknown-reference":  # names what the platform has, see below
        assert case.remedy_en in issues[0]["en"] and case.remedy_zh in issues[0]["zh"]


@pytest.mark.parametrize("case", SHOWN, ids=NAMES)
def test_a_plan_with_it_is_not_stored(town: Town, case: Broken) -> None:
    text = SMALL.replace(case.old, case.new, 1)
    town.caller("county-leader")
    before = town.rows("registry")
    answer = town.ask("county-leader", "POST", "/plans", json={"text": text})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "plan-refused")
    assert problem["detail"] == f"方案有 {len(_errors(town, text))} 处错误,未保存;请按行号修改后重试"
    line = place(text, case.at)[0]
    told = [each for each in problem["errors"] if each["code"] == case.code]
    assert [each for each in told if each["detail"].startswith(f"第 {line} 行:")], told
    assert all(each["pointer"].startswith("/") for each in problem["errors"])
    assert town.rows("registry") == before


def _errors(town: Town, text: str) -> list[dict[str, Any]]:
    return [each for each in _check(town, text) if each["severity"] == "error"]


def test_words_that_are_in_no_source_and_a_source_that_is_unknown_are_named(town: Town) -> None:
    shipped = (files("services.registry") / "plans" / "p02.yaml").read_text("utf-8")
    line = next(number for number, text in enumerate(shipped.splitlines(), 1) if "words: " in text)
    lines = shipped.splitlines()
    head, _, _ = lines[line - 1].partition("words: ")
    lines[line - 1] = f"{head}words: 谁也没有写过这句话" + ("}" if lines[line - 1].rstrip().endswith("}") else "")
    [issue] = [each for each in _check(town, "\n".join(lines)) if each["code"] == "not-in-source"]
    assert issue["line"] == line and "谁也没有写过这句话" in issue["zh"]
    [issue, *_] = _check(town, shipped.replace("source: plan-02", "source: plan-99", 1))
    assert issue["code"] == "unknown-reference" and "plan-9" in issue["zh"]


@pytest.mark.parametrize("code", WHOLE)
def test_a_document_that_is_no_plan_at_all_is_refused_with_a_line(town: Town, code: str) -> None:
    [first, *_] = _check(town, WHOLE[code])
    assert first["code"] == code and first["line"] >= 1 and first["zh"] and first["en"]


def test_every_kind_of_error_is_sent() -> None:
    assert {case.code for case in CASES} | set(WHOLE) | set(SENT_ELSEWHERE) == set(SENTENCES)


def test_a_plan_over_the_limit_is_refused_as_a_field(town: Town) -> None:
    answer = town.ask("county-leader", "POST", "/plans/check", json={"text": "字" * 900_001})
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (422, "/text")
    assert error["detail"] == "长度应为 1 至 900000 个字"


def test_a_plan_that_would_run_something_runs_nothing(town: Town) -> None:
    for text in ("!!python/object/apply:os.system ['id']", "plan: !!python/name:os.system ''", "%YAML 9.9\n---\na: 1"):
        answer = town.ask("county-leader", "POST", "/plans/check", json={"text": text})
        assert answer.status_code == 200 and answer.json()["valid"] is False, answer.text
        assert answer.json()["issues"][0]["line"] >= 1
