"""Registering and revoking applications (INC-21)."""

from services.chassis.ids import new_id
from services.registry.handlers import rights
from services.registry.handlers.answers import Answer, receipt
from services.registry.messages import RegisterApplication, RevokeApplication
from services.registry.model.applications import Application, faults, hash_of, hint_of
from services.registry.model.values import refuse_values
from services.registry.ports import Work


def register(message: RegisterApplication, work: Work) -> Answer:
    """Keep the application with the hash of its key. The answer has the key's hint: whether it is that of this call."""
    rights.security(work, "登记应用")
    refuse_values(faults(message.name, message.may, message.per_minute))
    key = message.key.reveal()
    application = Application(
        id=new_id(),
        name=message.name.strip(),
        may=tuple(dict.fromkeys(message.may)),
        per_minute=message.per_minute,
        key_hash=hash_of(key),
        key_hint=hint_of(key),
        created_by=work.caller.person_id,
        created_at=work.now,
    )
    work.applications.add(application)
    return {**receipt(application.id, application.version), "hint": application.key_hint}


def revoke(message: RevokeApplication, work: Work) -> Answer:
    """Take an application's key away; gateways notice within their cache's half minute."""
    rights.security(work, "停用应用")
    application = work.applications.get(message.application_id)
    application.revoke(work.caller.person_id, work.now)
    work.applications.save(application)
    return receipt(application.id, application.version)
