"""Computing everything again from the event log and comparing it with what is stored (ASM-02)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from services.assessment import schemas, visibility
from services.assessment.errors import WholeCountyNeeded
from services.assessment.model.facts import Fact
from services.assessment.model.patrols import facts_of
from services.assessment.model.periods import Period
from services.assessment.model.scheme import Schemes
from services.assessment.model.scoring import DIGITS, score
from services.assessment.model.weighing import count
from services.assessment.ports import EventLog
from services.assessment.queries import tallies
from services.assessment.queries.tallies import EXACT, Subject, Tally
from services.chassis.auth import Principal
from services.chassis.envelope import Envelope, MalformedEvent

Values = dict[str, Any]


@dataclass(frozen=True)
class Recomputation:
    """Folds the log with the function that the worker uses, and names every score and counter that differs."""

    engine: sa.Engine
    zone: ZoneInfo
    log: EventLog

    def run(self, period: Period, caller: Principal, token: str) -> Values:
        """Compare `period`. Raises Forbidden, WholeCountyNeeded, NoScheme, LogUnavailable.

        Nothing is changed. Events that are on their way while it runs appear as differences; ask again.
        """
        caller.require(*visibility.RECOMPUTES, action="重新计算")
        if not visibility.covers_county(caller):
            raise WholeCountyNeeded
        events, facts = self._read(token)
        with self.engine.connect() as connection:
            schemes = tallies.schemes(connection)
            stored = tallies.stored(connection, period, schemes.start)
        computed = tallies.computed(count(facts.values()), period, schemes.start)
        differences = list(_differences(schemes, stored, computed))
        return {
            "events": events,
            "facts": len(facts),
            "scores": len(stored.keys() | computed.keys()),
            "differences": differences,
            "same": not differences,
        }

    def _read(self, token: str) -> tuple[int, Mapping[tuple[str, str, str, str], Fact]]:
        """How many events the log has, and the facts of them, each once."""
        events = 0
        facts: dict[tuple[str, str, str, str], Fact] = {}
        for envelope in self.log.events(token):
            events += 1
            facts |= {fact.key: fact for fact in self._facts(envelope)}
        return events, facts

    def _facts(self, envelope: Envelope) -> list[Fact]:
        """None for an event that the worker would not take either."""
        if envelope.type not in schemas.COUNTED:
            return []
        try:
            return facts_of(schemas.read(envelope), self.zone)
        except MalformedEvent:
            return []


def _differences(
    schemes: Schemes, stored: Mapping[Subject, Tally], computed: Mapping[Subject, Tally]
) -> Iterator[Values]:
    for subject in sorted(stored.keys() | computed.keys()):
        there, here = stored.get(subject, Tally()).counts, computed.get(subject, Tally()).counts
        scheme = schemes.of(*subject)
        if scheme is not None:
            yield from _differing(subject, "", score(scheme, there).total, score(scheme, here).total)
        for counter in sorted(there.keys() | here.keys()):
            yield from _differing(subject, counter, there.get(counter, 0.0), here.get(counter, 0.0))


def _differing(subject: Subject, counter: str, stored: float, computed: float) -> Iterator[Values]:
    """Sums of parts that were added in another order may be rounded the other way in their last digit."""
    last_digit = 10.0 ** -(EXACT if counter else DIGITS)
    if abs(stored - computed) > 1.5 * last_digit:
        yield {
            "subject_kind": subject[0],
            "subject_id": subject[1],
            "counter": counter,
            "stored": stored,
            "computed": computed,
        }
