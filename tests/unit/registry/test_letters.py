"""A duty letter's life, whatever the two and its keeper do in whatever order (REG-07)."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import WanggeError
from services.registry.model.letters import DRAFTED, ENDED, IN_FORCE, SIGNED, SUPERSEDED, Letter, Party, Terms

pytestmark = pytest.mark.rule("REG-07")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
AFTER = {
    DRAFTED: {DRAFTED, SIGNED, ENDED},
    SIGNED: {SIGNED, IN_FORCE, ENDED},
    IN_FORCE: {IN_FORCE, SUPERSEDED, ENDED},
    SUPERSEDED: {SUPERSEDED},
    ENDED: {ENDED},
}
DEEDS = st.sampled_from(["change", "sign-upper", "sign-lower", "sign-stranger", "end", "end-empty", "supersede"])


def terms(task: str) -> Terms:
    return Terms(date(2026, 12, 1), date(2027, 11, 30), (task,), (), ())


def do(letter: Letter, deed: str, number: int) -> None:
    at = NOW + timedelta(hours=number)
    if deed == "change":
        letter.change(terms(f"第 {number} 稿"))
    elif deed.startswith("sign"):
        letter.sign(deed.removeprefix("sign-"), at)
    elif deed == "supersede" and letter.state == IN_FORCE:
        letter.superseded_by = "another"
    elif deed.startswith("end"):
        letter.end("keeper", "岗位调整" if deed == "end" else " ", at)


@given(st.lists(DEEDS, max_size=12))
def test_no_order_of_deeds_changes_what_was_signed_or_brings_back_what_is_over(deeds: list[str]) -> None:
    letter = Letter("id", Party("g1", "upper", "leader"), Party("g2", "lower", "leader"), terms("初稿"), "keeper", NOW)
    for number, deed in enumerate(deeds):
        before, said, version = letter.state, letter.terms, letter.version
        signatures = (letter.upper_signed_at, letter.lower_signed_at)
        with suppress(WanggeError):
            do(letter, deed, number)
        assert letter.state in AFTER[before]
        assert letter.terms == said or before == DRAFTED
        assert letter.version >= version
        kept = zip(signatures, (letter.upper_signed_at, letter.lower_signed_at), strict=True)
        assert all(first in (None, now) for first, now in kept), "a signature stays as it was given"
        if letter.state == IN_FORCE:
            assert letter.upper_signed_at and letter.lower_signed_at
