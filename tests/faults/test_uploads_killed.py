"""The gateway dies while a photo comes in parts: what had arrived is there, and the rest makes it whole (PAT-11)."""

import hashlib
import io
import random
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from PIL import Image

from infra.local.process import wait_until
from tests.faults.harness.site import Site

pytestmark = [pytest.mark.needs_platform, pytest.mark.timeout(300), pytest.mark.rule("PAT-11")]
SECONDS = 60.0


def photo() -> bytes:
    target = io.BytesIO()
    Image.frombytes("RGB", (300, 300), random.Random(5).randbytes(300 * 300 * 3)).save(target, "JPEG", quality=95)
    return target.getvalue()


class Device:
    """Somebody with a photo on the way."""

    def __init__(self, site: Site, content: bytes) -> None:
        token = site.accounts.sign_in("member", anew=True).token
        base = f"{site.settings.gateway_url}/api/v1/resumable-uploads"
        self.content = content
        self._http = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS, trust_env=False)
        body = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        answer = self._http.post(base, json=body)
        self._place = f"{base}/{answer.raise_for_status().json()['id']}"

    def send(self, offset: int, body: Any) -> httpx.Response:
        headers = {"Content-Type": "application/octet-stream"}
        return self._http.patch(self._place, params={"offset": offset}, content=body, headers=headers)

    @property
    def arrived(self) -> int:
        return int(self._http.get(self._place).raise_for_status().json()["offset"])

    def half_and_no_more(self, half: int, gone: list[bool]) -> Iterator[bytes]:
        """A body whose rest waits until somebody is `gone`."""
        yield self.content[:half]
        wait_until(lambda: bool(gone), seconds=SECONDS, what="the gateway dies")
        yield self.content[half:]


def test_a_photo_on_the_way_when_the_gateway_is_killed_goes_on_where_it_was(site: Site) -> None:
    device, gone = Device(site, photo()), []
    half = len(device.content) // 2
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(device.send, 0, device.half_and_no_more(half, gone))
        wait_until(lambda: device.arrived == half, seconds=SECONDS, what="half of the photo arrives")
        dead = site.end("gateway", signal.SIGKILL)
        gone.append(True)
        with pytest.raises(httpx.TransportError):
            sending.result(SECONDS)
    site.wait_ready("gateway", other_than=dead)
    assert device.arrived == half
    upload = device.send(half, device.content[half:]).json()["upload"]
    assert (upload["media_type"], upload["width"]) == ("image/jpeg", 300)
