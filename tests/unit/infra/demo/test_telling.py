"""How the demo tells its story: aligned lines, timed steps, failures with a name, photographs that are pictures."""

import io
import json

import pytest
from PIL import Image
from rich.cells import cell_len

from infra.demo import photos
from infra.demo.screen import Screen
from infra.demo.steps import StepFailed, Steps, Unexpected, expect


@pytest.fixture
def steps() -> Steps:
    return Steps(Screen())


def test_times_stand_in_one_column_whatever_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    screen = Screen()
    screen.done("网格员登录", 5.4)
    screen.done("sign in", 12_345.0)
    screen.detail("区划 321", 7.0)
    lines = capsys.readouterr().out.splitlines()
    assert len({cell_len(line) for line in lines}) == 1
    assert [line.split()[-2] for line in lines] == ["5", "12,345", "7"]


def test_a_table_is_indented_and_complete(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().table(("谁", "分"), [("刘平", 12.5), ("[b]程晓东", 900.0)])
    head, _rule, *rows = capsys.readouterr().out.splitlines()
    assert head.split() == ["谁", "分"]
    assert [row.split() for row in rows] == [["刘平", "12.5"], ["[b]程晓东", "900.0"]]
    assert all(row.startswith("      ") for row in (head, *rows))


def test_a_step_is_shown_when_it_is_over_and_kept(steps: Steps, capsys: pytest.CaptureFixture[str]) -> None:
    with steps.step("report", "上报") as step:
        step.text, step.facts["case"] = "上报完成", "c1"
        step.details.append("牵头 镇环保办")
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("  ✓ 上报完成") and first.endswith(" ms")
    assert second == "      牵头 镇环保办"
    kept = json.loads(json.dumps(steps.done[0].as_dict()))
    assert (kept["name"], kept["ok"], kept["case"]) == ("report", True, "c1")


def test_a_step_that_fails_says_why_and_is_kept_as_failed(steps: Steps, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(StepFailed, match="应为 1") as failed, steps.step("rework", "返工计数"):
        expect(False, "返工应为 1 次")
    assert isinstance(failed.value.__cause__, Unexpected)
    assert capsys.readouterr().out.splitlines()[-1].strip() == "返工应为 1 次"
    assert steps.done[0].as_dict()["ok"] is False


def test_what_is_no_error_of_the_step_passes_through(steps: Steps) -> None:
    with pytest.raises(KeyboardInterrupt), steps.step("platform", "平台启动"):
        raise KeyboardInterrupt


def test_photographs_are_drawn_pictures_that_differ() -> None:
    dark, clear = photos.outfall(dark=True), photos.outfall(dark=False)
    with Image.open(io.BytesIO(dark)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (960, 640))
    assert dark != clear
