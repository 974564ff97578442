"""Posts: appoint, record steps, end (REG-06)."""

from services.chassis.ids import new_id
from services.registry.errors import GridRetired
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.messages import Appoint, EndPost, RecordStep
from services.registry.model.posts import Post, required_steps
from services.registry.model.values import day
from services.registry.ports import Work


def appoint(message: Appoint, work: Work) -> Answer:
    """Give a person a post in a grid; where the plan wants steps first it is proposed until they have their days."""
    rights.system(work, "任命岗位")
    person, grid = work.people.get(message.person_id), work.grids.get(message.grid_code)
    if not grid.active:
        raise GridRetired(grid=grid.code)
    wanted = work.plans.in_force("levels", "posts")
    post = Post(
        id=new_id(),
        person_id=person.id,
        grid_code=grid.code,
        post=message.post,
        starts=day("starts", message.starts),
        ends=day("ends", message.ends) if message.ends else None,
        required=required_steps(wanted, message.post, grid.level, grid.kind),
        steps={step.id: day(f"steps[{step.id}].date", step.date) for step in message.steps},
    )
    post.appoint(work.posts.of_person(person.id), work.now)
    work.posts.add(post)
    _announce_areas(post, work)
    return receipt(post.id, post.version)


def record_step(message: RecordStep, work: Work) -> Answer:
    """Note the day of one step of an appointment; the last one puts it into effect."""
    rights.system(work, "登记任职程序")
    post = work.posts.get(message.post_id)
    post.record_step(message.step, day("date", message.date), work.now)
    work.posts.save(post)
    _announce_areas(post, work)
    return receipt(post.id, post.version)


def end_post(message: EndPost, work: Work) -> Answer:
    """Give a post its last day."""
    rights.system(work, "结束任职")
    post = work.posts.get(message.post_id)
    post.end(day("ends", message.ends), work.now)
    work.posts.save(post)
    _announce_areas(post, work)
    return receipt(post.id, post.version)


def _announce_areas(post: Post, work: Work) -> None:
    person = work.people.get(post.person_id)
    person.posts_changed(work.posts.areas_of([person.id]).get(person.id, ()), work.now)
    work.people.save_all([person])
