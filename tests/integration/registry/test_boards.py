"""The notice board, the badge, the contact card and who received it (REG-11), sizes of grids (REG-05)."""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import sqlalchemy as sa
from PIL import Image

from gateway.api.printing import Press
from services.chassis.auth import Principal
from services.registry import plan

from .conftest import PEOPLE, PHONE, Appoint, Refused, Registry
from .table_files import Desk, gateway

P02 = (Path(plan.__file__).parents[1] / "plans" / "p02.yaml").read_text("utf-8")
LOADED = plan.load(P02)
SIZED = P02.replace(
    "    covers: natural-village\n",
    "    covers: natural-village\n    size: {households: {from: 300, to: 500}, persons: {from: 1000, to: 1500}}\n",
    1,
)
VILLAGE_LEADER = next(each["title"] for each in LOADED.document["posts"] if each["id"] == "grid-leader")


@pytest.fixture
def desk(county: Registry, keys: Path, tmp_path: Path) -> Iterator[Desk]:
    with gateway(county, keys, tmp_path) as desk:
        yield desk


@pytest.fixture
def staffed(county: Registry, appoint: Appoint) -> Registry:
    """The county with a plan in force, a leader and a member in the first village."""
    in_force(county, P02)
    appoint("wang", "v1", "member")
    appoint("li", "v1", "leader")
    return county


def in_force(county: Registry, text: str) -> None:
    county.operator("StorePlan", text=text)
    loaded = plan.load(text).document["plan"]
    county.operator("ActivatePlan", plan_id=loaded["id"], version=loaded["version"], effective="2026-11-23")


def picture() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (60, 80), "red").save(target, "JPEG")
    return target.getvalue()


def person(desk: Desk, county: Registry, name: str) -> Desk:
    return replace(desk, principal=Principal(county.ids[name], name, frozenset({"grid-member"})))


def upload(desk: Desk) -> str:
    answer = desk.http.post("/api/v1/uploads", files={"file": ("a.jpg", picture())}, headers=desk._signed())
    return str(answer.json()["id"])


# ---- the board


@pytest.mark.rule("REG-11")
def test_everybody_reads_who_is_responsible_and_whom_to_call(staffed: Registry, desk: Desk) -> None:
    page = desk.http.get(f"/board/{staffed.ids['v1']}")
    assert page.status_code == 200
    shown = page.text
    for said in ("东村网格", "李长", "3211002", "王东", "3211001", VILLAGE_LEADER, "12345", "西村网格"):
        assert said in shown, said
    assert shown.index("李长") < shown.index("王东"), "the leader stands first"
    assert shown.count("<path") >= 4 and "<script" not in shown and "style=" not in shown
    assert "script-src" not in page.headers["content-security-policy"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.rule("REG-11", "PRV-02")
def test_a_private_number_is_on_nothing_that_is_public(staffed: Registry, desk: Desk) -> None:
    code = staffed.ids["v1"]
    assert PEOPLE[0]["private_phone"] == PHONE
    told = str(staffed.anyone("GetBoard", code=code))
    pages = [desk.http.get(f"/board/{code}{path}").text for path in ("", "/card")]
    pages.append(text_of(desk.http.get(f"/board/{code}/card.pdf").content))
    assert "3211001" in told and all("3211001" in page for page in pages)
    assert not [page for page in (told, *pages) if PHONE in page or PHONE[-8:] in page]


def test_a_board_without_boundary_people_or_plan_is_still_a_board(county: Registry, desk: Desk) -> None:
    shown = desk.http.get(f"/board/{county.ids['east-work']}").text
    assert "东部工作区" in shown and "边界尚未绘制" in shown and "没有在岗人员" in shown and "投诉" not in shown
    assert desk.http.get(f"/board/{county.ids['east-work']}/card.pdf").status_code == 200


def test_the_map_of_an_upper_grid_shows_its_lower_ones(county: Registry, desk: Desk) -> None:
    shown = desk.http.get(f"/board/{county.ids['town']}").text
    assert re.search(r'class="below"[^>]*>南村网格<', shown)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("371321106299001", 404, "没有编码为 371321106299001 的网格"),
        ("abc", 404, "没有此地址"),
        ("37132110620100", 404, "没有此地址"),
        ("<script>", 404, "没有此地址"),
    ],
)
def test_a_wrong_code_is_told_as_a_page(county: Registry, desk: Desk, path: str, status: int, said: str) -> None:
    page = desk.http.get(f"/board/{path}")
    assert (page.status_code, said in page.text) == (status, True)
    assert "<script>" not in page.text


# ---- photo and badge


@pytest.mark.rule("REG-11")
def test_a_photo_is_public_only_with_the_persons_own_consent(staffed: Registry, desk: Desk) -> None:
    wang, board = person(desk, staffed, "wang"), f"/board/{staffed.ids['v1']}"
    photo = upload(wang)
    assert wang.put("/me/badge", photo=photo, consent=False).status_code == 200
    assert photo not in desk.http.get(board).text
    assert desk.http.get(f"{board}/photos/{photo}").status_code == 404
    assert wang.put("/me/badge", if_match=1, photo=photo, consent=True).status_code == 200
    assert f"{board}/photos/{photo}" in desk.http.get(board).text
    assert desk.http.get(f"{board}/photos/{photo}").headers["content-type"] == "image/jpeg"
    assert desk.http.get(f"/board/{staffed.ids['v2']}/photos/{photo}").status_code == 404
    assert wang.put("/me/badge", if_match=1, consent=False).status_code == 412
    assert wang.put("/me/badge", if_match=2, consent=False).status_code == 200
    assert desk.http.get(f"{board}/photos/{photo}").status_code == 404
    assert wang.get("/me/badge").json()["version"] == 3


def test_nobody_shows_a_strangers_photo(staffed: Registry, desk: Desk) -> None:
    photo = upload(person(desk, staffed, "li"))
    answer = person(desk, staffed, "wang").put("/me/badge", photo=photo, consent=True)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/photo"]


@pytest.mark.rule("REG-11")
def test_badges_are_printed_one_page_for_each_person(staffed: Registry, desk: Desk) -> None:
    wang = person(desk, staffed, "wang")
    wang.put("/me/badge", photo=upload(wang), consent=True)
    answer = desk.get(f"/grids/{staffed.ids['v1']}/badges")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    pages = [page_text(answer.content, number) for number in range(2)]
    assert "李长" in pages[0] and "王东" in pages[1] and "网格工作牌" in pages[0]
    assert wang.get(f"/grids/{staffed.ids['v1']}/badges").status_code == 403


# ---- the card


def page_text(content: bytes, number: int) -> str:
    return str(pypdfium2.PdfDocument(content)[number].get_textpage().get_text_bounded())


def text_of(content: bytes) -> str:
    return "\n".join(page_text(content, number) for number in range(len(pypdfium2.PdfDocument(content))))


@pytest.mark.rule("REG-11")
def test_the_card_is_a_pdf_with_chinese_glyphs(staffed: Registry, desk: Desk) -> None:
    answer = desk.http.get(f"/board/{staffed.ids['v1']}/card.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert b"NotoSansCJKsc" in answer.content
    printed = text_of(answer.content)
    for said in ("东村网格", "网格服务联系卡", "李长", "3211002", "12345", staffed.ids["v1"]):
        assert said in printed, said


def test_without_the_font_the_pdf_is_refused_and_the_page_is_not(staffed: Registry, desk: Desk) -> None:
    desk.http.app.state.shared.press = Press(font_package="no_such_font")  # type: ignore[attr-defined]
    board = f"/board/{staffed.ids['v1']}"
    answer = desk.http.get(f"{board}/card.pdf")
    assert answer.status_code == 503
    assert "no_such_font" in answer.text and "中文字体" in answer.text
    assert desk.get(f"/grids/{staffed.ids['v1']}/badges").json()["code"] == "font-missing"
    assert desk.http.get(f"{board}/card").status_code == 200


# ---- cards handed out


@pytest.mark.rule("REG-11")
def test_how_many_households_received_the_card_is_counted_by_grid(county: Registry, desk: Desk) -> None:
    member = county.with_roles("grid-member", areas=[county.ids["v1"]])
    member("RecordCards", code=county.ids["v1"], day="2026-11-20", households=120, words="逐户发放")
    wrong = member("RecordCards", code=county.ids["v1"], day="2026-11-23", households=999).id
    member("RecordCards", code=county.ids["v1"], day="2026-11-21", households=30)
    member("WithdrawCards", delivery_id=wrong, reason="输错户数")
    assert reached(county)[county.ids["v1"]] == (150, "2026-11-21")
    assert reached(county)[county.ids["v2"]] == (0, "")
    listed = member("ListCards").items
    assert [(each.households, each.reason) for each in listed] == [(30, ""), (999, "输错户数"), (120, "")]
    assert listed[2].recorded_by and listed[2].grid_name == "东村网格"
    assert county.anyone("GetBoard", code=county.ids["v1"]).households_reached == 150
    with pytest.raises(Refused) as refused:
        member("WithdrawCards", delivery_id=wrong, reason="再撤一次")
    assert refused.value.code == "cards-withdrawn"


def reached(county: Registry) -> dict[str, tuple[int, str]]:
    items = county.operator("ListReached", limit=200).items
    return {each.code: (each.households_reached, each.last_day) for each in items}


@pytest.mark.rule("REG-11")
@pytest.mark.parametrize(
    ("roles", "area", "values", "code", "path"),
    [
        (["grid-member"], "v2", {}, "forbidden", None),
        (["department-handler"], "v1", {}, "forbidden", None),
        (["grid-member"], "v1", {"households": 0}, "value-refused", "households"),
        (["grid-member"], "v1", {"households": -5}, "value-refused", "households"),
        (["grid-member"], "v1", {"day": "2026-11-24"}, "value-refused", "day"),
        (["grid-member"], "v1", {"day": "昨天"}, "value-refused", "day"),
        (["grid-member"], "v1", {"words": "字" * 501}, "value-refused", "words"),
        (["centre-operator"], "v1", {"code": "371321106299999"}, "not-found", None),
    ],
)
def test_cards_that_cannot_have_been_handed_out_are_refused(
    county: Registry, roles: list[str], area: str, values: dict[str, Any], code: str, path: str | None
) -> None:
    given = {"code": county.ids["v1"], "day": "2026-11-20", "households": 10, **values}
    with pytest.raises(Refused) as refused:
        county.with_roles(*roles, areas=[county.ids[area]])("RecordCards", **given)
    assert refused.value.code == code
    assert path is None or list(refused.value.faults) == [path]
    assert county.rows("SELECT * FROM card_delivery") == []


def test_records_of_another_area_are_not_seen_and_not_taken_back(county: Registry) -> None:
    made = county.operator("RecordCards", code=county.ids["v1"], day="2026-11-20", households=10).id
    stranger = county.with_roles("centre-operator", areas=[county.ids["v2"]])
    assert list(stranger("ListCards").items) == []
    assert [each.code for each in stranger("ListReached").items] == [county.ids["v2"]]
    for delivery in (made, "nonsense"):
        with pytest.raises(Refused) as refused:
            stranger("WithdrawCards", delivery_id=delivery, reason="不是我的")
        assert refused.value.code == "not-found"
    colleague = county.with_roles("grid-member", areas=[county.ids["v1"]])
    with pytest.raises(Refused) as refused:
        colleague("WithdrawCards", delivery_id=made, reason="别人的记录")
    assert refused.value.code == "forbidden"


def test_the_same_record_sent_twice_or_at_once_counts_once(county: Registry) -> None:
    values = {"code": county.ids["v1"], "day": "2026-11-20", "households": 10}

    def send(_: int) -> str:
        try:
            return str(county.operator("RecordCards", key="once", **values).id)
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(4) as threads:
        answers = set(threads.map(send, range(8)))
    assert len(answers - {"still-running"}) == 1
    assert reached(county)[county.ids["v1"]][0] == 10


# ---- sizes


def sized(county: Registry, ref: str, households: int, persons: int, day: str = "2026-11-01") -> dict[str, Any]:
    values = {"grid_code": county.ids[ref], "day": day, "source": "2026 年统计年报"}
    return {**values, "households": households, "persons": persons}


@pytest.mark.rule("REG-05")
def test_the_bounds_of_the_plans_range_lie_inside_it(county: Registry) -> None:
    in_force(county, SIZED)
    rows = [sized(county, "v1", 300, 1500), sized(county, "v2", 500, 1000), sized(county, "v3", 501, 1200)]
    county.operator("EnterSizes", rows=rows)
    found = {each.code: each for each in county.operator("ListSizes").items}
    assert {code: each.verdict for code, each in found.items()} == {
        county.ids["v1"]: "within",
        county.ids["v2"]: "within",
        county.ids["v3"]: "outside",
    }
    line = found[county.ids["v3"]]
    assert list(line.outside) == ["households"]
    assert (line.wanted_households.to, line.wanted_persons, line.source) == (
        500,
        line.wanted_persons,
        rows[2]["source"],
    )
    county.operator("EnterSizes", rows=[sized(county, "v1", 299, 999, "2026-11-20")])
    county.operator("EnterSizes", rows=[sized(county, "v2", 10, 10, "2026-10-01")])
    outside = county.operator("ListSizes", verdict="outside").items
    assert [(each.code, list(each.outside)) for each in outside] == [
        (county.ids["v1"], ["households", "persons"]),
        (county.ids["v3"], ["households"]),
    ]


@pytest.mark.rule("REG-05")
def test_grids_without_figures_are_listed_as_such_and_pages_go_on(county: Registry) -> None:
    in_force(county, SIZED)
    county.operator("EnterSizes", rows=[sized(county, "v2", 400, 1200)])
    assert [each.code for each in county.operator("ListSizes", verdict="unknown").items] == [
        county.ids["v1"],
        county.ids["v3"],
    ]
    first = county.operator("ListSizes", limit=2)
    second = county.operator("ListSizes", limit=2, cursor=first.next_cursor)
    assert [each.code for page in (first, second) for each in page.items] == [county.ids[v] for v in ("v1", "v2", "v3")]
    mine = county.with_roles("grid-leader", areas=[county.ids["v2"]])("ListSizes")
    assert [each.verdict for each in mine.items] == ["within"]


@pytest.mark.rule("REG-05")
def test_recorded_households_count_where_no_figures_were_entered(county: Registry) -> None:
    in_force(county, SIZED)
    with county.service.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO household"
                " (id, grid_code, persons, held, purpose, legal_basis, active, unplaced, version, sequence)"
                " SELECT gen_random_uuid(), :code, 4, '{}', '', '', n > 1, false, 1, 1 FROM generate_series(1, 301) n"
            ),
            {"code": county.ids["v1"]},
        )
    (line,) = county.operator("ListSizes", verdict="within").items
    assert (line.code, line.households, line.persons, line.source) == (county.ids["v1"], 300, 1200, "平台登记的户数")
    county.operator("EnterSizes", rows=[sized(county, "v1", 501, 1200)])
    assert [each.code for each in county.operator("ListSizes", verdict="outside").items] == [county.ids["v1"]]


def test_without_a_range_in_the_plan_there_is_nothing_to_report(county: Registry) -> None:
    assert list(county.operator("ListSizes").items) == []


@pytest.mark.rule("REG-05")
def test_sizes_are_entered_all_or_none_and_only_for_own_grids(county: Registry) -> None:
    operator = county.with_roles("centre-operator", areas=[county.ids["v1"]])
    good = sized(county, "v1", 400, 1200)
    bad = [
        good,
        {**sized(county, "v2", 1, 1)},
        {**sized(county, "v1", -1, 1, "2027-01-01"), "source": " "},
        {**good, "day": "2026-11-01"},
    ]
    with pytest.raises(Refused) as refused:
        operator("EnterSizes", rows=bad)
    assert refused.value.code == "import-refused"
    assert refused.value.faults == {
        "rows[1].grid_code": "not-allowed",
        "rows[2].day": "in-the-future",
        "rows[2].households": "out-of-range",
        "rows[2].source": "required",
        "rows[3].grid_code": "repeated",
    }
    assert county.rows("SELECT * FROM grid_size") == []
    assert operator("EnterSizes", rows=[good]).created == 1
    assert operator("EnterSizes", rows=[{**good, "persons": 1300}]).changed == 1
    with pytest.raises(Refused) as refused:
        county.with_roles("grid-leader", areas=[county.ids["v1"]])("EnterSizes", rows=[good])
    assert refused.value.code == "forbidden"
