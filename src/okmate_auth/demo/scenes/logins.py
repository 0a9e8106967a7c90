"""What several scenes have in common: logging in, logging out, what came of it, and the rows of a history since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from okmate_auth.commands import Logout, PasswordLogin
from okmate_auth.demo.stage import Role, Stage
from okmate_auth.demo.story import Act, Claim, gives
from okmate_auth.queries import ReadHistory, Session, TopPage
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


def results(stage: Stage, login_id: str) -> list[str]:
    """Return the real reasons that the history has for a login ID's attempts in this scene, newest first."""
    records = stage.read(ReadHistory(login_id=login_id)).records
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
