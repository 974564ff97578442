"""`wangge audit` says whether a service's log is whole, and which entry is not (PRV-05)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from infra.cli.audit import verify
from services.chassis import audit, migrate


@pytest.mark.rule("PRV-05")
def test_a_changed_entry_is_named(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate.upgrade("incident", database)
    monkeypatch.setenv("WANGGE_INCIDENT_DATABASE_URI", database)
    anchor, engine = tmp_path / "incident.log", sa.create_engine(database)
    with engine.begin() as connection:
        for action in ("Report", "Accept", "look"):
            audit.write(connection, audit.Entry(datetime.now(UTC), "person-1", action, "case-1", "done", {}))
    assert audit.seal(engine, anchor) == 3
    assert verify("incident", anchor)

    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'person-2' WHERE sealed_no = 2")
    engine.dispose()
    assert not verify("incident", anchor)
    assert "entry 2 was changed" in capsys.readouterr().out
