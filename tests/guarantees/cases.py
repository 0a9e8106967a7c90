"""Commands of every kind, each with what it needs, what it is answered, and what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import attrs

from okmate_auth import (
    AcknowledgeChange,
    Authenticated,
    Authenticator,
    ChangePasswords,
    Client,
    Confirm,
    Logout,
    PasswordChangeDone,
    PasswordChangeDue,
    Refused,
)
from okmate_auth.commands.passwords import ResetPasswords
from okmate_auth.decision import Command
from okmate_auth.ports import Clock, Store
from okmate_auth.replies import Confirmed, LoggedOut, PasswordsReset
from okmate_auth.shells.setup import utc_now
from okmate_auth.testing.keys import unsafe_keys
from tests.guarantees.looking import Sight, look
from tests.guarantees.people import (
    CONFIRMATION,
    DESK,
    FAST,
    LOGIN,
    PURPOSE,
    WRONG,
    Person,
    attempt,
    open_account,
    register_company,
)

__all__ = ["CASES", "Case", "Scene", "scene_on", "session"]


@attrs.frozen
class Scene:
    """What is prepared for a submit.

    Attributes:
        store: Where.
        submit: Submits to a synchronous shell over the same store.
        person: Who has been through his first login.
        client: His browser.
    """

    store: Store
    submit: Callable[[Any], Any]
    person: Person
    client: Client

    def again(self, reply: object) -> None:
        """The owner gets in, whatever became of the submit."""
        del reply
        assert isinstance(self.submit(attempt(self.person.login_id, LOGIN, self.client)), Authenticated)

    def look(self) -> Sight:
        """Return what the store holds about the person."""
        return look(self.store, self.person.login_id)

    def judged_since(self, before: Sight) -> tuple[str, ...]:
        """Return the verdicts that were added to the history."""
        return self.look().judged[len(before.judged) :]


@attrs.frozen(kw_only=True)
class Case:
    """A command that is cancelled.

    Attributes:
        prepare: Returns it.
        reply: What it is answered in the end.
        judged: The verdicts that it leaves in the history.
        repeats: Whether submitting it again is a repeat, without an effect of its own.
        sessions: How many sessions there are in the end.
        after: What must work in the end, given the reply.
    """

    prepare: Callable[[Scene], Command[Any]]
    reply: type
    judged: tuple[str, ...] = ()
    repeats: bool = True
    sessions: int = 0
    after: Callable[[Scene, Any], None] = Scene.again


def session(scene: Scene) -> Authenticated:
    """Log the person in."""
    reply = scene.submit(attempt(scene.person.login_id, LOGIN, scene.client))
    assert isinstance(reply, Authenticated)
    return reply


def _due(scene: Scene) -> ChangePasswords:
    reset = scene.submit(ResetPasswords(login_id=scene.person.login_id, authority=DESK))
    initial = reset.initial_password.reveal()
    due = scene.submit(attempt(scene.person.login_id, initial, scene.client))
    assert isinstance(due, PasswordChangeDue)
    return ChangePasswords(
        handle=due.handle,
        client=scene.client,
        current_login_password=initial,
        new_login_password=LOGIN,
        new_confirmation_password=CONFIRMATION,
    )


def _done(scene: Scene) -> AcknowledgeChange:
    done = scene.submit(_due(scene))
    assert isinstance(done, PasswordChangeDone)
    return AcknowledgeChange(handle=done.handle, client=scene.client)


def _acknowledged(scene: Scene, reply: object) -> None:
    assert isinstance(reply, PasswordChangeDone)
    ended = scene.submit(AcknowledgeChange(handle=reply.handle, client=scene.client))
    assert isinstance(ended, Authenticated)
    scene.again(reply)


def _reset(scene: Scene, reply: object) -> None:
    assert isinstance(reply, PasswordsReset)
    due = scene.submit(attempt(scene.person.login_id, reply.initial_password.reveal(), scene.client))
    assert isinstance(due, PasswordChangeDue)


CASES: Final = {
    "wrong": Case(
        prepare=lambda scene: attempt(scene.person.login_id, WRONG, scene.client),
        reply=Refused,
        judged=("wrong-password",),
    ),
    "login": Case(
        prepare=lambda scene: attempt(scene.person.login_id, LOGIN, scene.client),
        reply=Authenticated,
        judged=("authenticated",),
        sessions=1,
    ),
    "change": Case(prepare=_due, reply=PasswordChangeDone, judged=("step",), after=_acknowledged),
    "acknowledge": Case(prepare=_done, reply=Authenticated, sessions=1),
    "confirm": Case(
        prepare=lambda scene: Confirm(
            session=session(scene).session, client=scene.client, password=CONFIRMATION, purpose=PURPOSE
        ),
        reply=Confirmed,
        judged=("confirmed",),
        repeats=False,
        sessions=1,
    ),
    "logout": Case(prepare=lambda scene: Logout(session(scene).session, client=scene.client), reply=LoggedOut),
    "reset": Case(
        prepare=lambda scene: ResetPasswords(login_id=scene.person.login_id, authority=DESK),
        reply=PasswordsReset,
        after=_reset,
    ),
}


def scene_on(store: Store, *, clock: Clock = utc_now, company: bool = True) -> Scene:
    """Prepare a person, and his company unless it exists."""
    auth = Authenticator(store, profile=FAST, keys=unsafe_keys(), clock=clock)
    if company:
        register_company(auth.submit)
    person = open_account(auth.submit)
    return Scene(store, auth.submit, person, person.client())
