"""What several scenes have in common: logging in, the forced change, logging out, what came of it, and rows since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from okmate_auth.commands import AcknowledgeChange, ChangePasswords, Logout, PasswordLogin
from okmate_auth.demo.stage import Role, Stage
from okmate_auth.demo.story import Act, Claim, gives
from okmate_auth.queries import ReadHistory, Session, TopPage
from okmate_auth.queries.histories import History
from okmate_auth.records import LoginRecord
from okmate_auth.replies import Authenticated, LoggedOut
from okmate_auth.secret import Secret

_A_WHILE: Final = timedelta(minutes=1)  # more than a scene takes from what begins to run to the claim about it


def login(role: Role, login_id: str, password: Secret) -> Callable[[Stage], PasswordLogin]:
    """Return what makes a login with a known password, from a page that was just opened."""
    return partial(_login, role, login_id, password)


def first_login(role: Role) -> Callable[[Stage], PasswordLogin]:
    """Return what makes a role's login with the password of the bank's letter."""
    return partial(_first_login, role)


def change(
    stage: Stage, role: Role, login: Secret, confirmation: Secret, *, handle: Secret | None = None
) -> ChangePasswords:
    """Return the forced change of an initial password, in the form that a browser shows or another one."""
    return ChangePasswords(
        handle=stage.handle(role) if handle is None else handle,
        client=stage.client(role),
        current_login_password=stage.initial_password(role.user),
        new_login_password=login,
        new_confirmation_password=confirmation,
    )


def acknowledges(role: Role) -> Callable[[Stage], AcknowledgeChange]:
    """Return what confirms the result of a change."""
    return lambda stage: AcknowledgeChange(handle=stage.handle(role), client=stage.client(role))


def logs_out(role: Role) -> Act:
    """Return the act of logging out."""
    return Act(
        who=role,
        does="logs-out",
        command=lambda stage: Logout(stage.session(role), stage.client(role)),
        expects=gives(LoggedOut),
        claims=(Claim("session-ended", lambda stage: is_logged_out(stage, role)),),
    )


def session_of(stage: Stage, role: Role, *, back: int = 0) -> Session | None:
    """Return the live session of a browser's cookie, or of one it had before; None where there is none."""
    return stage.auth.session(stage.session(role, back=back), stage.client(role))


def is_logged_out(stage: Stage, role: Role, *, back: int = 0) -> bool:
    """Say whether a browser's session cookie, or one it had before, leads nowhere."""
    return session_of(stage, role, back=back) is None


def took_over(stage: Stage, role: Role, *, back: int = 0) -> bool:
    """Say whether the login that has just reached its end ended the session of a browser, or one it had before."""
    reply = stage.replies[-1]
    return isinstance(reply, Authenticated) and reply.took_over and is_logged_out(stage, role, back=back)


def grants_nothing_yet(stage: Stage, role: Role) -> bool:
    """Say whether the handle of a browser's form opens neither a session nor the top page."""
    handle, client = stage.handle(role), stage.client(role)
    return stage.auth.session(handle, client) is None and stage.read(TopPage(handle, client)) is None


def first_of_all(stage: Stage, role: Role) -> bool:
    """Say whether the top page of a browser shows no earlier login."""
    view = stage.read(TopPage(stage.session(role), stage.client(role)))
    return view is not None and view.logins == ()


def shows_the_login_before(stage: Stage, role: Role) -> bool:
    """Say whether the top page of a browser shows one earlier login, from before this scene."""
    view = stage.read(TopPage(stage.session(role), stage.client(role)))
    return view is not None and len(view.logins) == 1 and view.logins[0].at < stage.began


def transfers_are_open(stage: Stage, role: Role) -> bool:
    """Say whether transfers, which need a token, are open in the session of a browser."""
    session = session_of(stage, role)
    return session is not None and "transfer" in session.entitlements


def results(stage: Stage, login_id: str, which: History = "password") -> list[str]:
    """Return the real reasons that a history has for a login ID's attempts in this scene, newest first."""
    records = stage.read(ReadHistory(login_id=login_id, which=which)).records
    return [record.result for record in records if isinstance(record, LoginRecord) and record.at >= stage.began]


def done_once(stage: Stage, login_id: str, result: str) -> bool:
    """Say whether two clicks got one reply, and the history of this scene has what they did once."""
    one, other = stage.replies[-2:]
    return one == other and results(stage, login_id).count(result) == 1


def runs_for(stage: Stage, until: datetime | None, lasts: timedelta) -> bool:
    """Say whether something that lasts so long ends then, and began within the last minute."""
    return until is not None and lasts - _A_WHILE < until - stage.clock() <= lasts


def _login(role: Role, login_id: str, password: Secret, stage: Stage) -> PasswordLogin:
    return PasswordLogin(login_id, password, attempt=stage.page(), client=stage.client(role))


def _first_login(role: Role, stage: Stage) -> PasswordLogin:
    return _login(role, role.user, stage.initial_password(role.user), stage)
