"""Chapter: another application reports and follows by Open311, in JSON and XML (INC-21)."""

from typing import Any
from xml.etree import ElementTree

import httpx

from infra.demo.chapters.chapter import Chapter
from infra.demo.rest import Values
from infra.demo.steps import expect

_MATTER = "06010"
_PER_MINUTE = 60


class Open311(Chapter):
    """The application is registered and its key taken away again, so that the chapter can be played again."""

    def play(self) -> None:
        """Register, report, follow, revoke."""
        self.stage.screen.chapter("15 Open311:任何一个客户端都能上报和查询")
        administrator = self.stage.caller("security-admin")
        with self.stage.steps.step("open311-application", "登记第三方应用,密钥只显示一次") as step:
            body = {"name": "示范随手拍", "may": ["read", "write"], "per_minute": _PER_MINUTE}
            application = administrator.post("/applications", **body)
            step.text = f"登记第三方应用“示范随手拍”,每分钟至多 {_PER_MINUTE} 次,密钥只显示一次"
        address = f"{self.stage.settings.gateway_url}/open311/v2"
        with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
            self._report(client, application["key"])
        administrator.delete(f"/applications/{application['id']}")

    def _report(self, client: httpx.Client, key: str) -> None:
        with self.stage.steps.step("open311-services", "GET services.json") as step:
            services = _json(client.get("/services.json"))
            step.text = f"GET services.json:{len(services)} 类事项"
            expect(_MATTER in {each["service_code"] for each in services}, f"没有 {_MATTER}")
        with self.stage.steps.step("open311-report", "POST requests.json") as step:
            spot = self.stage.county.outfall
            given = {"api_key": key, "service_code": _MATTER, "lat": str(spot.lat), "long": str(spot.lon)}
            (found,) = _json(client.post("/requests.json", data={**given, "description": "河边有一堆垃圾"}))
            number = found["service_request_id"]
            step.text = f"POST requests.json:受理编号 {number}"
        with self.stage.steps.step("open311-follow", "GET requests/编号,JSON 与 XML 相同") as step:
            (as_json,) = _json(client.get(f"/requests/{number}.json"))
            as_xml = ElementTree.fromstring(client.get(f"/requests/{number}.xml").raise_for_status().content)  # noqa: S314 - our own answer
            status = as_xml.findtext("request/status")
            expect(as_json["status"] == status == "open", f"JSON 说 {as_json['status']},XML 说 {status}")
            step.text = f"GET requests/{number}.json 与 .xml 说法相同:{status}"


def _json(reply: httpx.Response) -> list[Values]:
    found: Any = reply.raise_for_status().json()
    return list(found)
