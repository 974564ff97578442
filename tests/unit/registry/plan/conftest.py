"""A plan of one screen that has one of everything, the text that it quotes, and the shipped plan P2."""

from pathlib import Path
from typing import Any

import pytest

import services.registry.plan as package
from services.registry.plan import Plan, load
from services.registry.plan.reading import read

SOURCES = {
    "county": "一、网格员每天巡查一次,由网格长签字。二、镇环保办负责河道。第一个直报的,给予奖励。",
    "neighbour": "水利站协助巡查河道。",
}

SMALL = """\
schema: wangge-plan/1
plan:
  id: small
  title: 小方案
  version: 1
  source: county
  effective: 2026-01-01
  timezone: Asia/Shanghai
levels:
  - {id: town, level: 1, name: 镇, assumed: true}
  - {id: village, level: 2, name: 村, under: [town], size: {households: {from: 300, to: 500}}, assumed: true}
posts:
  - {id: leader, title: 网格长, role: grid-leader, words: 由网格长签字}
  - {id: member, title: 网格员, role: grid-member, levels: [village], reports_to: leader, words: 网格员每天巡查一次}
departments:
  - {id: env-office, name: 镇环保办, level: town, kind: office, words: 镇环保办负责河道}
  - {id: water-station, name: 水利站, level: town, kind: station, source: neighbour, words: 水利站协助}
duties:
  - {id: river, name: 河道, lead: env-office, with: [water-station], words: 镇环保办负责河道}
patrols:
  - {id: daily, name: 日巡查, who: member, rule: FREQ=DAILY, sign: leader, asks: [signature], words: 网格员每天巡查一次}
ways:
  - {id: settled, name: 一般, meaning: 当场处置并登记, steps: [], assumed: true}
  - {id: dispatched, name: 派遣, meaning: 派遣部门处置, steps: [file, dispatch, handle, verify], assumed: true}
  - {id: urgent, name: 紧急, meaning: 立即上报处置, steps: [file, handle], limits: {file: 1 urgent-hour}, assumed: true}
bottom_lines:
  - {id: environment, name: 环境保护, assumed: true}
matters:
  catalogues: []
  defaults:
    way: dispatched
    ways: [settled, dispatched, urgent]
    urgency: normal
    limits: {file: 4 working-hours, dispatch: 4 working-hours, handle: 5 working-days, verify: 2 working-days}
    publish: [category]
    assumed: true
  groups:
    - {id: water, name: 水, duty: river, bottom_line: environment, assumed: true}
  own:
    - {code: X1001, name: 排污, group: water, assumed: true}
    - {code: X1002, name: 垃圾, group: water, limits: {handle: 1 working-day}, assumed: true}
  overrides:
    - {codes: [X1001], urgency: urgent, limits: {file: 2 working-hours}, words: 镇环保办负责河道}
escalation:
  - {from: 2, to: 1, after: [on-request], assumed: true}
whistle: {by: [centre-operator], arrive: 2 working-hours, act: 3 working-days, assumed: true}
notices:
  - {id: yellow, colour: yellow, at: 75% of limit, to: [handler], assumed: true}
verification:
  by: [verifier]
  excludes: [handler, lead]
  reopen: 7 calendar-days
  sampling: {way: settled, ratio: 0.1, assumed: true}
  assumed: true
credit:
  first_report: {applies: bottom-line, points: 2, words: 第一个直报的,给予奖励}
office_hours: {days: [1, 2, 3, 4, 5], spans: ["08:30-12:00", "14:00-17:30"], holidays: cn, assumed: true}
score:
  total: 1000
  rhythm: [monthly]
  assumed: true
  schemes:
    - id: member
      subject: member
      name: 网格员
      assumed: true
      indicators:
        - {id: filing, name: 立案率, weight: 600, formula: filed / reported, assumed: true}
        - {id: rework, name: 返工率, weight: 400, formula: 1 - reworked / answers, assumed: true}
        - {id: first, name: 首报, kind: bonus, formula: first_reports, credit: first_report, cap: 20, assumed: true}
phases:
  - {id: one, name: 第一批, from: 2026-01-01, to: 2026-06-30, assumed: true}
refused:
  - {asks: 每天巡查一次, reason: 只是例子的理由}
""".replace("第一个直报的,给予奖励", "第一个直报的，给予奖励")  # the ASCII comma would end the entry's text


@pytest.fixture(scope="session")
def p02_text() -> str:
    folder = Path(package.__file__).parent.parent / "plans"
    return (folder / "p02.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def p02(p02_text: str) -> Plan:
    return load(p02_text)


@pytest.fixture(scope="session")
def small_text() -> str:
    return SMALL


@pytest.fixture(scope="session")
def sources() -> dict[str, str]:
    return SOURCES


@pytest.fixture(scope="session")
def small_document() -> dict[str, Any]:
    """The small plan as it is read, before it is expanded."""
    document: dict[str, Any] = read(SMALL).document
    return document
