"""Leading groups and command bodies of a plan: their seats, and which posts and departments these mean (REG-16)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.registry.model.posts import POST_OF_ROLE

CHAIR, DEPUTY, MEMBER, DEPARTMENT, OFFICE = "chair", "deputy", "member", "department", "office"
Document = Mapping[str, Any]
_QUOTES = {ord(mark): None for mark in "“”\"'「」 "}


@dataclass(frozen=True)
class Seat:
    """One seat in the plan's words. `post` is the plan's post that it means, of `grid_post` in grids of `levels`
    (level and kind), or held as a `role`; `department` is the department that it means."""

    part: str
    title: str
    post: str | None = None
    role: str | None = None
    grid_post: str | None = None
    levels: tuple[tuple[int, str], ...] = ()
    department: str | None = None


@dataclass(frozen=True)
class Body:
    """A body with its seats: chair, deputies, members, departments, office; and the meetings to which it is invited."""

    id: str
    name: str
    kind: str
    words: str
    seats: tuple[Seat, ...]
    meetings: tuple[str, ...]


def bodies_of(document: Document) -> list[Body]:
    """The bodies of a plan's document, in its order."""
    return [_body(entry, document) for entry in document.get("bodies", ())]


def _body(entry: Document, document: Document) -> Body:
    invited = (each["name"] for each in document.get("meetings", ()) if each.get("body") == entry["id"])
    seats = tuple(_seats(entry, document))
    return Body(entry["id"], entry["name"], entry["kind"], entry.get("words", ""), seats, tuple(invited))


def _seats(entry: Document, document: Document) -> Iterator[Seat]:
    said = [(CHAIR, entry["chair"])] if entry.get("chair") else []
    said += [(DEPUTY, word) for word in entry.get("deputies", ())]
    said += [(MEMBER, word) for word in entry.get("members", ())]
    for part, word in said:
        yield _of_word(part, word, document)
    names = {each["id"]: each["name"] for each in document.get("departments", ())}
    for part, ids in ((DEPARTMENT, entry.get("departments", ())), (OFFICE, [entry.get("office")])):
        for department in ids:
            if department in names:
                yield Seat(part, names[department], department=department)


def _of_word(part: str, word: str, document: Document) -> Seat:
    """A word means the post that is called so, or that is held by who is called so."""
    plain = word.translate(_QUOTES)
    for post in document.get("posts", ()):
        called = (post["title"], *post.get("held_by", ()))
        if any(plain.endswith(each.translate(_QUOTES)) for each in called):
            return _of_post(part, word, post, document)
    return Seat(part, word)


def _of_post(part: str, word: str, post: Document, document: Document) -> Seat:
    levels: Sequence[Document] = [each for each in document.get("levels", ()) if each["id"] in post.get("levels", ())]
    grid_post = post.get("grid_post") or POST_OF_ROLE.get(post["role"])
    there = tuple((each["level"], each.get("kind", "area")) for each in levels)
    return Seat(part, word, post["id"], post["role"], grid_post, there)
