"""The audit log is a chain whose head lies outside the database: what was done to it is named (PRV-05)."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from services.chassis import audit
from tests.integration.chassis.things import SOMEBODY, Make, Things, together

pytestmark = pytest.mark.rule("PRV-05")


@pytest.fixture
def anchor(tmp_path: Path) -> Path:
    return tmp_path / "anchors" / "things.log"


@pytest.fixture
def log(service: Things, anchor: Path) -> Things:
    """A service with six sealed entries, anchored at the third and the sixth."""
    for _ in range(2):
        write(service, 3)
        assert audit.seal(service.engine, anchor) == 3
    return service


def write(service: Things, count: int) -> None:
    for number in range(count):
        service.bus.handle(Make(word=str(number)), SOMEBODY)


def tamper(service: Things, *statements: str) -> None:
    with service.engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))


def test_an_untouched_log_holds(log: Things, anchor: Path) -> None:
    assert audit.first_broken(log.engine, anchor) is None
    sealed = log.rows("SELECT id, sealed_no FROM audit ORDER BY id")
    assert [row.sealed_no for row in sealed] == [1, 2, 3, 4, 5, 6]
    assert [line.split()[0] for line in anchor.read_text().splitlines()] == ["3", "6"]


def test_an_empty_log_holds_and_what_waits_for_its_seal_is_no_fault(service: Things, anchor: Path) -> None:
    assert audit.first_broken(service.engine, anchor) is None
    write(service, 1)
    assert audit.first_broken(service.engine, anchor) is None


def test_the_verdict_does_not_depend_on_the_readers_time_zone(log: Things, anchor: Path) -> None:
    elsewhere = sa.create_engine(log.uri, connect_args={"options": "-c timezone=Asia/Shanghai"})
    assert audit.first_broken(elsewhere, anchor) is None
    elsewhere.dispose()


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'another'",
        "action = 'Nothing'",
        "subject = NULL",
        "outcome = 'forbidden'",
        "at = at + interval '1 second'",
        """detail = '{"a": 1}'""",
        "hash = repeat('0', 64)",
        "previous_hash = repeat('0', 64)",
    ],
)
def test_a_changed_entry_is_named(log: Things, anchor: Path, change: str) -> None:
    tamper(log, f"UPDATE audit SET {change} WHERE sealed_no = 4")
    assert audit.first_broken(log.engine, anchor) == "entry 4 was changed"


def test_a_deleted_entry_is_named(log: Things, anchor: Path) -> None:
    tamper(log, "DELETE FROM audit WHERE sealed_no = 2")
    assert audit.first_broken(log.engine, anchor) == "entry 2 is missing"


def test_a_deleted_entry_whose_number_is_given_to_the_next_is_named(log: Things, anchor: Path) -> None:
    tamper(
        log,
        "DELETE FROM audit WHERE sealed_no = 2",
        "UPDATE audit SET sealed_no = sealed_no + 100 WHERE sealed_no > 2",
        "UPDATE audit SET sealed_no = sealed_no - 101 WHERE sealed_no > 100",
    )
    assert audit.first_broken(log.engine, anchor) == "entry 2 was changed"


def test_an_entry_put_in_between_is_named(log: Things, anchor: Path) -> None:
    tamper(
        log,
        "UPDATE audit SET sealed_no = sealed_no + 100 WHERE sealed_no > 3",
        "INSERT INTO audit (at, actor, action, outcome, sealed_no, previous_hash, hash)"
        " SELECT at, 'nobody', action, outcome, 4, hash, repeat('a', 64) FROM audit WHERE sealed_no = 3",
        "UPDATE audit SET sealed_no = sealed_no - 99 WHERE sealed_no > 100",
    )
    assert audit.first_broken(log.engine, anchor) == "entry 4 was changed"


def test_entries_in_another_order_are_named(log: Things, anchor: Path) -> None:
    tamper(
        log,
        "UPDATE audit SET sealed_no = 100 WHERE sealed_no = 2",
        "UPDATE audit SET sealed_no = 2 WHERE sealed_no = 5",
        "UPDATE audit SET sealed_no = 5 WHERE sealed_no = 100",
    )
    assert audit.first_broken(log.engine, anchor) == "entry 2 was changed"


def test_a_tail_that_was_cut_off_is_named(log: Things, anchor: Path) -> None:
    tamper(log, "DELETE FROM audit WHERE sealed_no > 4")
    assert audit.first_broken(log.engine, anchor) == "entry 5 is missing: the anchor knows 6 entries"


def test_a_tail_that_was_cut_off_and_grew_again_is_named(log: Things, anchor: Path) -> None:
    tamper(log, "DELETE FROM audit WHERE sealed_no > 4")
    write(log, 2)
    audit.seal(log.engine, anchor)
    write(log, 2)
    audit.seal(log.engine, anchor)
    assert audit.first_broken(log.engine, anchor) == "entry 6 differs from its anchor"


def test_a_chain_that_was_made_anew_is_named(log: Things, anchor: Path, tmp_path: Path) -> None:
    tamper(
        log,
        "UPDATE audit SET actor = 'another' WHERE sealed_no = 1",
        "UPDATE audit SET sealed_no = NULL, hash = NULL, previous_hash = NULL",
    )
    audit.seal(log.engine, tmp_path / "forged.log")
    assert audit.first_broken(log.engine, tmp_path / "forged.log") is None
    assert audit.first_broken(log.engine, anchor) == "entry 3 differs from its anchor"


def test_two_sealers_make_one_chain(service: Things, anchor: Path) -> None:
    write(service, 8)
    counts = together(*[lambda: audit.seal(service.engine, anchor)] * 3)
    assert sum(counts) == 8
    assert audit.first_broken(service.engine, anchor) is None
