"""The last error of a log, whichever of the platform's processes wrote it."""

from pathlib import Path

import pytest

from infra.local.status import last_error


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "no route", "level": "error", "service": "incident"}',
        "2026-11-22 10:47:28.038 UTC [17189] incident@incident ERROR:  deadlock detected",
        "2026-11-22 10:47:28.038+00:00 [error] <0.223.0> closing AMQP connection",
        "sqlalchemy.exc.OperationalError: connection refused",
    ],
)
def test_an_error_is_found_and_later_calm_lines_do_not_hide_it(tmp_path: Path, line: str) -> None:
    log = tmp_path / "api.log"
    log.write_text(f'ERROR: older\n{line}\n{{"event": "errors: 0", "level": "info"}}\n')
    assert last_error(log) == line


def test_no_error_and_no_log_are_none(tmp_path: Path) -> None:
    (tmp_path / "api.log").write_text('{"event": "listening", "level": "info"}\n')
    assert last_error(tmp_path / "api.log") is None
    assert last_error(tmp_path / "absent.log") is None
