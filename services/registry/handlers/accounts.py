"""Sign-in, sessions and passwords (REG-14).

A refusal that must leave a trace (a counted failure, an ended session) cannot be raised, since raising rolls back: it
is answered as `outcome` and raised by the api after the commit.
"""

from services.chassis.ids import new_id
from services.registry.errors import RefreshRefused, SignInRefused
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.messages import ChangePassword, Refresh, SetPassword, SignIn, SignOut
from services.registry.model.accounts import (
    Account,
    RefreshToken,
    Session,
    check_password,
    initial_password,
    new_refresh_token,
    token_hash,
)
from services.registry.ports import Work

REFUSED_OUTCOMES = {"sign-in-refused": SignInRefused, "refresh-refused": RefreshRefused}
"""What the api raises for an outcome that had to be committed."""


def sign_in(message: SignIn, work: Work) -> Answer:
    """Open a session, or count a failure; an unknown name takes as long as a wrong password. Raises SignInLocked."""
    guard = work.accounts.guard(message.username)
    guard.check(work.session_now)
    found = work.accounts.of_username(message.username)
    known_hash = found[1].password_hash if found else None
    matches = work.passwords.matches(known_hash, message.password.reveal())
    if found is None or not matches or not found[0].active:
        return _refused(message.username, found[0].id if found else None, work)
    guard.succeeded()
    work.accounts.put_guard(guard)
    session = Session(id=new_id(), person_id=found[0].id, created_at=work.session_now)
    work.accounts.add_session(session)
    return _issued(session, work)


def refresh(message: Refresh, work: Work) -> Answer:
    """Exchange a refresh token; a used one ends its session. Raises RefreshRefused."""
    found = work.accounts.token(token_hash(message.refresh_token.reveal()))
    if found is None:
        raise RefreshRefused
    token, session = found
    token.check(session, work.session_now)
    if token.used_at is not None:
        session.end("refresh-token-reused", work.session_now)
        work.accounts.save_session(session)
        return {"id": session.person_id, "outcome": "refresh-refused"}
    token.used_at = work.session_now
    work.accounts.use_token(token)
    return _issued(session, work)


def sign_out(message: SignOut, work: Work) -> Answer:
    """End the session of a refresh token, if there is one."""
    found = work.accounts.token(token_hash(message.refresh_token.reveal()))
    if found is None:
        return receipt("", 0)
    session = found[1]
    session.end("signed-out", work.session_now)
    work.accounts.save_session(session)
    return receipt(session.person_id, 1)


def change_password(message: ChangePassword, work: Work) -> Answer:
    """Change the caller's own password and end all their sessions; repeated, it changes nothing.

    Raises PasswordRefused, SignInLocked.
    """
    person = work.people.get(work.caller.person_id)
    guard = work.accounts.guard(person.username)
    guard.check(work.session_now)
    account = work.accounts.of_person(person.id)
    old, new = message.old_password.reveal(), message.new_password.reveal()
    if not work.passwords.matches(account.password_hash, old):
        if work.passwords.matches(account.password_hash, new):
            return receipt(person.id, account.version)
        return _refused(person.username, person.id, work)
    check_password(new, person.username, old)
    return _set_password(account, new, must_change=False, work=work)


def set_password(message: SetPassword, work: Work) -> Answer:
    """Give a person a new initial password, which they must change; their sessions end."""
    rights.security(work, "重置密码")
    rights.of_others(work, message.person_id)
    account = work.accounts.of_person(work.people.get(message.person_id).id)
    password = initial_password()
    return {**_set_password(account, password, must_change=True, work=work), "password": password}


def _set_password(account: Account, password: str, must_change: bool, work: Work) -> Answer:
    account.set_password(work.passwords.hash(password), must_change)
    work.accounts.put([account])
    work.accounts.end_sessions(account.person_id, "password-changed")
    return receipt(account.person_id, account.version)


def _refused(username: str, person_id: str | None, work: Work) -> Answer:
    guard = work.accounts.guard(username)
    guard.failed(work.session_now)
    work.accounts.put_guard(guard)
    work.note("PasswordRefused", person_id, "refused")
    return {"id": person_id, "outcome": "sign-in-refused"}


def _issued(session: Session, work: Work) -> Answer:
    text, expires_at = new_refresh_token(), session.next_expiry(work.session_now)
    work.accounts.add_token(RefreshToken(token_hash(text), session.id, work.session_now, expires_at))
    return {"id": session.person_id, "refresh_token": text, "refresh_expires_at": expires_at}
