"""What the plan asks about a matter (INC-04), as far as a finder answers it on the spot."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.patrol.errors import QuestionUnknown, ReplyWrong


@dataclass(frozen=True)
class Question:
    """An extra question of a matter. `choices` is empty for free answers; of several, each stands on its own line."""

    id: str
    text: str
    several: bool = False
    choices: tuple[str, ...] = ()


def questions_of(section: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, tuple[Question, ...]]:
    """The questions of a plan's section by the codes of their matters."""
    return {code: tuple(_question(each) for each in asked) for code, asked in section.items()}


def _question(entry: Mapping[str, Any]) -> Question:
    return Question(entry["id"], entry["text"], entry["kind"] == "multi-choice", tuple(entry.get("choices", ())))


def check(replies: Iterable[tuple[str, str]], questions: Sequence[Question]) -> None:
    """Raises QuestionUnknown, ReplyWrong. None is demanded here: whoever found it can be asked later (INC-07)."""
    asked = {question.id: question for question in questions}
    for name, value in replies:
        if name not in asked:
            raise QuestionUnknown(value=name, possible="、".join(asked) or "-")
        question = asked[name]
        given = value.split("\n") if question.several else [value]
        if value and question.choices and not set(given) <= set(question.choices):
            raise ReplyWrong(question=question.text, value=value, possible="、".join(question.choices))
