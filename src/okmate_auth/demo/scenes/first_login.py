"""A first login: forced change, its result, enrollment put off, top page (the procedure's manual, steps 1-2 to 5)."""

from __future__ import annotations

from typing import Final

from okmate_auth.commands import ChangePasswords, SkipEnrollment
from okmate_auth.demo.people import HANAKO, HANAKO_CONFIRMATION, HANAKO_LOGIN, HANAKO_LOGIN_FULL_WIDTH, OFFICE
from okmate_auth.demo.scenes.displays import closed
from okmate_auth.demo.scenes.logins import (
    acknowledges,
    change,
    first_login,
    first_of_all,
    grants_nothing_yet,
    logs_out,
    results,
)
from okmate_auth.demo.stage import Stage
from okmate_auth.demo.story import Act, Claim, Scene, gives, refused
from okmate_auth.replies import Authenticated, EnrollmentDue, PasswordChangeDone, PasswordChangeDue
from okmate_auth.secret import Secret


def _breaks_rules(stage: Stage) -> ChangePasswords:
    return change(stage, OFFICE, HANAKO_LOGIN_FULL_WIDTH, Secret(HANAKO))


def _keeps_rules(stage: Stage) -> ChangePasswords:
    return change(stage, OFFICE, HANAKO_LOGIN, HANAKO_CONFIRMATION)


def _puts_off(stage: Stage) -> SkipEnrollment:
    return SkipEnrollment(handle=stage.handle(OFFICE), client=stage.client(OFFICE))


def _counted_no_failure(stage: Stage) -> bool:
    return "wrong-password" not in results(stage, HANAKO)


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
        Act(who=OFFICE, does="acknowledges", command=acknowledges(OFFICE), expects=gives(EnrollmentDue)),
        Act(
            who=OFFICE,
            does="puts-off",
            command=_puts_off,
            expects=gives(Authenticated),
            claims=(
                Claim("first-login-of-all", lambda stage: first_of_all(stage, OFFICE)),
                Claim("transfers-are-closed", lambda stage: closed(stage, OFFICE)),
            ),
        ),
        logs_out(OFFICE),
    ),
)
