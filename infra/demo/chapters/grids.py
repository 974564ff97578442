"""Chapter: a grid is split, its parts are merged again; open cases follow, history answers for every day (REG-04)."""

from itertools import combinations

from shapely import LineString, MultiPolygon, Point
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from infra.demo.chapters.chapter import Chapter
from infra.demo.divisions import P2_TOWN
from infra.demo.people import STORY_GRID
from infra.demo.rest import Caller, Values
from infra.demo.steps import expect
from services.chassis import geography

_TOWN = P2_TOWN[:9]
_EARLIER = "2026-02-01"


class Grids(Chapter):
    """The changes are made and undone on a natural village of the town, so that the chapter can be played again."""

    def play(self) -> None:
        """Split a grid with an open case in it, merge the parts again, ask who was responsible before."""
        self.stage.screen.chapter("13 网格变更:拆分、合并,案件跟着走")
        page = self._a_grid()
        name, halves = page["grid"]["name"], _halves(geography.parse_boundary(page["boundary"]))
        spot = halves[1].representative_point()
        before = self._responsible(spot, _EARLIER)
        receipt = self.report(
            "case-in-grid", f"{name}有一件在办案件" + " {number}", "operator",
            matter_code="06010", description="路边堆放垃圾", point={"lon": spot.x, "lat": spot.y},
        )  # fmt: skip
        parts = self._split(page["grid"]["code"], name, halves)
        self._follows("case-follows-split", receipt["id"], parts[1], f"案件转入{name}东片,责任人随之改变")
        merged = self._merge(parts, name)
        self._follows("case-follows-merge", receipt["id"], merged, "合并后案件转入新网格,没有一件丢失")
        self._history(before, spot, merged)

    @property
    def _system(self) -> Caller:
        return self.stage.caller("system-admin")

    def _a_grid(self) -> Values:
        """A natural village of the town that is not the story's own."""
        found = self._system.pages("/grids", prefix=_TOWN, kind="area", level=3)
        others = [each["code"] for each in found if each["code"] != STORY_GRID and each["state"] == "active"]
        return self._system.get(f"/grids/{others[-1]}")

    def _split(self, code: str, name: str, halves: tuple[BaseGeometry, BaseGeometry]) -> list[str]:
        named = zip((f"{name}西片", f"{name}东片"), halves, strict=True)
        parts = [
            {"name": part, "boundary": geography.to_geojson(shape), "drawn_how": "tessellated"} for part, shape in named
        ]
        with self.stage.steps.step("split", f"{name}拆分为西片和东片") as step:
            change = self._system.post(
                f"/grids/{code}/split", parts=parts, effective=self.stage.today.isoformat(), reason="分片管理"
            )
            expect(change["state"] == "effective" and len(change["successors"]) == 2, f"拆分未生效:{change}")
            step.facts["successors"] = change["successors"]
        return list(change["successors"])

    def _merge(self, parts: list[str], name: str) -> str:
        with self.stage.steps.step("merge-grids", f"两片又合并为{name}") as step:
            body = {
                "others": parts[1:],
                "name": name,
                "effective": self.stage.today.isoformat(),
                "reason": "分片效果不好,恢复原状",
            }
            change = self._system.post(f"/grids/{parts[0]}/merge", **body)
            expect(change["state"] == "effective" and len(change["successors"]) == 1, f"合并未生效:{change}")
            step.facts["successors"] = change["successors"]
        return str(change["successors"][0])

    def _follows(self, name: str, case_id: str, grid: str, text: str) -> None:
        with self.stage.steps.step(name, text) as step:
            case = self.until(step, "operator", case_id, f"case in {grid}", grid_code=grid)
            step.details = [f"{case['history'][-1]['actor_name']}:{case['history'][-1]['reason']}"]

    def _history(self, before: Values, spot: Point, merged: str) -> None:
        with self.stage.steps.step("responsible", "历史可查:哪一天由谁负责") as step:
            earlier, today = self._responsible(spot, _EARLIER), self._responsible(spot)
            expect(_held(earlier) == _held(before), f"{_EARLIER} 的责任网格变了:{_who(before)},现为 {_who(earlier)}")
            expect(today["grid_code"] == merged, f"今天应由 {merged} 负责,答为 {today.get('grid_code')}")
            step.details = [_who(earlier), _who(today)]

    def _responsible(self, spot: Point, on: str | None = None) -> Values:
        return self._system.get("/responsible", lon=spot.x, lat=spot.y, on=on)


def _halves(ground: MultiPolygon) -> tuple[BaseGeometry, BaseGeometry]:
    """The western and the eastern part of `ground`, cut from one of its corners to another.

    A cut between corners leaves the border with the neighbours as it is; a new corner would be rounded off it.
    """
    whole = ground.geoms[0]
    cuts = (LineString(ends) for ends in combinations(whole.exterior.coords[:-1], 2))
    found = [tuple(split(whole, cut).geoms) for cut in cuts if whole.covers(cut)]
    parts = max((each for each in found if len(each) == 2), key=lambda each: min(part.area for part in each))
    west, east = sorted(parts, key=lambda part: part.centroid.x)
    return west, east


def _held(answer: Values) -> list[tuple[str, list[str]]]:
    """The grids of an answer, each with those who held its posts; what became of them later may differ."""
    return [(grid["code"], sorted(each["person_id"] for each in grid["people"])) for grid in answer["grids"]]


def _who(answer: Values) -> str:
    grid = answer["grids"][0]
    people = "、".join(each["name"] for each in grid["people"])
    return f"{answer['on']}:{grid['name']}({grid['code']}),{people}"
