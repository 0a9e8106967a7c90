"""Token enrollment at the next login (the procedure's manual, step 4): what is refused, and what opens the door."""

from __future__ import annotations

from typing import Final

from okmate_auth.demo.people import HANAKO, HANAKO_LOGIN, OFFICE, SERIAL, SERIAL_ELSEWHERE, SERIAL_LOOKALIKE
from okmate_auth.demo.scenes.displays import (
    enrolls,
    in_full_width,
    one_answer,
    proved_both,
    shown,
    untouched,
)
from okmate_auth.demo.scenes.logins import login, logs_out, shows_the_login_before, transfers_are_open
from okmate_auth.demo.story import Act, Claim, Scene, gives, refused
from okmate_auth.replies import Authenticated, EnrollmentDue

ENROLLMENT: Final = Scene(
    name="enrollment",
    beats=(
        Act(
            who=OFFICE,
            does="logs-in-in-lower-case",
            command=login(OFFICE, HANAKO.lower(), HANAKO_LOGIN),
            expects=gives(EnrollmentDue),
        ),
        Act(
            who=OFFICE,
            does="mistakes-the-serial",
            command=enrolls(OFFICE, SERIAL_LOOKALIKE, shown(SERIAL)),
            expects=refused("wrong-token", at=EnrollmentDue),
        ),
        Act(
            who=OFFICE,
            does="tries-another-company-s-token",
            command=enrolls(OFFICE, SERIAL_ELSEWHERE, shown(SERIAL_ELSEWHERE)),
            expects=refused("wrong-token", at=EnrollmentDue),
            claims=(Claim("one-answer-for-both", one_answer("foreign-token", "unknown-token")),),
        ),
        Act(
            who=OFFICE,
            does="types-full-width-digits",
            command=enrolls(OFFICE, SERIAL, in_full_width(shown(SERIAL))),
            expects=refused("malformed", "full-width", at=EnrollmentDue),
            claims=(Claim("form-is-still-good", untouched(OFFICE, "foreign-token")),),
        ),
        Act(
            who=OFFICE,
            does="enrolls",
            command=enrolls(OFFICE, SERIAL.lower().replace("-", " "), shown(SERIAL)),
            expects=gives(Authenticated),
            claims=(
                Claim("both-factors", proved_both),
                Claim("transfers-are-open", lambda stage: transfers_are_open(stage, OFFICE)),
                Claim("shows-the-login-before", lambda stage: shows_the_login_before(stage, OFFICE)),
            ),
        ),
        logs_out(OFFICE),
    ),
)
