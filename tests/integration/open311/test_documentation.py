"""Every command of docs/open311.md, run as it is written (INC-21)."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from .conftest import ADMINISTRATOR, Platform

pytestmark = pytest.mark.rule("INC-21")

PAGE = Path(__file__).parents[3] / "docs" / "open311.md"
COMMANDS = re.findall(r"^    (curl .*)$", PAGE.read_text("utf-8"), re.MULTILINE)


def test_the_page_has_commands() -> None:
    assert len(COMMANDS) == 11


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_every_command_works_as_written(platform: Platform) -> None:
    place = {"lat": "35.45", "long": "118.45"}
    request = platform.report(service_code="06010", **place)["service_request_id"]
    token = platform.report(service_code="06010", address_string="幸福街一带")["token"]
    known = {
        "WANGGE": platform.url, "KEY": platform.key, "TOKEN": platform.token(ADMINISTRATOR), "LAT": "35.45",
        "LONG": "118.45", "REQUEST": request, "REQUEST_TOKEN": token, "no_proxy": "127.0.0.1",
    }  # fmt: skip
    for command in COMMANDS:
        done = subprocess.run(
            ["bash", "-c", command], env={**os.environ, **known}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        if ".xml" in command:
            assert ET.fromstring(done.stdout.encode()).tag in ("services", "service_requests")
        else:
            assert json.loads(done.stdout)
