"""`wangge plan check FILE`: prints what is wrong with a plan document, in Chinese with English below."""

import sys
from os import PathLike
from pathlib import Path

from services.registry.plan.checking import Plan, Report
from services.registry.plan.checking import check as check_text
from services.registry.plan.problems import Problem


def check(path: str | PathLike[str]) -> int:
    """Prints a report with file:line:column for every finding; 0 when the plan can be used, otherwise 1."""
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        _say(f"{path}: 错误 无法读取(应为 UTF-8 文本):{error}\n    cannot be read (it must be UTF-8 text)")
        return 1
    report = check_text(text)
    for finding in report.errors:
        _say(_lines(path, "错误", finding))
    for finding in report.warnings:
        _say(_lines(path, "提醒", finding))
    _say(_summary(path, report))
    return 0 if report.plan else 1


def _lines(path: str | PathLike[str], kind: str, finding: Problem) -> str:
    return (
        f"{path}:{finding.line}:{finding.column}: {kind} [{finding.code}] {finding.path}\n"
        f"    {finding.zh}\n    改法:{finding.remedy_zh}\n"
        f"    {finding.en}; {finding.remedy_en}"
    )


def _summary(path: str | PathLike[str], report: Report) -> str:
    if report.plan is None:
        return f"{path}: 不能采用:{len(report.errors)} 处错误,{len(report.warnings)} 条提醒"
    return f"{path}: 可以采用({len(report.warnings)} 条提醒)\n    {_headline(report.plan)}"


def _headline(plan: Plan) -> str:
    document = plan.document
    counts = f"{len(document['matters'])} 个事项,{len(document['duties'])} 项职责,{len(document['departments'])} 个部门"
    title = document["plan"]["title"]
    return f"{plan.id} 第 {plan.version} 版《{title}》,{plan.effective} 起生效;{counts}\n    sha256 {plan.digest}"


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
