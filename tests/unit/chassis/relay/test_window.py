"""The bookkeeping against a plain model, with any sequence of publishing, confirming and losing."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from opentelemetry.trace import INVALID_SPAN

from services.chassis.relay.window import Flight, Waiting, Window

LIMIT = 5


def flight(row_id: int) -> Flight:
    return Flight(row_id, f"event-{row_id}", INVALID_SPAN)


class WindowMachine(RuleBasedStateMachine):
    """The model is a list of (tag, row id); every row is answered by `settle` or `reset` exactly once."""

    def __init__(self) -> None:
        super().__init__()
        self.window = Window(LIMIT)
        self.model: list[tuple[int, int]] = []
        self.returned: set[int] = set()
        self.tags = self.rows = 0

    @precondition(lambda self: self.window.free)
    @rule()
    def publish(self) -> None:
        self.tags, self.rows = self.tags + 1, self.rows + 1
        assert self.window.add(flight(self.rows)) == self.tags
        self.model.append((self.tags, self.rows))

    @rule(tag=st.integers(0, 40), multiple=st.booleans())
    def settle(self, tag: int, multiple: bool) -> None:
        gone = [pair for pair in self.model if pair[0] == tag or (multiple and pair[0] < tag)]
        settled = self.window.settle(tag, multiple)
        assert [each.row_id for each in settled] == [row_id for _, row_id in gone]
        assert [each.row_id for each in settled if each.returned] == [row for _, row in gone if row in self.returned]
        self.model = [pair for pair in self.model if pair not in gone]

    @rule(row_id=st.integers(0, 40))
    def give_back(self, row_id: int) -> None:
        self.window.returned(f"event-{row_id}", "NO_ROUTE")
        self.returned |= {row for _, row in self.model if row == row_id}

    @rule()
    def lose_the_channel(self) -> None:
        assert [each.row_id for each in self.window.reset()] == [row_id for _, row_id in self.model]
        self.model, self.tags = [], 0

    @invariant()
    def knows_what_is_under_way(self) -> None:
        assert self.window.row_ids == [row_id for _, row_id in self.model]
        assert len(self.window) == len(self.model)
        assert self.window.free == LIMIT - len(self.model)


TestWindow = WindowMachine.TestCase


def test_a_narrow_window_lets_one_message_pass_until_all_suspects_are_settled() -> None:
    window = Window(LIMIT)
    window.narrow(2)
    for row_id in (1, 2):
        assert window.free == 1
        tag = window.add(flight(row_id))
        assert window.free == 0
        window.settle(tag, multiple=False)
    assert window.free == LIMIT


def test_the_wait_doubles_up_to_its_limit() -> None:
    waiting = Waiting(first=1, last=5)
    now, pauses = 100.0, []
    for _ in range(5):
        waiting.put_back(7, now)
        pauses.append(next(pause for pause in range(1, 10) if not waiting.held(now + pause)))
        now += pauses[-1]
    assert pauses == [1, 2, 4, 5, 5]


@given(st.dictionaries(st.integers(1, 50), st.floats(0, 100)), st.floats(0, 200))
def test_a_waiting_row_is_held_or_due(put_back: dict[int, float], now: float) -> None:
    waiting = Waiting(first=1, last=30)
    for row_id, at in put_back.items():
        waiting.put_back(row_id, at)
    assert sorted(waiting.held(now) + waiting.due(now)) == sorted(put_back)
    assert set(waiting.due(now)) == {row_id for row_id, at in put_back.items() if at + 1 <= now}


def test_due_rows_that_are_nowhere_to_be_found_are_forgotten() -> None:
    waiting = Waiting(first=1, last=30)
    for row_id, at in ((1, 0), (2, 0), (3, 10)):
        waiting.put_back(row_id, at)
    waiting.forget_due_except({2}, now=5)
    assert (waiting.due(5), waiting.held(5)) == ([2], [3])
    waiting.discard(2)
    assert len(waiting) == 1
