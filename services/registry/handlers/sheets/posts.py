"""Rows of a table of posts (REG-06): appointments, their ends and their dated steps."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from services.chassis.errors import Fault, WanggeError
from services.chassis.ids import new_id
from services.registry.errors import ValueRefused, fault
from services.registry.handlers import rights
from services.registry.handlers.answers import outcome_of
from services.registry.handlers.sheets.areas import outside
from services.registry.model.grids import Grid
from services.registry.model.people import Person
from services.registry.model.posts import Post, required_steps
from services.registry.model.sheets.columns import TABLES
from services.registry.model.sheets.imports import Outcome, key_of
from services.registry.model.sheets.reading import Values
from services.registry.model.values import day, refuse_import, repeated
from services.registry.ports import Work


def take(rows: Sequence[Values], stored: Mapping[str, Values], work: Work) -> list[Outcome]:
    """Appoint, end, record steps. Raises ImportRefused."""
    people = work.people.by_usernames([row["username"] for row in rows])
    grids = work.grids.many({row["grid_code"] for row in rows})
    refuse_import(_unknown(rows, people, grids, work))
    appointing = Appointing(work, people, grids)
    outcomes = [appointing.take(number, row) for number, row in enumerate(rows)]
    refuse_import(appointing.faults)
    appointing.save()
    return outcomes


def _key(row: Values) -> str:
    return key_of(TABLES["posts"], row)


def _unknown(
    rows: Sequence[Values], people: Mapping[str, Person], grids: Mapping[str, Grid], work: Work
) -> Iterator[Fault]:
    yield from repeated((f"rows[{number}].username", _key(row)) for number, row in enumerate(rows))
    bound = rights.bound_to_areas(work, "posts")
    for number, row in enumerate(rows):
        path, person = f"rows[{number}]", people.get(row["username"])
        if person is None:
            zh = f"没有用户名 {row['username']};请先导入人员,或改正用户名"
            yield fault(
                f"{path}.username", "person-unknown", zh, "There is nobody of that user name; import people first"
            )
        elif row["name"] and row["name"] != person.name:
            zh = f"用户名 {row['username']} 的姓名与“{row['name']}”不符;请核对用户名,或清空姓名一列"
            yield fault(f"{path}.name", "name-differs", zh, "That user name belongs to somebody of another name")
        if bound and any(outside(f"{path}.grid_code", row["grid_code"], work)):
            yield from outside(f"{path}.grid_code", row["grid_code"], work)
        elif row["grid_code"] not in grids:
            zh = f"没有编码为 {row['grid_code']} 的网格;请先导入网格,或改正编码"
            yield fault(
                f"{path}.grid_code", "grid-unknown", zh, f"There is no grid {row['grid_code']}; import it first"
            )
        elif not grids[row["grid_code"]].active and not row["ends"]:
            zh = f"网格 {row['grid_code']} 已撤销;请改填接续的网格,或填写结束日期"
            yield fault(f"{path}.grid_code", "grid-retired", zh, "That grid is retired; name its successor, or an end")


@dataclass
class Appointing:
    """The posts of one import; every row is tried, so that all faults are known at once."""

    work: Work
    people: Mapping[str, Person]
    grids: Mapping[str, Grid]
    created: list[Post] = field(default_factory=list)
    changed: list[Post] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._plan = self.work.plans.in_force("levels", "posts")
        self._held: dict[str, list[Post]] = {}
        for post in self.work.posts.of_people([person.id for person in self.people.values()]):
            self._held.setdefault(post.person_id, []).append(post)

    def take(self, number: int, row: Values) -> Outcome:
        """Appoint or change by one row; what is wrong is noted."""
        held = self._held.setdefault(self.people[row["username"]].id, [])
        known = next((post for post in held if _is(post, row)), None)
        version = known.version if known else 0
        try:
            post = self._change(known, row) if known else self._appoint(held, row)
        except WanggeError as error:
            self._note(number, error)
            return _key(row), "unchanged"
        return _key(row), outcome_of(known is None, post.version != version)

    def save(self) -> None:
        """Write all posts, and tell the others what their holders may see now."""
        self.work.posts.add_all(self.created)
        self.work.posts.save_all(self.changed)
        touched = {post.person_id for post in (*self.created, *self.changed)}
        people = [person for person in self.people.values() if person.id in touched]
        areas = self.work.posts.areas_of(sorted(touched))
        for person in people:
            person.posts_changed(areas.get(person.id, ()), self.work.now)
        self.work.people.save_all(people)

    def _appoint(self, held: list[Post], row: Values) -> Post:
        grid = self.grids[row["grid_code"]]
        post = Post(
            id=new_id(),
            person_id=self.people[row["username"]].id,
            grid_code=grid.code,
            post=row["post"],
            starts=day("starts", row["starts"]),
            ends=day("ends", row["ends"]) if row["ends"] else None,
            required=required_steps(self._plan, row["post"], grid.level, grid.kind),
            steps={step: day("steps", on) for step, on in row["steps"].items()},
        )
        post.appoint(held, self.work.now)
        held.append(post)
        self.created.append(post)
        return post

    def _change(self, post: Post, row: Values) -> Post:
        version = post.version
        for step, on in row["steps"].items():
            if post.steps.get(step) != day("steps", on):
                post.record_step(step, day("steps", on), self.work.now)
        ends = day("ends", row["ends"]) if row["ends"] else None
        if ends != post.ends:
            if ends is None:
                raise _cannot_reopen(post)
            post.end(ends, self.work.now)
        if post.version != version:
            self.changed.append(post)
        return post

    def _note(self, number: int, error: WanggeError) -> None:
        """The error's own faults, or its sentence, at the row's cell."""
        given = [(each.path, each.code, each.zh, each.en) for each in error.faults]
        for path, code, zh, en in given or [("starts", error.code, error.sentence("zh"), error.sentence("en"))]:
            self.faults.append(fault(f"rows[{number}].{'steps' if path == 'step' else path}", code, zh, en))


def _is(post: Post, row: Values) -> bool:
    return (post.grid_code, post.post, post.starts.isoformat()) == (row["grid_code"], row["post"], row["starts"])


def _cannot_reopen(post: Post) -> WanggeError:
    zh = f"该任职已定于 {post.ends} 结束,不能清空;请保留结束日期,重新任职另起一行"
    en = f"The post ends on {post.ends} and is not reopened; keep the day and appoint anew in another row"
    return ValueRefused(faults=[fault("ends", "post-reopened", zh, en)])
