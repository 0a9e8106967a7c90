"""What several scenes have in common: logging in, logging out, and the rows of a history that came since."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from okmate_auth.commands import Logout, PasswordLogin
from okmate_auth.demo.stage import Role, Stage
from okmate_auth.demo.story import Act, Claim, gives
from okmate_auth.queries import ReadHistory, TopPage
from okmate_auth.records import LoginRecord
from okmate_auth.replies import Authenticated, LoggedOut
from okmate_auth.secret import Secret


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


def is_logged_out(stage: Stage, role: Role, *, back: int = 0) -> bool:
    """Say whether a browser's session cookie, or one it had before, leads nowhere."""
    return stage.auth.session(stage.session(role, back=back), stage.client(role)) is None


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


def _login(role: Role, login_id: str, password: Secret, stage: Stage) -> PasswordLogin:
    return PasswordLogin(login_id, password, attempt=stage.page(), client=stage.client(role))


def _first_login(role: Role, stage: Stage) -> PasswordLogin:
    return _login(role, role.user, stage.initial_password(role.user), stage)
