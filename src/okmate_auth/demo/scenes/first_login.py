"""A first login: forced change, its result, enrollment put off, top page (the procedure's manual, steps 1-2 to 5)."""

from __future__ import annotations

from typing import Final

from okmate_auth.commands import AcknowledgeChange, ChangePasswords, SkipEnrollment
from okmate_auth.demo.people import HANAKO, HANAKO_CONFIRMATION, HANAKO_LOGIN, HANAKO_LOGIN_FULL_WIDTH, OFFICE
from okmate_auth.demo.scenes.displays import closed
from okmate_auth.demo.scenes.logins import first_login, grants_nothing_yet, logs_out, results
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Scene, gives, refused
from okmate_auth.queries import TopPage
from okmate_auth.replies import Authenticated, EnrollmentDue, PasswordChangeDone, PasswordChangeDue
from okmate_auth.secret import Secret


def _breaks_rules(stage: Stage) -> ChangePasswords:
    return _changes(stage, HANAKO_LOGIN_FULL_WIDTH, Secret(HANAKO))


def _keeps_rules(stage: Stage) -> ChangePasswords:
    return _changes(stage, HANAKO_LOGIN, HANAKO_CONFIRMATION)


def _changes(stage: Stage, login: Secret, confirmation: Secret) -> ChangePasswords:
    return ChangePasswords(
        handle=stage.handle(OFFICE),
        client=stage.client(OFFICE),
        current_login_password=stage.initial_password(HANAKO),
        new_login_password=login,
        new_confirmation_password=confirmation,
    )


def _acknowledges(stage: Stage) -> AcknowledgeChange:
    return AcknowledgeChange(handle=stage.handle(OFFICE), client=stage.client(OFFICE))


def _puts_off(stage: Stage) -> SkipEnrollment:
    return SkipEnrollment(handle=stage.handle(OFFICE), client=stage.client(OFFICE))


def _counted_no_failure(stage: Stage) -> bool:
    return "wrong-password" not in results(stage, HANAKO)


def _first_of_all(stage: Stage) -> bool:
    view = stage.read(TopPage(stage.session(OFFICE), stage.client(OFFICE)))
    return view is not None and view.logins == ()


FIRST_LOGIN: Final = Scene(
    name="first-login",
    beats=(
        Act(
            who=OFFICE,
            does="logs-in-with-initial",
            command=first_login(OFFICE),
            expects=gives(PasswordChangeDue),
            claims=(Claim("grants-nothing-yet", lambda stage: grants_nothing_yet(stage, OFFICE)),),
        ),
        Act(
            who=OFFICE,
            does="chooses-badly",
            command=_breaks_rules,
            expects=refused(
                "password-policy",
                "full-width",
                "same-as-login-id",
                "common",
                "context-word",
                at=PasswordChangeDue,
            ),
            claims=(Claim("nothing-was-judged", _counted_no_failure),),
        ),
        Act(who=OFFICE, does="chooses-well", command=_keeps_rules, expects=gives(PasswordChangeDone)),
        Act(who=OFFICE, does="acknowledges", command=_acknowledges, expects=gives(EnrollmentDue)),
        Act(
            who=OFFICE,
            does="puts-off",
            command=_puts_off,
            expects=gives(Authenticated),
            claims=(
                Claim("first-login-of-all", _first_of_all),
                Claim("transfers-are-closed", lambda stage: closed(stage, OFFICE)),
            ),
        ),
        logs_out(OFFICE),
    ),
)
